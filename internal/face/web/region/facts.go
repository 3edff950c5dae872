package region

import (
	"context"
	"math"

	"github.com/a-h/templ"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/place"
	"peerscape/internal/nuts"
)

// people is the indicator that counts people.
const people = "population"

// facts lists what a region is: people, metropolis, type, code, parent, area.
// What is not known is left out.
func (p *Region) facts(ctx context.Context, r *nuts.Region, figures []*catalogue.Figure, metros []place.Metro) []component.Fact {
	var out []component.Fact
	if f := byCode(figures)[people]; f != nil && f.Basis != catalogue.Inherited {
		last := f.Latest()
		out = append(out, component.Fact{Term: locale.T(ctx, "fact.people"), Text: counted(
			component.Number{Text: figure.Plain(ctx, f.Indicator, last.Value), Href: p.places.IndicatorPath(r.ID, people)},
			figure.Period(last.Period), p.teller.Flags(ctx, f, last),
		)})
	}
	if text := p.metros(ctx, metros); len(text) > 0 {
		out = append(out, component.Fact{Term: locale.T(ctx, "fact.metro"), Text: lines(text)})
	}
	if t := p.places.Type(ctx, r); t != "" {
		out = append(out, plain(locale.T(ctx, "fact.type"), t))
	}
	out = append(out, component.Fact{Term: locale.T(ctx, "fact.code"), Text: lines(p.places.History(ctx, r))})
	if up := p.places.Ancestors(r); len(up) > 0 {
		parent := up[len(up)-1]
		out = append(out, component.Fact{Term: locale.T(ctx, "fact.parent"), Text: locale.Rich(
			ctx, "fact.parent-text", "Link", locale.Link(templ.SafeURL(p.places.Path(parent.ID)), "", p.places.Name(ctx, parent)),
			"Code", string(parent.Code), "Level", place.LevelName(ctx, parent.Level),
		)})
	}
	if parts := p.places.Regions.Children(r.ID); len(parts) > 0 {
		out = append(out, component.Fact{Term: locale.T(ctx, "fact.parts"), Text: linked(p.parts(ctx, parts))})
	}
	if r.Area > 0 {
		out = append(out, plain(locale.T(ctx, "fact.area"), locale.T(ctx, "fact.km2", "V", locale.Number(ctx, math.Round(r.Area), 0))))
	}
	return out
}

func (p *Region) parts(ctx context.Context, parts []*nuts.Region) []link {
	var out []link
	for _, c := range parts {
		out = append(out, link{p.places.Name(ctx, c), p.places.Path(c.ID)})
	}
	return out
}

// metros tells each metropolis with its distance, and whether the link is
// stated or computed.
func (p *Region) metros(ctx context.Context, metros []place.Metro) []string {
	var out []string
	for _, m := range metros {
		city := place.City(ctx, m.Name)
		switch {
		case m.Inside() || m.Kind == nuts.Inside:
			out = append(out, locale.T(ctx, "fact.metro-inside", "Metro", city))
		case m.Computed:
			out = append(out, locale.T(ctx, "fact.metro-computed", "Metro", city, "Km", locale.Number(ctx, math.Round(m.Distance), 0)))
		default:
			out = append(out, locale.T(ctx, "fact.metro-stated", "Metro", city, "Km", locale.Number(ctx, math.Round(m.Distance), 0)))
		}
	}
	return out
}
