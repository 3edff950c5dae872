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

// MomentsOf computes the moments of x in two passes. The order of additions
// depends on the length alone, never on where x lies in memory, so that equal
// columns have equal moments to the last bit.
func MomentsOf(x []float64) Moments {
	if len(x) > 0 {
		sum, lo, hi := firstPass(x)
		if sum == sum {
			mean := sum / float64(len(x))
			m2, m3, m4 := secondPass(x, mean)
			return Moments{len(x), mean, m2, m3, m4, lo, hi}
		}
	}
	return momentsWithGaps(x)
}

// Move moves all values of x equal to from, which is one of its ends, to the next
// value, and brings its moments up to date; it returns how many it moved. The
// result is that of MomentsOf to the last bit, and spares the search for the ends. The
// mean is added up anew, for a step from a far end would leave its rounding
// behind.
func (m *Moments) Move(x []float64, from, to float64) int {
	if from == m.Max {
		m.Max = to
	} else {
		m.Min = to
	}
	if m.N != len(x) {
		n := replaceWithGaps(x, from, to)
		m.Mean = totalWithGaps(x) / float64(m.N)
		m.M2, m.M3, m.M4 = secondPassWithGaps(x, m.Mean)
		return n
	}
	sum, n := replace(x, from, to)
	m.Mean = sum / float64(m.N)
	m.M2, m.M3, m.M4 = secondPass(x, m.Mean)
	return n
}

// firstPass finds the sum and the ends of a column that is not empty; the sum is
// NaN where a value is missing. It runs in four strands, which a processor
// follows at the same time.
func firstPass(x []float64) (sum, lo, hi float64) {
	lo, hi = x[0], x[0]
	var s0, s1, s2, s3 float64
	for len(x) >= 4 {
		a, b, c, d := x[0], x[1], x[2], x[3]
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
		x = x[4:]
	}
	for _, v := range x {
		s0 += v
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	return (s0 + s1) + (s2 + s3), lo, hi
}

// replace puts to in the place of from, and adds up in the order of firstPass.
func replace(x []float64, from, to float64) (sum float64, n int) {
	var s0, s1, s2, s3 float64
	for len(x) >= 4 {
		a, b, c, d := x[0], x[1], x[2], x[3]
		if a == from {
			a, x[0], n = to, to, n+1
		}
		if b == from {
			b, x[1], n = to, to, n+1
		}
		if c == from {
			c, x[2], n = to, to, n+1
		}
		if d == from {
			d, x[3], n = to, to, n+1
		}
		s0, s1, s2, s3 = s0+a, s1+b, s2+c, s3+d
		x = x[4:]
	}
	for i, v := range x {
		if v == from {
			v, x[i], n = to, to, n+1
		}
		s0 += v
	}
	return (s0 + s1) + (s2 + s3), n
}

func replaceWithGaps(x []float64, from, to float64) (n int) {
	for i, v := range x {
		if v == from {
			x[i], n = to, n+1
		}
	}
	return n
}

// secondPass adds up the powers of the deviations from the mean, in two strands.
func secondPass(x []float64, mean float64) (m2, m3, m4 float64) {
	var a2, a3, a4, b2, b3, b4 float64
	for len(x) >= 2 {
		d, e := x[0]-mean, x[1]-mean
		dd, ee := d*d, e*e
		a2, a3, a4 = a2+dd, a3+dd*d, a4+dd*dd
		b2, b3, b4 = b2+ee, b3+ee*e, b4+ee*ee
		x = x[2:]
	}
	if len(x) > 0 {
		d := x[0] - mean
		dd := d * d
		a2, a3, a4 = a2+dd, a3+dd*d, a4+dd*dd
	}
	return a2 + b2, a3 + b3, a4 + b4
}

// momentsWithGaps is the slow way for a column with missing values, or none.
func momentsWithGaps(x []float64) Moments {
	n, lo, hi := 0, math.Inf(1), math.Inf(-1)
	for _, v := range x {
		if v == v {
			n, lo, hi = n+1, min(lo, v), max(hi, v)
		}
	}
	if n == 0 {
		return Moments{Mean: math.NaN(), Min: math.NaN(), Max: math.NaN()}
	}
	mean := totalWithGaps(x) / float64(n)
	m2, m3, m4 := secondPassWithGaps(x, mean)
	return Moments{n, mean, m2, m3, m4, lo, hi}
}

func totalWithGaps(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		if v == v {
			sum += v
		}
	}
	return sum
}

func secondPassWithGaps(x []float64, mean float64) (m2, m3, m4 float64) {
	for _, v := range x {
		if d := v - mean; d == d {
			dd := d * d
			m2, m3, m4 = m2+dd, m3+dd*d, m4+dd*dd
		}
	}
	return m2, m3, m4
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
func Mean(x []float64) float64 { return totalWithGaps(x) / float64(Count(x)) }
