package normalise

import (
	"math"
	"sort"
)

// shape is how a scale turns a value into a score.
type shape uint8

const (
	line      shape = iota
	logarithm       // a line of logarithms
	ranks           // a line of ranks among the fitted values
	steps           // a score a class
)

// Scale turns values into scores. It is made by Rule.Fit and read only from then
// on, so that any number of goroutines may share it.
type Scale struct {
	shape shape

	// score = from + slope (sign x - shift); x in the indicator's unit is capped to
	// low..high first.
	sign, shift, slope, from float64
	low, high                float64

	sorted         []float64 // fitted values, turned
	n              float64
	limits, scores []float64
	bands          bool // a value on the lowest limit belongs to the class above it
}

// through sets the line that has the value from at shift and rises by slope.
func (s *Scale) through(sign, shift, slope, from float64) {
	s.sign, s.shift, s.slope, s.from = sign, shift, slope, from
}

// cap limits turned values; the limits are kept in the indicator's unit.
func (s *Scale) cap(sign, low, high float64) {
	s.low, s.high = min(sign*low, sign*high), max(sign*low, sign*high)
}

// Line returns the line score = from + slope x in the indicator's own unit; ok is
// false where the scale is none. Caps are left aside.
func (s *Scale) Line() (from, slope float64, ok bool) {
	if s.shape != line {
		return 0, 0, false
	}
	return s.from - s.slope*s.shift, s.slope * s.sign, true
}

// Apply writes the scores of x into dst, which may be x. NaN stays NaN; log
// goalposts give NaN to a value that is not positive, which the column they were
// fitted to cannot have unless it is capped.
func (s *Scale) Apply(dst, x []float64) {
	switch {
	case s.shape == steps:
		for i, v := range x {
			dst[i] = s.step(s.sign * v)
		}
	case s.shape == ranks:
		for i, v := range x {
			dst[i] = s.from + s.slope*(s.rank(s.sign*v)-s.shift)
		}
	case s.shape == logarithm:
		for i, v := range x {
			dst[i] = s.from + s.slope*(logarithmOf(s.capped(v))-s.shift)
		}
	case s.low > math.Inf(-1) || s.high < math.Inf(1):
		for i, v := range x {
			dst[i] = s.from + s.slope*(s.sign*s.capped(v)-s.shift)
		}
	default:
		dst = dst[:len(x)]
		shift, slope, from := s.shift*s.sign, s.slope*s.sign, s.from
		for i, v := range x {
			dst[i] = from + slope*(v-shift)
		}
	}
}

// logarithmOf is NaN where there is none, at 0 too.
func logarithmOf(v float64) float64 {
	if !(v > 0) {
		return math.NaN()
	}
	return math.Log(v)
}

// capped keeps NaN: neither comparison holds for it.
func (s *Scale) capped(v float64) float64 {
	if v < s.low {
		return s.low
	}
	if v > s.high {
		return s.high
	}
	return v
}

// rank is one more than the number of fitted values below.
func (s *Scale) rank(v float64) float64 {
	if v != v {
		return v
	}
	return float64(1 + sort.SearchFloat64s(s.sorted, v))
}

// step returns the score of the class that a value falls into. A value on a limit
// belongs to the class below it, on a limit of bands to the middle.
func (s *Scale) step(v float64) float64 {
	if v != v {
		return v
	}
	k := sort.Search(len(s.limits), func(k int) bool { return v <= s.limits[k] })
	if k == 0 && s.bands && v == s.limits[0] {
		k = 1
	}
	return s.scores[k]
}
