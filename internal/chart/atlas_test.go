package chart

import (
	"math"
	"testing"

	"peerscape/data"
	"peerscape/internal/nuts"
)

// atlas returns the circles of the regions of a level on the frame of the
// atlas, sized by their people, and by code.
func atlas(t testing.TB, level int) ([]Circle, map[string]Circle) {
	t.Helper()
	n, err := nuts.Open(data.Nuts())
	if err != nil {
		t.Fatal(err)
	}
	f := AtlasFrame()
	var points []Point
	for _, r := range n.Regions(nuts.Current, level) {
		if x, y := f.Place(r.Lon, r.Lat); f.Holds(x, y) {
			points = append(points, Point{ID: string(r.Code), X: x, Y: y, Weight: r.Population})
		}
	}
	circles, by := Dorling(points, Spread{Radius: 0.0068, Least: 2, Gap: 0.7}), map[string]Circle{}
	for _, c := range circles {
		by[c.ID] = c
	}
	return circles, by
}

// names of partner regions and their metropolises on the atlas, with the region
// of NUTS 2 whose circle they stand by; partners first.
var names = []struct{ code, text, sub string }{
	{"AT12", "Niederösterreich 98", ""},
	{"DE80", "Mecklenburg-Vorpommern 87", ""},
	{"ES51", "Barcelona 103", "value of Cataluña"},
	{"FI1C", "Päijät-Häme 93", "value of Etelä-Suomi"},
	{"IE06", "Midland 245", "value incl. Dublin"},
	{"PL84", "Podlaskie 60", ""},
	{"AT13", "Vienna 138", ""},
	{"DE60", "Hamburg 189", ""},
	{"DE30", "Berlin 123", ""},
	{"PL42", "Szczecin 63", ""},
	{"FI1B", "Helsinki 131", ""},
	{"PL91", "Warsaw 155", ""},
}

const partners = 6

func atlasLabels(t testing.TB, by map[string]Circle, size float64, few bool) []Label {
	t.Helper()
	var out []Label
	for i, n := range names {
		if few && i == partners {
			break
		}
		c, ok := by[n.code]
		if !ok {
			t.Fatalf("%s has no circle", n.code)
		}
		l := Label{Text: n.text, Sub: n.sub, X: c.X, Y: c.Y, R: c.R, Size: size}
		if few {
			l.Sub = ""
		}
		out = append(out, l)
	}
	return out
}

func TestLeadersOfTheAtlasPassFewCircles(t *testing.T) {
	circles, by := atlas(t, 2)
	for _, c := range []struct {
		name     string
		size     float64
		few      bool
		partners int // circles that the lines of partner regions may pass together
		all      int // and the lines of all names
		covered  int // circles that the texts may stand on together
	}{
		{"wide", 13, false, 1, 4, 0},
		{"narrow", 25, true, 2, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			labels := atlasLabels(t, by, c.size, c.few)
			ofPartners, passed, covered := 0, 0, 0
			for i, p := range PlaceLabels(labels, circles, AtlasFrame()) {
				line := p.line()
				for _, o := range circles {
					if line.chord(o.X, o.Y, o.R) > 0.5 {
						t.Logf("the line of %s passes %s", labels[i].Text, o.ID)
						passed++
						if i < partners {
							ofPartners++
						}
					}
					if covers(p, o.X, o.Y, o.R-0.5) {
						t.Logf("%s stands on %s", labels[i].Text, o.ID)
						covered++
					}
				}
			}
			if ofPartners > c.partners || passed > c.all {
				t.Errorf("lines pass %d circles, those of partners %d; at most %d and %d", passed, ofPartners, c.all, c.partners)
			}
			if covered > c.covered {
				t.Errorf("texts stand on %d circles, at most %d", covered, c.covered)
			}
		})
	}
}

func TestChord(t *testing.T) {
	// A line from (0, 0) to (10, 0) and a circle of radius 2.
	line := Placed{ToX: 10}.line()
	for _, c := range []struct {
		name string
		x, y float64
		want float64
	}{
		{"through the middle", 5, 0, 4},
		{"off the middle", 5, 1.2, 3.2},
		{"touched", 5, 2, 0},
		{"begins inside", 0, 0, 2},
		{"ends inside", 11, 0, 1},
		{"behind", -3, 0, 0},
		{"beyond", 12.5, 0, 0},
		{"beside", 5, -3, 0},
	} {
		if got := line.chord(c.x, c.y, 2); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %g units on the circle, want %g", c.name, got, c.want)
		}
	}
	none := Placed{FromX: 3, ToX: 3}.line()
	if got := none.chord(3, 0, 2); got != 0 {
		t.Errorf("no line lies %g units on a circle", got)
	}
}

func BenchmarkPlaceLabels(b *testing.B) {
	circles, by := atlas(b, 2)
	labels := atlasLabels(b, by, 13, false)
	for b.Loop() {
		PlaceLabels(labels, circles, AtlasFrame())
	}
}
