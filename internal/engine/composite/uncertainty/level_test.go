package uncertainty_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite/uncertainty"
)

// COINr 1.1.14 cuts the range of the sample into bins instead of the range of the
// draws: these 20 draws in 5 bins then give 4 4 2 6 4.
func TestLevelHasFixedBinsUnlikeCOINr(t *testing.T) {
	draws := []float64{
		0.2655, 0.3721, 0.5729, 0.9082, 0.2017, 0.8984, 0.9447, 0.6608, 0.6291, 0.0618,
		0.2060, 0.1766, 0.6870, 0.3841, 0.7698, 0.4977, 0.7176, 0.9919, 0.3800, 0.7774,
	}
	lo, hi := slices.Min(draws), slices.Max(draws)
	fixed, ranged := make([]int, 5), make([]int, 5)
	for _, u := range draws {
		fixed[uncertainty.Level(u, 5)]++
		ranged[min(int((u-lo)/(hi-lo)*5), 4)]++
	}
	if got := fmt.Sprint(ranged); got != "[4 4 2 6 4]" {
		t.Errorf("these draws do not show the defect: %s", got)
	}
	if got := fmt.Sprint(fixed); got != "[2 6 2 6 4]" {
		t.Errorf("levels %s, want [2 6 2 6 4]", got)
	}
}

// The edges of five bins are 0, 0.2, 0.4, 0.6, 0.8 and 1 whatever the sample: a
// draw alone has the level that it has among others, at both ends of each bin.
func TestBinEdgesAreFixedUnlikeCOINr(t *testing.T) {
	edges := []float64{0, 0.2, 0.4, 0.6, 0.8, 1}
	for level, from := range edges[:5] {
		for _, u := range []float64{from, math.Nextafter(edges[level+1], 0)} {
			if got := uncertainty.Level(u, 5); got != level {
				t.Errorf("Level(%v, 5) = %d, want %d: the bin from %v to %v", u, got, level, from, edges[level+1])
			}
		}
	}
	for _, n := range []int{1, 2, 3, 20, 1000} { // in an analysis, the level follows from the draw alone
		m := &formula{units: 1, factors: []uncertainty.Factor{{Name: "u"}}, run: func(draw, scores []float64) error {
			scores[0] = draw[0]
			return nil
		}}
		binned := &formula{units: 1, factors: []uncertainty.Factor{levels("choice", 5)}, run: func(draw, scores []float64) error {
			scores[0] = float64(uncertainty.Level(draw[0], 5))
			return nil
		}}
		draws, err := uncertainty.MonteCarlo(bg, m, uncertainty.Options{N: n, Seed: 9})
		if err != nil {
			t.Fatal(err)
		}
		chosen, err := uncertainty.MonteCarlo(bg, binned, uncertainty.Options{N: n, Seed: 9})
		if err != nil {
			t.Fatal(err)
		}
		for k, u := range draws.Scores(0) { // both ascending
			if want := math.Floor(u * 5); chosen.Scores(0)[k] != want {
				t.Errorf("of %d draws %v has level %v, want %v", n, u, chosen.Scores(0)[k], want)
			}
		}
	}
}

func TestLevelEdges(t *testing.T) {
	last := math.Nextafter(1, 0)
	for _, c := range []struct {
		u    float64
		n    int
		want int
	}{
		{0, 5, 0},
		{0.2, 5, 1},
		{math.Nextafter(0.2, 0), 5, 0},
		{last, 5, 4},
		{last, 1<<20 + 1, 1 << 20},
		{1. / 49, 49, 1}, // 1/49*49 is rounded below 1
		{0.999, 1, 0},
		{0.999, 0, 0},
	} {
		if got := uncertainty.Level(c.u, c.n); got != c.want {
			t.Errorf("Level(%v, %d) = %d, want %d", c.u, c.n, got, c.want)
		}
	}
}

func TestLevelIsBetweenItsEdges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5000).Draw(t, "n")
		k := rapid.IntRange(0, n-1).Draw(t, "k")
		edge := float64(k) / float64(n)
		if got := uncertainty.Level(edge, n); got != k {
			t.Errorf("Level(%d/%d) = %d", k, n, got)
		}
		u := rapid.Float64Range(0, math.Nextafter(1, 0)).Draw(t, "u")
		l := uncertainty.Level(u, n)
		if l < 0 || l >= n || float64(l)/float64(n) > u || float64(l+1)/float64(n) <= u {
			t.Errorf("Level(%v, %d) = %d is not between its edges", u, n, l)
		}
	})
}
