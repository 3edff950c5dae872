package atlas

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"peerscape/internal/chart"
)

// pen writes SVG.
type pen struct{ strings.Builder }

// n writes a place with one decimal.
func n(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

func (p *pen) circle(c chart.Circle, class string) {
	if class != "" {
		class = ` class="` + class + `"`
	}
	p.WriteString(`<circle` + class + ` cx="` + n(c.X) + `" cy="` + n(c.Y) + `" r="` + n(c.R) + `"/>`)
}

// svg draws the map: land, circles, ties, rings, names.
func (d *drawing) svg() string {
	var p pen
	size := n(chart.AtlasFrame().Size)
	fmt.Fprintf(&p, `<svg viewBox="0 0 %s %s" role="group" aria-label="%s" id="map">`, size, size, html.EscapeString(d.alt))
	fmt.Fprintf(&p, `<svg width="%s" height="%s" aria-hidden="true"><g transform="scale(%g)"><path class="land" d="%s"/><path class="bord" d="%s"/></g></svg>`,
		size, size, 1/float64(d.outline.Unit), d.outline.Land, d.outline.Borders)
	p.WriteString(`<g class="dots" aria-hidden="true">`)
	for i, class := range d.dots {
		if len(class) == 0 {
			continue
		}
		fmt.Fprintf(&p, `<g class="q%d">`, i)
		for _, c := range class {
			p.circle(c.Circle, "")
		}
		p.WriteString(`</g>`)
	}
	p.WriteString(`</g>`)
	for _, t := range d.ties {
		fmt.Fprintf(&p, `<line class="tie" x1="%s" y1="%s" x2="%s" y2="%s"/>`, n(t.x1), n(t.y1), n(t.x2), n(t.y2))
	}
	for _, r := range d.metros {
		p.circle(r.Circle, r.class+" ringm")
	}
	for _, r := range d.own {
		if r.name == "" { // a further part of a partner region: ringed, not linked again
			p.circle(r.Circle, r.class+" ringp")
			continue
		}
		fmt.Fprintf(&p, `<a href="%s" aria-label="%s">`, html.EscapeString(r.href), html.EscapeString(r.label))
		p.circle(r.Circle, r.class+" ringp")
		p.WriteString(`</a>`)
	}
	p.WriteString(`<g class="map-lb" aria-hidden="true"><g class="wide-only">`)
	d.names(&p, d.wide, true)
	p.WriteString(`</g><g class="narrow-only">`)
	d.names(&p, d.narrow, false)
	p.WriteString(`</g></g></svg>`)
	return p.String()
}

// names writes the names at their places, with a line where they stand off.
func (d *drawing) names(p *pen, at []chart.Placed, wide bool) {
	i := 0
	for _, r := range append(append([]ringed(nil), d.own...), d.metros...) {
		if r.name == "" || !wide && r.metro {
			continue
		}
		l := at[i]
		i++
		if l.FromX != l.ToX || l.FromY != l.ToY {
			fmt.Fprintf(p, `<path class="lead-l" d="M%s %sL%s %s"/>`, n(l.FromX), n(l.FromY), n(l.ToX), n(l.ToY))
		}
		size, class := float64(narrowSize), "nm"
		if wide {
			size = wideSize
		}
		if r.metro {
			class = "t-m"
		}
		anchor, x := anchored(l, r)
		fmt.Fprintf(p, `<text class="halo" x="%s" y="%s" text-anchor="%s"><tspan class="%s">%s</tspan>`, n(x), n(l.Top+0.88*size), anchor, class, html.EscapeString(r.caption()))
		if wide && r.sub != "" {
			fmt.Fprintf(p, `<tspan class="sb" x="%s" dy="14">%s</tspan>`, n(x), html.EscapeString(r.sub))
		}
		p.WriteString(`</text>`)
	}
}

// anchored returns how a name is set in its box: towards its circle.
func anchored(l chart.Placed, r ringed) (anchor string, x float64) {
	switch {
	case l.Left > r.X:
		return "start", l.Left
	case l.Left+l.Width < r.X:
		return "end", l.Left + l.Width
	default:
		return "middle", l.Left + l.Width/2
	}
}

// svg draws one entry of the row under the map, in the map's own size.
func (g *farGroup) svg() string {
	var p pen
	fmt.Fprintf(&p, `<svg width="%[3]s" height="%[4]s" viewBox="%[1]s %[2]s %[3]s %[4]s" class="dots" aria-hidden="true">`, n(g.box[0]), n(g.box[1]), n(g.box[2]), n(g.box[3]))
	for _, c := range g.dots {
		p.circle(c.Circle, c.class)
	}
	p.WriteString(`</svg>`)
	return p.String()
}
