package weigh

import (
	"gonum.org/v1/gonum/mat"
)

// Alpha returns Cronbach's alpha of the members (Cronbach 1951),
// Q/(Q-1) * (1 - sum of variances / variance of the sum), where the variance of
// the sum is the sum of all covariances, so that it is there with missing
// figures too. It is 1 at most and may be negative. It refuses fewer than two
// members, fewer than two units, a member without spread, and members whose sum
// has none.
func Alpha(t Table, missing Missing) (float64, Coverage, error) {
	if err := t.check(); err != nil {
		return 0, Coverage{}, err
	}
	q := float64(len(t.Columns))
	if q < 2 {
		return 0, Coverage{}, refuse("engine.one-member", "the consistency of fewer than two members has no meaning").Do("Choose a group of at least two")
	}
	columns, cover, err := t.counted(missing, 2)
	if err != nil {
		return 0, cover, err
	}
	m := matrix(columns, Covariance)
	all, trace := mat.Sum(m), mat.Trace(m)
	if !(all > 1e-12*trace) {
		return 0, cover, refuse("engine.no-common-spread", "the sum of the members is the same for every unit").Do("Look for members that mirror each other, and turn one round")
	}
	return q / (q - 1) * (1 - trace/all), cover, nil
}
