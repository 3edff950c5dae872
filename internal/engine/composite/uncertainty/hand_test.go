package uncertainty_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/engine/composite/uncertainty"
	"peerscape/internal/fault"
)

// cases is a model with one choice, whose variants are written out.
func cases(rows ...[]float64) *formula {
	return &formula{units: len(rows[0]), factors: []uncertainty.Factor{levels("case", len(rows))}, run: func(draw, scores []float64) error {
		copy(scores, rows[uncertainty.Level(draw[0], len(rows))])
		return nil
	}}
}

// Four variants of three units, by hand.
//
//	variant   scores       ranks
//	1         3  2  1      1 2 3
//	2         2  2  1      1 1 3
//	3         1  2  3      3 2 1
//	4         4  4  -      1 1 -
func TestResultByHand(t *testing.T) {
	nan := math.NaN()
	m := cases([]float64{3, 2, 1}, []float64{2, 2, 1}, []float64{1, 2, 3}, []float64{4, 4, nan})
	r, err := uncertainty.Enumerate(bg, m, uncertainty.Options{Top: []int{1, 2}, Pairs: true})
	if err != nil {
		t.Fatal(err)
	}
	sd := func(x ...float64) float64 {
		mean, sum := 0.0, 0.0
		for _, v := range x {
			mean += v / float64(len(x))
		}
		for _, v := range x {
			sum += (v - mean) * (v - mean)
		}
		return math.Sqrt(sum / float64(len(x)))
	}
	want := []uncertainty.Unit{
		{4, 1.5, 1, 1, 2.7, 2.5, sd(3, 2, 1, 4), []float64{0.75, 0.75}},
		{4, 1.5, 1.5, 1, 2, 2.5, sd(2, 2, 2, 4), []float64{0.5, 1}},
		{3, 7. / 3, 3, 1.2, 3, 5. / 3, sd(1, 1, 3), []float64{0.25, 0.25}},
	}
	close := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-14 })
	if d := cmp.Diff(want, r.Units, close); d != "" {
		t.Errorf("units (want, got):\n%s", d)
	}
	beats := [][]float64{{0.5, (1 + 0.5 + 0 + 0.5) / 4, 2. / 3}, {0.5, 0.5, 2. / 3}, {1. / 3, 1. / 3, 0.5}}
	for i := range beats {
		for j, want := range beats[i] {
			if got, ok := r.Beats(i, j); !ok || math.Abs(got-want) > 1e-15 {
				t.Errorf("P(%d beats %d) = %v, want %v", i+1, j+1, got, want)
			}
		}
	}
	if d := cmp.Diff([]float64{0.25, 0, 0.5}, r.Acceptability(2)); d != "" {
		t.Errorf("acceptability of unit 3: %s", d)
	}
	if d := cmp.Diff([]float64{1, 1, 3}, r.Scores(2)); d != "" {
		t.Errorf("scores of unit 3: %s", d)
	}
	if _, ok := (&uncertainty.Result{Units: r.Units}).Beats(0, 1); ok {
		t.Error("pairs that nobody asked for have a share")
	}
}

// Ties count half: won once, tied twice, lost never makes 2/3.
func TestTiesCountHalf(t *testing.T) {
	r, err := uncertainty.Enumerate(bg, cases([]float64{2, 1}, []float64{1, 1}, []float64{5, 5}), uncertainty.Options{Pairs: true})
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := r.Beats(0, 1); !ok || math.Abs(p-2./3) > 1e-15 {
		t.Errorf("P = %v, want 2/3", p)
	}
}

// The mean and the sd (divisor N-1) of a sample are those of the kept scores, even
// where the scores are large and hardly move.
func TestMomentsOfSample(t *testing.T) {
	m := &formula{units: 1, factors: []uncertainty.Factor{{Name: "noise"}}, run: func(draw, scores []float64) error {
		scores[0] = 1e6 + 1e-3*draw[0]
		return nil
	}}
	r, err := uncertainty.MonteCarlo(bg, m, uncertainty.Options{N: 12})
	if err != nil {
		t.Fatal(err)
	}
	kept := r.Scores(0)
	var sum, squa float64
	for _, v := range kept {
		sum += (v - 1e6) / 12
	}
	for _, v := range kept {
		squa += (v - 1e6 - sum) * (v - 1e6 - sum)
	}
	var error far
	error.see(r.Units[0].ScoreSD/math.Sqrt(squa/11), 1)
	error.see((r.Units[0].MeanScore-1e6)/sum, 1)
	error.within(t, "mean and sd, relative to the noise", 1e-6) // the scores themselves have 1e-7
}

// An infinite score is refused with its unit and variant.
func TestInfiniteScoreIsRefused(t *testing.T) {
	for _, inf := range []float64{math.Inf(1), math.Inf(-1)} {
		m := cases([]float64{1, 2}, []float64{1, inf})
		o := uncertainty.Options{N: 64}
		_, carlo := uncertainty.MonteCarlo(bg, m, o)
		_, sobol := uncertainty.Sensitivity(bg, m, o, uncertainty.RankOf(0))
		for _, err := range []error{carlo, sobol} {
			if err == nil || fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "(case = 2) cannot be computed: the score of unit 2 is infinite") {
				t.Errorf("%v: %v", inf, err)
			}
		}
	}
}
