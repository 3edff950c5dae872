package upload_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"go.uber.org/goleak"

	"peerscape/internal/exchange/people"
	"peerscape/internal/exchange/upload"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/machinery/media"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"), goleak.IgnoreAnyFunction("github.com/jackc/pgx/v5/pgconn/ctxwatch.(*ContextWatcher).Watch.func1"))
}

// keyOf is the key of a fault.
func keyOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Key
	}
	return ""
}

// A photo with a place goes in; no byte that is kept tells the place.
func TestAPhotoLosesItsPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.manager("p")
		in := located(t, plate(t, 700, 400, 0))
		id := w.add(a, "p", "C:\\photos\\market.JPEG", in)
		if f := w.get(a, id); f.State != upload.Waiting || f.Name != "market.JPEG" {
			t.Errorf("after Add: %+v", f)
		}
		found := func() (n int) {
			for _, b := range w.stored() {
				if bytes.Contains(b, []byte("Lantern Works")) || bytes.Contains(b, []byte("Exif")) {
					n++
				}
			}
			return n
		}
		if found() != 1 {
			t.Fatal("the test would see nothing: what came in is not there")
		}
		w.work()
		f := w.get(a, id)
		if f.State != upload.Ready || f.Kind != media.JPEG || f.Name != "market.jpeg" || f.Progress != 100 || f.Original.Width != 700 {
			t.Errorf("after Ingest: %+v", f)
		}
		if !slices.Contains(f.Removed, media.Place) || !slices.Contains(f.Removed, media.Camera) {
			t.Errorf("removed %v, want the place and the camera", f.Removed)
		}
		if len(f.Pictures) != 1 || f.Pictures[0].Width != 320 {
			t.Errorf("pictures %+v, want one 320 wide", f.Pictures)
		}
		if n := found(); n != 0 {
			t.Errorf("%d stored contents still tell it", n)
		}
		if n := len(w.stored()); n != 2 {
			t.Errorf("%d contents are stored, want the original and one smaller", n)
		}
		src, err := w.Open(t.Context(), f.Original)
		w.must(err)
		defer src.Close()
		b, err := io.ReadAll(src)
		w.must(err)
		if sha256.Sum256(b) != [32]byte(f.Original.SHA256) || int64(len(b)) != f.Original.Size {
			t.Error("Open gives something else than the original")
		}
	})
}

// bomb is a PNG that says it has 30,000 x 30,000 pixels.
func bomb() []byte {
	chunk := func(name string, body []byte) []byte {
		b := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), name...)
		b = append(b, body...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 30000), 30000)
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 2, 0, 0, 0))...)
	return append(append(b, chunk("IDAT", []byte("x"))...), chunk("IEND", nil)...)
}

func TestWhatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file    string
		content []byte
		key     string
		later   bool // by the job
	}{
		"HTML named as a picture": {"nice.jpg", []byte("<!DOCTYPE html><script>alert(1)</script>"), "media.kind.html", false},
		"a program":               {"report.pdf", []byte("MZ\x90\x00\x03"), "media.kind.program", false},
		"nothing":                 {"empty.txt", nil, "media.empty", false},
		"a bomb":                  {"small.png", bomb(), "media.pixels", true},
		"text named as a picture": {"nice.jpg", []byte("just words"), "media.mismatch", true},
		"a damaged picture":       {"photo.jpg", []byte("\xff\xd8\xff\xe0 and nothing"), "media.damaged", true},
		"an archive":              {"all.docx", []byte("PK\x03\x04 and nothing"), "media.damaged", true},
		"too much for its kind":   {"long.txt", bytes.Repeat([]byte("a"), 21<<20), "upload.quota", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbtest.Open(t))
			a := w.manager("p")
			id, err := w.Add(t.Context(), a, people.Object{Partnership: "p"}, c.file, bytes.NewReader(c.content))
			if !c.later {
				if keyOf(err) != c.key {
					t.Errorf("Add: %v, want %s", err, c.key)
				}
			} else {
				w.must(err)
				w.work()
				f := w.get(a, id)
				if f.State != upload.Refused || f.Refusal == nil || f.Refusal.Key != c.key || f.Refusal.What == "" || f.Refusal.Cure == "" {
					t.Errorf("after Ingest: %+v, %+v; want %s", f, f.Refusal, c.key)
				}
			}
			if left := w.stored(); len(left) != 0 {
				t.Errorf("%d contents are left", len(left))
			}
		})
	}
}

func TestABrokenUploadLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.manager("p")
		whole := plate(t, 400, 300, 0)
		for name, r := range map[string]io.Reader{
			"in the head":   broken{bytes.NewReader(whole[:100])},
			"in the middle": broken{bytes.NewReader(whole[:len(whole)/2])},
			"by an error":   io.MultiReader(bytes.NewReader(whole), iotest.ErrReader(errors.New("gone"))),
		} {
			if name == "in the head" {
				r = io.MultiReader(bytes.NewReader(whole[:100]), iotest.ErrReader(errors.New("gone")))
			}
			if _, err := w.Add(t.Context(), a, people.Object{Partnership: "p"}, "a.jpg", r); err == nil {
				t.Errorf("%s: the upload succeeds", name)
			}
		}
		all, err := w.List(t.Context(), a, "p")
		w.must(err)
		if len(all) != 0 || len(w.stored()) != 0 || len(w.queued) != 0 {
			t.Errorf("left: %d files, %d contents, %d jobs", len(all), len(w.stored()), len(w.queued))
		}
	})
}

// The program may end at any moment of the job; the job that comes after it ends
// as if nothing had been.
func TestACrashInTheJob(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.manager("p")
		in := located(t, plate(t, 1000, 700, 0))
		first := w.add(a, "p", "a.jpg", in)
		w.work()
		want := w.get(a, first)
		w.must(w.Remove(t.Context(), a, first))
		id := w.add(a, "p", "a.jpg", in)
		ctx, crash := context.WithCancel(t.Context())
		if err := w.Ingest(ctx, id, func(int64, int64) { crash() }); err == nil {
			t.Fatal("the job ends well in the middle")
		}
		if f := w.get(a, id); f.State != upload.Working {
			t.Errorf("after the crash: %s", f.State)
		}
		if n := len(w.stored()); n != 1 {
			t.Errorf("after the crash %d contents are stored, want what came in", n)
		}
		w.work()
		w.must(w.Ingest(t.Context(), id, nil)) // and once more
		f := w.get(a, id)
		if f.State != upload.Ready || f.Original != want.Original || !slices.Equal(f.Pictures, want.Pictures) {
			t.Errorf("after the second run: %+v, want as without a crash: %+v", f, want)
		}
		if n := len(w.stored()); n != 3 {
			t.Errorf("%d contents are stored, want 3", n)
		}
	})
}

func TestWhoMayWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		manager, other := w.manager("p"), w.manager("q")
		join := func(name string, i people.Invitation) *people.Actor {
			i.Partnership = "p"
			return w.person(manager, name, i)
		}
		officer := join("officer", people.Invitation{Role: people.PolicyOfficer, Region: "FI1C6"})
		observer := join("observer", people.Invitation{Role: people.Observer})
		member := join("member", people.Invitation{Role: people.Member})
		expert := join("expert", people.Invitation{Role: people.Expert})
		everybody := map[string]*people.Actor{
			"nobody": people.Nobody(), "administrator": w.admin, "another manager": other, "manager": manager,
			"officer": officer, "observer": observer, "member": member, "expert": expert,
		}
		own, err := w.Add(t.Context(), officer, people.Object{Partnership: "p", Region: "FI1C6"}, "own.jpg", bytes.NewReader(plate(t, 40, 30, 1)))
		w.must(err)
		w.work()
		inside := []string{"manager", "officer", "observer", "member", "expert"}
		for name, a := range everybody {
			in := slices.Contains(inside, name)
			_, err := w.Get(t.Context(), a, own)
			if (err == nil) != in || err != nil && fault.KindOf(err) != fault.Missing {
				t.Errorf("Get as %s: %v", name, err)
			}
			all, err := w.List(t.Context(), a, "p")
			if err != nil || (len(all) > 0) != in {
				t.Errorf("List as %s: %d files, %v", name, len(all), err)
			}
			_, err = w.Add(t.Context(), a, people.Object{Partnership: "p"}, "x.txt", strings.NewReader("words"))
			if may := name == "manager" || name == "expert"; (err == nil) != may {
				t.Errorf("Add for the whole partnership as %s: %v", name, err)
			}
			if name == "officer" || name == "manager" {
				continue
			}
			if err := w.Describe(t.Context(), a, own, upload.Description{Lang: "en", Alt: "x", Public: true}); err == nil {
				t.Errorf("Describe as %s succeeds", name)
			}
			if err := w.Remove(t.Context(), a, own); err == nil {
				t.Errorf("Remove as %s succeeds", name)
			}
		}
		if f := w.get(manager, own); f.Public || !f.Alt.IsZero() {
			t.Errorf("somebody changed it: %+v", f)
		}
		w.must(w.Describe(t.Context(), officer, own, upload.Description{Lang: "en", Alt: "A plate", Public: true}))
		for name, a := range everybody {
			if all, err := w.List(t.Context(), a, "p"); err != nil || !slices.ContainsFunc(all, func(f upload.File) bool { return f.ID == own }) {
				t.Errorf("List of what is public as %s: %d files, %v", name, len(all), err)
			}
			if _, err := w.Get(t.Context(), a, own); err != nil {
				t.Errorf("Get of what is public as %s: %v", name, err)
			}
		}
		// A role that ended while the page was open gives nothing any more.
		grants := expert.Grants
		w.must(w.people.Withdraw(t.Context(), manager, grants[0].ID))
		if _, err := w.Add(t.Context(), expert, people.Object{Partnership: "p"}, "x.txt", strings.NewReader("words")); fault.KindOf(err) != fault.Denied {
			t.Errorf("Add after the role ended: %v", err)
		}
		if all, _ := w.List(t.Context(), expert, "p"); len(all) != 1 {
			t.Errorf("after the role ended %d files are seen, want the public one", len(all))
		}
	})
}

func TestAPublicPictureIsDescribed(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	a := w.manager("p")
	picture, words := w.add(a, "p", "a.jpg", plate(t, 40, 30, 1)), w.add(a, "p", "a.txt", []byte("words"))
	public := upload.Description{Lang: "fi", Public: true}
	if err := w.Describe(t.Context(), a, words, public); keyOf(err) != "upload.not-ready" {
		t.Errorf("publishing what is not ready: %v", err)
	}
	w.work()
	if err := w.Describe(t.Context(), a, picture, public); keyOf(err) != "upload.alt" {
		t.Errorf("publishing a picture without words: %v", err)
	}
	w.must(w.Describe(t.Context(), a, words, public))
	public.Alt, public.Credit = " Kauppatori \n", " City of  Lahti"
	w.must(w.Describe(t.Context(), a, picture, public))
	f := w.get(people.Nobody(), picture)
	if got := f.Alt.Original(); got.Value != "Kauppatori" || got.Lang != "fi" || f.Credit != "City of Lahti" {
		t.Errorf("%+v, %q", got, f.Credit)
	}
	public.Alt = ""
	if err := w.Describe(t.Context(), a, picture, public); keyOf(err) != "upload.alt" {
		t.Errorf("taking the words from a public picture: %v", err)
	}
}

func TestRemovalKeepsWhatOthersHave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.manager("p")
		one, two := w.add(a, "p", "a.txt", []byte("words")), w.add(a, "p", "b.txt", []byte("words"))
		w.work()
		waiting := w.add(a, "p", "c.txt", []byte("words"))
		w.must(w.Remove(t.Context(), a, one))
		if _, err := w.Get(t.Context(), a, one); fault.KindOf(err) != fault.Missing {
			t.Errorf("what was removed: %v", err)
		}
		if n := len(w.stored()); n != 1 {
			t.Errorf("%d contents, want that of the others", n)
		}
		w.must(w.Remove(t.Context(), a, two))
		w.must(w.Remove(t.Context(), a, waiting))
		if n := len(w.stored()); n != 0 {
			t.Errorf("%d contents are left", n)
		}
		w.work() // the job of what was removed meanwhile
		part, rows, err := w.Holds(t.Context(), a.Account)
		w.must(err)
		b, _ := json.Marshal(rows)
		if part != "files" || strings.Count(string(b), `"removed"`) != 3 || !strings.Contains(string(b), "a.txt") {
			t.Errorf("a person's copy: %s %s", part, b)
		}
	})
}

func TestRoom(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d) // with 3 MB a partnership
		a, b := w.manager("p"), w.manager("q")
		text := func(mb int) []byte { return bytes.Repeat([]byte("words \n"), mb<<20/7) }
		id := w.add(a, "p", "a.txt", text(2))
		for state := range 2 {
			_, err := w.Add(t.Context(), a, people.Object{Partnership: "p"}, "b.txt", bytes.NewReader(text(2)))
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != "upload.quota" || f.Kind != fault.TooLarge {
				t.Errorf("beyond the room, %d: %v", state, err)
			}
			w.work()
		}
		w.add(b, "q", "b.txt", text(2)) // another partnership has its own
		w.must(w.Remove(t.Context(), a, id))
		w.add(a, "p", "b.txt", text(2))
	})
}

// A file that is removed while it is read leaves nothing of what was made of it.
func TestRemovedWhileItIsRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.manager("p")
		id := w.add(a, "p", "a.jpg", plate(t, 700, 400, 0))
		made := 0
		w.must(w.Ingest(t.Context(), id, func(done, of int64) {
			if done == of { // all copies are there
				made = len(w.stored())
				w.must(w.Remove(t.Context(), a, id))
			}
		}))
		if made != 3 {
			t.Fatalf("%d contents are stored before, want what came in and two copies", made)
		}
		if n := len(w.stored()); n != 0 {
			t.Errorf("%d contents are left", n)
		}
	})
}

// then does something once a reader has come to its end.
type then struct {
	io.Reader
	do func()
}

func (r then) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		r.do()
	}
	return n, err
}

// Of two files that come at once and do not both fit, the one that is there first
// stays.
func TestRoomIsAskedAgainAtTheEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.manager("p")
		first := bytes.Repeat([]byte("words \n"), 2<<20/7)
		once := sync.OnceFunc(func() { w.add(a, "p", "first.txt", first) })
		_, err := w.Add(t.Context(), a, people.Object{Partnership: "p"}, "second.txt", then{bytes.NewReader(append(first, '!')), once})
		if keyOf(err) != "upload.quota" {
			t.Errorf("the second: %v", err)
		}
		if n := len(w.stored()); n != 1 {
			t.Errorf("%d contents are stored, want that of the first", n)
		}
	})
}

func TestSweep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.manager("p")
		w.now = time.Now() // files of the disk carry its time
		keep := w.add(a, "p", "keep.txt", []byte("kept words"))
		w.work()
		refused := w.add(a, "p", "nice.jpg", []byte("words"))
		w.work()
		lost := w.add(a, "p", "lost.txt", []byte("lost words"))
		_, err := w.Blobs.Put(t.Context(), strings.NewReader("nobody's"), 100)
		w.must(err)
		half, err := os.Create(w.folder + "/tmp/put-x")
		w.must(err)
		w.must(half.Close())
		s, err := w.Sweep(t.Context())
		if w.must(err); s != (upload.Swept{}) {
			t.Errorf("what is fresh is swept: %+v", s)
		}
		w.now = w.now.Add(25 * time.Hour)
		s, err = w.Sweep(t.Context())
		if w.must(err); s != (upload.Swept{Stuck: 1, Blobs: 2, Halves: 1}) {
			t.Errorf("after a day: %+v", s)
		}
		if f := w.get(a, lost); f.State != upload.Refused || f.Refusal.Key != "upload.stuck" {
			t.Errorf("what no job finished: %+v", f)
		}
		w.now = w.now.Add(30 * 24 * time.Hour)
		s, err = w.Sweep(t.Context())
		if w.must(err); s != (upload.Swept{Declined: 2}) {
			t.Errorf("after a month: %+v", s)
		}
		if _, err := w.Get(t.Context(), a, refused); fault.KindOf(err) != fault.Missing {
			t.Errorf("what was refused a month ago: %v", err)
		}
		f := w.get(a, keep)
		src, err := w.Open(t.Context(), f.Original)
		w.must(err)
		w.must(src.Close())
	})
}

func TestErasureLeavesThePartnershipsFiles(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	manager := w.manager("p")
	expert := w.person(manager, "expert", people.Invitation{Role: people.Expert, Partnership: "p"})
	stays, goes := w.add(expert, "p", "a.txt", []byte("words")), w.add(expert, "p", "nice.jpg", []byte("words"))
	w.work()
	w.must(w.people.Erase(t.Context(), expert, expert.Account, []people.Keeper{w.Files}))
	f := w.get(manager, stays)
	names, err := w.people.Names(t.Context(), []string{f.Owner})
	w.must(err)
	if names[f.Owner] != "" {
		t.Errorf("the owner is still called %q", names[f.Owner])
	}
	if _, err := w.Get(t.Context(), manager, goes); fault.KindOf(err) != fault.Missing {
		t.Errorf("what was refused stays: %v", err)
	}
}
