package sample

import (
	"cmp"
	"math"
	"slices"
)

// Ties says which rank equal values share.
type Ties uint8

// The rules for ties: for two values on places 2 and 3 the rank is 2, 2.5 or 3.
const (
	TiesMin Ties = iota
	TiesMean
	TiesMax
)

// Order says which end of a column has rank 1.
type Order uint8

// The orders.
const (
	Ascending  Order = iota // the smallest value has rank 1
	Descending              // the largest value has rank 1
)

// Ranker ranks columns. The zero value is ready; its memory is reused, so that
// it allocates only for a column longer than any before. It is not safe for use
// by several goroutines.
type Ranker struct{ places []place }

type place struct {
	value float64
	index int32
}

// Rank writes the rank of each value of x, from 1, into dst, which has the same
// length and may be x itself. A missing value has rank NaN and takes no place.
func (r *Ranker) Rank(dst, x []float64, o Order, t Ties) {
	r.places = r.places[:0]
	for i, v := range x {
		if v == v {
			if o == Descending {
				v = -v
			}
			r.places = append(r.places, place{v, int32(i)})
		} else {
			dst[i] = math.NaN()
		}
	}
	r.sort()
	for i := 0; i < len(r.places); {
		j := i + 1
		for j < len(r.places) && r.places[j].value == r.places[i].value {
			j++
		}
		rank := float64(i + 1)
		switch t {
		case TiesMean:
			rank = float64(i+1+j) / 2
		case TiesMax:
			rank = float64(j)
		}
		for ; i < j; i++ {
			dst[r.places[i].index] = rank
		}
	}
}

// sort orders the places: by insertion where there are few, which is the case
// within one sample of an uncertainty analysis.
func (r *Ranker) sort() {
	p := r.places
	if len(p) > 64 {
		slices.SortFunc(p, func(a, b place) int { return cmp.Compare(a.value, b.value) })
		return
	}
	for i := 1; i < len(p); i++ {
		next := p[i]
		j := i
		for ; j > 0 && p[j-1].value > next.value; j-- {
			p[j] = p[j-1]
		}
		p[j] = next
	}
}
