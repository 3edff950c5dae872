package composite

import (
	"errors"
	"math"

	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/fault"
)

// variant is one way from the prepared table to the scores: what an uncertainty
// analysis may change. Slices are by indicator, by element and by group; a
// variant shares what it does not change with others and changes nothing of it.
type variant struct {
	table     [][]float64 // denominated, imputed, screened; not yet treated
	treat     []treat.Rule
	normalise []normalise.Rule
	aggregate []aggregate.Rule // by element; of no meaning for indicators
	weights   []float64        // by element, within the parent
}

// work is the memory of one computation. It is not safe for use by several
// goroutines; after the first computation it allocates nothing where scales are
// lines, weights are given and nothing is anchored.
type work struct {
	treated [][]float64
	scores  [][]float64 // by element: indicators normalised, then groups (see inLogarithms)
	shifts  [][]float64 // by element: what anchoring added; nil where it did not
	weights [][]float64 // found by the figures, by element; nil where they are given
	report  treat.Report
	scale   normalise.Scale
	years   []Year // of each period treated or scaled by itself; nil where nobody asks
	group   aggregate.Workspace
	notes   []*fault.Error // warnings of the last computation
	members [][]float64
	share   []float64
}

func (p *Plan) newWork() *work {
	n, rows := len(p.tree.codes), len(p.rows)
	w := &work{treated: columns(p.tree.leaves, rows), scores: columns(n, rows), weights: make([][]float64, n), shifts: make([][]float64, n)}
	w.members, w.share = make([][]float64, 0, n), make([]float64, 0, n)
	return w
}

// columns makes a table in one piece of memory, so that a pass over it runs
// straight ahead.
func columns(n, rows int) [][]float64 {
	all, out := make([]float64, n*rows), make([][]float64, n)
	for j := range out {
		out[j], all = all[:rows:rows], all[rows:]
	}
	return out
}

// compute fills w.scores: treatment, normalisation with direction, aggregation
// from the bottom to the index. observe, where it is not nil, is told of every
// indicator on the way.
func (p *Plan) compute(w *work, v *variant, observe func(indicator int, r *treat.Report, s *normalise.Scale)) error {
	w.notes = w.notes[:0]
	for j := range p.tree.leaves {
		if p.absent[j] {
			copy(w.treated[j], v.table[j])
			copy(w.scores[j], v.table[j])
			continue
		}
		var err error
		if p.years != nil {
			err = p.scaleByYear(w, v, j)
		} else {
			err = p.scale(w, v, j, w.scores[j], w.treated[j], v.table[j])
		}
		if err != nil {
			err = named(err, p.tree.codes[j])
			return err
		}
		if observe != nil {
			observe(j, &w.report, &w.scale)
		}
	}
	if observe == nil && p.inLogarithms(w, v) {
		return nil
	}
	for g := p.tree.leaves; g < len(p.tree.codes); g++ {
		if err := p.aggregate(w, v, g); err != nil {
			return err
		}
		if err := p.anchor(w, g); err != nil {
			return err
		}
	}
	return nil
}

// inLogarithms computes the index alone where all groups are geometric means of
// given weights without gaps: the scores of the groups below hold logarithms
// then. It reports whether it could.
func (p *Plan) inLogarithms(w *work, v *variant) bool {
	root := p.tree.root()
	if p.anchoring != nil {
		return false
	}
	for g := p.tree.leaves; g <= root; g++ {
		if v.aggregate[g].Method != aggregate.Geometric || p.tree.groups[g].Weigh != nil {
			return false
		}
	}
	for g := p.tree.leaves; g <= root; g++ {
		w.members, w.share = w.members[:0], w.share[:0]
		indicators := 0
		for _, m := range p.tree.members[g] { // indicators stand before groups
			w.members, w.share = append(w.members, w.scores[m]), append(w.share, v.weights[m])
			if m < p.tree.leaves {
				indicators++
			}
		}
		if !w.group.LogMean(w.scores[g], w.members, indicators, w.share) {
			return false
		}
	}
	for i, s := range w.scores[root] {
		w.scores[root][i] = math.Exp(s)
	}
	return true
}

// scale treats and normalises a column.
func (p *Plan) scale(w *work, v *variant, j int, scores, treated, x []float64) error {
	if err := v.treat[j].Apply(treated, x, &w.report); err != nil {
		return err
	}
	if err := v.normalise[j].Fit(&w.scale, treated, &w.report.After); err != nil {
		return err
	}
	w.scale.Apply(scores, treated)
	return nil
}

// aggregate makes the scores of a group from those of its members.
func (p *Plan) aggregate(w *work, v *variant, g int) error {
	w.members, w.share = w.members[:0], w.share[:0]
	for _, m := range p.tree.members[g] {
		w.members, w.share = append(w.members, w.scores[m]), append(w.share, v.weights[m])
	}
	var err error
	if rule := p.tree.groups[g].Weigh; rule != nil {
		err = p.weighAndAggregate(w, v, g, rule)
	} else {
		err = w.group.Group(w.scores[g], w.members, w.share, v.aggregate[g])
	}
	if err == nil {
		return nil
	}
	if ve, ok := errors.AsType[*aggregate.ValueError](err); ok {
		return p.valueFault(g, ve)
	}
	err = named(err, p.tree.codes[g])
	return err
}

// weighAndAggregate finds weights by the figures and multiplies them with the
// members' own.
func (p *Plan) weighAndAggregate(w *work, v *variant, g int, rule *weigh.Rule) error {
	t := weigh.Table{Columns: w.members, Names: make([]string, len(w.members)), Units: make([]string, len(p.rows))}
	for k, m := range p.tree.members[g] {
		t.Names[k] = p.tree.codes[m]
	}
	for i, r := range p.rows {
		t.Units[i] = r.String()
	}
	if code := p.tree.groups[g].Attribute; code != "" {
		a, err := p.table.attribute(code, p.tree.codes[g])
		if err != nil {
			return err
		}
		for _, i := range p.kept {
			t.Attribute = append(t.Attribute, a.Values[i])
		}
	}
	found, err := weigh.Find(*rule, t)
	if err != nil {
		return err
	}
	for _, note := range found.Notes {
		w.notes = append(w.notes, note.With("group", p.tree.codes[g]))
	}
	for k, m := range p.tree.members[g] {
		w.weights[m] = make([]float64, len(p.rows))
		for i := range p.rows {
			if found.ByUnit != nil {
				w.weights[m][i] = found.ByUnit[k][i] * w.share[k]
			} else {
				w.weights[m][i] = found.Weights[k] * w.share[k]
			}
		}
	}
	if found.ByUnit == nil {
		for k := range w.share {
			w.share[k] *= found.Weights[k]
		}
		return w.group.Group(w.scores[g], w.members, w.share, v.aggregate[g])
	}
	if rule.Method == weigh.BOD { // each unit's score under the weights that suit it best, 1 at most
		copy(w.scores[g], found.Scores)
		return nil
	}
	byUnit := make([][]float64, len(w.members))
	for k, m := range p.tree.members[g] {
		byUnit[k] = w.weights[m]
	}
	return w.group.GroupByUnit(w.scores[g], w.members, byUnit, v.aggregate[g])
}

// valueFault says in names which value a mean could not take.
func (p *Plan) valueFault(g int, ve *aggregate.ValueError) error {
	member := p.tree.members[g][ve.Member]
	return refuse("engine.value", "the %s mean of %s cannot take the score %.6g of %s for %s",
		ve.Rule.Method, p.tree.codes[g], ve.Value, p.tree.codes[member], p.rows[ve.Unit]).
		Do("Normalise to positive values, such as min-max from 1 to 100, or take the arithmetic mean").Because(ve)
}
