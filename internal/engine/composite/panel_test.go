package composite_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/stats"
)

// years is an index of one indicator over several years of a few units.
func years(of map[int][]float64) (*composite.Framework, *composite.Table) {
	f := &composite.Framework{
		Code: "one", Normalise: normalise.Rule{To: 100}, Groups: []composite.Group{{Code: "one"}},
		Indicators: []composite.Indicator{{Code: "x", Parent: "one", Weight: 1, Direction: composite.MoreIsBetter}},
	}
	t := &composite.Table{Columns: []composite.Column{{Code: "x"}}}
	for _, year := range []int{2020, 2021, 2022} {
		for i, v := range of[year] {
			t.Rows = append(t.Rows, composite.Row{Unit: string(rune('A' + i)), Period: stats.Year(year)})
			t.Columns[0].Values = append(t.Columns[0].Values, v)
		}
	}
	return f, t
}

// keys lists the keys of a result's notes.
func keys(r *composite.Result) (out []string) {
	for _, n := range r.Notes {
		out = append(out, n.Key)
	}
	return out
}

// By hand: over both years x runs from 0 to 20. A had 0 and has 10: half the way.
// Scaled by years, each best has 100 and A falls behind nobody.
func TestPanelScalesByHand(t *testing.T) {
	f, table := years(map[int][]float64{2020: {0, 5, 10}, 2021: {10, 15, 20}})
	r := compute(t, f, table)
	equal(t, "one scale", r.Index(), []float64{0, 25, 50, 50, 75, 100})
	equal(t, "ranks within the year", r.Ranks, []float64{3, 2, 1, 3, 2, 1})
	if from, slope, ok := r.Scales[0].Line(); !ok || from != 0 || slope != 5 || r.Years != nil || len(r.Notes) > 0 {
		t.Errorf("one scale over both years is %g + %g x, notes %v", from, slope, r.Notes)
	}
	f.PerYear = true
	r = compute(t, f, table)
	equal(t, "a scale a year", r.Index(), []float64{0, 50, 100, 0, 50, 100})
	if got := keys(r); !slices.Equal(got, []string{"engine.scaled-by-year"}) {
		t.Errorf("scores that cannot be compared are labelled %v", got)
	}
	for y, want := range []float64{0, -100} {
		if from, slope, ok := r.Years[y].Scales[0].Line(); !ok || from != want || slope != 10 {
			t.Errorf("%s is scaled by %g + %g x, want %g + 10 x", r.Years[y].Period, from, slope, want)
		}
	}
	// What B of 2020 would have to reach is said by the scale of 2020.
	_, changes, err := r.Overtake(1)
	if err != nil || len(changes) != 1 || math.Abs(changes[0].Value-10) > 1e-9 {
		t.Errorf("B of 2020 reaches C by %+v (%v), want 10", changes, err)
	}
}

func TestPanelOfOneYear(t *testing.T) {
	f, table := years(map[int][]float64{2021: {10, 15, 20}})
	for _, perYear := range []bool{false, true} {
		f.PerYear = perYear
		equal(t, "one year", compute(t, f, table).Index(), []float64{0, 50, 100})
	}
	for i := range table.Rows {
		table.Rows[i].Period = 0
	}
	f.PerYear = false
	equal(t, "no year", compute(t, f, table).Index(), []float64{0, 50, 100})
	f.TreatPerYear = true
	_, err := computed(f, table)
	refused(t, err, "engine.no-panel", "treats each year")
}

// One value stands out in 2020 and is moved to the next; the same value is common
// in 2021 and stays. Treated together, both years have it and it stays in both.
func TestPanelTreatedByYear(t *testing.T) {
	f, table := years(map[int][]float64{2020: {1, 2, 3, 4, 5, 6, 90}, 2021: {84, 85, 86, 87, 88, 89, 90}})
	f.Treat = treat.Rule{Skew: 2, Kurtosis: 3.5, Most: 1}
	together := compute(t, f, table)
	if together.Treated[0][6] != 90 {
		t.Errorf("treated together, the outlier of a year became %g", together.Treated[0][6])
	}
	f.TreatPerYear = true
	r := compute(t, f, table)
	if r.Treated[0][6] != 6 || r.Treated[0][13] != 90 || r.Treatments[0].Points != 1 {
		t.Errorf("treated by years, the values of 90 are %g and %g with %d points moved; want 6, 90, 1", r.Treated[0][6], r.Treated[0][13], r.Treatments[0].Points)
	}
	if r.Years[0].Treatments[0].Points != 1 || r.Years[1].Treatments[0].Points != 0 || r.Years[0].Scales != nil {
		t.Errorf("the years are reported as %+v", r.Years)
	}
	if got, want := r.Index()[6], 100*5./89; math.Abs(got-want) > 1e-12 || r.Index()[13] != 100 {
		t.Errorf("scores are %g and %g, want %g and 100 on one scale", got, r.Index()[13], want)
	}
	if len(r.Notes) > 0 {
		t.Errorf("a point moved is noted: %v", r.Notes)
	}
	f.Treat.Most, f.Treat.Then = 0, treat.LogCT
	if r = compute(t, f, table); !slices.Equal(keys(r), []string{"engine.treated-by-year"}) || !strings.Contains(r.Notes[0].Error(), "x came to be transformed") {
		t.Errorf("an indicator transformed in one year alone is noted as %v", r.Notes)
	}
}
