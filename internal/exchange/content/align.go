package content

// Limits of the search for what two lists have in common.
const (
	// mostDiffering is how many entries a step of the search lets differ before
	// it takes the best it has seen.
	mostDiffering = 256

	// mostSteps bounds a whole search: about a tenth of a second. What it has
	// not reached then counts as different.
	mostSteps = 16 << 20
)

// align marks the entries that both lists have in common in the same order:
// equally many in both, equal one by one. It is the algorithm of E. W. Myers,
// "An O(ND) difference algorithm and its variations", Algorithmica 1 (1986),
// section 4b, in linear space and with the limits above: within them no longer
// sequence exists. The steps that it takes go off left.
func align(a, b []int32, left *int) (keepA, keepB []bool) {
	s := search{
		a: a, b: b, keepA: make([]bool, len(a)), keepB: make([]bool, len(b)), left: *left,
	}
	s.box(0, len(a), 0, len(b))
	*left = s.left
	return s.keepA, s.keepB
}

type search struct {
	a, b         []int32
	keepA, keepB []bool
	left         int // steps

	// How far along a each diagonal was reached with so many differences, from
	// the start and from the end. Diagonal k stands at k + mostDiffering + 1.
	ahead, back [2*mostDiffering + 3]int
}

// box aligns a[a0:a1] with b[b0:b1].
func (s *search) box(a0, a1, b0, b1 int) {
	for {
		for a0 < a1 && b0 < b1 && s.a[a0] == s.b[b0] {
			s.keepA[a0], s.keepB[b0] = true, true
			a0, b0 = a0+1, b0+1
		}
		for a0 < a1 && b0 < b1 && s.a[a1-1] == s.b[b1-1] {
			a1, b1 = a1-1, b1-1
			s.keepA[a1], s.keepB[b1] = true, true
		}
		if a0 == a1 || b0 == b1 || s.left <= 0 {
			return
		}
		x, y := s.middle(a0, a1, b0, b1)
		s.box(a0, a0+x, b0, b0+y)
		a0, b0 = a0+x, b0+y
	}
}

// middle returns a point on a shortest way through the box, or the furthest one
// that was reached. Neither corner is it. The box has entries on both sides,
// unlike ones at its start and at its end.
func (s *search) middle(a0, a1, b0, b1 int) (x, y int) {
	const mid = mostDiffering + 1
	n, m := a1-a0, b1-b0
	delta := n - m
	s.ahead[mid], s.back[mid] = 0, 0
	fewA, mostA, fewB, mostB := 0, 0, 0, 0 // diagonals reached ahead, and back
	for d := 1; d <= mostDiffering; d++ {
		fewA, mostA = widen(&s.ahead, fewA, mostA, n, m)
		for k := fewA; k <= mostA; k += 2 {
			x := further(&s.ahead, k)
			y, from := x-k, x
			for x < n && y < m && s.a[a0+x] == s.b[b0+y] {
				x, y = x+1, y+1
			}
			s.left -= x - from + 2
			s.ahead[mid+k] = x
			if r := delta - k; delta&1 != 0 && r >= fewB && r <= mostB && x+s.back[mid+r] >= n {
				return x, y
			}
		}
		fewB, mostB = widen(&s.back, fewB, mostB, n, m)
		for k := fewB; k <= mostB; k += 2 {
			x := further(&s.back, k)
			y, from := x-k, x
			for x < n && y < m && s.a[a1-1-x] == s.b[b1-1-y] {
				x, y = x+1, y+1
			}
			s.left -= x - from + 2
			s.back[mid+k] = x
			if r := delta - k; delta&1 == 0 && r >= fewA && r <= mostA && x+s.ahead[mid+r] >= n {
				return n - x, m - y
			}
		}
		if s.left <= 0 {
			break
		}
	}
	best := -1
	for k := fewA; k <= mostA; k += 2 {
		reached := s.ahead[mid+k]
		if reached <= n && reached-k <= m && 2*reached-k > best { // a way along an edge runs one too far
			best, x, y = 2*reached-k, reached, reached-k
		}
	}
	return x, y
}

// widen returns the diagonals that one more difference reaches, within a box of
// n by m, and marks those beside them as not reached.
func widen(v *[2*mostDiffering + 3]int, few, most, n, m int) (int, int) {
	const mid = mostDiffering + 1
	if few > -m {
		few--
		v[mid+few-1] = -1
	} else {
		few++
	}
	if most < n {
		most++
		v[mid+most+1] = -1
	} else {
		most--
	}
	return few, most
}

// further returns how far diagonal k is reached from its neighbours.
func further(v *[2*mostDiffering + 3]int, k int) int {
	const mid = mostDiffering + 1
	if left, right := v[mid+k-1], v[mid+k+1]; left >= right {
		return left + 1
	} else {
		return right
	}
}
