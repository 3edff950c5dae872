package cli

import (
	"fmt"
	"slices"
	"strconv"

	"peerscape/internal/engine/composite"
)

// printedCheck is what --json prints of a check.
type printedCheck struct {
	Indicators   []printedStatistic   `json:"indicators"`
	Correlations []printedCorrelation `json:"correlations"`
	Groups       []printedConsistency `json:"groups"`
}

type printedStatistic struct {
	Indicator string   `json:"indicator"`
	N         int      `json:"n"`
	Missing   int      `json:"missing"`
	Min       *float64 `json:"min"`
	Max       *float64 `json:"max"`
	Mean      *float64 `json:"mean"`
	SD        *float64 `json:"sd"`
	Skew      *float64 `json:"skew"`
	Kurtosis  *float64 `json:"kurtosis"`
	Outliers  bool     `json:"outliers"`
	Weight    *float64 `json:"effectiveWeight"`
}

type printedCorrelation struct {
	Group   string   `json:"group"`
	A       string   `json:"a"`
	B       string   `json:"b"`
	R       *float64 `json:"r"`
	Warning string   `json:"warning,omitempty"`
}

type printedConsistency struct {
	Group string   `json:"group"`
	Alpha *float64 `json:"alpha"`
	Units int      `json:"units"`
	Why   string   `json:"why,omitempty"` // there is none
}

// check prints what to look at before trusting an index.
func (v *indexView) check(r *composite.Result) *table {
	c, out := r.Check(), printedCheck{Correlations: []printedCorrelation{}, Groups: []printedConsistency{}}
	t := &table{
		title: v.element(r.Codes[len(r.Codes)-1]) + ": check",
		columns: []column{
			{name: "Indicator"},
			{name: "n", right: true},
			{name: "Missing", right: true},
			{name: "Min", right: true},
			{name: "Max", right: true},
			{name: "Mean", right: true},
			{name: "SD", right: true},
			{name: "Skew", right: true},
			{name: "Kurtosis", right: true},
			{name: "Outliers"},
			{name: "Weight in the index", right: true},
		},
	}
	for _, x := range c.Statistics {
		m, absent := x.Moments, x.Moments.N == 0
		p := printedStatistic{
			Indicator: r.Codes[x.Element], N: m.N, Missing: x.Missing, SD: pointer(m.SD()), Skew: pointer(m.Skewness()), Kurtosis: pointer(m.Kurtosis()),
			Outliers: x.Outliers, Weight: pointer(r.Effective[x.Element]),
		}
		low, high, mean, flag := "–", "–", "–", ""
		if !absent {
			p.Min, p.Max, p.Mean = &m.Min, &m.Max, &m.Mean
			low, high, mean = figure(m.Min), figure(m.Max), figure(m.Mean)
		}
		if x.Outliers {
			flag = "yes"
		}
		t.add(v.element(p.Indicator), strconv.Itoa(m.N), strconv.Itoa(x.Missing), low, high, mean, figure(m.SD()), format(m.Skewness(), 2), format(m.Kurtosis(), 2), flag, percentOrNone(r.Effective[x.Element]))
		out.Indicators = append(out.Indicators, p)
	}
	t.notes = []string{"Figures before treatment. Outliers: skewness and kurtosis both fail the framework's test, or 2 and 3.5 where it has none."}
	slices.SortStableFunc(c.Associations, func(a, b composite.Association) int { return last(a.R, b.R) })
	for _, a := range c.Associations {
		p := printedCorrelation{r.Codes[a.Group], r.Codes[a.A], r.Codes[a.B], pointer(a.R), a.Warning()}
		if p.Warning != "" {
			t.notes = append(t.notes, fmt.Sprintf("Look at %s and %s in %s: their scores correlate by %s; %s.", v.element(p.A), v.element(p.B), v.element(p.Group), format(a.R, 2), p.Warning))
		}
		out.Correlations = append(out.Correlations, p)
	}
	for _, g := range c.Consistencies {
		p := printedConsistency{Group: r.Codes[g.Group], Alpha: pointer(g.Alpha), Units: g.Units}
		line := fmt.Sprintf("Cronbach's alpha of %s: %s over %d units.", v.element(p.Group), format(g.Alpha, 2), g.Units)
		if g.Why != nil {
			p.Why = g.Why.What
			line = fmt.Sprintf("Cronbach's alpha of %s: none, because %s.", v.element(p.Group), p.Why)
		}
		t.notes = append(t.notes, line)
		out.Groups = append(out.Groups, p)
	}
	t.value = out
	return t
}
