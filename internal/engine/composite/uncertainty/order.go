package uncertainty

import (
	"math"
	"slices"
)

// order ranks the scores of one variant after another. It starts from the order
// of the variant before, which is nearly right when variants are alike.
type order struct {
	places []place // in descending order of scores, those without score last
	scored int     // how many have a score
	ranks  []uint16
}

type place struct {
	score float64
	unit  int32
}

func newOrder(units int) *order {
	o := &order{places: make([]place, units), ranks: make([]uint16, units)}
	for i := range o.places {
		o.places[i].unit = int32(i)
	}
	return o
}

// rank ranks finite scores: 1 for the largest, equal scores share the lower
// number, 0 for a unit without score (NaN).
func (o *order) rank(scores []float64) {
	p := o.places
	o.scored = len(p)
	for i := range p {
		s := scores[p[i].unit]
		if s != s {
			s = math.Inf(-1)
			o.scored--
		}
		p[i].score = s
	}
	o.sort()
	rank := uint16(0)
	last := math.Inf(1)
	for i, q := range p[:o.scored] {
		if q.score < last {
			rank, last = uint16(i+1), q.score
		}
		o.ranks[q.unit] = rank
	}
	for _, q := range p[o.scored:] {
		o.ranks[q.unit] = 0
	}
}

// sort inserts one after another, which costs next to nothing where little has
// changed. Many units that have changed places are left to the library.
func (o *order) sort() {
	p := o.places
	moves := 64*64 + 32*len(p)
	for i := 1; i < len(p); i++ {
		next := p[i]
		j := i
		for ; j > 0 && p[j-1].score < next.score; j-- {
			p[j] = p[j-1]
		}
		p[j] = next
		if moves -= i - j; moves < 0 {
			slices.SortFunc(p, descending)
			return
		}
	}
}

func descending(a, b place) int {
	switch {
	case a.score > b.score:
		return -1
	case a.score < b.score:
		return 1
	}
	return 0
}
