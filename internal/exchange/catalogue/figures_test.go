package catalogue_test

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"peerscape/data"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// trial is a catalogue of a few indicators over made-up figures.
const trial = `
[[indicator]]
code = "people"
domain = "demography"
unit = "persons"
direction = "context"
level = 3
convert = "sum"
name = { en = "People", fi = "Väestö", de = "Menschen", es = "Personas", pl = "Ludzie" }
[[indicator.source]]
dataset = "demo_people"
level = 3
filter = { unit = "NR" }

[[indicator]]
code = "rate"
domain = "labour"
unit = "percent"
decimals = 1
direction = "less"
level = 2
convert = "mean"
name = { en = "Rate", fi = "Aste", de = "Quote", es = "Tasa", pl = "Stopa" }
[[indicator.source]]
dataset = "demo_rate"
level = 2
filter = { unit = "PC" }
[[indicator.source]]
dataset = "demo_rate_new"
level = 2
filter = { unit = "PC" }

[[indicator]]
code = "ground"
domain = "base"
unit = "km2"
direction = "context"
level = 3
convert = "sum_area"
name = { en = "Ground", fi = "Maa", de = "Boden", es = "Suelo", pl = "Grunt" }
[[indicator.source]]
dataset = "demo_ground"
level = 3
filter = { unit = "KM2" }

[[indicator]]
code = "crowding"
domain = "demography"
unit = "per_km2"
direction = "context"
level = 3
name = { en = "Crowding", fi = "Tiheys", de = "Dichte", es = "Densidad", pl = "Gęstość" }
[indicator.derived]
kind = "ratio"
numerator = "people"
denominator = "ground"
carry = true

[[indicator]]
code = "people_change"
domain = "demography"
unit = "percent_change"
direction = "more"
level = 3
name = { en = "Change", fi = "Muutos", de = "Veränderung", es = "Variación", pl = "Zmiana" }
[indicator.derived]
kind = "change"
numerator = "people"
years = 5

[[indicator]]
code = "rate_gap"
domain = "metro"
unit = "points"
direction = "less"
level = 2
name = { en = "Gap", fi = "Ero", de = "Abstand", es = "Diferencia", pl = "Różnica" }
[indicator.derived]
kind = "gap"
numerator = "rate"
`

func withTrial(t testing.TB, text string) (*catalogue.Catalogue, error) {
	t.Helper()
	return catalogue.Open(t.Context(), dbtest.Open(t), regions(t), fstest.MapFS{"indicators.toml": {Data: []byte(text)}}, clock)
}

func trialCatalogue(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	c, err := withTrial(t, trial)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func id(code string, v nuts.Version) nuts.ID { return nuts.ID{Code: nuts.Code(code), Version: v} }

// put imports rows of "unit region period=value[flags] ...".
func put(t testing.TB, c *catalogue.Catalogue, dataset string, v nuts.Version, lines ...string) {
	t.Helper()
	src := &table{header: stats.Header{Dataset: dataset, Dimensions: []string{"unit"}, RegionDimension: "geo"}}
	for _, l := range lines {
		f := strings.Fields(l)
		s := stats.Series{Key: []string{f[0]}, Region: f[1]}
		for _, cell := range f[2:] {
			year, rest, _ := strings.Cut(cell, "=")
			number := strings.TrimRight(rest, "bepu")
			value, err := strconv.ParseFloat(number, 64)
			if err != nil {
				t.Fatal(err)
			}
			period, err := stats.ParsePeriod(year)
			if err != nil {
				t.Fatal(err)
			}
			flags, err := stats.ParseFlags(rest[len(number):])
			if err != nil {
				t.Fatal(err)
			}
			s.Add(period, value, flags)
		}
		src.rows = append(src.rows, s)
	}
	if _, err := c.Import(t.Context(), src, catalogue.ImportOptions{NUTS: v, Publisher: "Trial", Licence: "free"}); err != nil {
		t.Fatal(err)
	}
}

func figure(t testing.TB, c *catalogue.Catalogue, region nuts.ID, code string) *catalogue.Figure {
	t.Helper()
	f, err := c.Figure(t.Context(), region, code)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6*max(1, math.Abs(b)) }

// The shares of the Iitti transfer: of FI1C4's 166 375 people in 2021, 6 551
// live in FI1C6; of its 5 583.73 km², 686.87 (JRC NUTSconverter 2025.08).
const (
	iittiPeople = 6551.0 / (6551 + 159824)
	iittiArea   = 686.86995282839 / (686.86995282839 + 4896.85779943332)
)

func TestFigureOfANewBoundary(t *testing.T) {
	c := trialCatalogue(t)
	put(t, c, "demo_people", 2021, "NR FI1C3 2016=200000 2021=210000e", "NR FI1C4 2016=170000 2021=160000", "NR FI1B1 2021=1700000")
	put(t, c, "demo_ground", 2021, "KM2 FI1C3 2015=6000", "KM2 FI1C4 2015=5000")
	put(t, c, "demo_rate", 2024, "PC FI1C 2020=8b 2021=9", "PC FI1B 2021=7")
	region := id("FI1C6", 2024)

	people := figure(t, c, region, "people")
	if people.Basis != catalogue.Converted || people.Weight != "population 2021" || len(people.Pieces) != 2 {
		t.Errorf("people: basis %v, weight %q, pieces %v; want an estimate from two regions", people.Basis, people.Weight, people.Pieces)
	}
	last := people.Latest()
	if want := 210000 + 160000*iittiPeople; !near(last.Value, want) || !last.Estimated || !last.Flags.Has(stats.Estimated) {
		t.Errorf("people 2021: %+v, want %v as an estimate that keeps the flag e", last, want)
	}
	ground := figure(t, c, region, "ground")
	if want := 6000 + 5000*iittiArea; !near(ground.Latest().Value, want) || ground.Weight != "area" {
		t.Errorf("ground: %v by %s, want %v by area", ground.Latest().Value, ground.Weight, want)
	}
	crowding := figure(t, c, region, "crowding")
	if want := last.Value / ground.Latest().Value; !near(crowding.Latest().Value, want) || len(crowding.Origin.Derived) != 2 {
		t.Errorf("crowding: %v from %d origins, want %v from 2", crowding.Latest().Value, len(crowding.Origin.Derived), want)
	}
	change := figure(t, c, region, "people_change")
	if want := (last.Value/(200000+170000*iittiPeople) - 1) * 100; !near(change.Latest().Value, want) || len(change.Points) != 1 {
		t.Errorf("change: %+v, want one point of %v", change.Points, want)
	}
	rate := figure(t, c, region, "rate")
	if rate.Basis != catalogue.Inherited || rate.Of != id("FI1C", 2024) || rate.Same || rate.Latest().Value != 9 {
		t.Errorf("rate: %+v, want 9, the value of FI1C", rate)
	}
	if want := []catalogue.Break{{Period: stats.Year(2020), Reason: "flag"}}; !cmp.Equal(rate.Breaks, want) {
		t.Errorf("breaks: %v, want %v", rate.Breaks, want)
	}
	gap := figure(t, c, region, "rate_gap")
	if gap.Latest().Value != 2 || gap.Basis != catalogue.Inherited || !strings.Contains(gap.Origin.Formula, "Helsinki") {
		t.Errorf("gap: %+v, want 2 against Helsinki, inherited", gap)
	}

	old := figure(t, c, id("FI1C3", 2021), "people")
	if old.Basis != catalogue.Own || old.Latest().Value != 210000 || old.Latest().Estimated {
		t.Errorf("FI1C3 in its own version: %+v, want 210000 as its own", old)
	}
	same := figure(t, c, id("FI1B1", 2024), "people")
	if same.Basis != catalogue.Own || same.Origin.NUTS != 2021 {
		t.Errorf("FI1B1 did not change: basis %v counted in %d, want its own of 2021", same.Basis, same.Origin.NUTS)
	}
}

func TestAPieceWithoutValueGivesNoEstimate(t *testing.T) {
	c := trialCatalogue(t)
	put(t, c, "demo_people", 2021, "NR FI1C3 2020=1 2021=2", "NR FI1C4 2020=3")
	f := figure(t, c, id("FI1C6", 2024), "people")
	if len(f.Points) != 1 || f.Points[0].Period != stats.Year(2020) {
		t.Errorf("points %v, want 2020 alone: half a region is no figure", f.Points)
	}
}

func TestTheNewestSourceWinsAndVintagesAreNotJoined(t *testing.T) {
	c := trialCatalogue(t)
	put(t, c, "demo_rate", 2024, "PC FI1C 2019=1 2020=2")
	put(t, c, "demo_rate_new", 2024, "PC FI1C 2021=5")
	f := figure(t, c, id("FI1C", 2024), "rate")
	if f.Origin.Dataset != "demo_rate_new" || len(f.Points) != 1 {
		t.Errorf("from %s, %v; want the newer dataset alone", f.Origin.Dataset, f.Points)
	}
	// A newer vintage replaces the panel that was read before.
	put(t, c, "demo_rate", 2024, "PC FI1C 2019=1 2020=2 2022=7")
	if f = figure(t, c, id("FI1C", 2024), "rate"); f.Origin.Dataset != "demo_rate" || f.Latest().Value != 7 {
		t.Errorf("after the import: %s %v, want demo_rate 7", f.Origin.Dataset, f.Latest())
	}
}

func TestTheCountryIsNoParent(t *testing.T) {
	c := trialCatalogue(t)
	put(t, c, "demo_rate", 2024, "PC FI 2021=9", "PC EU27_2020 2021=8", "PC FIZZ 2021=7")
	if _, err := c.Figure(t.Context(), id("FI1C6", 2024), "rate"); err == nil || fault.KindOf(err) != fault.Missing {
		t.Errorf("got %v, want nothing: the country's value says nothing of the region", err)
	}
	m, err := c.Map(t.Context(), "rate", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Values) != 1 || m.Values[0].Region.Code != "FI" {
		t.Errorf("a map of countries shows %v; aggregates and extra-regio are no regions", m.Values)
	}
}

func TestParentOfTheSameArea(t *testing.T) {
	c := trialCatalogue(t)
	put(t, c, "demo_rate", 2024, "PC DE8 2021=4")
	if f := figure(t, c, id("DE80", 2024), "rate"); !f.Same || f.Of != id("DE8", 2024) {
		t.Errorf("%+v, want the value of DE8, which is the same area", f)
	}
}

func TestMapChoosesAPeriodThatCoversMost(t *testing.T) {
	c := trialCatalogue(t)
	var lines []string
	for i, r := range regions(t).Regions(nuts.Current, 2) {
		line := "PC " + string(r.Code)
		if i < 100 {
			line += " 2019=1"
		}
		line += " 2020=" + strconv.Itoa(i)
		if i < 10 {
			line += " 2021=1"
		}
		lines = append(lines, line)
	}
	put(t, c, "demo_rate", 2024, lines...)
	m, err := c.Map(t.Context(), "rate", 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m.Period != stats.Year(2020) || !cmp.Equal(m.Periods, []stats.Period{stats.Year(2019), stats.Year(2020)}) {
		t.Errorf("period %v of %v, want 2020 of 2019 and 2020", m.Period, m.Periods)
	}
	if !slices.IsSortedFunc(m.Values, func(a, b catalogue.MapValue) int {
		return strings.Compare(string(a.Region.Code), string(b.Region.Code))
	}) {
		t.Error("values do not stand in the order of their codes")
	}
	if m, err = c.Map(t.Context(), "rate", 2, stats.Year(2021)); err != nil || len(m.Values) != 10 {
		t.Errorf("2021: %d values, %v; want 10", len(m.Values), err)
	}
	for _, p := range []stats.Period{stats.Year(1950)} {
		if _, err := c.Map(t.Context(), "rate", 2, p); fault.KindOf(err) != fault.Missing || !strings.Contains(err.Error(), "from 2019 to 2020") {
			t.Errorf("%v: %v, want a sentence that names the periods", p, err)
		}
	}
}

func TestFiltersAreHeldAgainstTheDataset(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header stats.Header
		keys   [][]string
		says   []string
	}{
		{"wrong code", stats.Header{Dimensions: []string{"unit"}}, [][]string{{"NRR"}, {"THS"}}, []string{"people", "demo_people", `"NR"`, "NRR"}},
		{"unknown dimension", stats.Header{Dimensions: []string{"measure"}}, [][]string{{"NR"}}, []string{`no dimension "unit"`, "measure"}},
		{"open dimension", stats.Header{Dimensions: []string{"unit", "sex"}}, [][]string{{"NR", "F"}, {"NR", "M"}}, []string{"leaves the dimension sex open", "F, M"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := trialCatalogue(t)
			tt.header.Dataset, tt.header.RegionDimension = "demo_people", "geo"
			src := &table{header: tt.header}
			for _, k := range tt.keys {
				s := stats.Series{Key: k, Region: "FI1C"}
				s.Add(stats.Year(2020), 1, 0)
				src.rows = append(src.rows, s)
			}
			_, err := c.Import(t.Context(), src, catalogue.ImportOptions{})
			if err == nil || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("got %v, want a refusal", err)
			}
			for _, want := range tt.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not name %q", err, want)
				}
			}
			if all, err := c.Datasets(t.Context()); err != nil || len(all) != 0 {
				t.Errorf("after the refusal: %v, %v; want nothing kept", all, err)
			}
		})
	}
}

func TestTheCatalogueFileIsRefusedWithItsReason(t *testing.T) {
	for name, tt := range map[string]struct{ from, to, says string }{
		"syntax":         {`code = "people"`, `code = people`, "indicators.toml, line 3"},
		"unknown key":    {`unit = "persons"`, "unit = \"persons\"\ncolour = \"red\"", "colour is not a key"},
		"no name":        {`fi = "Väestö", `, "", `"people" has no name in fi`},
		"twice":          {`code = "rate"`, `code = "people"`, `"people" stands twice`},
		"no direction":   {`direction = "less"`, `direction = "up"`, `"rate" has no direction`},
		"no denominator": {`denominator = "ground"`, `denominator = "air"`, `"air", which does not exist`},
		"circle":         {`numerator = "rate"`, `numerator = "rate_gap"`, "computed from itself"},
		"upper case":     {`dataset = "demo_rate"`, `dataset = "DEMO_RATE"`, "lower case"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := withTrial(t, strings.Replace(trial, tt.from, tt.to, 1))
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

func TestNearestIndicator(t *testing.T) {
	_, err := trialCatalogue(t).Indicator("poeple")
	if err == nil || !strings.Contains(err.Error(), "Did you mean people") {
		t.Errorf("got %v", err)
	}
}

func FuzzIndicators(f *testing.F) {
	f.Add(trial)
	f.Add("[[indicator]]\ncode = 1")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := catalogue.ReadIndicators(fstest.MapFS{"indicators.toml": {Data: []byte(text)}})
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v is no fault of the file", err)
		}
		for _, i := range got {
			if i.Code == "" || i.NameIn("fi") == "" {
				t.Errorf("accepted %+v", i)
			}
		}
	})
}

func TestBundledSnapshot(t *testing.T) {
	c, err := catalogue.Open(t.Context(), dbtest.Open(t), regions(t), data.Catalogue(), clock)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		if err := c.LoadSnapshot(t.Context(), bytes.NewReader(data.Snapshot())); err != nil {
			t.Fatal(err)
		}
	}
	all, err := c.Datasets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if len(d.Vintages) != 1 || d.Licence == "" || d.Publisher == "" || d.Title == "" {
			t.Errorf("%s: %d vintages, licence %q, publisher %q, title %q", d.Code, len(d.Vintages), d.Licence, d.Publisher, d.Title)
		}
	}
	covered, err := c.Covered(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	published, none := 0, []string{}
	for _, i := range c.Indicators() {
		switch {
		case covered[i.Code] && i.Derived == nil:
			published++
		case !covered[i.Code]:
			none = append(none, i.Code)
		}
	}
	t.Logf("%d published indicators have figures; without: %v", published, none)
	if published < 25 {
		t.Errorf("%d published indicators have figures, want at least 25", published)
	}
	if size := len(data.Snapshot()); size > 6<<20 {
		t.Errorf("the snapshot has %d bytes, more than 6 MiB", size)
	}
	for _, d := range all {
		got, err := c.Dataset(t.Context(), d.Code)
		if err != nil {
			t.Fatal(err)
		}
		if u := got.Structure.Coverage.Unknown; len(u) > 0 {
			t.Errorf("%s ships codes that are no region: %v", d.Code, u)
		}
	}
}

func TestNoFigureOfTheUnitedKingdomIsBundled(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: reads all regions, one after another")
	}
	c, err := catalogue.Open(t.Context(), dbtest.Open(t), regions(t), data.Catalogue(), clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.LoadSnapshot(t.Context(), bytes.NewReader(data.Snapshot())); err != nil {
		t.Fatal(err)
	}
	for _, v := range []nuts.Version{2013, 2016, 2021} {
		for _, r := range regions(t).Regions(v, -1) {
			if r.Country != "UK" {
				continue
			}
			if f, err := c.Figures(t.Context(), r.ID); err != nil || len(f) > 0 {
				t.Fatalf("%v has %d figures, %v", r.ID, len(f), err)
			}
		}
	}
}

func FuzzSnapshot(f *testing.F) {
	b := data.Snapshot()
	f.Add(b[:min(len(b), 4096)])
	f.Add([]byte("PEERSCAPE SNAPSHOT 1\n\x00"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := catalogue.ListSnapshot(bytes.NewReader(b)); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v is no fault of the file", err)
		}
	})
}

func TestDamagedSnapshotIsRefused(t *testing.T) {
	good := data.Snapshot()
	for name, b := range map[string][]byte{
		"cut":   good[:len(good)*2/3],
		"other": []byte("PK\x03\x04 an archive"),
		"index": slices.Concat(good[:40], bytes.Repeat([]byte{0xff}, 50), good[90:]),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := catalogue.Open(t.Context(), dbtest.Open(t), regions(t), data.Catalogue(), clock)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.LoadSnapshot(t.Context(), bytes.NewReader(b)); err == nil || fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v, want a refusal", err)
			}
		})
	}
}
