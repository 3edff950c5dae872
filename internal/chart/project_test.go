package chart

import (
	"math"
	"os"
	"strings"
	"testing"
)

func TestProjectKnownPoints(t *testing.T) {
	f := AtlasFrame()
	// The azimuthal equal-area projection keeps c, the angle from the centre,
	// as the chord 2R sin(c/2) (Snyder 1987, equation 24-2).
	chord := func(degrees float64) float64 { return 2 * earth * math.Sin(degrees*math.Pi/360) }
	tests := []struct {
		name        string
		lon, lat    float64
		east, north float64
	}{
		{"centre", 11, 53, 0, 0},
		{"pole", 11, 90, 0, chord(37)},
		{"equator below", 11, 0, 0, -chord(53)},
		{"ten degrees north", 11, 63, 0, chord(10)},
	}
	for _, tt := range tests {
		east, north := f.Project(tt.lon, tt.lat)
		if math.Abs(east-tt.east) > 1e-6 || math.Abs(north-tt.north) > 1e-6 {
			t.Errorf("%s: Project(%g, %g) = %g, %g km, want %g, %g", tt.name, tt.lon, tt.lat, east, north, tt.east, tt.north)
		}
	}
	we, wn := f.Project(1, 50)
	ee, en := f.Project(21, 50)
	if math.Abs(we+ee) > 1e-9 || math.Abs(wn-en) > 1e-9 {
		t.Errorf("west and east are not mirror images: %g %g, %g %g", we, wn, ee, en)
	}
}

// TestProjectKeepsArea compares small squares at the centre and far from it.
func TestProjectKeepsArea(t *testing.T) {
	f := AtlasFrame()
	for _, at := range [][2]float64{{11, 53}, {-9, 38.7}, {28, 69}, {26, 44}} {
		const d = 0.01
		x0, y0 := f.Project(at[0], at[1])
		x1, y1 := f.Project(at[0]+d, at[1])
		x2, y2 := f.Project(at[0], at[1]+d)
		got := math.Abs((x1-x0)*(y2-y0) - (x2-x0)*(y1-y0))
		side := earth * d * math.Pi / 180
		want := side * side * math.Cos((at[1]+d/2)*math.Pi/180)
		if math.Abs(got/want-1) > 1e-3 {
			t.Errorf("at %v: %g km², want %g", at, got, want)
		}
	}
}

func TestOutlineFileFitsTheFrame(t *testing.T) {
	b, err := os.ReadFile("../../data/outline/europe.txt")
	if err != nil {
		t.Fatal(err)
	}
	o, err := ReadOutline(strings.NewReader(string(b)), AtlasFrame())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(o.Land) + len(o.Borders); n > 40<<10 {
		t.Errorf("the outline has %d bytes: with circles the map would pass 60 kB", n)
	}
	if !strings.Contains(o.Credit, "Natural Earth") {
		t.Errorf("credit is %q", o.Credit)
	}
	other := AtlasFrame()
	other.Scale = 5
	if _, err := ReadOutline(strings.NewReader(string(b)), other); err == nil {
		t.Error("an outline of another frame was taken")
	}
	if _, err := ReadOutline(strings.NewReader(strings.Replace(string(b), "land M", `land "><script>M`, 1)), AtlasFrame()); err == nil {
		t.Error("a path with markup was taken")
	}
}
