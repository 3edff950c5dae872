package sheet

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// Validate checks that the mapping is complete, names no column twice and gives
// every value its region and period. The error is a *fault.Error of kind
// Invalid.
func (m *Mapping) Validate() error {
	for _, check := range []func() error{m.spelling, m.rows, m.fixed, m.values, m.ids, m.eachColumnOnce, m.codes} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func incomplete(format string, args ...any) error {
	return fault.New(fault.Invalid, "sheet.mapping", "the mapping is not complete: %s", fmt.Sprintf(format, args...)).
		Do("Correct it, or let --propose write a new one")
}

func (m *Mapping) spelling() error {
	switch {
	case m.Decimal != "." && m.Decimal != ",":
		return incomplete("the decimal sign is %q, not a point or a comma", m.Decimal)
	case m.Thousands == m.Decimal:
		return incomplete("the decimal sign and the sign between thousands are the same")
	case !slices.Contains([]string{"", ".", ",", "'", " "}, m.Thousands):
		return incomplete("the sign between thousands is %q, not a point, a comma, an apostrophe, a space or nothing", m.Thousands)
	}
	if m.Encoding != "" && encodings[m.Encoding] == nil {
		return incomplete("%q is not one of the encodings %s", m.Encoding, strings.Join(slices.Sorted(maps.Keys(encodings)), ", "))
	}
	if m.Separator != "" {
		_, err := m.separator()
		return err
	}
	return nil
}

func (m *Mapping) rows() error {
	switch {
	case m.HeaderRow < 0:
		return incomplete("header_row is below 0")
	case m.LastRow != 0 && m.LastRow <= m.HeaderRow:
		return incomplete("last_row is not below the heading")
	}
	return nil
}

func (m *Mapping) fixed() error {
	if m.Fixed == "" {
		return nil
	}
	_, err := stats.ParsePeriod(m.Fixed)
	return err
}

// values checks that each column of values has region, period and measure.
func (m *Mapping) values() error {
	if len(m.Values) == 0 {
		return incomplete("it names no column of values")
	}
	type meaning struct{ region, period, part, code string }
	seen := map[meaning]int{}
	for _, v := range m.Values {
		switch {
		case m.Region < 1 && v.Region == "":
			return incomplete("it names no column of regions, and no region of column %d", v.Column)
		case m.Region > 0 && v.Region != "":
			return incomplete("column %d has a region, and so has each row", v.Column)
		case v.Dimension != m.Values[0].Dimension:
			return incomplete("the columns of values are of the dimensions %q and %q; they can have one only", m.Values[0].Dimension, v.Dimension)
		case (v.Dimension == "") != (v.Code == ""):
			return incomplete("column %d needs both dimension and code, or neither", v.Column)
		case v.Period != "" && v.Part != "":
			return incomplete("column %d has a period and a part of a year", v.Column)
		}
		if err := m.timed(v); err != nil {
			return err
		}
		means := meaning{v.Region, v.Period, v.Part, v.Code}
		if other := seen[means]; other > 0 {
			return incomplete("the two columns %d and %d mean the same (%s)", other, v.Column, strings.Join(strings.Fields(v.Region+" "+v.Period+" "+v.Part+" "+v.Code), " "))
		}
		seen[means] = v.Column
	}
	return nil
}

func (m *Mapping) timed(v ValueColumn) error {
	if v.Period == "" && m.Period == 0 && m.Fixed == "" {
		return incomplete("nothing says which year column %d is of; write fixed_period", v.Column)
	}
	text := v.Period
	if v.Part != "" {
		text = "2000-" + v.Part
		if p, err := stats.ParsePeriod(m.Fixed); err == nil && p.Frequency() != stats.Annual {
			return incomplete("column %d is a part of a year, and fixed_period %s is not a year", v.Column, m.Fixed)
		}
	}
	if text == "" {
		return nil
	}
	if _, err := stats.ParsePeriod(text); err != nil {
		return incomplete("%q of column %d is not a period", strings.TrimPrefix(text, "2000-"), v.Column)
	}
	return nil
}

func (m *Mapping) ids() error {
	seen := map[string]bool{}
	for _, id := range m.dimensions() {
		switch {
		case id == "":
			return incomplete("a dimension has no id")
		case seen[id]:
			return incomplete("the dimension %s is named twice", id)
		}
		seen[id] = true
	}
	for _, c := range m.Same {
		if c.Code == "" {
			return incomplete("the constant %s has no code", c.ID)
		}
	}
	return nil
}

func (m *Mapping) eachColumnOnce() error {
	taken := map[int]string{}
	use := func(column int, what string) error {
		if column < 1 || column > mostColumns {
			return incomplete("the column of %s is %d, not 1 to %d", what, column, mostColumns)
		}
		if other := taken[column]; other != "" {
			return incomplete("column %d holds both %s and %s", column, other, what)
		}
		taken[column] = what
		return nil
	}
	type named struct {
		column int
		what   string
	}
	var all []named
	for _, c := range []named{{m.Region, "regions"}, {m.Period, "periods"}, {m.Flag, "flags"}} {
		if c.column != 0 {
			all = append(all, c)
		}
	}
	for _, c := range m.Columns {
		all = append(all, named{c.Column, c.ID})
	}
	for _, v := range m.Values {
		all = append(all, named{v.Column, "values"})
	}
	for _, c := range all {
		if err := use(c.column, c.what); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mapping) codes() error {
	for _, text := range slices.Sorted(maps.Keys(m.Codes)) {
		if code := m.Codes[text]; !codeShape.MatchString(code) {
			return incomplete("%q, which stands for %q, is not a region code", code, text)
		}
	}
	return nil
}

// separators by name: words keep a tab readable in a mapping.
var separators = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "bar": '|'}

func (m *Mapping) separator() (rune, error) {
	if r, ok := separators[m.Separator]; ok {
		return r, nil
	}
	return 0, fault.New(fault.Invalid, "sheet.separator", "%q is not a separator", m.Separator).
		Do("Write one of %s", strings.Join(slices.Sorted(maps.Keys(separators)), ", "))
}
