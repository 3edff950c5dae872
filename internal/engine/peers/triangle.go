package peers

import (
	"slices"

	"peerscape/internal/engine/sample"
)

// Triangle holds a distance for every two units once, in one piece of memory.
type Triangle struct {
	n     int
	below []float64 // row i holds the distances to the units before i
}

// NewTriangle makes a triangle of n units from what distance says of i > j.
func NewTriangle(n int, distance func(i, j int) float64) *Triangle {
	t := &Triangle{n: n, below: make([]float64, n*max(0, n-1)/2)}
	for i := range n {
		row := t.row(i)
		for j := range row {
			row[j] = distance(i, j)
		}
	}
	return t
}

// Len returns the number of units.
func (t *Triangle) Len() int { return t.n }

// At returns the distance of two units: 0 of a unit and itself, NaN where two
// know too little of each other.
func (t *Triangle) At(i, j int) float64 {
	switch {
	case i > j:
		return t.below[i*(i-1)/2+j]
	case i < j:
		return t.below[j*(j-1)/2+i]
	}
	return 0
}

// Complete lists units, in their order, of which each distance to each other is
// known: of two whose distance is not known, the one that lacks more goes.
func (t *Triangle) Complete() []int {
	lacks := make([]int, t.n)
	for i := range t.n {
		for j, d := range t.row(i) {
			if d != d {
				lacks[i]++
				lacks[j]++
			}
		}
	}
	gone := make([]bool, t.n)
	for {
		worst := -1
		for i, n := range lacks {
			if !gone[i] && n > 0 && (worst < 0 || n > lacks[worst]) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		gone[worst] = true
		for j := range t.n {
			if d := t.At(worst, j); d != d {
				lacks[j]--
			}
		}
	}
	var kept []int
	for i := range t.n {
		if !gone[i] {
			kept = append(kept, i)
		}
	}
	return kept
}

// row returns the distances of unit i to those before it.
func (t *Triangle) row(i int) []float64 {
	from := i * (i - 1) / 2
	return t.below[from : from+i : from+i]
}

// Crowd tells where a distance stands among those of all pairs: raw values under
// Gower crowd together, and a percentile says more.
type Crowd struct{ sorted []float64 }

// Crowd sorts the distances of all pairs that have one.
func (t *Triangle) Crowd() *Crowd {
	return &Crowd{sample.Sorted(make([]float64, 0, len(t.below)), t.below)}
}

// Share returns the share of all pairs that lie nearer together than d, from 0
// to 1; 0 where no pair has a distance.
func (c *Crowd) Share(d float64) float64 {
	if len(c.sorted) == 0 {
		return 0
	}
	nearer, _ := slices.BinarySearch(c.sorted, d)
	return float64(nearer) / float64(len(c.sorted))
}

// sortedValues returns the values of x that are not missing, ascending.
func sortedValues(x []float64) []float64 {
	return sample.Sorted(make([]float64, 0, len(x)+1), x)
}
