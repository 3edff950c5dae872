package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"peerscape/internal/fault"
)

// Disk keeps contents in files below one folder: ab/cd/abcd..., named by the sum,
// and tmp/ for what is being written. All is readable to the owner alone.
type Disk struct {
	dir    string
	verify bool
	create func(dir string) (file, error) // changed by the test of a full disk
	// confirmed holds the folders whose own names the disk has confirmed; at most
	// 65,536. A folder that merely exists may be another's, still unconfirmed.
	confirmed sync.Map
}

// file is what Put needs of a file.
type file interface {
	io.WriteCloser
	Sync() error
	Name() string
}

// Option changes how a Disk works.
type Option func(*Disk)

// VerifyOnOpen makes Open read each file to its end first, so that nobody sees a
// damaged one: the time to read it once more.
func VerifyOnOpen() Option { return func(d *Disk) { d.verify = true } }

const temporary = "tmp"

// NewDisk opens the store in dir, which it makes if it is missing.
func NewDisk(dir string, options ...Option) (*Disk, error) {
	d := &Disk{dir: dir, create: func(dir string) (file, error) { return os.CreateTemp(dir, "put-*") }}
	for _, o := range options {
		o(d)
	}
	if dir == "" {
		return nil, fault.New(fault.Invalid, "blob.folder", "the folder for uploaded files has no name")
	}
	if err := os.MkdirAll(filepath.Join(dir, temporary), 0o700); err != nil {
		return nil, trouble("make the folder for uploaded files", err)
	}
	return d, nil
}

func (d *Disk) path(s Sum) string {
	name := s.String()
	return filepath.Join(d.dir, name[:2], name[2:4], name)
}

// Put writes to a temporary file, waits for the disk and renames, so that a file
// under its name is whole. Several may put the same at once: the last rename wins
// and all are equal.
func (d *Disk) Put(ctx context.Context, r io.Reader, limit int64) (ref Ref, err error) {
	if err := ctx.Err(); err != nil {
		return Ref{}, err
	}
	f, err := d.create(filepath.Join(d.dir, temporary))
	if err != nil {
		return Ref{}, trouble("begin a file", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // what cannot be removed now is swept later
			ref = Ref{}
		}
	}()
	ref, err = write(ctx, f, r, limit)
	if closed := f.Close(); err == nil && closed != nil {
		err = trouble("end a file", closed)
	}
	if err == nil {
		err = d.place(f.Name(), ref)
	}
	return ref, err
}

// write copies r to f and has the disk confirm it.
func write(ctx context.Context, f file, r io.Reader, limit int64) (Ref, error) {
	hash := sha256.New()
	out := &sink{w: io.MultiWriter(f, hash)}
	n, err := io.Copy(out, io.LimitReader(reader{ctx, r}, limit+1))
	switch {
	case out.err != nil:
		return Ref{}, trouble("write a file", out.err)
	case err != nil:
		return Ref{}, err
	case n > limit:
		return Ref{}, fault.New(fault.TooLarge, "blob.limit", "the file has more than %d bytes", limit).With("limit", limit).Do("Make it smaller")
	}
	if err := f.Sync(); err != nil {
		return Ref{}, trouble("write a file", err)
	}
	return Ref{SHA256: Sum(hash.Sum(nil)), Size: n}, nil
}

// sink remembers an error of writing, to tell it from one of reading.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.err = err
	return n, err
}

// place gives a finished file its name, and has the disk confirm the name and,
// once, the folders on the way to it.
func (d *Disk) place(from string, ref Ref) error {
	to := d.path(ref.SHA256)
	folder := filepath.Dir(to)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return trouble("make a folder", err)
	}
	if err := os.Rename(from, to); err != nil {
		return trouble("name a file", err)
	}
	fresh := []string{folder}
	if _, ok := d.confirmed.Load(folder); !ok {
		fresh = append(fresh, filepath.Dir(folder), d.dir)
	}
	for _, dir := range fresh {
		if err := syncFolder(dir); err != nil {
			return trouble("confirm a file", err)
		}
	}
	d.confirmed.Store(folder, true)
	return nil
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// trouble sorts errors of the disk.
func trouble(doing string, err error) error {
	err = fmt.Errorf("%s: %w", doing, err)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fault.New(fault.Unavailable, "blob.full", "there is no room for the file").Do("Ask the operator to make room, then upload it again").Because(err)
	}
	return fault.New(fault.Unavailable, "blob.disk", "the file cannot be stored or read now").Do("Try again later").Because(err)
}

// Open opens a file of the right length, and reads it through first if the Disk
// was made with VerifyOnOpen.
func (d *Disk) Open(ctx context.Context, ref Ref) (io.ReadSeekCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := os.Open(d.path(ref.SHA256))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(ref)
	} else if err != nil {
		return nil, trouble("open a file", err)
	}
	if err := d.check(ctx, f, ref); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func (d *Disk) check(ctx context.Context, f *os.File, ref Ref) error {
	info, err := f.Stat()
	if err != nil {
		return trouble("look at a file", err)
	}
	if info.Size() != ref.Size {
		return damaged(ref)
	}
	if !d.verify {
		return nil
	}
	if err := matches(ctx, f, ref); err != nil {
		return err
	}
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// Has looks at the file's name and length, not at its content.
func (d *Disk) Has(ctx context.Context, ref Ref) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	info, err := os.Stat(d.path(ref.SHA256))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, trouble("look at a file", err)
	}
	return info.Size() == ref.Size, nil
}

// Delete removes the file; its folders stay. Readers that have it open read on.
func (d *Disk) Delete(ctx context.Context, ref Ref) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	path := d.path(ref.SHA256)
	if err := os.Remove(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return trouble("delete a file", err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return trouble("delete a file", err)
	}
	return nil
}

// Walk lists the files by name. Files that the store did not make are passed over.
func (d *Disk) Walk(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if e.IsDir() {
				if e.Name() == temporary && filepath.Dir(path) == filepath.Clean(d.dir) {
					return fs.SkipDir
				}
				return nil
			}
			item, ok, err := d.item(path, e)
			if err == nil && ok && !yield(item, nil) {
				return fs.SkipAll
			}
			return err
		})
		if ended := ctx.Err(); ended != nil && errors.Is(err, ended) {
			yield(Item{}, ended)
		} else if err != nil {
			yield(Item{}, trouble("list the files", err))
		}
	}
}

func (d *Disk) item(path string, e fs.DirEntry) (Item, bool, error) {
	sum, err := ParseSum(e.Name())
	if err != nil || path != filepath.Clean(d.path(sum)) || !e.Type().IsRegular() {
		return Item{}, false, nil // not ours
	}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) { // deleted while we list
		return Item{}, false, nil
	} else if err != nil {
		return Item{}, false, err
	}
	return Item{Ref: Ref{SHA256: sum, Size: info.Size()}, Put: info.ModTime()}, true, nil
}

// Sweep removes what a crash left half written and nobody has written to since
// before. It returns how many files went.
func (d *Disk) Sweep(ctx context.Context, before time.Time) (int, error) {
	dir := filepath.Join(d.dir, temporary)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, trouble("list what is half written", err)
	}
	gone := 0
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return gone, err
		}
		info, err := e.Info()
		if err != nil || !strings.HasPrefix(e.Name(), "put-") || !info.ModTime().Before(before) {
			continue // finished meanwhile, not ours, or still being written
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err == nil {
			gone++
		} else if !errors.Is(err, fs.ErrNotExist) {
			return gone, trouble("remove what is half written", err)
		}
	}
	return gone, nil
}
