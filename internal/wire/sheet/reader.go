package sheet

import (
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// Options know the region codes; this package does not.
type Options struct {
	Known   func(code string) bool     // nil: every code that looks like one
	Suggest func(code string) []string // nil: nothing
}

// Reader reads a table by its mapping. It implements stats.Source.
type Reader struct {
	grid    grid
	mapping Mapping
	options Options
	header  stats.Header
	dims    []string

	cells   []string
	number  int
	ready   []stats.Series // series of rows that were read and not yet handed out
	held    stats.Series   // the series that a long table is in the middle of
	seen    map[string]int // wide: region and key → row
	done    bool
	touched bool
}

// NewReader opens a table; name is the file's name in messages. The mapping is
// checked first.
func NewReader(r io.Reader, name string, m Mapping, o Options) (*Reader, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	g, err := openGrid(r, name, &m)
	if err != nil {
		return nil, err
	}
	x := &Reader{grid: g, mapping: m, options: o, dims: m.dimensions(), seen: map[string]int{}}
	x.header = stats.Header{Dataset: m.Dataset, Title: m.Title, Format: "own table", Dimensions: x.dims, RegionDimension: "geo"}
	for range m.HeaderRow {
		if _, _, err := g.row(); err != nil {
			return nil, errors.Join(fault.New(fault.Invalid, "sheet.short", "the table has no row below its heading").In(name, 0).
				Do("Check header_row in the mapping"), g.Close())
		}
	}
	return x, nil
}

// Header implements stats.Source.
func (r *Reader) Header() *stats.Header { return &r.header }

// Close closes a workbook.
func (r *Reader) Close() error { return r.grid.Close() }

// Next implements stats.Source.
func (r *Reader) Next(s *stats.Series) error {
	for len(r.ready) == 0 {
		if r.done {
			return io.EOF
		}
		if err := r.advance(); err != nil {
			return err
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

// advance reads one row.
func (r *Reader) advance() error {
	cells, number, err := r.grid.row()
	if errors.Is(err, io.EOF) {
		r.done = true
		r.release()
		return nil
	}
	if err != nil {
		return err
	}
	r.cells, r.number = cells, number
	if blank(cells) {
		return nil
	}
	region, err := r.region()
	if err != nil || region == "" {
		return err
	}
	if r.mapping.Period > 0 {
		return r.long(region)
	}
	return r.wide(region)
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.Trim(c, spaces+"\t") != "" })
}

// at returns the text of a column, empty beyond the row's end.
func (r *Reader) at(column int) string {
	if column < 1 || column > len(r.cells) {
		return ""
	}
	return strings.Trim(r.cells[column-1], spaces+"\t")
}

func (r *Reader) wrong(column int, key, format string, args ...any) *fault.Error {
	f := fault.New(fault.Invalid, key, format, args...).In(r.grid.name(), r.number)
	f.Place.Column = column
	return f
}

var (
	codeShape = regexp.MustCompile(`^[A-Za-z]{2}[A-Za-z0-9_]{0,10}$`)
	inCell    = regexp.MustCompile(`^([A-Z]{2}[A-Z0-9]{0,3})[ :\x{a0}–-]+\S|\S[ \x{a0}]*\(([A-Z]{2}[A-Z0-9]{0,3})\)$`)
	dateShape = regexp.MustCompile(`^(?i)(?:(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-(\d{2})|(\d{2})-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))$`)
)

// codeOf takes the code out of a cell: alone, or with a label beside it.
func codeOf(s string) string {
	if codeShape.MatchString(s) {
		return strings.ToUpper(s)
	}
	if m := inCell.FindStringSubmatch(s); m != nil {
		return m[1] + m[2]
	}
	return ""
}

// damaged returns the code that a spreadsheet made a date of: Dec-01 was DEC01.
func damaged(s string) string {
	m := dateShape.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	return strings.ToUpper(m[1]+m[4]) + m[2] + m[3]
}

// region returns the row's region code, empty for a row without one (a note
// below the table).
func (r *Reader) region() (string, error) {
	text := r.at(r.mapping.Region)
	if code, ok := r.mapping.Codes[text]; ok {
		return code, nil
	}
	if was := damaged(text); was != "" {
		return "", r.wrong(r.mapping.Region, "sheet.date", "%q is a date that a spreadsheet made of a region code, probably %s", text, was).
			Do("Say so in the mapping: [codes] %q = %q", text, was)
	}
	code := codeOf(text)
	if code == "" {
		if r.empty() {
			return "", nil
		}
		return "", r.wrong(r.mapping.Region, "sheet.no-code", "%q is not a region code", clip(text)).Do("Write the NUTS code, or remove the row")
	}
	if r.options.Known != nil && !r.options.Known(code) {
		f := r.wrong(r.mapping.Region, "sheet.unknown", "the region code %s does not exist", code).With("code", code)
		cure := "Nothing was imported"
		if r.options.Suggest != nil {
			if near := r.options.Suggest(code); len(near) > 0 {
				cure = "Did you mean " + strings.Join(near, ", ") + "? " + cure
			}
		}
		return "", f.Do("%s", cure)
	}
	return code, nil
}

// empty reports whether the row has no value.
func (r *Reader) empty() bool {
	for _, v := range r.mapping.Values {
		if c, ok := r.mapping.number(r.at(v.Column)); ok && !c.empty {
			return false
		}
	}
	return true
}

func (r *Reader) cell(column int) (cell, error) {
	text := r.at(column)
	c, ok := r.mapping.number(text)
	if !ok {
		return c, r.wrong(column, "sheet.number", "%q is not a number with the decimal sign %q", clip(text), r.mapping.Decimal).
			Do("Correct the cell, or add the word to \"missing\" in the mapping")
	}
	return c, nil
}

// key returns the row's codes for a column of values.
func (r *Reader) key(v ValueColumn) ([]string, error) {
	key := make([]string, 0, len(r.dims))
	for _, c := range r.mapping.Same {
		key = append(key, c.Code)
	}
	for _, c := range r.mapping.Columns {
		code := r.at(c.Column)
		if code == "" && !c.Optional {
			return nil, r.wrong(c.Column, "sheet.no-dimension", "the row has no code of %s", c.ID).Do("Fill the cell")
		}
		key = append(key, code)
	}
	for len(key) < len(r.dims) {
		key = append(key, v.Code)
	}
	return key, nil
}

// wide makes a series of each measure of a row.
func (r *Reader) wide(region string) error {
	made := map[string]*stats.Series{}
	var order []string
	for _, v := range r.mapping.Values {
		c, err := r.cell(v.Column)
		if err != nil {
			return err
		}
		if c.empty {
			continue
		}
		text := v.Period
		if text == "" {
			text = r.mapping.Fixed
		}
		p, err := stats.ParsePeriod(text)
		if err != nil {
			return err
		}
		key, err := r.key(v)
		if err != nil {
			return err
		}
		joined := region + "\x00" + strings.Join(key, "\x00")
		if made[joined] == nil {
			if before, ok := r.seen[joined]; ok {
				return r.twice(region, before)
			}
			made[joined] = &stats.Series{Key: key, Region: region}
			order = append(order, joined)
		}
		made[joined].Add(p, c.value, c.flags)
	}
	for _, joined := range order {
		r.seen[joined] = r.number
		if err := r.sorted(made[joined]); err != nil {
			return err
		}
		r.ready = append(r.ready, *made[joined])
	}
	return nil
}

func (r *Reader) twice(region string, before int) error {
	return r.wrong(r.mapping.Region, "sheet.twice", "%s stands in row %d already", region, before).Do("Keep one of the two rows")
}

// long adds a row to the series that it continues, or begins another.
func (r *Reader) long(region string) error {
	text := r.at(r.mapping.Period)
	text = strings.TrimSuffix(text, ".0")
	p, err := stats.ParsePeriod(text)
	if err != nil {
		return r.wrong(r.mapping.Period, "sheet.period", "%q is not a period", clip(text)).Do("Write a year such as 2020, or 2020-Q1, 2020-01")
	}
	for _, v := range r.mapping.Values {
		c, err := r.cell(v.Column)
		if err != nil {
			return err
		}
		if r.mapping.Flag > 0 {
			more, err := stats.ParseFlags(strings.ReplaceAll(r.at(r.mapping.Flag), " ", ""))
			if err != nil {
				return r.wrong(r.mapping.Flag, "sheet.flag", "%q is not a flag", clip(r.at(r.mapping.Flag))).Do("Use Eurostat's letters, such as b, e, p, u")
			}
			c.flags |= more
			c.empty = c.empty && more == 0
		}
		if c.empty {
			continue
		}
		key, err := r.key(v)
		if err != nil {
			return err
		}
		if !r.touched || r.held.Region != region || !slices.Equal(r.held.Key, key) {
			r.release()
			r.held, r.touched = stats.Series{Key: key, Region: region}, true
		}
		if i := slices.Index(r.held.Periods, p); i >= 0 && !sameValue(r.held.Values[i], c.value) {
			return r.wrong(v.Column, "sheet.contradiction", "%s has two values in %s: %v and %v", region, p, r.held.Values[i], c.value).Do("Keep one of the two rows")
		} else if i < 0 {
			r.held.Add(p, c.value, c.flags)
		}
	}
	return nil
}

func sameValue(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// release hands out the series that was being gathered.
func (r *Reader) release() {
	if r.touched {
		_ = r.sorted(&r.held) // periods were kept distinct
		r.ready = append(r.ready, *r.held.Clone())
		r.touched = false
	}
}

// sorted puts the observations in time order; a period twice is an error of
// the mapping.
func (r *Reader) sorted(s *stats.Series) error {
	order := make([]int, s.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(s.Periods[a]) - int(s.Periods[b]) })
	old := s.Clone()
	for n, i := range order {
		s.Periods[n], s.Values[n], s.Flags[n] = old.Periods[i], old.Values[i], old.Flags[i]
		if n > 0 && s.Periods[n] == s.Periods[n-1] {
			return r.wrong(0, "sheet.columns-twice", "two columns are of the period %s", s.Periods[n]).Do("Correct the mapping")
		}
	}
	return nil
}

func clip(s string) string {
	if len(s) > 60 {
		return fmt.Sprintf("%.60s…", s)
	}
	return s
}
