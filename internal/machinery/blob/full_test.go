package blob

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"peerscape/internal/fault"
)

// full is a file on a disk that fills up at one step.
type full struct {
	*os.File
	at   string
	room int
}

func (f *full) fails(step string) error {
	if f.at == step {
		return &os.PathError{Op: step, Path: f.Name(), Err: syscall.ENOSPC}
	}
	return nil
}

func (f *full) Write(p []byte) (int, error) {
	if f.at == "write" && len(p) > f.room {
		n, _ := f.File.Write(p[:f.room])
		return n, f.fails("write")
	}
	f.room -= len(p)
	return f.File.Write(p)
}

func (f *full) Sync() error { return errors.Join(f.fails("sync"), f.File.Sync()) }

func (f *full) Close() error { return errors.Join(f.File.Close(), f.fails("close")) }

func TestFullDiskLeavesNothing(t *testing.T) {
	for _, step := range []string{"create", "write", "sync", "close"} {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			d, err := NewDisk(dir)
			if err != nil {
				t.Fatal(err)
			}
			d.create = func(dir string) (file, error) {
				if step == "create" {
					return nil, fmt.Errorf("create: %w", syscall.ENOSPC)
				}
				f, err := os.CreateTemp(dir, "put-*")
				return &full{File: f, at: step, room: 40_000}, err
			}
			ref, err := d.Put(t.Context(), strings.NewReader(strings.Repeat("x", 100_000)), 1<<20)
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != fault.Unavailable || f.Key != "blob.full" || ref != (Ref{}) {
				t.Errorf("Put = %v, %v; want nothing and blob.full", ref, err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
