package region

import (
	"context"
	"math"

	"github.com/a-h/templ"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// movement tells how the distance to the metropolis changed and which of the
// two moved, then how much is known of the region.
func (p *Region) movement(ctx context.Context, r *nuts.Region, own, other *catalogue.Figure, first, last stats.Period, metro string, figures []*catalogue.Figure) templ.Component {
	a0, b0, a1, b1 := at(own, first), at(other, first), at(own, last), at(other, last)
	var parts []templ.Component
	if first != last {
		was, is := math.Abs(a0-b0), math.Abs(a1-b1)
		key := "movement.same"
		if is < was {
			key = "movement.narrowed"
		} else if is > was {
			key = "movement.widened"
		}
		href := templ.SafeURL(p.places.IndicatorPath(r.ID, leading))
		parts = append(parts, locale.Rich(
			ctx, key, "Was", locale.Number(ctx, was, own.Indicator.Decimals), "FirstYear", figure.Period(first), "LastYear", figure.Period(last),
			"Now", locale.Link(href, "n", figure.Difference(ctx, own.Indicator, is)),
		))
		parts = append(parts, locale.Rich(
			ctx, "movement.both", "Metro", metro, "B0", figure.Plain(ctx, own.Indicator, b0), "B1", figure.Plain(ctx, own.Indicator, b1),
			"Region", p.places.Name(ctx, r), "A0", figure.Plain(ctx, own.Indicator, a0), "A1", figure.Plain(ctx, own.Indicator, a1),
		))
	}
	for _, s := range p.known(ctx, figures) {
		parts = append(parts, texted(s))
	}
	return sentences(parts)
}
