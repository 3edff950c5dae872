package uncertainty_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerscape/internal/engine/composite/uncertainty"
	"peerscape/internal/fault"
)

// wavy has units whose scores move with three choices, one of them continuous;
// some scores are tied, some are missing.
func wavy(units int) *formula {
	m := &formula{units: units, factors: []uncertainty.Factor{levels("norm", 3), levels("agg", 2), {Name: "noise"}}}
	m.run = func(draw, scores []float64) error {
		norm, agg := uncertainty.Level(draw[0], 3), uncertainty.Level(draw[1], 2)
		for i := range scores {
			scores[i] = 50 + 10*math.Sin(float64(i*(norm+1))) + draw[2]*math.Cos(float64(i+agg))
			if i%7 == 3 {
				scores[i] = 50 // tied with others of its kind
			}
			if i%11 == 5 && norm == 2 || i == 16 {
				scores[i] = math.NaN()
			}
		}
		return nil
	}
	return m
}

func TestSameResultOnAnyNumberOfWorkers(t *testing.T) {
	m := wavy(30)
	discrete := wavy(30)
	discrete.factors = append(discrete.factors[:2:2], levels("noise", 40))
	for _, c := range []struct {
		name string
		run  func(o uncertainty.Options) (any, error)
	}{
		{"MonteCarlo", func(o uncertainty.Options) (any, error) { return uncertainty.MonteCarlo(bg, m, o) }},
		{"MonteCarlo, some scores kept", func(o uncertainty.Options) (any, error) {
			o.Keep = 100
			return uncertainty.MonteCarlo(bg, m, o)
		}},
		{"Enumerate", func(o uncertainty.Options) (any, error) { return uncertainty.Enumerate(bg, discrete, o) }},
		{"Sensitivity", func(o uncertainty.Options) (any, error) {
			o.N = 200
			return uncertainty.Sensitivity(bg, m, o, uncertainty.RankOf(1))
		}},
		{"Anova", func(o uncertainty.Options) (any, error) {
			return uncertainty.Anova(bg, discrete, o, uncertainty.ScoreOf(1))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := uncertainty.Options{N: 1001, Seed: 42, Workers: 1, Top: []int{3}, Pairs: true}
			one, err := c.run(o)
			if err != nil {
				t.Fatal(err)
			}
			same := cmp.Options{cmp.AllowUnexported(uncertainty.Result{}), cmpopts.EquateNaNs()}
			for _, o.Workers = range []int{2, 7} {
				many, err := c.run(o)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(one, many, same); d != "" {
					t.Errorf("%d workers differ from one:\n%.500s", o.Workers, d)
				}
			}
			if strings.HasPrefix(c.name, "MonteCarlo") || c.name == "Sensitivity" {
				o.Seed++
				if other, err := c.run(o); err != nil || cmp.Equal(one, other, same) {
					t.Errorf("another seed gives the same result (%v)", err)
				}
			}
		})
	}
}

// Units without score have no rank, take no place, and are not hidden.
func TestUnitsWithoutScore(t *testing.T) {
	r, err := uncertainty.MonteCarlo(bg, wavy(30), uncertainty.Options{N: 3000, Seed: 1, Top: []int{30}, Pairs: true})
	if err != nil {
		t.Fatal(err)
	}
	u := r.Units[16]
	if u.Scored != 0 || !math.IsNaN(u.MeanRank) || !math.IsNaN(u.MeanScore) || u.Top[0] != 0 || len(r.Scores(16)) != 0 {
		t.Errorf("a unit that never has a score: %+v", u)
	}
	if _, ok := r.Beats(16, 1); ok {
		t.Error("a unit without score is compared")
	}
	if share := float64(r.Units[5].Scored) / 3000; math.Abs(share-2./3) > 0.05 {
		t.Errorf("unit 5 has a score in %.3f of the variants, want about 2/3", share)
	}
	if got, want := len(r.Scores(5)), r.Units[5].Scored; got != want {
		t.Errorf("%d kept scores, want %d", got, want)
	}
	if a := r.Acceptability(0); a[29] != 0 {
		t.Errorf("rank 30 of at most 29 is taken: %v", a)
	}
	if p, _ := r.Beats(3, 10); p != 0.5 {
		t.Errorf("units that are always tied: %v, want 0.5", p)
	}
}

// COINr 1.1.14 joins results into a growing table, and its cost a sample rises
// with N. Here the model runs a known number of times, linear in N, and progress
// rises to the end.
func TestCostIsLinearUnlikeCOINr(t *testing.T) {
	const d = 3
	small := wavy(5)
	small.factors = []uncertainty.Factor{levels("norm", 3), levels("agg", 2), levels("noise", 7)}
	analyses := []struct {
		name  string
		model *formula
		run   func(m uncertainty.Model, o uncertainty.Options) error
		of    func(n int) int // what progress counts to
		trial int             // runs beside these
		ns    []int
	}{
		{"MonteCarlo", wavy(5), func(m uncertainty.Model, o uncertainty.Options) error {
			_, err := uncertainty.MonteCarlo(bg, m, o)
			return err
		}, func(n int) int { return n }, 1, []int{1, 255, 256, 257, 10_000, 20_000}},
		{"Sensitivity", wavy(5), func(m uncertainty.Model, o uncertainty.Options) error {
			_, err := uncertainty.Sensitivity(bg, m, o, uncertainty.ScoreOf(0))
			return err
		}, func(n int) int { return n * (d + 2) }, 0, []int{8, 100, 1000, 2000}},
		{"Enumerate", small, func(m uncertainty.Model, o uncertainty.Options) error {
			_, err := uncertainty.Enumerate(bg, m, o)
			return err
		}, func(int) int { return 3 * 2 * 7 }, 1, []int{0}},
		{"Anova", small, func(m uncertainty.Model, o uncertainty.Options) error {
			_, err := uncertainty.Anova(bg, m, o, uncertainty.ScoreOf(0))
			return err
		}, func(int) int { return 3 * 2 * 7 }, 0, []int{0}},
	}
	for _, a := range analyses {
		for _, n := range a.ns {
			var runs atomic.Int64
			counted := *a.model
			counted.run = func(draw, scores []float64) error {
				runs.Add(1)
				return a.model.run(draw, scores)
			}
			last, want := 0, a.of(n)
			o := uncertainty.Options{N: n, Workers: 3, Progress: func(done, of int) {
				if done <= last || of != want {
					t.Errorf("%s: progress %d of %d after %d", a.name, done, of, last)
				}
				last = done
			}}
			if err := a.run(&counted, o); err != nil {
				t.Fatal(err)
			}
			if got := int(runs.Load()); got != want+a.trial || last != want {
				t.Errorf("%s, N = %d: %d runs, want %d; last progress %d", a.name, n, got, want+a.trial, last)
			}
		}
	}
}

func TestCancel(t *testing.T) {
	analyses := map[string]func(context.Context, uncertainty.Model, uncertainty.Options) (any, error){
		"MonteCarlo": func(ctx context.Context, m uncertainty.Model, o uncertainty.Options) (any, error) {
			r, err := uncertainty.MonteCarlo(ctx, m, o)
			return r == nil, err
		},
		"Sensitivity": func(ctx context.Context, m uncertainty.Model, o uncertainty.Options) (any, error) {
			r, err := uncertainty.Sensitivity(ctx, m, o, uncertainty.RankOf(0))
			return r == nil, err
		},
	}
	for name, analyse := range analyses {
		for _, workers := range []int{1, 2, 7} {
			t.Run(fmt.Sprintf("%s with %d workers", name, workers), func(t *testing.T) {
				ctx, cancel := context.WithCancel(bg)
				defer cancel()
				var runs atomic.Int64
				m := wavy(5)
				inner := m.run
				m.run = func(draw, scores []float64) error {
					if runs.Add(1) == 5000 {
						cancel()
					}
					return inner(draw, scores)
				}
				none, err := analyse(ctx, m, uncertainty.Options{N: 100_000, Workers: workers})
				if none != true || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "stopped at ") {
					t.Fatalf("result nil: %v, error %v", none, err)
				}
				if after := runs.Load() - 5000; workers == 1 && after != 0 {
					t.Errorf("%d variants computed after the end", after)
				}
				t.Log(err)
			})
		}
	}
	ctx, cancel := context.WithCancel(bg)
	cancel()
	if _, err := uncertainty.MonteCarlo(ctx, wavy(5), uncertainty.Options{N: 10}); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}

// A variant that cannot be computed is named, the first in order on any number
// of workers, with the reason and the cure.
func TestFailingVariantIsNamed(t *testing.T) {
	reason := fault.New(fault.Invalid, "engine.negative", "indicator x has negative values, of which there is no geometric mean").Do("Normalise to 1-100")
	m := wavy(5)
	m.factors[1] = uncertainty.Factor{Name: "aggregation", Levels: []string{"arithmetic", "geometric"}}
	inner := m.run
	m.run = func(draw, scores []float64) error {
		if uncertainty.Level(draw[1], 2) == 1 && draw[2] > 0.97 {
			return reason
		}
		return inner(draw, scores)
	}
	first := ""
	for _, workers := range []int{1, 2, 7} {
		r, err := uncertainty.MonteCarlo(bg, m, uncertainty.Options{N: 20_000, Seed: 9, Workers: workers})
		if r != nil || !errors.Is(err, reason) || fault.KindOf(err) != fault.Invalid {
			t.Fatalf("result %v, error %v", r, err)
		}
		for _, part := range []string{"aggregation = geometric", "norm = ", "noise = 0.9", reason.What, reason.Cure} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not say %q", err, part)
			}
		}
		if first == "" {
			first = err.Error()
		}
		if err.Error() != first {
			t.Errorf("%d workers: %s\none worker: %s", workers, err, first)
		}
	}
	t.Log(first)
}

// COINr #60: a sensitivity analysis silently ignores an alternative for imputation
// where the base has no such step. Here the model refuses, and all analyses hand
// the refusal on.
func TestChoiceThatCannotApplyIsRefusedCOINr60(t *testing.T) {
	foreign := errors.New("there is no imputation step to vary")
	m := &formula{units: 2, factors: []uncertainty.Factor{{Name: "imputation", Levels: []string{"as it is", "median"}}}}
	m.run = func(draw, scores []float64) error {
		scores[0], scores[1] = 1, 2
		if uncertainty.Level(draw[0], 2) == 1 {
			return foreign
		}
		return nil
	}
	target := uncertainty.RankOf(0)
	o := uncertainty.Options{N: 64}
	for name, analyse := range map[string]func() error{
		"MonteCarlo":  func() error { _, err := uncertainty.MonteCarlo(bg, m, o); return err },
		"Enumerate":   func() error { _, err := uncertainty.Enumerate(bg, m, o); return err },
		"Sensitivity": func() error { _, err := uncertainty.Sensitivity(bg, m, o, target); return err },
		"Anova":       func() error { _, err := uncertainty.Anova(bg, m, o, target); return err },
	} {
		err := analyse()
		if !errors.Is(err, foreign) || !strings.Contains(err.Error(), "imputation = median") || fault.KindOf(err) != fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A panic of a model in a worker is raised again in the goroutine of the caller,
// who can recover it, and says where it came from; it does not end the program.
func TestPanicOfModelReachesCaller(t *testing.T) {
	var runs atomic.Int64
	m := wavy(5)
	m.run = func(_, scores []float64) error {
		clear(scores)
		if runs.Add(1) == 300 {
			panicOfModel()
		}
		return nil
	}
	recovered := func() (p any) {
		defer func() { p = recover() }()
		_, err := uncertainty.MonteCarlo(bg, m, uncertainty.Options{N: 1000, Workers: 2})
		t.Errorf("MonteCarlo returns, with error %v", err)
		return nil
	}()
	for _, want := range []string{"index out of range", "panicOfModel"} {
		if said := fmt.Sprint(recovered); !strings.Contains(said, want) {
			t.Errorf("recovered %.200q, want %q in it", said, want)
		}
	}
}

// panicOfModel fails as a careless model would.
func panicOfModel() {
	var scores []float64
	scores[len(scores)]++
}
