package peers

import (
	"math"
	"math/bits"
)

// allNumeric is Gower's distance of every two units over variables that are
// numbers: sum of min(|a - b|, 1) by weight. The weight is put into the values, a
// gap stands as 0, and what a gap contributed is taken off again, variable by
// variable, so that the inner loop has no branch.
func (s *Set) allNumeric() [][]float64 {
	n, k := len(s.rows), len(s.share)
	words := (k + 63) / 64
	values, gaps := make([]float64, n*k), make([]uint64, n*words)
	most := make([]uint64, k) // the weight of a variable, as bits
	for v, w := range s.share {
		most[v] = math.Float64bits(w)
	}
	for i, row := range s.rows {
		for v, x := range row {
			if x == x {
				values[i*k+v] = x * s.share[v]
			} else {
				gaps[i*words+v/64] |= 1 << (v % 64)
			}
		}
	}
	out := square(n)
	for top := 0; top < n; top += tile {
		for left := 0; left <= top; left += tile {
			for i := top; i < min(top+tile, n); i++ {
				a, ga := values[i*k:(i+1)*k:(i+1)*k], gaps[i*words:(i+1)*words]
				for j := left; j < min(left+tile, i); j++ {
					b := values[j*k : (j+1)*k : (j+1)*k]
					d := s.without(a, b, ga, gaps[j*words:(j+1)*words], whole(a, b, most))
					out[i][j], out[j][i] = d, d
				}
			}
		}
	}
	return out
}

// tile is the side of a square of the table that is filled at once: what is
// written to its mirror stays in the nearest memory.
const tile = 32

// size is min(|d|, most) for a number that is not NaN: numbers that are not
// negative are in the order of their bits, which are compared without a branch.
func size(d float64, most uint64) float64 {
	return math.Float64frombits(min(math.Float64bits(d)&^(1<<63), most))
}

// whole sums four variables side by side.
func whole(a, b []float64, most []uint64) float64 {
	var s0, s1, s2, s3 float64
	b, most = b[:len(a)], most[:len(a)]
	v := 0
	for ; v+4 <= len(a); v += 4 {
		s0 += size(a[v]-b[v], most[v])
		s1 += size(a[v+1]-b[v+1], most[v+1])
		s2 += size(a[v+2]-b[v+2], most[v+2])
		s3 += size(a[v+3]-b[v+3], most[v+3])
	}
	for ; v < len(a); v++ {
		s0 += size(a[v]-b[v], most[v])
	}
	return s0 + s1 + (s2 + s3)
}

// without takes off a sum what variables contributed that one of the two units
// lacks, and divides by the weight that is left.
func (s *Set) without(a, b []float64, ga, gb []uint64, sum float64) float64 {
	known := 1.0
	for w := range ga {
		for lacking := ga[w] | gb[w]; lacking != 0; lacking &= lacking - 1 {
			v := w*64 + bits.TrailingZeros64(lacking)
			sum -= size(a[v]-b[v], math.Float64bits(s.share[v]))
			known -= s.share[v]
		}
	}
	switch {
	case known == 1:
		return sum
	case known < least-1e-12:
		return math.NaN()
	}
	return max(0, sum/known)
}
