package weigh

import (
	"fmt"
	"math"

	"peerscape/internal/engine/sample"
)

// Table holds the figures of the members, in the form in which they are
// aggregated: treated, normalised, with more meaning better.
type Table struct {
	Columns [][]float64 // Columns[member][unit]; NaN is missing
	Names   []string    // of the members, for sentences; nil numbers them
	Units   []string    // names of the units, for sentences; nil numbers them

	// Attribute holds a word about each unit, for weights that depend on it.
	Attribute []string
}

// Missing says which units count where figures are missing.
type Missing uint8

// The options for missing figures.
const (
	Listwise Missing = iota // units that have every figure
	Pairwise                // for each pair of members the units that have both
)

// Coverage says how many units stand behind a result.
type Coverage struct {
	Missing Missing
	Units   int // that count at least once
	Fewest  int // behind the pair of members with the fewest; Listwise: Units
}

// check refuses infinite figures and a column without any.
func (t Table) check() error {
	for j, c := range t.Columns {
		if len(c) != len(t.Columns[0]) {
			panic(fmt.Sprintf("weigh: column %d has %d entries, column 0 has %d", j, len(c), len(t.Columns[0])))
		}
		for i, v := range c {
			if math.IsInf(v, 0) {
				return refuse("engine.infinite", "%s of %s is infinite", t.name(j), t.unit(i)).Do("Leave the cell empty or correct it")
			}
		}
	}
	return nil
}

// complete returns the table without the units that lack a figure, and how many
// are left.
func (t Table) complete() (columns [][]float64, units int) {
	columns = make([][]float64, len(t.Columns))
	for i := range t.rows() {
		if !t.full(i) {
			continue
		}
		units++
		for j, c := range t.Columns {
			columns[j] = append(columns[j], c[i])
		}
	}
	return columns, units
}

// full reports whether a unit has every figure.
func (t Table) full(unit int) bool {
	for _, c := range t.Columns {
		if math.IsNaN(c[unit]) {
			return false
		}
	}
	return true
}

// counted returns the columns that the option for missing figures leaves, and
// refuses those with fewer than least figures, or without spread.
func (t Table) counted(m Missing, least int) ([][]float64, Coverage, error) {
	columns, cover := t.Columns, Coverage{Missing: m}
	if m == Listwise {
		columns, cover.Units = t.complete()
		cover.Fewest = cover.Units
	} else {
		cover.Units, cover.Fewest = t.pairs()
	}
	for j, c := range t.Columns {
		if sample.Count(c) == 0 {
			return nil, cover, refuse("engine.all-missing", "%s has no figure for any unit", t.name(j)).Do("Leave it out or fill it")
		}
	}
	if cover.Fewest < least {
		what := " have every figure"
		if m == Pairwise {
			what = " have both figures of some pair of members"
		}
		return nil, cover, refuse("engine.too-few-units", "%d of %s, and at least %d are needed", cover.Fewest, plural(t.rows(), "unit")+what, least).
			Do("Fill missing figures, add units, or leave out the member with the most gaps")
	}
	for j, c := range columns {
		if sample.MomentsOf(c).Constant() {
			return nil, cover, refuse("engine.constant", "%s is the same for every unit that counts", t.name(j)).Do("Leave it out: it tells no unit from another")
		}
	}
	return columns, cover, nil
}

// pairs counts the units that count in any pair of members, and those behind the
// pair with the fewest.
func (t Table) pairs() (units, fewest int) {
	fewest = t.rows()
	for i := range t.rows() {
		for _, c := range t.Columns {
			if !math.IsNaN(c[i]) {
				units++
				break
			}
		}
	}
	for j, a := range t.Columns {
		for _, b := range t.Columns[:j+1] {
			n := 0
			for i := range a {
				if s := a[i] + b[i]; s == s {
					n++
				}
			}
			fewest = min(fewest, n)
		}
	}
	return units, fewest
}

func (t Table) rows() int {
	if len(t.Columns) == 0 {
		return 0
	}
	return len(t.Columns[0])
}

// names returns the name of every member.
func (t Table) names() []string {
	out := make([]string, len(t.Columns))
	for j := range out {
		out[j] = t.name(j)
	}
	return out
}

func (t Table) name(j int) string { return nameOr(t.Names, j, "column") }
func (t Table) unit(i int) string { return nameOr(t.Units, i, "unit") }

func nameOr(names []string, i int, noun string) string {
	if i < len(names) && names[i] != "" {
		return names[i]
	}
	return fmt.Sprintf("%s %d", noun, i+1)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
