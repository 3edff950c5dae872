package uncertainty_test

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"testing"

	"go.uber.org/goleak"

	"peerscape/internal/engine/composite/uncertainty"
	"peerscape/internal/sharedtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var bg = context.Background()

// formula is a model made of functions.
type formula struct {
	units   int
	factors []uncertainty.Factor
	run     func(draw, scores []float64) error
}

func (f *formula) Units() int                       { return f.units }
func (f *formula) Factors() []uncertainty.Factor    { return f.factors }
func (f *formula) Run(draw, scores []float64) error { return f.run(draw, scores) }
func (f *formula) Fork() uncertainty.Model          { return f }

// scalar is a model of one unit, whose score is a function of continuous factors.
func scalar(d int, f func(u []float64) float64) *formula {
	m := &formula{units: 1}
	for k := range d {
		m.factors = append(m.factors, uncertainty.Factor{Name: fmt.Sprintf("x%d", k+1)})
	}
	m.run = func(draw, scores []float64) error {
		scores[0] = f(draw)
		return nil
	}
	return m
}

func levels(name string, n int) uncertainty.Factor {
	f := uncertainty.Factor{Name: name}
	for l := range n {
		f.Levels = append(f.Levels, strconv.Itoa(l+1))
	}
	return f
}

// lookup is a model whose variants have been computed by another program.
type lookup struct {
	units   []string
	factors []uncertainty.Factor
	rows    map[[4]int][]float64
}

func (l *lookup) Units() int                    { return len(l.units) }
func (l *lookup) Factors() []uncertainty.Factor { return l.factors }
func (l *lookup) Fork() uncertainty.Model       { return l }

func (l *lookup) Run(draw, scores []float64) error {
	var key [4]int
	for k, f := range l.factors {
		key[k] = uncertainty.Level(draw[k], len(f.Levels)) + 1
	}
	row, ok := l.rows[key]
	if !ok {
		return fmt.Errorf("no row %v", key)
	}
	copy(scores, row)
	return nil
}

// asem reads the 400 variants of the reference case and its nominal scores.
func asem(t testing.TB) (*lookup, []float64) {
	t.Helper()
	scores := sharedtest.CSV(t, "cases", "coinr-asem", "ua_full_factorial_scores.csv")
	l := &lookup{
		units:   scores.Head[4:],
		factors: []uncertainty.Factor{levels("winmax", 5), levels("norm", 2), levels("agg", 2), levels("w", 20)},
		rows:    map[[4]int][]float64{},
	}
	choices, columns := scores.Columns(scores.Head[:4]...), scores.Columns(l.units...)
	for i := range scores.Rows {
		var key [4]int
		for k := range key {
			key[k] = int(choices[k][i])
		}
		for _, c := range columns {
			l.rows[key] = append(l.rows[key], c[i])
		}
	}
	if len(l.rows) != 400 {
		t.Fatalf("%d variants, want 400", len(l.rows))
	}
	index := sharedtest.CSV(t, "cases", "coinr-asem", "results.csv").ByName("uCode", "Index")
	var nominal []float64
	for _, u := range l.units {
		nominal = append(nominal, index[u])
	}
	return l, nominal
}

// far notes the largest difference seen.
type far struct{ most float64 }

func (f *far) see(got, want float64) {
	if d := math.Abs(got - want); d > f.most || d != d {
		f.most = d
	}
}

func (f *far) within(t *testing.T, what string, tolerance float64) {
	t.Helper()
	t.Logf("%s: largest error %.3g, tolerance %.3g", what, f.most, tolerance)
	if !(f.most <= tolerance) {
		t.Errorf("%s: error %.3g is above %.3g", what, f.most, tolerance)
	}
}
