package media

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// block is a stretch of a picture file that is not picture: bytes from start to
// end. what tells its sort.
type block struct {
	what       string // exif, xmp, iptc, profile, comment, tail, other
	start, end int
}

// layout is how a picture file is put together.
type layout struct {
	blocks      []block // of metadata, in order
	progressive bool    // a JPEG that is decoded as a whole
	samples     float64 // of a JPEG, per pixel
	deep        bool    // 16 bits a channel
	interlaced  bool
	moving      bool // more than one picture
}

// layoutOf takes a picture file apart as far as it is sound; the decoder judges
// the rest. It never fails.
func layoutOf(kind Kind, b []byte) layout {
	switch kind {
	case JPEG:
		return jpegLayout(b)
	case PNG:
		return pngLayout(b)
	case WebP:
		return webpLayout(b)
	}
	return gifLayout(b)
}

// without returns b without its metadata: the picture stays as it was, bit by bit.
func (l layout) without(b []byte) []byte {
	if len(l.blocks) == 0 {
		return b
	}
	out, at := make([]byte, 0, len(b)), 0
	for _, x := range l.blocks {
		out = append(out, b[at:x.start]...)
		at = x.end
	}
	return append(out, b[at:]...)
}

const (
	markStartOfScan  = 0xda
	markEnd          = 0xd9
	markComment      = 0xfe
	markApplication  = 0xe0
	markApplication1 = 0xe1
	markApplication2 = 0xe2
	markPhotoshop    = 0xed
	markAdobe        = 0xee
)

// jpegLayout follows the markers of a JPEG (ISO 10918-1, B.1) to its end.
func jpegLayout(b []byte) (l layout) {
	at := 2
	for at+2 <= len(b) {
		if b[at] != 0xff {
			return l
		}
		mark := b[at+1]
		switch {
		case mark == 0xff: // filling
			at++
			continue
		case mark == markEnd:
			return l.tail(at+2, len(b))
		case mark == 0x01 || mark >= 0xd0 && mark <= 0xd8:
			at += 2
			continue
		}
		if at+4 > len(b) {
			return l
		}
		end := at + 2 + int(binary.BigEndian.Uint16(b[at+2:]))
		if end > len(b) || end < at+4 {
			return l
		}
		l.segment(mark, b[at+4:end], at, end)
		at = end
		if mark == markStartOfScan {
			at = afterScan(b, at)
		}
	}
	return l
}

func (l layout) tail(start, end int) layout {
	if start < end {
		l.blocks = append(l.blocks, block{"tail", start, end})
	}
	return l
}

func (l *layout) segment(mark byte, body []byte, start, end int) {
	what := ""
	switch {
	case mark == markComment:
		what = "comment"
	case mark == markAdobe && bytes.HasPrefix(body, []byte("Adobe")): // how colours are stored
	case mark == markApplication && bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) <= 14: // without a thumbnail
	case mark == markApplication1 && bytes.HasPrefix(body, []byte("Exif\x00")):
		what = "exif"
	case mark == markApplication1 && bytes.HasPrefix(body, []byte("http://ns.adobe.com/")):
		what = "xmp"
	case mark == markApplication2 && bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")):
		what = "profile"
	case mark == markPhotoshop:
		what = "iptc"
	case mark >= markApplication && mark <= 0xef:
		what = "other"
	case mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc:
		l.frame(mark, body)
	}
	if what != "" {
		l.blocks = append(l.blocks, block{what, start, end})
	}
}

// frame reads how many samples a pixel has: components may be coarser.
func (l *layout) frame(mark byte, body []byte) {
	l.progressive = mark == 0xc2
	if len(body) < 6 {
		return
	}
	most, sum := 1, 0
	for i := 6; i+3 <= len(body); i += 3 {
		area := int(body[i+1]>>4) * int(body[i+1]&15)
		most, sum = max(most, area), sum+area
	}
	l.samples = float64(sum) / float64(most)
}

// afterScan returns where the coded pixels end.
func afterScan(b []byte, at int) int {
	for ; at+1 < len(b); at++ {
		if b[at] == 0xff && b[at+1] != 0 && (b[at+1] < 0xd0 || b[at+1] > 0xd7) {
			return at
		}
	}
	return len(b)
}

// pngKeeps are the chunks without which a PNG looks different (PNG 3, section 11).
var pngKeeps = []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "bKGD", "pHYs", "cICP"}

func pngLayout(b []byte) (l layout) {
	at := 8
	for at+12 <= len(b) {
		length := int(binary.BigEndian.Uint32(b[at:]))
		end := at + 12 + length
		if end > len(b) || end < at {
			return l
		}
		name, body := string(b[at+4:at+8]), b[at+8:end-4]
		switch name {
		case "IHDR":
			l.deep = len(body) > 12 && body[8] == 16
			l.interlaced = len(body) > 12 && body[12] == 1
		case "acTL":
			l.moving = true
		case "IEND":
			return l.tail(end, len(b))
		}
		if what := pngChunk(name, body); what != "" {
			l.blocks = append(l.blocks, block{what, at, end})
		}
		at = end
	}
	return l
}

func pngChunk(name string, body []byte) string {
	switch {
	case slices.Contains(pngKeeps, name):
		return ""
	case name == "eXIf":
		return "exif"
	case name == "iCCP":
		return "profile"
	case name == "iTXt" && bytes.HasPrefix(body, []byte("XML:com.adobe.xmp")):
		return "xmp"
	case strings.HasSuffix(name, "Xt"):
		return "comment"
	case name == "tIME":
		return "time"
	case name == "acTL" || name == "fcTL" || name == "fdAT":
		return "motion"
	}
	return "other"
}

func webpLayout(b []byte) (l layout) {
	size := min(8+int(binary.LittleEndian.Uint32(b[4:])), len(b))
	for at := 12; at+8 <= size; {
		end := at + 8 + int(binary.LittleEndian.Uint32(b[at+4:]))
		end += end & 1
		if end > size || end < at {
			return l
		}
		what := ""
		switch string(b[at : at+4]) {
		case "EXIF":
			what = "exif"
		case "XMP ":
			what = "xmp"
		case "ICCP":
			what = "profile"
		case "ANIM", "ANMF":
			l.moving = true
		case "VP8 ", "VP8L", "VP8X", "ALPH":
		default:
			what = "other"
		}
		if what != "" {
			l.blocks = append(l.blocks, block{what, at, end})
		}
		at = end
	}
	return l.tail(size, len(b))
}

// gifLayout follows the blocks of a GIF (GIF89a, section 12).
func gifLayout(b []byte) (l layout) {
	if len(b) < 13 {
		return l
	}
	at, pictures := 13+table(b[10]), 0
	for at+2 < len(b) {
		start := at
		switch b[at] {
		case 0x3b:
			return l.tail(at+1, len(b))
		case 0x2c:
			if at+10 >= len(b) {
				return l
			}
			pictures++
			l.moving = pictures > 1
			at = afterBlocks(b, at+10+table(b[at+9])+1)
			continue
		case 0x21:
			label := b[at+1]
			at = afterBlocks(b, at+2)
			switch {
			case label == 0xfe:
				l.blocks = append(l.blocks, block{"comment", start, at})
			case label == 0xff && !bytes.Contains(b[start:min(at, start+16)], []byte("NETSCAPE2.0")):
				l.blocks = append(l.blocks, block{"xmp", start, at})
			}
		default:
			return l
		}
	}
	return l
}

// table is the length of a colour table after its flags.
func table(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func afterBlocks(b []byte, at int) int {
	for at < len(b) && b[at] != 0 {
		at += 1 + int(b[at])
	}
	return min(at+1, len(b))
}
