package cli

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"peerscape/internal/app"
	"peerscape/internal/engine/composite"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// indexView is an index made ready, and what is needed to name things.
type indexView struct {
	framework *catalogue.Framework
	table     *composite.Table
	columns   *catalogue.Columns // nil for a table of the user's own
	plan      *composite.Plan
	app       *app.App // nil for a table of the user's own
	lang      string
	digest    string // SHA-256 of the user's own table
}

func (v *indexView) close() {
	if v.app != nil {
		_ = v.app.Close()
	}
}

// name names a unit: regions by their names.
func (v *indexView) name(unit string) string {
	if v.app != nil {
		if r, ok := v.app.Regions.Region(nuts.ID{Code: nuts.Code(unit), Version: nuts.Current}); ok {
			return r.Name
		}
	}
	return ""
}

// element names an element of the hierarchy.
func (v *indexView) element(code string) string {
	if v.app != nil {
		if i, err := v.app.Catalogue.Indicator(code); err == nil {
			return i.NameIn(v.lang)
		}
	}
	for _, g := range v.framework.Groups {
		if g.Code == code {
			return cmp.Or(g.Name[v.lang], g.Name["en"], code)
		}
	}
	for _, i := range v.framework.Indicators {
		if i.Code == code {
			return cmp.Or(i.Name[v.lang], i.Name["en"], code)
		}
	}
	return code
}

// row finds a unit.
func (v *indexView) row(r *composite.Result, unit string) (int, error) {
	var units []string
	for i, x := range r.Rows {
		if strings.EqualFold(x.Unit, unit) {
			return i, nil
		}
		units = append(units, x.Unit)
	}
	for _, l := range r.Report.LeftOut {
		if strings.EqualFold(l.Row.Unit, unit) {
			return 0, fault.New(fault.Missing, "index.left-out", "%s has only %d of %d indicators and was left out", l.Row.Unit, l.Present, l.Of).Do("Ask for a lower share in [screen], or fill missing figures")
		}
	}
	return 0, fault.Unknown("index.unit", "unit", unit, units)
}

// printedScore is what --json prints of a unit.
type printedScore struct {
	Unit   string              `json:"unit"`
	Period string              `json:"period,omitempty"`
	Name   string              `json:"name,omitempty"`
	Rank   *float64            `json:"rank"`
	Scores map[string]*float64 `json:"scores"`
}

// scores lists the units by rank with the index and its groups one level below.
func (v *indexView) scores(r *composite.Result, limit int) *table {
	root := len(r.Codes) - 1
	shown := []int{root}
	for e := range r.Codes {
		if r.Parent[e] == root {
			shown = append(shown, e)
		}
	}
	t := &table{title: v.element(r.Codes[root]), columns: []column{{name: "Rank", right: true}, {name: "Unit"}, {name: "Name"}}}
	for _, e := range shown {
		t.columns = append(t.columns, column{name: v.element(r.Codes[e]), right: true})
	}
	order := make([]int, len(r.Rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.Rows[a].Period, r.Rows[b].Period), last(r.Ranks[a], r.Ranks[b]), cmp.Compare(r.Rows[a].Unit, r.Rows[b].Unit))
	})
	out := []printedScore{}
	for _, i := range order {
		if limit > 0 && len(out) == limit {
			break
		}
		p := printedScore{Unit: r.Rows[i].Unit, Name: v.name(r.Rows[i].Unit), Rank: pointer(r.Ranks[i]), Scores: map[string]*float64{}}
		if r.Rows[i].Period != 0 {
			p.Period = r.Rows[i].Period.String()
		}
		for e, code := range r.Codes {
			p.Scores[code] = pointer(r.Scores[e][i])
		}
		cells := []string{format(r.Ranks[i], 0), r.Rows[i].String(), p.Name}
		for _, e := range shown {
			cells = append(cells, format(r.Scores[e][i], 1))
		}
		t.add(cells...)
		out = append(out, p)
	}
	t.notes = v.sources(r)
	t.value = out
	return t
}

// last compares ranks, those without one behind the others.
func last(a, b float64) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	}
	return cmp.Compare(a, b)
}

// sources says what the index stands on.
func (v *indexView) sources(r *composite.Result) []string {
	notes := []string{fmt.Sprintf("%d units, %d of %d indicators; %d cells filled, %d units left out with too few figures.",
		len(r.Rows), len(r.Prepared)-len(r.Report.Absent), len(r.Prepared), len(r.Report.Filled), len(r.Report.LeftOut))}
	for _, n := range r.Notes {
		about := "Note"
		if group, ok := n.Args["group"]; ok {
			about = fmt.Sprintf("Note on %v", group)
		}
		notes = append(notes, about+": "+n.Error()+".")
	}
	var wholes []string
	for i, whole := range r.Whole {
		if whole {
			wholes = append(wholes, r.Rows[i].String())
		}
	}
	if len(wholes) > 0 {
		notes = append(notes, "Others are anchored to "+strings.Join(wholes, ", ")+", without rank themselves.")
	}
	if len(r.Report.Absent) > 0 {
		notes = append(notes, "Without figures and left out: "+strings.Join(r.Report.Absent, ", ")+".")
	}
	if v.columns == nil {
		return notes
	}
	return append(notes, "Figures: "+strings.Join(v.from(), ", ")+". Source: Eurostat; computed by us.")
}

// from lists period, dataset and vintage of each indicator of the database.
func (v *indexView) from() []string {
	var from []string
	for _, s := range v.columns.Sources {
		if s.Values > 0 {
			from = append(from, fmt.Sprintf("%s %s (%s %s)", s.Indicator.Code, s.Period, s.Origin.Dataset, s.Origin.Vintage.Label))
		}
	}
	return from
}
