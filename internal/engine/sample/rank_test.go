package sample_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/sample"
)

func TestRanksOfTies(t *testing.T) {
	x := []float64{30, 10, gap, 20, 20, 5}
	for _, c := range []struct {
		name  string
		order sample.Order
		ties  sample.Ties
		want  []float64
	}{
		{"ascending, min", sample.Ascending, sample.TiesMin, []float64{5, 2, gap, 3, 3, 1}},
		{"ascending, mean", sample.Ascending, sample.TiesMean, []float64{5, 2, gap, 3.5, 3.5, 1}},
		{"ascending, max", sample.Ascending, sample.TiesMax, []float64{5, 2, gap, 4, 4, 1}},
		{"descending, min", sample.Descending, sample.TiesMin, []float64{1, 4, gap, 2, 2, 5}},
		{"descending, mean", sample.Descending, sample.TiesMean, []float64{1, 4, gap, 2.5, 2.5, 5}},
		{"descending, max", sample.Descending, sample.TiesMax, []float64{1, 4, gap, 3, 3, 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r sample.Ranker
			got := make([]float64, len(x))
			r.Rank(got, x, c.order, c.ties)
			in := append([]float64{}, x...)
			r.Rank(in, in, c.order, c.ties)
			for i, want := range c.want {
				if !alike(got[i], want, 0) || !alike(in[i], want, 0) {
					t.Errorf("%g has rank %g, %g in place, want %g", x[i], got[i], in[i], want)
				}
			}
		})
	}
}

// A rank counts the values before, whatever their number; both ways of sorting
// are met.
func TestRankCounts(t *testing.T) {
	var r sample.Ranker
	rapid.Check(t, func(t *rapid.T) {
		x := columnOf(t, rapid.Map(rapid.IntRange(-9, 9), func(i int) float64 { return float64(i) }), 8)
		lowest, mean, highest, down := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
		r.Rank(lowest, x, sample.Ascending, sample.TiesMin)
		r.Rank(mean, x, sample.Ascending, sample.TiesMean)
		r.Rank(highest, x, sample.Ascending, sample.TiesMax)
		r.Rank(down, x, sample.Descending, sample.TiesMax)
		for i, v := range x {
			if math.IsNaN(v) {
				if !math.IsNaN(lowest[i] + mean[i] + highest[i] + down[i]) {
					t.Fatal("a missing value has a rank")
				}
				continue
			}
			below, equal := 0.0, 0.0
			for _, w := range x {
				if w < v {
					below++
				}
				if w == v {
					equal++
				}
			}
			n := float64(sample.Count(x))
			if lowest[i] != below+1 || highest[i] != below+equal || mean[i] != below+(equal+1)/2 || down[i] != n-below {
				t.Fatalf("%g of %v: %g, %g, %g, %g", v, x, lowest[i], mean[i], highest[i], down[i])
			}
		}
	})
}

// Short and long columns are sorted in different ways.
func TestRankAllocatesNothingTwice(t *testing.T) {
	for _, n := range []int{51, 300} {
		x, dst := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = float64(i * 7919 % n)
		}
		var r sample.Ranker
		if a := testing.AllocsPerRun(20, func() { r.Rank(dst, x, sample.Descending, sample.TiesMin) }); a > 0 {
			t.Errorf("%d values: allocates %g times", n, a)
		}
		for i, v := range x { // the values are 0 to n-1, each once
			if dst[i] != float64(n)-v {
				t.Fatalf("%g of %d has rank %g", v, n, dst[i])
			}
		}
	}
}

// Type 7 of Hyndman and Fan (1996): of 1 2 3 4 the first quartile is 1.75.
func TestQuantilesOfTypeSeven(t *testing.T) {
	x := []float64{4, gap, 1, 3, 2}
	sorted := sample.Sorted(nil, x)
	for _, c := range []struct{ p, want float64 }{{-1, 1}, {0, 1}, {0.25, 1.75}, {0.5, 2.5}, {0.9, 3.7}, {1, 4}, {2, 4}} {
		if got := sample.Quantile(sorted, c.p); !alike(got, c.want, 1e-15) {
			t.Errorf("quantile %g is %g, want %g", c.p, got, c.want)
		}
	}
	for _, c := range []struct {
		x    []float64
		want float64
	}{{x, 2.5}, {[]float64{3, 1, 2}, 2}, {[]float64{gap, 6}, 6}, {[]float64{gap}, gap}, {nil, gap}} {
		if got := sample.Median(c.x); !alike(got, c.want, 0) {
			t.Errorf("median of %v is %g, want %g", c.x, got, c.want)
		}
	}
}

// Quantiles rise with their order, stay between the ends, and turn with the sign.
func TestQuantileProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := columnOf(t, rapid.Float64Range(-50, 50), 9)
		sorted := sample.Sorted(make([]float64, 0, 4), x)
		if len(sorted) != sample.Count(x) {
			t.Fatalf("%d sorted of %d values", len(sorted), sample.Count(x))
		}
		if len(sorted) == 0 {
			return
		}
		for i := range x {
			x[i] = -x[i]
		}
		turned := sample.Sorted(nil, x)
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		q := rapid.Float64Range(p, 1).Draw(t, "q")
		low, high := sample.Quantile(sorted, p), sample.Quantile(sorted, q)
		if low > high+1e-12 || low < sorted[0] || high > sorted[len(sorted)-1] {
			t.Fatalf("quantiles %g: %g and %g: %g of %v", p, low, q, high, sorted)
		}
		if back := -sample.Quantile(turned, 1-p); !alike(back, low, 1e-9) {
			t.Fatalf("quantile %g is %g, turned %g", p, low, back)
		}
	})
}
