package media_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bep/imagemeta"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	_ "image/jpeg"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kept is what came out of an ingest.
type kept map[media.Role][]byte

func ingest(ctx context.Context, b []byte, name string) (media.Result, kept, error) {
	out := kept{}
	r, err := media.Ingest(ctx, bytes.NewReader(b), name, media.Options{Keep: func(_ context.Context, c media.Copy, r io.Reader) error {
		b, err := io.ReadAll(r)
		if err == nil {
			out[c.Role] = b
		}
		return err
	}})
	return r, out, err
}

func mustIngest(t testing.TB, b []byte, name string) (media.Result, kept) {
	t.Helper()
	r, out, err := ingest(t.Context(), b, name)
	if err != nil {
		t.Fatalf("Ingest %s: %v (%+v)", name, err, errors.Unwrap(err))
	}
	return r, out
}

// clean holds a copy of a picture to having nothing but pixels.
func clean(t testing.TB, mime string, b []byte) {
	t.Helper()
	for _, word := range []string{secret, "Exif", "GPS", "http://ns.adobe.com", "ICC_PROFILE", "Photoshop", "8BIM", "eXIf", "tEXt", "iTXt", "zTXt", "tIME", "iCCP", "ftyp"} {
		if bytes.Contains(b, []byte(word)) {
			t.Errorf("the %s copy contains %q", mime, word)
		}
	}
	format := map[string]imagemeta.ImageFormat{"image/jpeg": imagemeta.JPEG, "image/png": imagemeta.PNG}[mime]
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(b), ImageFormat: format, Sources: imagemeta.EXIF | imagemeta.IPTC | imagemeta.XMP,
		ShouldHandleTag: func(imagemeta.TagInfo) bool { return true },
		HandleTag: func(tag imagemeta.TagInfo) error {
			t.Errorf("the copy says %s %s = %v", tag.Source, tag.Tag, tag.Value)
			return nil
		},
	})
	if err != nil {
		t.Errorf("read the copy's metadata: %v", err)
	}
}

func everything() exif {
	return exif{orientation: 6, moment: "2024:05:06 07:08:09", zone: "+03:00", person: true, place: true}
}

func TestPicturesLoseAllButPixels(t *testing.T) {
	taken := time.Date(2024, 5, 6, 7, 8, 9, 0, time.FixedZone("", 3*3600))
	all := []media.Trace{"attachment", "camera", "description", "other", "person", "place", "profile", "program", "time"}
	see := color.NRGBA{10, 200, 30, 128}
	x := everything()
	for name, c := range map[string]struct {
		file, named string
		b           []byte
		want        media.Result
		mime        string
	}{
		"JPEG": {
			"Kesä 2024.JPG", "Kesä 2024.jpg", photo(t, corners(40, 30), x),
			media.Result{Kind: media.JPEG, Width: 30, Height: 40, Taken: taken, TakenZone: true, Removed: all},
			"image/jpeg",
		},
		"PNG": {
			"a.png", "a.png", screenshot(t, corners(40, 30), x),
			media.Result{
				Kind: media.PNG, Width: 30, Height: 40, Taken: taken, TakenZone: true,
				Removed: []media.Trace{"attachment", "camera", "description", "other", "person", "place", "program", "time"},
			},
			"image/png",
		},
		"WebP": {
			"a.webp", "a.jpg", webpOf(40, 30, red, &x),
			media.Result{
				Kind: media.WebP, Width: 30, Height: 40, Taken: taken, TakenZone: true,
				Removed: []media.Trace{"camera", "description", "person", "place", "profile", "program", "time"},
			},
			"image/jpeg",
		},
		"WebP one sees through": {"a.webp", "a.png", webpOf(40, 30, see, nil), media.Result{Kind: media.WebP, Width: 40, Height: 30}, "image/png"},
		"GIF":                   {"", "picture.png", movingGIF(t), media.Result{Kind: media.GIF, Width: 12, Height: 10, Removed: []media.Trace{"description"}}, "image/png"},
		"no metadata":           {"a.jpeg", "a.jpeg", jpegOf(t, corners(9, 9)), media.Result{Kind: media.JPEG, Width: 9, Height: 9}, "image/jpeg"},
		"no zone": {
			"a.jpg", "a.jpg", withSegments(jpegOf(t, corners(9, 9)), segment(0xe1, "Exif\x00\x00"+string(exif{moment: "2024:05:06 07:08:09"}.tiff()))),
			media.Result{Kind: media.JPEG, Width: 9, Height: 9, Taken: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC), Removed: []media.Trace{"time"}},
			"image/jpeg",
		},
		"a clock never set": {
			"a.jpg", "a.jpg", withSegments(jpegOf(t, corners(9, 9)), segment(0xe1, "Exif\x00\x00"+string(exif{moment: "0000:00:00 00:00:00"}.tiff()))),
			media.Result{Kind: media.JPEG, Width: 9, Height: 9, Removed: []media.Trace{"time"}},
			"image/jpeg",
		},
		"damaged metadata": {
			"a.jpg", "a.jpg", withSegments(jpegOf(t, corners(9, 9)), segment(0xe1, "Exif\x00\x00II*\x00\xff\xff\xff\xff"+secret)),
			media.Result{Kind: media.JPEG, Width: 9, Height: 9, Removed: []media.Trace{"other"}},
			"image/jpeg",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, out := mustIngest(t, c.b, c.file)
			c.want.Name = c.named
			c.want.Copies = []media.Copy{{Role: media.Full, MIME: c.mime, Width: c.want.Width, Height: c.want.Height}}
			short := got
			short.Notes = nil
			if diff := cmp.Diff(c.want, short, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
				t.Errorf("Ingest (-want +got)\n%s", diff)
			}
			clean(t, c.mime, out[media.Full])
			img, _, err := image.Decode(bytes.NewReader(out[media.Full]))
			must(t, err)
			if size := img.Bounds().Size(); size != image.Pt(c.want.Width, c.want.Height) {
				t.Errorf("the copy is of %v", size)
			}
			again, _ := mustIngest(t, out[media.Full], got.Name)
			if again.Removed != nil || again.Name != got.Name || len(again.Notes) > 0 || again.Width != got.Width {
				t.Errorf("taken in again: %+v", again)
			}
		})
	}
}

func near(a, b color.Color, most int) bool {
	x, y := color.NRGBAModel.Convert(a).(color.NRGBA), color.NRGBAModel.Convert(b).(color.NRGBA)
	d := func(p, q uint8) int { return max(int(p), int(q)) - min(int(p), int(q)) }
	return d(x.R, y.R) <= most && d(x.G, y.G) <= most && d(x.B, y.B) <= most && d(x.A, y.A) <= most
}

// TestPicturesAreTurnedUpright: EXIF 2.32, 4.6.4 says for each value which side of
// the picture the first row and the first column of the file are.
func TestPicturesAreTurnedUpright(t *testing.T) {
	const w, h = 64, 32
	for orientation, sides := range map[uint16][2]string{
		1: {"top", "left"}, 2: {"top", "right"}, 3: {"bottom", "right"}, 4: {"bottom", "left"},
		5: {"left", "top"}, 6: {"right", "top"}, 7: {"right", "bottom"}, 8: {"left", "bottom"},
	} {
		for name, b := range map[string][]byte{
			"jpeg": photo(t, corners(w, h), exif{orientation: orientation}),
			"png":  withChunks(pngOf(t, corners(w, h)), chunk("eXIf", string(exif{orientation: orientation}.tiff()))),
		} {
			_, out := mustIngest(t, b, "")
			img, _, err := image.Decode(bytes.NewReader(out[media.Full]))
			must(t, err)
			at := func(sides ...string) color.Color {
				p := image.Pt(4, 4)
				if slices.Contains(sides, "right") {
					p.X = img.Bounds().Dx() - 5
				}
				if slices.Contains(sides, "bottom") {
					p.Y = img.Bounds().Dy() - 5
				}
				return img.At(p.X, p.Y)
			}
			other := map[string]string{"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[sides[1]]
			if got := at(sides[:]...); !near(got, red, 12) {
				t.Errorf("%s %d: the first row and column meet at %v, not red", name, orientation, got)
			}
			if got := at(sides[0], other); !near(got, green, 12) {
				t.Errorf("%s %d: the first row ends at %v, not green", name, orientation, got)
			}
		}
	}
}

func TestPNGStaysWhatItIs(t *testing.T) {
	deep := image.NewNRGBA64(image.Rect(0, 0, 5, 4))
	for i := range deep.Pix {
		deep.Pix[i] = byte(i * 37)
	}
	gray := image.NewGray(image.Rect(0, 0, 5, 4))
	gray.Pix[3] = 77
	few := image.NewPaletted(image.Rect(0, 0, 5, 4), color.Palette{color.NRGBA{1, 2, 3, 4}, red})
	few.Pix[7] = 1
	through := corners(5, 4)
	through.Pix[3], through.Pix[7] = 0, 90
	for name, img := range map[string]image.Image{"16 bits": deep, "grey": gray, "few colours": few, "transparent": through} {
		t.Run(name, func(t *testing.T) {
			_, out := mustIngest(t, pngOf(t, img), "a.png")
			got, err := png.Decode(bytes.NewReader(out[media.Full]))
			must(t, err)
			want, err := png.Decode(bytes.NewReader(pngOf(t, img)))
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("changed (-want +got)\n%s", diff)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want []image.Point
	}{
		{2000, 1000, []image.Point{{2000, 1000}, {1600, 800}, {800, 400}, {320, 160}}},
		{1600, 10, []image.Point{{1600, 10}, {800, 5}, {320, 2}}},
		{320, 400, []image.Point{{320, 400}}},
		{801, 1, []image.Point{{801, 1}, {800, 1}, {320, 1}}},
		{400, 5000, []image.Point{{400, 5000}, {320, 4000}}},
	} {
		r, out := mustIngest(t, pngOf(t, image.NewGray(image.Rect(0, 0, c.w, c.h))), "a.png")
		var got []image.Point
		for _, copied := range r.Copies {
			img, err := png.Decode(bytes.NewReader(out[copied.Role]))
			must(t, err)
			if size := img.Bounds().Size(); size != image.Pt(copied.Width, copied.Height) {
				t.Errorf("%s is %v, not %v", copied.Role, size, copied)
			}
			clean(t, copied.MIME, out[copied.Role])
			got = append(got, image.Pt(copied.Width, copied.Height))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%d x %d (-want +got)\n%s", c.w, c.h, diff)
		}
	}
}

// TestBombs: a few bytes that declare a huge picture are refused unread.
func TestBombs(t *testing.T) {
	patched := func(b []byte, at int, with string) []byte {
		return slices.Concat(b[:at], []byte(with), b[at+len(with):])
	}
	header := func(w, h string, depth, interlace byte) []byte {
		body := w + h + string([]byte{depth, 6, 0, 0, interlace})
		b := pngOf(t, corners(4, 4))
		return slices.Concat(b[:8], chunk("IHDR", body), b[33:])
	}
	photo := jpegOf(t, corners(16, 16))
	frame := bytes.Index(photo, []byte{0xff, 0xc0})
	for name, b := range map[string][]byte{
		"PNG":             header("\x00\x00\x75\x30", "\x00\x00\x75\x30", 8, 0),
		"wide PNG":        header("\x00\x01\x00\x01", "\x00\x00\x00\x01", 8, 0),
		"interlaced deep": header("\x00\x00\x1b\x58", "\x00\x00\x1b\x58", 16, 1), // 7000 x 7000
		"JPEG":            patched(photo, frame+5, "\xff\xff\xff\xff"),
		"progressive":     patched(patched(photo, frame+1, "\xc2"), frame+5, "\x1f\x40\x1f\x40\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01"), // 8000 x 8000, no component coarser
		"WebP":            webpOf(16383, 16383, red, nil),
		"GIF":             patched(movingGIF(t), 6, "\xff\xff\xff\xff"),
	} {
		t.Run(name, func(t *testing.T) {
			_, out, err := ingest(t.Context(), b, "")
			if err == nil || fault.KindOf(err) != fault.TooLarge || len(out) > 0 {
				t.Errorf("Ingest: %v, %d copies; want TooLarge", err, len(out))
			}
		})
	}
}

func TestDamagedPictures(t *testing.T) {
	for name, b := range map[string][]byte{
		"JPEG cut": jpegOf(t, corners(64, 64))[:500], "PNG cut": pngOf(t, corners(64, 64))[:60], "GIF cut": movingGIF(t)[:40],
		"JPEG head": []byte("\xff\xd8\xff"), "WebP cut": webpOf(9, 9, red, nil)[:22], "no points": webpOf(9, 9, red, nil)[:16],
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := ingest(t.Context(), b, "")
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != fault.Invalid || !strings.HasPrefix(f.Key, "media.") {
				t.Errorf("Ingest: %v, want Invalid", err)
			}
		})
	}
}
