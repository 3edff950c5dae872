package composite_test

import (
	"math"
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/stats"
)

// anchored is two components of two indicators, and two countries of two parts
// each. Figures are scores already.
func anchored() (*composite.Framework, *composite.Table) {
	f := &composite.Framework{
		Code: "anchored", Normalise: normalise.Rule{Method: normalise.Scaled, Divide: 1},
		Anchor: &composite.Anchoring{Group: "country", Weight: "people"},
		Groups: []composite.Group{{Code: "index"}, {Code: "one", Parent: "index", Weight: 1}, {Code: "two", Parent: "index", Weight: 3}},
	}
	for _, i := range [][2]string{{"a", "one"}, {"b", "one"}, {"c", "two"}, {"d", "two"}} {
		f.Indicators = append(f.Indicators, composite.Indicator{Code: i[0], Parent: i[1], Weight: 1, Direction: composite.MoreIsBetter})
	}
	t := &composite.Table{
		Rows:       []composite.Row{{Unit: "A1"}, {Unit: "A2"}, {Unit: "A"}, {Unit: "B1"}, {Unit: "B2"}, {Unit: "B"}},
		Attributes: []composite.Attribute{{Code: "country", Values: []string{"A", "A", "", "B", "B", "B"}}},
		Columns: []composite.Column{
			{Code: "people", Values: []float64{1, 3, gap, 2, 2, gap}},
			{Code: "a", Values: []float64{40, 60, 50, 10, 30, 40}},
			{Code: "b", Values: []float64{60, 80, 70, 10, 30, 40}},
			{Code: "c", Values: []float64{10, 20, 30, 40, 50, 60}},
			{Code: "d", Values: []float64{10, 20, 30, 40, 50, 60}},
		},
	}
	return f, t
}

// Component one of A1 is 50 and of A2 70, their mean with 1 and 3 people 65; A
// itself has 60, so both lose 5. Component two: 10 and 20, mean 17.5, A has 30.
func TestAnchoredByHand(t *testing.T) {
	f, table := anchored()
	r := compute(t, f, table)
	equal(t, "component one", r.Scores[r.Element("one")], []float64{45, 65, 60, 30, 50, 40})
	equal(t, "component two", r.Scores[r.Element("two")], []float64{22.5, 32.5, 30, 55, 65, 60})
	equal(t, "the index", r.Index(), []float64{28.125, 40.625, 37.5, 48.75, 61.25, 55})
	equal(t, "ranks without wholes", r.Ranks, []float64{4, 3, gap, 2, 1, gap})
	// A1 adds 50/4 by component one, less 5/4 by anchoring.
	parts, err := r.Explain(0)
	if err != nil {
		t.Fatal(err)
	}
	if p := parts[r.Element("one")]; p.Contribution != 11.25 || p.Anchored != -1.25 || parts[0].Contribution != 5 || parts[1].Contribution != 7.5 {
		t.Errorf("component one adds %+v, its indicators %+v and %+v", p, parts[0], parts[1])
	}
	// The next above A2 is B1: 8.125 in the index are 65 in one indicator of four.
	next, changes, err := r.Overtake(1)
	if err != nil || next != 3 || len(changes) == 0 {
		t.Fatalf("the next is %d (%v), with %v", next, err, changes)
	}
	for _, c := range changes {
		if r.Codes[c.Element] == "c" && math.Abs(c.Score-(20+8.125*8/3)) > 1e-9 {
			t.Errorf("c would have to be %g, want %g", c.Score, 20+8.125*8/3)
		}
	}
	f.Anchor.Level = 3 // the index itself
	r = compute(t, f, table)
	if got := r.Index()[0]*0.25 + r.Index()[1]*0.75; math.Abs(got-r.Index()[2]) > 1e-12 {
		t.Errorf("the index of A's parts has the mean %g, A has %g", got, r.Index()[2])
	}
}

// Contributions and what anchoring adds sum to the index, under every mean.
func TestAnchoredContributionsSum(t *testing.T) {
	for _, rule := range []aggregate.Rule{{}, {Method: aggregate.Geometric}, {Method: aggregate.Power, Order: 0.5}, {Method: aggregate.Harmonic}} {
		f, table := anchored()
		f.Aggregate = rule
		r := compute(t, f, table)
		for i := range r.Rows {
			parts, err := r.Explain(i)
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for _, p := range parts {
				if sum += p.Anchored; r.Level[p.Element] == 1 {
					sum += p.Contribution
				}
			}
			if math.Abs(sum-r.Index()[i]) > 1e-12*r.Index()[i] {
				t.Errorf("%s, %s: parts sum to %.15g, the index is %.15g", rule.Method, r.Rows[i], sum, r.Index()[i])
			}
		}
	}
}

// A panel is anchored within each period, and a variant as the index is.
func TestAnchoredPanelAndVariants(t *testing.T) {
	f, table := anchored()
	p, err := composite.New(f, table)
	if err != nil {
		t.Fatal(err)
	}
	f.Choices = []composite.Choice{{Name: "mean", Aggregate: []aggregate.Rule{{}, {Method: aggregate.Geometric}}}}
	m, err := p.Model(f.Choices)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "a variant", run(t, m, 0), []float64{28.125, 40.625, gap, 48.75, 61.25, gap})
	n := len(table.Rows)
	for i := range n {
		table.Rows[i].Period = stats.Year(2020)
		table.Rows = append(table.Rows, composite.Row{Unit: table.Rows[i].Unit, Period: stats.Year(2021)})
	}
	table.Attributes[0].Values = append(table.Attributes[0].Values, table.Attributes[0].Values...)
	for j := range table.Columns {
		c := &table.Columns[j]
		for i := range n {
			c.Values = append(c.Values, c.Values[i]*2)
		}
	}
	r := compute(t, f, table)
	if r.Index()[0] != 28.125 || r.Index()[n] != 56.25 || r.Ranks[n] != 4 {
		t.Errorf("A1 has %g in 2020 and %g in 2021", r.Index()[0], r.Index()[n])
	}
}

func TestAnchoringRefuses(t *testing.T) {
	type F = composite.Framework
	type T = composite.Table
	for _, c := range []struct {
		name   string
		change func(*F, *T)
		key    string
		words  []string
	}{
		{"no attribute", func(f *F, _ *T) { f.Anchor.Group = "land" }, "engine.no-attribute", []string{"land", "anchoring"}},
		{"no column", func(f *F, _ *T) { f.Anchor.Weight = "peopel" }, "engine.no-column", []string{"peopel", "people"}},
		{"a level too low", func(f *F, _ *T) { f.Anchor.Level = 1 }, "engine.anchor-level", []string{"level 1"}},
		{"a level too high", func(f *F, _ *T) { f.Anchor.Level = 4 }, "engine.anchor-level", []string{"level 4"}},
		{"an indicator past the level", func(f *F, _ *T) { f.Indicators[0].Parent = "index" }, "engine.anchor-level", []string{"a is in no group of level 2"}},
		{"a part without whole", func(_ *F, t *T) { t.Attributes[0].Values[0] = "C" }, "engine.anchor-whole", []string{"one", "C has no score"}},
		{"a part without group", func(_ *F, t *T) { t.Attributes[0].Values[3] = "" }, "engine.anchor-group", []string{"B1 has a score and no group"}},
		{"a part without weight", func(_ *F, t *T) { t.Columns[0].Values[1] = gap }, "engine.anchor-weight", []string{"A2 has no weight"}},
		{"weights of zero", func(_ *F, t *T) { t.Columns[0].Values[0], t.Columns[0].Values[1] = 0, 0 }, "engine.anchor-weight", []string{"A sum to zero"}},
		{"no parts", func(_ *F, t *T) { t.Attributes[0].Values = []string{"A1", "A2", "A", "B1", "B2", "B"} }, "engine.anchor-parts", nil},
		{"a whole without score", func(f *F, t *T) { t.Columns[1].Values[2], t.Columns[2].Values[2] = gap, gap }, "engine.anchor-whole", []string{"A has no score"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, table := anchored()
			c.change(f, table)
			_, err := computed(f, table)
			if err == nil {
				t.Fatal("accepted")
			}
			refused(t, err, c.key, c.words...)
		})
	}
}
