package weigh

import (
	"math"

	"peerscape/internal/fault"
)

// Even returns n equal weights that sum to 1.
func Even(n int) []float64 {
	w := make([]float64, n)
	for k := range w {
		w[k] = 1 / float64(n)
	}
	return w
}

// FromGiven returns stated weights on a scale that sums to 1. It refuses a
// number of weights that is not that of the names, a negative or infinite
// weight, and weights that are all zero.
func FromGiven(given []float64, names []string) ([]float64, error) {
	if len(given) != len(names) {
		return nil, refuse("engine.weight-count", "%s for %s", plural(len(given), "weight"), plural(len(names), "member")).Do("Write one weight for each member")
	}
	w := append([]float64(nil), given...)
	return w, scale(w, names)
}

// scale divides weights by their sum, or says why it cannot.
func scale(w []float64, names []string) error {
	top := 0.0
	for k, v := range w {
		if !(v >= 0) || math.IsInf(v, 0) {
			return negativeWeight(names[k], v)
		}
		top = max(top, v)
	}
	if top == 0 {
		return refuse("engine.no-weight", "the weights sum to zero").Do("Give at least one member a weight above 0")
	}
	total := 0.0
	for k := range w {
		w[k] /= top // the sum of the largest numbers would overflow
		total += w[k]
	}
	for k := range w {
		w[k] /= total
	}
	return nil
}

func negativeWeight(name string, v float64) *fault.Error {
	return refuse("engine.weight", "the weight of %s is %g", name, v).Do("Write a weight of 0 or more").With("member", name)
}
