package territory_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"peerscape/internal/app/apptest"
	"peerscape/internal/engine/profile"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/exchange/territory"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

var bg = context.Background()

func id(code string) nuts.ID { return nuts.ID{Code: nuts.Code(code), Version: nuts.Current} }

// world is the bundled figures and regions.
type world struct {
	*territory.Analyst
	catalogue *catalogue.Catalogue
	regions   *nuts.Nomenclature
}

func open(t testing.TB) world {
	t.Helper()
	a := apptest.Open(t)
	return world{territory.New(a.Catalogue, a.Regions), a.Catalogue, a.Regions}
}

func (w world) profile(t testing.TB, code string, peers ...string) *territory.Profile {
	t.Helper()
	var ids []nuts.ID
	for _, p := range peers {
		ids = append(ids, id(p))
	}
	p, err := w.Profile(bg, id(code), ids, profile.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestOfBundledFigures runs every test of this file on one database.
func TestOfBundledFigures(t *testing.T) {
	w := open(t)
	for _, c := range []struct {
		name string
		test func(*testing.T, world)
	}{
		{"ProfileOfPaijatHame", profileOfPaijatHame},
		{"InheritedFigureIsComparedAmongItsLike", inheritedFigureIsComparedAmongItsLike},
		{"ChanceIsOverAllReadings", chanceIsOverAllReadings},
		{"RegionWithoutMetropolis", regionWithoutMetropolis},
		{"BreakYearsAreRespected", breakYearsAreRespected},
		{"NoDomainScoreUnderSixtyPerCent", noDomainScoreUnderSixtyPerCent},
		{"ProfileRefusals", profileRefusals},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, w) })
	}
}

func profileOfPaijatHame(t *testing.T, w world) {
	p := w.profile(t, "FI1C6", "SE313", "ES511", "IE063", "AT313", "DK032")
	order := w.catalogue.Indicators()
	own, last := 0, -1
	for k := range p.Readings {
		r := &p.Readings[k]
		at := slices.Index(order, r.About)
		if at <= last {
			t.Errorf("%s stands out of the catalogue's order or twice", r.About.Code)
		}
		last = at
		if r.Indicator.Code != r.About.Code || r.Origin.Dataset == "" {
			t.Errorf("reading of %s is about %s, from %q", r.Indicator.Code, r.About.Code, r.Origin.Dataset)
		}
		f, err := w.catalogue.Figure(bg, r.Of.ID, r.About.Code)
		if err != nil {
			t.Fatal(err)
		}
		if pt, ok := f.At(stats.Year(r.Year)); !ok || pt.Value != r.Value {
			t.Errorf("%s of %s in %d is %v, the catalogue says %v", r.About.Code, r.Of.ID, r.Year, r.Value, pt.Value)
		}
		if r.Of == p.Region {
			own++
		}
	}
	if own < 20 || own == len(p.Readings) {
		t.Errorf("%d of %d readings are the region's own", own, len(p.Readings))
	}
	if !slices.ContainsFunc(p.Metros, func(m nuts.Relation) bool { return m.Name == "Helsinki" }) {
		t.Errorf("Helsinki is not among its metropolises: %+v", p.Metros)
	}
	t.Logf("%d readings, %d its own; %+v", len(p.Readings), own, p.Chance)
}

// A figure that is published for larger regions alone is compared among regions
// of that size, says whose it is, and knows nothing of the peers of the small.
func inheritedFigureIsComparedAmongItsLike(t *testing.T, w world) {
	p := w.profile(t, "FI1C6", "SE313", "ES511", "IE063", "AT313", "DK032")
	of := map[int]int{}
	for k := range p.Readings {
		r := &p.Readings[k]
		of[r.Of.Level]++
		if !strings.HasPrefix(string(p.Region.Code), string(r.Of.Code)) {
			t.Errorf("%s is taken from %s, which does not hold the region", r.About.Code, r.Of.ID)
		}
		units := len(w.regions.Regions(nuts.Current, r.Of.Level))
		if n := r.Comparisons[profile.EU].N; n >= units {
			t.Errorf("%s is compared with %d regions, of level %d there are %d", r.About.Code, n, r.Of.Level, units)
		}
		if n := r.Comparisons[profile.Peers].N; r.Of != p.Region && n != 0 {
			t.Errorf("%s of %s is compared with %d peers of the region", r.About.Code, r.Of.ID, n)
		}
		if f, err := w.catalogue.Figure(bg, p.Region.ID, r.About.Code); r.Of != p.Region && err == nil && f.Of != r.Of.ID {
			t.Errorf("%s is taken from %s, the catalogue takes it from %s", r.About.Code, r.Of.ID, f.Of)
		}
	}
	if of[3] == 0 || of[2] == 0 || of[1] == 0 {
		t.Errorf("readings by level: %v, want some of each", of)
	}
	unemployment := reading(t, p, "unemployment")
	if unemployment.Of.Code != "FI1C" {
		t.Errorf("unemployment is that of %s, want FI1C", unemployment.Of.ID)
	}
}

func reading(t testing.TB, p *territory.Profile, code string) *territory.Reading {
	t.Helper()
	for k := range p.Readings {
		if p.Readings[k].About.Code == code {
			return &p.Readings[k]
		}
	}
	t.Fatalf("%s has no reading of %s", p.Region.ID, code)
	return nil
}

// The chance of findings is reckoned over all readings that are shown, whichever
// region lends them.
func chanceIsOverAllReadings(t *testing.T, w world) {
	p := w.profile(t, "FI1C6", "SE313", "ES511", "IE063", "AT313", "DK032")
	tested, assets, least := 0, 0.0, math.Inf(1)
	for k := range p.Readings {
		f := &p.Readings[k].Finding
		if math.IsNaN(f.P) != math.IsNaN(f.Q) || f.Q < f.P || f.Distinct != (f.Distinct && f.Q <= p.Chance.Rate) {
			t.Errorf("%s: P %v, Q %v, distinct %v", p.Readings[k].About.Code, f.P, f.Q, f.Distinct)
		}
		if !math.IsNaN(f.P) {
			tested++
			least = min(least, f.P)
		}
		assets += f.Luck.Asset
	}
	if p.Chance.Tested != tested || math.Abs(p.Chance.Assets-assets) > 1e-9 {
		t.Errorf("%+v, want %d tested and %v assets", p.Chance, tested, assets)
	}
	for k := range p.Readings { // the smallest P is multiplied by no more than the whole family
		if f := &p.Readings[k].Finding; f.P == least && f.Q > least*float64(tested)+1e-12 {
			t.Errorf("the smallest P %v has Q %v", f.P, f.Q)
		}
	}
}

// A region without metropolis has a profile without gaps.
func regionWithoutMetropolis(t *testing.T, w world) {
	var lonely *nuts.Region
	for _, r := range w.regions.Regions(nuts.Current, 3) {
		if len(w.regions.Metros(r.ID)) == 0 && r.Country == "FI" {
			lonely = r
			break
		}
	}
	if lonely == nil {
		t.Fatal("every region of Finland has a metropolis")
	}
	p := w.profile(t, string(lonely.Code))
	t.Logf("%s %s: %d readings", lonely.Code, lonely.Name, len(p.Readings))
	if len(p.Readings) == 0 || len(p.Metros) != 0 {
		t.Errorf("%d readings, metropolises %v", len(p.Readings), p.Metros)
	}
	for k := range p.Readings {
		if r := &p.Readings[k]; r.Of == p.Region && len(r.Gaps) > 0 {
			t.Errorf("%s has gaps %+v", r.About.Code, r.Gaps)
		}
	}
}

// No trend and no gap is read across a break: a flag b, or a change of territory.
func breakYearsAreRespected(t *testing.T, w world) {
	h, err := w.catalogue.History(bg, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	n, breaks := len(h.Years), 0
	for _, code := range []string{"FI1C6", "DE212", "ES511", "PL911", "EE009"} {
		p := w.profile(t, code)
		row := slices.Index(h.Regions, p.Region)
		for k := range p.Readings {
			r := &p.Readings[k]
			j := slices.Index(h.Indicators, r.About)
			if r.Of != p.Region || r.Trend.Slope.N == 0 {
				continue
			}
			last := 0 // year of the last break at or before the last value
			for y := range n {
				if h.Flags[j][row*n+y].Has(stats.Break) && r.Trend.Stretch.To >= h.Years[y] {
					last = h.Years[y]
				}
			}
			for _, c := range h.Changes {
				if c.Region == row && c.Indicator == j && r.Trend.Stretch.To >= c.Year {
					last = max(last, c.Year)
				}
			}
			if last > 0 {
				breaks++
			}
			if r.Trend.Stretch.From < last {
				t.Errorf("%s of %s is read from %d, across the break of %d", r.About.Code, code, r.Trend.Stretch.From, last)
			}
			for _, g := range r.Gaps {
				if g.Slope.N > 0 && last <= g.Stretch.To && g.Stretch.From < last {
					t.Errorf("the gap of %s of %s is read from %d, across the break of %d", r.About.Code, code, g.Stretch.From, last)
				}
			}
		}
	}
	if t.Logf("%d series have a break", breaks); breaks == 0 {
		t.Error("no series has a break: the test shows nothing")
	}
}

// A domain with values for less than 60 % of its judged weight has no score.
func noDomainScoreUnderSixtyPerCent(t *testing.T, w world) {
	scored, withheld := 0, 0
	for _, code := range []string{"FI1C6", "FI200", "DE212", "MT001"} {
		p := w.profile(t, code)
		for _, s := range p.Scores {
			h, err := w.catalogue.History(bg, s.Of.Level, nil)
			if err != nil {
				t.Fatal(err)
			}
			row, n := slices.Index(h.Regions, s.Of), len(h.Years)
			for _, d := range s.Domains {
				judged, have := 0.0, 0.0
				for j, i := range h.Indicators {
					if i.Domain != d.Name || i.Direction == catalogue.Context {
						continue
					}
					judged++
					if slices.ContainsFunc(h.Values[j][row*n:(row+1)*n], func(v float64) bool { return v == v }) {
						have++
					}
				}
				score := &d.Scores[profile.EU]
				switch none := math.IsNaN(score.Score.Value); {
				case judged == 0 && (!none || score.Reason != profile.NotJudged):
					t.Errorf("%s of %s has a score %v though nothing in it is judged", d.Name, s.Of.ID, score)
				case judged > 0 && none && have >= 0.6*judged && score.Coverage >= 0.6:
					t.Errorf("%s of %s has no score with %v of %v indicators", d.Name, s.Of.ID, have, judged)
				case judged > 0 && !none && have < 0.6*judged:
					t.Errorf("%s of %s has the score %v with %v of %v indicators", d.Name, s.Of.ID, score.Score, have, judged)
				case none && score.Reason == profile.LowCoverage:
					withheld++
				case !none:
					scored++
				}
			}
		}
	}
	if t.Logf("%d domains have a score, %d are withheld", scored, withheld); scored == 0 || withheld == 0 {
		t.Error("the test shows nothing")
	}
}

func profileRefusals(t *testing.T, w world) {
	old := nuts.ID{Code: "FI1C3", Version: 2021}
	for _, c := range []struct {
		name  string
		of    nuts.ID
		peers []nuts.ID
		kind  fault.Kind
		want  string
	}{
		{"an unknown region", id("FI9ZZ"), nil, fault.Missing, "there is no region FI9ZZ"},
		{"a region that is no more", old, nil, fault.Conflict, "Its people live in FI1C6 now"},
		{"a country", id("FI"), nil, fault.Invalid, "FI (NUTS 2024) is a country"},
		{"a peer of another level", id("FI1C6"), []nuts.ID{id("AT12")}, fault.Invalid, "AT12 (NUTS 2024) cannot be a peer of FI1C6"},
		{"a peer of another version", id("FI1C6"), []nuts.ID{old}, fault.Invalid, "FI1C3 (NUTS 2021) cannot be a peer"},
		{"itself as a peer", id("FI1C6"), []nuts.ID{id("FI1C6")}, fault.Invalid, "it is the region itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := w.Profile(bg, c.of, c.peers, profile.Defaults())
			if p != nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Errorf("profile %v, error %v; want %q", p != nil, err, c.want)
			}
		})
	}
	same := nuts.ID{Code: "FI1B1", Version: 2021} // the same area under the same code
	if p, err := w.Profile(bg, same, nil, profile.Defaults()); err != nil || p.Region.Version != nuts.Current {
		t.Errorf("an unchanged region of an older version: %v", err)
	}
}
