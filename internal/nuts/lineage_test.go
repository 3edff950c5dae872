package nuts

import (
	"math"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func piece(code Code, v Version, ofArea, ofPop float64) Piece {
	return Piece{ID: ID{code, v}, OfArea: ofArea, OfPop: ofPop}
}

var near = cmpopts.EquateApprox(0, 1e-9)

// The numbers are rows of the crosswalk: FI1C4 gave 686.87 km² and 6,551 people
// (the municipality of Iitti) to what is FI1C6 now, and kept 4,896.86 km² and
// 159,824 people.
func TestOriginsAndSuccessors(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		name string
		got  []Piece
		want []Piece
	}{
		{"FI1C6 was made from two", n.Origins(ID{"FI1C6", 2024}, 2021), []Piece{
			piece("FI1C3", 2021, 1, 1), piece("FI1C4", 2021, 686.87/5583.73, 6551.0/166375),
		}},
		{"the same from 2013, when the codes were the same", n.Origins(ID{"FI1C6", 2024}, 2013), []Piece{
			piece("FI1C3", 2013, 1, 1), piece("FI1C4", 2013, 686.87/5583.73, 6551.0/166375),
		}},
		{"FI1C4 went to two", n.Successors(ID{"FI1C4", 2021}, 2024), []Piece{
			piece("FI1C7", 2024, 4896.86/5583.73, 159824.0/166375), piece("FI1C6", 2024, 686.87/5583.73, 6551.0/166375),
		}},
		{"an unchanged region", n.Origins(ID{"AT12", 2024}, 2016), []Piece{piece("AT12", 2016, 1, 1)}},
		{"the version itself", n.Origins(ID{"AT12", 2024}, 2024), []Piece{piece("AT12", 2024, 1, 1)}},
		{"a country", n.Origins(ID{"FR", 2024}, 2013), []Piece{piece("FR", 2013, 1, 1)}},
		{"only the code changed", n.Origins(ID{"FRE1", 2024}, 2013), []Piece{piece("FR30", 2013, 1, 1)}},
		{"a country that came in", n.Origins(ID{"XK001", 2024}, 2021), []Piece{}},
		{"a country that left", n.Successors(ID{"UKI", 2021}, 2024), []Piece{}},
		{"a country outside the crosswalk", n.Origins(ID{"TR100", 2024}, 2013), []Piece{piece("TR100", 2013, 1, 1)}},
		{"an unknown region", n.Origins(ID{"QQ1", 2024}, 2021), []Piece{}},
		{"an unknown version", n.Origins(ID{"AT12", 2024}, 2010), []Piece{}},
		{"amended after the matrices were made", n.Origins(ID{"NO060", 2016}, 2013), []Piece{
			piece("NO061", 2013, 1, 1), piece("NO062", 2013, 1, 1),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got, near, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnchanged(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		name string
		a, b ID
		want bool
	}{
		{"the same id", ID{"FI1C3", 2021}, ID{"FI1C3", 2021}, true},
		{"across all versions", ID{"AT12", 2013}, ID{"AT12", 2024}, true},
		{"and back", ID{"AT12", 2024}, ID{"AT12", 2013}, true},
		{"another code, the same area", ID{"FR30", 2013}, ID{"FRE1", 2024}, true},
		{"another code, twice", ID{"HR041", 2016}, ID{"HR050", 2024}, true},
		{"a region that grew", ID{"FI1C3", 2021}, ID{"FI1C6", 2024}, false},
		{"a region that shrank", ID{"FI1C4", 2021}, ID{"FI1C7", 2024}, false},
		{"two regions", ID{"AT12", 2021}, ID{"AT13", 2024}, false},
		{"a country", ID{"FR", 2013}, ID{"FR", 2024}, true},
		{"a country that left", ID{"UK", 2013}, ID{"UK", 2021}, true},
		{"a country that is not there", ID{"UK", 2021}, ID{"UK", 2024}, false},
		{"outside the crosswalk", ID{"RS110", 2016}, ID{"RS110", 2024}, true},
		{"Liechtenstein, which the matrices of 2021 leave out", ID{"LI000", 2013}, ID{"LI000", 2021}, true},
		{"an unknown region", ID{"QQ1", 2021}, ID{"QQ1", 2024}, false},
		{"an unknown region and itself", ID{"QQ1", 2021}, ID{"QQ1", 2021}, false},
		{"one row leaves, but two arrive", ID{"NO060", 2016}, ID{"NO060", 2024}, false}, // Rindal came in 2019
		{"codes corrected in the matrices", ID{"UKN0", 2013}, ID{"UKN0", 2016}, true},
		{"the same, later", ID{"UKN0", 2016}, ID{"UKN0", 2021}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := n.Unchanged(c.a, c.b); got != c.want {
				t.Errorf("Unchanged(%s, %s) = %t", c.a, c.b, got)
			}
		})
	}
}

// These codes stand in both versions and mean two areas: joining on the code
// would be wrong. All are rows of the crosswalk.
func TestCodeKeptWhileItsAreaChanged(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		from, to Version
		codes    []Code
	}{
		{2013, 2016, []Code{"CZ02", "DE235", "EE006", "EE007", "EE008", "NL111", "NL113", "HR031", "RO41"}},
		{2016, 2021, []Code{"AT224", "AT225", "DEG0B", "EE001", "ITC43", "ITC46", "NL31", "NL33", "NO02"}},
		{2021, 2024, []Code{"DEG06", "DEG09", "ITH", "ITH5", "ITH59", "ITI", "ITI3", "ITI31", "RO312", "RO315"}},
		{2013, 2024, []Code{"EE008", "DE235", "ITH5"}},
	} {
		for _, code := range c.codes {
			a, b := ID{code, c.from}, ID{code, c.to}
			if _, ok := n.Region(b); !ok {
				t.Errorf("%s: not there", b)
			}
			if n.Unchanged(a, b) || n.Unchanged(b, a) {
				t.Errorf("%s and %s are two areas", a, b)
			}
		}
	}
}

// Nobody may read more out of the correspondence than is in it: what leaves a
// region adds up to the region.
func TestSuccessorsAddUp(t *testing.T) {
	n := open(t)
	for _, from := range Versions {
		for _, to := range Versions {
			for _, r := range n.Regions(from, -1) {
				parts := n.Successors(r.ID, to)
				if len(parts) == 0 {
					continue
				}
				var area, people float64
				for _, p := range parts {
					area, people = area+p.OfArea, people+p.OfPop
				}
				if math.Abs(area-1) > 1e-9 || math.Abs(people-1) > 1e-9 {
					t.Errorf("%s to %d: parts add up to %g of the area, %g of the people", r.ID, to, area, people)
				}
			}
		}
	}
}

// A row of the correspondence is no larger than what it is taken from. The
// matrices are made for each pair of versions, so a few per cent may differ.
func TestSharesFitTheirRegions(t *testing.T) {
	n := open(t)
	for e, shares := range n.overlaps {
		area, people := sum(shares)
		r := n.regions[e.from]
		if r.Level == 0 || r.Country == "UK" {
			continue
		}
		known := r.Population > 0 // not of the French overseas regions
		if area > 1.06*r.Area || known && people > 1.02*r.Population+50 {
			t.Errorf("%s to %d: %g km² and %g people leave, it has %g and %g", e.from, e.to, area, people, r.Area, r.Population)
		}
	}
}

func TestChange(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		name string
		id   ID
		want Change
		ok   bool
	}{
		{"a region that grew", ID{"FI1C6", 2024}, Change{
			Before: 2021, AreaGained: 686.87, PeopleGained: 6551,
			Pieces: []Piece{piece("FI1C3", 2021, 1, 1), piece("FI1C4", 2021, 686.87/5583.73, 6551.0/166375)},
		}, true},
		{"a region that shrank", ID{"FI1C7", 2024}, Change{
			Before: 2021, AreaLost: 686.87, PeopleLost: 6551,
			Pieces: []Piece{piece("FI1C4", 2021, 4896.86/5583.73, 159824.0/166375)},
		}, true},
		{"only the code", ID{"FRE1", 2016}, Change{
			Before: 2013, Recoded: true, Slight: true, Pieces: []Piece{piece("FR30", 2013, 1, 1)},
		}, true},
		{"no change", ID{"AT12", 2024}, Change{}, false},
		{"no version before", ID{"AT12", 2013}, Change{}, false},
		{"no predecessor", ID{"XK001", 2024}, Change{}, false},
		{"a country", ID{"NO", 2021}, Change{}, false},
		{"an unknown region", ID{"QQ1", 2024}, Change{}, false},
		{"an unknown version", ID{"AT12", 2010}, Change{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := n.Change(c.id)
			if c.ok {
				c.want.Region = c.id
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-6)); diff != "" || ok != c.ok {
				t.Errorf("ok %t, want %t: %s", ok, c.ok, diff)
			}
		})
	}
}

// Stockholm lost 1.58 km² and nobody in 2016: changed by the rule, slight by
// the numbers. Rimini won two municipalities in 2024, which is not slight.
func TestSlightChanges(t *testing.T) {
	n := open(t)
	for id, want := range map[ID]bool{
		{"SE110", 2016}: true,
		{"RO312", 2024}: true,
		{"ITH", 2024}:   true,
		{"ITH59", 2024}: false,
		{"DEG06", 2024}: false,
		{"FI1C6", 2024}: false,
	} {
		c, ok := n.Change(id)
		if !ok || c.Slight != want {
			t.Errorf("%s: changed %t, slight %t, want %t (%+v)", id, ok, c.Slight, want, c)
		}
	}
}

// A code that stands in both versions is no evidence where another region took
// it over: B of 2021 went nowhere, B of 2024 is what was A.
func TestACodeTakenOverIsNotTheSameRegion(t *testing.T) {
	fsys := withTable(t, "regions.csv", head+
		"2024,B,1,AT,AT,B,,,,,1,1,10,100,100\n2021,A,1,AT,AT,A,,,,,1,1,10,100,100\n2021,B,1,AT,AT,B,,,,,1,1,5,50,50\n")
	for name, columns := range map[string]string{
		"lineage.csv": "from_version,to_version,from,to,area,pop21,pop11\n2021,2024,A,B,10,100,100\n",
		"borders.csv": "a,b\n", "metros.csv": "region\n", "names.csv": "code,names\n", "countries.csv": "code,en\n",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(columns)}
	}
	n, err := Open(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if n.Unchanged(ID{"B", 2021}, ID{"B", 2024}) || !n.Unchanged(ID{"A", 2021}, ID{"B", 2024}) {
		t.Error("B of 2024 is A of 2021, not B of 2021")
	}
	if got := n.Successors(ID{"B", 2021}, 2024); len(got) != 0 {
		t.Errorf("B of 2021 became %v, want nothing known", got)
	}
}
