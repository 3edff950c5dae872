// Package sdmxcsv reads tables with one observation a row: SDMX-CSV 1.0 and
// 2.0 as Eurostat and others deliver them, with or without labels, and the
// plain long tables that analysts save from R and Python.
//
// It refuses what it would have to guess: labels without codes, two measures
// or two datasets in one file, text in numbers, one period with two figures.
// Consecutive rows with the same key form one series; memory is bounded by one
// row and one series. What was converted on the way stands in Header.Notes.
// Start with NewReader; layout.go says what each column is for, record.go cuts
// rows into cells, cell.go holds the grammar of a cell.
package sdmxcsv

import (
	"bytes"
	"io"
	"math"
	"slices"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
	"peerscape/internal/wire/line"
)

// Reader streams the series of one table. It implements stats.Source.
type Reader struct {
	rows    *records
	header  stats.Header
	layout  *layout
	codes   codes
	flow    flow
	periods periods
	numbers numbers
	marks   marks
	gather  gather

	now     observation // of the row read last
	changed bool        // the row read last has another key than the one before
	pending bool        // the row read last is not yet in a series
	said    map[string]bool
	failed  error
}

// observation is what one row says beside its key.
type observation struct {
	period stats.Period
	value  float64
	flags  stats.Flags // of the three columns that may hold any
	status stats.Flags
	conf   stats.Flags
}

// NewReader reads the heading and the first row from r; name is the file's
// name in messages. A heading that is none of those named above is a
// *fault.Error of kind Invalid.
func NewReader(r io.Reader, name string) (*Reader, error) {
	t := &Reader{rows: newRecords(line.NewScanner(r, name)), said: make(map[string]bool)}
	if err := t.heading(); err != nil {
		return nil, err
	}
	err := t.rows.next()
	if err == io.EOF {
		t.begin()
		t.note("The file has a heading and no rows.")
		t.failed = io.EOF
		return t, nil
	}
	if err == nil {
		err = t.layout.needTime(t.rows)
	}
	if err != nil {
		return nil, t.at(err)
	}
	t.begin()
	if err := t.take(); err != nil {
		return nil, t.at(err)
	}
	t.header.Dataset, t.header.Title, t.header.Updated = t.flow.dataset, t.flow.title, t.flow.updated
	t.pending = true
	return t, nil
}

// heading reads the first row and finds out what each column holds.
func (t *Reader) heading() error {
	err := t.rows.head()
	if err == io.EOF {
		return t.rows.lines.Wrong("wire.empty", "the file is empty").Do("Download the file again")
	}
	if err != nil {
		return t.at(err)
	}
	cells := make([]string, len(t.rows.cells))
	for i := range cells {
		cells[i] = string(trim(t.rows.text(i)))
	}
	t.layout, err = parseLayout(cells, t.rows.separator)
	if err != nil {
		return t.at(err)
	}
	t.rows.width, t.rows.spare = len(t.layout.columns), t.layout.spare
	t.rows.raw = t.rows.raw[:0] // the first row of figures shares nothing with the heading
	return nil
}

// begin fills the header from the layout, which is complete now.
func (t *Reader) begin() {
	l := t.layout
	l.number()
	t.header = stats.Header{
		Format: l.format(), Dimensions: l.dimensions, RegionDimension: l.regionName,
		Labels: make(map[string]map[string]string), Notes: l.remarks(),
	}
	t.codes = newCodes(t, l)
	t.periods = newPeriods(l)
	t.numbers = numbers{comma: l.separator != ','}
	t.marks = marks{kept: make(map[string]stats.Flags)}
	t.gather.note, t.now.value = t.note, math.NaN()
}

// Header describes the table. Its labels and notes grow while rows are read.
func (t *Reader) Header() *stats.Header { return &t.header }

// Next reads the next series that has an observation. An error stays.
func (t *Reader) Next(s *stats.Series) error {
	for t.failed == nil {
		if !t.pending {
			t.failed = io.EOF
			break
		}
		t.start(s)
		if err := t.fill(s); err != nil {
			t.failed = t.at(err)
			break
		}
		if s.Len() > 0 {
			return nil
		}
	}
	return t.failed
}

// start empties s and gives it the key of the pending row.
func (t *Reader) start(s *stats.Series) {
	s.Reset()
	t.gather.reset()
	for i, c := range t.layout.columns {
		switch c.role {
		case dimension:
			s.Key = append(s.Key, t.codes.now[i])
		case region:
			s.Region = t.codes.now[i]
		}
	}
}

// fill adds the pending row and all that follow with the same key to s.
func (t *Reader) fill(s *stats.Series) error {
	for {
		if err := t.gather.add(s, t.now, t.rows.line); err != nil {
			return err
		}
		err := t.rows.next()
		if err == io.EOF {
			t.pending = false
			break
		}
		if err == nil {
			err = t.take()
		}
		if err != nil {
			return err
		}
		if t.changed {
			break
		}
	}
	return t.gather.settle(s)
}

// take reads those cells of the row that differ from the row before.
func (t *Reader) take() error {
	t.changed = false
	l := t.layout
	periodChanged := false
	for i := t.rows.same; i < len(l.columns); i++ {
		c := &l.columns[i]
		var err error
		switch c.role {
		case dimension, region:
			err = t.code(i, &periodChanged)
		case label:
			t.codes.label(i, c.of, t.rows)
		case period:
			periodChanged = true
		case value:
			t.now.value, err = t.numbers.read(t.rows.text(i))
		case flag:
			t.now.flags, err = t.marks.read(t.rows.text(i))
		case status:
			t.now.status, err = t.marks.read(t.rows.text(i))
		case confidential:
			t.now.conf, err = t.marks.confidential(t.rows.text(i))
		case structure, title, action, updated:
			err = t.flow.read(c.role, t.rows.text(i), t.note)
		}
		if err != nil {
			return inColumn(err, i+1)
		}
	}
	if periodChanged {
		var err error
		if t.now.period, err = t.periods.read(t.rows.text(l.period), t.frequency()); err != nil {
			return inColumn(err, l.period+1)
		}
	}
	t.remark()
	return nil
}

// code reads the code in column i.
func (t *Reader) code(i int, periodChanged *bool) error {
	fresh, err := t.codes.read(i, t.rows)
	t.changed = t.changed || fresh
	*periodChanged = *periodChanged || fresh && i == t.layout.frequency
	return err
}

// frequency returns the code of the present row, "" where the file has none.
func (t *Reader) frequency() string {
	if t.layout.frequency < 0 {
		return ""
	}
	return t.codes.now[t.layout.frequency]
}

// remark notes once what was converted so far.
func (t *Reader) remark() {
	if t.numbers.commas {
		t.note("Decimal commas were read as decimal points.")
	}
	if t.periods.dates {
		t.note("Dates were read as the periods of the frequency in which they lie.")
	}
	if t.periods.fractions {
		t.note("Years such as 2013.0 were read as 2013.")
	}
	if t.marks.left {
		t.note("Observation statuses without a counterpart among Eurostat's flags were left out.")
	}
}

func (t *Reader) note(sentence string) {
	if !t.said[sentence] {
		t.said[sentence] = true
		t.header.Notes = append(t.header.Notes, sentence)
	}
}

// at places an error that knows at most its column at the present row.
func (t *Reader) at(err error) error {
	f, ok := err.(*fault.Error)
	if !ok {
		return err
	}
	if f.Place.File = t.rows.lines.Name(); f.Place.Line == 0 {
		f.Place.Line = t.rows.line
	}
	return f
}

func inColumn(err error, column int) error {
	if f, ok := err.(*fault.Error); ok && f.Place.Column == 0 {
		f.Place.Column = column
	}
	return err
}

func wrong(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, format, args...)
}

// Recognises reports whether a first line looks like the heading of such a
// table. NewReader may still refuse it, with a better reason than others have.
func Recognises(first []byte) bool {
	head := bytes.TrimPrefix(first[:min(len(first), 16<<10)], []byte("\ufeff"))
	head = bytes.ToLower(bytes.ReplaceAll(head, []byte(`"`), nil))
	head, _, _ = bytes.Cut(head, []byte("\n"))
	cells := bytes.FieldsFunc(head, func(r rune) bool { return r == ',' || r == ';' || r == '\t' || r == '[' })
	if len(cells) < 2 {
		return false
	}
	var names []string
	for _, c := range cells {
		id, _, _ := bytes.Cut(c, []byte(":"))
		names = append(names, string(trim(id)))
	}
	if names[0] == "structure" || names[0] == "dataflow" {
		return true
	}
	has := func(r role) bool {
		return slices.ContainsFunc(names, func(n string) bool { return plainNames[n] == r })
	}
	return has(period) && has(value)
}
