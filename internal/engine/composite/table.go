package composite

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"

	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/fault"
)

// Row names one line of a table: a unit, and in a panel the period. The two are
// separate, so that no year is taken for a unit.
type Row = impute.Row

// Column is one indicator or denominator; NaN is a missing value.
type Column struct {
	Code   string
	Values []float64 // one a row

	// Doubt is the standard error of each value that is flagged as uncertain, 0 or
	// NaN of the others; nil where none is. An uncertainty analysis may vary the
	// values by it.
	Doubt []float64
}

// Attribute sorts rows into groups: country, class, stage of development.
type Attribute struct {
	Code   string
	Values []string // one a row; empty is unknown
}

// Table holds the figures that an index is made from.
type Table struct {
	Rows       []Row
	Columns    []Column
	Attributes []Attribute
}

// Panel reports whether the rows are of several periods.
func (t *Table) Panel() bool { return len(t.Rows) > 0 && t.Rows[0].Period != 0 }

// Check returns a fault where the table is not one: rows that stand twice,
// columns of another length, values that are infinite, standard errors that are
// none.
func (t *Table) Check() error {
	if len(t.Rows) == 0 {
		return refuse("engine.no-unit", "the table has no row").Do("Give it at least two units")
	}
	seen := make(map[Row]bool, len(t.Rows))
	for _, r := range t.Rows {
		switch {
		case r.Unit == "":
			return refuse("engine.no-unit", "a row has no unit").Do("Name the unit of each row")
		case seen[r]:
			return refuse("engine.twice", "the row %s stands twice", r).Do("Keep one of them")
		case (r.Period != 0) != t.Panel():
			return refuse("engine.some-periods", "some rows have a period and some have none").Do("Give every row its period, or none")
		}
		seen[r] = true
	}
	columns := make(map[string]bool, len(t.Columns))
	for _, c := range t.Columns {
		if columns[c.Code] {
			return refuse("engine.twice", "the column %s stands twice", c.Code).Do("Keep one of them")
		}
		columns[c.Code] = true
		if err := t.checkColumn(&c); err != nil {
			return err
		}
	}
	attributes := make(map[string]bool, len(t.Attributes))
	for _, a := range t.Attributes {
		if attributes[a.Code] {
			return refuse("engine.twice", "the attribute %s stands twice", a.Code).Do("Keep one of them")
		}
		attributes[a.Code] = true
		if len(a.Values) != len(t.Rows) {
			return refuse("engine.ragged", "the attribute %s has %d values for %d rows", a.Code, len(a.Values), len(t.Rows)).Do("Give it one value a row")
		}
	}
	return nil
}

func (t *Table) checkColumn(c *Column) error {
	if len(c.Values) != len(t.Rows) {
		return refuse("engine.ragged", "the column %s has %d values for %d rows", c.Code, len(c.Values), len(t.Rows)).Do("Give it one value a row; NaN where it is missing")
	}
	if c.Doubt != nil && len(c.Doubt) != len(t.Rows) {
		return refuse("engine.ragged", "the column %s has %d standard errors for %d rows", c.Code, len(c.Doubt), len(t.Rows)).Do("Give it one a row, 0 where a value is sure")
	}
	for i, v := range c.Values {
		if math.IsInf(v, 0) {
			return refuse("engine.infinite", "%s of %s is infinite", c.Code, t.Rows[i]).Do("Write a number, or leave the cell empty")
		}
	}
	for i, d := range c.Doubt {
		if d < 0 || math.IsInf(d, 0) {
			return refuse("engine.doubt", "the standard error of %s of %s is %g", c.Code, t.Rows[i], d).Do("Write a number of 0 or more")
		}
	}
	return nil
}

// column returns the column of a code, or a fault that names the nearest.
func (t *Table) column(code, wantedBy string) (*Column, error) {
	codes := make([]string, len(t.Columns))
	for i := range t.Columns {
		if t.Columns[i].Code == code {
			return &t.Columns[i], nil
		}
		codes[i] = t.Columns[i].Code
	}
	return nil, refuse("engine.no-column", "the table has no column %s, which %s needs", code, wantedBy).
		Do("The nearest columns are %s", strings.Join(fault.NearestOrFirst(code, codes, 4), ", "))
}

// attribute returns the attribute of a code, or a fault that names the nearest.
func (t *Table) attribute(code, wantedBy string) (*Attribute, error) {
	codes := make([]string, len(t.Attributes))
	for i := range t.Attributes {
		if t.Attributes[i].Code == code {
			return &t.Attributes[i], nil
		}
		codes[i] = t.Attributes[i].Code
	}
	if len(codes) == 0 {
		return nil, refuse("engine.no-attribute", "the table has no attribute %s, which %s needs", code, wantedBy).Do("Add a column of text with that name")
	}
	return nil, refuse("engine.no-attribute", "the table has no attribute %s, which %s needs", code, wantedBy).
		Do("It has %s", strings.Join(codes, ", "))
}

// named says in a refusal which element it is about, where the sentence does not.
func named(err error, name string) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b`).MatchString(f.What) {
		return err
	}
	g := *f
	g.What, g.Cause = name+": "+f.What, err
	return &g
}

// describe names rows in a sentence: all of a few, else the first and a count.
func describe(rows []Row) string {
	const most = 5
	var names []string
	for _, r := range rows[:min(most, len(rows))] {
		names = append(names, r.String())
	}
	if len(rows) > most {
		names = append(names, fmt.Sprintf("%d more", len(rows)-most))
	}
	return strings.Join(names, ", ")
}
