// Package line reads text line by line with bounded memory, counting lines so
// that every complaint about a file can name one.
//
// It refuses lines longer than MaxLine, bytes that are not text (zero bytes,
// UTF-16) and input that breaks off. It knows no format. Start with Scanner.
package line

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"peerscape/internal/fault"
)

// MaxLine is the longest line that is read, in bytes without its end.
const MaxLine = 4 << 20

const (
	firstBuffer = 128 << 10
	idleReads   = 100 // empty reads in a row before a reader counts as stuck
)

// Scanner hands out the lines of a reader. Lines end in LF or CRLF; the last
// may end with the input. A byte order mark before the first line is dropped.
type Scanner struct {
	r      io.Reader
	name   string
	buf    []byte
	start  int // of the bytes not yet handed out
	end    int
	number int
	ahead  error // what the reader said after buf[:end]
	failed error // what Next said last, for good
}

// NewScanner reads from r; name is the file's name in messages.
func NewScanner(r io.Reader, name string) *Scanner {
	return &Scanner{r: r, name: name, buf: make([]byte, firstBuffer)}
}

// Name returns the file's name as it stands in messages.
func (s *Scanner) Name() string { return s.name }

// Number returns the number of the line that Next returned last, from 1. After
// an error it is the number of the line that could not be read.
func (s *Scanner) Number() int { return s.number }

// Wrong makes a fault of kind Invalid at the current line.
func (s *Scanner) Wrong(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, format, args...).In(s.name, s.number)
}

// Next returns the next line without its end. The bytes are overwritten by the
// call after. At the end it returns io.EOF; any other error is a *fault.Error
// with the place, or wraps the reader's error. Errors stay.
func (s *Scanner) Next() ([]byte, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	at, err := s.find()
	if err != nil {
		return nil, s.fail(err)
	}
	text := s.buf[s.start:at]
	s.start = min(at+1, s.end)
	s.number++
	if len(text) > 0 && text[len(text)-1] == '\r' {
		text = text[:len(text)-1]
	}
	if len(text) > MaxLine {
		return nil, s.fail(s.tooLong())
	}
	if s.number == 1 {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
		if wide(text) {
			return nil, s.fail(s.Wrong("wire.utf16", "the file is written in UTF-16").
				Do("Save it again as UTF-8"))
		}
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, s.fail(s.Wrong("wire.binary", "there is a zero byte, so this is no text file").
			Do("Upload the text file itself, not a program's own file"))
	}
	return text, nil
}

func (s *Scanner) fail(err error) error {
	s.failed = err
	return err
}

// wide reports a byte order mark of UTF-16.
func wide(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff})
}

// find returns the index in buf of the end of the next line, reading as needed.
// At the end of input that is the end of the bytes.
func (s *Scanner) find() (int, error) {
	seen := s.start
	for {
		if i := bytes.IndexByte(s.buf[seen:s.end], '\n'); i >= 0 {
			return seen + i, nil
		}
		if s.end-s.start > MaxLine+1 { // one more for a CR
			s.number++
			return 0, s.tooLong()
		}
		if s.ahead != nil {
			if s.ahead == io.EOF && s.end > s.start {
				return s.end, nil
			}
			return 0, s.broken(s.ahead)
		}
		held := s.end - s.start
		s.fill()
		seen = s.start + held
	}
}

// fill moves the unread bytes to the front, makes room and reads once.
func (s *Scanner) fill() {
	if s.start > 0 {
		s.end = copy(s.buf, s.buf[s.start:s.end])
		s.start = 0
	}
	if s.end == len(s.buf) {
		grown := make([]byte, min(2*len(s.buf), MaxLine+firstBuffer))
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
	for range idleReads {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += min(max(n, 0), len(s.buf)-s.end)
		if n > 0 || err != nil {
			s.ahead = err
			return
		}
	}
	s.ahead = io.ErrNoProgress
}

func (s *Scanner) tooLong() error {
	return fault.New(fault.TooLarge, "wire.line-too-long", "the line is longer than %d MiB", MaxLine>>20).
		With("limit", MaxLine).In(s.name, s.number).
		Do("Check that this is the table itself; its rows must stand on lines of their own")
}

// broken turns the reader's last word into what Next returns.
func (s *Scanner) broken(err error) error {
	if err == io.EOF {
		return io.EOF
	}
	s.number++
	if f, ok := errors.AsType[*fault.Error](err); ok {
		at := *f
		if at.Place.Line == 0 {
			at.Place = fault.Place{File: s.name, Line: s.number}
		}
		return &at
	}
	if Damaged(err) {
		return s.Wrong("wire.broken-off", "the compressed file is damaged or breaks off here").
			Do("Download the file again").Because(err)
	}
	return fmt.Errorf("%s, line %d: %w", s.name, s.number, err)
}

// Damaged reports an error of a decompressor over bytes that are not all there.
func Damaged(err error) bool {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	return corrupt || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader)
}
