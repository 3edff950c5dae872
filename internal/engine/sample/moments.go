// Package sample holds the statistics of one column of figures, or of a pair:
// moments, quantiles, ranks, correlation.
//
// A column is a slice with one entry a unit; NaN is a missing value and is
// skipped. What cannot be computed is NaN and says so in its comment: too few
// values, or a column without spread. It refuses nothing and knows no unit, no
// indicator and no weight. Start with MomentsOf.
package sample

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// Moments sums up a column: how many values, their mean, the sums of the
// second, third and fourth powers of their deviations from it, and the ends.
type Moments struct {
	N          int
	Mean       float64 // NaN where N is 0
	M2, M3, M4 float64 // sums, not divided
	Min, Max   float64 // NaN where N is 0
}

// MomentsOf computes the moments of x. Whoever computes many uses a Meter.
func MomentsOf(x []float64) Moments {
	var m Meter
	return m.Of(x)
}

// block is how many deviations a Meter holds at a time: enough for dot products
// to run at full speed, few enough for the nearest memory.
const block = 64

// Meter computes moments. The zero value is ready; it is not safe for use by
// several goroutines and allocates nothing.
type Meter struct{ deviations, squares [block]float64 }

// Of computes the moments of x in two passes. The order of additions depends on
// the length alone, so that equal columns have equal moments to the last bit.
func (t *Meter) Of(x []float64) Moments {
	m := firstPass(x)
	switch m.N {
	case 0:
	case len(x):
		t.secondPass(&m, x)
	default:
		m.secondPassWithGaps(x)
	}
	return m
}

// Move says that all values equal to one end of a column moved to the next value.
type Move struct {
	Count    int
	From, To float64
}

// Moved brings the moments of a column up to date after a move: x is the column
// as it is now. It spares the first pass.
func (t *Meter) Moved(m *Moments, x []float64, by Move) {
	m.Mean += float64(by.Count) * (by.To - by.From) / float64(m.N)
	if by.From == m.Max {
		m.Max = by.To
	} else {
		m.Min = by.To
	}
	m.M2, m.M3, m.M4 = 0, 0, 0
	if m.N == len(x) {
		t.secondPass(m, x)
	} else {
		m.secondPassWithGaps(x)
	}
}

// firstPass finds count, mean and ends. One missing value sends it the slow way.
func firstPass(x []float64) Moments {
	if len(x) == 0 {
		return Moments{Mean: math.NaN(), Min: math.NaN(), Max: math.NaN()}
	}
	sum := floats.Sum(x)
	if math.IsNaN(sum) {
		return firstPassWithGaps(x)
	}
	lo, hi := x[0], x[0]
	for _, v := range x {
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	return Moments{N: len(x), Mean: sum / float64(len(x)), Min: lo, Max: hi}
}

func firstPassWithGaps(x []float64) Moments {
	n, sum, lo, hi := 0, 0.0, math.Inf(1), math.Inf(-1)
	for _, v := range x {
		if v == v {
			n, sum, lo, hi = n+1, sum+v, min(lo, v), max(hi, v)
		}
	}
	if n == 0 {
		return Moments{Mean: math.NaN(), Min: math.NaN(), Max: math.NaN()}
	}
	return Moments{N: n, Mean: sum / float64(n), Min: lo, Max: hi}
}

// secondPass adds up the powers of the deviations, a block at a time: three dot
// products cost half of three sums in one loop.
func (t *Meter) secondPass(m *Moments, x []float64) {
	for len(x) > 0 {
		n := min(block, len(x))
		d, dd := t.deviations[:n], t.squares[:n]
		for i, v := range x[:n] {
			e := v - m.Mean
			d[i], dd[i] = e, e*e
		}
		m.M2 += floats.Sum(dd)
		m.M3 += floats.Dot(dd, d)
		m.M4 += floats.Dot(dd, dd)
		x = x[n:]
	}
}

func (m *Moments) secondPassWithGaps(x []float64) {
	for _, v := range x {
		if d := v - m.Mean; d == d {
			dd := d * d
			m.M2, m.M3, m.M4 = m.M2+dd, m.M3+dd*d, m.M4+dd*dd
		}
	}
}

// Constant reports whether the column has no two different values.
func (m Moments) Constant() bool { return !(m.Min < m.Max) }

// Variance returns the sample variance (divisor n-1); NaN below two values.
func (m Moments) Variance() float64 {
	if m.N < 2 {
		return math.NaN()
	}
	return m.M2 / float64(m.N-1)
}

// SD returns the sample standard deviation (divisor n-1); NaN below two values.
func (m Moments) SD() float64 { return math.Sqrt(m.Variance()) }

// PopulationSD returns the standard deviation with divisor n; NaN where the
// column is empty.
func (m Moments) PopulationSD() float64 {
	if m.N == 0 {
		return math.NaN()
	}
	return math.Sqrt(m.M2 / float64(m.N))
}

// Skewness returns the adjusted Fisher-Pearson coefficient G1 (Joanes and Gill
// 1998); NaN below three values and without spread.
func (m Moments) Skewness() float64 {
	if m.N < 3 || m.Constant() {
		return math.NaN()
	}
	n := float64(m.N)
	g := math.Sqrt(n) * m.M3 / (m.M2 * math.Sqrt(m.M2))
	return g * math.Sqrt(n*(n-1)) / (n - 2)
}

// Kurtosis returns the excess kurtosis G2 (Joanes and Gill 1998), 0 for a normal
// distribution; NaN below four values and without spread.
func (m Moments) Kurtosis() float64 {
	if m.N < 4 || m.Constant() {
		return math.NaN()
	}
	n := float64(m.N)
	r := n * m.M4 / (m.M2 * m.M2)
	return ((n+1)*(r-3) + 6) * (n - 1) / ((n - 2) * (n - 3))
}

// Count returns the number of values.
func Count(x []float64) int {
	n := 0
	for _, v := range x {
		if v == v {
			n++
		}
	}
	return n
}

// Mean returns the arithmetic mean; NaN where x has no value.
func Mean(x []float64) float64 { return firstPass(x).Mean }
