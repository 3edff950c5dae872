package media_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	_ "golang.org/x/image/webp"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/media"
)

func TestDetect(t *testing.T) {
	box := func(brands string) string { return "\x00\x00\x00" + string(rune(8+len(brands))) + "ftyp" + brands }
	frames := "\xff\xfb\x90\x00" + strings.Repeat("\x00", 413) + "\xff\xfb\x90\x00"
	for name, c := range map[string]struct{ content, want string }{
		"MP4":                  {box("isom\x00\x00\x02\x00isomiso2mp41"), "mp4"},
		"M4A":                  {box("M4A \x00\x00\x00\x00M4A mp42"), "m4a"},
		"film of a telephone":  {box("qt  \x00\x00\x00\x00qt  "), "kind.quicktime"},
		"HEIC":                 {box("heic\x00\x00\x00\x00mif1heic"), "kind.heic"},
		"AVIF":                 {box("avif\x00\x00\x00\x00avif"), "kind.heic"},
		"HEIC behind a brand":  {box("isom\x00\x00\x00\x00heic"), "kind.heic"},
		"WebM":                 {"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "webm"},
		"Matroska":             {"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska", "kind.quicktime"},
		"MP3":                  {"ID3\x03\x00\x00\x00\x00\x00\x00", "mp3"},
		"MP3 without a head":   {frames, "mp3"},
		"Ogg":                  {"OggS\x00\x02", "ogg"},
		"TIFF":                 {"II*\x00\x08\x00\x00\x00", "kind.tiff"},
		"old Word":             {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "kind.ole"},
		"program":              {"MZ\x90\x00\x03", "kind.program"},
		"script":               {"#!/bin/sh\n", "kind.program"},
		"page":                 {"\ufeff \n<!DOCTYPE html><p>", "kind.html"},
		"page in UTF-16":       {"\xff\xfe<\x00H\x00T\x00M\x00L\x00>\x00", "kind.html"},
		"drawing":              {"<svg onload='x'/>", "kind.svg"},
		"gzip":                 {"\x1f\x8b\x08", "kind.zip"},
		"text":                 {"Päijät-Häme;1\nŁódź;2\n", "txt"},
		"text in UTF-16":       {"\xfe\xff\x00a\x00b", "txt"},
		"text in Windows-1252": {"P\xe4ij\xe4t", "txt"},
		"letter cut at 4096":   {strings.Repeat("a", 4095) + "ä", "txt"},
		"bytes":                {"\x00\x01\x02\x03", "kind.unknown"},
		"nothing":              {"", "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			rule, err := media.Detect(t.Context(), strings.NewReader(c.content))
			got := string(rule.Kind)
			if f, ok := errors.AsType[*fault.Error](err); ok {
				got = strings.TrimPrefix(f.Key, "media.")
				if f.Kind != fault.Invalid {
					t.Errorf("kind of fault %v", f.Kind)
				}
			}
			if got != c.want {
				t.Errorf("Detect = %s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestKindsAreComplete(t *testing.T) {
	seen := map[string]media.Kind{}
	for _, r := range media.Kinds() {
		if r.Name == "" || r.MIME == "" || r.Limit <= 0 || len(r.Endings) == 0 {
			t.Errorf("%+v is not complete", r)
		}
		for _, e := range r.Endings {
			if other, twice := seen[e]; twice {
				t.Errorf("the ending %s belongs to %s and %s", e, other, r.Kind)
			}
			seen[e] = r.Kind
		}
	}
}

func TestNames(t *testing.T) {
	picture := pngOf(t, corners(2, 2))
	for name, want := range map[string]string{
		"a.png": "a.png", "a.PNG": "a.png", "": "picture.png", "photo": "photo.png", "v1.2 final": "v1.2 final.png",
		`C:\Users\ana\Desktop\Kesä.png`: "Kesä.png", "../../etc/passwd.png": "passwd.png", "a\r\nb\x00.png": "a b.png",
		"invoice\u202egnp.exe": "invoicegnp.exe.png", ".png": "png.png", "a:b*c?.png": "a-b-c.png", "Lo\u0308ve.png": "Löve.png",
		"photo.jpg": "photo.png", "a.html": "a.html.png", strings.Repeat("ä", 200) + ".png": strings.Repeat("ä", 58) + ".png",
	} {
		got, _ := mustIngest(t, picture, name)
		if got.Name != want {
			t.Errorf("%q became %q, want %q", name, got.Name, want)
		}
		if renamed := slices.Contains(keys(got.Notes), "media.renamed"); renamed != (name == "photo.jpg") {
			t.Errorf("%q: notes %v", name, got.Notes)
		}
	}
	_, _, err := ingest(t.Context(), picture, "minutes.pdf")
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Key != "media.mismatch" || !strings.Contains(f.What, "minutes.pdf") || !strings.Contains(f.What, "PNG picture") {
		t.Errorf("a picture named minutes.pdf: %v", err)
	}
}

func TestText(t *testing.T) {
	for name, c := range map[string]struct {
		file, content, want string
		kind                media.Kind
		note                bool
	}{
		"UTF-8":        {"a.txt", "Päijät\r\n", "Päijät\r\n", media.TXT, false},
		"table":        {"a.csv", "a;b\n1;2\n", "a;b\n1;2\n", media.CSV, false},
		"Windows-1252": {"a.txt", "P\xe4ij\xe4t \x80", "Päijät €", media.TXT, true},
		"UTF-16":       {"a.txt", "\xff\xfeL\x00\x41\x01", "LŁ", media.TXT, true},
		"UTF-16 other": {"a.txt", "\xfe\xff\x00L\x01\x41", "LŁ", media.TXT, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, out := mustIngest(t, []byte(c.content), c.file)
			if string(out[media.Full]) != c.want || got.Kind != c.kind || (len(got.Notes) > 0) != c.note {
				t.Errorf("%s %q, notes %v; want %s %q", got.Kind, out[media.Full], got.Notes, c.kind, c.want)
			}
		})
	}
	for name, content := range map[string]string{"a zero far behind": strings.Repeat("a", 5000) + "\x00", "nothing but a mark": "\xff\xfe", "half a letter": "\xff\xfea"} {
		if _, _, err := ingest(t.Context(), []byte(content), ""); err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("a text with %s: %v, want Invalid", name, err)
		}
	}
}

func TestRecordingPassesWithANote(t *testing.T) {
	b := []byte("ID3\x03\x00" + strings.Repeat("x", 200_000))
	got, out := mustIngest(t, b, "talk.mp3")
	if !bytes.Equal(out[media.Full], b) || got.Removed != nil || !slices.Contains(keys(got.Notes), "media.unstripped") {
		t.Errorf("%+v", got)
	}
}

// stretched is a file that declares a length without having it.
type stretched struct{ *bytes.Reader }

func (l stretched) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekEnd {
		return 41 << 20, nil
	}
	return l.Reader.Seek(offset, whence)
}

func TestLimit(t *testing.T) {
	r := stretched{bytes.NewReader(append(jpegOf(t, corners(4, 4)), make([]byte, 8192)...))}
	_, err := media.Ingest(t.Context(), r, "a.jpg", media.Options{})
	if err == nil || fault.KindOf(err) != fault.TooLarge {
		t.Errorf("Ingest of 41 MB: %v, want TooLarge", err)
	}
}

func TestIngestStops(t *testing.T) {
	specimens := map[string][]byte{
		"picture": jpegOf(t, image.NewGray(image.Rect(0, 0, 900, 900))), "text": []byte(strings.Repeat("text ", 50_000)),
		"document": word(t), "PDF": laden(t), "recording": []byte("OggS\x00" + strings.Repeat("x", 200_000)),
	}
	full := errors.New("no room")
	for name, b := range specimens {
		t.Run(name, func(t *testing.T) {
			_, err := media.Ingest(t.Context(), bytes.NewReader(b), "", media.Options{Keep: func(_ context.Context, _ media.Copy, r io.Reader) error {
				_, _ = io.ReadFull(r, make([]byte, 10))
				return full
			}})
			if !errors.Is(err, full) {
				t.Errorf("Keep fails: %v, want its error", err)
			}
			_, err = media.Ingest(t.Context(), bytes.NewReader(b), "", media.Options{Keep: func(context.Context, media.Copy, io.Reader) error { return nil }})
			if err == nil {
				t.Error("Keep that reads nothing and is content: no error")
			}
			ctx, cancel := context.WithCancel(t.Context())
			_, err = media.Ingest(ctx, bytes.NewReader(b), "", media.Options{Keep: func(_ context.Context, _ media.Copy, r io.Reader) error {
				cancel()
				_, err := io.Copy(io.Discard, r)
				return errors.Join(err, ctx.Err())
			}})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the context ends while it keeps: %v", err)
			}
			if _, _, err := ingest(ctx, b, ""); !errors.Is(err, context.Canceled) {
				t.Errorf("the context has ended: %v", err)
			}
			var steps []int64
			_, err = media.Ingest(t.Context(), bytes.NewReader(b), "", media.Options{
				Keep:     func(_ context.Context, _ media.Copy, r io.Reader) error { _, err := io.Copy(io.Discard, r); return err },
				Progress: func(done, total int64) { steps = append(steps, done, total) },
			})
			must(t, err)
			last := []int64{int64(len(b)), int64(len(b))}
			if len(steps) < 4 || !slices.Equal(steps[len(steps)-2:], last) || steps[0] >= last[0] {
				t.Errorf("progress %v, want it to end at %v", steps, last)
			}
		})
	}
	broken := errors.New("the disk broke")
	r := struct {
		io.Reader
		io.Seeker
	}{iotest.ErrReader(broken), bytes.NewReader(specimens["picture"])}
	if _, err := media.Ingest(t.Context(), r, "", media.Options{}); !errors.Is(err, broken) {
		t.Errorf("the source breaks: %v", err)
	}
}

// FuzzIngest: no file, however broken, brings more than an error; and what is
// taken is taken again, with nothing left to remove.
func FuzzIngest(f *testing.F) {
	x := everything()
	for _, b := range [][]byte{
		photo(f, corners(16, 8), x), screenshot(f, corners(8, 8), x), webpOf(9, 7, red, &x), movingGIF(f), laden(f), word(f),
		openDocument(f, "text", ""), []byte("text"), []byte("\xff\xfet\x00"), []byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00mp41mp42"),
	} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, _, err := image.DecodeConfig(bytes.NewReader(b)); len(b) > 1<<16 || err == nil && c.Width*c.Height > 1<<16 {
			return // honest work, but too slow to try thousands
		}
		first, out, err := ingest(t.Context(), b, "")
		if err != nil {
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind == fault.Internal {
				t.Errorf("an error that is no sentence: %v", err)
			}
			return
		}
		for _, c := range first.Copies {
			if strings.HasPrefix(c.MIME, "image/") {
				clean(t, c.MIME, out[c.Role])
			}
		}
		again, _, err := ingest(t.Context(), out[media.Full], first.Name)
		if err != nil || len(again.Removed) > 0 || again.Width != first.Width || again.Name != first.Name {
			t.Errorf("taken in again: %+v, %v; first %+v", again, err, first)
		}
	})
}

func TestNothingIsLeftAfterTwice(t *testing.T) {
	x := everything()
	for name, b := range map[string][]byte{"jpeg": photo(t, corners(40, 30), x), "odt": openDocument(t, "text", "")} {
		_, once := mustIngest(t, b, "")
		r, twice := mustIngest(t, once[media.Full], "")
		if len(r.Removed) > 0 {
			t.Errorf("%s: removed %v the second time", name, r.Removed)
		}
		if diff := cmp.Diff(len(once), len(twice)); diff != "" {
			t.Errorf("%s: copies %s", name, diff)
		}
	}
}

// noise is a picture that compresses as badly as a photo, w x h.
func noise(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			v := uint8(x*255/w) ^ uint8(random.UintN(32))
			img.SetRGBA(x, y, color.RGBA{v, uint8(y * 255 / h), 255 - v, 255})
		}
	}
	return img
}

func BenchmarkIngestJPEG12MP(b *testing.B) {
	for name, orientation := range map[string]uint16{"upright": 1, "turned": 6} {
		file := photo(b, noise(4000, 3000), exif{orientation: orientation, place: true, person: true})
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				if _, err := media.Ingest(b.Context(), bytes.NewReader(file), "", media.Options{Keep: func(_ context.Context, _ media.Copy, r io.Reader) error {
					_, err := io.Copy(io.Discard, r)
					return err
				}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
