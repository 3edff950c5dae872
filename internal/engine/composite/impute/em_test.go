package impute

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/engine/sample"
)

// Where one of two columns is complete, the fit of greatest likelihood has a
// closed form (Anderson 1957): regress the other on it over the complete units
// and take the mean of the regression over all of them.
func TestEMMeetsTheClosedForm(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	y := []float64{2.1, 3.9, 6.2, 7.8, 10.3, 11.7, nan, nan, nan, nan}
	var sx, sy, sxx, sxy, syy float64
	const n = 6
	for i := range n {
		sx, sy = sx+x[i]/n, sy+y[i]/n
	}
	for i := range n {
		sxx, sxy, syy = sxx+(x[i]-sx)*(x[i]-sx)/n, sxy+(x[i]-sx)*(y[i]-sy)/n, syy+(y[i]-sy)*(y[i]-sy)/n
	}
	slope := sxy / sxx
	mean, variance := 5.5, 8.25 // of x over all ten
	wantMean := sy + slope*(mean-sx)
	wantCov, wantVar := slope*variance, syy-slope*sxy+slope*slope*variance

	r := mustFill(t, Data{Table: [][]float64{x, y}}, Rule{Method: EM, Tolerance: 1e-12})
	fit := r.EM[0]
	worst := max(
		math.Abs(fit.Mean[0]-mean), math.Abs(fit.Mean[1]-wantMean),
		math.Abs(fit.Covariance[0][0]-variance), math.Abs(fit.Covariance[0][1]-wantCov), math.Abs(fit.Covariance[1][1]-wantVar))
	for _, f := range r.Filled {
		worst = max(worst, math.Abs(f.Value-(sy+slope*(x[f.Row]-sx))))
	}
	t.Logf("mean, covariance and 4 filled cells: largest error %.2g (tolerance 1e-9), %d rounds, log-likelihood %.6f", worst, fit.Iterations, fit.LogLikelihood)
	if worst > 1e-9 || len(r.Filled) != 4 || fit.Ridge != 0 || fit.Units != 10 {
		t.Errorf("worst %g, fit %+v, filled %+v", worst, fit, r.Filled)
	}
	// The likelihood parts into that of x and that of y given x.
	residual := syy - slope*sxy
	want := -5*(math.Log(2*math.Pi*variance)+1) - 3*(math.Log(2*math.Pi*residual)+1)
	if math.Abs(fit.LogLikelihood-want) > 1e-9 {
		t.Errorf("log-likelihood %v, want %v", fit.LogLikelihood, want)
	}
}

func TestEMRecoversAKnownBivariateNormal(t *testing.T) {
	const n, rho = 20_000, 0.8
	rng := rand.New(rand.NewPCG(7, 1))
	x, y := make([]float64, n), make([]float64, n)
	for i := range n {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		x[i], y[i] = 100+15*a, 0.5+0.02*(rho*a+math.Sqrt(1-rho*rho)*b)
	}
	for i := range n {
		switch {
		case x[i] > 110 && rng.Float64() < 0.8: // missing because of what is seen
			y[i] = nan
		case rng.Float64() < 0.1:
			x[i] = nan
		}
	}
	fit := mustFill(t, Data{Table: [][]float64{x, y}}, Rule{Method: EM}).EM[0]
	sx, sy := math.Sqrt(fit.Covariance[0][0]), math.Sqrt(fit.Covariance[1][1])
	got := []float64{fit.Mean[0], sx, fit.Mean[1], sy, fit.Covariance[0][1] / sx / sy}
	want := []float64{100, 15, 0.5, 0.02, rho}
	off := []float64{0.4, 0.3, 0.0008, 0.0006, 0.012} // about four standard errors
	for k := range want {
		t.Logf("%d: %.5f, true %.5f, tolerance %.4f", k, got[k], want[k], off[k])
		if math.Abs(got[k]-want[k]) > off[k] {
			t.Errorf("parameter %d is %v, want %v", k, got[k], want[k])
		}
	}
	// The mean of what is seen is far off: that is what EM is for.
	if seen := sample.Mean(y); math.Abs(seen-0.5) < 0.001 {
		t.Errorf("the mean of the seen values, %v, is no test", seen)
	}
}

func TestEMOnCompleteDataChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name string
		n    int
	}{{"many units", 12}, {"fewer units than columns", 2}} {
		t.Run(c.name, func(t *testing.T) {
			table := random(rand.New(rand.NewPCG(1, 2)), 3, c.n, 0)
			r := mustFill(t, Data{Table: table}, Rule{Method: EM})
			if diff := cmp.Diff(table, r.Table); diff != "" || len(r.Filled) != 0 || len(r.Open) != 0 {
				t.Errorf("changed (-want +got)\n%s", diff)
			}
			if fit := r.EM[0]; (fit.LogLikelihood == fit.LogLikelihood) != (c.n > 3) || fit.Iterations > 2 {
				t.Errorf("fit %+v", fit)
			}
		})
	}
}

// Each round of EM makes the observed values more likely, or at least not less.
func TestEMLikelihoodRises(t *testing.T) {
	table := random(rand.New(rand.NewPCG(3, 4)), 4, 30, 0.3)
	d := Data{Table: table}
	f := &filler{data: &d, result: &Result{Table: clone(table)}}
	m, _, err := f.newModel(d.strata()[0])
	if err != nil {
		t.Fatal(err)
	}
	before := math.Inf(-1)
	for round := range 50 {
		now, err := m.expect()
		if err != nil {
			t.Fatal(err)
		}
		if now < before-1e-9 {
			t.Fatalf("round %d: %v after %v", round, now, before)
		}
		before = now
		m.maximise()
	}
	t.Logf("log-likelihood after 50 rounds: %.6f", before)
}

func TestEMWhereColumnsRepeatEachOther(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	table := random(rng, 2, 20, 0)
	third := make([]float64, 20)
	for i := range third {
		third[i] = 2*table[0][i] - table[1][i] + 1
	}
	want := third[4]
	third[4] = nan
	r := mustFill(t, Data{Table: append(table, third)}, Rule{Method: EM})
	t.Logf("a sum: ridge %g, %d rounds, filled %.6f for %.6f", r.EM[0].Ridge, r.EM[0].Iterations, r.Filled[0].Value, want)
	if math.Abs(r.Filled[0].Value-want) > 1e-6 {
		t.Errorf("filled %+v, want %v", r.Filled, want)
	}
	// The same column twice cannot be told apart without a ridge.
	r = mustFill(t, Data{Table: append([][]float64{table[0], table[0]}, third)}, Rule{Method: EM})
	t.Logf("a copy: ridge %g, %d rounds, filled %.6f", r.EM[0].Ridge, r.EM[0].Iterations, r.Filled[0].Value)
	if r.EM[0].Ridge == 0 || math.IsNaN(r.Filled[0].Value) || math.IsInf(r.Filled[0].Value, 0) {
		t.Errorf("ridge %g, filled %+v", r.EM[0].Ridge, r.Filled)
	}
	// A constant column is the plainest case.
	r = mustFill(t, Data{Table: [][]float64{{4, 4, 4, nan, 4}, {1, 2, 3, 4, 5}}}, Rule{Method: EM})
	if got := r.Filled[0].Value; math.Abs(got-4) > 1e-9 {
		t.Errorf("filled %v in a column of 4", got)
	}
}

func TestEMRefuses(t *testing.T) {
	for _, c := range []struct {
		name, key string
		table     [][]float64
		rule      Rule
	}{
		{"an empty column", "engine.all-missing", [][]float64{{1, 2, 3, 4}, {nan, nan, nan, nan}}, Rule{}},
		{"too few units", "engine.few-units", [][]float64{{1, nan, 3}, {3, 2, 1}, {1, 1, 2}}, Rule{}},
		{"too few units with a value", "engine.few-units", [][]float64{{1, nan, 3}, {3, nan, nan}}, Rule{}},
		{"large values", "engine.too-large", [][]float64{{1e200, nan, 3}}, Rule{}},
		{"too few rounds", "engine.no-convergence", random(rand.New(rand.NewPCG(1, 1)), 2, 20, 0.3), Rule{Iterations: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.rule.Method = EM
			_, err := Fill(Data{Table: c.table}, c.rule)
			wantFault(t, err, c.key)
		})
	}
}

func TestEMLeavesARowWithoutValues(t *testing.T) {
	table := random(rand.New(rand.NewPCG(9, 9)), 2, 10, 0)
	table[0][3], table[1][3], table[0][5] = nan, nan, nan
	r := mustFill(t, Data{Table: table}, Rule{Method: EM})
	want := []Open{{3, 0, EM, NoObservation}, {3, 1, EM, NoObservation}}
	if diff := cmp.Diff(want, r.Open); diff != "" || len(r.Filled) != 1 || r.EM[0].Units != 9 {
		t.Errorf("open (-want +got)\n%s; filled %+v; %d units", diff, r.Filled, r.EM[0].Units)
	}
}

// random makes a table of correlated columns of which a share is missing.
func random(rng *rand.Rand, columns, rows int, missing float64) [][]float64 {
	table := make([][]float64, columns)
	for j := range table {
		table[j] = make([]float64, rows)
	}
	for i := range rows {
		level := rng.NormFloat64()
		for j := range table {
			table[j][i] = float64(j+1) * (3 + level + 0.6*rng.NormFloat64())
			if rng.Float64() < missing && i >= columns+1 {
				table[j][i] = nan
			}
		}
	}
	return table
}
