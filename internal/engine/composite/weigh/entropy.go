package weigh

import "math"

// FromEntropy returns weights by Shannon's entropy: a member that is spread
// evenly over the units tells little and weighs little. With p = x / sum x the
// weight is in proportion to 1 + sum p ln p / ln n, where n is the number of
// units that count for the member. It refuses negative figures, a member without
// spread and fewer than two units. No published reference case is known.
func FromEntropy(t Table, missing Missing) ([]float64, Coverage, error) {
	columns, cover, err := t.counted(missing, 2)
	if err != nil {
		return nil, cover, err
	}
	w := make([]float64, len(columns))
	for j, c := range columns {
		for _, v := range c {
			if v < 0 {
				return nil, cover, refuse("engine.negative", "%s has the negative figure %g, and entropy weights need figures of 0 or more", t.name(j), v).
					Do("Normalise with a method that gives no negative values, such as min-max")
			}
		}
		w[j] = divergence(c)
	}
	return w, cover, scale(w, t.names())
}

// divergence returns 1 - h of one column. It adds (1+d) ln(1+d) - d over the
// relative deviations d from the mean, which sum to zero: no term is negative,
// so that a nearly even column keeps its digits.
func divergence(x []float64) float64 {
	n, top := 0.0, 0.0
	for _, v := range x {
		if v == v {
			n, top = n+1, max(top, v)
		}
	}
	total := 0.0
	for _, v := range x {
		if v == v {
			total += v / top // of relative size, so that nothing overflows
		}
	}
	s := 0.0
	for _, v := range x {
		if v != v {
			continue
		}
		d := v/top*n/total - 1
		if d <= -1 {
			s++
			continue
		}
		s += max(0, (1+d)*math.Log1p(d)-d)
	}
	return s / n / math.Log(n)
}
