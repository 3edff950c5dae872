package aggregate

import (
	"cmp"
	"math"
	"slices"

	"peerscape/internal/fault"
)

// flat is the order below which a power mean is the geometric mean to the last
// bit, and above which its formula keeps its figures.
const flat = 1e-100

// powerMean returns (sum w x^p)^(1/p) for weights that sum to 1, and the
// geometric mean for p = 0. Values are taken relative to the one that counts
// most, so that no power leaves the range of numbers, and powers less 1, so that
// small orders lose no figures.
func powerMean(x, weights []float64, p float64) float64 {
	s := 0.0
	if math.Abs(p) < flat {
		p = 0
	}
	switch p {
	case 1:
		for k, v := range x {
			s += weights[k] * v
		}
		return s
	case 0:
		for k, v := range x {
			s += weights[k] * math.Log(v)
		}
		return math.Exp(s)
	case -1:
		for k, v := range x {
			s += weights[k] / v
		}
		return 1 / s
	case 0.5:
		for k, v := range x {
			s += weights[k] * math.Sqrt(v)
		}
		return s * s
	}
	top := slices.Max(x)
	if top == 0 {
		return 0
	}
	if p < 0 {
		top = slices.Min(x)
	}
	for k, v := range x {
		s += weights[k] * math.Expm1(p*math.Log(v/top))
	}
	return top * math.Exp(math.Log1p(s)/p)
}

// spread returns mean and variance of the values: divisor n for AMPI, n-1 for
// MPI (with weights: their share times n/(n-1)).
func (r Rule) spread(x, weights []float64) (mean, variance float64) {
	mean = powerMean(x, weights, 1)
	for k, v := range x {
		variance += weights[k] * (v - mean) * (v - mean)
	}
	if n := float64(len(x)); r.Method == MPI && n > 1 {
		variance *= n / (n - 1)
	}
	return mean, variance
}

// penalised returns M - S²/M, or M + S²/M where imbalance is rewarded
// (Mazziotta and Pareto 2016): S is of the sample for MPI, of the population for
// AMPI, whose S times coefficient of variation is the same expression.
func (r Rule) penalised(x, weights []float64) (float64, error) {
	m, s2 := r.spread(x, weights)
	if !(m > 0) {
		return 0, fault.New(fault.Invalid, "engine.mean-not-positive", "the aggregation %s needs a positive mean, and a unit has %g", r.Method, m).
			Do("Normalise to mean 100 and standard deviation 10 (mpi) or to 70-130 (ampi)")
	}
	if r.Reward {
		return m + s2/m, nil
	}
	return m - s2/m, nil
}

// short is what mean-min takes from the mean for a distance of mean and minimum
// (Casadio Tarabusi and Guarini 2013): alpha (sqrt(d² + beta²) - beta).
func (r Rule) short(d float64) float64 {
	return r.Alpha * (math.Hypot(d, r.Beta) - r.Beta)
}

// ordered returns the ordered weighted average (Yager 1988). Where members are
// missing, the position weights are read as a distribution over the share of
// places and cut anew for the places that are left. It sorts x.
func (r Rule) ordered(x []float64) float64 {
	slices.SortFunc(x, func(a, b float64) int { return cmp.Compare(b, a) })
	s := 0.0
	for k, v := range x {
		s += r.position(k, len(x)) * v
	}
	return s
}

// position returns the weight of place k, from 0, of n.
func (r Rule) position(k, n int) float64 {
	if n == len(r.Positions) {
		return r.Positions[k] / sum(r.Positions)
	}
	return r.upTo(float64(k+1)/float64(n)) - r.upTo(float64(k)/float64(n))
}

// upTo returns the weight of the first places up to a share of all, linear
// between places.
func (r Rule) upTo(share float64) float64 {
	at := share * float64(len(r.Positions))
	whole := min(int(at), len(r.Positions))
	s := sum(r.Positions[:whole])
	if whole < len(r.Positions) {
		s += (at - float64(whole)) * r.Positions[whole]
	}
	return s / sum(r.Positions)
}
