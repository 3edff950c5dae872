package uncertainty_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"peerscape/internal/engine/composite/uncertainty"
	"peerscape/internal/fault"
)

// spec draws a model that may be unsound in any way that a user can bring about.
func spec(t *rapid.T) (*formula, uncertainty.Options) {
	pick := func(label string, mostly int, seldom ...int) int {
		if rapid.IntRange(0, 24).Draw(t, label+" is odd") == 17 {
			return rapid.SampledFrom(seldom).Draw(t, label)
		}
		return rapid.IntRange(1, mostly).Draw(t, label)
	}
	m := &formula{units: pick("units", 6, 0, -1)}
	for k := range pick("factors", 4, 0) {
		f := levels(string(rune('a'+k)), pick("levels", 4, 0))
		switch pick("name", 1, 2, 3, 4) {
		case 2:
			f.Name = "a"
		case 3:
			f.Name = " "
		case 4:
			f.Levels = append(f.Levels, "1", "")
		}
		m.factors = append(m.factors, f)
	}
	odd := rapid.SampledFrom([]float64{1, 1, 1, math.NaN(), math.Inf(1)}).Draw(t, "odd")
	fails := pick("fails", 1, 2) == 2
	m.run = func(draw, scores []float64) error {
		for i := range scores {
			scores[i] = float64(i % 3)
			for k, u := range draw {
				n := max(1, len(m.factors[k].Levels))
				scores[i] += math.Round(u*float64(n)) * float64((i+k)%2)
			}
		}
		if draw[0] > 0.8 {
			scores[0] *= odd
			if fails {
				return errors.New("no such method")
			}
		}
		return nil
	}
	return m, uncertainty.Options{
		N: pick("n", 60, 0, -1), Seed: rapid.Uint64().Draw(t, "seed"), Workers: pick("workers", 3, 0, -1),
		Top: []int{pick("top", 9, 0)}, Keep: pick("keep", 30, 0, -1, -2), Pairs: true,
		Bootstrap: 20 + pick("bootstrap", 5, -20, -1, -21),
	}
}

// COINr #50: uncertainty and sensitivity analyses fail outright on some specs.
// Here any spec gives a sound result or a sentence.
func TestAnySpecGivesResultOrClearErrorCOINr50(t *testing.T) {
	results, faults := 0, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		m, o := spec(t)
		for _, analyse := range []func() error{
			func() error { return soundResult(t, m)(uncertainty.MonteCarlo(bg, m, o)) },
			func() error { return soundResult(t, m)(uncertainty.Enumerate(bg, m, o)) },
			func() error { return soundIndices(t)(uncertainty.Sensitivity(bg, m, o, uncertainty.RankOf(0))) },
			func() error { return soundIndices(t)(uncertainty.Anova(bg, m, o, uncertainty.ScoreOf(0))) },
		} {
			err := analyse()
			if err == nil {
				results++
				continue
			}
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Key == "" || f.What == "" || f.Kind != fault.Internal && f.Cure == "" {
				t.Errorf("no clear error: %#v", err)
				continue
			}
			faults[f.Key]++
		}
	})
	t.Logf("%d results; faults %v", results, faults)
}

// Whatever the model, 1, 2 and 7 workers come to the same result to the last bit,
// or to the same error.
func TestWorkersDoNotMatter(t *testing.T) {
	same := cmp.Options{cmp.AllowUnexported(uncertainty.Result{}), cmpopts.EquateNaNs()}
	rapid.Check(t, func(t *rapid.T) {
		m, o := spec(t)
		o.N *= 20 // more variants than blocks
		target := uncertainty.RankOf(0)
		for name, analyse := range map[string]func() (any, error){
			"MonteCarlo":  func() (any, error) { return uncertainty.MonteCarlo(bg, m, o) },
			"Enumerate":   func() (any, error) { return uncertainty.Enumerate(bg, m, o) },
			"Sensitivity": func() (any, error) { return uncertainty.Sensitivity(bg, m, o, target) },
			"Anova":       func() (any, error) { return uncertainty.Anova(bg, m, o, target) },
		} {
			o.Workers = 1
			want, refusal := analyse()
			for _, o.Workers = range []int{2, 7} {
				got, err := analyse()
				if fmt.Sprint(err) != fmt.Sprint(refusal) {
					t.Fatalf("%s with %d workers: %v, with one: %v", name, o.Workers, err, refusal)
				}
				if d := cmp.Diff(want, got, same); refusal == nil && d != "" {
					t.Fatalf("%s with %d workers differs from one:\n%.400s", name, o.Workers, d)
				}
			}
		}
	})
}

func soundResult(t *rapid.T, m *formula) func(*uncertainty.Result, error) error {
	return func(r *uncertainty.Result, err error) error {
		if err != nil {
			if r != nil {
				t.Error("a result and an error")
			}
			return err
		}
		for i, u := range r.Units {
			sum, last := 0.0, 0.0
			for _, share := range r.Acceptability(i) {
				sum += share
			}
			if math.Abs(sum-float64(u.Scored)/float64(r.N)) > 1e-12 {
				t.Errorf("unit %d: shares of ranks sum to %v, scored %d of %d", i, sum, u.Scored, r.N)
			}
			for k := range m.units + 2 {
				if p := r.Top(i, k); p < last || p > 1 {
					t.Errorf("unit %d: P(top %d) is %v after %v", i, k, p, last)
				} else {
					last = p
				}
			}
			if u.Scored > 0 && !(1 <= u.RankQ05 && u.RankQ05 <= u.MedianRank && u.MedianRank <= u.RankQ95 && u.RankQ95 <= float64(m.units)) {
				t.Errorf("unit %d: quantiles of ranks %+v", i, u)
			}
			if (u.Scored > 0) != (u.MeanScore == u.MeanScore) || (u.Scored > 1) && u.ScoreSD != u.ScoreSD {
				t.Errorf("unit %d: NaN leaks or is missing: %+v", i, u)
			}
			for j := range r.Units {
				p, ok := r.Beats(i, j)
				q, _ := r.Beats(j, i)
				if ok && math.Abs(p+q-1) > 1e-15 {
					t.Errorf("units %d and %d beat each other in %v and %v", i, j, p, q)
				}
			}
		}
		return nil
	}
}

func soundIndices(t *rapid.T) func(*uncertainty.Indices, error) error {
	return func(ix *uncertainty.Indices, err error) error {
		if err != nil {
			if ix != nil {
				t.Error("indices and an error")
			}
			return err
		}
		sum := 0.0
		for _, f := range ix.Factors {
			for _, v := range []float64{f.First, f.FirstLow, f.FirstHigh, f.Total, f.TotalLow, f.TotalHigh} {
				if v-v != 0 {
					t.Errorf("%+v is not finite", f)
				}
			}
			if f.Total < 0 || f.FirstLow > f.FirstHigh || f.TotalLow > f.TotalHigh {
				t.Errorf("unsound %+v", f)
			}
			if sum += f.First; ix.Exact && (f.First > f.Total+1e-12 || sum > 1+1e-12) {
				t.Errorf("first-order indices sum to %v, %+v", sum, f)
			}
		}
		return nil
	}
}

// What is wrong with a specification is said in a sentence with a cure.
func TestRefusals(t *testing.T) {
	many := &formula{units: 1, run: func(_, scores []float64) error { clear(scores); return nil }}
	for k := range 300 {
		many.factors = append(many.factors, levels(fmt.Sprint("choice ", k), 2))
	}
	with := func(units int, f ...uncertainty.Factor) *formula {
		return &formula{units: units, factors: f, run: func(_, scores []float64) error { clear(scores); return nil }}
	}
	a, noise := levels("a", 2), uncertainty.Factor{Name: "noise"}
	usual := uncertainty.Options{N: 100}
	short := uncertainty.RankShift([]float64{1, 2})
	for _, c := range []struct {
		key     string
		m       *formula
		o       uncertainty.Options
		analyse string
	}{
		{"engine.no-unit", with(0, a), usual, "carlo"},
		{"engine.too-many-units", with(5000, a), usual, "carlo"},
		{"engine.no-factor", with(3), usual, "carlo"},
		{"engine.factor-name", with(3, levels(" ", 2)), usual, "carlo"},
		{"engine.factor-twice", with(3, a, noise, a), usual, "carlo"},
		{"engine.level-twice", with(3, uncertainty.Factor{Name: "a", Levels: []string{"x", "x"}}), usual, "carlo"},
		{"engine.level-name", with(3, uncertainty.Factor{Name: "a", Levels: []string{"x", ""}}), usual, "carlo"},
		{"engine.draws", with(3, a), uncertainty.Options{}, "carlo"},
		{"engine.top", with(3, a), uncertainty.Options{N: 9, Top: []int{0}}, "carlo"},
		{"engine.workers", with(3, a), uncertainty.Options{N: 9, Workers: -1}, "carlo"},
		{"engine.keep", with(3, a), uncertainty.Options{N: 9, Keep: -2}, "carlo"},
		{"engine.continuous", with(3, a, noise), usual, "enumerate"},
		{"engine.too-many-variants", with(3, levels("a", 500), levels("b", 500)), usual, "enumerate"},
		{"engine.too-many-variants", many, usual, "enumerate"},
		{"engine.too-many-factors", many, usual, "sensitivity"},
		{"engine.rows", with(3, a), uncertainty.Options{N: 7}, "sensitivity"},
		{"engine.bootstrap", with(3, a), uncertainty.Options{N: 100, Bootstrap: 5}, "sensitivity"},
		{"engine.variant", with(3, a), usual, "sensitivity"}, // the nominal ranking has two units
	} {
		t.Run(c.key+" "+c.analyse, func(t *testing.T) {
			var err error
			switch c.analyse {
			case "carlo":
				_, err = uncertainty.MonteCarlo(bg, c.m, c.o)
			case "enumerate":
				_, err = uncertainty.Enumerate(bg, c.m, c.o)
			case "sensitivity":
				_, err = uncertainty.Sensitivity(bg, c.m, c.o, short)
			}
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Key != c.key || f.Cure == "" || f.Kind == fault.Internal {
				t.Fatalf("got %v, want %s", err, c.key)
			}
			t.Log(f)
		})
	}
}

func TestTargets(t *testing.T) {
	nan := math.NaN()
	v := uncertainty.Variant{Scores: []float64{9, 7, nan, 8}, Ranks: []uint16{1, 3, 0, 2}}
	for _, c := range []struct {
		name   string
		target uncertainty.Target
		want   float64
		key    string
	}{
		{"score", uncertainty.ScoreOf(3), 8, ""},
		{"rank", uncertainty.RankOf(1), 3, ""},
		{"shift", uncertainty.RankShift([]float64{1, 2, 3, 4}), (3. + 0 + 1) / 3, ""}, // nominal ranks 4 3 2 1
		{"shift with gaps", uncertainty.RankShift([]float64{nan, 2, 3, 4}), (0. + 1) / 2, ""},
		{"shift of ties", uncertainty.RankShift([]float64{5, 5, nan, 5}), (0. + 2 + 1) / 3, ""}, // nominal ranks 1 1 - 1
		{"score of a gap", uncertainty.ScoreOf(2), 0, "engine.unit-without-score"},
		{"rank of a gap", uncertainty.RankOf(2), 0, "engine.unit-without-score"},
		{"no such unit", uncertainty.RankOf(4), 0, "engine.unit"},
		{"nominal of others", uncertainty.RankShift([]float64{1}), 0, "engine.nominal"},
		{"nothing shared", uncertainty.RankShift([]float64{nan, nan, 1, nan}), 0, "engine.no-rank-shift"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.target(v)
			f, _ := errors.AsType[*fault.Error](err)
			if got != c.want || (f != nil) != (c.key != "") || f != nil && f.Key != c.key {
				t.Errorf("got %v, %v; want %v %s", got, err, c.want, c.key)
			}
		})
	}
}
