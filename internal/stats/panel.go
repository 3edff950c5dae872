package stats

import (
	"math"
	"slices"
)

// Panel is one slice of a dataset as a dense table: rows (regions) × periods,
// NaN where there is no value, flags beside. It does not change once it is
// built, so that any number of readers may share it.
type Panel struct {
	Periods []Period // ascending
	values  []float64
	flags   []Flags
}

// NewPanel builds a panel of the series, one row each, in their order.
func NewPanel(rows []*Series) *Panel {
	seen := map[Period]int{}
	for _, s := range rows {
		for _, p := range s.Periods {
			seen[p] = 0
		}
	}
	p := &Panel{Periods: make([]Period, 0, len(seen))}
	for at := range seen {
		p.Periods = append(p.Periods, at)
	}
	slices.Sort(p.Periods)
	for i, at := range p.Periods {
		seen[at] = i
	}
	n := len(p.Periods)
	p.values = make([]float64, len(rows)*n)
	p.flags = make([]Flags, len(rows)*n)
	for i := range p.values {
		p.values[i] = math.NaN()
	}
	for r, s := range rows {
		for i, at := range s.Periods {
			p.values[r*n+seen[at]] = s.Values[i]
			p.flags[r*n+seen[at]] = s.Flags[i]
		}
	}
	return p
}

// Row returns the values and flags of a row, in the order of Periods. They are
// the panel's own: do not change them.
func (p *Panel) Row(row int) ([]float64, []Flags) {
	n := len(p.Periods)
	return p.values[row*n : (row+1)*n : (row+1)*n], p.flags[row*n : (row+1)*n : (row+1)*n]
}

// Index returns the column of a period.
func (p *Panel) Index(at Period) (int, bool) { return slices.BinarySearch(p.Periods, at) }
