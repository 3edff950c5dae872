package region

import (
	"context"
	"math"
	"strings"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/place"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// leading is the indicator that a region's statement is made of.
const leading = "gdp_pps"

// statement writes a region's title and lead from its figures. Without a value
// of its own the title is its name and how much is known.
func (p *Region) statement(ctx context.Context, r *nuts.Region, figures []*catalogue.Figure, s setting, metros []place.Metro) component.Head {
	name := p.places.Name(ctx, r)
	own, other := byCode(figures)[leading], s.beside[leading]
	if own == nil || own.Basis == catalogue.Inherited && !own.Same {
		return component.Head{
			Title: texted(locale.N(ctx, "statement.count", len(figures), "Region", name)),
			Lead:  texted(strings.Join(p.known(ctx, figures), " ")),
		}
	}
	percent := func(v float64) string { return locale.From(ctx).Amount(v, own.Indicator.Decimals, "percent") }
	first, last := span(own, other)
	if last == 0 || s.metro == "" {
		latest := own.Latest()
		return component.Head{
			Title:  texted(locale.T(ctx, "statement.gdp", "Region", name, "Value", percent(latest.Value))),
			Lead:   texted(strings.Join(p.known(ctx, figures), " ")),
			Source: p.cited(ctx, own, latest.Period),
		}
	}
	a, b := at(own, last), at(other, last)
	return component.Head{
		Title:  texted(locale.T(ctx, "statement.beside", "Region", name, "Value", percent(a), "Metro", s.metro, "Other", percent(b))),
		Lead:   p.movement(ctx, r, own, other, first, last, s.metro, figures),
		Source: p.cited(ctx, own, last),
	}
}

func at(f *catalogue.Figure, p stats.Period) float64 {
	pt, _ := f.At(p)
	return figure.Rounded(f.Indicator, pt.Value)
}

// span returns the first and last period in which both have a value.
func span(a, b *catalogue.Figure) (first, last stats.Period) {
	if b == nil || b.Of == a.Of || b.Basis == catalogue.Inherited && !b.Same {
		return 0, 0
	}
	for _, pt := range a.Points {
		if q, ok := b.At(pt.Period); ok && !math.IsNaN(pt.Value) && !math.IsNaN(q.Value) {
			if first == 0 {
				first = pt.Period
			}
			last = pt.Period
		}
	}
	return first, last
}

// known counts a region's figures by whose value they are.
func (p *Region) known(ctx context.Context, figures []*catalogue.Figure) []string {
	var n [3]int
	for _, f := range figures {
		if f.Same {
			n[catalogue.Own]++
			continue
		}
		n[f.Basis]++
	}
	var out []string
	for basis, key := range []string{"known.own", "known.converted", "known.inherited"} {
		if n[basis] > 0 {
			out = append(out, locale.T(ctx, key, "N", locale.Number(ctx, float64(n[basis]), 0)))
		}
	}
	return out
}

// cited is the source line of the statement.
func (p *Region) cited(ctx context.Context, f *catalogue.Figure, when stats.Period) string {
	return locale.T(
		ctx, "statement.source", "Indicator", f.Indicator.NameIn(locale.Code(ctx)), "Year", figure.Period(when), "Publisher", f.Origin.Publisher,
		"Dataset", figure.Datasets(f.Origin), "Level", p.teller.Level(ctx, f), "Release", figure.Published(f.Origin)[0].Vintage.Label,
	)
}
