package sample

import (
	"math"
	"slices"
)

// Sorted puts the values of x into dst in ascending order and returns it;
// dst's memory is reused.
func Sorted(dst, x []float64) []float64 {
	dst = dst[:0]
	for _, v := range x {
		if v == v {
			dst = append(dst, v)
		}
	}
	slices.Sort(dst)
	return dst
}

// Quantile returns the quantile of order p, from 0 to 1, of values in ascending
// order by linear interpolation between order statistics (type 7 of Hyndman and
// Fan 1996); NaN where there is no value.
func Quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := p * float64(len(sorted)-1)
	low := min(max(int(at), 0), len(sorted)-1)
	high := min(low+1, len(sorted)-1)
	share := min(max(at-float64(low), 0), 1)
	return sorted[low] + share*(sorted[high]-sorted[low])
}

// Median returns the middle value, or the mean of the two in the middle; NaN
// where x has no value. It allocates a copy of x.
func Median(x []float64) float64 {
	return Quantile(Sorted(make([]float64, 0, len(x)), x), 0.5)
}
