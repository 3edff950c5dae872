package chart

import (
	"math"
	"slices"
)

// Classes is how many classes the sequential scale has.
const Classes = 6

// Limits returns round numbers that part values into at most Classes classes
// of about equal count: class i holds what lies from limit i-1 up to but not
// including limit i. Fewer limits come back where the values differ too little.
// NaN is passed over. No class is narrower than least, 0 for any. If anchor lies
// between the limits, the nearest limit becomes it (EU = 100).
func Limits(values []float64, least, anchor float64) []float64 {
	sorted := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	if len(sorted) == 0 || sorted[0] == sorted[len(sorted)-1] {
		return nil
	}
	spread := Quantile(sorted, 0.9) - Quantile(sorted, 0.1)
	if spread <= 0 {
		spread = sorted[len(sorted)-1] - sorted[0]
	}
	var best []float64
	for step := range steps(spread) {
		if step < least*(1-1e-9) {
			break
		}
		got := rounded(sorted, step)
		if len(got) > len(best) {
			best = got
		}
		if len(best) == Classes-1 {
			break
		}
	}
	return anchored(best, anchor)
}

// steps yields round widths from coarse to fine.
func steps(spread float64) func(func(float64) bool) {
	return func(yield func(float64) bool) {
		exp := math.Ceil(math.Log10(spread))
		for e := exp + 1; e > exp-4; e-- {
			for _, m := range []float64{5, 2, 1} {
				if !yield(m * math.Pow(10, e-1)) {
					return
				}
			}
		}
	}
}

// rounded cuts sorted values at the multiples of step next to their sixths,
// leaving out limits that would make an empty class.
func rounded(sorted []float64, step float64) []float64 {
	var out []float64
	for i := 1; i < Classes; i++ {
		v := math.Round(Quantile(sorted, float64(i)/Classes)/step) * step
		v = math.Round(v*1e9) / 1e9
		below, _ := slices.BinarySearch(sorted, v)
		last := 0
		if len(out) > 0 {
			last, _ = slices.BinarySearch(sorted, out[len(out)-1])
		}
		if below > last && below < len(sorted) {
			out = append(out, v)
		}
	}
	return out
}

func anchored(limits []float64, anchor float64) []float64 {
	if len(limits) == 0 || math.IsNaN(anchor) || anchor <= limits[0] || anchor >= limits[len(limits)-1] {
		return limits
	}
	near := 0
	for i, v := range limits {
		if math.Abs(v-anchor) < math.Abs(limits[near]-anchor) {
			near = i
		}
	}
	limits[near] = anchor
	return limits
}

// Class returns the class of v, from 1; 0 for NaN.
func Class(limits []float64, v float64) int {
	if math.IsNaN(v) {
		return 0
	}
	n := 1
	for _, l := range limits {
		if v >= l {
			n++
		}
	}
	return n
}

// Quantile returns the value below which the share q of sorted lies, by linear
// interpolation (Hyndman and Fan 1996, type 7). sorted must not be empty.
func Quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i >= len(sorted)-1 {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// Ticks returns round numbers that span lo to hi in at most n steps; the first
// is at or below lo and the last at or above hi, but for a billionth of a step.
func Ticks(lo, hi float64, n int) []float64 {
	if !(hi > lo) {
		pad := max(1, math.Abs(lo)/10)
		lo, hi = lo-pad, hi+pad
	}
	exp := math.Floor(math.Log10((hi - lo) / float64(n)))
	for ; ; exp++ {
		for _, m := range []float64{1, 2, 5} {
			step := m * math.Pow(10, exp)
			first, last := math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
			if last-first > float64(n) {
				continue
			}
			var out []float64
			for i := first; i <= last; i++ {
				out = append(out, math.Round(i*step*1e9)/1e9)
			}
			return out
		}
	}
}
