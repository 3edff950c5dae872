package treat

import (
	"math"

	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// transform writes the transformed column into dst; rep has the moments of x.
func (r *Rule) transform(dst, x []float64, rep *Report) error {
	m := &rep.Before
	if m.Constant() {
		copy(dst, x) // a column without spread has no outlier, and keeps its one value
		return nil
	}
	switch r.Then {
	case Log:
		if !(m.Min > 0) {
			return fault.New(fault.Invalid, "engine.not-positive", "the logarithm of %g cannot be taken", m.Min).
				Do("Take log-ct, which shifts the column first, or another treatment")
		}
		logarithms(dst, x, 0, 0)
	case LogCT:
		logarithms(dst, x, m.Min, 0.01*(m.Max-m.Min))
	case BoxCox:
		rep.Lambda = r.Lambda
		if r.FindLambda {
			rep.Lambda = likeliest(x, m.Min)
		}
		boxCox(dst, x, m.Min, rep.Lambda)
	default:
		copy(dst, x)
	}
	return nil
}

// finite refuses what overflowed, such as a large power of a wide column.
func (r *Rule) finite(m *sample.Moments) error {
	if m.N == 0 || m.Min >= -math.MaxFloat64 && m.Max <= math.MaxFloat64 {
		return nil
	}
	return fault.New(fault.Invalid, "engine.too-large", "the transform %s makes figures too large to compute with", r.Then).
		Do("Write a smaller lambda, or take log-ct")
}

// logarithms writes ln(x - low + lift): low is taken away first, so that a column
// far from 0 keeps its figures.
func logarithms(dst, x []float64, low, lift float64) {
	for i, v := range x {
		dst[i] = math.Log(v - low + lift)
	}
}

// boxCox writes (y^l - 1)/l for y = x - low + 1, ln y for l = 0 (Box and Cox
// 1964). It is expm1(l log1p(x - low))/l, which keeps its figures for small l, for
// narrow columns and for columns far from 0.
func boxCox(dst, x []float64, low, l float64) {
	for i, v := range x {
		y := math.Log1p(v - low)
		if math.Abs(l) > 1e-100 {
			y = math.Expm1(l*y) / l
		}
		dst[i] = y
	}
}

// likeliest returns the lambda of greatest profile likelihood between -5 and 5:
// the best of a grid, refined by golden sections to 1e-8.
func likeliest(x []float64, low float64) float64 {
	logs, n := 0.0, 0.0
	for _, v := range x {
		if v == v {
			logs, n = logs+math.Log1p(v-low), n+1
		}
	}
	y := make([]float64, len(x))
	likelihood := func(l float64) float64 {
		boxCox(y, x, low, l)
		m := sample.MomentsOf(y)
		if !(m.M2 > 0 && m.M2 <= math.MaxFloat64) {
			return math.Inf(-1) // no figure left to judge by
		}
		return -n/2*math.Log(m.M2/n) + (l-1)*logs
	}
	const end, step = 5, 0.25
	best, most := 0.0, math.Inf(-1)
	for l := -float64(end); l <= end; l += step {
		if k := likelihood(l); k > most {
			best, most = l, k
		}
	}
	from, to := max(-end, best-step), min(end, best+step)
	golden := (math.Sqrt(5) - 1) / 2
	for to-from > 1e-8 {
		a, b := to-golden*(to-from), from+golden*(to-from)
		if likelihood(a) > likelihood(b) {
			to = b
		} else {
			from = a
		}
	}
	return (from + to) / 2
}
