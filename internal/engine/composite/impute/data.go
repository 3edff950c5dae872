package impute

import (
	"fmt"
	"math"

	"peerscape/internal/stats"
)

// Row names one line of a table: a unit, and in a panel the period. They are two
// fields of two types, so that no year is taken for a unit.
type Row struct {
	Unit   string
	Period stats.Period // 0 where the table is no panel
}

// String returns "FI1C6" or "FI1C6 in 2023".
func (r Row) String() string {
	if r.Period == 0 {
		return r.Unit
	}
	return r.Unit + " in " + r.Period.String()
}

// Data is what Fill reads and leaves unchanged.
type Data struct {
	Table  [][]float64 // columns; one entry a row, NaN is missing
	Codes  []string    // one a column, for messages; nil numbers them
	Rows   []Row       // one a row of the table; nil where it is no panel
	Groups []string    // one a row; empty is unknown; nil where no rule needs it
}

// rows returns the number of rows.
func (d *Data) rows() int {
	if len(d.Table) > 0 {
		return len(d.Table[0])
	}
	return len(d.Rows)
}

// column names a column in a sentence.
func (d *Data) column(j int) string { return columnName(d.Codes, j) }

func columnName(codes []string, j int) string {
	if j < len(codes) && codes[j] != "" {
		return "column " + codes[j]
	}
	return fmt.Sprintf("column %d", j+1)
}

// row names a row in a sentence.
func (d *Data) row(i int) string {
	if i < len(d.Rows) {
		return d.Rows[i].String()
	}
	return fmt.Sprintf("row %d", i+1)
}

// panel reports whether the rows have periods.
func (d *Data) panel() bool { return len(d.Rows) > 0 && d.Rows[0].Period != 0 }

// check refuses a table that is none: columns of another length, values that
// are infinite, rows that stand twice or have no whole year.
func (d *Data) check() error {
	n := d.rows()
	if len(d.Table) == 0 || n == 0 {
		return refuse("engine.no-unit", "the table has %d columns and %d rows", len(d.Table), n).Do("Give at least one of each")
	}
	if len(d.Codes) != 0 && len(d.Codes) != len(d.Table) {
		return refuse("engine.ragged", "the table has %d columns and %d codes", len(d.Table), len(d.Codes)).Do("Give one code a column, or none")
	}
	if err := checkTable(d.Table, d.Codes, d.row); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		n    int
	}{{"names", len(d.Rows)}, {"groups", len(d.Groups)}} {
		if part.n != 0 && part.n != n {
			return refuse("engine.ragged", "the table has %d rows and %d %s of rows", n, part.n, part.name).Do("Give one a row, or none")
		}
	}
	return d.checkRows()
}

// checkTable refuses columns of different length and infinite values.
func checkTable(table [][]float64, codes []string, row func(int) string) error {
	for j, x := range table {
		if len(x) != len(table[0]) {
			return refuse("engine.ragged", "%s has %d values for %d rows", columnName(codes, j), len(x), len(table[0])).
				Do("Give it one value a row; NaN where it is missing")
		}
		for i, v := range x {
			if math.IsInf(v, 0) {
				return refuse("engine.infinite", "%s of %s is infinite", columnName(codes, j), row(i)).
					Do("Write a number, or leave the cell empty")
			}
		}
	}
	return nil
}

func (d *Data) checkRows() error {
	seen := make(map[Row]bool, len(d.Rows))
	for i, r := range d.Rows {
		switch {
		case r.Unit == "":
			return refuse("engine.no-unit", "row %d has no unit", i+1).Do("Name the unit of each row")
		case seen[r]:
			return refuse("engine.twice", "the row %s stands twice", r).With("row", r.String()).Do("Keep one of them")
		case (r.Period != 0) != d.panel():
			return refuse("engine.some-periods", "some rows have a period and some have none").Do("Give every row its period, or none")
		}
		seen[r] = true
	}
	return nil
}

// strata sorts the rows by period, first come first; all rows in one where the
// table is no panel.
func (d *Data) strata() [][]int {
	place := map[stats.Period]int{}
	var out [][]int
	for i := range d.rows() {
		var p stats.Period
		if d.panel() {
			p = d.Rows[i].Period
		}
		at, ok := place[p]
		if !ok {
			at = len(out)
			place[p], out = at, append(out, nil)
		}
		out[at] = append(out[at], i)
	}
	return out
}
