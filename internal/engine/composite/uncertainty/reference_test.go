package uncertainty_test

import (
	"testing"

	"peerscape/internal/engine/composite/uncertainty"
	"peerscape/internal/sharedtest"
)

// The full factorial of the reference case: 51 units, 400 variants.
func TestEnumerateReferenceCase(t *testing.T) {
	m, _ := asem(t)
	r, err := uncertainty.Enumerate(bg, m, uncertainty.Options{Top: []int{1, 10}, Pairs: true})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Exact || r.N != 400 || r.Kept != 400 {
		t.Fatalf("exact %v, N %d, kept %d", r.Exact, r.N, r.Kept)
	}
	var mean, quantiles far
	want := sharedtest.CSV(t, "cases", "coinr-asem", "ua_full_factorial_rankstats.csv")
	c := want.Columns("mean", "median", "q05", "q95")
	for i, code := range want.Text("uCode") {
		u := r.Units[i]
		if code != m.units[i] || u.Scored != 400 {
			t.Fatalf("unit %d is %s, want %s; scored %d", i, m.units[i], code, u.Scored)
		}
		mean.see(u.MeanRank, c[0][i])
		quantiles.see(u.MedianRank, c[1][i])
		quantiles.see(u.RankQ05, c[2][i])
		quantiles.see(u.RankQ95, c[3][i])
	}
	mean.within(t, "mean rank, 51 units", 1e-9)
	quantiles.within(t, "median, 5 and 95 % quantiles of ranks", 1e-12)
}

// What the counts say must be what a naive look at the same 400 variants says.
func TestEnumerateAgainstNaiveCounts(t *testing.T) {
	m, _ := asem(t)
	r, err := uncertainty.Enumerate(bg, m, uncertainty.Options{Top: []int{10}, Pairs: true, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	n := len(m.units)
	top, beats, score := make([]float64, n), make([]float64, n*n), make([]float64, n)
	for _, s := range m.rows {
		for i := range n {
			rank := 1
			for j := range n {
				switch {
				case s[j] > s[i]:
					rank++
				case s[i] > s[j]:
					beats[i*n+j]++
				default:
					beats[i*n+j] += 0.5
				}
			}
			if rank <= 10 {
				top[i] += 1. / 400
			}
			score[i] += s[i] / 400
		}
	}
	var tops, pairs, means far
	for i := range n {
		tops.see(r.Units[i].Top[0], top[i])
		means.see(r.Units[i].MeanScore, score[i])
		for j := range n {
			p, ok := r.Beats(i, j)
			if !ok {
				t.Fatalf("no share for %d and %d", i, j)
			}
			pairs.see(p, beats[i*n+j]/400)
		}
	}
	tops.within(t, "P(top 10)", 1e-12)
	pairs.within(t, "P(i beats j), 2601 pairs", 0)
	means.within(t, "mean score", 1e-10)
}

func TestAnovaReferenceCase(t *testing.T) {
	m, nominal := asem(t)
	ix, err := uncertainty.Anova(bg, m, uncertainty.Options{}, uncertainty.RankShift(nominal))
	if err != nil {
		t.Fatal(err)
	}
	var moments, indices far
	exact := sharedtest.CSV(t, "cases", "coinr-asem", "sobol_exact.csv")
	c := exact.Columns("S1", "ST", "meanY", "varY")
	for k, factor := range exact.Text("factor") {
		f := ix.Factors[k]
		if f.Factor != factor || f.Wide {
			t.Fatalf("factor %d is %+v, want %s", k, f, factor)
		}
		indices.see(f.First, c[0][k])
		indices.see(f.Total, c[1][k])
		moments.see(ix.Mean, c[2][k])
		moments.see(ix.Variance, c[3][k])
	}
	moments.within(t, "mean 1.898137 and variance 0.6373326 of the rank shift", 1e-12)
	indices.within(t, "exact first and total indices of 4 choices", 1e-9)
}

func TestSensitivityReferenceCase(t *testing.T) {
	m, nominal := asem(t)
	exact := sharedtest.CSV(t, "cases", "coinr-asem", "sobol_exact.csv").Columns("S1", "ST")
	var all far
	for seed := range uint64(12) {
		ix, err := uncertainty.Sensitivity(bg, m, uncertainty.Options{N: 10_000, Seed: seed, Bootstrap: 50}, uncertainty.RankShift(nominal))
		if err != nil {
			t.Fatal(err)
		}
		if ix.Runs != 60_000 || ix.Wide() || ix.Exact {
			t.Errorf("seed %d: %d runs, wide %v, exact %v", seed, ix.Runs, ix.Wide(), ix.Exact)
		}
		for k, f := range ix.Factors {
			first, total := exact[0][k], exact[1][k]
			all.see(f.First, first)
			all.see(f.Total, total)
			if seed == 0 {
				t.Logf("%-7s first %.4f [%.4f, %.4f] exact %.4f; total %.4f [%.4f, %.4f] exact %.4f",
					f.Factor, f.First, f.FirstLow, f.FirstHigh, first, f.Total, f.TotalLow, f.TotalHigh, total)
			}
		}
	}
	all.within(t, "indices estimated at N = 10,000 with 12 seeds", 0.02)
}

// At N = 100 the peer reported a first-order index of -0.088 and bands from -0.10
// to 0.96 without a word.
func TestSensitivityWarnsOfWideBands(t *testing.T) {
	m, nominal := asem(t)
	ix, err := uncertainty.Sensitivity(bg, m, uncertainty.Options{N: 100, Seed: 1}, uncertainty.RankShift(nominal))
	if err != nil {
		t.Fatal(err)
	}
	if !ix.Wide() {
		t.Errorf("no warning: %+v", ix.Factors)
	}
}

// A Monte Carlo analysis comes near the exact result.
func TestMonteCarloNearsExact(t *testing.T) {
	m, _ := asem(t)
	o := uncertainty.Options{N: 20_000, Seed: 5, Pairs: true}
	sampled, err := uncertainty.MonteCarlo(bg, m, o)
	if err != nil {
		t.Fatal(err)
	}
	exact, err := uncertainty.Enumerate(bg, m, o)
	if err != nil {
		t.Fatal(err)
	}
	var ranks, scores, pairs far
	for i, u := range sampled.Units {
		ranks.see(u.MeanRank, exact.Units[i].MeanRank)
		scores.see(u.ScoreSD/exact.Units[i].ScoreSD, 1)
		for j := range sampled.Units {
			p, _ := sampled.Beats(i, j)
			q, _ := exact.Beats(i, j)
			pairs.see(p, q)
		}
	}
	// Largest standard errors: rank sd 7.5, score sd 0.5 % of itself, share 0.5.
	ranks.within(t, "mean rank at N = 20,000", 5*7.5/141)
	scores.within(t, "sd of scores, relative", 0.03)
	pairs.within(t, "P(i beats j)", 5*0.5/141)
}
