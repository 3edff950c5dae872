package media_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// secret stands in every piece of metadata of the specimens: no copy may have it.
const secret = "s3cret"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var (
	red   = color.NRGBA{230, 20, 20, 255}
	green = color.NRGBA{20, 200, 20, 255}
	blue  = color.NRGBA{20, 20, 220, 255}
)

// corners is a blue picture whose upper left corner is red and whose upper right
// corner is green.
func corners(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := blue
			if y < h/2 && x < w/2 {
				c = red
			} else if y < h/2 {
				c = green
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}))
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	return b.Bytes()
}

// entry is one entry of a TIFF directory, little end first.
type entry struct {
	tag, kind uint16
	count     uint32
	value     []byte // longer than four bytes it stands apart
}

func ascii(tag uint16, s string) entry {
	return entry{tag, 2, uint32(len(s) + 1), append([]byte(s), 0)}
}

func short(tag, v uint16) entry {
	return entry{tag, 3, 1, binary.LittleEndian.AppendUint16(nil, v)}
}

func long(tag uint16, v uint32) entry {
	return entry{tag, 4, 1, binary.LittleEndian.AppendUint32(nil, v)}
}

func angle(tag uint16, degrees, minutes uint32) entry {
	var b []byte
	for _, v := range []uint32{degrees, 1, minutes, 1, 0, 1} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return entry{tag, 5, 3, b}
}

// directory writes entries as they stand at an offset, and what stands apart.
func directory(at uint32, next uint32, entries ...entry) []byte {
	head := binary.LittleEndian.AppendUint16(nil, uint16(len(entries)))
	apart := []byte(nil)
	end := at + 2 + 12*uint32(len(entries)) + 4
	for _, e := range entries {
		head = binary.LittleEndian.AppendUint16(head, e.tag)
		head = binary.LittleEndian.AppendUint16(head, e.kind)
		head = binary.LittleEndian.AppendUint32(head, e.count)
		if len(e.value) > 4 {
			head = binary.LittleEndian.AppendUint32(head, end+uint32(len(apart)))
			apart = append(apart, e.value...)
			if len(apart)%2 == 1 {
				apart = append(apart, 0)
			}
		} else {
			head = append(head, append(append([]byte(nil), e.value...), 0, 0, 0, 0)[:4]...)
		}
	}
	return append(binary.LittleEndian.AppendUint32(head, next), apart...)
}

type exif struct {
	orientation  uint16
	moment, zone string
	person       bool // artist, camera, program, description
	place        bool
}

// tiff writes what a camera notes.
func (x exif) tiff() []byte {
	first := []entry{}
	if x.person {
		first = append(first, ascii(0x010e, secret+" description"), ascii(0x010f, secret+" make"), ascii(0x0110, secret+" model"))
	}
	if x.orientation != 0 {
		first = append(first, short(0x0112, x.orientation))
	}
	if x.person {
		first = append(first, ascii(0x0131, secret+" software"), ascii(0x013b, secret+" artist"))
	}
	var sub []entry
	if x.moment != "" {
		sub = append(sub, ascii(0x9003, x.moment))
	}
	if x.zone != "" {
		sub = append(sub, ascii(0x9011, x.zone))
	}
	var gps []entry
	if x.place {
		gps = []entry{ascii(1, "N"), angle(2, 60, 59), ascii(3, "E"), angle(4, 25, 40)}
	}
	lay := func(subAt, gpsAt uint32) []byte {
		all := append([]entry(nil), first...)
		if sub != nil {
			all = append(all, long(0x8769, subAt))
		}
		if gps != nil {
			all = append(all, long(0x8825, gpsAt))
		}
		return directory(8, 0, all...)
	}
	subAt := 8 + uint32(len(lay(0, 0)))
	subBytes := directory(subAt, 0, sub...)
	gpsAt := subAt + uint32(len(subBytes))
	out := append([]byte("II*\x00\x08\x00\x00\x00"), lay(subAt, gpsAt)...)
	out = append(out, subBytes...)
	return append(out, directory(gpsAt, 0, gps...)...)
}

const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="` + secret + `" dc:creator="` + secret + `"/></rdf:RDF></x:xmpmeta>`

func segment(mark byte, body string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, mark}, uint16(len(body)+2)), body...)
}

// withSegments puts segments behind the first mark of a JPEG.
func withSegments(b []byte, segments ...[]byte) []byte {
	out := append([]byte(nil), b[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, b[2:]...)
}

// photo is a JPEG with all that a camera and an editor write, and a film behind it.
func photo(t testing.TB, img image.Image, x exif) []byte {
	t.Helper()
	iptc := "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0b\x1c\x02\x5a\x00\x06" + secret
	if len(iptc)%2 == 1 {
		iptc += "\x00"
	}
	b := withSegments(jpegOf(t, img),
		segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01"+secret[:3]), // with a thumbnail of a pixel
		segment(0xe1, "Exif\x00\x00"+string(x.tiff())),
		segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+xmp),
		segment(0xe2, "ICC_PROFILE\x00\x01\x01"+secret+" profile"),
		segment(0xed, iptc),
		segment(0xe9, secret+" maker"),
		segment(0xfe, secret+" comment"),
	)
	return append(b, "ftypmp42 "+secret+" film"...)
}

func chunk(name, body string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(out, name+body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(name+body)))
}

// withChunks puts chunks behind the header of a PNG.
func withChunks(b []byte, chunks ...[]byte) []byte {
	out := append([]byte(nil), b[:33]...)
	for _, c := range chunks {
		out = append(out, c...)
	}
	return append(out, b[33:]...)
}

func screenshot(t testing.TB, img image.Image, x exif) []byte {
	t.Helper()
	return append(withChunks(pngOf(t, img),
		chunk("eXIf", string(x.tiff())),
		chunk("tEXt", "Author\x00"+secret),
		chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+xmp),
		chunk("tIME", "\x07\xe8\x01\x01\x00\x00\x00"),
		chunk("caBX", secret),
	), secret...)
}

// bits writes the least significant bit first.
type bits struct {
	b []byte
	n int
}

func (w *bits) put(v uint32, n int) {
	for i := range n {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.n/8] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
}

// webpOf writes a picture of one colour as lossless WebP (RFC 9649, 3): five codes
// of one symbol each, so that a pixel takes no bit. Metadata follows if asked for.
func webpOf(w, h int, c color.NRGBA, x *exif) []byte {
	var v bits
	v.put(0x2f, 8)
	v.put(uint32(w-1), 14)
	v.put(uint32(h-1), 14)
	v.put(map[bool]uint32{true: 0, false: 1}[c.A == 255], 1)
	v.put(0, 3)
	v.put(0, 3) // no transform, no cache, one group of codes
	for _, symbol := range []uint8{c.G, c.R, c.B, c.A, 0} {
		v.put(1, 1) // a simple code
		v.put(0, 1) // of one symbol
		v.put(1, 1) // of eight bits
		v.put(uint32(symbol), 8)
	}
	part := func(name, body string) string {
		out := name + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
		if len(body)%2 == 1 {
			out += "\x00"
		}
		return out
	}
	body := part("VP8L", string(v.b))
	if x != nil {
		flags := byte(0x08 | 0x04 | 0x20)
		if c.A != 255 {
			flags |= 0x10
		}
		head := []byte{flags, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), 0, byte(h - 1), byte((h - 1) >> 8), 0}
		body = part("VP8X", string(head)) + part("ICCP", secret) + body + part("EXIF", string(x.tiff())) + part("XMP ", xmp)
	}
	return []byte(part("RIFF", "WEBP"+body))
}

// movingGIF has two pictures, the first smaller than the screen, and a comment.
func movingGIF(t testing.TB) []byte {
	t.Helper()
	palette := color.Palette{color.Transparent, red, blue}
	frame := func(r image.Rectangle, c uint8) *image.Paletted {
		p := image.NewPaletted(r, palette)
		for i := range p.Pix {
			p.Pix[i] = c
		}
		return p
	}
	var b bytes.Buffer
	must(t, gif.EncodeAll(&b, &gif.GIF{
		Image: []*image.Paletted{frame(image.Rect(2, 2, 10, 8), 1), frame(image.Rect(0, 0, 12, 10), 2)}, Delay: []int{1, 1},
		Config: image.Config{ColorModel: palette, Width: 12, Height: 10},
	}))
	out := b.Bytes()
	comment := "\x21\xfe" + string(rune(len(secret))) + secret + "\x00"
	return append(append(append([]byte(nil), out[:len(out)-1]...), comment...), 0x3b)
}
