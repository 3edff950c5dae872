// Package blobtest holds what every store of contents must do. A test of a store
// calls Run; nothing else imports this package.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/blob"
)

// Run runs the suite; open makes a fresh and empty store.
func Run(t *testing.T, open func(t testing.TB) blob.Store) {
	for name, test := range map[string]func(*testing.T, blob.Store){
		"gives back what was put":        givesBack,
		"keeps to the limit":             limits,
		"keeps nothing of a failed put":  failedPut,
		"says what is missing":           says,
		"stops with its context":         stops,
		"many put the same and others":   many,
		"stops listing when told":        stopsListing,
		"reads on after deleting":        readsOn,
		"behaves as a set under any use": model,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func ref(content string) blob.Ref {
	return blob.Ref{SHA256: sha256.Sum256([]byte(content)), Size: int64(len(content))}
}

// large is longer than any buffer on the way.
func large() string {
	b := make([]byte, 3<<20+17)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return string(b)
}

func put(t testing.TB, s blob.Store, content string) blob.Ref {
	t.Helper()
	got, err := s.Put(context.Background(), strings.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatalf("Put: %v", err)
	}
	if want := ref(content); got != want {
		t.Fatalf("Put = %v, want %v", got, want)
	}
	return got
}

func held(t rapid.TB, s blob.Store) (all []blob.Ref) {
	t.Helper()
	for item, err := range s.Walk(context.Background()) {
		if err != nil {
			t.Fatalf("Walk: %v", err)
		}
		if item.Put.IsZero() {
			t.Errorf("Walk gives %v without its time", item.Ref)
		}
		all = append(all, item.Ref)
	}
	return all
}

func givesBack(t *testing.T, s blob.Store) {
	for _, content := range []string{"", "a", "Päijät-Häme", large()} {
		r := put(t, s, content)
		put(t, s, content) // again is no error
		f, err := s.Open(context.Background(), r)
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		if len(content) < 100 { // every way to read and to seek, byte by byte
			if err := iotest.TestReader(f, []byte(content)); err != nil {
				t.Errorf("reading: %v", err)
			}
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(f); err != nil || string(got) != content {
			t.Errorf("%d bytes came back, %v; want %d", len(got), err, len(content))
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if err := blob.Verify(context.Background(), s, r); err != nil {
			t.Errorf("Verify: %v", err)
		}
	}
	if got := held(t, s); len(got) != 4 {
		t.Errorf("the store holds %d contents, want 4", len(got))
	}
}

func limits(t *testing.T, s blob.Store) {
	for _, c := range []struct {
		size, limit int64
		fits        bool
	}{{0, 0, true}, {1, 0, false}, {9, 10, true}, {10, 10, true}, {11, 10, false}, {1 << 20, 1 << 20, true}, {1<<20 + 1, 1 << 20, false}} {
		before := held(t, s)
		_, err := s.Put(context.Background(), strings.NewReader(strings.Repeat("x", int(c.size))), c.limit)
		if c.fits && err != nil {
			t.Errorf("Put %d of %d: %v", c.size, c.limit, err)
		}
		if !c.fits {
			if err == nil || fault.KindOf(err) != fault.TooLarge {
				t.Errorf("Put %d of %d: %v, want TooLarge", c.size, c.limit, err)
			}
			if diff := cmp.Diff(before, held(t, s)); diff != "" {
				t.Errorf("a refused content changed the store:\n%s", diff)
			}
		}
	}
}

func failedPut(t *testing.T, s blob.Store) {
	broken := errors.New("the line broke")
	for _, r := range []io.Reader{
		iotest.ErrReader(broken),
		io.MultiReader(strings.NewReader(large()), iotest.ErrReader(broken)),
	} {
		if got, err := s.Put(context.Background(), r, 1<<30); !errors.Is(err, broken) || got != (blob.Ref{}) {
			t.Errorf("Put = %v, %v; want nothing and the reader's error", got, err)
		}
	}
	if got := held(t, s); len(got) != 0 {
		t.Errorf("the store holds %v", got)
	}
}

func says(t *testing.T, s blob.Store) {
	ctx := context.Background()
	if f, err := s.Open(ctx, ref("a")); err == nil || fault.KindOf(err) != fault.Missing {
		t.Errorf("Open of what is missing = %v, %v; want Missing", f, err)
	}
	if has, err := s.Has(ctx, ref("a")); has || err != nil {
		t.Errorf("Has = %v, %v; want false", has, err)
	}
	if err := s.Delete(ctx, ref("a")); err != nil {
		t.Errorf("Delete of what is missing: %v, want nil", err)
	}
	r := put(t, s, "a")
	if has, err := s.Has(ctx, r); !has || err != nil {
		t.Errorf("Has = %v, %v; want true", has, err)
	}
	wrong := blob.Ref{SHA256: r.SHA256, Size: 2}
	if has, err := s.Has(ctx, wrong); has || err != nil {
		t.Errorf("Has with another length = %v, %v; want false", has, err)
	}
	if _, err := s.Open(ctx, wrong); err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("Open with another length: %v, want Internal", err)
	}
}

func stops(t *testing.T, s blob.Store) {
	r := put(t, s, "a")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, walk := s.Open(ctx, r)
	for _, walk = range s.Walk(ctx) {
		break
	}
	_, put := s.Put(ctx, strings.NewReader("b"), 1)
	_, open := s.Open(ctx, r)
	_, has := s.Has(ctx, r)
	for name, err := range map[string]error{"Put": put, "Open": open, "Has": has, "Delete": s.Delete(ctx, r), "Walk": walk} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
	during, cancel := context.WithCancel(context.Background())
	_, err := s.Put(during, io.MultiReader(strings.NewReader("b"), stopper(cancel), strings.NewReader("c")), 10)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Put while the context ends: %v, want context.Canceled", err)
	}
	if diff := cmp.Diff([]blob.Ref{r}, held(t, s)); diff != "" {
		t.Errorf("the store changed:\n%s", diff)
	}
}

// stopper is an empty reader that calls what it is.
type stopper func()

func (s stopper) Read([]byte) (int, error) { s(); return 0, io.EOF }

func many(t *testing.T, s blob.Store) {
	same := large()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for _, content := range []string{same, strings.Repeat("own", i+1)} {
				got, err := s.Put(context.Background(), strings.NewReader(content), 1<<30)
				if err != nil || got != ref(content) {
					t.Errorf("Put = %v, %v", got, err)
				}
				if err := blob.Verify(context.Background(), s, got); err != nil {
					t.Errorf("Verify: %v", err)
				}
			}
		})
	}
	all.Wait()
	if got := held(t, s); len(got) != 9 {
		t.Errorf("the store holds %d contents, want 9", len(got))
	}
}

func stopsListing(t *testing.T, s blob.Store) {
	put(t, s, "a")
	put(t, s, "b")
	n := 0
	for range s.Walk(context.Background()) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d items after the first", n)
	}
}

func readsOn(t *testing.T, s blob.Store) {
	content := large()
	r := put(t, s, content)
	f, err := s.Open(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := s.Delete(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f); err != nil || string(got) != content {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
}

// model compares a store with a map under random use.
func model(t *testing.T, s blob.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		for _, r := range held(rt, s) {
			if err := s.Delete(ctx, r); err != nil {
				rt.Fatalf("Delete: %v", err)
			}
		}
		want := map[blob.Ref]string{}
		content := rapid.SampledFrom([]string{"", "a", "b", "ab", strings.Repeat("long", 20_000)})
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			c := content.Draw(rt, "content")
			r := ref(c)
			switch rapid.IntRange(0, 2).Draw(rt, "what") {
			case 0:
				limit := rapid.Int64Range(0, 4).Draw(rt, "limit")
				_, err := s.Put(ctx, strings.NewReader(c), limit)
				if fits := r.Size <= limit; fits != (err == nil) {
					rt.Fatalf("Put %d of %d: %v", r.Size, limit, err)
				} else if fits {
					want[r] = c
				}
			case 1:
				if err := s.Delete(ctx, r); err != nil {
					rt.Fatalf("Delete: %v", err)
				}
				delete(want, r)
			default:
				compare(rt, s, r, want)
			}
		}
		var all []blob.Ref
		for r := range want {
			all = append(all, r)
		}
		slices.SortFunc(all, func(a, b blob.Ref) int { return bytes.Compare(a.SHA256[:], b.SHA256[:]) })
		if diff := cmp.Diff(all, held(rt, s)); diff != "" {
			rt.Fatalf("Walk differs (-want +got)\n%s", diff)
		}
	})
}

func compare(t *rapid.T, s blob.Store, r blob.Ref, want map[blob.Ref]string) {
	c, there := want[r]
	has, err := s.Has(context.Background(), r)
	if err != nil || has != there {
		t.Fatalf("Has = %v, %v; want %v", has, err, there)
	}
	f, err := s.Open(context.Background(), r)
	if there != (err == nil) {
		t.Fatalf("Open: %v; there %v", err, there)
	}
	if !there {
		return
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != c {
		t.Fatalf("read %d bytes, %v; want %d", len(got), err, len(c))
	}
}
