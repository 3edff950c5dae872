package weigh

import "math/rand/v2"

// Noise puts w * (1 + U(-f, f)) for each weight w into dst, which has the same
// length and may be weights itself. One draw is taken a weight, also for one of
// zero, so that the stream does not depend on the weights. They are not scaled
// again: aggregation does that within each group. It refuses an f outside 0 to 1
// and allocates nothing otherwise.
func Noise(dst, weights []float64, f float64, random *rand.Rand) error {
	if !(f >= 0 && f <= 1) {
		return refuse("engine.weight-noise", "the noise on weights is %g", f).Do("Write a share from 0 to 1: 0.25 for a quarter up and down")
	}
	for k, w := range weights {
		dst[k] = w * (1 + f*(2*random.Float64()-1))
	}
	return nil
}
