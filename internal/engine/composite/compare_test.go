package composite_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/treat"
)

// By hand: x turns the order of three units round but for the middle; D is new.
func TestCompareByHand(t *testing.T) {
	f, table := years(map[int][]float64{2020: {1, 2, 4}})
	before := compute(t, f, table)
	f.Indicators[0].Direction = composite.LessIsBetter
	c := composite.Compare(before, compute(t, f, table))
	if c.Both != 3 || c.Mean != 4./3 || c.Largest != 2 || !near(c.Spearman, -1, 1e-12) || c.Kendall != -1 {
		t.Errorf("compared: %+v", c)
	}
	if s := c.Shifts[0]; s.Moved() != 2 || s.RankBefore != 3 || s.RankAfter != 1 || s.ScoreBefore != 0 || s.ScoreAfter != 100 {
		t.Errorf("the first moved so: %+v", s)
	}
	g, more := years(map[int][]float64{2020: {1, 2, 4, 8}})
	c = composite.Compare(before, compute(t, g, more))
	if d := c.Shifts[3]; c.Both != 3 || !math.IsNaN(d.RankBefore) || d.RankAfter != 1 || !math.IsNaN(d.Moved()) {
		t.Errorf("a row that only the second has: %+v", d)
	}
	if c.Mean != 1 || !near(c.Spearman, 1, 1e-12) {
		t.Errorf("one new leader moves all by %g, correlation %g", c.Mean, c.Spearman)
	}
	c = composite.Compare(compute(t, g, more), before)
	if len(c.Shifts) != 4 || !math.IsNaN(c.Shifts[3].RankAfter) {
		t.Errorf("a row that only the first has: %+v", c.Shifts)
	}
}

func TestPlacesByHand(t *testing.T) {
	f, table := anchored()
	f.Indicators[3].Direction = composite.LessIsBetter
	r := compute(t, f, table)
	got := r.Places(4) // B2, of four parts: the wholes A and B take no place
	for j, want := range []float64{3, 3, 1, 4} {
		if got[j].Element != j || got[j].Rank != want || got[j].Of != 4 {
			t.Errorf("%s: %+v, want rank %g of 4", r.Codes[j], got[j], want)
		}
	}
}

func TestWithout(t *testing.T) {
	f, table := small()
	for _, c := range []struct{ code, want string }{
		{"debt", "income schooling training wealth skills index"},
		{"wealth", "schooling training skills index"},
	} {
		g, err := f.Without(c.code)
		if err != nil {
			t.Fatal(err)
		}
		if r := compute(t, g, table); strings.Join(r.Codes, " ") != c.want {
			t.Errorf("without %s there is %s, want %s", c.code, strings.Join(r.Codes, " "), c.want)
		}
	}
	if len(f.Indicators) != 4 || len(f.Groups) != 3 {
		t.Error("the framework that was given changed")
	}
	_, err := f.Without("index")
	refused(t, err, "engine.no-indicator", "nothing is left of small")
	_, err = f.Without("dept")
	refused(t, err, "engine.no-element", `"dept"`, "debt")
	f.Groups[0].Parent, f.Groups[1].Parent = "skills", "wealth" // a circle ends too
	if _, err := f.Without("index"); err != nil {
		t.Errorf("in a circle nothing is below the index: %v", err)
	}
}

// By hand: x and y say the same, z pulls apart; x has one value far out.
func TestCheckByHand(t *testing.T) {
	f, table := years(map[int][]float64{2020: {1, 2, 3, 4, 5, 6, 7, 8, 9, 100}})
	x := table.Columns[0].Values
	f.Treat = treat.Rule{Skew: 2, Kurtosis: 3.5, Most: 1}
	y, z := slices.Clone(x), slices.Clone(x)
	for i := range z {
		y[i], z[i] = float64(i), float64(-i)
	}
	z[3] = gap
	for code, values := range map[string][]float64{"y": y, "z": z} {
		table.Columns = append(table.Columns, composite.Column{Code: code, Values: values})
	}
	for _, code := range []string{"y", "z"} {
		f.Indicators = append(f.Indicators, composite.Indicator{Code: code, Parent: "one", Weight: 1, Direction: composite.MoreIsBetter})
	}
	r := compute(t, f, table)
	c := r.Check()
	for j, want := range []composite.Statistic{{Element: 0, Outliers: true}, {Element: 1}, {Element: 2, Missing: 1}} {
		if s := c.Statistics[j]; s.Element != want.Element || s.Outliers != want.Outliers || s.Missing != want.Missing || s.Moments.N != 10-want.Missing {
			t.Errorf("%s: %+v, want %+v", r.Codes[j], s, want)
		}
	}
	if m := c.Statistics[0].Moments; m.Max != 100 || m.Mean != 14.5 {
		t.Errorf("x is described after treatment: %+v", m)
	}
	var warned []string
	for _, a := range c.Associations {
		warned = append(warned, r.Codes[a.A]+r.Codes[a.B]+" "+a.Warning())
	}
	if want := []string{"xy they say the same", "xz they pull apart", "yz they pull apart"}; !slices.Equal(warned, want) {
		t.Errorf("warned of %q, want %q", warned, want)
	}
	if k := c.Consistencies[0]; k.Units != 9 || !(k.Alpha < 0.7) || k.Why != nil {
		t.Errorf("consistency is %+v", k)
	}
	for i := range y {
		z[i] = -y[i]
	}
	f.Indicators = f.Indicators[1:]
	if k := compute(t, f, table).Check().Consistencies[0]; k.Why == nil || !math.IsNaN(k.Alpha) {
		t.Errorf("members whose sum has no spread have the consistency %+v", k)
	}
}
