package composite_test

import (
	"context"
	"math"
	"slices"
	"testing"

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
