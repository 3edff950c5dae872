package cli

import (
	"fmt"
	"math"
	"slices"

	"peerscape/internal/engine/composite/uncertainty"
	"peerscape/internal/fault"
)

// printedPair is what --json prints of two units.
type printedPair struct {
	Unit        string   `json:"unit"`
	Rank        *float64 `json:"rank"`
	Against     string   `json:"against"`
	AgainstRank *float64 `json:"againstRank"`
	Before      *float64 `json:"before"` // share of variants; ties count half; null if no variant has both
}

// against says in how many variants each other unit stands before one, or a
// single other does.
func (v *variation) against() (*table, error) {
	j, err := v.row(v.nominal, v.command.Against)
	if err != nil {
		return nil, err
	}
	if v.unit == j {
		return nil, fault.New(fault.Invalid, "cli.against", "%s cannot stand before itself", v.code(j)).Do("Name two units by --unit and --against")
	}
	r, err := v.variants(true)
	if err != nil {
		return nil, err
	}
	t := &table{
		title:   v.title("who stands before " + v.label(j) + ", rank " + format(v.nominal.Ranks[j], 0)),
		columns: []column{{name: "Rank", right: true}, {name: "Unit"}, {name: "Name"}, {name: "Before", right: true}, {name: "Behind", right: true}},
	}
	out := []printedPair{}
	for _, i := range v.listed() {
		if i == j {
			continue
		}
		p := v.pair(r, i, j)
		t.add(format(v.nominal.Ranks[i], 0), p.Unit, v.name(p.Unit), shareOrNone(p.Before), shareOrNone(rest(p.Before)))
		out = append(out, p)
	}
	t.notes, t.value = v.notes(r, "Before, behind: share of the variants in which the unit of the line stands before or behind "+v.code(j)+"; ties count half."+sampled(r)), out
	return t, nil
}

// pairs says of neighbours in rank how sure their order is.
func (v *variation) pairs() (*table, error) {
	rows := slices.DeleteFunc(v.byRank(), func(i int) bool { return math.IsNaN(v.nominal.Ranks[i]) })
	r, err := v.variants(true)
	if err != nil {
		return nil, err
	}
	t := &table{
		title: v.title("how sure the order of neighbours is"),
		columns: []column{
			{name: "Rank", right: true},
			{name: "Unit"},
			{name: "Name"},
			{name: "Before", right: true},
			{name: "Next", right: true},
			{name: "Unit after"},
			{name: "Its name"},
		},
	}
	out := []printedPair{}
	for k := 0; k+1 < len(rows) && k < v.command.Pairs; k++ {
		i, j := rows[k], rows[k+1]
		p := v.pair(r, i, j)
		t.add(format(v.nominal.Ranks[i], 0), p.Unit, v.name(p.Unit), shareOrNone(p.Before), format(v.nominal.Ranks[j], 0), p.Against, v.name(p.Against))
		out = append(out, p)
	}
	t.notes, t.value = v.notes(r, "Before: share of the variants in which the unit stands before the next; ties count half."+sampled(r)), out
	return t, nil
}

func (v *variation) pair(r *uncertainty.Result, i, j int) printedPair {
	out := printedPair{Unit: v.code(i), Rank: pointer(v.nominal.Ranks[i]), Against: v.code(j), AgainstRank: pointer(v.nominal.Ranks[j])}
	if p, ok := r.Beats(i, j); ok {
		out.Before = &p
	}
	return out
}

// sampled says how far a share of drawn variants may be off, at the most, where
// they are drawn.
func sampled(r *uncertainty.Result) string {
	if r.Exact {
		return ""
	}
	return fmt.Sprintf(" A share is that of a sample: within ±%.1f points of the share of all variants, 19 times in 20.", 98/math.Sqrt(float64(r.N)))
}

func rest(p *float64) *float64 {
	if p == nil {
		return nil
	}
	q := 1 - *p
	return &q
}

func shareOrNone(p *float64) string {
	if p == nil {
		return "–"
	}
	return share(*p)
}
