package sharedtest

import (
	"math"
	"testing"
)

func TestNumber(t *testing.T) {
	for cell, want := range map[string]float64{"0.25": 0.25, "-3": -3, "1/3": 1. / 3, "1e-3": 1e-3, "NA": math.NaN(), "": math.NaN(), "6.375": 6.375} {
		if got, ok := number(cell); !ok || got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%q is %v, %v; want %v", cell, got, ok, want)
		}
	}
	for _, cell := range []string{"x", "1,5", " 2", "1/0"} {
		if v, ok := number(cell); ok {
			t.Errorf("%q is %v, want no number", cell, v)
		}
	}
}

// The figures that we carry are those of the files beside the repository.
func TestHandbookIsThatOfTheReferenceCase(t *testing.T) {
	carried, raw := Handbook(t, "A.2"), CSV(t, "cases", "oecd-tai", "raw23.csv")
	cells := 0
	for j, name := range raw.Head[1:] {
		want := raw.Numbers(name)
		for i, v := range carried.Numbers(carried.Head[j+1]) {
			cells++
			if v != want[i] {
				t.Errorf("%s of %s is %v, want %v", name, carried.Rows[i][0], v, want[i])
			}
		}
	}
	t.Logf("%d cells", cells)
}

// The tables that we carry are whole, and all but their names are numbers.
func TestHandbookIsWhole(t *testing.T) {
	for _, c := range []struct {
		table         string
		rows, columns int
	}{
		{"A.2", 23, 12},
		{"15", 23, 12},
		{"6", 7, 8},
		{"7", 8, 3},
		{"9", 8, 6},
		{"9, last row", 1, 5},
		{"20", 8, 9},
		{"35", 5, 9},
		{"36", 5, 6},
		{"37", 1, 2},
	} {
		got := Handbook(t, c.table)
		if len(got.Rows) != c.rows || len(got.Head) != c.columns {
			t.Errorf("table %s has %d rows of %d columns, want %d of %d", c.table, len(got.Rows), len(got.Head), c.rows, c.columns)
		}
		got.Columns(got.Head[1:]...)
	}
}
