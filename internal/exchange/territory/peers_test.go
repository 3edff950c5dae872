package territory_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"peerscape/data"
	"peerscape/internal/engine/peers"
	"peerscape/internal/exchange/territory"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// TestPeersOfBundledFigures runs every test of this file on one database.
func TestPeersOfBundledFigures(t *testing.T) {
	w := open(t)
	for _, c := range []struct {
		name string
		test func(*testing.T, world)
	}{
		{"Classes", classesOfRegions},
		{"PeersAreOfOneLevelAndVersion", peersAreOfOneLevelAndVersion},
		{"VariablesThatFewHaveAreLeftOut", variablesThatFewHaveAreLeftOut},
		{"OldCodes", oldCodes},
		{"DoubtIsOfModestSize", doubtIsOfModestSize},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, w) })
	}
}

func structure(t testing.TB) *territory.Structure {
	t.Helper()
	s, err := territory.ReadStructure(data.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w world) peers(t testing.TB, code string, m peers.Measure) *territory.PeerSet {
	t.Helper()
	set, err := w.PeerSet(bg, structure(t), id(code), m)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// A region is what most of its people live in. The lists of 2024 state no class
// but yes, so that the classes are those of 2021, carried over where boundaries
// have changed: Päijät-Häme lies inland, which its own row does not say.
func classesOfRegions(t *testing.T, w world) {
	sets := map[int]*territory.PeerSet{2: w.peers(t, "AT12", peers.Gower), 3: w.peers(t, "FI1C6", peers.Gower)}
	for _, c := range []struct{ code, class, want string }{
		{"FI1C6", "urban", "intermediate"},
		{"FI1C6", "coast", "inland"},
		{"FI1C6", "mountain", "no mountain"},
		{"FI1C6", "metro", "borders one"},
		{"FI1C6", "border", "on none"},
		{"IE063", "urban", "predominantly rural"},
		{"ES511", "coast", "on the coast"},
		{"ES511", "metro", "holds one"},
		{"AT130", "metro", "holds one"},
		{"DE111", "coast", "inland"},
		{"FI1D7", "metro", "beyond reach"},
		{"AT12", "metro", "borders one"},
		{"AT12", "border", "on a land border"},
		{"AT12", "coast", "inland"},
		{"AT33", "mountain", "mountain"},
		{"PL84", "urban", "predominantly rural"},
		{"AL01", "urban", "predominantly rural"},
		{"BA01", "coast", ""},
	} {
		set := sets[len(c.code)-2]
		at, err := set.Place(id(c.code))
		if err != nil {
			t.Error(err)
			continue
		}
		v := slices.IndexFunc(set.Variables, func(v peers.Variable) bool { return v.Code == c.class })
		if got := territory.ClassWord(c.class, set.Columns[v][at]); got != c.want {
			t.Errorf("%s of %s is %q, want %q", c.class, c.code, got, c.want)
		}
	}
	// Every class tells regions apart, and most regions have it.
	for level, set := range sets {
		for v, x := range set.Variables {
			if set.Sources[v] != nil {
				continue
			}
			seen := map[float64]int{}
			for _, c := range set.Columns[v] {
				if c == c {
					seen[c]++
				}
			}
			if len(seen) < 2 {
				t.Errorf("level %d: %s is %v everywhere", level, x.Code, seen)
			}
			t.Logf("level %d: %s %v of %d", level, x.Code, seen, len(set.Units))
		}
	}
}

func peersAreOfOneLevelAndVersion(t *testing.T, w world) {
	for _, code := range []string{"FI1C6", "AT12", "FI1"} {
		got, err := w.NearestPeers(bg, structure(t), id(code), 12)
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		for _, p := range got {
			if r, ok := w.regions.Region(p); !ok || len(p.Code) != len(code) || p.Version != nuts.Current || r.Country == nuts.Code(code[:2]) {
				t.Errorf("a peer of %s is %s", code, p)
			}
		}
		if len(got) != 12 {
			t.Errorf("%s has %d peers", code, len(got))
		}
	}
}

// A variable that few regions have is left out with the reason, and classes are
// where numbers are wanted.
func variablesThatFewHaveAreLeftOut(t *testing.T, w world) {
	set := w.peers(t, "AT12", peers.Gower)
	for v, column := range set.Columns {
		known := 0
		for _, x := range column {
			if x == x {
				known++
			}
		}
		if 3*known < len(column) {
			t.Errorf("%s is known of %d of %d regions and used", set.Variables[v].Code, known, len(column))
		}
	}
	if !slices.ContainsFunc(set.Left, func(l territory.Left) bool { return strings.HasPrefix(l.Why, "known of ") }) {
		t.Errorf("left out: %+v", set.Left)
	}
	set = w.peers(t, "AT12", peers.Mahalanobis)
	if !slices.Contains(set.Left, territory.Left{Code: "urban", Why: "a class, no number"}) {
		t.Errorf("left out: %+v", set.Left)
	}
}

// A code of an older version is compared where its area is the same, and refused
// with what became of it where it is not.
func oldCodes(t *testing.T, w world) {
	same := nuts.ID{Code: "AT12", Version: 2016}
	if set, err := w.PeerSet(bg, structure(t), same, peers.Gower); err != nil || set.Region.Version != nuts.Current {
		t.Errorf("%s: %v", same, err)
	}
	_, err := w.PeerSet(bg, structure(t), nuts.ID{Code: "FI1C3", Version: 2021}, peers.Gower)
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "FI1C6") {
		t.Errorf("an area that is no more: %v", err)
	}
}

// Flagged and converted values have a doubt, so that a peer may leave the list by
// it alone, and it drowns nobody: not the sparsely settled by the spread of cities.
func doubtIsOfModestSize(t *testing.T, w world) {
	set := w.peers(t, "FI1C6", peers.Gower)
	doubtful := 0
	for _, s := range set.Sources {
		if s != nil {
			doubtful += s.Doubtful
		}
	}
	if doubtful == 0 {
		t.Fatal("no value of the bundled figures is doubtful")
	}
	near, err := set.Nearest(peers.Question{Unit: set.Region.ID, Peers: 12, Runs: 200, Seed: 1, WeightNoise: 1e-9})
	if err != nil {
		t.Fatal(err)
	}
	sure, sum := 0, 0.0
	for _, p := range near {
		if p.Stability == 1 {
			sure++
		}
		sum += p.Stability / float64(len(near))
	}
	if sure == len(near) || sum < 0.6 {
		t.Errorf("by doubt alone %d of %d stay always, on average %.2f", sure, len(near), sum)
	}
	t.Logf("%d doubtful values; by doubt alone %d of %d peers stay always, on average %.2f", doubtful, sure, len(near), sum)
}

func TestStructureRefusals(t *testing.T) {
	for _, c := range []struct{ name, text, key, part string }{
		{"syntax", "[[variable]\n", "structure.syntax", "line 2"},
		{"a key that is none", "[[variable]]\nindicator = \"density\"\nweigth = 2\n", "structure.key", "weigth"},
		{"a class that is none", "[[variable]]\nclass = \"cost\"\nweight = 1\n", "structure.class", "coast"},
		{"neither", "[[variable]]\nweight = 1\n", "structure.variable", "variable 1"},
		{"both", "[[variable]]\nclass = \"coast\"\nindicator = \"density\"\n", "structure.variable", "one of the two"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := territory.ReadStructure(fstest.MapFS{"structure.toml": {Data: []byte(c.text)}})
			f, ok := err.(*fault.Error)
			if !ok || f.Key != c.key || f.Cure == "" || !strings.Contains(err.Error(), c.part) {
				t.Errorf("got %v, want %s naming %s", err, c.key, c.part)
			}
		})
	}
}

// Structure is what a region is: nothing of it is a figure of how well it does.
func TestStructureHoldsNoPerformance(t *testing.T) {
	for _, v := range structure(t).Variable {
		for _, word := range []string{"gdp", "unemployment", "income", "productivity", "poverty", "patents", "metro_gap", "growth", "change"} {
			if strings.Contains(v.Indicator, word) {
				t.Errorf("%s says how a region does", v.Indicator)
			}
		}
		if !(v.Weight > 0) || math.IsInf(v.Weight, 0) || v.Context == "" {
			t.Errorf("%+v has no weight or no context", v)
		}
	}
}
