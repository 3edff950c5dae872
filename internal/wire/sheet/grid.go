package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/wire/line"
)

// Limits of a table.
const (
	mostFile    = 64 << 20 // bytes of the file
	mostRows    = 2_000_000
	mostColumns = 2000
	mostCell    = 64 << 10 // bytes
)

// grid hands out the rows of a table.
type grid interface {
	// row returns the next row and the number of its first line, from 1. The
	// cells are overwritten by the call after. It returns io.EOF at the end.
	row() (cells []string, number int, err error)
	name() string
	io.Closer
}

// foreign files by their first bytes, with the cure.
var foreign = []struct{ start, what, cure string }{
	{"\xd0\xcf\x11\xe0", "an old Excel file (XLS)", "Open it in a spreadsheet program and save it as XLSX"},
	{"\x1f\x8b", "compressed (gzip)", "Unpack it first"},
	{"%PDF", "a PDF document", "Take the table itself, as XLSX or CSV"},
	{"{", "JSON, not a table", "Take the table itself, as XLSX or CSV"},
}

// refuse recognises files that are no table.
func refuse(first []byte, name string) error {
	for _, f := range foreign {
		if bytes.HasPrefix(first, []byte(f.start)) {
			return fault.New(fault.Invalid, "sheet.foreign", "the file is %s", f.what).In(name, 0).Do("%s", f.cure)
		}
	}
	start := strings.ToLower(strings.TrimLeft(string(bytes.TrimPrefix(first, []byte("\ufeff"))), " \t\r\n"))
	if strings.HasPrefix(start, "<!doctype") || strings.HasPrefix(start, "<html") || strings.HasPrefix(start, "<?xml") {
		return fault.New(fault.Invalid, "sheet.html", "the file is a web page or XML, not a table").In(name, 1).Do("Download the table itself")
	}
	return nil
}

func isWorkbook(first []byte) bool { return bytes.HasPrefix(first, []byte("PK\x03\x04")) }

// openGrid opens a workbook or a text by its first bytes.
func openGrid(r io.Reader, name string, m *Mapping) (grid, error) {
	in := bufio.NewReader(&capped{r: r, name: name, left: mostFile})
	first, err := in.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if isWorkbook(first) {
		return openWorkbook(in, name, m.Sheet)
	}
	if err := refuse(first, name); err != nil {
		return nil, err
	}
	sep, err := m.separator()
	if err != nil {
		return nil, err
	}
	text, err := decoded(in, m.Encoding)
	if err != nil {
		return nil, err
	}
	return &csv{lines: line.NewScanner(text, name), sep: byte(sep)}, nil
}

// capped refuses files that are too large.
type capped struct {
	r    io.Reader
	name string
	left int
}

func (c *capped) Read(b []byte) (int, error) {
	if c.left < 0 {
		return 0, c.tooLarge()
	}
	n, err := c.r.Read(b[:min(len(b), c.left+1)])
	if c.left -= n; c.left < 0 {
		return 0, c.tooLarge()
	}
	return n, err
}

func (c *capped) tooLarge() error {
	return fault.New(fault.TooLarge, "sheet.file", "the table is larger than %d MiB", mostFile>>20).In(c.name, 0).Do("Split it")
}

// csv splits lines at a separator. A cell that starts with a quotation mark
// may go over several lines.
type csv struct {
	lines *line.Scanner
	sep   byte
	rows  int
	cells []string
}

func (g *csv) name() string { return g.lines.Name() }

// Close implements io.Closer.
func (g *csv) Close() error { return nil }

func (g *csv) row() ([]string, int, error) {
	text, number, err := g.whole()
	if err != nil {
		return nil, number, err
	}
	if g.rows++; g.rows > mostRows {
		return nil, number, tooLong(g.name(), number)
	}
	g.cells = g.cells[:0]
	for more := true; more; {
		var c string
		c, text, more = g.cut(text)
		if g.cells = append(g.cells, c); len(g.cells) > mostColumns {
			return nil, number, tooWide(g.name(), number)
		}
	}
	return g.cells, number, fits(g.cells, g.name(), number)
}

// whole returns a row with all its lines, and the number of the first.
func (g *csv) whole() (string, int, error) {
	b, err := g.lines.Next()
	if err != nil {
		return "", 0, err
	}
	number := g.lines.Number()
	q := quoting{sep: g.sep, start: true}
	q.scan(b)
	if !q.quoted {
		return string(b), number, nil
	}
	text := append([]byte(nil), b...)
	for q.quoted {
		more, err := g.lines.Next()
		if err != nil && !errors.Is(err, io.EOF) {
			return "", number, err
		}
		if err != nil || len(text)+len(more) > line.MaxLine {
			return "", number, fault.New(fault.Invalid, "sheet.quote", "a quotation mark is opened and not closed").
				In(g.name(), number).Do("Close it, or remove it")
		}
		q.scan(more)
		text = append(append(text, '\n'), more...)
	}
	return string(text), number, nil
}

// quoting follows whether a text is inside quotation marks. They count at the
// start of a cell only: a mark inside a name is just a mark.
type quoting struct {
	sep           byte
	quoted, start bool
}

func (q *quoting) scan(b []byte) {
	for i := 0; i < len(b); i++ {
		switch {
		case q.quoted && b[i] == '"' && i+1 < len(b) && b[i+1] == '"':
			i++
		case q.quoted:
			q.quoted = b[i] != '"'
		default:
			q.quoted = q.start && b[i] == '"'
			q.start = b[i] == q.sep
		}
	}
}

// cut takes the first cell off a row.
func (g *csv) cut(s string) (first, rest string, more bool) {
	if !strings.HasPrefix(s, `"`) {
		return strings.Cut(s, string(rune(g.sep)))
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] != '"':
			b.WriteByte(s[i])
		case i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		default:
			after, rest, more := strings.Cut(s[i+1:], string(rune(g.sep)))
			return b.String() + after, rest, more
		}
	}
	return b.String(), "", false
}

func fits(cells []string, name string, number int) error {
	for i, c := range cells {
		if len(c) > mostCell {
			f := fault.New(fault.TooLarge, "sheet.cell", "a cell is longer than %d KiB", mostCell>>10).In(name, number).Do("Check the separator and the quotation marks")
			f.Place.Column = i + 1
			return f
		}
	}
	return nil
}

func tooWide(name string, number int) error {
	return fault.New(fault.TooLarge, "sheet.columns", "the row has more than %d columns", mostColumns).In(name, number).
		Do("Check the separator, or split the table")
}

func tooLong(name string, number int) error {
	return fault.New(fault.TooLarge, "sheet.rows", "the table has more than %d rows", mostRows).In(name, number).Do("Split it")
}
