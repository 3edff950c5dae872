package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"peerscape/internal/app/apptest"
	"peerscape/internal/engine/profile"
	"peerscape/internal/exchange/territory"
	"peerscape/internal/nuts"

	"peerscape/data"
)

// The partner territories of the reference project, at the level of their figures.
var partners = []string{"FI1C6", "IE063", "AT12", "DE80", "ES511", "PL84"}

// A region's page says of each indicator what the rule says, no more and no less,
// and names the peers that the engine finds.
func TestRegionPagesSayWhatTheEngineSays(t *testing.T) {
	a := apptest.Open(t)
	structure, err := territory.ReadStructure(data.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range partners {
		t.Run(code, func(t *testing.T) {
			id := nuts.ID{Code: nuts.Code(code), Version: nuts.Current}
			near, err := a.Analyst.NearestPeers(context.Background(), structure, id, 12)
			if err != nil {
				t.Fatal(err)
			}
			p, err := a.Analyst.Profile(context.Background(), id, near, profile.Defaults())
			if err != nil {
				t.Fatal(err)
			}
			want := map[profile.Verdict][]string{}
			for i := range p.Readings {
				x := &p.Readings[i]
				want[x.Finding.Verdict] = append(want[x.Finding.Verdict], x.About.NameIn("en"))
			}
			d := open(t, "/regions/"+code)
			lists := [][]string{d.Texts("#assets b"), d.Texts("#challenges b")}
			for n, v := range []profile.Verdict{profile.Asset, profile.Challenge} {
				slices.Sort(lists[n])
				slices.Sort(want[v])
				if !slices.Equal(lists[n], want[v]) {
					t.Errorf("%s: the page lists %q, the engine %q", v, lists[n], want[v])
				}
			}
			if len(want[profile.Asset])+len(want[profile.Challenge]) == 0 {
				t.Error("nothing stands out")
			}
			rows := d.Texts("#peers tbody .sub")
			for i, peer := range near[:8] {
				if !slices.Contains(rows, string(peer.Code)) {
					t.Errorf("peer %d, %s, is not among %q", i+1, peer, rows)
				}
			}
		})
	}
}

// The gap in the table is the difference of the two beside it, for every year.
func TestGapsAreDifferences(t *testing.T) {
	for _, code := range []string{"FI1C6", "IE063", "AT12", "DE80", "PL84"} {
		d := open(t, "/regions/"+code)
		cells := d.Texts("#gap tbody td")
		if len(cells) < 30 || len(cells)%3 != 0 {
			t.Fatalf("%s: %d cells", code, len(cells))
		}
		number := func(s string) int {
			n, err := strconv.Atoi(strings.NewReplacer("−", "-", "\u202f", "", "\u00a0", "").Replace(s))
			if err != nil {
				t.Errorf("%s: %v", code, err)
			}
			return n
		}
		for i := 0; i < len(cells); i += 3 {
			if own, metro, gap := number(cells[i]), number(cells[i+1]), number(cells[i+2]); metro-own != gap {
				t.Errorf("%s: %d beside %d has the gap %d", code, own, metro, gap)
			}
		}
	}
}

func TestWhatCannotBeComparedIsNot(t *testing.T) {
	for path, without := range map[string][]string{
		"/regions/FI":                       {"#findings", "#gap", "#peers"}, // a country
		"/regions/FI1C3?nuts=2021":          {"#findings", "#peers"},         // of older boundaries
		"/regions/ES511":                    {"#gap"},                        // holds its metropolis
		"/regions/FI1C6/indicators/gdp_pps": {"#findings"},
	} {
		d := open(t, path)
		for _, part := range without {
			if len(d.All(part)) != 0 {
				t.Errorf("%s has %s", path, part)
			}
		}
	}
}

// BenchmarkRegionPage is the server's time for a region's page once figures are
// warm, of the six partner territories by turns.
func BenchmarkRegionPage(b *testing.B) {
	a := apptest.Open(b)
	h, err := a.Handler()
	if err != nil {
		b.Fatal(err)
	}
	get := func(n int) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/regions/"+partners[n%len(partners)], nil))
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
	for n := range partners {
		get(n)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		get(n)
		n++
	}
}
