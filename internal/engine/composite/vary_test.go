package composite_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/composite/uncertainty"
	"peerscape/internal/fault"
	"peerscape/internal/stats"
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

// doubted flags the first two figures of income.
func doubted(_ *composite.Framework, t *composite.Table) {
	t.Columns[0].Doubt = []float64{2, 1, 0, 0}
}

// COINr 1.1.14 issue 60: a choice that could not apply was passed over in silence.
func TestChoicesThatCannotApply(t *testing.T) {
	type F = composite.Framework
	type T = composite.Table
	type C = composite.Choice
	own := normalise.Rule{From: 1, To: 100}
	gaps := func(f *F, t *T) { t.Columns[0].Values[0] = gap; f.Screen.Share = 0.5 }
	for _, c := range []struct {
		name    string
		change  func(*F, *T)
		choices []C
		key     string
		words   []string
	}{
		{"imputation without imputation", gaps, []C{{Name: "fill", Impute: []impute.Rule{{Method: impute.Mean}, {Method: impute.Median}}}}, "engine.choice-idle", []string{`"fill"`, "imputes nothing"}},
		{"imputation without a gap", func(f *F, _ *T) { f.Impute = []impute.Rule{{Method: impute.Mean}} }, []C{{Name: "fill", Impute: []impute.Rule{{Method: impute.Median}}}}, "engine.choice-idle", []string{`"fill"`, "no cell is missing"}},
		{"an imputation that wants a panel", func(f *F, t *T) { gaps(f, t); f.Impute = []impute.Rule{{Method: impute.Mean}} }, []C{{Name: "fill", Impute: []impute.Rule{{Method: impute.Interpolate}}}}, "engine.no-period", []string{`"fill"`}},
		{"doubt without flags", nil, []C{{Name: "doubt", Doubt: 1}}, "engine.choice-idle", []string{`"doubt"`, "flagged"}},
		{"doubt without standard errors", func(_ *F, t *T) { t.Columns[0].Doubt = make([]float64, 4) }, []C{{Name: "doubt", Doubt: 1}}, "engine.choice-idle", []string{"flagged"}},
		{"doubt in a column that is not used", func(_ *F, t *T) { t.Columns[4].Doubt = []float64{1, 1, 1, 1} }, []C{{Name: "doubt", Doubt: 1}}, "engine.choice-idle", []string{"flagged"}},
		{"noise on the index", nil, []C{{Name: "noise", Noise: 0.25, Levels: []int{3}}}, "engine.choice-idle", []string{`"noise"`, "sibling"}},
		{"noise on a level that is not there", nil, []C{{Name: "noise", Noise: 0.25, Levels: []int{7}}}, "engine.choice-idle", []string{"levels"}},
		{"noise on only children", func(f *F, _ *T) {
			f.Indicators = []composite.Indicator{f.Indicators[0], f.Indicators[2]}
		}, []C{{Name: "noise", Noise: 0.25, Levels: []int{1}}}, "engine.choice-idle", []string{"sibling"}},
		{"noise above 1", nil, []C{{Name: "noise", Noise: 1.5}}, "engine.noise", []string{"1.5"}},
		{"noise below 0", nil, []C{{Name: "noise", Noise: -0.5}}, "engine.noise", []string{"-0.5"}},
		{"noise that is no number", nil, []C{{Name: "noise", Noise: gap}}, "engine.noise", nil},
		{"most without treatment", nil, []C{{Name: "most", Most: []int{1, 2}}}, "engine.choice-idle", []string{`"most"`, "treats no outliers"}},
		{"every treatment is an indicator's own", func(f *F, _ *T) {
			for j := range f.Indicators {
				f.Indicators[j].Treat = &treat.Rule{}
			}
		}, []C{{Name: "treatment", Treat: []treat.Rule{{}, {Then: treat.Log, Always: true}}}}, "engine.choice-idle", []string{"of its own"}},
		{"every normalisation is an indicator's own", func(f *F, _ *T) {
			for j := range f.Indicators {
				f.Indicators[j].Normalise = &own
			}
		}, []C{{Name: "scale", Normalise: []normalise.Rule{own, {Method: normalise.ZScore}}}}, "engine.choice-idle", []string{"of its own"}},
		{"every aggregation is a group's own", func(f *F, _ *T) {
			for g := range f.Groups {
				f.Groups[g].Aggregate = &aggregate.Rule{}
			}
		}, []C{{Name: "mean", Aggregate: []aggregate.Rule{{}, {Method: aggregate.Geometric}}}}, "engine.choice-idle", []string{"of its own"}},
		{"a normalisation out of range", nil, []C{{Name: "scale", Normalise: []normalise.Rule{{Method: normalise.Goalposts, To: 1}}}}, "engine.normalisation-parameter", []string{`"scale"`}},
		{"an aggregation out of range", nil, []C{{Name: "mean", Aggregate: []aggregate.Rule{{Threshold: 7}}}}, "engine.aggregation-parameter", []string{`"mean"`}},
		{"omit only children", func(f *F, _ *T) {
			f.Indicators = []composite.Indicator{f.Indicators[0], f.Indicators[2]}
		}, []C{{Name: "omit", Omit: true}}, "engine.choice-idle", []string{"sibling"}},
		{"a weight for nothing", nil, []C{{Name: "weights", Weights: []map[string]float64{{"wealth": 1}, {"welth": 1}}}}, "engine.no-element", []string{"set 2", "welth"}},
		{"a weight below zero", nil, []C{{Name: "weights", Weights: []map[string]float64{{"wealth": -1}}}}, "engine.weight", []string{"wealth", "-1"}},
		{"a weight that is no number", nil, []C{{Name: "weights", Weights: []map[string]float64{{"wealth": gap}}}}, "engine.weight", []string{"wealth"}},
		{"doubt below zero", doubted, []C{{Name: "doubt", Doubt: -1}}, "engine.doubt", []string{`"doubt"`, "-1"}},
		{"doubt that is no number", doubted, []C{{Name: "doubt", Doubt: gap}}, "engine.doubt", nil},
		{"infinite doubt", doubted, []C{{Name: "doubt", Doubt: math.Inf(1)}}, "engine.doubt", nil},
		{"most below zero", func(f *F, _ *T) { f.Treat = treat.Rule{Skew: 2, Kurtosis: 3.5, Most: 5} }, []C{{Name: "most", Most: []int{1, -2}}}, "engine.treatment", []string{`"most"`}},
		{"a treatment out of range", nil, []C{{Name: "treatment", Treat: []treat.Rule{{}, {Skew: -1}}}}, "engine.treatment", []string{`"treatment"`}},
		{"positions for another number of members", nil, []C{{Name: "mean", Aggregate: []aggregate.Rule{{Method: aggregate.OWA, Positions: []float64{1, 2, 3}}}}}, "engine.positions", []string{`"mean"`}},
		{"smaller is better below the index", nil, []C{{Name: "mean", Aggregate: []aggregate.Rule{{}, {Method: aggregate.Wroclaw}}}}, "engine.smaller-is-better", []string{`"mean"`}},
		{"weights that sum to zero", nil, []C{{Name: "weights", Weights: []map[string]float64{{}, {"wealth": 0, "skills": 0}}}}, "engine.no-weight", []string{"set 2", `"weights"`, "index"}},
		{"nothing", nil, []C{{Name: "nothing"}}, "engine.choice", []string{`"nothing"`}},
		{"two things", nil, []C{{Name: "two", Omit: true, Noise: 0.1}}, "engine.choice", []string{`"two"`}},
		{"one thing twice", nil, []C{{Name: "a", Noise: 0.1}, {Name: "b", Noise: 0.2}}, "engine.choice-twice", []string{`"a"`, `"b"`}},
		{"a panel", func(_ *F, t *T) {
			for i := range t.Rows {
				t.Rows[i].Period = stats.Year(2020)
			}
		}, []C{{Name: "noise", Noise: 0.25}}, "engine.panel-uncertainty", []string{"panel"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, table := small()
			if c.change != nil {
				c.change(f, table)
			}
			p, err := composite.New(f, table)
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.Model(c.choices)
			if err == nil {
				t.Fatal("accepted")
			}
			refused(t, err, c.key, c.words...)
		})
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

// Doubt moves flagged figures alone, about as far as their standard errors say;
// under goalposts nobody else's score changes.
func TestDoubtMovesFlaggedFigures(t *testing.T) {
	posts := func(f *composite.Framework, table *composite.Table) {
		doubted(f, table)
		f.Normalise = normalise.Rule{Method: normalise.Goalposts, High: 100, To: 100}
	}
	m, sure := model(t, posts, composite.Choice{Name: "doubt", Doubt: 2}), nominal(t, posts)
	const n = 4000
	sum, square := make([]float64, 4), make([]float64, 4)
	for k := range n {
		for i, x := range run(t, m, (float64(k)+0.5)/n) {
			sum[i] += x - sure[i]
			square[i] += (x - sure[i]) * (x - sure[i])
		}
	}
	// Income weighs 1/8 in the index; doubt is twice the standard errors of 2 and 1.
	for i, sd := range []float64{2 * 2. / 8, 2 * 1. / 8, 0, 0} {
		got := math.Sqrt(square[i] / n)
		t.Logf("row %d: standard deviation %.4f, want %.4f +-5 %%; mean %.4f", i, got, sd, sum[i]/n)
		if math.Abs(got-sd) > 0.05*sd || math.Abs(sum[i]/n) > 0.1*sd {
			t.Errorf("row %d: standard deviation %g, want %g; mean %g, want 0", i, got, sd, sum[i]/n)
		}
	}
}

// A denominator divides standard errors too.
func TestDoubtIsDenominated(t *testing.T) {
	posts := func(f *composite.Framework, table *composite.Table) {
		doubted(f, table)
		f.Indicators[0].Denominator, f.Indicators[0].Factor = "people", 100
		f.Normalise = normalise.Rule{Method: normalise.Goalposts, High: 100, To: 100}
	}
	m, sure := model(t, posts, composite.Choice{Name: "doubt", Doubt: 1}), nominal(t, posts)
	plain := func(f *composite.Framework, table *composite.Table) {
		posts(f, table)
		f.Indicators[0].Denominator = ""
	}
	whole, sureWhole := model(t, plain, composite.Choice{Name: "doubt", Doubt: 1}), nominal(t, plain)
	a, b := run(t, m, 0.37), run(t, whole, 0.37)
	for i, share := range []float64{1, 0.5} { // 100 of 100 people, 100 of 200
		if got, want := a[i]-sure[i], share*(b[i]-sureWhole[i]); math.Abs(got-want) > 1e-12 || got == 0 {
			t.Errorf("row %d moves by %g, want %g", i, got, want)
		}
	}
}

// A figure of zero may be unsure like any other.
func TestDoubtOfZero(t *testing.T) {
	for _, denominator := range []string{"", "people"} {
		posts := func(f *composite.Framework, table *composite.Table) {
			f.Indicators[0].Denominator, f.Indicators[0].Factor = denominator, 100
			f.Normalise = normalise.Rule{Method: normalise.Goalposts, High: 100, To: 100}
			table.Columns[0].Values[0], table.Columns[0].Doubt = 0, []float64{2, gap, 0, 0}
		}
		m, sure := model(t, posts, composite.Choice{Name: "doubt", Doubt: 1}), nominal(t, posts)
		got := run(t, m, 0.37)
		if got[0] == sure[0] || math.IsNaN(got[0]) {
			t.Errorf("divided by %q: a zero with a standard error stays at %g", denominator, got[0])
		}
		equal(t, "the sure ones", got[1:], sure[1:])
	}
}

// COINr 1.1.14 issue 50: analyses failed outright. Whatever stands in a framework
// and its choices, there is a result, or a fault that says what to correct.
func TestAnyChoicesGiveResultOrFault(t *testing.T) {
	rules := append(slices.Clone(means), penalised...)
	results, refusals := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		f, table := random(t, parts{rules, rapid.SampledFrom([]normalise.Rule{{From: 1, To: 100}, goalposts, {}}).Draw(t, "normalise"), true})
		for g := range f.Groups {
			if rapid.Bool().Draw(t, "the framework's aggregation") {
				f.Groups[g].Aggregate = nil
			}
		}
		if rapid.Bool().Draw(t, "impute") {
			f.Impute = []impute.Rule{{Method: impute.Median}}
		}
		if rapid.Bool().Draw(t, "treat") {
			f.Treat = treat.Rule{Skew: 0.5, Kurtosis: 0.5, Most: 1, Then: treat.LogCT}
		}
		if rapid.Bool().Draw(t, "flag") {
			table.Columns[0].Doubt = make([]float64, len(table.Rows))
			table.Columns[0].Doubt[0] = 3
		}
		p, err := composite.New(f, table)
		var choices []composite.Choice
		for _, c := range every() {
			if rapid.Bool().Draw(t, c.Name) {
				choices = append(choices, c)
			}
		}
		var r *uncertainty.Result
		if err == nil {
			var m *composite.Model
			if m, err = p.Model(choices); err == nil {
				r, err = uncertainty.MonteCarlo(context.Background(), m, uncertainty.Options{N: 20, Seed: 1, Workers: 1})
			}
		}
		if err != nil {
			refusals++
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%v is no fault of the input", err)
			}
			return
		}
		results++
		for i, u := range r.Units {
			if u.Scored > 0 && (math.IsNaN(u.MeanScore) || math.IsInf(u.MeanScore, 0) || !(u.MeanRank >= 1 && u.MeanRank <= float64(len(table.Rows)))) {
				t.Fatalf("%s: %+v", table.Rows[i], u)
			}
		}
	})
	t.Logf("%d analyses gave a result, %d a fault with its cure", results, refusals)
	if results == 0 || refusals == 0 {
		t.Error("one of the two never came: the draws are too narrow")
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
