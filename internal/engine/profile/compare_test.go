package profile

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/sample"
	"peerscape/internal/stats"
)

// The score interval as printed in the literature: 8 of 10 and 0 of 10 at 95 %.
func TestWilson(t *testing.T) {
	for _, c := range []struct{ p, n, low, high float64 }{
		{0.8, 10, 0.4902, 0.9433}, {0, 10, 0, 0.2775}, {1, 10, 0.7225, 1}, {0.5, 4, 0.1500, 0.8500},
	} {
		low, high := wilson(c.p, c.n, quantile(0.95))
		t.Logf("%v of %v: [%.4f, %.4f], printed [%v, %v], tolerance 5e-5", c.p*c.n, c.n, low, high, c.low, c.high)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("wilson(%v, %v) = %v, %v", c.p, c.n, low, high)
		}
	}
}

// Ten others 1 2 3 4 5 6 7 8 9 10 and the region at 9: eight below, one equal. The
// median is 5.5, the distances from it .5 .5 1.5 1.5 2.5 2.5 3.5 3.5 4.5 4.5, so
// the median absolute deviation is 2.5.
func TestComparisonHandValues(t *testing.T) {
	table := oneYear(MoreIsBetter, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	for _, c := range []struct {
		name      string
		direction Direction
		effect, p float64
		verdict   Verdict
	}{
		{"more is better", MoreIsBetter, 3.5 / (1.4826 * 2.5), 0.85, Asset},
		{"less is better", LessIsBetter, -3.5 / (1.4826 * 2.5), 0.15, Challenge},
		{"context", Context, 3.5 / (1.4826 * 2.5), math.NaN(), Undetermined},
	} {
		t.Run(c.name, func(t *testing.T) {
			table.Indicators[0].Direction = c.direction
			got := build(t, table, "U00", Defaults()).Readings[0].Comparisons[EU]
			low, high := wilson(0.85, 10, quantile(0.95))
			worst := max(apart(got.Percentile.Value, 85), apart(got.Percentile.Low, 100*low), apart(got.Percentile.High, 100*high),
				apart(got.Effect, c.effect), apart(got.Superiority.Value, c.p), apart(got.Q1, 3.25), apart(got.Median, 5.5), apart(got.Q3, 7.75))
			t.Logf("percentile %.1f [%.2f, %.2f], effect %.4f, P %.2f, %s; largest error %.1e, tolerance 1e-12", got.Percentile.Value,
				got.Percentile.Low, got.Percentile.High, got.Effect, got.Superiority.Value, got.Verdict, worst)
			if worst > 1e-12 || got.N != 10 || got.Scale != ScaleMAD || got.Verdict != c.verdict {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// The rule must not follow the rank alone, nor the effect alone.
func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name    string
		values  []float64
		verdict Verdict
		reason  Reason
	}{
		{"far above most", []float64{90, 10, 20, 30, 40, 50, 60, 70, 45, 55, 35}, Asset, NoReason},
		{"far below most", []float64{1, 10, 20, 30, 40, 50, 60, 70, 45, 55, 35}, Challenge, NoReason},
		{"in the middle", []float64{44, 10, 20, 30, 40, 50, 60, 70, 45, 55, 35}, Ordinary, NoReason},
		{
			"better than three quarters, but than most by a hair",
			[]float64{50, 49, 49.1, 49.2, 49.3, 49.4, 49.5, 49.6, 49.7, 49.8, 49.9, 0, 1, 2, 3, 4, 90, 91, 92, 93, 94},
			Ordinary, NoReason,
		},
		{"far from the median, but three of ten are better", []float64{7.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, Ordinary, NoReason},
		{"too few units", []float64{9, 1, 2, 3, 4}, Undetermined, TooFewUnits},
		{"no spread", []float64{9, 4, 4, 4, 4, 4, 4}, Undetermined, NoSpread},
		{"six of eight, reaching the middle", []float64{60, 10, 20, 30, 40, 50, 15, 70, 80}, Undetermined, Straddles},
		{"alone", []float64{9}, Undetermined, NoGroup},
		{"no value", []float64{math.NaN(), 1, 2, 3, 4, 5, 6}, Undetermined, NoValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := build(t, oneYear(MoreIsBetter, c.values...), "U00", Defaults()).Readings[0].Comparisons[EU]
			t.Logf("n %d, effect %.3f, P %.3f [%.3f, %.3f]: %s %s", got.N, got.Effect,
				got.Superiority.Value, got.Superiority.Low, got.Superiority.High, got.Verdict, got.Reason)
			if got.Verdict != c.verdict || got.Reason != c.reason {
				t.Errorf("verdict %s (%s), want %s (%s)", got.Verdict, got.Reason, c.verdict, c.reason)
			}
		})
	}
}

func TestScaleFallsBackToSD(t *testing.T) {
	got := build(t, oneYear(MoreIsBetter, 6, 0, 0, 0, 0, 0, 3, 3), "U00", Defaults()).Readings[0].Comparisons[EU]
	// mean 6/7, squares 5*(6/7)² + 2*(15/7)² = 630/49, over 6.
	want := math.Sqrt(630.0 / 49 / 6)
	t.Logf("spread %v, want %v, tolerance 1e-12", got.Spread, want)
	if got.Scale != ScaleSD || math.Abs(got.Spread-want) > 1e-12 {
		t.Errorf("scale %s %v, want sd %v", got.Scale, got.Spread, want)
	}
}

// Flags of the region move its value, flags of others widen the interval; no
// flag narrows it, and the estimate itself stays.
func TestFlagsWidenTheInterval(t *testing.T) {
	table := oneYear(MoreIsBetter, 7.05, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 7.02, 7.08)
	width := func(own, others stats.Flags) (Interval, int) {
		flags := make([]stats.Flags, len(table.Units))
		for i := range flags {
			flags[i] = others
		}
		flags[0] = own
		table.Flags = [][]stats.Flags{flags}
		c := build(t, table, "U00", Defaults()).Readings[0].Comparisons[EU]
		return c.Percentile, c.Flagged
	}
	last := -1.0
	for _, c := range []struct {
		name        string
		own, others stats.Flags
		flagged     int
	}{
		{"none", 0, stats.Revised, 0},
		{"others estimated", 0, stats.Estimated, 12},
		{"others unreliable", 0, stats.Unreliable | stats.Estimated, 12},
		{"and the region too", stats.Unreliable, stats.Unreliable, 12},
	} {
		got, flagged := width(c.own, c.others)
		t.Logf("%s: %.2f [%.2f, %.2f], %d flagged", c.name, got.Value, got.Low, got.High, flagged)
		if got.High-got.Low <= last || flagged != c.flagged || math.Abs(got.Value-800.0/12) > 1e-9 {
			t.Errorf("%s: %+v, %d flagged; the interval before was %v wide", c.name, got, flagged, last)
		}
		last = got.High - got.Low
	}
}

// An unreliable value of the region: the others are 0 2 4 ... 20, the median
// absolute deviation is 6 (distances 0 2 2 4 4 6 ...), the noise 0.25 of
// 1.4826*6 and the reach 1.96 of that, 4.36: from 8.64 to 17.36 round 13, hence
// from 5 to 9 of 11 below.
func TestOwnNoiseByHand(t *testing.T) {
	table := oneYear(MoreIsBetter, 13, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20)
	table.Flags = [][]stats.Flags{make([]stats.Flags, len(table.Units))}
	table.Flags[0][0] = stats.Unreliable
	got := build(t, table, "U00", Defaults()).Readings[0].Comparisons[EU].Percentile
	z := quantile(0.95)
	low, _ := wilson(5.0/11, 11, z)
	_, high := wilson(9.0/11, 11, z)
	worst := max(apart(got.Value, 700.0/11), apart(got.Low, 100*low), apart(got.High, 100*high))
	t.Logf("%.3f [%.3f, %.3f]; largest error %.1e, tolerance 1e-12", got.Value, got.Low, got.High, worst)
	if worst > 1e-12 {
		t.Errorf("got %+v, want [%v, %v]", got, 100*low, 100*high)
	}
}

// Every figure of a comparison, counted the slow way.
func TestComparisonAgainstCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SliceOfN(rapid.IntRange(0, 12), 2, 30).Draw(t, "values")
		values := make([]float64, len(draw))
		for i, v := range draw {
			values[i] = float64(v)
		}
		r, err := Prepare(oneYear(MoreIsBetter, values...))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Build(Input{Reference: r, Region: id("U00")}, Defaults())
		if err != nil {
			t.Fatal(err)
		}
		got, rest := p.Readings[0].Comparisons[EU], values[1:]
		wins, distances := 0.0, make([]float64, len(rest))
		median := sample.Median(rest)
		for i, v := range rest {
			distances[i] = math.Abs(v - median)
			wins += float64(1+cmp.Compare(values[0], v)) / 2
		}
		sorted := slices.Sorted(slices.Values(rest))
		if got.N != len(rest) || math.Abs(got.Superiority.Value-wins/float64(len(rest))) > 1e-12 ||
			got.Median != median || math.Abs(got.Q1-sample.Quantile(sorted, 0.25)) > 1e-12 || math.Abs(got.Q3-sample.Quantile(sorted, 0.75)) > 1e-12 {
			t.Fatalf("%v: %+v", values, got)
		}
		if mad := sample.Median(distances); mad > 0 && math.Abs(got.Spread-1.4826*mad) > 1e-12 {
			t.Fatalf("%v: spread %v, want %v", values, got.Spread, 1.4826*mad)
		}
	})
}

// Which units stand in which group.
func TestGroups(t *testing.T) {
	table := oneYear(MoreIsBetter, 5, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12)
	table.Units[1].Outside = true                        // its country's line: in no group
	table.Units[2].EU = false                            // of its country, not of the EU
	table.Units[6].Urban = 0                             // not classified
	table.Units[7].Urban = 3                             // another class
	table.Values[0][11] = math.NaN()                     // no value
	table.Units = append(table.Units, Unit{ID: id("X")}) // of nothing
	table.Values[0] = append(table.Values[0], 3)
	for _, c := range []struct {
		region string
		peers  []string
		n      [groups]int
	}{
		{"U00", []string{"U05", "U11", "U09"}, [groups]int{2, 3, 6, 8}},
		{"U02", nil, [groups]int{0, 3, 7, 9}},
		{"U01", nil, [groups]int{0, 4, 7, 9}},
		{"X", nil, [groups]int{0, 0, 0, 9}},
	} {
		p := build(t, table, c.region, Defaults(), c.peers...)
		for g := range groups {
			if got := p.Readings[0].Comparisons[g]; got.N != c.n[g] || got.Group != g {
				t.Errorf("%s against %s: %d others, want %d", c.region, g, got.N, c.n[g])
			}
		}
	}
}

func TestKeys(t *testing.T) {
	seen := map[string]bool{}
	for kind, last := range map[string]struct {
		most int
		name func(int) string
	}{
		"group":    {int(EU), func(i int) string { return Group(i).String() }},
		"verdict":  {int(Mixed), func(i int) string { return Verdict(i).String() }},
		"reason":   {int(Dated), func(i int) string { return Reason(i).String() }},
		"scale":    {int(ScaleSD), func(i int) string { return Scale(i).String() }},
		"course":   {int(Falling), func(i int) string { return Course(i).String() }},
		"break":    {int(ByTerritory), func(i int) string { return Break(i).String() }},
		"distance": {int(NotInSight), func(i int) string { return Distance(i).String() }},
	} {
		for i := range last.most + 1 {
			name := fmt.Sprintf("%s.%s", kind, last.name(i))
			if seen[name] || last.name(i) == "unknown" {
				t.Errorf("%s is said twice or has no key", name)
			}
			seen[name] = true
		}
		if got := last.name(last.most + 1); got != "unknown" {
			t.Errorf("%s %d has the key %q", kind, last.most+1, got)
		}
	}
}

// What is known of long ago alone is placed, but no asset of today, and counts in
// no domain score.
func TestOldFiguresAreNotJudged(t *testing.T) {
	rows := func(last float64) (out [][]float64) {
		for i := range 30 {
			row := make([]float64, 12) // 2010 to 2021
			for y := range row {
				row[y] = math.NaN()
			}
			row[3] = float64(i) // 2013
			row[11] = last
			out = append(out, row)
		}
		return out
	}
	years := yearsFrom(2010, 12)
	for _, c := range []struct {
		name    string
		oldest  int
		verdict Verdict
		reason  Reason
	}{
		{"eight years back", 8, Asset, NoReason},
		{"a year too old", 7, Undetermined, Dated},
		{"any age", 0, Asset, NoReason},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Defaults()
			o.Oldest = c.oldest
			p := build(t, series(years, MoreIsBetter, rows(math.NaN())...), "U29", o)
			r := &p.Readings[0]
			if r.Year != 2013 || r.Finding.Verdict != c.verdict || r.Finding.Reason != c.reason {
				t.Fatalf("year %d, %s, %q", r.Year, r.Finding.Verdict, r.Finding.Reason)
			}
			if got := r.Comparisons[EU].Percentile.Value; got != 100 {
				t.Errorf("percentile %v, want 100: where it stands is told at any age", got)
			}
			if dated := c.reason == Dated; math.IsNaN(p.Domains[0].Scores[EU].Score.Value) != dated || math.IsNaN(r.Finding.P) != dated {
				t.Errorf("domain score %v, P %v", p.Domains[0].Scores[EU].Score, r.Finding.P)
			}
		})
	}
}
