package content

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"peerscape/internal/fault"
)

// mostMarks is how many combining marks may follow one letter. No language
// needs more than four; hundreds of them paint over the lines above.
const mostMarks = 8

// Field is what a field of a form takes.
type Field struct {
	Name  string // for messages, such as "the summary"
	Most  int    // letters and signs (runes) after normalisation; 0: no limit
	Lines bool   // it has lines; without, every line end and run of spaces is one space
}

// Clean returns the value as it is stored: NFC, lines end with \n and have no
// space before it, no empty lines around. Control characters, text that is no
// UTF-8, signs that turn the direction of what follows, and values that are too
// long are refused with a fault; nothing is cut off.
func (f Field) Clean(value string) (string, error) {
	if !utf8.ValidString(value) {
		return "", f.refuse("content.text", "holds bytes that are no text").Do("Copy it again as plain text")
	}
	// What cannot fit after normalisation is not normalised. A letter grows to
	// at most three runes by NFC.
	if f.Most > 0 && len(value) > 64*f.Most+4096 {
		return "", f.tooLong(utf8.RuneCountInString(value))
	}
	value = norm.NFC.String(lineEnds.Replace(value))
	if err := f.signs(value); err != nil {
		return "", err
	}
	if f.Lines {
		value = trimLines(value)
	} else {
		value = strings.Join(strings.Fields(value), " ")
	}
	if n := utf8.RuneCountInString(value); f.Most > 0 && n > f.Most {
		return "", f.tooLong(n)
	}
	return value, nil
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\ufeff", "")

func (f Field) signs(value string) error {
	marks := 0
	for _, r := range value {
		switch {
		case unicode.Is(unicode.Mn, r):
			if marks++; marks > mostMarks {
				return f.refuse("content.marks", "has a letter with more than %d marks", mostMarks).Do("Remove some of them")
			}
			continue
		case r == '\n', r == '\t':
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF:
			return f.refuse("content.control", "holds the invisible sign U+%04X", r).With("sign", int(r)).
				Do("Remove it, or copy the text again as plain text")
		}
		marks = 0
	}
	return nil
}

// trimLines takes the spaces at the ends of lines and the empty lines around away.
func trimLines(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for line := range strings.Lines(s) {
		text, ends := strings.CutSuffix(line, "\n")
		b.WriteString(strings.TrimRightFunc(text, unicode.IsSpace))
		if ends {
			b.WriteByte('\n')
		}
	}
	return strings.TrimRight(strings.TrimLeft(b.String(), "\n"), "\n")
}

func (f Field) tooLong(n int) *fault.Error {
	return fault.New(fault.TooLarge, "content.long", "%s has %d characters; %d fit", f.named(), n, f.Most).
		With("field", f.Name).With("have", n).With("most", f.Most).Do("Shorten it by %d", n-f.Most)
}

func (f Field) refuse(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, "%s "+format, append([]any{f.named()}, args...)...).With("field", f.Name)
}

func (f Field) named() string {
	if f.Name == "" {
		return "the text"
	}
	return f.Name
}
