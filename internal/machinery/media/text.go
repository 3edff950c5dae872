package media

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// wide returns the encoding of a text that begins with the mark of UTF-16, or nil.
func wide(head []byte) encoding.Encoding {
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	}
	return nil
}

// text makes a plain text UTF-8. A text that is neither UTF-8 nor UTF-16 is read
// as Windows-1252, which has a letter for nearly every byte; a note says so.
func (j *job) text() error {
	head, err := j.source.head(2)
	if err != nil {
		return err
	}
	from := wide(head)
	if from != nil && j.source.size < 4 {
		return refuse("empty", "the file is empty") // but for the mark of its letters
	}
	if from == nil {
		valid, err := j.isUTF8()
		if err != nil {
			return err
		}
		if !valid {
			from = charmap.Windows1252
		}
	}
	if err := j.source.rewind(); err != nil {
		return err
	}
	var r io.Reader = j.source
	if from != nil {
		j.result.note("recoded", nil, "The text was not UTF-8; it was converted. Check the letters with accents")
		r = transform.NewReader(j.source, from.NewDecoder())
	}
	return j.give(Copy{Role: Full, MIME: j.rule.MIME}, func(w io.Writer) error {
		_, err := io.Copy(w, &printed{r: r})
		return err
	})
}

// isUTF8 reads the whole source.
func (j *job) isUTF8() (bool, error) {
	r := bufio.NewReaderSize(j.source, 64<<10)
	for {
		letter, size, err := r.ReadRune()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if letter == utf8.RuneError && size == 1 {
			return false, nil
		}
	}
}

// printed refuses a text in which controls come up later than at its head.
type printed struct{ r io.Reader }

func (p *printed) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	for _, c := range b[:n] {
		if c < ' ' && !strings.ContainsRune("\t\n\r\f", rune(c)) || c == 0x7f {
			return 0, refused("unknown")
		}
	}
	return n, err
}
