package normalise_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
)

var nan = math.NaN()

func apply(t interface{ Fatal(...any) }, r normalise.Rule, x []float64) []float64 {
	var s normalise.Scale
	m := sample.MomentsOf(x)
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	if err := r.Fit(&s, x, &m); err != nil {
		t.Fatal(err)
	}
	dst := make([]float64, len(x))
	s.Apply(dst, x)
	return dst
}

func same(a, b, within float64) bool {
	return math.Abs(a-b) <= within*max(1, math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

func TestScores(t *testing.T) {
	type rule = normalise.Rule
	x := []float64{20, 60, 90, nan, 50}
	for _, c := range []struct {
		name string
		rule rule
		want []float64
	}{
		{"min-max", rule{Method: normalise.MinMax}, []float64{0, 4. / 7, 1, nan, 3. / 7}},
		{"min-max 1 to 100, less is better", rule{Method: normalise.MinMax, From: 1, To: 100, Turn: true}, []float64{100, 1 + 99*3./7, 1, nan, 1 + 99*4./7}},
		{"z(100, 10), hand value", rule{Method: normalise.ZScore, Mean: 100, SD: 10}, []float64{87.875644347, 101.732050808, 112.124355653, nan, 98.267949192}},
		{"z, less is better", rule{Method: normalise.ZScore, Turn: true}, []float64{1.2124355653, -0.1732050808, -1.2124355653, nan, 0.1732050808}},
		{"z of the population", rule{Method: normalise.ZScore, Population: true}, []float64{-1.4, 0.2, 1.4, nan, -0.2}},
		{"scaled", rule{Method: normalise.Scaled, Subtract: 10, Divide: 20}, []float64{0.5, 2.5, 4, nan, 2}},
		{"distance to the best", rule{Method: normalise.DistanceMax}, []float64{0, 4. / 7, 1, nan, 3. / 7}},
		{"distance to a unit", rule{Method: normalise.DistanceReference, Unit: 1}, []float64{0, 1, 1.75, nan, 0.75}},
		{"distance to a target", rule{Method: normalise.DistanceTarget, Target: 70}, []float64{0, 0.8, 1.4, nan, 0.6}},
		{"capped at the target", rule{Method: normalise.DistanceTarget, Target: 70, CapHigh: true}, []float64{0, 0.8, 1, nan, 0.6}},
		{"a low target", rule{Method: normalise.DistanceTarget, Target: 50, CapHigh: true, Turn: true}, []float64{1, 0.75, 0, nan, 1}},
		{"rank", rule{Method: normalise.Rank}, []float64{1, 3, 4, nan, 2}},
		{"rank, less is better", rule{Method: normalise.Rank, Turn: true}, []float64{4, 2, 1, nan, 3}},
		{"percentile rank", rule{Method: normalise.PercentileRank}, []float64{0, 2. / 3, 1, nan, 1. / 3}},
		{"percentile of the Handbook", rule{Method: normalise.HandbookPercentile}, []float64{25, 75, 100, nan, 50}},
		{"Borda", rule{Method: normalise.Borda}, []float64{0, 2, 3, nan, 1}},
		{"goalposts", rule{Method: normalise.Goalposts, Low: 40, High: 80, To: 100}, []float64{-50, 50, 125, nan, 25}},
		{"goalposts with caps", rule{Method: normalise.Goalposts, Low: 40, High: 80, To: 100, CapLow: true, CapHigh: true}, []float64{0, 50, 100, nan, 25}},
		{"goalposts, less is better", rule{Method: normalise.Goalposts, Low: 40, High: 80, To: 100, Turn: true}, []float64{150, 50, -25, nan, 75}},
		{"goalposts written the other way round", rule{Method: normalise.Goalposts, Low: 80, High: 40, To: 100, Turn: true, CapHigh: true}, []float64{100, 50, -25, nan, 75}},
		{"log goalposts", rule{Method: normalise.LogGoalposts, Low: 10, High: 1000}, []float64{math.Log(2) / math.Log(100), math.Log(6) / math.Log(100), math.Log(9) / math.Log(100), nan, math.Log(5) / math.Log(100)}},
		{"log goalposts with caps", rule{Method: normalise.LogGoalposts, Low: 50, High: 60, CapLow: true, CapHigh: true}, []float64{0, 1, 1, nan, 0}},
		{"AMPI, hand value", rule{Method: normalise.AMPI}, []float64{70, 30./7 + 100, 130, nan, 100 - 30./7}},
		{"AMPI around a reference", rule{Method: normalise.AMPI, Target: 20, HasTarget: true}, []float64{100, 100 + 240./7, 160, nan, 100 + 180./7}},
		{"AMPI around a reference, less is better", rule{Method: normalise.AMPI, Target: 20, HasTarget: true, Turn: true}, []float64{100, 100 - 240./7, 40, nan, 100 - 180./7}},
		{"distance to a unit, less is better", rule{Method: normalise.DistanceReference, Unit: 1, Turn: true}, []float64{7. / 3, 1, 0, nan, 4. / 3}},
		{"bands around the mean, less is better", rule{Method: normalise.MeanBands, Share: 0.2, Turn: true}, []float64{1, 0, -1, nan, 0}},
		{"bands around the mean", rule{Method: normalise.MeanBands, Share: 0.2}, []float64{-1, 0, 1, nan, 0}},
		{"bands of quantiles", rule{Method: normalise.QuantileBands, Share: 0.3}, []float64{-1, 0, 1, nan, 0}},
		{"classes", rule{Method: normalise.Categorical, Quantiles: []float64{0.5}, Scores: []float64{0, 50}}, []float64{0, 50, 50, nan, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := apply(t, c.rule, x)
			for i, want := range c.want {
				if !same(got[i], want, 1e-9) {
					t.Errorf("%g scores %.12g, want %.12g", x[i], got[i], want)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	type rule = normalise.Rule
	some := []float64{1, 2, 3}
	for _, c := range []struct {
		name string
		rule rule
		x    []float64
		key  string
	}{
		{"all equal", rule{}, []float64{5, 5, 5}, "engine.constant"},
		{"one unit", rule{Method: normalise.ZScore}, []float64{5}, "engine.constant"},
		{"all equal, ranks", rule{Method: normalise.Rank}, []float64{5, 5}, "engine.constant"},
		{"all missing", rule{}, []float64{nan, nan}, "engine.all-missing"},
		{"a ratio turned", rule{Method: normalise.RatioMean, Turn: true}, some, "engine.no-turn"},
		{"a ratio to a negative mean", rule{Method: normalise.RatioMean}, []float64{-1, -2}, "engine.not-positive"},
		{"a ratio to zero", rule{Method: normalise.RatioMin}, []float64{0, 2}, "engine.not-positive"},
		{"no reference value", rule{Method: normalise.DistanceReference, Unit: 1}, []float64{1, nan, 2}, "engine.no-reference"},
		{"no reference unit", rule{Method: normalise.DistanceReference, Unit: 7}, some, "engine.no-reference"},
		{"the worst as reference", rule{Method: normalise.DistanceReference}, some, "engine.worst-reference"},
		{"a target below all", rule{Method: normalise.DistanceTarget, Target: 0}, some, "engine.worst-reference"},
		{"logarithm of zero", rule{Method: normalise.LogGoalposts, Low: 1, High: 2}, []float64{0, 1}, "engine.not-positive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := sample.MomentsOf(c.x)
			err := c.rule.Fit(new(normalise.Scale), c.x, &m)
			f, ok := err.(*fault.Error)
			if !ok || f.Key != c.key || f.Cure == "" {
				t.Errorf("got %v, want %s", err, c.key)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	type rule = normalise.Rule
	for _, c := range []struct {
		name string
		rule rule
	}{
		{"a range that falls", rule{From: 100, To: 1}},
		{"a number that is none", rule{To: nan}},
		{"a negative sd", rule{Method: normalise.ZScore, SD: -1}},
		{"nothing to divide by", rule{Method: normalise.Scaled}},
		{"equal goalposts", rule{Method: normalise.Goalposts, Low: 1, High: 1}},
		{"goalposts that fall", rule{Method: normalise.Goalposts, Low: 2, High: 1}},
		{"a log goalpost of zero", rule{Method: normalise.LogGoalposts, Low: 0, High: 1}},
		{"a wide band", rule{Method: normalise.QuantileBands, Share: 0.5}},
		{"classes that fall", rule{Method: normalise.Categorical, Quantiles: []float64{0.5, 0.4}, Scores: []float64{1, 2, 3}}},
		{"too few scores", rule{Method: normalise.Categorical, Quantiles: []float64{0.5}, Scores: []float64{1}}},
		{"no method", rule{Method: 99}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.rule.Check(); fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v", err)
			}
		})
	}
	for _, name := range normalise.Methods() {
		if m, err := normalise.ParseMethod(name); err != nil || m.String() != name {
			t.Errorf("%s becomes %s, %v", name, m, err)
		}
	}
	if _, err := normalise.ParseMethod("min max"); err == nil || err.Error() != `there is no normalisation "min max". Perhaps min-max was meant` {
		t.Errorf("got %v", err)
	}
}

// Table 15 of the Handbook: ten normalisations of mean years of schooling.
func TestHandbookTable15(t *testing.T) {
	printed := sharedtest.Handbook(t, "15")
	methods := printed.Head[2:]
	checkTable15(t, printed.Numbers("years"), methods, printed.Columns(methods...))
}

func checkTable15(t *testing.T, years []float64, methods []string, printed [][]float64) {
	t.Helper()
	tolerance := map[string]float64{"rank": 0, "mean-bands": 0, "handbook-percentile": 0.05}
	for k, name := range methods {
		m, err := normalise.ParseMethod(name)
		if err != nil {
			t.Fatal(err)
		}
		got, worst := apply(t, normalise.Rule{Method: m, Share: 0.2}, years), 0.0
		within, ok := tolerance[name]
		if !ok {
			within = 0.0051
		}
		for i, want := range printed[k] {
			d := math.Abs(got[i] - want)
			worst = max(worst, d)
			if d > within+1e-12 {
				t.Errorf("%s of %g years: %.4f, printed %g", name, years[i], got[i], want)
			}
		}
		t.Logf("Handbook Table 15, %s: largest error %.4f (tolerance %g) over %d countries", name, worst, within, len(years))
	}
}

// The EU Social Progress Index 2020: goalposts without caps, within 5e-5 of an
// independent normalisation.
func TestSocialProgress(t *testing.T) {
	posts := sharedtest.CSV(t, "cases", "eu-spi-2020", "goalposts.csv")
	utopia, dystopia := posts.Numbers("utopian"), posts.Numbers("dystopian")
	for _, level := range []string{"regional", "national"} {
		raw := sharedtest.CSV(t, "cases", "eu-spi-2020", level+"_raw.csv")
		want := sharedtest.CSV(t, "cases", "eu-spi-2020", level+"_normalised_expected.csv")
		cells, worst := 0, 0.0
		for k, code := range posts.Text("indicator") {
			r := normalise.Rule{Method: normalise.Goalposts, Low: dystopia[k], High: utopia[k], To: 100, Turn: dystopia[k] > utopia[k]}
			got := apply(t, r, raw.Numbers(code))
			for i, w := range want.Numbers(code) {
				if math.IsNaN(w) {
					continue
				}
				cells++
				if d := math.Abs(got[i] - w); !(d <= 5e-5) {
					t.Errorf("%s, row %d: %g, want %g", code, i+1, got[i], w)
				} else {
					worst = max(worst, d)
				}
			}
		}
		t.Logf("eu-spi-2020, %s: %d cells, largest error %.2g (tolerance 5e-5)", level, cells, worst)
	}
}

// The scales that are a line ignore shift and stretch of the column, as ranks do;
// a gap is a gap; the order of rows does not matter; scores keep the order, or
// turn it round.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 20).Draw(t, "n")
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(rapid.IntRange(1, 1000).Draw(t, "x"))
			if rapid.IntRange(0, 6).Draw(t, "gap") == 0 {
				x[i] = nan
			}
		}
		if m := sample.MomentsOf(x); m.Constant() {
			return
		}
		names := normalise.Methods()
		m, _ := normalise.ParseMethod(rapid.SampledFrom(names).Draw(t, "method"))
		r := normalise.Rule{
			Method: m, Turn: rapid.Bool().Draw(t, "turn") && !strings.HasPrefix(m.String(), "ratio") && !strings.HasPrefix(m.String(), "change"),
			Divide: 3, Low: 1, High: 900, Target: 500, Share: 0.2, Quantiles: []float64{0.3, 0.6}, Scores: []float64{0, 50, 100},
		}
		if m == normalise.DistanceReference || m == normalise.DistanceTarget {
			return // the reference moves with the column
		}
		got := apply(t, r, x)
		for i := range x {
			if math.IsNaN(x[i]) != math.IsNaN(got[i]) || math.IsInf(got[i], 0) {
				t.Fatalf("%s: %g scores %g", m, x[i], got[i])
			}
			for j := range x {
				if up := got[i] <= got[j]+1e-9; x[i] < x[j] && up == r.Turn && got[i] != got[j] && math.Abs(got[i]-got[j]) > 1e-9 {
					t.Fatalf("%s, turned %t: %g scores %g, %g scores %g", m, r.Turn, x[i], got[i], x[j], got[j])
				}
			}
		}
		back := make([]float64, n)
		for i := range x {
			back[n-1-i] = x[i]
		}
		for i, s := range apply(t, r, back) {
			if !same(s, got[n-1-i], 1e-9) {
				t.Fatalf("%s depends on the order of rows", m)
			}
		}
		switch m {
		case normalise.MinMax, normalise.ZScore, normalise.Rank, normalise.PercentileRank, normalise.Borda, normalise.AMPI, normalise.DistanceMax:
			for i := range x {
				back[i] = 7*x[i] - 300
			}
			for i, s := range apply(t, r, back) {
				if !same(s, got[i], 1e-9) {
					t.Fatalf("%s depends on the unit: %g and %g", m, s, got[i])
				}
			}
		}
	})
}

// The line of a scale gives its scores.
func TestLine(t *testing.T) {
	x := []float64{20, 60, 90}
	m := sample.MomentsOf(x)
	for _, r := range []normalise.Rule{{To: 100, Turn: true}, {Method: normalise.ZScore, Mean: 5, SD: 2}, {Method: normalise.Goalposts, Low: 9, High: 3, Turn: true}} {
		var s normalise.Scale
		if err := r.Fit(&s, x, &m); err != nil {
			t.Fatal(err)
		}
		from, slope, ok := s.Line()
		for i, v := range apply(t, r, x) {
			if !ok || !same(from+slope*x[i], v, 1e-12) {
				t.Errorf("%s: %g scores %g, the line says %g", r.Method, x[i], v, from+slope*x[i])
			}
		}
	}
	var s normalise.Scale
	_ = (&normalise.Rule{Method: normalise.Rank}).Fit(&s, x, &m)
	if _, _, ok := s.Line(); ok {
		t.Error("ranks are said to be a line")
	}
}

func TestLinesAllocateNothing(t *testing.T) {
	x := []float64{1, 2, 3, 10}
	m, dst := sample.MomentsOf(x), make([]float64, 4)
	var s normalise.Scale
	r := normalise.Rule{To: 100}
	if n := testing.AllocsPerRun(20, func() { _ = r.Fit(&s, x, &m); s.Apply(dst, x) }); n > 0 {
		t.Errorf("allocates %g times", n)
	}
}

// The 49 columns of the ASEM case, given their moments.
func BenchmarkASEM(b *testing.B) {
	_, columns := sharedtest.CSV(b, "cases", "coinr-asem", "step_treated.csv").Named()
	moments := make([]sample.Moments, len(columns))
	for j := range columns {
		moments[j] = sample.MomentsOf(columns[j])
	}
	dst := make([]float64, len(columns[0]))
	for _, r := range []normalise.Rule{{From: 1, To: 100}, {Method: normalise.ZScore, Mean: 10, SD: 2}} {
		b.Run(r.Method.String(), func(b *testing.B) {
			b.ReportAllocs()
			var s normalise.Scale
			for b.Loop() {
				for j, x := range columns {
					if err := r.Fit(&s, x, &moments[j]); err != nil {
						b.Fatal(err)
					}
					s.Apply(dst, x)
				}
			}
		})
	}
}
