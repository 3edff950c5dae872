package cli

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"peerscape/internal/engine/composite"
)

// without returns the view of the index without some elements.
func (v *indexView) without(codes []string) (*indexView, error) {
	out := *v
	for _, code := range codes {
		f, err := out.framework.Leave(code)
		if err != nil {
			return nil, err
		}
		out.framework = f
	}
	return &out, out.fit()
}

// other returns the view of the framework to compare with, over the same table.
func (c *indexCommand) other(s *session, v *indexView) (*indexView, error) {
	flags := c.indexFlags
	flags.Framework, flags.Set = c.Compare, nil
	out := *v
	var err error
	if out.framework, err = flags.changed(); err != nil {
		return nil, err
	}
	if v.columns != nil {
		if err := flags.figures(s, &out); err != nil {
			return nil, err
		}
	}
	return &out, out.fit()
}

// printedShifts is what --json prints of two indices.
type printedShifts struct {
	Mean     *float64       `json:"meanShift"`
	Largest  *float64       `json:"largestShift"`
	Spearman *float64       `json:"spearman"`
	Kendall  *float64       `json:"kendall"`
	Units    []printedShift `json:"units"`
}

type printedShift struct {
	Unit        string   `json:"unit"`
	Period      string   `json:"period,omitempty"`
	Name        string   `json:"name,omitempty"`
	RankBefore  *float64 `json:"rankBefore"`
	RankAfter   *float64 `json:"rankAfter"`
	Moved       *float64 `json:"moved"` // places up
	ScoreBefore *float64 `json:"scoreBefore"`
	ScoreAfter  *float64 `json:"scoreAfter"`
}

// compare sets a result beside that of another view, which came before.
func (v *indexView) compare(before *indexView, after *composite.Result, limit int) (*table, error) {
	r, err := before.plan.Compute()
	if err != nil {
		return nil, err
	}
	c := composite.Compare(r, after)
	slices.SortStableFunc(c.Shifts, func(a, b composite.Shift) int {
		return cmp.Or(cmp.Compare(a.Row.Period, b.Row.Period), last(a.RankAfter, b.RankAfter), cmp.Compare(a.Row.Unit, b.Row.Unit))
	})
	t := &table{
		title: v.element(after.Codes[len(after.Codes)-1]) + ": before and after",
		columns: []column{
			{name: "Rank after", right: true},
			{name: "Unit"},
			{name: "Name"},
			{name: "Rank before", right: true},
			{name: "Moved", right: true},
			{name: "Score before", right: true},
			{name: "Score after", right: true},
		},
	}
	out := printedShifts{Mean: pointer(c.Mean), Largest: pointer(c.Largest), Spearman: pointer(c.Spearman), Kendall: pointer(c.Kendall), Units: []printedShift{}}
	for n, x := range c.Shifts {
		if limit > 0 && n == limit {
			break
		}
		p := printedShift{
			Unit: x.Row.Unit, Name: v.name(x.Row.Unit), RankBefore: pointer(x.RankBefore), RankAfter: pointer(x.RankAfter),
			Moved: pointer(x.Moved()), ScoreBefore: pointer(x.ScoreBefore), ScoreAfter: pointer(x.ScoreAfter),
		}
		if x.Row.Period != 0 {
			p.Period = x.Row.Period.String()
		}
		t.add(format(x.RankAfter, 0), x.Row.String(), p.Name, format(x.RankBefore, 0), moved(x.Moved()), format(x.ScoreBefore, 1), format(x.ScoreAfter, 1))
		out.Units = append(out.Units, p)
	}
	t.notes = append([]string{fmt.Sprintf("%d units have a rank in both: they move by %s places on average and %s at most. Rank correlation %s (Spearman), %s (Kendall).",
		c.Both, format(c.Mean, 2), format(c.Largest, 0), format(c.Spearman, 3), format(c.Kendall, 3))}, v.sources(after)...)
	t.value = out
	return t, nil
}

// moved writes a number of places with its sign.
func moved(places float64) string {
	if places == 0 || math.IsNaN(places) {
		return format(places, 0)
	}
	return fmt.Sprintf("%+.0f", places)
}

// printedPlace is what --json prints of a unit's place in an indicator.
type printedPlace struct {
	Indicator string   `json:"indicator"`
	Value     *float64 `json:"value"`
	Score     *float64 `json:"score"`
	Rank      float64  `json:"rank"`
	Of        int      `json:"of"`
}

// mostPlaces is how many strengths, and how many weaknesses, a table shows.
const mostPlaces = 10

// strengths lists the indicators by the place of a unit, the best first; of many
// the middle is left out of the table.
func (v *indexView) strengths(r *composite.Result, unit string) (*table, error) {
	row, err := v.row(r, unit)
	if err != nil {
		return nil, err
	}
	places := r.Places(row)
	slices.SortStableFunc(places, func(a, b composite.Placed) int {
		return cmp.Or(cmp.Compare((a.Rank-0.5)/float64(a.Of), (b.Rank-0.5)/float64(b.Of)), cmp.Compare(a.Element, b.Element))
	})
	t := &table{
		title:   fmt.Sprintf("%s %s: strengths first, weaknesses last", r.Rows[row], v.name(r.Rows[row].Unit)),
		columns: []column{{name: "Indicator"}, {name: "Value", right: true}, {name: "Score", right: true}, {name: "Rank", right: true}, {name: "Of", right: true}},
		notes:   []string{"Rank 1 is best in the indicator's direction; equal scores share the better rank."},
	}
	out := []printedPlace{}
	for n, p := range places {
		out = append(out, printedPlace{r.Codes[p.Element], pointer(p.Value), pointer(p.Score), p.Rank, p.Of})
		if n >= mostPlaces && n < len(places)-mostPlaces {
			continue
		}
		t.add(v.element(r.Codes[p.Element]), figure(p.Value), format(p.Score, 1), format(p.Rank, 0), fmt.Sprint(p.Of))
	}
	if hidden := len(places) - 2*mostPlaces; hidden > 0 {
		t.notes = append(t.notes, fmt.Sprintf("%d indicators between are not shown; --json has all.", hidden))
	}
	t.value = out
	return t, nil
}
