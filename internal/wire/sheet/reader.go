package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// Options know the region codes; this package does not.
type Options struct {
	Known   func(code string) bool     // nil: every code that looks like one
	Suggest func(code string) []string // nil: nothing
	Sheet   string                     // of a workbook, that Propose looks at; empty: the first that names a region
}

// Reader reads a table by its mapping. It implements stats.Source. Of a wide
// table memory holds a row and the names of the series that were read; of a
// long or turned one, whose rows come in any order, all that was read.
type Reader struct {
	grid    grid
	mapping Mapping
	options Options
	header  stats.Header
	dims    []string
	fixed   stats.Period
	columns []stats.Period // of each column of values; 0: none
	regions []string       // of each column of values in a turned table

	cells  []string
	number int
	widest int // cells of the longest row
	rows   int // below the heading

	held  map[string]*stats.Series // by region and key: series that may grow with the next row
	order []string                 // of held, as they came
	seen  map[string]int           // wide: region and key → row
	ready []*stats.Series          // complete and not yet handed out
	ended error                    // what Next says for good
}

// NewReader opens a table; name is the file's name in messages. The mapping is
// checked first. Errors in the table are *fault.Error with row and column.
func NewReader(r io.Reader, name string, m Mapping, o Options) (*Reader, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	g, err := openGrid(r, name, &m)
	if err != nil {
		return nil, err
	}
	x := &Reader{
		grid: g, mapping: m, options: o, dims: m.dimensions(), seen: map[string]int{},
		held: map[string]*stats.Series{}, columns: make([]stats.Period, len(m.Values)), regions: make([]string, len(m.Values)),
	}
	x.header = stats.Header{
		Dataset: m.Dataset, Title: m.Title, Format: "own table", Dimensions: x.dims, RegionDimension: "geo",
		Labels: map[string]map[string]string{},
	}
	x.fixed, _ = periodOf(m.Fixed) // empty or checked
	for i, v := range m.Values {
		x.columns[i], _ = periodOf(v.Period) // empty or checked
		if v.Region == "" {
			continue
		}
		if x.regions[i], err = x.code(v.Region, v.Column, m.HeaderRow); err != nil {
			return nil, errors.Join(err, g.Close())
		}
	}
	return x, nil
}

// Header implements stats.Source.
func (r *Reader) Header() *stats.Header { return &r.header }

// Close closes a workbook. Next does so itself at the end and after an error.
func (r *Reader) Close() error { return r.grid.Close() }

// Next implements stats.Source.
func (r *Reader) Next(s *stats.Series) error {
	for len(r.ready) == 0 {
		if r.ended != nil {
			return r.ended
		}
		if err := r.advance(); err != nil {
			r.finish(err)
		}
	}
	next := r.ready[0]
	r.ready = r.ready[1:]
	s.Reset()
	s.Key, s.Region = append(s.Key, next.Key...), next.Region
	for i := range next.Periods {
		s.Add(next.Periods[i], next.Values[i], next.Flags[i])
	}
	return nil
}

// finish closes the table; at its end the series that were gathered are
// complete, after an error nothing is.
func (r *Reader) finish(err error) {
	if errors.Is(err, io.EOF) {
		err = r.complete()
	}
	if r.ended = err; errors.Is(err, io.EOF) {
		r.release()
	} else {
		r.ready = nil
	}
	if err := r.grid.Close(); err != nil && errors.Is(r.ended, io.EOF) {
		r.ended = fmt.Errorf("close %s: %w", r.grid.name(), err)
	}
}

// complete returns io.EOF, unless the table lacks what the mapping names.
func (r *Reader) complete() error {
	if r.rows == 0 {
		return fault.New(fault.Invalid, "sheet.short", "the table has no row below its heading").In(r.grid.name(), 0).
			Do("Check header_row in the mapping")
	}
	last := max(r.mapping.Region, r.mapping.Period, r.mapping.Flag)
	for _, c := range r.mapping.Columns {
		last = max(last, c.Column)
	}
	for _, v := range r.mapping.Values {
		last = max(last, v.Column)
	}
	if last > r.widest {
		return r.noColumn(last)
	}
	return io.EOF
}

func (r *Reader) noColumn(column int) error {
	f := fault.New(fault.Invalid, "sheet.no-column", "the table has no column %d", column).In(r.grid.name(), 0).
		Do("Check the columns and the separator in the mapping")
	f.Place.Column = column
	return f
}

// advance reads one row.
func (r *Reader) advance() error {
	cells, number, err := r.grid.row()
	if err != nil {
		return err
	}
	r.widest = max(r.widest, len(cells))
	if number <= r.mapping.HeaderRow {
		return nil
	}
	r.rows++
	if r.mapping.LastRow > 0 && number > r.mapping.LastRow {
		return io.EOF
	}
	r.cells, r.number = cells, number
	if r.empty() {
		return nil
	}
	region := ""
	if r.mapping.Region > r.widest {
		return r.noColumn(r.mapping.Region)
	}
	if r.mapping.Region > 0 {
		if region, err = r.region(); err != nil {
			return err
		}
	}
	return r.take(region)
}

// at returns the text of a column, empty beyond the row's end.
func (r *Reader) at(column int) string {
	if column < 1 || column > len(r.cells) {
		return ""
	}
	return trim(r.cells[column-1])
}

func (r *Reader) wrong(column int, key, format string, args ...any) *fault.Error {
	f := fault.New(fault.Invalid, key, format, args...).In(r.grid.name(), r.number)
	f.Place.Column = column
	return f
}

// empty reports whether the row holds nothing but names: no number, and no word
// that is out of place beside a region code. Such are blank rows, headings
// within the table and notes below it.
func (r *Reader) empty() bool {
	named := r.mapping.Region > 0 && looksLike(upper(r.at(r.mapping.Region)))
	for _, v := range r.mapping.Values {
		text := r.at(v.Column)
		if text == "" {
			continue
		}
		if c, ok := r.mapping.number(text); ok && !c.empty || named && !ok {
			return false
		}
	}
	return r.mapping.Flag == 0 || r.at(r.mapping.Flag) == "" || !named
}

// region returns the row's region code.
func (r *Reader) region() (string, error) {
	return r.code(r.at(r.mapping.Region), r.mapping.Region, r.number)
}

// code reads what a cell says of a region, and checks the code.
func (r *Reader) code(text string, column, number int) (string, error) {
	wrong := func(key, format string, args ...any) *fault.Error {
		f := r.wrong(column, key, format, args...)
		f.Place.Line = number
		return f
	}
	code, label := r.mapping.Codes[text], ""
	if code == "" {
		if was := damaged(text); was != "" {
			return "", wrong("sheet.date", "%q is a date that a spreadsheet made of a region code, probably %s", text, was).
				Do("Say so in the mapping: [codes] %q = %q", text, was)
		}
		if code, label = codeOf(text); code == "" {
			return "", wrong("sheet.no-code", "%q is not a region code", fault.Clip(text, 60)).Do("Write the NUTS code, or remove the row. Nothing was imported")
		}
		r.renamed(text, code)
	}
	if r.options.Known != nil && !r.options.Known(code) {
		cure := "Nothing was imported"
		if r.options.Suggest != nil {
			if near := r.options.Suggest(code); len(near) > 0 {
				cure = "Did you mean " + strings.Join(near, ", ") + "? " + cure
			}
		}
		return "", wrong("sheet.unknown", "the region code %s does not exist", code).With("code", code).Do("%s", cure)
	}
	if label != "" {
		r.label(code, label)
	}
	return code, nil
}

// label keeps the name that stands beside a code.
func (r *Reader) label(code, label string) {
	geo := r.header.Labels["geo"]
	if geo == nil {
		geo = map[string]string{}
		r.header.Labels["geo"] = geo
	}
	geo[code] = label
}

// renamed notes that a country's letters were replaced.
func (r *Reader) renamed(text, code string) {
	for _, note := range countryNotes {
		if strings.HasPrefix(code, note.ours) && strings.Contains(strings.ToUpper(text), note.theirs) && !slices.Contains(r.header.Notes, note.text) {
			r.header.Notes = append(r.header.Notes, note.text)
		}
	}
}

// countryNotes tell of letters that Eurostat writes in its own way.
var countryNotes = []struct{ theirs, ours, text string }{
	{"GR", "EL", "Greece stands as GR; it is read as EL."},
	{"GB", "UK", "The United Kingdom stands as GB; it is read as UK."},
}
