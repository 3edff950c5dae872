package nuts

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The counts are those of the reference files, EFTA and candidate countries
// included; 2021 and 2024 are the counts of GISCO's boundary files too.
func TestCountsPerVersionAndLevel(t *testing.T) {
	n := open(t)
	want := map[Version][4]int{
		2013: {35, 116, 320, 1480},
		2016: {37, 125, 332, 1522},
		2021: {37, 125, 334, 1514},
		2024: {39, 115, 299, 1345},
	}
	for _, v := range Versions {
		var got [4]int
		for level := range got {
			got[level] = len(n.Regions(v, level))
		}
		if got != want[v] {
			t.Errorf("NUTS %d has %v regions at levels 0 to 3, want %v", v, got, want[v])
		}
		if all := len(n.Regions(v, -1)); all != got[0]+got[1]+got[2]+got[3] {
			t.Errorf("NUTS %d has %d regions in all, want the sum of %v", v, all, got)
		}
	}
	if n.Regions(2010, 2) != nil || n.Regions(2024, 4) != nil || n.Regions(2024, -2) != nil {
		t.Error("an unknown version or level must give no regions")
	}
}

func TestRegion(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		id   ID
		want Region
	}{
		{ID{"FI1C6", 2024}, Region{
			Level: 3, Parent: "FI1C", Country: "FI", Name: "Päijät-Häme", Native: "Päijät-Häme", Urban: Intermediate,
			Lon: 25.78, Lat: 61.2, Area: 6942, Population: 203446,
		}},
		{ID{"FI1C3", 2021}, Region{
			Level: 3, Parent: "FI1C", Country: "FI", Name: "Päijät-Häme", Native: "Päijät-Häme",
			Urban: Intermediate, Coast: NotCoastal, Mountain: NotMountain, Lon: 25.73, Lat: 61.22, Area: 6255, Population: 196895,
		}},
		{ID{"EL30", 2016}, Region{
			Level: 2, Parent: "EL3", Country: "EL", Name: "Attiki", Native: "Αττική", Lon: 23.62, Lat: 38.06, Area: 3804, Population: 3810908,
		}},
		// 2013 writes ÖSTERREICH and knows no coast or mountain.
		{ID{"AT", 2013}, Region{
			Level: 0, Country: "AT", Name: "Österreich", Native: "Österreich", Lon: 14.11, Lat: 47.57, Area: 83944, Population: 8969314,
		}},
		{ID{"AT121", 2013}, Region{
			Level: 3, Parent: "AT12", Country: "AT", Name: "Mostviertel-Eisenwurzen", Native: "Mostviertel-Eisenwurzen",
			Urban: PredominantlyRural, Lon: 15.01, Lat: 48.06, Area: 3360, Population: 248273,
		}},
		// The parent is not the code without its last letter.
		{ID{"UKN10", 2016}, Region{
			Level: 3, Parent: "UKN0", Country: "UK", Name: "Derry City and Strabane", Native: "Derry City and Strabane",
			Urban: Intermediate, Coast: OnTheCoast, Mountain: NotMountain, Lon: -7.29, Lat: 54.84, Area: 1249, Population: 145972,
		}},
		// 2024 says yes or nothing.
		{ID{"SE110", 2024}, Region{
			Level: 3, Parent: "SE11", Country: "SE", Name: "Stockholms län", Native: "Stockholms län",
			Urban: PredominantlyUrban, Coast: CoastalFlag, Lon: 18.25, Lat: 59.45, Area: 6922, Population: 2404132,
		}},
	} {
		t.Run(c.id.String(), func(t *testing.T) {
			got, ok := n.Region(c.id)
			if !ok {
				t.Fatal("not found")
			}
			c.want.ID = c.id
			if diff := cmp.Diff(c.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, ok := n.Region(ID{"FI1C3", 2024}); ok {
		t.Error("FI1C3 is no region of NUTS 2024")
	}
}

func TestTreeHoldsTogether(t *testing.T) {
	n := open(t)
	for _, v := range Versions {
		for _, r := range n.Regions(v, -1) {
			if r.Name == "" || r.Native == "" || r.Area <= 0 || r.Lat < -25 || r.Lat > 82 || r.Lon < -64 || r.Lon > 60 {
				t.Errorf("%s: name %q, area %g, point %g %g", r.ID, r.Name, r.Area, r.Lon, r.Lat)
			}
			if r.Level == 0 {
				continue
			}
			up, ok := n.Region(ID{r.Parent, v})
			if !ok || up.Level != r.Level-1 || up.Country != r.Country {
				t.Errorf("%s: parent %q", r.ID, r.Parent)
			}
			if r.Level < 2 && len(n.Children(r.ID)) == 0 && r.Country != "UA" || r.Level == 2 && len(n.Children(r.ID)) == 0 && r.Country != "BA" {
				t.Errorf("%s has no parts", r.ID)
			}
			if r.Level < 3 && r.Urban+Urban(r.Coast)+Urban(r.Mountain) != 0 {
				t.Errorf("%s: only level 3 is classified", r.ID)
			}
			if v == 2024 && (r.Coast != 0 && r.Coast != CoastalFlag || r.Mountain != 0 && r.Mountain != MountainFlag) {
				t.Errorf("%s: NUTS 2024 states no classes of coast and mountain", r.ID)
			}
		}
	}
}

func TestClassesInWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{PredominantlyUrban.String(), "predominantly urban"},
		{Urban(0).String(), ""},
		{OnTheCoast.String(), "on the coast"},
		{CoastalFlag.String(), "coastal"},
		{MountainBoth.String(), "mountain by surface and people"},
		{Mountain(200).String(), ""},
		{Aggregate.String(), "aggregate"},
		{ID{"FI1C3", 2021}.String(), "FI1C3 (NUTS 2021)"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestVersionsOfACode(t *testing.T) {
	n := open(t)
	for code, want := range map[Code][]Version{
		"FI1C3": {2013, 2016, 2021},
		"FI1C6": {2024},
		"AT12":  {2013, 2016, 2021, 2024},
		"FR30":  {2013},
		"UKI":   {2013, 2016, 2021},
		"XK001": {2024},
		"QQ":    nil,
	} {
		if diff := cmp.Diff(want, n.VersionsOf(code)); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
		newest, ok := n.Newest(code)
		if ok != (len(want) > 0) || ok && newest.Version != want[len(want)-1] {
			t.Errorf("Newest(%s) = %v", code, newest)
		}
	}
}
