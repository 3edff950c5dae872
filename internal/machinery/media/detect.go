package media

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"unicode/utf8"
)

// Detect says what a file is, by its content alone. Its errors are Invalid faults
// that say what to do instead.
func Detect(ctx context.Context, r io.ReadSeeker) (Rule, error) {
	src, err := newSource(ctx, r, nil)
	if err != nil {
		return Rule{}, err
	}
	rule, err := detect(src, "")
	return rule, src.blame(err)
}

// signatures are the first bytes of kinds. A kind stands for itself, a word for a
// refusal. ? stands for any byte.
var signatures = []struct {
	bytes string
	kind  Kind
	no    string
}{
	{"\xff\xd8\xff", JPEG, ""},
	{"\x89PNG\r\n\x1a\n", PNG, ""},
	{"GIF87a", GIF, ""},
	{"GIF89a", GIF, ""},
	{"RIFF????WEBPVP8", WebP, ""},
	{"%PDF-", PDF, ""},
	{"OggS\x00", OGG, ""},
	{"ID3\x02\x00", MP3, ""},
	{"ID3\x03\x00", MP3, ""},
	{"ID3\x04\x00", MP3, ""},
	{"II*\x00", "", "tiff"},
	{"MM\x00*", "", "tiff"},
	{"II+\x00", "", "tiff"},
	{"BM????\x00\x00\x00\x00", "", "bmp"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "ole"},
	{"{\\rtf", "", "rtf"},
	{"%!PS", "", "rtf"},
	{"MZ?\x00", "", "program"},
	{"\x7fELF", "", "program"},
	{"#!", "", "program"},
	{"\xca\xfe\xba\xbe", "", "program"},
	{"\xcf\xfa\xed\xfe", "", "program"},
	{"7z\xbc\xaf\x27\x1c", "", "zip"},
	{"Rar!\x1a\x07", "", "zip"},
	{"\x1f\x8b", "", "zip"},
	{"BZh?1AY&SY", "", "zip"},
	{"\xfd7zXZ", "", "zip"},
	{"PK\x05\x06", "", "zip"},
}

// detect also takes the name, for the one thing that content does not tell: which
// of the plain texts a plain text is.
func detect(src *source, name string) (Rule, error) {
	head, err := src.head(4096)
	if err != nil {
		return Rule{}, err
	}
	for _, s := range signatures {
		if starts(head, s.bytes) {
			if s.no != "" {
				return Rule{}, refused(s.no)
			}
			return ruleOf(s.kind), nil
		}
	}
	kind, no := Kind(""), "unknown"
	switch {
	case starts(head, "PK\x03\x04"):
		kind, no, err = archive(src)
	case starts(head, "????ftyp"):
		kind, no = container(head)
	case starts(head, "\x1a\x45\xdf\xa3"):
		if no = "quicktime"; bytes.Contains(head[:min(len(head), 64)], []byte("\x42\x82\x84webm")) {
			kind = WebM
		}
	case frames(head):
		kind = MP3
	default:
		kind, no = plain(head, src.size, name)
	}
	if err != nil {
		return Rule{}, err
	}
	if kind == "" {
		return Rule{}, refused(no)
	}
	return ruleOf(kind), nil
}

func starts(b []byte, signature string) bool {
	if len(b) < len(signature) {
		return false
	}
	for i := range len(signature) {
		if signature[i] != '?' && signature[i] != b[i] {
			return false
		}
	}
	return true
}

// container tells the files of ISO 14496-12 apart by their brands.
func container(head []byte) (Kind, string) {
	length := int(head[0])<<24 | int(head[1])<<16 | int(head[2])<<8 | int(head[3])
	if length < 16 || length > len(head) || length%4 != 0 {
		return "", "unknown"
	}
	major, brands := string(head[8:12]), string(head[8:12])+string(head[16:length])
	for _, still := range []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"} {
		for i := 0; i+4 <= len(brands); i += 4 {
			if brands[i:i+4] == still {
				return "", "heic"
			}
		}
	}
	switch {
	case major == "M4A " || major == "M4B ":
		return M4A, ""
	case major == "qt  " || strings.HasPrefix(major, "3g"):
		return "", "quicktime"
	case major == "crx ":
		return "", "tiff"
	}
	for i := 0; i+4 <= len(brands); i += 4 {
		switch brands[i : i+4] {
		case "isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "dash", "MSNV":
			return MP4, ""
		}
	}
	return "", "unknown"
}

// frames reports whether two frames of MPEG layer III follow each other: the mark
// of one alone is too common.
func frames(b []byte) bool {
	n := frame(b)
	return n > 0 && n < len(b) && frame(b[n:]) > 0
}

// frame returns the length of the layer III frame at the head of b, or 0.
func frame(b []byte) int {
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe6 != 0xe2 {
		return 0
	}
	version, rate, frequency := b[1]>>3&3, b[2]>>4, b[2]>>2&3
	if version == 1 || rate == 0 || rate == 15 || frequency == 3 {
		return 0
	}
	first := [15]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	later := [15]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
	hertz := [3]int{44100, 48000, 32000}[frequency]
	pad := int(b[2] >> 1 & 1)
	switch version {
	case 3: // MPEG 1
		return 144000*first[rate]/hertz + pad
	case 2: // MPEG 2
		return 72000*later[rate]/(hertz/2) + pad
	}
	return 72000*later[rate]/(hertz/4) + pad // MPEG 2.5
}

// archive tells office documents from other archives by what they contain.
func archive(src *source) (Kind, string, error) {
	z, err := zip.NewReader(src, src.size)
	if err != nil {
		return "", "", damaged(err)
	}
	if len(z.File) == 0 {
		return "", "zip", nil
	}
	if first := z.File[0]; first.Name == "mimetype" {
		declared, err := part(first, 200)
		if err != nil {
			return "", "", err
		}
		for _, r := range rules {
			if r.Form == Document && r.MIME == string(declared) {
				return r.Kind, "", nil
			}
		}
		return "", "zip", nil
	}
	for _, f := range z.File {
		if f.Name != contentTypes {
			continue
		}
		declared, err := part(f, 4*mb)
		if err != nil {
			return "", "", err
		}
		kind, no := mainPart(declared)
		return kind, no, nil
	}
	return "", "zip", nil
}

const contentTypes = "[Content_Types].xml"

// mainPart finds the kind in the list of content types of an Office document.
func mainPart(declared []byte) (Kind, string) {
	if bytes.Contains(bytes.ToLower(declared), []byte("macroenabled")) || bytes.Contains(declared, []byte("vnd.ms-office.vbaProject")) {
		return "", "macro"
	}
	for _, m := range []struct {
		kind Kind
		mark string
	}{
		{DOCX, "wordprocessingml.document.main+xml"},
		{XLSX, "spreadsheetml.sheet.main+xml"},
		{PPTX, "presentationml.presentation.main+xml"},
	} {
		if bytes.Contains(declared, []byte(m.mark)) {
			return m.kind, ""
		}
	}
	return "", "zip"
}

// plain takes what reads as text and does not run. Whether a text is a table its
// ending tells: both are the same to a browser.
func plain(head []byte, size int64, name string) (Kind, string) {
	text, whole := head, int64(len(head)) == size
	if from := wide(head); from != nil {
		text, _ = from.NewDecoder().Bytes(head[:len(head)&^1]) // what it cannot read, reading the whole refuses
	} else {
		for !whole && len(text) > len(head)-utf8.UTFMax && !utf8.Valid(text) { // a letter cut at the end
			text = text[:len(text)-1]
		}
		if bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r\f", r) || r == 0x7f }) {
			return "", "unknown"
		}
	}
	start := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(text), "\ufeff"), " \t\r\n\f"))
	for _, mark := range []string{"<!doctype", "<html", "<head", "<body", "<script", "<iframe", "<!--"} {
		if strings.HasPrefix(start, mark) {
			return "", "html"
		}
	}
	if strings.HasPrefix(start, "<?xml") || strings.HasPrefix(start, "<svg") || strings.HasPrefix(start, "<?php") {
		return "", "svg"
	}
	_, ending := splitName(name)
	for _, known := range ruleOf(CSV).Endings {
		if ending == known {
			return CSV, ""
		}
	}
	return TXT, ""
}
