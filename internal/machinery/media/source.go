package media

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// source is the file that comes in: it stops when its context ends and tells how
// far it was read. One goroutine at a time uses it.
type source struct {
	ctx    context.Context
	r      io.ReadSeeker
	size   int64
	at     int64 // where the next Read reads
	far    int64 // the furthest byte read
	report func(done, total int64)
	failed error // of the reader or the context: then nothing is said about the file
}

func newSource(ctx context.Context, r io.ReadSeeker, report func(done, total int64)) (*source, error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("measure the file: %w", err)
	}
	s := &source{ctx: ctx, r: r, size: size, report: report}
	if size == 0 {
		return nil, refuse("empty", "the file is empty")
	}
	return s, s.rewind()
}

func (s *source) rewind() error {
	_, err := s.Seek(0, io.SeekStart)
	return err
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		s.failed = err
		return 0, err
	}
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed = err
	}
	s.at += int64(n)
	if s.at > s.far {
		s.far = s.at
		s.tell(min(s.far, s.size-1)) // the end is told when the work is done
	}
	return n, err
}

func (s *source) tell(done int64) {
	if s.report != nil {
		s.report(done, s.size)
	}
}

// blame returns err, unless the source failed: then that is why.
func (s *source) blame(err error) error {
	if ended := s.ctx.Err(); ended != nil && err != nil {
		return ended
	}
	if s.failed != nil && err != nil {
		return fmt.Errorf("read the file: %w", s.failed)
	}
	return err
}

func (s *source) finish() { s.tell(s.size) }

func (s *source) Seek(offset int64, whence int) (int64, error) {
	at, err := s.r.Seek(offset, whence)
	if err == nil {
		s.at = at
	}
	return at, err
}

// ReadAt reads at an offset, as archives want it. It moves the position of Read.
func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= s.size {
		return 0, io.EOF
	}
	if _, err := s.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(s, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// head returns the first bytes, at most n.
func (s *source) head(n int) ([]byte, error) {
	b := make([]byte, min(int64(n), s.size))
	if _, err := s.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b, s.rewind()
}

// all returns the whole file; its kind's limit was checked.
func (s *source) all() ([]byte, error) {
	b := make([]byte, s.size)
	if err := s.rewind(); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(s, b); err != nil {
		return nil, err
	}
	return b, nil
}
