package atlas

import (
	"context"
	"slices"
	"sync"

	"peerscape/internal/chart"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
	"peerscape/internal/nuts"
)

// radius is that of a region of one person: the area of a circle is its people.
const radius = 0.0068

// ground knows where the circle of each region stands. It depends on where
// regions lie and on their people, not on the indicator or the year, so nothing
// jumps. Each level is computed once, when it is first asked for.
type ground struct {
	site   *page.Site
	places *place.Gazetteer
	drawn  []string // countries whose land is on the map
	levels [4]struct {
		once sync.Once
		laid layout
	}
}

// layout is where the circles of one level stand.
type layout struct {
	circles []chart.Circle // on the map, by code
	at      map[nuts.Code]chart.Circle
	far     []distant // by the order of their countries
	unknown bool      // how many people live in a region on the map is not known
}

// distant is what stands in the row under the map: the far regions of one
// country.
type distant struct {
	country nuts.Code
	whole   bool // the country's main land is not on the map
	regions []*nuts.Region
}

// many is from how many regions on a far country is drawn as one group.
const many = 9

func newGround(s *page.Site, places *place.Gazetteer, drawn []string) *ground {
	return &ground{site: s, places: places, drawn: drawn}
}

func (g *ground) layout(ctx context.Context, level int) *layout {
	l := &g.levels[level]
	l.once.Do(func() { l.laid = g.lay(context.WithoutCancel(ctx), level) })
	return &l.laid
}

// lay places the circles of a level: those whose home is in the frame, of a
// country whose land is drawn, on the map; the others in the row below.
func (g *ground) lay(ctx context.Context, level int) layout {
	f := chart.AtlasFrame()
	weights := g.weights(ctx, level)
	out := layout{at: map[nuts.Code]chart.Circle{}}
	var points []chart.Point
	for _, r := range g.places.Regions.Regions(nuts.Current, level) {
		x, y := home(f, r)
		whole := !slices.Contains(g.drawn, string(r.Country))
		if whole || !f.Holds(x, y) {
			out.add(r, whole)
			continue
		}
		out.unknown = out.unknown || weights[r.Code] == 0
		points = append(points, chart.Point{ID: string(r.Code), X: x, Y: y, Weight: weights[r.Code]})
	}
	out.circles = chart.Dorling(points, spread())
	for _, c := range out.circles {
		out.at[nuts.Code(c.ID)] = c
	}
	for _, d := range out.far {
		var near []chart.Point
		own := d.frame(f)
		for _, r := range d.regions {
			x, y := own.Place(r.Lon, r.Lat)
			near = append(near, chart.Point{ID: string(r.Code), X: x, Y: y, Weight: weights[r.Code]})
		}
		for _, c := range chart.Dorling(near, spread()) {
			out.at[nuts.Code(c.ID)] = c
		}
	}
	return out
}

// frame is that of the map, moved to the middle of the far regions so that north
// is up among them.
func (d *distant) frame(f chart.Frame) chart.Frame {
	f.Lon0, f.Lat0 = 0, 0
	for _, r := range d.regions {
		f.Lon0 += r.Lon / float64(len(d.regions))
		f.Lat0 += r.Lat / float64(len(d.regions))
	}
	return f
}

// home returns where a region lies. The upper edge cuts the far north on
// purpose: what lies a little beyond it stands at the edge.
func home(f chart.Frame, r *nuts.Region) (x, y float64) {
	const beyond, edge = -70, 6
	x, y = f.Place(r.Lon, r.Lat)
	if y < edge && y > beyond {
		y = edge
	}
	return x, y
}

func spread() chart.Spread { return chart.Spread{Radius: radius, Least: 2, Gap: 0.7} }

func (l *layout) add(r *nuts.Region, whole bool) {
	for i := range l.far {
		if l.far[i].country == r.Country {
			l.far[i].regions = append(l.far[i].regions, r)
			return
		}
	}
	l.far = append(l.far, distant{country: r.Country, whole: whole, regions: []*nuts.Region{r}})
}

// people is the indicator that sizes circles.
const people = "population"

// weights returns the people of each region: the newest published number, else
// that of the grid in the tables of regions.
func (g *ground) weights(ctx context.Context, level int) map[nuts.Code]float64 {
	out := map[nuts.Code]float64{}
	for _, r := range g.places.Regions.Regions(nuts.Current, level) {
		out[r.Code] = r.Population
	}
	if m, err := g.site.Figures.Map(ctx, people, level, 0); err == nil {
		for _, v := range m.Values {
			if v.Value > 0 {
				out[v.Region.Code] = v.Value
			}
		}
	}
	return out
}
