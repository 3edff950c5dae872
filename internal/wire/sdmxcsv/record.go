package sdmxcsv

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"

	"peerscape/internal/fault"
	"peerscape/internal/wire/line"
)

// mostColumns is far above the width of any table with one value a row.
const mostColumns = 1000

// records cuts the input into rows and rows into cells. Neighbouring rows of
// such tables begin alike, so the cells that a row shares with the row before
// are neither cut nor read again: same is their number.
type records struct {
	lines     *line.Scanner
	separator byte
	width     int  // columns of the heading; 0 while it is read
	spare     bool // rows may end in empty cells beyond the width
	line      int  // on which the row begins
	same      int
	cells     []span
	raw       []byte // the row
	before    []byte // the row before
	plain     []byte // a cell without its doubled quotation marks
}

// span is a cell's place in the row, without its quotation marks.
type span struct {
	from, to int
	end      int  // of the separator behind it, or of the row
	doubled  bool // it holds doubled quotation marks
}

func newRecords(lines *line.Scanner) *records { return &records{lines: lines} }

// head reads the first row that is not blank and finds the separator.
func (r *records) head() error {
	if err := r.begin(); err != nil {
		return err
	}
	if text := trim(r.raw); text[0] == '<' {
		return wrong("wire.html", "this is a web page or an XML file, not a table").
			Do("Download the table itself as SDMX-CSV or TSV and upload that file")
	}
	r.separator = separatorOf(r.raw)
	if r.separator == 0 {
		return wrong("wire.delimiter", "the heading has no comma, semicolon or tab, so the columns cannot be told apart").
			Do("Save the table with commas between the columns")
	}
	return r.split()
}

// separatorOf returns the first separator outside quotation marks and square
// brackets: STRUCTURE[;] names a separator inside cells. 0 if there is none.
func separatorOf(head []byte) byte {
	quoted, bracket := false, false
	for _, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !bracket && (c == ',' || c == ';' || c == '\t'):
			return c
		}
	}
	return 0
}

// next reads the next row that is not blank. io.EOF comes after the last.
func (r *records) next() error {
	r.raw, r.before = r.before, r.raw
	if err := r.begin(); err != nil {
		return err
	}
	r.same = 0
	if r.width > 0 {
		common := commonPrefix(r.raw, r.before)
		for r.same < len(r.cells) && r.cells[r.same].end < common {
			r.same++
		}
	}
	if err := r.split(); err != nil {
		return err
	}
	if n := len(r.cells); n != r.width && !r.padded() {
		return wrong("wire.row", "the row has %d cells where the heading has %d", n, r.width).
			Do("Check the row for missing or extra separators and for text with separators outside quotation marks")
	}
	return nil
}

// padded reports whether only empty cells stand beyond the width, as they do
// in the heading.
func (r *records) padded() bool {
	if !r.spare || len(r.cells) < r.width {
		return false
	}
	for _, c := range r.cells[r.width:] {
		if c.from != c.to {
			return false
		}
	}
	return true
}

// begin puts the first line of the next row into raw.
func (r *records) begin() error {
	for {
		text, err := r.lines.Next()
		if err != nil {
			return err
		}
		if len(text) > 0 && (text[0] > ' ' || len(trim(text)) > 0) {
			r.raw, r.line = append(r.raw[:0], text...), r.lines.Number()
			return nil
		}
	}
}

// split cuts raw into cells from the first that differs on, reading further
// lines while a quotation mark is open.
func (r *records) split() error {
	at := 0
	if r.same > 0 {
		at = r.cells[r.same-1].end + 1
	}
	r.cells = r.cells[:r.same]
	for {
		c := span{from: at, to: at, end: at}
		if at < len(r.raw) && r.raw[at] == '"' {
			if err := r.quoted(&c); err != nil {
				return inColumn(err, len(r.cells)+1)
			}
		} else {
			for c.end < len(r.raw) && r.raw[c.end] != r.separator {
				c.end++
			}
			c.to = c.end
		}
		r.cells = append(r.cells, c)
		if c.end >= len(r.raw) {
			return nil
		}
		if len(r.cells) >= mostColumns {
			return fault.New(fault.TooLarge, "wire.columns", "the row has more than %d cells", mostColumns).
				Do("Check that each row holds one value, not a whole table")
		}
		at = c.end + 1
	}
}

// quoted finds the end of a cell that begins with a quotation mark.
func (r *records) quoted(c *span) error {
	c.from++
	at, opened := c.from, r.lines.Number()
	for {
		i := bytes.IndexByte(r.raw[at:], '"')
		if i < 0 {
			at = len(r.raw)
			if err := r.more(opened); err != nil {
				return err
			}
			continue
		}
		at += i
		if at+1 >= len(r.raw) || r.raw[at+1] != '"' {
			break
		}
		c.doubled = true
		at += 2
	}
	c.to, c.end = at, at+1
	for c.end < len(r.raw) && r.raw[c.end] == ' ' {
		c.end++
	}
	if c.end < len(r.raw) && r.raw[c.end] != r.separator {
		return wrong("wire.quote", "text follows the closing quotation mark of %q", fault.Clip(r.raw[c.from:c.to], 40)).
			Do("Write two quotation marks for one inside a cell")
	}
	return nil
}

// more appends the next line to the row, whose quotation mark is still open.
func (r *records) more(opened int) error {
	text, err := r.lines.Next()
	if err == io.EOF {
		f := wrong("wire.unterminated", "the quotation mark that opens here is never closed").
			Do("Close it, or download the file again: it may have broken off")
		return f.In(r.lines.Name(), opened)
	}
	if err != nil {
		return err
	}
	if len(r.raw)+1+len(text) > line.MaxLine {
		f := fault.New(fault.TooLarge, "wire.line-too-long",
			"the quotation mark that opens here is not closed within %d MiB", line.MaxLine>>20).
			Do("Close it, or download the file again")
		return f.In(r.lines.Name(), opened)
	}
	r.raw = append(append(r.raw, '\n'), text...)
	return nil
}

// text returns cell i, valid until the next call.
func (r *records) text(i int) []byte {
	c := r.cells[i]
	b := r.raw[c.from:c.to]
	if !c.doubled {
		return b
	}
	r.plain = r.plain[:0]
	for j := 0; j < len(b); j++ {
		r.plain = append(r.plain, b[j])
		if b[j] == '"' {
			j++
		}
	}
	return r.plain
}

// commonPrefix returns how many bytes a and b begin with alike.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

func trim(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	return b
}
