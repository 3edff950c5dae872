// Package sample holds the statistics of one column of figures, or of a pair:
// moments, quantiles, ranks, correlation.
//
// A column is a slice with one entry a unit; NaN is a missing value and is
// skipped. What cannot be computed is NaN and says so in its comment: too few
// values, or a column without spread. It refuses nothing and knows no unit, no
// indicator and no weight. Start with MomentsOf.
package sample

import "math"

// Moments sums up a column: how many values, their mean, the sums of the
// second, third and fourth powers of their deviations from it, and the ends.
type Moments struct {
	N          int
	Mean       float64 // NaN where N is 0
	M2, M3, M4 float64 // sums, not divided
	Min, Max   float64 // NaN where N is 0
}

// MomentsOf computes the moments of x in two passes and without allocating. The
// order of additions depends on the length alone, so that equal columns have
// equal moments to the last bit.
func MomentsOf(x []float64) Moments {
	m := firstPass(x)
	if m.N > 0 {
		m.secondPass(x)
	}
	return m
}

// firstPass finds count, mean and ends. Four sums side by side keep the
// processor's adders busy; one missing value sends it the slow way.
func firstPass(x []float64) Moments {
	if len(x) == 0 {
		return Moments{Mean: math.NaN(), Min: math.NaN(), Max: math.NaN()}
	}
	var s0, s1, s2, s3 float64
	lo, hi := x[0], x[0]
	i := 0
	for ; i+4 <= len(x); i += 4 {
		a, b, c, d := x[i], x[i+1], x[i+2], x[i+3]
		s0, s1, s2, s3 = s0+a, s1+b, s2+c, s3+d
		if a < lo {
			lo = a
		}
		if a > hi {
			hi = a
		}
		if b < lo {
			lo = b
		}
		if b > hi {
			hi = b
		}
		if c < lo {
			lo = c
		}
		if c > hi {
			hi = c
		}
		if d < lo {
			lo = d
		}
		if d > hi {
			hi = d
		}
	}
	for ; i < len(x); i++ {
		s0 += x[i]
		lo, hi = min(lo, x[i]), max(hi, x[i])
	}
	sum := s0 + s1 + (s2 + s3)
	if math.IsNaN(sum) {
		return firstPassWithGaps(x)
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

// secondPass adds up the powers of the deviations.
func (m *Moments) secondPass(x []float64) {
	var a2, a3, a4, b2, b3, b4 float64
	i := 0
	if m.N == len(x) {
		for ; i+2 <= len(x); i += 2 {
			d, e := x[i]-m.Mean, x[i+1]-m.Mean
			dd, ee := d*d, e*e
			a2, b2 = a2+dd, b2+ee
			a3, b3 = a3+dd*d, b3+ee*e
			a4, b4 = a4+dd*dd, b4+ee*ee
		}
	}
	for ; i < len(x); i++ {
		if d := x[i] - m.Mean; d == d {
			dd := d * d
			a2, a3, a4 = a2+dd, a3+dd*d, a4+dd*dd
		}
	}
	m.M2, m.M3, m.M4 = a2+b2, a3+b3, a4+b4
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
