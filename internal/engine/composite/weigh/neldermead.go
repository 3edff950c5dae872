package weigh

import (
	"cmp"
	"math"
	"slices"
)

// corner is a point of the search with its value.
type corner struct {
	x []float64
	v float64
}

// nelderMead looks for a low value of f from a start whose entries are not
// negative (Nelder and Mead 1965; steps reflect 1, expand 2, contract and shrink
// a half). It calls f most times at most and leaves keeping the best point to f.
func nelderMead(start []float64, most int, f func([]float64) float64) {
	n, total := len(start), 0.0
	for _, v := range start {
		total += v
	}
	c := []corner{{start, f(start)}}
	for k := range n {
		x := slices.Clone(start)
		x[k] += max(0.25*x[k], 0.05*total/float64(n))
		c = append(c, corner{x, f(x)})
	}
	for calls := n + 1; calls < most; {
		slices.SortStableFunc(c, func(a, b corner) int { return cmp.Compare(a.v, b.v) })
		if flat(c) {
			return
		}
		calls += step(c, f)
	}
}

// flat reports whether the corners lie together.
func flat(c []corner) bool {
	far := 0.0
	for _, p := range c[1:] {
		for k, v := range p.x {
			far = max(far, math.Abs(v-c[0].x[k])/(math.Abs(v)+math.Abs(c[0].x[k])+1e-300))
		}
	}
	return far < 1e-12
}

// step replaces the worst of the sorted corners, or draws all to the best, and
// returns how often it called f.
func step(c []corner, f func([]float64) float64) int {
	last := len(c) - 1
	worst := c[last]
	along := func(by float64) corner {
		x := make([]float64, len(worst.x))
		for k := range x {
			middle := 0.0
			for _, p := range c[:last] {
				middle += p.x[k] / float64(last)
			}
			x[k] = middle + by*(worst.x[k]-middle)
		}
		return corner{x, f(x)}
	}
	across := along(-1)
	switch {
	case across.v < c[0].v:
		if further := along(-2); further.v < across.v {
			across = further
		}
		c[last] = across
		return 2
	case across.v < c[last-1].v:
		c[last] = across
		return 1
	}
	by := 0.5
	if across.v < worst.v {
		by = -0.5
	}
	if near := along(by); near.v < min(across.v, worst.v) {
		c[last] = near
		return 2
	}
	for i := range c[1:] {
		x := slices.Clone(c[i+1].x)
		for k := range x {
			x[k] = (x[k] + c[0].x[k]) / 2
		}
		c[i+1] = corner{x, f(x)}
	}
	return 2 + last
}
