// Package sharedtest finds the reference material that lies beside the
// repository: real statistics, wire specimens, reference cases. Tests that need
// it skip with a visible line where the folder is absent. CSV reads one of its
// tables, Handbook one that we carry. Start with Path.
package sharedtest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Root returns the repository's root folder.
func Root() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return "."
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Dir returns the folder of the reference material: $PEERSCAPE_SHARED, or
// "shared" beside the repository. ok is false where there is none.
func Dir() (dir string, ok bool) {
	dir = os.Getenv("PEERSCAPE_SHARED")
	if dir == "" {
		dir = filepath.Join(filepath.Dir(Root()), "shared")
	}
	info, err := os.Stat(dir)
	return dir, err == nil && info.IsDir()
}

// Path returns the path of a file in the reference material, for example
// Path(t, "data", "wire", "tsv"). It skips the test where the whole folder is
// absent and fails it where the folder is there and the file is not.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	dir, ok := Dir()
	if !ok {
		t.Skipf("SKIPPED: %s needs the reference material in %s, which is not there", t.Name(), dir)
	}
	p := filepath.Join(append([]string{dir}, elem...)...)
	if _, err := os.Stat(p); err != nil {
		t.Fatalf("reference material is incomplete: %v", err)
	}
	return p
}
