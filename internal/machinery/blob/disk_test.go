package blob_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/blob"
	"peerscape/internal/machinery/blob/blobtest"
)

func open(t testing.TB, dir string, o ...blob.Option) *blob.Disk {
	t.Helper()
	d, err := blob.NewDisk(dir, o...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDiskConforms(t *testing.T) {
	for name, options := range map[string][]blob.Option{"plain": nil, "verifying": {blob.VerifyOnOpen()}} {
		t.Run(name, func(t *testing.T) {
			blobtest.Run(t, func(t testing.TB) blob.Store {
				dir := t.TempDir()
				t.Cleanup(func() {
					if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*")); len(left) != 0 {
						t.Errorf("left behind: %v", left)
					}
				})
				return open(t, dir, options...)
			})
		})
	}
}

const letters = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" // the sum of "a", FIPS 180-4

func TestDiskLayout(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder") + "/."
	d := open(t, dir)
	ref, err := d.Put(t.Context(), strings.NewReader("a"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if ref.SHA256.String() != letters {
		t.Errorf("sum %s, want %s", ref.SHA256, letters)
	}
	info, err := os.Stat(filepath.Join(dir, "ca", "97", letters))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file %v, %v; want one for the owner alone", info, err)
	}
	// What is not ours is passed over, wherever it stands.
	for _, name := range []string{"note.txt", "ca/97/note.txt", "ca/" + letters, "tmp/put-1"} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for item, err := range d.Walk(t.Context()) {
		if err != nil || item.Ref != ref {
			t.Errorf("Walk: %v, %v", item, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("Walk lists %d files, want 1", n)
	}
}

func TestDiskDamage(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"shorter": func(t *testing.T, path string) { must(t, os.Truncate(path, 2)) },
		"changed": func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("aab"), 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			plain, careful := open(t, dir), open(t, dir, blob.VerifyOnOpen())
			ref, err := plain.Put(t.Context(), strings.NewReader("aaa"), 3)
			must(t, err)
			sum := ref.SHA256.String()
			damage(t, filepath.Join(dir, sum[:2], sum[2:4], sum))
			if err := blob.Verify(t.Context(), plain, ref); err == nil || fault.KindOf(err) != fault.Internal {
				t.Errorf("Verify: %v, want Internal", err)
			}
			if _, err := careful.Open(t.Context(), ref); err == nil || fault.KindOf(err) != fault.Internal {
				t.Errorf("Open: %v, want Internal", err)
			}
			_, err = plain.Put(t.Context(), strings.NewReader("aaa"), 3)
			must(t, err)
			if err := blob.Verify(t.Context(), careful, ref); err != nil {
				t.Errorf("Verify after putting it anew: %v", err)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDiskSweep(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for name, age := range map[string]time.Duration{"put-old": 25 * time.Hour, "put-young": time.Hour, "strange": 99 * time.Hour} {
		path := filepath.Join(dir, "tmp", name)
		must(t, os.WriteFile(path, []byte("x"), 0o600))
		must(t, os.Chtimes(path, now.Add(-age), now.Add(-age)))
	}
	gone, err := d.Sweep(t.Context(), now.Add(-24*time.Hour))
	left, _ := fs.Glob(os.DirFS(dir), "tmp/*")
	if err != nil || gone != 1 || strings.Join(left, " ") != "tmp/put-young tmp/strange" {
		t.Errorf("Sweep = %d, %v; left %v", gone, err, left)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Sweep(ctx, now); err == nil {
		t.Error("Sweep ran on after its context")
	}
}

func TestDiskThatIsGone(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	must(t, os.RemoveAll(dir))
	if _, err := d.Put(t.Context(), strings.NewReader("a"), 1); err == nil || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Put: %v, want Unavailable", err)
	}
	if _, err := blob.NewDisk(""); err == nil || fault.KindOf(err) != fault.Invalid {
		t.Errorf("NewDisk: %v, want Invalid", err)
	}
	must(t, os.WriteFile(dir, nil, 0o600))
	if _, err := blob.NewDisk(dir); err == nil || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("NewDisk on a file: %v, want Unavailable", err)
	}
}

func FuzzParseSum(f *testing.F) {
	f.Add(letters)
	f.Add("../../etc/passwd")
	f.Add(strings.ToUpper(letters))
	f.Fuzz(func(t *testing.T, s string) {
		if sum, err := blob.ParseSum(s); err == nil && sum.String() != s {
			t.Errorf("ParseSum(%q) = %s", s, sum)
		}
	})
}

func BenchmarkDiskPut(b *testing.B) { // 4 MB: a picture; fsync decides
	d := open(b, b.TempDir())
	content := strings.Repeat("0123456789abcdef", 1<<18)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := d.Put(b.Context(), strings.NewReader(content), 1<<23); err != nil {
			b.Fatal(err)
		}
	}
}
