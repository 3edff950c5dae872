package treat

import "math"

// winsorise moves one extreme after the other to the next value on its side until
// the column passes or the points are used up. The side is that of the skewness
// of the moment. Equal values move together, among them those that moved there
// before, and count one each, as in COINr 1.1.14; so a tie may carry the count
// over the limit. A column is never
// brought down to a single value: it fails then, and keeps its last two.
func (r *Rule) winsorise(x []float64, rep *Report) {
	m := &rep.After
	rep.Passes = false
	for above, below := 0, 0; !rep.Passes && above+below < r.Most; rep.Passes = r.passes(m) {
		from, to := m.Max, 0.0
		if m.M3 >= 0 {
			if to = nextBelow(x, from); to == m.Min {
				return
			}
			above = m.Move(x, from, to)
		} else {
			from = m.Min
			if to = nextAbove(x, from); to == m.Max {
				return
			}
			below = m.Move(x, from, to)
		}
		rep.Points = above + below
	}
}

// nextBelow returns the largest value below top.
func nextBelow(x []float64, top float64) float64 {
	next := math.Inf(-1)
	for _, v := range x {
		if v > next && v < top {
			next = v
		}
	}
	return next
}

// nextAbove returns the smallest value above bottom.
func nextAbove(x []float64, bottom float64) float64 {
	next := math.Inf(1)
	for _, v := range x {
		if v < next && v > bottom {
			next = v
		}
	}
	return next
}
