// Package jsonstat reads datasets in JSON-stat 2.0, as Eurostat's Statistics
// interface delivers them.
//
// The document's values come before the dimensions that say what they are, so
// the values are held, sparse and bounded, until the document is read; nothing
// else of it is. The package refuses JSON-stat before 2.0, collections and
// dimensions, other JSON, the service's errors and queue notices, and cubes
// whose sizes, positions and codes do not agree. Start with NewReader;
// document.go reads the members, cube.go orders the figures, token.go reads
// JSON.
package jsonstat

import (
	"bytes"
	"cmp"
	"io"
	"math"
	"slices"

	"peerscape/internal/stats"
)

// Reader streams the series of one dataset. It implements stats.Source.
type Reader struct {
	header stats.Header
	cube   *cube
	cells  []cell
	marks  []mark
	all    stats.Flags
}

// NewReader reads the whole document from r; name is the file's name in
// messages. Errors are *fault.Error: Invalid, or TooLarge where a limit is met.
func NewReader(r io.Reader, name string) (*Reader, error) {
	d := newDocument(newTokens(r, name))
	if err := d.read(); err != nil {
		return nil, err
	}
	c, err := newCube(d)
	if err != nil {
		return nil, err
	}
	if err := c.order(d); err != nil {
		return nil, err
	}
	return &Reader{header: c.header(d), cube: c, cells: d.cells, marks: d.marks, all: d.all}, nil
}

// Header describes the dataset. It is complete from the start.
func (r *Reader) Header() *stats.Header { return &r.header }

// Next reads the next series that has an observation.
func (r *Reader) Next(s *stats.Series) error {
	if len(r.cells) == 0 && len(r.marks) == 0 {
		return io.EOF
	}
	s.Reset()
	at := int32(math.MaxInt32)
	if len(r.cells) > 0 {
		at = r.cells[0].at
	}
	if len(r.marks) > 0 {
		at = min(at, r.marks[0].at)
	}
	series := int(at) / len(r.cube.periods)
	r.cube.name(series, s)
	end := int32((series + 1) * len(r.cube.periods))
	for {
		o, next, ok := r.merge(end)
		if !ok {
			return nil
		}
		s.Add(r.cube.periods[int(next)%len(r.cube.periods)], o.Value, o.Flags)
	}
}

// merge takes the next observation before position end off values and status.
func (r *Reader) merge(end int32) (o stats.Observation, at int32, ok bool) {
	value := len(r.cells) > 0 && r.cells[0].at < end
	status := len(r.marks) > 0 && r.marks[0].at < end
	if value && status {
		order := cmp.Compare(r.cells[0].at, r.marks[0].at)
		value, status = order <= 0, order >= 0
	}
	o.Value = math.NaN()
	if status {
		at, o.Flags = r.marks[0].at, r.marks[0].flags
		r.marks = r.marks[1:]
	}
	if value {
		at, o.Value = r.cells[0].at, r.cells[0].value
		o.Flags |= r.all
		r.cells = r.cells[1:]
	}
	return o, at, value || status
}

// Recognises reports whether a document begins like JSON. NewReader says what
// it is if it is no JSON-stat.
func Recognises(first []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(first, []byte(byteOrderMark)), " \t\r\n")
	return len(text) > 0 && text[0] == '{'
}

const byteOrderMark = "\ufeff"

// inOrder sorts by position what mostly is in order already.
func inOrder[E any](list []E, at func(E) int32) {
	by := func(a, b E) int { return cmp.Compare(at(a), at(b)) }
	if !slices.IsSortedFunc(list, by) {
		slices.SortStableFunc(list, by)
	}
}
