package sheet

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"peerscape/internal/fault"
)

// encodings by the name that stands in a mapping.
var encodings = map[string]encoding.Encoding{
	"utf-8":        unicode.UTF8BOM,
	"utf-16":       unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"utf-16be":     unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"windows-1252": charmap.Windows1252,
}

// encodingOf finds out the encoding of a text from its bytes: a byte order mark,
// zero bytes in every second place, else whether it is UTF-8, else Windows-1252,
// which spreadsheets write in western Europe.
func encodingOf(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}), bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return "utf-16"
	}
	var zeros [2]int
	start := b[:min(len(b), 4096)]
	for i, c := range start {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch quarter := len(start) / 4; {
	case zeros[1] > quarter && zeros[0] == 0:
		return "utf-16"
	case zeros[0] > quarter && zeros[1] == 0:
		return "utf-16be"
	case utf8.Valid(b):
		return "utf-8"
	}
	return "windows-1252"
}

// decoded returns the text of r in UTF-8, without a byte order mark.
func decoded(r io.Reader, name string) (io.Reader, error) {
	if name == "" {
		name = "utf-8"
	}
	e, ok := encodings[name]
	if !ok {
		return nil, fault.New(fault.Invalid, "sheet.encoding", "%q is not a known encoding", name).Do("Write utf-8, utf-16 or windows-1252")
	}
	return transform.NewReader(r, e.NewDecoder()), nil
}
