package main

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"peerscape/internal/sharedtest"
)

// The committed tables are what the command makes today: nobody edited them by
// hand, and the command still gives the same bytes.
func TestTablesAreWhatTheCommandMakes(t *testing.T) {
	sharedtest.Path(t, "data", "nuts")
	shared, _ := sharedtest.Dir()
	out := t.TempDir()
	if err := run(shared, out); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"regions.csv", "lineage.csv", "borders.csv", "countries.csv"} {
		want, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(sharedtest.Root(), "data", "nuts", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("data/nuts/%s is not what the command makes: run go run ./internal/nuts/build", name)
		}
	}
}

// square is a ring around (lon, lat) with sides of 2 r degrees.
func square(lon, lat, r float64) ring {
	return ring{{lon - r, lat - r}, {lon + r, lat - r}, {lon + r, lat + r}, {lon - r, lat + r}, {lon - r, lat - r}}
}

func TestPoint(t *testing.T) {
	hook := ring{{0, 0}, {10, 0}, {10, 1}, {1, 1}, {1, 10}, {0, 10}, {0, 0}} // an L: its centroid lies outside
	for _, c := range []struct {
		name     string
		o        outline
		lon, lat float64
	}{
		{"a square", outline{{square(10, 0, 1)}}, 10, 0},
		{"the largest part counts", outline{{square(50, 0, 0.5)}, {square(10, 0, 1)}}, 10, 0},
		{"a hole to the east moves it west", outline{{square(10, 0, 2), square(11, 0, 0.5)}}, 9.93, 0},
		{"drawn the other way round", outline{{{{9, -1}, {9, 1}, {11, 1}, {11, -1}, {9, -1}}}}, 10, 0},
		{"moved inside", outline{{hook}}, 0.5, 2.83},
	} {
		t.Run(c.name, func(t *testing.T) {
			lon, lat := c.o.point()
			if math.Abs(lon-c.lon) > 0.011 || math.Abs(lat-c.lat) > 0.05 {
				t.Errorf("got %g %g, want %g %g", lon, lat, c.lon, c.lat)
			}
			if !within(c.o[len(c.o)-1], lon, lat) {
				t.Errorf("%g %g is outside", lon, lat)
			}
		})
	}
}

func TestArea(t *testing.T) {
	// A degree by a degree at the equator is 111.195² km², by the sphere.
	o := outline{{square(0, 0, 0.5)}}
	if got := o.area(); math.Abs(got-12364) > 5 {
		t.Errorf("a square degree at the equator has %g km², want 12,364", got)
	}
	holed := outline{{square(0, 0, 0.5), square(0, 0, 0.25)}}
	if got := holed.area(); math.Abs(got-12364*0.75) > 5 {
		t.Errorf("with a hole of a quarter it has %g km²", got)
	}
}

func TestPointsLieInsideTheirOutlines(t *testing.T) {
	dir := filepath.Dir(sharedtest.Path(t, "data", "geo", "gisco", "NUTS_RG_60M_2024_4326.geojson"))
	outside := 0
	for version, name := range placed {
		all, err := readOutlines(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for code, o := range all {
			lon, lat := o.point()
			in := false
			for _, part := range *o {
				in = in || within(part, lon, lat)
			}
			if !in {
				outside++
				t.Logf("%s (NUTS %s): %g %g", code, version, lon, lat)
			}
		}
	}
	if outside > 0 {
		t.Errorf("%d points lie outside", outside)
	}
}

func TestOneScript(t *testing.T) {
	for in, want := range map[string]string{
		"Aττική":          "Αττική",
		"Srbija/Сpбија":   "Srbija/Србија",
		"Österreich":      "Österreich",
		"Βόρειος Τομέας":  "Βόρειος Τομέας",
		"Kosovo* Косово*": "Kosovo* Косово*",
	} {
		if got := oneScript(in); got != want {
			t.Errorf("oneScript(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCapitals(t *testing.T) {
	for in, want := range map[string]bool{"ÖSTERREICH": true, "ΕΛΛΑΔΑ": true, "Wien": false, "EU": false, "RUP FR — Régions": false} {
		if got := capitals(in); got != want {
			t.Errorf("capitals(%q) = %t", in, got)
		}
	}
}
