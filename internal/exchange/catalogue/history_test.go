package catalogue_test

import (
	"math"
	"slices"
	"testing"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// cellsOf reads one region's line of a history by year, without its gaps.
func cellsOf(t *testing.T, h *catalogue.History, code, region string) (map[int]float64, map[int]stats.Flags) {
	t.Helper()
	j := slices.IndexFunc(h.Indicators, func(i *catalogue.Indicator) bool { return i.Code == code })
	i := slices.IndexFunc(h.Regions, func(r *nuts.Region) bool { return string(r.Code) == region })
	if j < 0 || i < 0 {
		t.Fatalf("the history has no %s of %s", code, region)
	}
	values, flags := map[int]float64{}, map[int]stats.Flags{}
	for y, year := range h.Years {
		if at := i*len(h.Years) + y; !math.IsNaN(h.Values[j][at]) {
			values[year], flags[year] = h.Values[j][at], h.Flags[j][at]
		}
	}
	return values, flags
}

func TestHistoryHoldsEveryYear(t *testing.T) {
	c := trialCatalogue(t)
	put(t, c, "demo_people", 2021, "NR FI1C3 2016=200000 2021=210000", "NR FI1C4 2016=170000 2021=160000", "NR FI1B1 2014=1500000 2021=1700000e")
	put(t, c, "demo_rate", 2024, "PC FI1C 2020=8b 2021=9", "PC FI1B 2021=7")
	h, err := c.History(t.Context(), 3, []nuts.ID{id("FI1B", 2024), id("FI1C6", 2024), id("FI1C3", 2021), id("FI1B", 2024)})
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021}; !slices.Equal(h.Years, want) {
		t.Errorf("years %v, want %v without holes", h.Years, want)
	}
	all := regions(t).Regions(nuts.Current, 3)
	if n := len(all); len(h.Regions) != n+1 || h.Regions[n].Code != "FI1B" {
		t.Errorf("%d regions, want the %d of the level and FI1B once behind them", len(h.Regions), n)
	}
	for j, i := range h.Indicators {
		if i.Code == "rate_gap" {
			t.Error("a gap to a metropolis is compared")
		}
		if want := len(h.Regions) * len(h.Years); len(h.Values[j]) != want || len(h.Flags[j]) != want {
			t.Errorf("%s has %d values and %d flags, want %d", i.Code, len(h.Values[j]), len(h.Flags[j]), want)
		}
	}
	values, flags := cellsOf(t, h, "people", "FI1B1")
	if len(values) != 2 || values[2014] != 1500000 || values[2021] != 1700000 || !flags[2021].Has(stats.Estimated) || flags[2014] != 0 {
		t.Errorf("people of FI1B1: %v %v", values, flags)
	}
}

// Values that we convert to new boundaries carry the flag e.
func TestHistoryFlagsWhatWasConverted(t *testing.T) {
	c := trialCatalogue(t)
	put(t, c, "demo_people", 2021, "NR FI1C3 2016=200000 2021=210000", "NR FI1C4 2016=170000 2021=160000")
	h, err := c.History(t.Context(), 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	values, flags := cellsOf(t, h, "people", "FI1C6")
	for year, want := range map[int]float64{2016: 200000 + 170000*iittiPeople, 2021: 210000 + 160000*iittiPeople} {
		if !near(values[year], want) || !flags[year].Has(stats.Estimated) {
			t.Errorf("%d: %v with %v, want %v estimated", year, values[year], flags[year], want)
		}
	}
}

// A line that changes from one territory to another says in which year, so that
// nobody reads across it.
func TestHistoryNamesChangesOfTerritory(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: reads all regions, one after another")
	}
	c := bundled(t, dbtest.Open(t))
	h, err := c.History(t.Context(), 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Years) > 30 || len(h.Changes) == 0 {
		t.Errorf("%d years, %d changes; want at most 30 and some", len(h.Years), len(h.Changes))
	}
	for _, change := range h.Changes {
		i, r := h.Indicators[change.Indicator], h.Regions[change.Region]
		f, err := c.Figure(t.Context(), r.ID, i.Code)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(f.Breaks, func(b catalogue.Break) bool { return b.Reason == "territory" && b.Period.Year() == change.Year }) {
			t.Errorf("%s of %s changes in %d, the figure breaks at %v", i.Code, r.ID, change.Year, f.Breaks)
		}
	}
	t.Logf("%d years, %d indicators, %d regions, %d changes of territory", len(h.Years), len(h.Indicators), len(h.Regions), len(h.Changes))
}

// A history without figures is empty and no error.
func TestHistoryOfNothing(t *testing.T) {
	h, err := trialCatalogue(t).History(t.Context(), 3, nil)
	if err != nil || len(h.Indicators) != 0 || len(h.Years) != 0 || len(h.Values) != 0 {
		t.Errorf("%d indicators, %d years, %v", len(h.Indicators), len(h.Years), err)
	}
}
