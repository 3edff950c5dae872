package uncertainty

import (
	"math/bits"
	"math/rand/v2"
)

// sequence is a Sobol sequence (Sobol 1967) with nested uniform scrambling (Owen
// 1995): numbers that fill the unit cube more evenly than independent ones, with
// estimators that stay unbiased. Any point can be had by its number, up to 2^32.
//
// The direction numbers follow from primitive polynomials over GF(2) in order of
// degree, and from first numbers drawn once and for all.
type sequence struct {
	directions [][32]uint32 // [dimension][bit]
	seeds      []uint64     // of the scrambling, one a dimension
}

func newSequence(dimensions int, seed uint64) *sequence {
	s := &sequence{directions: make([][32]uint32, dimensions), seeds: make([]uint64, dimensions)}
	first := rand.New(rand.NewPCG(3, 7)) // the same for every seed: the scrambling alone is random
	polynomials := primitives(dimensions - 1)
	for j := range dimensions {
		s.seeds[j] = mix(mix(seed) ^ mix(uint64(j)+1))
		if j == 0 {
			for k := range 32 {
				s.directions[0][k] = 1 << (31 - k)
			}
			continue
		}
		s.directions[j] = directions(polynomials[j-1], first)
	}
	return s
}

// directions computes the direction numbers of one dimension by the recurrence
// of Bratley and Fox (1988).
func directions(p uint32, first *rand.Rand) (v [32]uint32) {
	degree := bits.Len32(p) - 1
	for k := range v {
		if k < degree {
			v[k] = (2*first.Uint32N(1<<k) + 1) << (31 - k)
			continue
		}
		v[k] = v[k-degree] ^ v[k-degree]>>degree
		for l := 1; l < degree; l++ {
			if p>>(degree-l)&1 == 1 {
				v[k] ^= v[k-l]
			}
		}
	}
	return v
}

// primitives returns the first primitive polynomials over GF(2), as bits.
func primitives(n int) []uint32 {
	var out []uint32
	for degree := 1; len(out) < n; degree++ {
		for p := uint32(1)<<degree | 1; p>>(degree+1) == 0 && len(out) < n; p += 2 {
			if orderOf(p, degree) == 1<<degree-1 {
				out = append(out, p)
			}
		}
	}
	return out
}

// orderOf returns the lowest power of x that is 1 modulo p, which has a constant
// term.
func orderOf(p uint32, degree int) int {
	for x, k := uint32(1), 1; ; k++ {
		if x <<= 1; x>>degree&1 == 1 {
			x ^= p
		}
		if x == 1 {
			return k
		}
	}
}

// point writes the coordinates of point i into dst.
func (s *sequence) point(i uint32, dst []float64) {
	for j := range dst {
		x := uint32(0)
		for rest := i; rest != 0; rest &= rest - 1 {
			x ^= s.directions[j][bits.TrailingZeros32(rest)]
		}
		dst[j] = (float64(scramble(x, s.seeds[j])) + 0.5) / (1 << 32)
	}
}

// scramble flips each bit of x at random, depending on the bits above it.
func scramble(x uint32, seed uint64) uint32 {
	flips := uint32(0)
	for k := range 32 {
		above := uint64(1)<<k | uint64(x)>>(32-k)
		flips |= uint32(mix(seed^above)>>63) << (31 - k)
	}
	return x ^ flips
}
