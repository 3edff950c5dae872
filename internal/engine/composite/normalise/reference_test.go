package normalise_test

import (
	"math"
	"testing"

	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/sample"
	"peerscape/internal/sharedtest"
)

// Table X of the analytics reference: z-scores with mean 100 and sd 10 to 1e-6 as
// printed, and AMPI's goalposts around the mean of the column.
func TestHandValues(t *testing.T) {
	z := normalise.Rule{Method: normalise.ZScore, Mean: 100, SD: 10}
	ampi := normalise.Rule{Method: normalise.AMPI}
	worst := 0.0
	for _, c := range []struct {
		name    string
		rule    normalise.Rule
		x, want []float64
	}{
		{"z, indicator 1", z, []float64{20, 60, 90, 50}, []float64{87.875644, 101.732051, 112.124356, 98.267949}},
		{"z, indicator 2", z, []float64{80, 40, 10, 50}, []float64{112.124356, 98.267949, 87.875644, 101.732051}},
		{"z, indicator 3", z, []float64{50, 50, 80, 50}, []float64{95, 95, 115, 95}},
		{"AMPI, indicator 1", ampi, []float64{20, 60, 90, 50}, []float64{70, 104.285714, 130, 95.714286}},
		{"AMPI, indicator 2", ampi, []float64{80, 40, 10, 50}, []float64{130, 95.714286, 70, 104.285714}},
		{"AMPI, indicator 3", ampi, []float64{50, 50, 80, 50}, []float64{85, 85, 145, 85}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, got := range apply(t, c.rule, c.x) {
				d := math.Abs(got - c.want[i])
				if worst = max(worst, d); d > 1e-6 {
					t.Errorf("%g scores %.9f, want %.6f", c.x[i], got, c.want[i])
				}
			}
		})
	}
	t.Logf("hand values of Table X: largest error %.2g (tolerance 1e-6, six decimals printed)", worst)
}

// Table 15 again, from the files of the reference case.
func TestTable15OfTheReferenceCase(t *testing.T) {
	columns := sharedtest.CSV(t, "cases", "oecd-tai", "table15_published_normalisations_schooling.csv")
	raw := sharedtest.CSV(t, "cases", "oecd-tai", "raw23.csv")
	names := []string{"rank_asc", "zscore_sample", "minmax", "ref_mean", "ref_best", "ref_worst", "diff_mean", "diff_worst", "above_below_p20", "percentile"}
	methods := []string{"rank", "z-score", "min-max", "ratio-mean", "ratio-max", "ratio-min", "change-mean", "change-min", "mean-bands", "handbook-percentile"}
	checkTable15(t, raw.Numbers("schooling"), methods, columns.Columns(names...))
}

// The normalised ASEM data from the treated data: min-max from 0 to 100, turned
// where less is better, within 1e-9.
func TestASEMNormalised(t *testing.T) {
	less := directions(t)
	treated := sharedtest.CSV(t, "cases", "coinr-asem", "step_treated.csv")
	want := sharedtest.CSV(t, "cases", "coinr-asem", "step_normalised.csv")
	codes := treated.Head[1:]
	worst, turned := 0.0, 0
	for _, code := range codes {
		got := apply(t, normalise.Rule{Method: normalise.MinMax, To: 100, Turn: less[code]}, treated.Numbers(code))
		if less[code] {
			turned++
		}
		for i, w := range want.Numbers(code) {
			d := math.Abs(got[i]-w) / math.Max(math.Abs(w), 1e-3)
			if worst = max(worst, d); !(d <= 1e-9) {
				t.Errorf("%s, row %d: %.12g, want %.12g", code, i+1, got[i], w)
			}
		}
	}
	t.Logf("coinr-asem step_normalised: %d columns, %d of them turned, largest relative error %.2g (tolerance 1e-9)", len(codes), turned, worst)
}

// directions reads of which indicators less is better.
func directions(t *testing.T) map[string]bool {
	t.Helper()
	meta, less := sharedtest.CSV(t, "cases", "coinr-asem", "iMeta.csv"), map[string]bool{}
	direction := meta.Numbers("Direction")
	for i, code := range meta.Text("iCode") {
		less[code] = direction[i] < 0
	}
	return less
}

// One scale for all years of a panel: fitted to all, it is applied to each, and a
// region that did not change keeps its score.
func TestOneScaleOverAllYears(t *testing.T) {
	first, second := []float64{10, 20, 30, nan}, []float64{10, 40, 50, 60}
	all := append(append([]float64{}, first...), second...)
	m := sample.MomentsOf(all)
	for _, c := range []struct {
		rule          normalise.Rule
		first, second []float64
	}{
		{normalise.Rule{To: 100}, []float64{0, 20, 40, nan}, []float64{0, 60, 80, 100}},
		{normalise.Rule{Method: normalise.AMPI, Target: 20, HasTarget: true}, []float64{88, 100, 112, nan}, []float64{88, 124, 136, 148}},
		{normalise.Rule{Method: normalise.Rank}, []float64{1, 3, 4, nan}, []float64{1, 5, 6, 7}},
		{normalise.Rule{Method: normalise.Borda}, []float64{0, 2, 3, nan}, []float64{0, 4, 5, 6}},
	} {
		var s normalise.Scale
		if err := c.rule.Fit(&s, all, &m); err != nil {
			t.Fatal(err)
		}
		for k, year := range [][]float64{first, second} {
			got := append([]float64{}, year...)
			s.Apply(got, got)
			for i, want := range [][]float64{c.first, c.second}[k] {
				if !same(got[i], want, 1e-12) {
					t.Errorf("%s: %g scores %g, want %g", c.rule.Method, year[i], got[i], want)
				}
			}
		}
	}
}
