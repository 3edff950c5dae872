package sdmxcsv

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"peerscape/internal/fault"
)

const (
	mostKept    = 32 << 20 // bytes of cells and labels kept; codes of a file with more are read without reuse
	mostCells   = 1 << 16  // periods and flags kept
	longestCell = 64       // bytes of a period or of flags that is kept
	longestCode = 256      // bytes
	longestText = 1000     // bytes of a label or title
)

// codes holds the codes of the present row by column. A code is made into a
// string once a file.
type codes struct {
	columns []column
	now     []string
	fresh   []bool              // the code is not that of the row before
	kept    []map[string]string // per column: cell → code
	size    int                 // bytes kept
	labels  map[string]map[string]string
	note    func(string)
}

func newCodes(t *Reader, l *layout) codes {
	c := codes{
		columns: l.columns, now: make([]string, len(l.columns)), fresh: make([]bool, len(l.columns)),
		kept: make([]map[string]string, len(l.columns)), labels: t.header.Labels, note: t.note,
	}
	for i, col := range l.columns {
		if col.role == dimension || col.role == region {
			c.kept[i] = make(map[string]string)
		}
	}
	return c
}

// read takes the code of column i and reports whether it is another than that
// of the row before.
func (c *codes) read(i int, rows *records) (fresh bool, err error) {
	cell := rows.text(i)
	code, ok := c.kept[i][string(cell)]
	if !ok {
		if code, err = c.parse(i, cell); err != nil {
			return false, err
		}
		if c.size += len(cell); c.size < mostKept {
			c.kept[i][string(cell)] = code
		}
	}
	c.fresh[i] = code != c.now[i]
	c.now[i] = code
	return c.fresh[i], nil
}

// parse reads a cell that holds a code, or a code and its label.
func (c *codes) parse(i int, cell []byte) (string, error) {
	text, glued, both := cutGlue(cell)
	col := c.columns[i]
	if len(text) == 0 {
		return "", wrong("wire.code", "the code of %s is missing", col.name).
			Do("Write the missing code, or download the file again")
	}
	if err := c.check(col, text); err != nil {
		return "", err
	}
	code := string(text)
	if both {
		c.note("Codes and labels stood in one cell and were separated.")
		c.keep(col.id, code, glued)
	}
	return code, nil
}

// check refuses labels where codes belong.
func (c *codes) check(col column, text []byte) *fault.Error {
	switch {
	case !utf8.Valid(text), bytes.ContainsFunc(text, odd), col.id == "freq" && len(text) > 2,
		col.role == region && isName(text):
		return labelsOnly(quoted(text) + " in the column " + col.name + " is a label, not a code")
	case len(text) > longestCode:
		return wrong("wire.code", "%s is too long for a code", quoted(text)).
			Do("Download the file again")
	}
	return nil
}

func quoted(text []byte) string { return `"` + fault.Clip(text, 40) + `"` }

// odd reports what occurs in labels and never in codes.
func odd(r rune) bool {
	return r <= ' ' || r == '"' || r == ',' || r == ';' || r == '(' || r > unicode.MaxASCII
}

// isName reports a word such as Burgenland, which no code of a region is.
func isName(text []byte) bool {
	return len(text) > 2 && text[0] >= 'A' && text[0] <= 'Z' && !bytes.ContainsAny(text, "0123456789_") &&
		bytes.ContainsFunc(text[1:], unicode.IsLower)
}

// label keeps the label in column i for the code in column of.
func (c *codes) label(i, of int, rows *records) {
	if !c.fresh[of] || c.kept[of] == nil {
		return
	}
	id, code := c.columns[of].id, c.now[of]
	if _, ok := c.labels[id][code]; !ok {
		c.keep(id, code, rows.text(i))
	}
}

func (c *codes) keep(id, code string, text []byte) {
	if text = trim(text); len(text) == 0 {
		return
	}
	if c.size += min(len(text), longestText) + len(code); c.size >= mostKept {
		c.note("The file has more labels than are kept; some were left out.")
		return
	}
	if c.labels[id] == nil {
		c.labels[id] = make(map[string]string)
	}
	c.labels[id][code] = plainText(text, c.note)
}

// plainText returns a label or a title as one line of UTF-8.
func plainText(text []byte, note func(string)) string {
	text = text[:min(len(text), 4*longestText)]
	if !utf8.Valid(text) {
		if decoded, err := charmap.Windows1252.NewDecoder().Bytes(text); err == nil {
			note("Labels are not UTF-8 and were read as Windows-1252.")
			text = decoded
		}
	}
	s := strings.Join(strings.Fields(string(text)), " ")
	if len(s) > longestText {
		s = strings.ToValidUTF8(s[:longestText], "") + "…"
	}
	return s
}

// cutGlue separates "A: Annual" or "A:Annual" into code and label.
func cutGlue(cell []byte) (code, label []byte, both bool) {
	code, label, both = bytes.Cut(cell, []byte(":"))
	return trim(code), label, both
}
