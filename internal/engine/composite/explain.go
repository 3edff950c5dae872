package composite

import (
	"math"

	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/weigh"
)

// Part is what one element adds to a unit's index.
type Part struct {
	Element      int     // of Result.Elements
	Score        float64 // NaN where the element has none
	Contribution float64 // 0 where the element has no score
	Anchored     float64 // what anchoring the element adds to the index, above what its members do
}

// Explain decomposes the index of a row: the contributions of the members of a
// group, with what anchoring it adds, sum to the group's; those of all indicators,
// with what anchoring adds anywhere, sum to the index, within 1e-12 of its size. Each group is decomposed as its aggregation says (see
// aggregate.Rule.Contributions); a group of members that contribute c to a score
// passes on what it contributes itself in their proportion. The parts stand in
// the order of Result.Elements; a row without an index has none.
func (r *Result) Explain(row int) ([]Part, error) {
	t := r.plan.tree
	root := t.root()
	if math.IsNaN(r.Scores[root][row]) {
		return nil, nil
	}
	parts := make([]Part, len(t.codes))
	for e := range parts {
		parts[e] = Part{Element: e, Score: r.Scores[e][row]}
	}
	parts[root].Contribution = parts[root].Score
	// An element's members contribute rate × their part of its score, plus their
	// share of an offset, which is not 0 only where the score is 0.
	rate, offset := make([]float64, len(parts)), make([]float64, len(parts))
	rate[root] = 1
	for g := root; g >= t.leaves; g-- {
		if math.IsNaN(parts[g].Score) {
			continue
		}
		if err := r.pass(parts, rate, offset, g, row); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// pass hands what a group contributes on to its members.
func (r *Result) pass(parts []Part, rate, offset []float64, g, row int) error {
	members := r.plan.tree.members[g]
	values, weights, part := make([]float64, len(members)), make([]float64, len(members)), make([]float64, len(members))
	total := 0.0
	for k, m := range members {
		values[k], weights[k] = r.Scores[m][row], r.weightOf(m, row)
		if !math.IsNaN(values[k]) {
			total += weights[k]
		}
	}
	rule := r.plan.base.aggregate[g]
	score, err := rule.Contributions(part, values, weights)
	if err != nil {
		return err
	}
	scale := 1.0
	if by := r.plan.tree.groups[g].Weigh; by != nil && by.Method == weigh.BOD && score != 0 {
		scale = (parts[g].Score - r.shift(g, row)) / score // benefit of the doubt scales each unit's weights
	}
	parts[g].Anchored = rate[g] * r.shift(g, row)
	for k, m := range members {
		if math.IsNaN(values[k]) || weights[k] == 0 {
			continue
		}
		share := weights[k] / total
		c := rate[g]*scale*part[k] + offset[g]*share
		parts[m].Contribution = c
		switch {
		case rule.Method == aggregate.Arithmetic:
			rate[m], offset[m] = rate[g]*scale*share, offset[g]*share
		case values[k] != 0:
			rate[m] = c / values[k]
		default:
			offset[m] = c
		}
	}
	return nil
}
