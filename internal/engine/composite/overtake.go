package composite

import (
	"math"
	"slices"

	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/sample"
)

// Change is what one indicator alone would have to become for a row to reach
// the next better one.
type Change struct {
	Element int
	Score   float64 // normalised score that is needed
	Value   float64 // in the indicator's own unit, treatment set aside; NaN where the normalisation cannot be turned back
	Within  bool    // whether any row shows such a score
}

// Overtake says which row stands one place before a row, and for each indicator
// what it would have to be for the two to be equal: everything else, treatment,
// scaling and what anchoring adds included, stays as it is. Indicators that cannot close the gap
// alone, however good, are left out. The next row is -1 for the first one. The
// smallest changes, as a share of what rows show, come first.
func (r *Result) Overtake(row int) (next int, changes []Change, err error) {
	root := r.plan.tree.root()
	index := r.Scores[root]
	next = r.before(row)
	if next < 0 || math.IsNaN(index[row]) {
		return next, nil, nil
	}
	size := make([]float64, len(r.plan.tree.codes))
	for j := range r.plan.tree.leaves {
		now := r.Scores[j][row]
		if math.IsNaN(now) || r.weightOf(j, row) == 0 {
			continue
		}
		m := sample.MomentsOf(r.Scores[j])
		needed, ok, err := r.needed(row, j, now, index[next])
		if err != nil {
			return next, nil, err
		}
		if !ok {
			continue
		}
		size[j] = (needed - now) / (m.Max - m.Min)
		changes = append(changes, Change{Element: j, Score: needed, Value: r.natural(j, row, needed), Within: needed <= m.Max})
	}
	slices.SortStableFunc(changes, func(a, b Change) int {
		if d := size[a.Element] - size[b.Element]; d != 0 {
			return int(math.Copysign(1, d))
		}
		return a.Element - b.Element
	})
	return next, changes, nil
}

// before returns the row of the same period with the lowest index above the row's
// own, -1 if none.
func (r *Result) before(row int) int {
	index, next := r.ranked(), -1
	for i, x := range index {
		if r.Rows[i].Period == r.Rows[row].Period && x > index[row] && (next < 0 || x < index[next]) {
			next = i
		}
	}
	return next
}

// reach is how far above its present score an indicator is tried, in ranges of
// what rows show; the first try goes as far as step.
const step, reach = 1. / 16, 4.

// needed finds by halving the score of an indicator at which a row's index is
// the one wanted. Every mean rises with every member, so there is one at most. A
// penalty for imbalance turns the index down again where one member runs away
// from the others: so tries begin near.
func (r *Result) needed(row, leaf int, now, want float64) (score float64, ok bool, err error) {
	m := sample.MomentsOf(r.Scores[leaf])
	low, high := now, now
	for far := step; !ok; far *= 2 {
		if far > reach {
			return 0, false, nil
		}
		low, high = high, now+far*(m.Max-m.Min)
		top, err := r.indexWith(row, leaf, high)
		if err != nil {
			return 0, false, err
		}
		ok = top >= want
	}
	for range 200 {
		mid := low + (high-low)/2
		if mid <= low || mid >= high {
			break
		}
		x, err := r.indexWith(row, leaf, mid)
		if err != nil {
			return 0, false, err
		}
		if x >= want {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true, nil
}

// indexWith computes a row's index with one indicator's score changed; NaN where
// a mean on the way up cannot take what comes.
func (r *Result) indexWith(row, leaf int, score float64) (float64, error) {
	t := r.plan.tree
	var w aggregate.Workspace
	dst := make([]float64, 1)
	for at := leaf; at != t.root(); at = t.parent[at] {
		g := t.parent[at]
		var members [][]float64
		var weights []float64
		for _, m := range t.members[g] {
			x := r.Scores[m][row]
			if m == at {
				x = score
			}
			members, weights = append(members, []float64{x}), append(weights, r.weightOf(m, row))
		}
		rule := r.plan.base.aggregate[g]
		if rule.Method.Ordinal() {
			return 0, refuse("engine.no-decomposition", "the aggregation %s of %s compares rows with each other, so that no single score changes a place", rule.Method, t.codes[g]).
				Do("Aggregate with a mean")
		}
		if w.Group(dst, members, weights, rule) != nil { // the rule is sound: it computed the index
			return math.NaN(), nil
		}
		score = dst[0] + r.shift(g, row)
	}
	return score, nil
}

// natural turns a row's normalised score back into the indicator's unit.
func (r *Result) natural(leaf, row int, score float64) float64 {
	scale := &r.Scales[leaf]
	for y := range r.Years {
		if r.Years[y].Scales != nil && r.Years[y].Period == r.Rows[row].Period {
			scale = &r.Years[y].Scales[leaf]
		}
	}
	if from, slope, ok := scale.Line(); ok && slope != 0 {
		return (score - from) / slope
	}
	return math.NaN()
}
