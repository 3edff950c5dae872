package aggregate

import (
	"cmp"
	"math"
	"slices"

	"peerscape/internal/fault"
)

// Contributions writes into dst what each member adds to the score of one unit,
// so that they sum to it; the score is returned. A missing member adds 0. The
// decompositions are:
//
//   - arithmetic: w x
//   - power mean M of order p: M w x^p / sum(w x^p); for p = 0 M w
//   - MPI and AMPI: w x, less (or plus) the member's part of the variance over M
//   - mean-min: w x, less what the smallest member (or members, equally) costs
//   - OWA: the weight of the member's place times x; equal values share theirs
//
// Methods that compare units, and functions of the caller's, do not decompose
// and are refused. The weights need not sum to 1.
func (r Rule) Contributions(dst, values, weights []float64) (score float64, err error) {
	if r.Method.Ordinal() || r.Method == Custom {
		return 0, fault.New(fault.Invalid, "engine.no-decomposition", "the aggregation %s has no contributions that sum to its score", r.Method).
			Do("Explain it by comparing units, or aggregate with a mean")
	}
	var x, w []float64
	total := 0.0
	for j, v := range values {
		if v == v && weights[j] > 0 {
			if !r.Takes(v) {
				return 0, &ValueError{r, j, 0, v}
			}
			x, w, total = append(x, v), append(w, weights[j]), total+weights[j]
		}
	}
	for k := range w {
		w[k] /= total
	}
	if len(x) == 0 {
		clear(dst)
		return math.NaN(), nil
	}
	part := slices.Clone(w)
	r.parts(part, x, w)
	if score, err = r.score(slices.Clone(x), w); err != nil {
		return 0, err
	}
	k := 0
	for j, v := range values {
		dst[j] = 0
		if v == v && weights[j] > 0 {
			dst[j] = part[k]
			k++
		}
	}
	return score, nil
}

// parts writes the contributions of complete values; the weights sum to 1.
func (r Rule) parts(part, x, w []float64) {
	if p, ok := r.order(); ok {
		powerParts(part, x, w, p)
		return
	}
	mean, variance := r.spread(x, w)
	for k := range x {
		part[k] = w[k] * x[k]
	}
	switch r.Method {
	case MPI, AMPI:
		r.spreadParts(part, x, w, mean, variance)
	case MeanMin:
		least := slices.Min(x)
		n := 0.0
		for _, v := range x {
			if v == least {
				n++
			}
		}
		for k, v := range x {
			if v == least {
				part[k] -= r.short(mean-least) / n
			}
		}
	case OWA:
		r.placeParts(part, x)
	}
}

func powerParts(part, x, w []float64, p float64) {
	m, s := powerMean(x, w, p), 0.0
	top := slices.Max(x)
	if p < 0 {
		top = slices.Min(x)
	}
	for k, v := range x {
		switch {
		case p == 1:
			part[k] = w[k] * v
		case math.Abs(p) < flat:
			part[k] = w[k] * m
		case top == 0:
			part[k] = 0
		default:
			part[k] = w[k] * math.Pow(v/top, p)
			s += part[k]
		}
	}
	if s > 0 {
		for k := range part {
			part[k] *= m / s
		}
	}
}

func (r Rule) spreadParts(part, x, w []float64, mean, variance float64) {
	own := 0.0
	for k, v := range x {
		own += w[k] * (v - mean) * (v - mean)
	}
	if own == 0 {
		return
	}
	penalty := variance / mean
	if !r.Reward {
		penalty = -penalty
	}
	for k, v := range x {
		part[k] += penalty * w[k] * (v - mean) * (v - mean) / own
	}
}

func (r Rule) placeParts(part, x []float64) {
	order := make([]int, len(x))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(x[b], x[a]) })
	for from := 0; from < len(order); {
		to, weight := from, 0.0
		for ; to < len(order) && x[order[to]] == x[order[from]]; to++ {
			weight += r.position(to, len(x))
		}
		for place := from; place < to; place++ {
			part[order[place]] = weight / float64(to-from) * x[order[place]]
		}
		from = to
	}
}
