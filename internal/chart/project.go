package chart

import "math"

// earth is the radius of the sphere of equal surface, km.
const earth = 6371.007

// Frame is a square window on a Lambert azimuthal equal-area map.
type Frame struct {
	Lon0, Lat0 float64 // centre of the projection, degrees
	Size       float64 // width and height, units
	Scale      float64 // km a unit
	X0, Y0     float64 // where the centre lies, units from the upper left corner
}

// AtlasFrame is the frame of the atlas: centre 11° E 53° N, from Lisbon to
// Bucharest, cut in the far north. web/outline/build.mjs draws in the same.
func AtlasFrame() Frame { return Frame{Lon0: 11, Lat0: 53, Size: 720, Scale: 5.4, X0: 345, Y0: 337} }

// Project returns the place of a point in kilometres east and north of the
// centre. The point opposite the centre has no place and gives NaN.
func (f Frame) Project(lon, lat float64) (east, north float64) {
	l, p, p0 := (lon-f.Lon0)*math.Pi/180, lat*math.Pi/180, f.Lat0*math.Pi/180
	sp, cp := math.Sincos(p)
	s0, c0 := math.Sincos(p0)
	sl, cl := math.Sincos(l)
	k := earth * math.Sqrt(2/(1+s0*sp+c0*cp*cl))
	return k * cp * sl, k * (c0*sp - s0*cp*cl)
}

// Place returns the place of a point in units from the upper left corner.
func (f Frame) Place(lon, lat float64) (x, y float64) {
	east, north := f.Project(lon, lat)
	return f.X0 + east/f.Scale, f.Y0 - north/f.Scale
}

// Holds reports whether a place lies in the frame.
func (f Frame) Holds(x, y float64) bool {
	return x >= 0 && x <= f.Size && y >= 0 && y <= f.Size
}
