package sheet

import (
	"math"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// mostPeriods is the longest series of a table.
const mostPeriods = 20_000

// take adds the row's values to the series under each column.
func (r *Reader) take(region string) error {
	period, err := r.rowPeriod()
	if err != nil {
		return err
	}
	flags, err := r.rowFlags()
	if err != nil {
		return err
	}
	for i := range r.mapping.Values {
		if err := r.takeCell(i, region, period, flags); err != nil {
			return err
		}
	}
	if r.mapping.Period == 0 && r.mapping.Region > 0 {
		return r.releaseRow()
	}
	return nil
}

func (r *Reader) takeCell(i int, region string, period stats.Period, flags stats.Flags) error {
	v := r.mapping.Values[i]
	text := r.at(v.Column)
	c, ok := r.mapping.number(text)
	if !ok {
		return r.wrong(v.Column, "sheet.number", "%q is not a number with the decimal sign %q", fault.Clip(text, 60), r.mapping.Decimal).
			Do("Correct the cell, or add the word to \"missing\" in the mapping. Nothing was imported")
	}
	if c.flags |= flags; c.empty && flags == 0 {
		return nil
	}
	if r.columns[i] != 0 {
		period = r.columns[i]
	}
	p, ok := at(period, v.Part)
	if !ok {
		return r.wrong(r.mapping.Period, "sheet.part", "%s is not a year, and column %d is of a part of a year", period, v.Column).Do("Correct the cell, or the mapping")
	}
	if region == "" {
		region = r.regions[i]
	}
	key, err := r.key(v)
	if err != nil {
		return err
	}
	return r.add(region, key, p, c, v.Column)
}

// rowPeriod returns the period that the row says, or the mapping's.
func (r *Reader) rowPeriod() (stats.Period, error) {
	if r.mapping.Period == 0 {
		return r.fixed, nil
	}
	text := r.at(r.mapping.Period)
	if text == "" && r.fixed != 0 {
		return r.fixed, nil
	}
	p, ok := periodOf(text)
	if !ok {
		return 0, r.wrong(r.mapping.Period, "sheet.period", "%q is not a period", fault.Clip(text, 60)).
			Do("Write a year such as 2020, or 2020-Q1, 2020-01; for empty cells, write fixed_period in the mapping. Nothing was imported")
	}
	return p, nil
}

func (r *Reader) rowFlags() (stats.Flags, error) {
	if r.mapping.Flag == 0 {
		return 0, nil
	}
	text := r.at(r.mapping.Flag)
	if slices.Contains(r.mapping.Missing, text) {
		return 0, nil
	}
	f, err := stats.ParseFlags(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		return 0, r.wrong(r.mapping.Flag, "sheet.flag", "%q is not a flag", fault.Clip(text, 60)).Do("Use Eurostat's letters, such as b, e, p, u. Nothing was imported")
	}
	return f, nil
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
			return nil, r.wrong(c.Column, "sheet.no-dimension", "the row has no code of %s", c.ID).Do("Fill the cell. Nothing was imported")
		}
		key = append(key, code)
	}
	if v.Code != "" {
		key = append(key, v.Code)
	}
	return key, nil
}

// add puts one observation in its place in time. The same value twice is
// accepted, another is a contradiction.
func (r *Reader) add(region string, key []string, p stats.Period, c cell, column int) error {
	name := region + "\x00" + strings.Join(key, "\x00")
	s := r.held[name]
	if s == nil {
		s = &stats.Series{Key: key, Region: region}
		r.held[name] = s
		r.order = append(r.order, name)
	}
	n, found := slices.BinarySearch(s.Periods, p)
	switch {
	case !found && s.Len() == mostPeriods:
		return r.wrong(column, "sheet.periods", "%s has more than %d periods", region, mostPeriods).Do("Split the table")
	case !found:
		s.Periods = slices.Insert(s.Periods, n, p)
		s.Values = slices.Insert(s.Values, n, c.value)
		s.Flags = slices.Insert(s.Flags, n, c.flags)
		return nil
	}
	if before := s.Values[n]; before != c.value && !(math.IsNaN(before) && math.IsNaN(c.value)) {
		return r.wrong(column, "sheet.contradiction", "%s has two values in %s: %v and %v", region, p, before, c.value).
			Do("Keep one of the two, or name the column that tells them apart as a dimension. Nothing was imported")
	}
	return nil
}

// release makes the series that were gathered complete, in the order in which
// they came.
func (r *Reader) release() {
	for _, name := range r.order {
		r.ready = append(r.ready, r.held[name])
	}
	clear(r.held)
	r.order = r.order[:0]
}

// releaseRow makes the series of a row of a wide table complete: no other row
// may go on with them.
func (r *Reader) releaseRow() error {
	for _, name := range r.order {
		if before, ok := r.seen[name]; ok {
			return r.wrong(r.mapping.Region, "sheet.twice", "%s stands in row %d already", r.held[name].Region, before).
				Do("Keep one of the two rows, or write last_row = %d in the mapping. Nothing was imported", r.number-1)
		}
		r.seen[name] = r.number
	}
	r.release()
	return nil
}
