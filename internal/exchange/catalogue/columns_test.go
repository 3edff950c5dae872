package catalogue_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// column returns a column by region, without its gaps.
func column(c *catalogue.Columns, at int) map[string]float64 {
	out := map[string]float64{}
	for n, r := range c.Rows {
		if v := c.Table.Columns[at].Values[n]; !math.IsNaN(v) {
			out[r.Unit] = v
		}
	}
	return out
}

// A column holds what is published for its level and what was converted to new
// boundaries, in one period; nothing of larger regions, older periods or units
// that are no regions.
func TestColumnsHoldPublishedAndConvertedValues(t *testing.T) {
	c := trialCatalogue(t)
	put(t, c, "demo_people", 2021, "NR FI1C3 2020=1 2021=200000", "NR FI1C4 2021=160000", "NR FI1B1 2021=1700000e", "NR FI193 2020=5", "NR FI 2021=5500000")
	put(t, c, "demo_rate", 2024, "PC FI1C 2021=9")
	got, err := c.Columns(t.Context(), []string{"people", "rate", "ground"}, 3, []nuts.Code{"FI"})
	if err != nil {
		t.Fatal(err)
	}
	rows := regions(t).Regions(nuts.Current, 3)
	if n := len(slices.DeleteFunc(slices.Clone(rows), func(r *nuts.Region) bool { return r.Country != "FI" })); len(got.Rows) != n {
		t.Errorf("%d rows, Finland has %d regions", len(got.Rows), n)
	}
	people := column(got, 0)
	estimated := 200000 + 160000*iittiPeople
	want := map[string]float64{"FI1B1": 1700000, "FI1C6": estimated, "FI1C7": 160000 * (1 - iittiPeople)}
	if d := cmp.Diff(want, people, cmpopts.EquateApprox(1e-9, 0)); d != "" {
		t.Errorf("people (want, got): %s", d)
	}
	src := got.Sources[0]
	if src.Period != stats.Year(2021) || src.Origin.Dataset != "demo_people" || src.Values != 3 || src.Doubtful != 3 {
		t.Errorf("source of people: %+v, want 3 values of 2021, all doubtful", src)
	}
	for code, at := range map[string]int{"rate": 1, "ground": 2} {
		if inherited := column(got, at); len(inherited) != 0 || got.Sources[at].Values != 0 {
			t.Errorf("%s has values %v of other levels", code, inherited)
		}
	}
	if len(got.Absent) != 2 || got.Absent[0].Code != "rate" || got.Absent[1].Code != "ground" {
		t.Errorf("absent: %v, want rate and ground", got.Absent)
	}
	if len(got.Attributes) != 2 || slices.ContainsFunc(got.Attributes[0].Values, func(v string) bool { return v != "FI" }) {
		t.Errorf("attributes %v", got.Attributes)
	}
}

// The doubt of a value is the largest that its flags give, as a share of the
// standard deviation of the column over all regions, and 0 for a sure one.
func TestColumnsDoubtFlaggedValues(t *testing.T) {
	c := trialCatalogue(t)
	put(t, c, "demo_rate", 2024, "PC FI1C 2021=1", "PC FI1B 2021=2e", "PC FI19 2021=3u", "PC FI1D 2021=4pu", "PC FI20 2021=5p", "PC SE11 2021=6b")
	got, err := c.Columns(t.Context(), []string{"rate"}, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	sd := math.Sqrt(3.5) // of 1 to 6
	want := map[string]float64{"FI1C": 0, "FI1B": 0.05 * sd, "FI19": 0.2 * sd, "FI1D": 0.2 * sd, "FI20": 0.03 * sd, "SE11": 0}
	for n, r := range got.Rows {
		if d, ok := want[r.Unit]; ok && !near(got.Table.Columns[0].Doubt[n], d) {
			t.Errorf("%s has the doubt %v, want %v", r.Unit, got.Table.Columns[0].Doubt[n], d)
		} else if !ok && got.Table.Columns[0].Doubt[n] != 0 {
			t.Errorf("%s has no value and the doubt %v", r.Unit, got.Table.Columns[0].Doubt[n])
		}
	}
	if got.Sources[0].Doubtful != 4 {
		t.Errorf("%d are doubtful, want 4", got.Sources[0].Doubtful)
	}
}

func TestColumnsRefusals(t *testing.T) {
	c := trialCatalogue(t)
	if _, err := c.Columns(t.Context(), []string{"people"}, 3, []nuts.Code{"XX"}); fault.KindOf(err) != fault.Missing || !strings.Contains(err.Error(), "no region of NUTS level 3 in these countries") {
		t.Errorf("an unknown country: %v", err)
	}
	if _, err := c.Columns(t.Context(), []string{"peple"}, 3, nil); err == nil || !strings.Contains(err.Error(), "people") {
		t.Errorf("an unknown indicator: %v", err)
	}
}
