// Package tsv reads Eurostat's tab-separated tables: today's layout, the one
// of the bulk facility closed in 2023, regions in columns, and copies that
// somebody saved again with commas.
//
// It refuses what it would have to guess: other delimiters, text in numbers,
// rows of another width than the heading. It gives out one series a row, in
// constant memory, and notes in Header.Notes what it converted on the way.
// Start with NewReader; cell.go holds the grammar of a cell.
package tsv

import (
	"bytes"
	"io"
	"slices"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
	"peerscape/internal/wire/line"
)

// Reader streams the series of one table. It implements stats.Source.
type Reader struct {
	lines  *line.Scanner
	header stats.Header
	layout *layout
	key    key
	cells  cells
	turned *turned // nil unless regions stand in columns
	plain  []byte  // the row without its quotation marks
	failed error
}

// NewReader reads the heading from r; name is the file's name in messages. A
// heading that is not one of Eurostat's is a *fault.Error of kind Invalid.
func NewReader(r io.Reader, name string) (*Reader, error) {
	lines := line.NewScanner(r, name)
	head, err := firstLine(lines)
	if err != nil {
		return nil, err
	}
	l, err := parseLayout(head)
	if err != nil {
		return nil, at(err, lines, 0)
	}
	t := &Reader{lines: lines, layout: l, key: newKey(l), cells: newCells(l)}
	t.header = stats.Header{
		Format: l.format, Dimensions: slices.Clone(l.dimensions),
		RegionDimension: l.regionName, Notes: slices.Clone(l.notes),
	}
	if l.turned() {
		t.turned = newTurned(l)
	}
	return t, nil
}

// firstLine returns the first line that is not blank.
func firstLine(lines *line.Scanner) ([]byte, error) {
	for {
		text, err := lines.Next()
		if err == io.EOF {
			return nil, lines.Wrong("wire.empty", "the file is empty").Do("Download the file again")
		}
		if err != nil || !blank(text) {
			return text, err
		}
	}
}

// Header describes the table. Its notes grow while rows are read.
func (t *Reader) Header() *stats.Header { return &t.header }

// Next reads the next series that has an observation. An error stays.
func (t *Reader) Next(s *stats.Series) error {
	if t.failed == nil {
		if t.turned != nil {
			t.failed = t.nextTurned(s)
		} else {
			t.failed = t.next(s)
		}
	}
	return t.failed
}

func (t *Reader) next(s *stats.Series) error {
	for {
		row, err := t.row()
		if err != nil {
			return err
		}
		rest, err := t.key.read(row)
		if err != nil {
			return at(err, t.lines, 0)
		}
		if err := t.values(rest, s); err != nil {
			return err
		}
		if s.Len() > 0 {
			s.Key, s.Region = append(s.Key[:0], t.key.codes...), t.key.region
			return nil
		}
	}
}

// row returns the next row that is not blank, without quotation marks.
func (t *Reader) row() ([]byte, error) {
	for {
		text, err := t.lines.Next()
		if err != nil {
			return nil, err
		}
		if t.layout.quoted {
			t.plain = unquote(t.plain[:0], text)
			text = t.plain
		}
		if len(text) > 0 && (text[0] > ' ' || !blank(text)) {
			return text, nil
		}
	}
}

// values fills s with the cells of one row, in the order of time.
func (t *Reader) values(rest []byte, s *stats.Series) error {
	n := len(t.layout.periods)
	s.Periods, s.Values, s.Flags = sized(s.Periods, n), sized(s.Values, n), sized(s.Flags, n)
	kept, err := t.cells.read(rest, s)
	if err != nil {
		return at(err, t.lines, t.layout.keyColumns)
	}
	s.Periods, s.Values, s.Flags = s.Periods[:kept], s.Values[:kept], s.Flags[:kept]
	t.layout.order.apply(s)
	t.remark()
	return nil
}

// remark notes once what was met in cells so far.
func (t *Reader) remark() {
	if t.cells.glued && !t.cells.saidGlued {
		t.cells.saidGlued = true
		t.note("Flags stand next to their numbers without a space (100.0e); they were separated.")
	}
	if t.cells.empty && !t.cells.saidEmpty {
		t.cells.saidEmpty = true
		t.note("Empty cells were read as missing.")
	}
}

func (t *Reader) note(sentence string) { t.header.Notes = append(t.header.Notes, sentence) }

// sized returns a slice of length n, on the memory of s where it is enough.
func sized[E any](s []E, n int) []E {
	if cap(s) < n {
		return make([]E, n)
	}
	return s[:n]
}

// at places an error that knows only its column, counted from after the first
// columns, at the scanner's line.
func at(err error, lines *line.Scanner, columns int) error {
	f, ok := err.(*fault.Error)
	if !ok || f.Place.Line != 0 {
		return err
	}
	column := f.Place.Column
	if column > 0 {
		column += columns
	}
	f.Place = fault.Place{File: lines.Name(), Line: lines.Number(), Column: column}
	return f
}

// wrong makes a fault whose column counts from 1; 0 means the whole row.
func wrong(column int, key, format string, args ...any) *fault.Error {
	f := fault.New(fault.Invalid, key, format, args...)
	f.Place.Column = column
	return f
}

func blank(b []byte) bool { return len(bytes.TrimSpace(b)) == 0 }

// unquote appends b to dst without its quotation marks. Codes and numbers hold
// none, and commas inside a quoted key separate codes as they do outside.
func unquote(dst, b []byte) []byte {
	for _, c := range b {
		if c != '"' {
			dst = append(dst, c)
		}
	}
	return dst
}
