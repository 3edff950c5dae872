package nuts

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The regions of the reference partnership and their metropolises.
func TestMetros(t *testing.T) {
	n := open(t)
	type link struct {
		Metro Code
		Kind  RelationKind
		Name  string
	}
	for _, c := range []struct {
		id   ID
		want []link
	}{
		{ID{"FI1C6", 2024}, []link{{"FI1B1", Adjacent, "Helsinki"}}},
		{ID{"FI1C3", 2021}, []link{{"FI1B1", Adjacent, "Helsinki"}}},
		{ID{"FI1C3", 2013}, []link{{"FI1B1", Adjacent, "Helsinki"}}}, // the same area as in 2021
		{ID{"AT12", 2024}, []link{{"AT130", Ring, "Vienna"}}},
		{ID{"AT126", 2016}, []link{{"AT130", Inside, "Vienna"}}},
		{ID{"ES511", 2024}, []link{{"ES511", Inside, "Barcelona"}}},
		{ID{"IE06", 2024}, []link{{"IE061", Inside, "Dublin"}}},
		{ID{"IE063", 2024}, []link{{"IE061", Adjacent, "Dublin"}}},
		{ID{"PL84", 2024}, []link{{"PL911", Corridor, "Warsaw"}}},
		{ID{"DE80", 2024}, []link{{"DE600", Corridor, "Hamburg"}, {"DE300", Corridor, "Berlin"}, {"PL424", CrossBorder, "Szczecin"}}},
		{ID{"PT19", 2024}, nil},
		{ID{"QQ1", 2024}, nil},
	} {
		var got []link
		for _, r := range n.Metros(c.id) {
			if r.Region != c.id || r.Source == "" {
				t.Errorf("%s: %+v", c.id, r)
			}
			got = append(got, link{r.Metro.Code, r.Kind, r.Name})
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.id, diff)
		}
	}
}

func TestNeighbours(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		id   ID
		want []Code
	}{
		{ID{"FI1C6", 2024}, []Code{"FI198", "FI19B", "FI1B1", "FI1C2", "FI1C7", "FI1DA"}},
		{ID{"PL84", 2024}, []Code{"LT02", "PL62", "PL81", "PL92"}},
		{ID{"PL84", 2021}, []Code{"LT02", "PL62", "PL81", "PL92"}}, // the same area
		{ID{"FI1C3", 2021}, nil}, // another area
		{ID{"FI20", 2024}, nil},  // islands
		{ID{"FI", 2024}, nil},    // borders of countries are not in the table
	} {
		if diff := cmp.Diff(c.want, n.Neighbours(c.id)); diff != "" {
			t.Errorf("%s: %s", c.id, diff)
		}
	}
}

func TestBordersHaveTwoSidesAndOneLevel(t *testing.T) {
	n := open(t)
	for a, codes := range n.neighbours {
		for _, b := range codes {
			if a == b || !slices.Contains(n.neighbours[b], a) || n.regions[ID{a, Current}].Level != n.regions[ID{b, Current}].Level {
				t.Errorf("%s borders %s", a, b)
			}
		}
	}
}

func TestSuggestMetros(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		id     ID
		metro  Code
		kind   RelationKind
		reason string
	}{
		{ID{"FI1C6", 2024}, "FI1B1", Adjacent, "Helsinki-Uusimaa (FI1B1) borders the region; it is predominantly urban, has 1,659,703 people (2021) and is 108 km away, point to point"},
		{ID{"AT12", 2024}, "AT130", Ring, "Wien (AT130) is surrounded by the region"},
		{ID{"AT12", 2013}, "AT130", Ring, "Wien (AT130) is surrounded by the region"},
		{ID{"AT12", 2024}, "SK010", CrossBorder, "Bratislavský kraj (SK010) borders the region from another country"},
		{ID{"ES511", 2024}, "ES511", Inside, "Barcelona (ES511) is the region itself"},
		{ID{"IE06", 2024}, "IE061", Inside, "Dublin (IE061) lies in the region"},
		{ID{"IE063", 2024}, "IE061", Corridor, "Dublin (IE061) is within reach;"},
		{ID{"PL84", 2024}, "PL911", Corridor, "Miasto Warszawa (PL911) is within reach of Łomżyński"},
		{ID{"DE80", 2024}, "DE300", Corridor, "Berlin (DE300) is within reach of Mecklenburgische Seenplatte"},
		{ID{"DE80", 2024}, "DE600", Corridor, "Hamburg (DE600) is within reach of Nordwestmecklenburg"},
	} {
		var found bool
		for _, s := range n.SuggestMetros(c.id) {
			if s.Metro.Code != c.metro {
				continue
			}
			found = true
			if s.Kind != c.kind || !strings.HasPrefix(s.Reason, c.reason) || s.Region != c.id || !strings.HasPrefix(s.Source, "computed") {
				t.Errorf("%s: %+v", c.id, s)
			}
		}
		if !found {
			t.Errorf("%s: %s is not suggested", c.id, c.metro)
		}
	}
	for _, id := range []ID{{"FI", 2024}, {"FI1C3", 2021}, {"QQ1", 2024}, {"ES70", 2024}} {
		for _, s := range n.SuggestMetros(id) {
			if id.Code != "ES70" || s.Kind != Inside {
				t.Errorf("%s: %+v", id, s)
			}
		}
	}
}

func TestSuggestionsAreFewAndApart(t *testing.T) {
	n := open(t)
	for level := 1; level <= 3; level++ {
		for _, r := range n.Regions(Current, level) {
			all := n.SuggestMetros(r.ID)
			if len(all) > suggested {
				t.Errorf("%s: %d suggestions", r.ID, len(all))
			}
			for i, a := range all {
				for _, b := range all[:i] {
					if slices.Contains(n.neighbours[a.Metro.Code], b.Metro.Code) {
						t.Errorf("%s: %s and %s border each other", r.ID, a.Metro, b.Metro)
					}
				}
			}
		}
	}
}
