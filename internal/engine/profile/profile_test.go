package profile

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

func TestPrepareRefuses(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name, key, names string
		kind             fault.Kind
		spoil            func(*Table)
	}{
		{"two versions", "engine.mixed-versions", "U02 (NUTS 2016) and U00, U01, U03, ... (NUTS 2024)", fault.Invalid, func(t *Table) { t.Units[2].ID.Version = 2016 }},
		{"a metropolis of another version", "engine.mixed-versions", "FI1B (NUTS 2021)", fault.Invalid, func(t *Table) {
			t.Units[0].Metros = []nuts.ID{{Code: "FI1B", Version: 2021}}
		}},
		{"a metropolis without a row", "engine.unknown-unit", "XX", fault.Missing, func(t *Table) { t.Units[0].Metros = []nuts.ID{id("XX")} }},
		{"a unit twice", "engine.duplicate-unit", "U01", fault.Invalid, func(t *Table) { t.Units[2].ID = t.Units[1].ID }},
		{"an indicator twice", "engine.duplicate-indicator", "one", fault.Invalid, func(t *Table) {
			t.Indicators = append(t.Indicators, t.Indicators[0])
		}},
		{"a change of nobody", "engine.unknown-unit", "XX", fault.Missing, func(t *Table) { t.Changes = []Change{{Unit: id("XX"), Year: 2020}} }},
		{"a change of nothing", "engine.unknown-indicator", "two", fault.Invalid, func(t *Table) {
			t.Changes = []Change{{Unit: id("U00"), Indicator: "two", Year: 2020}}
		}},
		{"direction", "engine.direction", "one", fault.Invalid, func(t *Table) { t.Indicators[0].Direction = 2 }},
		{"negative weight", "engine.weight", "one", fault.Invalid, func(t *Table) { t.Indicators[0].Weight = -1 }},
		{"weight without a value", "engine.weight", "one", fault.Invalid, func(t *Table) { t.Indicators[0].Weight = nan }},
		{"weights sum to zero", "engine.weights-zero", "economy", fault.Invalid, func(t *Table) { t.Indicators[0].Weight = 0 }},
		{"infinite", "engine.not-finite", "U03", fault.Invalid, func(t *Table) { t.Values[0][3] = math.Inf(-1) }},
		{"too large", "engine.not-finite", "U03", fault.Invalid, func(t *Table) { t.Values[0][3] = 1e101 }},
		{"all missing", "engine.all-missing", "no value", fault.Invalid, func(t *Table) {
			for i := range t.Values[0] {
				t.Values[0][i] = nan
			}
		}},
		{"no year", "engine.no-years", "year", fault.Invalid, func(t *Table) { t.Years = nil }},
		{"years out of order", "engine.years", "2020", fault.Invalid, func(t *Table) { t.Years = []int{2020, 2020} }},
		{"no unit", "engine.no-units", "unit", fault.Invalid, func(t *Table) { t.Units = nil }},
		{"no indicator", "engine.no-indicators", "indicator", fault.Invalid, func(t *Table) { t.Indicators = nil }},
		{"short column", "engine.shape", "one", fault.Invalid, func(t *Table) { t.Values[0] = t.Values[0][:3] }},
		{"short flags", "engine.shape", "one", fault.Invalid, func(t *Table) { t.Flags = [][]stats.Flags{{0}} }},
		{"columns", "engine.shape", "1 indicators have 0", fault.Invalid, func(t *Table) { t.Values = nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := oneYear(MoreIsBetter, 1, 2, 3, 4, 5, 6)
			c.spoil(&table)
			_, err := Prepare(table)
			wantFault(t, err, c.kind, c.key)
			if !strings.Contains(err.Error(), c.names) {
				t.Errorf("%q does not name %q", err, c.names)
			}
		})
	}
}

func TestBuildRefuses(t *testing.T) {
	r, err := Prepare(oneYear(MoreIsBetter, 1, 2, 3))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, key string
		kind      fault.Kind
		in        Input
		spoil     func(*Options)
	}{
		{"no table", "engine.no-reference", fault.Invalid, Input{Region: id("U00")}, nil},
		{"unknown region", "engine.unknown-unit", fault.Missing, Input{r, id("XX"), nil}, nil},
		{"region of another version", "engine.mixed-versions", fault.Invalid, Input{r, nuts.ID{Code: "U00", Version: 2016}, nil}, nil},
		{"peer of another version", "engine.mixed-versions", fault.Invalid, Input{r, id("U00"), []nuts.ID{{Code: "U01", Version: 2021}}}, nil},
		{"its own peer", "engine.peer", fault.Invalid, Input{r, id("U00"), []nuts.ID{id("U00")}}, nil},
		{"a peer twice", "engine.peer", fault.Invalid, Input{r, id("U00"), []nuts.ID{id("U01"), id("U01")}}, nil},
		{"empty options", "engine.options", fault.Invalid, Input{r, id("U00"), nil}, func(o *Options) { *o = Options{} }},
		{"confidence", "engine.options", fault.Invalid, Input{r, id("U00"), nil}, func(o *Options) { o.Confidence = math.NaN() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Defaults()
			if c.spoil != nil {
				c.spoil(&o)
			}
			_, err := Build(c.in, o)
			wantFault(t, err, c.kind, c.key)
		})
	}
}

// The least that can be given: one region, one year, no peer, no group.
func TestOneRegionOneYear(t *testing.T) {
	p := build(t, oneYear(MoreIsBetter, 7), "U00", Defaults())
	read := p.Readings[0]
	for g := range groups {
		if c := read.Comparisons[g]; c.Reason != NoGroup || c.Verdict != Undetermined || c.N != 0 || !math.IsNaN(c.Percentile.Value) {
			t.Errorf("%s: %+v", g, c)
		}
	}
	if read.Value != 7 || read.Year != 2020 || read.Finding.Verdict != Undetermined || read.Finding.Reason != NoGroup {
		t.Errorf("reading %+v", read)
	}
	if read.Trend.Course != TooFewYears || len(read.Gaps) != 0 || p.Domains[0].Scores[EU].Reason != LowCoverage {
		t.Errorf("trend %+v, gaps %v, domain %+v", read.Trend, read.Gaps, p.Domains[0])
	}
}

// The year compared is one that enough units have; without one it is the newest.
func TestYearCompared(t *testing.T) {
	nan := math.NaN()
	rows := [][]float64{{1, 2, 3}, {1, 2, nan}, {1, 2, nan}, {1, nan, nan}}
	for _, c := range []struct {
		name string
		own  []float64
		want int
	}{
		{"newest year is thin", rows[0], 2021},
		{"an older one is all there is", []float64{1, nan, nan}, 2020},
		{"only a thin one", []float64{nan, nan, 3}, 2022},
		{"none", []float64{nan, nan, nan}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := series(yearsFrom(2020, 3), MoreIsBetter, append([][]float64{c.own}, rows[1:]...)...)
			if got := build(t, table, "U00", Defaults()).Readings[0].Year; got != c.want {
				t.Errorf("year %d, want %d", got, c.want)
			}
		})
	}
}

// Evidence over the groups: the same value is an asset among one and ordinary or
// a challenge among others.
func TestFindings(t *testing.T) {
	low, high := []float64{1, 2, 3, 4, 5, 6, 7}, []float64{21, 22, 23, 24, 25, 26, 27}
	middle := []float64{4, 6, 8, 10, 12, 14, 16}
	const peersBit, countryBit, all = 1 << Peers, 1 << Country, 1<<groups - 1
	for _, c := range []struct {
		name               string
		country, peers     []float64 // the EU and the class are both together; the region is at 10
		verdict            Verdict
		assets, challenges Groups
	}{
		{"above all", low, low, Asset, all, 0},
		{"below all", high, high, Challenge, 0, all},
		{"one against the other", low, high, Mixed, countryBit, peersBit},
		{"one alone is no quorum", low, middle, Ordinary, countryBit, 0},
		{"nobody", middle, middle, Ordinary, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := oneYear(MoreIsBetter, slices.Concat([]float64{10}, c.country, c.peers)...)
			var peers []string
			for i := range table.Units {
				table.Units[i].Country = "A"
				if i > len(c.country) {
					table.Units[i].Country = "B"
					peers = append(peers, string(table.Units[i].ID.Code))
				}
			}
			f := build(t, table, "U00", Defaults(), peers...).Readings[0].Finding
			t.Logf("%s: assets %v, challenges %v, ordinary %v, strength %.2f", f.Verdict, f.Assets.List(), f.Challenges.List(), f.Ordinary.List(), f.Strength)
			if f.Verdict != c.verdict || f.Assets != c.assets || f.Challenges != c.challenges {
				t.Errorf("%s: %+v", c.verdict, f)
			}
			if (f.Strength > 0) != (c.verdict == Asset || c.verdict == Challenge) {
				t.Errorf("%s has strength %v", f.Verdict, f.Strength)
			}
		})
	}
}

// Where one group alone can tell, it is quorum enough; lists run from the
// strongest to the weakest, equal ones in the table's order.
func TestListsOfAssets(t *testing.T) {
	var table Table
	for j, own := range []float64{12, 20, -5, 20, 5.5, -9} {
		one := oneYear(MoreIsBetter, own, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
		for i := range one.Units {
			one.Units[i].Urban, one.Units[i].Country = 0, ""
		}
		one.Indicators[0].Code = string(rune('a' + j))
		table.Units, table.Years = one.Units, one.Years
		table.Indicators = append(table.Indicators, one.Indicators[0])
		table.Values = append(table.Values, one.Values[0])
	}
	p := build(t, table, "U00", Defaults())
	if !slices.Equal(p.Assets, []int{1, 3, 0}) || !slices.Equal(p.Challenges, []int{5, 2}) {
		t.Errorf("assets %v, challenges %v", p.Assets, p.Challenges)
	}
}

// Five indicators of one domain; the sixth is context, the seventh of no domain.
func TestDomainScores(t *testing.T) {
	others := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	make7 := func(own [7]float64) Table {
		table := oneYear(MoreIsBetter, append([]float64{0}, others...)...)
		table.Indicators, table.Values = nil, nil
		for j, v := range own {
			d := Indicator{Code: string(rune('a' + j)), Direction: MoreIsBetter, Domain: "economy", Weight: 1}
			switch j {
			case 1:
				d.Direction, d.Weight = LessIsBetter, 2
			case 5:
				d.Direction = Context
			case 6:
				d.Domain = ""
			}
			table.Indicators = append(table.Indicators, d)
			table.Values = append(table.Values, append([]float64{v}, others...))
		}
		return table
	}
	nan := math.NaN()
	for _, c := range []struct {
		name     string
		own      [7]float64
		score    float64
		coverage float64
		missing  []int
	}{
		// Percentiles from the better end: 60, 70 (3 of 10 below, less is better), 90, 10, 0.
		{"complete", [7]float64{6.5, 3.5, 9.5, 1.5, 0.5, 99, 99}, (60 + 2*70 + 90 + 10 + 0) / 6.0, 1, nil},
		{"two thirds", [7]float64{6.5, 3.5, 9.5, nan, nan, 99, 99}, (60 + 2*70 + 90) / 4.0, 4.0 / 6, []int{3, 4}},
		{"one half", [7]float64{6.5, 3.5, nan, nan, nan, 99, 99}, nan, 0.5, []int{2, 3, 4}},
		{"nothing", [7]float64{nan, nan, nan, nan, nan, nan, 99}, nan, 0, []int{0, 1, 2, 3, 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := build(t, make7(c.own), "U00", Defaults())
			got := p.Domains[0].Scores[EU]
			t.Logf("score %.4f [%.4f, %.4f], coverage %.3f, missing %v %s", got.Score.Value, got.Score.Low, got.Score.High, got.Coverage, got.Missing, got.Reason)
			if apart(got.Score.Value, c.score) > 1e-12 || apart(got.Coverage, c.coverage) > 1e-12 || !slices.Equal(got.Missing, c.missing) {
				t.Errorf("got %+v, want %v at %v", got, c.score, c.coverage)
			}
			if math.IsNaN(c.score) != (got.Reason == LowCoverage) || len(p.Domains) != 1 || len(p.Domains[0].Indicators) != 6 {
				t.Errorf("domains %+v", p.Domains)
			}
		})
	}
	// Three of five equal weights are 60 %, not a hair less.
	table := make7([7]float64{6.5, 3.5, 9.5, nan, nan, 99, 99})
	for j := range table.Indicators {
		table.Indicators[j].Weight = 0.1
	}
	if got := build(t, table, "U00", Defaults()).Domains[0].Scores[EU]; got.Reason != NoReason {
		t.Errorf("coverage %v has no score", got.Coverage)
	}
	table.Indicators = []Indicator{{Code: "a", Domain: "scenery"}}
	table.Values = table.Values[:1]
	if got := build(t, table, "U00", Defaults()).Domains[0].Scores[EU]; got.Reason != NotJudged || !math.IsNaN(got.Score.Value) {
		t.Errorf("a domain of context: %+v", got)
	}
}

func TestTrendRespectsBreaks(t *testing.T) {
	up := []float64{9, 8, 7, 1, 2, 3, 4, 5, 6, 7}
	nan := math.NaN()
	holed := slices.Clone(up)
	holed[3], holed[6] = nan, nan
	years := yearsFrom(2010, 10)
	for _, c := range []struct {
		name      string
		values    []float64
		direction Direction
		flagAt    int // -1 for none
		changes   []Change
		course    Course
		slope     float64
		want      Stretch
	}{
		{"no break known", up, MoreIsBetter, -1, nil, NoTrend, nan, Stretch{From: 2010, To: 2019}},
		{"flag", up, MoreIsBetter, 3, nil, Improving, 1, Stretch{From: 2013, To: 2019, Begins: ByFlag, Dropped: 3}},
		{"less is better", up, LessIsBetter, 3, nil, Worsening, 1, Stretch{From: 2013, To: 2019, Begins: ByFlag, Dropped: 3}},
		{"context", up, Context, 3, nil, Rising, 1, Stretch{From: 2013, To: 2019, Begins: ByFlag, Dropped: 3}},
		{"flag on a missing value", holed, MoreIsBetter, 3, nil, Improving, 1, Stretch{From: 2014, To: 2019, Begins: ByFlag, Dropped: 3, Missing: 1}},
		{"territory", up, MoreIsBetter, -1, []Change{{id("U00"), "", 2013}}, Improving, 1, Stretch{From: 2013, To: 2019, Begins: ByTerritory, Dropped: 3}},
		{"territory after the flag", up, MoreIsBetter, 3, []Change{{id("U00"), "one", 2014}}, Improving, 1, Stretch{From: 2014, To: 2019, Begins: ByTerritory, Dropped: 4}},
		{"territory before the flag", up, MoreIsBetter, 4, []Change{{id("U00"), "", 2012}}, Improving, 1, Stretch{From: 2014, To: 2019, Begins: ByFlag, Dropped: 4}},
		{"another's territory", up, MoreIsBetter, -1, []Change{{id("U01"), "", 2013}}, NoTrend, nan, Stretch{From: 2010, To: 2019}},
		{"too few years left", up, MoreIsBetter, 7, nil, TooFewYears, 1, Stretch{From: 2017, To: 2019, Begins: ByFlag, Dropped: 7}},
		{"in the first year a flag says nothing", up[3:], MoreIsBetter, 0, nil, Improving, 1, Stretch{From: 2010, To: 2016}},
		{"after the last value it says nothing", []float64{1, 2, 3, 4, 5, nan}, MoreIsBetter, 5, nil, Improving, 1, Stretch{From: 2010, To: 2014}},
		{"falling context", []float64{9, 8, 7, 6, 5}, Context, -1, nil, Falling, -1, Stretch{From: 2010, To: 2014}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := series(years[:len(c.values)], c.direction, c.values, c.values)
			table.Changes = c.changes
			if c.flagAt >= 0 {
				table.Flags = [][]stats.Flags{make([]stats.Flags, 2*len(c.values))}
				table.Flags[0][c.flagAt] = stats.Break | stats.Provisional
			}
			got := build(t, table, "U00", Defaults()).Readings[0].Trend
			if diff := cmp.Diff(c.want, got.Stretch); diff != "" {
				t.Errorf("stretch (-want +got)\n%s", diff)
			}
			if got.Course != c.course || (!math.IsNaN(c.slope) && got.Slope.PerYear != c.slope) {
				t.Errorf("%s %+v, want %s %v", got.Course, got.Slope, c.course, c.slope)
			}
		})
	}
}

func TestRuleIsData(t *testing.T) {
	o := Defaults()
	o.Effect = 0.8
	rule := build(t, oneYear(MoreIsBetter, 1, 2), "U00", o).Rule
	if rule.Version != RuleVersion || len(rule.Clauses) != 13 || !slices.Contains(rule.Clauses, Clause{"effect", 0.8}) {
		t.Errorf("rule %+v", rule)
	}
}

// One Reference serves many goroutines; each profile is the same.
func TestBuildIsRepeatable(t *testing.T) {
	r, err := Prepare(europe(60, 8, 10))
	if err != nil {
		t.Fatal(err)
	}
	in := Input{Reference: r, Region: id("R0003"), Peers: []nuts.ID{id("R0005"), id("R0017"), id("R0040")}}
	first, err := Build(in, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string, 4)
	for range cap(done) {
		go func() {
			again, err := Build(in, Defaults())
			if err != nil {
				done <- err.Error()
				return
			}
			done <- cmp.Diff(first, again, cmpopts.EquateNaNs())
		}()
	}
	for range cap(done) {
		if diff := <-done; diff != "" {
			t.Error(diff)
		}
	}
}
