package composite_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/composite/uncertainty"
)

// model makes a model of choices over the small framework, changed.
func model(t *testing.T, change func(*composite.Framework, *composite.Table), choices ...composite.Choice) *composite.Model {
	t.Helper()
	f, table := small()
	if change != nil {
		change(f, table)
	}
	p, err := composite.New(f, table)
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Model(choices)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// run computes a variant.
func run(t *testing.T, m uncertainty.Model, draw ...float64) []float64 {
	t.Helper()
	scores := make([]float64, m.Units())
	if err := m.Run(draw, scores); err != nil {
		t.Fatal(err)
	}
	return scores
}

// nominal computes the small framework, changed.
func nominal(t *testing.T, change func(*composite.Framework, *composite.Table)) []float64 {
	t.Helper()
	f, table := small()
	if change != nil {
		change(f, table)
	}
	return compute(t, f, table).Index()
}

// equal says that two lists of scores are equal to the last bit.
func equal(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateNaNs()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// every is one choice of each kind that can stand together.
func every() []composite.Choice {
	return []composite.Choice{
		{Name: "most", Most: []int{1, 2}},
		{Name: "scale", Normalise: []normalise.Rule{{From: 1, To: 100}, {Method: normalise.ZScore, Mean: 100, SD: 10}}},
		{Name: "mean", Aggregate: []aggregate.Rule{{}, {Method: aggregate.Geometric}}},
		{Name: "fill", Impute: []impute.Rule{{Method: impute.Mean}, {Method: impute.Median}}},
		{Name: "noise", Noise: 0.25, Levels: []int{1, 2}},
		{Name: "doubt", Doubt: 1},
		{Name: "omit", Omit: true},
	}
}

// forEvery makes the small framework fit for every choice.
func forEvery(f *composite.Framework, t *composite.Table) {
	f.Treat = treat.Rule{Skew: 0.1, Kurtosis: 0.1, Most: 2}
	f.Impute = []impute.Rule{{Method: impute.Mean}}
	t.Columns[2].Values[3] = gap
	t.Columns[0].Doubt, t.Columns[2].Doubt = []float64{2, 0, 0, 1}, []float64{0, 0.5, 0, 0}
}

// Equal draws give equal scores, whatever was drawn before, and in a fork; no
// table, plan or nominal score is changed by any draw.
func TestEqualDrawsGiveEqualScores(t *testing.T) {
	f, table := small()
	forEvery(f, table)
	p, err := composite.New(f, table)
	if err != nil {
		t.Fatal(err)
	}
	before := compute(t, f, table).Index()
	m, err := p.Model(every())
	if err != nil {
		t.Fatal(err)
	}
	var draws [][]float64
	var want [][]float64
	for k := range 200 {
		draw := make([]float64, len(m.Factors()))
		for i := range draw {
			draw[i] = math.Mod(float64(k)*math.Sqrt(float64(i+2)), 1)
		}
		draws, want = append(draws, draw), append(want, run(t, m, draw...))
	}
	fork := m.Fork()
	for k := len(draws) - 1; k >= 0; k-- {
		equal(t, "the same model", run(t, m, draws[k]...), want[k])
		equal(t, "a fork", run(t, fork, draws[(k*7)%len(draws)]...), want[(k*7)%len(draws)])
	}
	after, err := p.Compute()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "the nominal index", after.Index(), before)
}

// The same numbers to the last bit on any number of workers.
func TestWorkersDoNotMatter(t *testing.T) {
	m := model(t, forEvery, every()...)
	var first *uncertainty.Result
	for _, workers := range []int{1, 2, 5} {
		r, err := uncertainty.MonteCarlo(context.Background(), m, uncertainty.Options{N: 500, Seed: 7, Workers: workers, Top: []int{1, 2}, Pairs: true})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = r
			continue
		}
		if d := cmp.Diff(first.Units, r.Units, cmpopts.EquateNaNs()); d != "" {
			t.Errorf("%d workers (-1 +%d):\n%s", workers, workers, d)
		}
		for i := range m.Units() {
			equal(t, "kept scores", r.Scores(i), first.Scores(i))
		}
	}
}

// Each level of a choice is what the framework would be if it said so itself.
func TestLevelsAreFrameworks(t *testing.T) {
	type F = composite.Framework
	type T = composite.Table
	z, geometric := normalise.Rule{Method: normalise.ZScore}, aggregate.Rule{Method: aggregate.Geometric}
	test := treat.Rule{Skew: 0.1, Kurtosis: 0.1, Most: 2}
	for _, c := range []struct {
		name   string
		base   func(*F, *T)
		choice composite.Choice
		as     []func(*F, *T)
	}{
		{"normalise", nil, composite.Choice{Name: "scale", Normalise: []normalise.Rule{{From: 1, To: 100}, z}}, []func(*F, *T){
			nil, func(f *F, _ *T) { f.Normalise = z },
		}},
		{"normalise where one has its own", func(f *F, _ *T) { f.Indicators[1].Normalise = &z }, composite.Choice{Name: "scale", Normalise: []normalise.Rule{{From: 1, To: 100}, {Method: normalise.Rank}}}, []func(*F, *T){
			nil, func(f *F, _ *T) { f.Normalise = normalise.Rule{Method: normalise.Rank} },
		}},
		{"aggregate where one has its own", func(f *F, _ *T) { f.Groups[0].Aggregate = &aggregate.Rule{Method: aggregate.Harmonic} }, composite.Choice{Name: "mean", Aggregate: []aggregate.Rule{{}, geometric}}, []func(*F, *T){
			nil, func(f *F, _ *T) { f.Aggregate = geometric },
		}},
		{"treat", nil, composite.Choice{Name: "treatment", Treat: []treat.Rule{{}, test}}, []func(*F, *T){
			nil, func(f *F, _ *T) { f.Treat = test },
		}},
		{"most", func(f *F, _ *T) { f.Treat = test }, composite.Choice{Name: "most", Most: []int{0, 1, 2}}, []func(*F, *T){
			func(f *F, _ *T) { f.Treat.Most = 0 }, func(f *F, _ *T) { f.Treat.Most = 1 }, nil,
		}},
		{"impute", func(f *F, t *T) {
			f.Impute = []impute.Rule{{Method: impute.Mean}}
			t.Columns[2].Values[3], t.Columns[0].Values[1] = gap, gap
		}, composite.Choice{Name: "fill", Impute: []impute.Rule{{Method: impute.Mean}, {Method: impute.Fixed, Value: 11}}}, []func(*F, *T){
			nil, func(f *F, _ *T) { f.Impute[0] = impute.Rule{Method: impute.Fixed, Value: 11} },
		}},
		{"weights", nil, composite.Choice{Name: "weights", Weights: []map[string]float64{{}, {"wealth": 5, "debt": 0}}}, []func(*F, *T){
			nil, func(f *F, _ *T) { f.Groups[0].Weight, f.Indicators[1].Weight = 5, 0 },
		}},
		{"omit", nil, composite.Choice{Name: "omit", Omit: true}, []func(*F, *T){
			nil,
			func(f *F, _ *T) { f.Indicators = slices.Delete(f.Indicators, 0, 1) },
			func(f *F, _ *T) { f.Indicators = slices.Delete(f.Indicators, 1, 2) },
			func(f *F, _ *T) { f.Indicators = slices.Delete(f.Indicators, 2, 3) },
			func(f *F, _ *T) { f.Indicators = slices.Delete(f.Indicators, 3, 4) },
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := model(t, c.base, c.choice)
			if got := len(m.Factors()[0].Levels); got != len(c.as) {
				t.Fatalf("%d levels, want %d", got, len(c.as))
			}
			for k, as := range c.as {
				equal(t, m.Factors()[0].Levels[k], run(t, m, (float64(k)+0.5)/float64(len(c.as))), nominal(t, func(f *F, table *T) {
					if c.base != nil {
						c.base(f, table)
					}
					if as != nil {
						as(f, table)
					}
				}))
			}
		})
	}
}

// Noise changes the weights at its levels, each by its share at most, and leaves
// those of other levels.
func TestNoiseKeepsOtherLevels(t *testing.T) {
	for _, c := range []struct {
		name string
		sets int
	}{{"drawn", 0}, {"sets", 50}} {
		t.Run(c.name, func(t *testing.T) {
			posts := func(f *composite.Framework, table *composite.Table) {
				f.Normalise = normalise.Rule{Method: normalise.Goalposts, High: 100, To: 100}
				// NORTH tells the weight of the pillars, EAST that of income within wealth.
				for j, column := range [][]float64{{100, 100}, {0, 100}, {0, 0}, {0, 0}} {
					copy(table.Columns[j].Values, column)
				}
			}
			pillars := model(t, posts, composite.Choice{Name: "noise", Noise: 0.5, Levels: []int{2}, Sets: c.sets})
			leaves := model(t, posts, composite.Choice{Name: "noise", Noise: 0.5, Levels: []int{1}, Sets: c.sets})
			least, most := math.Inf(1), math.Inf(-1)
			for k := range 50 {
				u := (float64(k) + 0.5) / 50
				a, b := run(t, pillars, u), run(t, leaves, u)
				// Wealth is 100 and 50, skills 0: the index is wealth times the pillar's share.
				least, most = min(least, a[0]), max(most, a[0])
				if math.Abs(a[1]-a[0]/2) > 1e-12 {
					t.Fatalf("noise on pillars moved the weights below them: %g and %g", a[0], a[1])
				}
				if math.Abs(b[0]-25) > 1e-12 || b[1] == 12.5 || b[1] < 6.25-1e-12 || b[1] > 18.75+1e-12 {
					t.Fatalf("noise on indicators: %g, want 25; %g, want 6.25 to 18.75", b[0], b[1])
				}
			}
			if !(least >= 10-1e-12 && least < 20 && most > 30 && most <= 50+1e-12) {
				t.Errorf("the share of wealth goes from %g to %g %%, want within 10 to 50 and far apart", least, most)
			}
		})
	}
}

// An indicator whose siblings weigh nothing cannot be left out: nothing would be
// left of its group.
func TestOmitKeepsAGroupAlive(t *testing.T) {
	m := model(t, func(f *composite.Framework, _ *composite.Table) { f.Indicators[1].Weight = 0 }, composite.Choice{Name: "omit", Omit: true})
	levels := m.Factors()[0].Levels
	if d := cmp.Diff([]string{"none", "schooling", "training"}, levels); d != "" {
		t.Fatalf("levels (-want +got):\n%s", d)
	}
	for k := range levels {
		for i, x := range run(t, m, (float64(k)+0.5)/float64(len(levels))) {
			if math.IsNaN(x) {
				t.Errorf("row %d has no score without %s", i, levels[k])
			}
		}
	}
}
