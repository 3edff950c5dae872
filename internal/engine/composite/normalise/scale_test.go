package normalise_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// every returns a rule for each method, which the column 1 2 3 10 can bear.
func every() []normalise.Rule {
	var rules []normalise.Rule
	for k := range normalise.Methods() {
		rules = append(rules, normalise.Rule{
			Method: normalise.Method(k), Divide: 3, Low: 1, High: 9, CapLow: true, Unit: 3, Target: 8, Share: 0.2,
			Quantiles: []float64{0.3, 0.6}, Scores: []float64{-1, 0, 1},
		})
	}
	return rules
}

// No row sees another but through the scale: a missing value changes no other
// score, and scores may be written over the values.
func TestGapsChangeNothingElse(t *testing.T) {
	for _, r := range every() {
		x := []float64{1, 2, 3, 10}
		want := apply(t, r, x)
		with := []float64{1, nan, 2, 3, nan, nan, 10}
		r.Unit = 6
		var s normalise.Scale
		m := sample.MomentsOf(with)
		if err := r.Fit(&s, with, &m); err != nil {
			t.Fatal(r.Method, err)
		}
		got := slices.Clone(with)
		s.Apply(got, got)
		k := 0
		for i, v := range with {
			if math.IsNaN(v) {
				if !math.IsNaN(got[i]) {
					t.Errorf("%s: a missing value scores %g", r.Method, got[i])
				}
				continue
			}
			if !same(got[i], want[k], 1e-12) {
				t.Errorf("%s: %g scores %g, without gaps %g", r.Method, v, got[i], want[k])
			}
			k++
		}
	}
}

// Of each method that is a line, the line gives the scores and nothing is
// allocated; the others say that they are none.
func TestEveryLine(t *testing.T) {
	curves := []string{"rank", "percentile-rank", "handbook-percentile", "borda", "log-goalposts", "mean-bands", "quantile-bands", "categorical"}
	x := []float64{1, 2, 3, 10}
	m, dst := sample.MomentsOf(x), make([]float64, 4)
	for _, r := range every() {
		r.CapLow = false
		var s normalise.Scale
		if err := r.Fit(&s, x, &m); err != nil {
			t.Fatal(r.Method, err)
		}
		from, slope, ok := s.Line()
		if curve := slices.Contains(curves, r.Method.String()); ok == curve {
			t.Errorf("%s is a line: %t", r.Method, ok)
		}
		if !ok {
			continue
		}
		s.Apply(dst, x)
		for i, v := range x {
			if !same(dst[i], from+slope*v, 1e-12) {
				t.Errorf("%s: %g scores %g, the line says %g", r.Method, v, dst[i], from+slope*v)
			}
		}
		if n := testing.AllocsPerRun(20, func() { _ = r.Fit(&s, x, &m); s.Apply(dst, x) }); n > 0 {
			t.Errorf("%s allocates %g times", r.Method, n)
		}
	}
}

// Turning the indicator is multiplying it by -1 before the method; what is written
// in its unit is multiplied too, and goalposts change places.
func TestTurningIsMinus(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(1, 100), 3, 20).Draw(t, "x")
		if m := sample.MomentsOf(x); !(m.Max-m.Min > 1e-3) {
			return
		}
		minus := make([]float64, len(x))
		for i := range x {
			minus[i] = -x[i]
		}
		for _, r := range every() {
			if r.Method == normalise.LogGoalposts || r.Method == normalise.DistanceReference || r.Method >= normalise.RatioMean && r.Method <= normalise.ChangeMin {
				continue // no logarithm or ratio of -x; the reference may be the worst
			}
			r.Subtract = 4
			turned := r
			turned.Turn, turned.Subtract, turned.Target = true, -4, 0.5
			r.Target = -0.5
			if r.Method == normalise.Goalposts {
				turned.Low, turned.High, r.Low, r.High = 9, 1, -9, -1
			}
			want, got := apply(t, r, minus), apply(t, turned, x)
			for i := range x {
				if !same(got[i], want[i], 1e-9) {
					t.Fatalf("%s: %g turned scores %g, %g scores %g", r.Method, x[i], got[i], minus[i], want[i])
				}
			}
		}
	})
}

// Classes and bands that have the same scores treat a value on their lowest limit
// each in its own way.
func TestLimits(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5}
	classes := apply(t, normalise.Rule{Method: normalise.Categorical, Quantiles: []float64{0.25, 0.75}, Scores: []float64{-1, 0, 1}}, x)
	bands := apply(t, normalise.Rule{Method: normalise.QuantileBands, Share: 0.25}, x)
	if want := []float64{-1, -1, 0, 0, 1}; !slices.Equal(classes, want) {
		t.Errorf("classes %v, want %v", classes, want)
	}
	if want := []float64{-1, 0, 0, 0, 1}; !slices.Equal(bands, want) {
		t.Errorf("bands %v, want %v", bands, want)
	}
}

// Figures at the end of what can be computed with are refused, or have no score.
func TestNothingLeaks(t *testing.T) {
	for _, c := range []struct {
		name string
		rule normalise.Rule
		x    []float64
	}{
		{"too close together", normalise.Rule{}, []float64{0, 5e-324, 1e-323}},
		{"too far apart", normalise.Rule{To: 100}, []float64{-1.5e308, 1, 1.5e308}},
		{"a ratio to next to nothing", normalise.Rule{Method: normalise.RatioMin}, []float64{1e-320, 1, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := sample.MomentsOf(c.x)
			err := c.rule.Fit(new(normalise.Scale), c.x, &m)
			if f, ok := err.(*fault.Error); !ok || f.Key != "engine.too-large" || f.Cure == "" {
				t.Errorf("got %v", err)
			}
		})
	}
	// A scale with logarithms, fitted to one column and applied to another.
	var s normalise.Scale
	fitted, other := []float64{1, 10, 100}, []float64{10, 0, -5, nan}
	m := sample.MomentsOf(fitted)
	for _, c := range []struct {
		caps bool
		want []float64
	}{{false, []float64{50, nan, nan, nan}}, {true, []float64{50, 0, 0, nan}}} {
		r := normalise.Rule{Method: normalise.LogGoalposts, Low: 1, High: 100, To: 100, CapLow: c.caps}
		if err := r.Fit(&s, fitted, &m); err != nil {
			t.Fatal(err)
		}
		got := make([]float64, len(other))
		s.Apply(got, other)
		for i, want := range c.want {
			if !same(got[i], want, 1e-12) {
				t.Errorf("capped %t: %g scores %g, want %g", c.caps, other[i], got[i], want)
			}
		}
	}
}

func FuzzParseMethod(f *testing.F) {
	for _, name := range append(normalise.Methods(), "", "min max", "Z", "goalpost") {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		m, err := normalise.ParseMethod(name)
		if known := slices.Contains(normalise.Methods(), name); known != (err == nil) || known && m.String() != name {
			t.Errorf("%q becomes %s, %v", name, m, err)
		}
	})
}
