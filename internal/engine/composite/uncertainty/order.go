package uncertainty

import (
	"math"

	"peerscape/internal/engine/sample"
)

// order ranks the scores of one variant after another.
type order struct {
	ranker sample.Ranker
	real   []float64 // as the ranker gives them, NaN without score
	ranks  []uint16
}

func newOrder(units int) *order {
	return &order{real: make([]float64, units), ranks: make([]uint16, units)}
}

// rank ranks finite scores: 1 for the largest, equal scores share the lower
// number, 0 for a unit without score (NaN).
func (o *order) rank(scores []float64) {
	o.ranker.Rank(o.real, scores, sample.Descending, sample.TiesMin)
	for i, r := range o.real {
		o.ranks[i] = 0
		if !math.IsNaN(r) {
			o.ranks[i] = uint16(r)
		}
	}
}
