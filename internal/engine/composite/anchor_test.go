package composite_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite"
)

// Two parts of A, of 1 and 3 million, score 50 and 70: their mean is 65, and A
// has 60, so that both lose 5. The part of B is B; the third part of A has no
// score, and neither weight nor whole is asked of it.
func TestAnchorByHand(t *testing.T) {
	scores := []float64{50, 70, 20, gap, gap}
	group := []string{"A", "A", "B", "A", "C"}
	weight := []float64{1, 3, 9, gap, 1}
	whole := map[string]float64{"A": 60, "B": 30, "D": gap}
	dst := make([]float64, len(scores))
	if err := composite.Anchor(dst, scores, group, weight, whole); err != nil {
		t.Fatal(err)
	}
	want := []float64{45, 65, 30, gap, gap}
	equal(t, "anchored", dst, want)
	if scores[0] != 50 {
		t.Error("the scores given were changed")
	}
	if err := composite.Anchor(scores, scores, group, weight, whole); err != nil {
		t.Fatal(err)
	}
	equal(t, "in place", scores, want)
}

func TestAnchorRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		group  string
		weight []float64
		whole  map[string]float64
		why    composite.AnchorReason
		key    string
		words  []string
	}{
		{"no group", "", []float64{1, 1}, map[string]float64{"A": 1, "": 2}, composite.GroupUnnamed, "engine.anchor-group", []string{"row 2"}},
		{"no whole", "B", []float64{1, 1}, map[string]float64{"A": 1}, composite.WholeMissing, "engine.anchor-whole", []string{"B"}},
		{"a whole without score", "B", []float64{1, 1}, map[string]float64{"A": 1, "B": gap}, composite.WholeMissing, "engine.anchor-whole", []string{"B"}},
		{"no weight", "B", []float64{1, gap}, map[string]float64{"A": 1, "B": 1}, composite.WeightUnknown, "engine.anchor-weight", []string{"row 2", "B"}},
		{"a weight below zero", "B", []float64{1, -1}, map[string]float64{"A": 1, "B": 1}, composite.WeightUnknown, "engine.anchor-weight", []string{"row 2", "B"}},
		{"an infinite weight", "B", []float64{1, math.Inf(1)}, map[string]float64{"A": 1, "B": 1}, composite.WeightUnknown, "engine.anchor-weight", []string{"row 2", "B"}},
		{"weights of zero", "B", []float64{1, 0}, map[string]float64{"A": 1, "B": 1}, composite.WeightNone, "engine.anchor-weight", []string{"B", "zero"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dst := make([]float64, 2)
			err := composite.Anchor(dst, []float64{5, 6}, []string{"A", c.group}, c.weight, c.whole)
			if err == nil {
				t.Fatalf("accepted: %v", dst)
			}
			refused(t, err, c.key, c.words...)
			a, ok := errors.AsType[*composite.AnchorError](err)
			if !ok || a.Why != c.why || a.Group != c.group || a.Row != 1 {
				t.Errorf("got %+v, want %v of %q, row 1", a, c.why, c.group)
			}
		})
	}
	refused(t, composite.Anchor(make([]float64, 2), make([]float64, 2), []string{"A"}, []float64{1, 1}, nil), "engine.ragged", "2 scores", "1 groups")
}

// Whatever the figures, the weighted mean of each group is its whole afterwards,
// differences within a group stay, and anchoring again changes nothing.
func TestAnchorMeetsTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"A", "B", "C"}
		whole := map[string]float64{}
		for _, g := range names {
			whole[g] = rapid.Float64Range(-50, 150).Draw(t, "whole")
		}
		n := rapid.IntRange(1, 12).Draw(t, "rows")
		scores, dst, weight, group := make([]float64, n), make([]float64, n), make([]float64, n), make([]string, n)
		for i := range n {
			scores[i], weight[i] = rapid.Float64Range(0, 100).Draw(t, "score"), rapid.Float64Range(0.1, 10).Draw(t, "weight")
			group[i] = rapid.SampledFrom(names).Draw(t, "group")
			if rapid.IntRange(0, 4).Draw(t, "gap") == 0 {
				scores[i] = gap
			}
		}
		if err := composite.Anchor(dst, scores, group, weight, whole); err != nil {
			t.Fatal(err)
		}
		sum, total := map[string]float64{}, map[string]float64{}
		for i, g := range group {
			if math.IsNaN(dst[i]) != math.IsNaN(scores[i]) {
				t.Fatalf("row %d: %g became %g", i, scores[i], dst[i])
			}
			if math.IsNaN(dst[i]) {
				continue
			}
			sum[g], total[g] = sum[g]+weight[i]*dst[i], total[g]+weight[i]
			for k := range i {
				if group[k] == g && !math.IsNaN(dst[k]) && !near(dst[i]-dst[k], scores[i]-scores[k], 1e-9) {
					t.Fatalf("rows %d and %d were %g apart and are %g", i, k, scores[i]-scores[k], dst[i]-dst[k])
				}
			}
		}
		for g, w := range total {
			if !near(sum[g]/w, whole[g], 1e-9) {
				t.Fatalf("%s has %g, its parts %g", g, whole[g], sum[g]/w)
			}
		}
		again := make([]float64, n)
		if err := composite.Anchor(again, dst, group, weight, whole); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if !near(again[i], dst[i], 1e-9) {
				t.Fatalf("row %d: %g became %g when anchored again", i, dst[i], again[i])
			}
		}
	})
}
