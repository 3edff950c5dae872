package treat

import (
	"math"

	"peerscape/internal/engine/sample"
)

// winsorise moves one extreme after the other to the next value on its side,
// equal ones together and counted as one, until the column passes or the points
// are used up. The side is that of the skewness of the moment.
func (r *Rule) winsorise(x []float64, meter *sample.Meter, rep *Report) {
	m := &rep.After
	for rep.Passes = false; !rep.Passes && rep.Points < r.Most; rep.Passes = r.passes(m) {
		from, to := m.Min, 0.0
		if m.M3 > 0 {
			from = m.Max
			to = cutAbove(x, from)
		} else {
			to = cutBelow(x, from)
		}
		meter.Moved(m, x, from, to)
		rep.Points++
	}
}

// cutAbove sets the values equal to top, the largest, to the largest below, and
// returns that.
func cutAbove(x []float64, top float64) float64 {
	next, last := math.Inf(-1), 0
	for i, v := range x {
		if v > next {
			if v < top {
				next = v
			} else {
				last = i
			}
		}
	}
	cut(x[:last+1], top, next)
	return next
}

// cutBelow sets the values equal to bottom, the smallest, to the smallest above,
// and returns that.
func cutBelow(x []float64, bottom float64) float64 {
	next, last := math.Inf(1), 0
	for i, v := range x {
		if v < next {
			if v > bottom {
				next = v
			} else {
				last = i
			}
		}
	}
	cut(x[:last+1], bottom, next)
	return next
}

func cut(x []float64, from, to float64) {
	for i, v := range x {
		if v == from {
			x[i] = to
		}
	}
}
