package sharedtest

import (
	_ "embed"
	"encoding/csv"
	"math"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"
)

// Table is rows of text under a head of names. What it is asked for and does not
// hold fails the test.
type Table struct {
	Head []string
	Rows [][]string

	tb   testing.TB
	name string
}

// CSV reads a CSV file of the reference material, as Path names it.
func CSV(t testing.TB, elem ...string) *Table {
	t.Helper()
	f, err := os.Open(Path(t, elem...))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", f.Name(), err)
	}
	if len(rows) < 2 {
		t.Fatalf("%s has no rows", f.Name())
	}
	return &Table{rows[0], rows[1:], t, strings.Join(elem, "/")}
}

//go:embed testdata/handbook.txt
var handbook string

// Handbook returns a table of the Handbook's example (OECD/JRC 2008), which is
// carried in testdata/handbook.txt: "A.2", "15", "9, last row". Its first column
// names the rows.
func Handbook(t testing.TB, table string) *Table {
	t.Helper()
	_, rest, ok := strings.Cut(handbook, "\ntable "+table+": ")
	if !ok {
		t.Fatalf("the Handbook's table %s is not carried", table)
	}
	block, _, _ := strings.Cut(rest, "\n\n")
	lines := strings.Split(strings.TrimSpace(block), "\n")[1:]
	out := &Table{tb: t, name: "Handbook, table " + table, Head: strings.Split(lines[0], " | ")}
	for _, line := range lines[1:] {
		cells := strings.Split(line, " | ")
		if len(cells) != len(out.Head) {
			t.Fatalf("%s: %q has %d cells, want %d", out.name, line, len(cells), len(out.Head))
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// Text returns a column by its name.
func (t *Table) Text(column string) []string {
	t.tb.Helper()
	j := slices.Index(t.Head, column)
	if j < 0 {
		t.tb.Fatalf("%s has no column %q, but %q", t.name, column, t.Head)
	}
	out := make([]string, len(t.Rows))
	for i, r := range t.Rows {
		out[i] = r[j]
	}
	return out
}

// Numbers returns a column of numbers by its name. NA and nothing are NaN.
func (t *Table) Numbers(column string) []float64 {
	t.tb.Helper()
	out := make([]float64, len(t.Rows))
	for i, cell := range t.Text(column) {
		v, ok := number(cell)
		if !ok {
			t.tb.Fatalf("%s, row %d: %q in the column %s is no number", t.name, i+1, cell, column)
		}
		out[i] = v
	}
	return out
}

// Columns returns several columns of numbers.
func (t *Table) Columns(names ...string) [][]float64 {
	t.tb.Helper()
	out := make([][]float64, len(names))
	for k, name := range names {
		out[k] = t.Numbers(name)
	}
	return out
}

// Named returns the first column, which names the rows, and the others as numbers.
func (t *Table) Named() (names []string, columns [][]float64) {
	t.tb.Helper()
	return t.Text(t.Head[0]), t.Columns(t.Head[1:]...)
}

// ByName returns a column of numbers by the names in another.
func (t *Table) ByName(names, column string) map[string]float64 {
	t.tb.Helper()
	out := make(map[string]float64, len(t.Rows))
	values := t.Numbers(column)
	for i, name := range t.Text(names) {
		if _, twice := out[name]; twice {
			t.tb.Fatalf("%s has %q twice", t.name, name)
		}
		out[name] = values[i]
	}
	return out
}

// number reads "0.25", "1e-3", "1/3", "NA" and "".
func number(cell string) (v float64, ok bool) {
	if cell == "NA" || cell == "" {
		return math.NaN(), true
	}
	r, ok := new(big.Rat).SetString(cell)
	if !ok {
		return 0, false
	}
	v, _ = r.Float64()
	return v, true
}
