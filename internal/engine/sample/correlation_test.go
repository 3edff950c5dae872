package sample_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/sample"
	"peerscape/internal/sharedtest"
)

// By hand. x 1 2 3 4 against y 1 3 2 4: Sxx = Syy = 5, Sxy = 4; five of six pairs
// agree. With a tie, x 1 2 2 against y 1 2 3: two pairs agree, one is tied in x,
// tau-b is 2/sqrt(2*3); the ranks 1 2.5 2.5 and 1 2 3 have Sxx = 1.5, Syy = 2,
// Sxy = 1.5.
func TestCorrelation(t *testing.T) {
	tied := 1.5 / math.Sqrt(3)
	for _, c := range []struct {
		name                       string
		x, y                       []float64
		pearson, spearman, kendall float64
	}{
		{"by hand", []float64{1, 2, 3, 4}, []float64{1, 3, 2, 4}, 0.8, 0.8, 4. / 6},
		{"gaps drop the pair", []float64{1, gap, 2, 3, 9, 4}, []float64{1, 7, 3, 2, gap, 4}, 0.8, 0.8, 4. / 6},
		{"a tie", []float64{1, 2, 2}, []float64{1, 2, 3}, 1 / math.Sqrt(4./3), tied, 2 / math.Sqrt(6)},
		{"against", []float64{1, 2, 3}, []float64{9, 4, -1}, -1, -1, -1},
		{"a curve", []float64{1, 2, 3, 4}, []float64{1, 4, 9, 16}, 25 / math.Sqrt(5*129), 1, 1},
		{"no spread", []float64{1, 2, 3}, []float64{0.1, 0.1, 0.1}, gap, gap, gap},
		{"no spread among the pairs", []float64{1, 2, 3, gap}, []float64{0.3, 0.3, 0.3, 9}, gap, gap, gap},
		{"one pair", []float64{1, gap, 3}, []float64{gap, 2, 4}, gap, gap, gap},
		{"no pair", []float64{1, gap}, []float64{gap, 2}, gap, gap, gap},
		{"small figures", []float64{1e-90, 2e-90, 3e-90, 4e-90}, []float64{1e-90, 3e-90, 2e-90, 4e-90}, 0.8, 0.8, 4. / 6},
		{"large figures", []float64{1e90, 2e90, 3e90, 4e90}, []float64{1e90, 3e90, 2e90, 4e90}, 0.8, 0.8, 4. / 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, v := range []struct {
				what      string
				of        func(x, y []float64) float64
				want      float64
				tolerance float64
			}{
				{"Pearson", sample.Pearson, c.pearson, 1e-14},
				{"Spearman", sample.Spearman, c.spearman, 1e-14},
				{"Kendall", sample.Kendall, c.kendall, 1e-14},
			} {
				if got := v.of(c.x, c.y); !alike(got, v.want, v.tolerance) {
					t.Errorf("%s = %.15g, want %.15g", v.what, got, v.want)
				}
			}
		})
	}
}

// Correlations are symmetric, between -1 and 1, 1 with the column itself, change
// sign with a column, and ignore unit and order of rows.
func TestCorrelationProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 30).Draw(t, "n")
		x, y, far, turned := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = float64(rapid.IntRange(-20, 20).Draw(t, "x")), float64(rapid.IntRange(-20, 20).Draw(t, "y"))
			if rapid.IntRange(0, 9).Draw(t, "missing") == 0 {
				x[i] = gap
			}
		}
		for i := range x {
			far[i], turned[i] = 3*x[i]+100, y[n-1-i]
		}
		for name, of := range map[string]func(x, y []float64) float64{"Pearson": sample.Pearson, "Spearman": sample.Spearman, "Kendall": sample.Kendall} {
			r := of(x, y)
			if math.Abs(r) > 1 || !alike(r, of(y, x), 1e-12) || !alike(r, of(far, y), 1e-9) {
				t.Fatalf("%s: %g, %g, %g", name, r, of(y, x), of(far, y))
			}
			back, minus := make([]float64, n), make([]float64, n)
			for i := range x {
				back[i], minus[i] = x[n-1-i], -y[i]
			}
			if !alike(r, of(back, turned), 1e-9) || !alike(r, -of(x, minus), 1e-12) {
				t.Fatalf("%s: %g, rows turned %g, sign turned %g", name, r, of(back, turned), of(x, minus))
			}
			if own := of(x, x); !alike(own, 1, 1e-12) && !math.IsNaN(own) {
				t.Fatalf("%s with itself: %g", name, own)
			}
		}
	})
}

func TestCorrelationsOfATable(t *testing.T) {
	got := sample.Correlations([][]float64{{1, 2, 3, 4}, {1, 3, 2, 4}, {5, 5, 5, 5}})
	want := [][]float64{{1, 0.8, gap}, {0.8, 1, gap}, {gap, gap, gap}}
	for i := range want {
		for j := range want[i] {
			if !alike(got[i][j], want[i][j], 1e-14) {
				t.Errorf("row %d, column %d: %g, want %g", i, j, got[i][j], want[i][j])
			}
		}
	}
}

// The correlations of the normalised ASEM data, within 1e-10 of the file.
func TestASEMCorrelations(t *testing.T) {
	data := sharedtest.CSV(t, "cases", "coinr-asem", "step_normalised.csv")
	codes, want := sharedtest.CSV(t, "cases", "coinr-asem", "corr_normalised.csv").Named()
	columns, worst := data.Columns(codes...), 0.0
	got := sample.Correlations(columns)
	for j, code := range codes {
		for i, w := range want[j] {
			d := math.Abs(got[i][j] - w)
			worst = max(worst, d)
			if !(d <= 1e-10) {
				t.Errorf("%s with %s: %.12g, want %.12g", codes[i], code, got[i][j], w)
			}
		}
	}
	t.Logf("coinr-asem corr_normalised: %d x %d, largest error %.2g (tolerance 1e-10)", len(codes), len(codes), worst)
}
