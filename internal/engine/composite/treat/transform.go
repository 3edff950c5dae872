package treat

import (
	"math"

	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// transform writes the transformed column into dst.
func (r *Rule) transform(dst, x []float64, meter *sample.Meter, rep *Report) error {
	m := meter.Of(x)
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
		each(dst, x, math.Log)
	case LogCT:
		shift := 0.01*(m.Max-m.Min) - m.Min
		each(dst, x, func(v float64) float64 { return math.Log(v + shift) })
	case BoxCox:
		rep.Lambda = r.Lambda
		if r.FindLambda {
			rep.Lambda = likeliest(x, 1-m.Min, meter)
		}
		boxCox(dst, x, 1-m.Min, rep.Lambda)
	default:
		copy(dst, x)
	}
	return nil
}

func each(dst, x []float64, f func(float64) float64) {
	for i, v := range x {
		dst[i] = f(v)
	}
}

// boxCox writes (y^l - 1)/l for y = x + shift, ln y for l = 0 (Box and Cox 1964).
// It is expm1(l ln y)/l, which keeps its figures for small l.
func boxCox(dst, x []float64, shift, l float64) {
	for i, v := range x {
		y := math.Log(v + shift)
		if math.Abs(l) > 1e-100 {
			y = math.Expm1(l*y) / l
		}
		dst[i] = y
	}
}

// likeliest returns the lambda of greatest profile likelihood between -5 and 5:
// the best of a grid, refined by golden sections to 1e-8.
func likeliest(x []float64, shift float64, meter *sample.Meter) float64 {
	logs, n := 0.0, 0.0
	for _, v := range x {
		if v == v {
			logs, n = logs+math.Log(v+shift), n+1
		}
	}
	y := make([]float64, len(x))
	likelihood := func(l float64) float64 {
		boxCox(y, x, shift, l)
		m := meter.Of(y)
		return -n/2*math.Log(m.M2/n) + (l-1)*logs
	}
	const end, step = 5, 0.25
	best, most := 0.0, math.Inf(-1)
	for l := -float64(end); l <= end; l += step {
		if k := likelihood(l); k > most {
			best, most = l, k
		}
	}
	low, high := max(-end, best-step), min(end, best+step)
	golden := (math.Sqrt(5) - 1) / 2
	for high-low > 1e-8 {
		a, b := high-golden*(high-low), low+golden*(high-low)
		if likelihood(a) > likelihood(b) {
			high = b
		} else {
			low = a
		}
	}
	return (low + high) / 2
}
