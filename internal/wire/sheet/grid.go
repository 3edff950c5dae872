package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"peerscape/internal/fault"
	"peerscape/internal/wire/line"
)

// Limits of a table.
const (
	mostColumns  = 2000
	mostCell     = 64 << 10  // bytes
	mostWorkbook = 256 << 20 // bytes when unpacked
)

// grid hands out the rows of a table.
type grid interface {
	// row returns the next row and its number in the file, from 1. The cells
	// are overwritten by the call after. It returns io.EOF at the end.
	row() (cells []string, number int, err error)
	name() string
	io.Closer
}

// openGrid opens a workbook or a text by its first bytes.
func openGrid(r io.Reader, name string, m *Mapping) (grid, error) {
	in := bufio.NewReader(r)
	first, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(first, []byte("PK\x03\x04")) {
		return openWorkbook(in, name, m.Sheet)
	}
	sep, err := m.separator()
	if err != nil {
		return nil, err
	}
	text, err := decoded(in, m.Encoding)
	if err != nil {
		return nil, err
	}
	return &csvGrid{lines: line.NewScanner(text, name), sep: byte(sep)}, nil
}

// csvGrid splits lines at a separator. A quoted cell may go over several lines.
type csvGrid struct {
	lines *line.Scanner
	sep   byte
	cells []string
}

func (g *csvGrid) name() string { return g.lines.Name() }

// Close implements io.Closer.
func (g *csvGrid) Close() error { return nil }

func (g *csvGrid) row() ([]string, int, error) {
	b, err := g.lines.Next()
	if err != nil {
		return nil, 0, err
	}
	number := g.lines.Number()
	text := string(b)
	for strings.Count(text, `"`)%2 == 1 {
		more, err := g.lines.Next()
		if errors.Is(err, io.EOF) {
			return nil, number, fault.New(fault.Invalid, "sheet.quote", "a quotation mark is opened and not closed").
				In(g.name(), number).Do("Close it, or remove it")
		}
		if err != nil {
			return nil, number, err
		}
		if len(text)+len(more) > line.MaxLine {
			return nil, number, fault.New(fault.TooLarge, "sheet.quote", "a quotation mark is opened and nothing closes it within %d bytes", line.MaxLine).
				In(g.name(), number).Do("Close it, or remove it")
		}
		text += "\n" + string(more)
	}
	g.cells = g.cells[:0]
	for rest, more := text, true; more; {
		var c string
		c, rest, more = g.cut(rest)
		g.cells = append(g.cells, c)
		if len(g.cells) > mostColumns {
			return nil, number, tooWide(g.name(), number)
		}
	}
	return g.cells, number, nil
}

func tooWide(name string, number int) error {
	return fault.New(fault.TooLarge, "sheet.columns", "the row has more than %d columns", mostColumns).In(name, number).
		Do("Check the separator, or split the table")
}

// cut takes the first cell off a row.
func (g *csvGrid) cut(s string) (first, rest string, more bool) {
	if !strings.HasPrefix(s, `"`) {
		at := strings.IndexByte(s, g.sep)
		if at < 0 {
			return s, "", false
		}
		return s[:at], s[at+1:], true
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
			after := strings.IndexByte(s[i+1:], g.sep)
			if after < 0 {
				return b.String() + s[i+1:], "", false
			}
			return b.String() + s[i+1:i+1+after], s[i+2+after:], true
		}
	}
	return b.String(), "", false
}

// workbook hands out the rows of one sheet. Merged cells repeat their text, so
// that a heading over several columns stands over each of them.
type workbook struct {
	file   *excelize.File
	rows   *excelize.Rows
	label  string
	number int
	merged map[[2]int]string // row and column from 1 → text
}

func openWorkbook(r io.Reader, name, sheet string) (grid, error) {
	f, err := excelize.OpenReader(io.LimitReader(r, mostWorkbook), excelize.Options{UnzipSizeLimit: mostWorkbook, UnzipXMLSizeLimit: 64 << 20, RawCellValue: true})
	if err != nil {
		return nil, fault.New(fault.Invalid, "sheet.workbook", "the workbook cannot be read").In(name, 0).
			Do("Open it in a spreadsheet program and save it again as XLSX").Because(err)
	}
	w := &workbook{file: f, merged: map[[2]int]string{}}
	sheets := f.GetSheetList()
	if sheet == "" && len(sheets) > 0 {
		sheet = sheets[0]
	}
	if i, err := f.GetSheetIndex(sheet); err != nil || i < 0 {
		return nil, errors.Join(fault.New(fault.Invalid, "sheet.no-sheet", "the workbook has no sheet %q", sheet).In(name, 0).
			Do("It has %s", strings.Join(sheets, ", ")), f.Close())
	}
	w.label = name + ", sheet " + sheet
	if err := w.merge(sheet); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if w.rows, err = f.Rows(sheet); err != nil {
		return nil, errors.Join(fault.New(fault.Invalid, "sheet.workbook", "the sheet cannot be read").In(w.label, 0).Because(err), f.Close())
	}
	return w, nil
}

// merge notes the text of merged cells.
func (w *workbook) merge(sheet string) error {
	cells, err := w.file.GetMergeCells(sheet)
	if err != nil {
		return fault.New(fault.Invalid, "sheet.workbook", "the merged cells cannot be read").In(w.label, 0).Because(err)
	}
	for _, c := range cells {
		left, top, err1 := excelize.CellNameToCoordinates(c.GetStartAxis())
		right, bottom, err2 := excelize.CellNameToCoordinates(c.GetEndAxis())
		if err1 != nil || err2 != nil || (right-left+1)*(bottom-top+1) > mostColumns {
			continue
		}
		for row := top; row <= bottom; row++ {
			for column := left; column <= right; column++ {
				w.merged[[2]int{row, column}] = c.GetCellValue()
			}
		}
	}
	return nil
}

func (w *workbook) name() string { return w.label }

// Close implements io.Closer.
func (w *workbook) Close() error { return errors.Join(w.rows.Close(), w.file.Close()) }

func (w *workbook) row() ([]string, int, error) {
	if !w.rows.Next() {
		if err := w.rows.Error(); err != nil {
			return nil, w.number, fault.New(fault.Invalid, "sheet.workbook", "the row cannot be read").In(w.label, w.number+1).Because(err)
		}
		return nil, 0, io.EOF
	}
	w.number++
	cells, err := w.rows.Columns()
	if err != nil {
		return nil, w.number, fault.New(fault.Invalid, "sheet.workbook", "the row cannot be read").In(w.label, w.number).Because(err)
	}
	if len(cells) > mostColumns {
		return nil, w.number, tooWide(w.label, w.number)
	}
	for at, text := range w.merged {
		if at[0] == w.number {
			for len(cells) < at[1] {
				cells = append(cells, "")
			}
			cells[at[1]-1] = text
		}
	}
	return cells, w.number, nil
}
