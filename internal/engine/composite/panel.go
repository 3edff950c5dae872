package composite

import (
	"strings"

	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// Year is what was done to the rows of one period, where each is treated or
// scaled by itself. Slices are by indicator.
type Year struct {
	Period     stats.Period
	Treatments []treat.Report
	Scales     []normalise.Scale // nil where one scale holds for all periods
}

// byYear sorts the rows by period, where the framework asks for it.
func (p *Plan) byYear() error {
	f := p.framework
	if !f.PerYear && !f.TreatPerYear {
		return nil
	}
	if !p.panel {
		what := "scales"
		if !f.PerYear {
			what = "treats"
		}
		return refuse("engine.no-panel", "the framework %s each year by itself, and the table has no years", what).
			Do("Give each row its period, or take the option away")
	}
	place := map[stats.Period]int{}
	for i, r := range p.rows {
		at, ok := place[r.Period]
		if !ok {
			at = len(p.years)
			place[r.Period], p.years = at, append(p.years, nil)
		}
		p.years[at] = append(p.years[at], i)
	}
	return nil
}

// newYears makes room for what becomes of each period.
func (p *Plan) newYears() []Year {
	out := make([]Year, len(p.years))
	for y, rows := range p.years {
		out[y] = Year{Period: p.rows[rows[0]].Period, Treatments: make([]treat.Report, p.tree.leaves)}
		if p.framework.PerYear {
			out[y].Scales = make([]normalise.Scale, p.tree.leaves)
		}
	}
	return out
}

// scaleByYear treats a column by periods, and scales it by periods or over all.
func (p *Plan) scaleByYear(w *work, v *variant, j int) error {
	points, last, passes := 0, treat.None, true
	for y, rows := range p.years {
		x := impute.Keep(v.table[j:j+1], rows)[0]
		part := columns(2, len(rows))
		var err error
		if p.framework.PerYear {
			err = p.scale(w, v, j, part[0], part[1], x)
		} else {
			err = v.treat[j].Apply(part[1], x, &w.report)
		}
		if err != nil {
			err = named(err, p.rows[rows[0]].Period.String())
			return err
		}
		for k, i := range rows {
			w.scores[j][i], w.treated[j][i] = part[0][k], part[1][k]
		}
		points, last, passes = points+w.report.Points, max(last, w.report.Transform), passes && w.report.Passes
		if w.years != nil {
			w.years[y].Treatments[j] = w.report
			if p.framework.PerYear {
				w.years[y].Scales[j] = w.scale
			}
		}
	}
	w.report.Before, w.report.After = sample.MomentsOf(v.table[j]), sample.MomentsOf(w.treated[j])
	w.report.Points, w.report.Transform, w.report.Passes = points, last, passes
	if p.framework.PerYear {
		return nil
	}
	if err := v.normalise[j].Fit(&w.scale, w.treated[j], &w.report.After); err != nil {
		return err
	}
	w.scale.Apply(w.scores[j], w.treated[j])
	return nil
}

// panelNotes say what cannot be compared between periods.
func (p *Plan) panelNotes(years []Year) (notes []*fault.Error) {
	switch {
	case p.years == nil:
		return nil
	case p.framework.PerYear:
		return []*fault.Error{refuse("engine.scaled-by-year", "each period is scaled by itself, so that scores of different periods cannot be compared")}
	}
	var mixed []string
	for j, code := range p.tree.codes[:p.tree.leaves] {
		for _, y := range years {
			if y.Treatments[j].Transform != years[0].Treatments[j].Transform {
				mixed = append(mixed, code)
				break
			}
		}
	}
	if len(mixed) > 0 {
		notes = append(notes, refuse("engine.treated-by-year", "each period is treated by itself, and %s came to be transformed in some periods alone: scores of these differ by more than the figures do", strings.Join(mixed, ", ")))
	}
	return notes
}
