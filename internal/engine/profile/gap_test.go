package profile

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// towards makes a table of a region U00, its metropolis U01 and two more.
func towards(d Direction, own, metro []float64) Table {
	table := series(yearsFrom(2010, len(own)), d, own, metro, own, metro)
	table.Units[0].Metros = []nuts.ID{id("U01")}
	return table
}

func flat(v float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func TestDistances(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name       string
		direction  Direction
		own, metro []float64
		distance   Distance
		slope      float64
		crossing   Crossing
	}{
		// 4 left in 2016, one a year: 2020.
		{"closing", MoreIsBetter, []float64{10, 11, 12, 13, 14, 15, 16}, flat(20, 7), Closing, -1, Crossing{2020, 2020, 2020, false}},
		{"less is better, closing", LessIsBetter, []float64{20, 19, 18, 17, 16, 15, 14}, flat(10, 7), Closing, -1, Crossing{2020, 2020, 2020, false}},
		{"the metropolis slides", MoreIsBetter, flat(10, 6), []float64{20, 19, 18, 17, 16, 15}, Closing, -1, Crossing{2020, 2020, 2020, false}},
		// 29 left at a quarter of a point a year: 116 years.
		{"not in sight", MoreIsBetter, []float64{10, 10.25, 10.5, 10.75, 11}, flat(40, 5), NotInSight, -0.25, Crossing{}},
		{"widening", MoreIsBetter, []float64{10, 9, 8, 7, 6}, flat(20, 5), Widening, 1, Crossing{}},
		{"less is better, widening", LessIsBetter, []float64{30, 31, 32, 33, 34}, flat(20, 5), Widening, 1, Crossing{}},
		{"steady", MoreIsBetter, []float64{10, 12, 9, 13, 10, 11}, flat(20, 6), Steady, nan, Crossing{}},
		{"unmoved", MoreIsBetter, flat(10, 6), flat(20, 6), Steady, 0, Crossing{}},
		{"ahead", MoreIsBetter, []float64{21, 22, 23, 24, 25}, flat(20, 5), Ahead, -1, Crossing{}},
		{"level", MoreIsBetter, []float64{16, 17, 18, 19, 20}, flat(20, 5), Ahead, -1, Crossing{}},
		{"less is better, ahead", LessIsBetter, []float64{19, 18, 17, 16, 15}, flat(20, 5), Ahead, -1, Crossing{}},
		{"context", Context, []float64{10, 11, 12, 13, 14}, flat(20, 5), GapNotJudged, -1, Crossing{}},
		{"too few years", MoreIsBetter, []float64{10, 11, 12, 13}, flat(20, 4), GapTooShort, -1, Crossing{}},
		{"no common year", MoreIsBetter, []float64{10, nan, 12, nan}, []float64{nan, 20, nan, 20}, NoGap, nan, Crossing{}},
		// Years 0 1 3 4 6 remain; the last common one is 2016, with 4 left.
		{
			"missing years", MoreIsBetter,
			[]float64{10, 11, nan, 13, 14, 15, 16, nan},
			[]float64{20, 20, 20, 20, 20, nan, 20, 20},
			Closing, -1,
			Crossing{2020, 2020, 2020, false},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := build(t, towards(c.direction, c.own, c.metro), "U00", Defaults()).Readings[0].Gaps[0]
			t.Logf("%s, slope %v [%v, %v], crossing %+v", g.Distance, g.Slope.PerYear, g.Slope.Low, g.Slope.High, g.Crossing)
			if g.Distance != c.distance || (c.slope == c.slope && g.Slope.PerYear != c.slope) {
				t.Errorf("%s with %+v, want %s with %v", g.Distance, g.Slope, c.distance, c.slope)
			}
			if diff := cmp.Diff(c.crossing, g.Crossing, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Errorf("crossing (-want +got)\n%s", diff)
			}
		})
	}
}

// Gaps 10 8.5 8 6.5 6 5.5 5: the slopes' median and bounds give the years.
func TestCrossingInterval(t *testing.T) {
	own := []float64{10, 11.5, 12, 13.5, 14, 14.5, 15}
	o := Defaults()
	g := build(t, towards(MoreIsBetter, own, flat(20, 7)), "U00", o).Readings[0].Gaps[0]
	want := Crossing{Year: 2016 + 5/-g.Slope.PerYear, Early: 2016 + 5/-g.Slope.Low, Late: 2016 + 5/-g.Slope.High}
	if diff := cmp.Diff(want, g.Crossing, cmpopts.EquateApprox(0, 1e-9)); diff != "" || g.Distance != Closing || !(want.Early < want.Year && want.Year < want.Late) {
		t.Errorf("%s %s", g.Distance, diff)
	}
	t.Logf("slope %.4f [%.4f, %.4f]: %.1f [%.1f, %.1f]", g.Slope.PerYear, g.Slope.Low, g.Slope.High, g.Crossing.Year, g.Crossing.Early, g.Crossing.Late)
	// A horizon between the estimate and its late end leaves the end open.
	o.Horizon = int(math.Ceil(g.Crossing.Year - 2016))
	short := build(t, towards(MoreIsBetter, own, flat(20, 7)), "U00", o).Readings[0].Gaps[0]
	if short.Distance != Closing || !short.Crossing.Open || short.Crossing.Late != float64(2016+o.Horizon) {
		t.Errorf("horizon %d: %s %+v", o.Horizon, short.Distance, short.Crossing)
	}
}

// A break of either series ends the stretch; the years before stay to be drawn.
func TestGapRespectsBreaks(t *testing.T) {
	own := []float64{19, 19, 19, 10, 11, 12, 13, 14, 15, 16}
	for _, c := range []struct {
		name   string
		unit   int
		change []Change
		want   Stretch
	}{
		{"of the region", 0, nil, Stretch{From: 2013, To: 2019, Begins: ByFlag, Dropped: 3}},
		{"of the metropolis", 1, nil, Stretch{From: 2013, To: 2019, Begins: ByFlag, Dropped: 3}},
		{"the later of two", 0, []Change{{id("U01"), "", 2015}}, Stretch{From: 2015, To: 2019, Begins: ByTerritory, Dropped: 5}},
		{"after the last common year", 0, []Change{{id("U01"), "", 2020}}, Stretch{From: 2013, To: 2019, Begins: ByFlag, Dropped: 3}},
		{"of another", 2, nil, Stretch{From: 2010, To: 2019}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := towards(MoreIsBetter, append(slices.Clone(own), math.NaN()), flat(20, 11))
			table.Changes = c.change
			table.Flags = [][]stats.Flags{make([]stats.Flags, 44)}
			table.Flags[0][c.unit*11+3] = stats.Break
			g := build(t, table, "U00", Defaults()).Readings[0].Gaps[0]
			if diff := cmp.Diff(c.want, g.Stretch); diff != "" || len(g.Years) != 10 {
				t.Errorf("%d years, stretch (-want +got)\n%s", len(g.Years), diff)
			}
			if (g.Distance == Closing) != (c.unit < 2) {
				t.Errorf("%s %+v", g.Distance, g.Slope)
			}
		})
	}
}

// Two metropolises and the region itself: each has its own gap, in the order of
// the list, in natural units and in standard deviations of the EU units.
func TestSeveralMetropolises(t *testing.T) {
	table := oneYear(LessIsBetter, 4, 7, 3, 6) // mean 5, sd sqrt(10/3)
	table.Units[0].Metros = []nuts.ID{id("U02"), id("U00"), id("U01")}
	gaps := build(t, table, "U00", Defaults()).Readings[0].Gaps
	sd := math.Sqrt(10.0 / 3)
	want := [][]GapYear{
		{{Year: 2020, Own: 4, Metro: 3, Gap: -1, InSD: -1 / sd, Behind: 1}},
		nil,
		{{Year: 2020, Own: 4, Metro: 7, Gap: 3, InSD: 3 / sd, Behind: -3}},
	}
	for i, distance := range []Distance{GapTooShort, Itself, Ahead} {
		if diff := cmp.Diff(want[i], gaps[i].Years, cmpopts.EquateApprox(0, 1e-12)); diff != "" || gaps[i].Distance != distance || gaps[i].Metro != table.Units[0].Metros[i] {
			t.Errorf("gap %d: %s %s", i, gaps[i].Distance, diff)
		}
	}
}
