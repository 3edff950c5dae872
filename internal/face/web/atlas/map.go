package atlas

import (
	"context"
	"math"
	"strconv"
	"strings"

	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/place"
	"peerscape/internal/nuts"
)

// dot is one circle of the map.
type dot struct {
	chart.Circle
	class string // of the sequential scale; q0 where there is no value
	name  string // for the readout
	text  string
}

// ringed is a partner region or a metropolis on the map.
type ringed struct {
	dot
	href   string // of a partner region
	label  string // for readers who do not see
	metro  bool
	name   string // on the map
	amount string
	sub    string // "value of Etelä-Suomi"
}

// tie joins a partner region's circle to its metropolis's.
type tie struct{ x1, y1, x2, y2 float64 }

// drawing is everything on the map, in the order of drawing.
type drawing struct {
	alt     string
	outline *chart.Outline
	dots    [][]dot // by class, low to high, without value first
	metros  []ringed
	own     []ringed
	ties    []tie
	far     []farGroup
	unknown bool           // the people of a region on the map are not known
	wide    []chart.Placed // labels of own, then metros
	narrow  []chart.Placed // labels of own
}

// farGroup is one entry of the row under the map.
type farGroup struct {
	dots []dot
	text string
	box  [4]float64 // left, top, width, height
}

// narrowSize is the text size on a small screen, in units of the map.
const narrowSize, wideSize = 25, 13

// draw puts the values of a map on the ground, without the names.
func (a *Atlas) draw(ctx context.Context, m *catalogue.Map, limits []float64) *drawing {
	l := a.ground.layout(ctx, m.Level)
	values := map[nuts.Code]catalogue.MapValue{}
	for _, v := range m.Values {
		values[v.Region.Code] = v
	}
	d := &drawing{outline: a.outline, dots: make([][]dot, chart.Classes+1)}
	at := func(code nuts.Code) (dot, int) {
		return a.dot(ctx, m, l.at[code], code, values, limits)
	}
	ring := a.rings(ctx, m, values)
	for _, c := range l.circles {
		one, class := at(nuts.Code(c.ID))
		if r, ok := ring[nuts.Code(c.ID)]; ok {
			r.dot = one
			if r.metro {
				d.metros = append(d.metros, r)
			} else {
				d.own = append(d.own, r)
			}
			continue
		}
		d.dots[class] = append(d.dots[class], one)
	}
	for _, f := range l.far {
		d.far = append(d.far, a.farGroups(ctx, f, at)...)
	}
	d.ties, d.unknown = a.ties(l, m.Level), l.unknown
	return d
}

func (a *Atlas) dot(ctx context.Context, m *catalogue.Map, c chart.Circle, code nuts.Code, values map[nuts.Code]catalogue.MapValue, limits []float64) (dot, int) {
	v, ok := values[code]
	out := dot{Circle: c, class: "q0", text: locale.T(ctx, "map.none")}
	if r, known := a.places.Regions.Region(nuts.ID{Code: code, Version: nuts.Current}); known {
		out.name = a.places.Name(ctx, r) + " (" + string(code) + ")"
	}
	if !ok || math.IsNaN(v.Value) {
		return out, 0
	}
	class := chart.Class(limits, figure.Rounded(m.Indicator, v.Value))
	out.class = "q" + strconv.Itoa(class)
	words := []string{figure.Value(ctx, m.Indicator, v.Value)}
	for _, f := range figure.Letters(ctx, v.Flags) {
		words = append(words, f.Text)
	}
	if v.Basis == catalogue.Converted {
		words = append(words, locale.T(ctx, "map.estimate"))
	}
	out.text = strings.Join(words, ", ")
	return out, class
}

// rings says which circles of a level are ringed: the region of that level in
// which a partner region or a metropolis lies, or the parts of a partner region.
func (a *Atlas) rings(ctx context.Context, m *catalogue.Map, values map[nuts.Code]catalogue.MapValue) map[nuts.Code]ringed {
	out := map[nuts.Code]ringed{}
	amount := func(code nuts.Code) string {
		if v, ok := values[code]; ok && !math.IsNaN(v.Value) {
			return figure.Plain(ctx, m.Indicator, v.Value)
		}
		return ""
	}
	for _, p := range a.places.Partners() {
		for i, r := range a.onLevel(p.Region, m.Level) {
			one := ringed{href: a.places.Path(p.Region.ID), amount: amount(r.Code)}
			if i == 0 {
				one.name = a.places.Name(ctx, p.Region)
				one.sub = a.under(ctx, p, r)
			}
			if r.Level > p.Region.Level {
				one.amount = ""
			}
			one.label = strings.TrimSpace(a.places.Name(ctx, p.Region) + " " + one.amount + " " + one.sub)
			out[r.Code] = one
		}
	}
	for _, p := range a.places.Partners() {
		for _, metro := range p.Metros {
			core, ok := a.places.Regions.Region(metro.Core)
			if !ok {
				continue
			}
			for _, r := range a.onLevel(core, m.Level)[:1] {
				if _, taken := out[r.Code]; !taken {
					out[r.Code] = ringed{metro: true, name: place.City(ctx, metro.Name), amount: amount(r.Code)}
				}
			}
		}
	}
	return out
}

// under says whose value a ringed circle shows where it is not the partner's.
func (a *Atlas) under(ctx context.Context, p place.Partner, r *nuts.Region) string {
	if r.Level >= p.Region.Level {
		return ""
	}
	for _, metro := range p.Metros {
		if core, ok := a.places.Regions.Region(metro.Core); ok && !metro.Inside() && a.places.At(core, r.Level) == r {
			return locale.T(ctx, "map.including", "Metro", place.City(ctx, metro.Name))
		}
	}
	return locale.T(ctx, "map.value-of", "Name", a.places.Name(ctx, r))
}

// onLevel returns the region of a level that contains r, or its parts on that
// level, the most populous first.
func (a *Atlas) onLevel(r *nuts.Region, level int) []*nuts.Region {
	if up := a.places.At(r, level); up != nil {
		return []*nuts.Region{up}
	}
	parts := []*nuts.Region{r}
	for parts[0].Level < level {
		var next []*nuts.Region
		for _, p := range parts {
			next = append(next, a.places.Regions.Children(p.ID)...)
		}
		if len(next) == 0 {
			return parts
		}
		parts = next
	}
	most := 0
	for i, p := range parts {
		if p.Population > parts[most].Population {
			most = i
		}
	}
	parts[0], parts[most] = parts[most], parts[0]
	return parts
}

// ties joins each partner's first circle to those of its metropolises, from rim
// to rim; circles that all but touch need no line.
func (a *Atlas) ties(l *layout, level int) []tie {
	var out []tie
	for _, p := range a.places.Partners() {
		from, ok := l.at[a.onLevel(p.Region, level)[0].Code]
		if !ok {
			continue
		}
		for _, metro := range p.Metros {
			core, known := a.places.Regions.Region(metro.Core)
			if !known {
				continue
			}
			to, ok := l.at[a.onLevel(core, level)[0].Code]
			d := math.Hypot(to.X-from.X, to.Y-from.Y)
			if !ok || d < from.R+to.R+3 {
				continue
			}
			ux, uy := (to.X-from.X)/d, (to.Y-from.Y)/d
			out = append(out, tie{from.X + ux*(from.R+1), from.Y + uy*(from.R+1), to.X - ux*(to.R+1), to.Y - uy*(to.R+1)})
		}
	}
	return out
}

// label finds places for the names.
func (d *drawing) label(circles []chart.Circle) {
	f := chart.AtlasFrame()
	var wide, narrow []chart.Label
	for _, r := range append(append([]ringed(nil), d.own...), d.metros...) {
		if r.name == "" {
			continue
		}
		wide = append(wide, chart.Label{Text: r.caption(), Sub: r.sub, X: r.X, Y: r.Y, R: r.R, Size: wideSize})
		if !r.metro {
			narrow = append(narrow, chart.Label{Text: r.caption(), X: r.X, Y: r.Y, R: r.R, Size: narrowSize})
		}
	}
	d.wide, d.narrow = chart.PlaceLabels(wide, circles, f), chart.PlaceLabels(narrow, circles, f)
}

func (r ringed) caption() string { return strings.TrimSpace(r.name + " " + r.amount) }

// farGroups makes the entries of one far country: one for each region that has
// a value, or one for all of a country that has many.
func (a *Atlas) farGroups(ctx context.Context, f distant, at func(nuts.Code) (dot, int)) []farGroup {
	country := a.places.Country(ctx, f.country)
	if len(f.regions) < many {
		var out []farGroup
		for _, r := range f.regions {
			one, class := at(r.Code)
			if class == 0 {
				continue
			}
			name := a.places.Name(ctx, r)
			if f.whole && len(f.regions) == 1 {
				name = country
			}
			g := farGroup{dots: []dot{one}, text: name + " " + one.text}
			g.frame()
			out = append(out, g)
		}
		return out
	}
	g := farGroup{text: locale.N(ctx, "map.far", len(f.regions), "Country", country)}
	known := 0
	for _, r := range f.regions {
		one, class := at(r.Code)
		g.dots = append(g.dots, one)
		known += min(class, 1)
	}
	if known == 0 {
		return nil
	}
	g.frame()
	return []farGroup{g}
}

// frame computes the box that holds the group's circles.
func (g *farGroup) frame() {
	const least, rim = 8, 1
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, c := range g.dots {
		x0, y0 = min(x0, c.X-c.R), min(y0, c.Y-c.R)
		x1, y1 = max(x1, c.X+c.R), max(y1, c.Y+c.R)
	}
	w, h := max(x1-x0, least)+2*rim, max(y1-y0, least)+2*rim
	g.box = [4]float64{(x0 + x1 - w) / 2, (y0 + y1 - h) / 2, w, h}
}
