package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// earth is the radius of the sphere that the areas are computed on, km.
const earth = 6371.0088

// ring is a closed line of longitude and latitude in degrees.
type ring [][2]float64

// outline is a region's polygons; in each the first ring is the outside.
type outline [][]ring

func readOutlines(path string) (map[string]*outline, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var in struct {
		Features []struct {
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
			Properties struct {
				ID string `json:"NUTS_ID"`
			}
		}
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	all := map[string]*outline{}
	for _, f := range in.Features {
		var o outline
		switch f.Geometry.Type {
		case "Polygon":
			o = make(outline, 1)
			err = json.Unmarshal(f.Geometry.Coordinates, &o[0])
		case "MultiPolygon":
			err = json.Unmarshal(f.Geometry.Coordinates, &o)
		default:
			err = fmt.Errorf("geometry %q", f.Geometry.Type)
		}
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", filepath.Base(path), f.Properties.ID, err)
		}
		all[f.Properties.ID] = &o
	}
	return all, nil
}

// moments returns twice the signed area of r and its centroid in the
// equal-area projection (longitude, sine of latitude), where every part of the
// map weighs what it weighs on the ground.
func (r ring) moments() (area2, x, y float64) {
	for i := range r {
		a, b := r[i], r[(i+1)%len(r)]
		ay, by := math.Sin(radians(a[1])), math.Sin(radians(b[1]))
		cross := radians(a[0])*by - radians(b[0])*ay
		area2 += cross
		x += (radians(a[0]) + radians(b[0])) * cross
		y += (ay + by) * cross
	}
	return area2, x, y
}

// area returns km², holes taken off.
func (o *outline) area() float64 {
	var sum float64
	for _, p := range *o {
		for i, r := range p {
			a, _, _ := r.moments()
			if i == 0 {
				sum += math.Abs(a)
			} else {
				sum -= math.Abs(a)
			}
		}
	}
	return sum / 2 * earth * earth
}

// point returns the centroid of the largest part, moved inside if it lies
// outside, rounded to two decimals (about a kilometre).
func (o *outline) point() (lon, lat float64) {
	largest := slices.MaxFunc(*o, func(a, b []ring) int {
		x, _, _ := a[0].moments()
		y, _, _ := b[0].moments()
		if math.Abs(x) < math.Abs(y) {
			return -1
		}
		return 1
	})
	var area2, sx, sy float64
	for i, r := range largest {
		a, x, y := r.moments()
		sign := 1.0
		if (a < 0) == (i == 0) { // outsides count positive, holes negative
			sign = -1
		}
		area2, sx, sy = area2+sign*a, sx+sign*x, sy+sign*y
	}
	lon = round(degrees(sx/(3*area2)), 2)
	lat = round(degrees(math.Asin(sy/(3*area2))), 2)
	if !within(largest, lon, lat) {
		lon = round(middle(largest, lat, lon), 2)
	}
	return lon, lat
}

// within reports whether a point lies in the polygon (even-odd rule).
func within(p []ring, lon, lat float64) bool {
	in := false
	for _, x := range crossings(p, lat) {
		if x > lon {
			in = !in
		}
	}
	return in
}

// crossings returns the longitudes where the parallel of lat crosses the
// polygon's lines, ascending.
func crossings(p []ring, lat float64) []float64 {
	var xs []float64
	for _, r := range p {
		for i := range r {
			a, b := r[i], r[(i+1)%len(r)]
			if (a[1] > lat) != (b[1] > lat) {
				xs = append(xs, a[0]+(lat-a[1])/(b[1]-a[1])*(b[0]-a[0]))
			}
		}
	}
	slices.Sort(xs)
	return xs
}

// middle returns the middle of the widest stretch of the parallel of lat that
// lies inside p, or lon where the parallel misses it.
func middle(p []ring, lat, lon float64) float64 {
	xs := crossings(p, lat)
	widest := -1.0
	for i := 0; i+1 < len(xs); i += 2 {
		if w := xs[i+1] - xs[i]; w > widest {
			widest, lon = w, (xs[i]+xs[i+1])/2
		}
	}
	return lon
}

// placed lists the outlines with each version's points, and sized those with
// the areas of regions that the crosswalk leaves out: the finest first, as none
// of these regions changed in any version.
var (
	placed = map[string]string{"2021": "NUTS_RG_60M_2021_4326.geojson", "2024": "NUTS_RG_60M_2024_4326.geojson"}
	sized  = []string{"NUTS_RG_20M_2024_4326.geojson", "NUTS_RG_60M_2024_4326.geojson", "NUTS_RG_60M_2021_4326.geojson"}
)

// place sets points and missing areas. A region takes the point of the same
// area in the newest version, so that it does not move between versions; the
// other regions of versions without outlines take the mean of their pieces.
func (codes codeList) place(dir string, l *lineage) error {
	outlines := map[string]map[string]*outline{}
	for _, name := range sized {
		all, err := readOutlines(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		outlines[name] = all
	}
	for _, r := range codes.sorted() {
		if codes.placeByLineage(r, l) {
			continue
		}
		if o := outlines[placed[r.version]][r.code]; o != nil {
			r.lon, r.lat = o.point()
		} else {
			codes.placeByPieces(r, l)
		}
	}
	for _, name := range sized {
		codes.total(outlines[name])
	}
	codes.sumUp()
	return nil
}

// placeByLineage takes the point of the same area in a newer version.
func (codes codeList) placeByLineage(r *region, l *lineage) bool {
	for _, v := range slices.Backward(versions) {
		if v <= r.version {
			break
		}
		same, ok := l.unchanged(key{r.version, r.code}, v, codes)
		if r.level == 0 {
			same = key{v, r.code}
			ok = codes[same] != nil
		}
		if ok {
			r.lon, r.lat = codes[same].lon, codes[same].lat
			return true
		}
	}
	return false
}

func (codes codeList) placeByPieces(r *region, l *lineage) {
	var lon, lat, area float64
	for _, o := range l.leaving[key{r.version, r.code}]["2021"] {
		to := codes[o.to]
		lon, lat, area = lon+to.lon*o.area, lat+to.lat*o.area, area+o.area
	}
	if area > 0 {
		r.lon, r.lat = round(lon/area, 2), round(lat/area, 2)
	}
}

func radians(d float64) float64 { return d * math.Pi / 180 }
func degrees(r float64) float64 { return r * 180 / math.Pi }

func round(v float64, places int) float64 {
	p := math.Pow10(places)
	return math.Round(v*p) / p
}
