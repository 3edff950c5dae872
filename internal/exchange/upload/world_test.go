package upload_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"peerscape/internal/exchange/people"
	"peerscape/internal/exchange/upload"
	"peerscape/internal/machinery/blob"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/signin"
)

// world is the files of an installation with people of two partnerships.
type world struct {
	*testing.T
	*upload.Files
	db     *db.DB
	people *people.Directory
	folder string
	now    time.Time
	queued []string
	admin  *people.Actor
}

const secret = "heron lantern seventy bridges"

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{T: t, db: d, folder: t.TempDir(), now: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	w.people = people.Open(people.Config{DB: d, Now: clock, Random: rand.Reader, Hasher: signin.NewQuickHasher(rand.Reader), Key: make([]byte, 32)})
	store, err := blob.NewDisk(w.folder)
	w.must(err)
	w.Files = upload.Open(upload.Config{
		DB: d, People: w.people, Blobs: store, Now: clock, Random: rand.Reader, Quota: 3 << 20,
		Queue: func(_ context.Context, _ *db.Tx, file string) error { w.queued = append(w.queued, file); return nil },
	})
	code, err := w.people.SetupCode(t.Context())
	w.must(err)
	session, err := w.people.SetUp(t.Context(), code, "administrator@example.org", people.Newcomer{Name: "administrator", Password: secret})
	w.must(err)
	w.admin = w.actor(session)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) actor(session string) *people.Actor {
	w.Helper()
	a, err := w.people.Actor(w.Context(), session)
	w.must(err)
	return a
}

// person joins a partnership in a role; the project manager of each comes first.
func (w *world) person(by *people.Actor, name string, i people.Invitation) *people.Actor {
	w.Helper()
	i.Email = name + "@example.org"
	link, err := w.people.Invite(w.Context(), by, i)
	w.must(err)
	session, err := w.people.Join(w.Context(), link, people.Newcomer{Name: name, Password: secret})
	w.must(err)
	return w.actor(session)
}

func (w *world) manager(partnership string) *people.Actor {
	return w.person(w.admin, "manager-"+partnership, people.Invitation{Role: people.ProjectManager, Partnership: partnership})
}

// work runs what was queued.
func (w *world) work() {
	w.Helper()
	for _, id := range w.queued {
		w.must(w.Ingest(w.Context(), id, nil))
	}
	w.queued = nil
}

func (w *world) add(a *people.Actor, partnership, name string, b []byte) string {
	w.Helper()
	id, err := w.Add(w.Context(), a, people.Object{Partnership: partnership}, name, bytes.NewReader(b))
	w.must(err)
	return id
}

func (w *world) get(a *people.Actor, id string) *upload.File {
	w.Helper()
	file, err := w.Get(w.Context(), a, id)
	w.must(err)
	return file
}

// stored returns every content in the folder, by its path.
func (w *world) stored() map[string][]byte {
	w.Helper()
	all := map[string][]byte{}
	w.must(filepath.WalkDir(w.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.ReadFile(path)
		all[path] = f
		return err
	}))
	return all
}

// plate is a JPEG of a width and height.
func plate(t testing.TB, w, h int, tint uint8) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(i/7) ^ tint
	}
	img.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// located adds to a JPEG an EXIF block with a camera, a moment and GPS (EXIF 2.32,
// 4.6): big-endian TIFF, one directory that points to a second.
func located(t testing.TB, b []byte) []byte {
	t.Helper()
	be := binary.BigEndian
	entry := func(tag, kind uint16, count, value uint32) []byte {
		return be.AppendUint32(be.AppendUint32(be.AppendUint16(be.AppendUint16(nil, tag), kind), count), value)
	}
	tiff := []byte("MM\x00*\x00\x00\x00\x08")
	maker, at := "Lantern Works", uint32(8+2+2*12+4)
	tiff = be.AppendUint16(tiff, 2)
	tiff = append(tiff, entry(0x010f, 2, uint32(len(maker)+1), at)...)
	gps := at + uint32(len(maker)+1)
	tiff = append(tiff, entry(0x8825, 4, 1, gps)...)
	tiff = be.AppendUint32(tiff, 0)
	tiff = append(append(tiff, maker...), 0)
	tiff = be.AppendUint16(tiff, 2)
	tiff = append(tiff, entry(1, 2, 2, uint32('N')<<24)...)
	tiff = append(tiff, entry(2, 5, 3, gps+2+2*12+4)...)
	tiff = be.AppendUint32(tiff, 0)
	for _, v := range []uint32{60, 1, 59, 1, 1234567, 100000} {
		tiff = be.AppendUint32(tiff, v)
	}
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := append(be.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2)), body...)
	return append(append(append([]byte{}, b[:2]...), segment...), b[2:]...)
}

// broken gives some bytes and then fails, as a connection that is lost.
type broken struct{ io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
