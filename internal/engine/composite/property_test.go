package composite_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/fault"
)

// The rules that random frameworks are made of.
var (
	means = []aggregate.Rule{
		{},
		{Method: aggregate.Geometric},
		{Method: aggregate.Harmonic},
		{Method: aggregate.Power, Order: 0.5},
		{Method: aggregate.Power, Order: -2},
		{Method: aggregate.Power, Order: 3},
	}
	penalised = []aggregate.Rule{
		{Method: aggregate.MPI},
		{Method: aggregate.AMPI, Reward: true},
		{Method: aggregate.MeanMin, Alpha: 0.5, Beta: 2},
		{Method: aggregate.MeanMin, Alpha: 1},
		{Method: aggregate.OWA},
	}
	thresholds = []float64{0, 0.5, 1}
	goalposts  = normalise.Rule{Method: normalise.Goalposts, Low: -5, High: 100, From: 1, To: 101}
)

// what a random framework may be made of.
type parts struct {
	rules     []aggregate.Rule
	normalise normalise.Rule
	gaps      bool
}

// random draws a framework of two or three levels and a table of figures between
// 0 and 90, in which no column is constant.
func random(t *rapid.T, of parts) (*composite.Framework, *composite.Table) {
	f := &composite.Framework{Code: "random", Normalise: of.normalise}
	weight := func() float64 { return rapid.Float64Range(0.1, 3).Draw(t, "weight") }
	pick := func(members int) *aggregate.Rule {
		r := rapid.SampledFrom(of.rules).Draw(t, "rule")
		r.Threshold = rapid.SampledFrom(thresholds).Draw(t, "threshold")
		for range members {
			if r.Method == aggregate.OWA {
				r.Positions = append(r.Positions, weight())
			}
		}
		return &r
	}
	parents := []string{"index"}
	if rapid.Bool().Draw(t, "three levels") {
		parents = nil
		for g := range rapid.IntRange(1, 3).Draw(t, "groups") {
			parents = append(parents, fmt.Sprint("group", g))
		}
	}
	for _, parent := range parents {
		n := rapid.IntRange(1, 3).Draw(t, "indicators")
		for range n {
			f.Indicators = append(f.Indicators, composite.Indicator{
				Code: fmt.Sprint("i", len(f.Indicators)), Parent: parent, Weight: weight(),
				Direction: rapid.SampledFrom([]composite.Direction{composite.MoreIsBetter, composite.LessIsBetter}).Draw(t, "direction"),
			})
		}
		if parent != "index" {
			f.Groups = append(f.Groups, composite.Group{Code: parent, Parent: "index", Weight: weight(), Aggregate: pick(n)})
		}
	}
	members := len(f.Groups)
	if members == 0 {
		members = len(f.Indicators)
	}
	f.Groups = append(f.Groups, composite.Group{Code: "index", Aggregate: pick(members)})
	return f, figures(t, f, of.gaps)
}

func figures(t *rapid.T, f *composite.Framework, gaps bool) *composite.Table {
	table := &composite.Table{}
	for i := range rapid.IntRange(2, 6).Draw(t, "units") {
		table.Rows = append(table.Rows, composite.Row{Unit: fmt.Sprint("U", i)})
	}
	for _, i := range f.Indicators {
		c := composite.Column{Code: i.Code, Values: []float64{10, 60}}
		for range table.Rows[2:] {
			x := rapid.Float64Range(0, 90).Draw(t, "x")
			if gaps && rapid.IntRange(0, 3).Draw(t, "gap") == 0 {
				x = gap
			}
			c.Values = append(c.Values, x)
		}
		table.Columns = append(table.Columns, c)
	}
	return table
}

// result computes, or leaves the draw out where the figures are refused.
func result(t *rapid.T, f *composite.Framework, table *composite.Table) *composite.Result {
	r, err := computed(f, table)
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			t.Fatalf("%v is no fault of the input", err)
		}
		t.Skip(err)
	}
	return r
}

func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

// same says that two results have the same scores, row place[i] of b for row i of a.
func same(t *rapid.T, a, b *composite.Result, place []int, tolerance float64) {
	t.Helper()
	for e, code := range a.Codes {
		column := b.Scores[b.Element(code)]
		for i := range a.Rows {
			if !near(a.Scores[e][i], column[place[i]], tolerance) {
				t.Fatalf("%s of %s: %.17g and %.17g", code, a.Rows[i], a.Scores[e][i], column[place[i]])
			}
		}
	}
}

func inPlace(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// RB, the second R package of index functions, standardised the mean-min function
// by recycling down columns, so that the order of rows changed scores.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	all := slices.Concat(means, penalised)
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom([]normalise.Rule{{From: 1, To: 100}, goalposts, {Method: normalise.ZScore, Mean: 100, SD: 10}}).Draw(t, "normalise")
		f, table := random(t, parts{all, rule, true})
		a := result(t, f, table)
		place := rapid.Permutation(inPlace(len(table.Rows))).Draw(t, "place")
		moved := &composite.Table{Rows: make([]composite.Row, len(place))}
		for i, to := range place {
			moved.Rows[to] = table.Rows[i]
		}
		for _, c := range table.Columns {
			m := composite.Column{Code: c.Code, Values: make([]float64, len(place))}
			for i, to := range place {
				m.Values[to] = c.Values[i]
			}
			moved.Columns = append(moved.Columns, m)
		}
		same(t, a, result(t, f, moved), place, 1e-9)
	})
}

// The unit of measurement does not matter under min-max and z.
func TestUnitOfMeasurementDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := rapid.SampledFrom([]normalise.Rule{{From: 1, To: 100}, {Method: normalise.ZScore, Mean: 100, SD: 10}}).Draw(t, "normalise")
		f, table := random(t, parts{means, rule, true})
		a := result(t, f, table)
		j := rapid.IntRange(0, len(f.Indicators)-1).Draw(t, "indicator")
		scale, shift := rapid.Float64Range(0.01, 1000).Draw(t, "scale"), rapid.Float64Range(-100, 100).Draw(t, "shift")
		if rapid.Bool().Draw(t, "turn") {
			scale, f.Indicators[j].Direction = -scale, -f.Indicators[j].Direction
		}
		for i, x := range table.Columns[j].Values {
			table.Columns[j].Values[i] = scale*x + shift
		}
		same(t, a, result(t, f, table), inPlace(len(table.Rows)), 1e-9)
	})
}

// A better figure never lowers a unit's index or rank under arithmetic means on
// goalposts, and changes nobody else's index.
func TestBetterIsNeverWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := goalposts
		rule.CapLow, rule.CapHigh = rapid.Bool().Draw(t, "cap low"), rapid.Bool().Draw(t, "cap high")
		f, table := random(t, parts{means[:1], rule, true})
		a := result(t, f, table)
		j := rapid.IntRange(0, len(f.Indicators)-1).Draw(t, "indicator")
		i := rapid.IntRange(0, len(table.Rows)-1).Draw(t, "unit")
		table.Columns[j].Values[i] += float64(f.Indicators[j].Direction) * rapid.Float64Range(0, 200).Draw(t, "better by")
		b := result(t, f, table)
		if b.Index()[i] < a.Index()[i] || b.Ranks[i] > a.Ranks[i] {
			t.Fatalf("index %g and rank %g became %g and %g", a.Index()[i], a.Ranks[i], b.Index()[i], b.Ranks[i])
		}
		for k := range table.Rows {
			if k != i && !near(a.Index()[k], b.Index()[k], 0) {
				t.Fatalf("%s changed from %g to %g", table.Rows[k], a.Index()[k], b.Index()[k])
			}
		}
	})
}

// A score is missing where the threshold says so and nowhere else, a rank where
// the index is; ranks count those before.
func TestNothingIsMissingButByThreshold(t *testing.T) {
	all := slices.Concat(means, penalised)
	rapid.Check(t, func(t *rapid.T) {
		f, table := random(t, parts{all, goalposts, true})
		r := result(t, f, table)
		for i := range r.Rows {
			for e, parent := range r.Parent {
				score := r.Scores[e][i]
				if math.IsInf(score, 0) {
					t.Fatalf("%s of %s is infinite", r.Codes[e], r.Rows[i])
				}
				if e < len(f.Indicators) {
					if math.IsNaN(score) != math.IsNaN(table.Columns[e].Values[i]) {
						t.Fatalf("%s of %s is %g for %g", r.Codes[e], r.Rows[i], score, table.Columns[e].Values[i])
					}
					continue
				}
				have, of := 0, 0
				for m, up := range r.Parent[:e] {
					if up == e {
						of++
						if !math.IsNaN(r.Scores[m][i]) {
							have++
						}
					}
				}
				rule := f.Groups[e-len(f.Indicators)].Aggregate
				enough := have > 0 && float64(have) >= rule.Threshold*float64(of)
				if enough == math.IsNaN(score) {
					t.Fatalf("%s of %s is %g with %d of %d and the threshold %g (parent %d)", r.Codes[e], r.Rows[i], score, have, of, rule.Threshold, parent)
				}
			}
			before := 1.0
			for _, x := range r.Index() {
				if x > r.Index()[i] {
					before++
				}
			}
			if math.IsNaN(r.Index()[i]) {
				before = gap
			}
			if !near(before, r.Ranks[i], 0) {
				t.Fatalf("%s ranks %g, want %g", r.Rows[i], r.Ranks[i], before)
			}
		}
	})
}
