package composite

import (
	"errors"
	"math"
)

// Anchoring shifts the scores of parts to those of the whole (see Anchor) before
// they are aggregated further. Wholes and parts are rows of one table: a row is a
// whole where some row names its unit as group, in a panel in the same period.
// Wholes are scored and not ranked. They are imputed, treated and scaled as any
// row is, which goalposts that the framework states do not notice.
type Anchoring struct {
	Group  string // attribute of the rows: the unit of the whole
	Weight string // column, such as the population
	Level  int    // of the groups that are shifted; 0 means 2, the groups made of indicators
}

// anchoring is what an Anchoring means for the rows that are left.
type anchoring struct {
	level  int
	parts  []int     // rows
	group  []string  // of each part: the row of its whole, as text
	weight []float64 // of each part
	wholes map[string]int
	whole  []bool // by row
}

// anchors finds wholes and parts among the rows that are left.
func (p *Plan) anchors() error {
	f := p.framework.Anchor
	if f == nil {
		return nil
	}
	groups, err := p.table.attribute(f.Group, "anchoring")
	if err != nil {
		return err
	}
	weights, err := p.table.column(f.Weight, "anchoring")
	if err != nil {
		return err
	}
	a := &anchoring{level: f.Level, wholes: map[string]int{}, whole: make([]bool, len(p.rows))}
	if a.level == 0 {
		a.level = 2
	}
	if err := p.anchorLevel(a.level); err != nil {
		return err
	}
	row := make(map[Row]int, len(p.rows))
	for k, r := range p.rows {
		row[r] = k
	}
	name := func(k int) string { return Row{Unit: groups.Values[p.kept[k]], Period: p.rows[k].Period}.String() }
	for k, r := range p.rows {
		if at, ok := row[Row{Unit: groups.Values[p.kept[k]], Period: r.Period}]; ok {
			a.wholes[name(k)], a.whole[at] = at, true
		}
	}
	for k := range p.rows {
		if a.whole[k] {
			continue
		}
		group := name(k)
		if groups.Values[p.kept[k]] == "" {
			group = ""
		}
		a.parts, a.group, a.weight = append(a.parts, k), append(a.group, group), append(a.weight, weights.Values[p.kept[k]])
	}
	if len(a.parts) < 2 {
		return refuse("engine.anchor-parts", "fewer than two rows are parts of a whole").Do("Name in the column %s the whole that each row is a part of", f.Group)
	}
	p.anchoring = a
	return nil
}

// anchorLevel checks that every indicator comes to the index through one group
// of the level, so that nothing is left unanchored in silence.
func (p *Plan) anchorLevel(level int) error {
	t := p.tree
	if level < 2 || level > t.level[t.root()] {
		return refuse("engine.anchor-level", "scores are to be anchored at level %d of the hierarchy", level).
			Do("Write a level from 2, the groups made of indicators, to %d, the index", t.level[t.root()])
	}
	for j := range t.leaves {
		at := j
		for at >= 0 && t.level[at] != level {
			at = t.parent[at]
		}
		if at < 0 {
			return refuse("engine.anchor-level", "%s is in no group of level %d, so that it would not be anchored", t.codes[j], level).
				Do("Put it into a group of its own, or choose another level")
		}
	}
	return nil
}

// anchor shifts the scores of a group, and keeps by how much where anyone asks.
func (p *Plan) anchor(w *work, g int) error {
	a := p.anchoring
	if a == nil || p.tree.level[g] != a.level {
		return nil
	}
	scores, whole := make([]float64, len(a.parts)), make(map[string]float64, len(a.wholes))
	for k, i := range a.parts {
		scores[k] = w.scores[g][i]
	}
	for name, i := range a.wholes {
		whole[name] = w.scores[g][i]
	}
	if err := Anchor(scores, scores, a.group, a.weight, whole); err != nil {
		return p.anchorFault(g, err)
	}
	shift := make([]float64, len(p.rows))
	for k, i := range a.parts {
		if !math.IsNaN(scores[k]) {
			shift[i] = scores[k] - w.scores[g][i]
		}
		w.scores[g][i] = scores[k]
	}
	w.shifts[g] = shift
	return nil
}

// anchorFault names the row and the group in a refusal.
func (p *Plan) anchorFault(g int, err error) error {
	if e, ok := errors.AsType[*AnchorError](err); ok {
		row := p.rows[p.anchoring.parts[e.Row]]
		f := e.fault()
		switch e.Why {
		case GroupUnnamed:
			f.What = row.String() + " has a score and no group to anchor it to"
		case WeightUnknown:
			f.What = row.String() + " has no weight of 0 or more"
		}
		err = f.Because(e)
	}
	err = named(err, p.tree.codes[g])
	return err
}

// silence takes the scores of wholes away, so that they are not ranked.
func (a *anchoring) silence(scores []float64) {
	if a == nil {
		return
	}
	for i, whole := range a.whole {
		if whole {
			scores[i] = math.NaN()
		}
	}
}

// shift returns by how much anchoring moved a row's score of an element.
func (r *Result) shift(e, row int) float64 {
	if s := r.shifts[e]; s != nil {
		return s[row]
	}
	return 0
}
