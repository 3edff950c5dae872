package region

import (
	"context"
	"math"
	"strconv"

	"peerscape/internal/chart"
	"peerscape/internal/engine/profile"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/place"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// gapView is the distance to one metropolis over the years.
type gapView struct {
	title  string
	pace   string // where it goes, and when it would be closed
	chart  string // SVG
	source string
	heads  []string
	rows   [][]string // year, here, there, gap
	label  string     // of the table
}

// gapHeight is the height of a chart, pixels.
const gapHeight = 280

// gaps draws the distance to each metropolis, in the indicator that leads the page.
func (p *Region) gaps(ctx context.Context, r *nuts.Region, own *catalogue.Figure, metros []place.Metro, of *paces) ([]gapView, error) {
	if own == nil || own.Basis == catalogue.Inherited && !own.Same {
		return nil, nil
	}
	var out []gapView
	for _, m := range metros {
		if m.Inside() {
			continue
		}
		other, err := p.Figures.Figure(ctx, m.Compare, leading)
		if err != nil {
			if fault.KindOf(err) == fault.Missing {
				continue
			}
			return nil, err
		}
		if first, last := span(own, other); first != last {
			out = append(out, p.gap(ctx, r, own, other, m, of))
		}
	}
	return out, nil
}

func (p *Region) gap(ctx context.Context, r *nuts.Region, own, other *catalogue.Figure, m place.Metro, of *paces) gapView {
	city, here := place.City(ctx, m.Name), p.places.Name(ctx, r)
	first, last := span(own, other)
	i := own.Indicator
	points := func(v float64) string { return figure.Difference(ctx, i, math.Abs(v)) }
	was, is := at(own, first)-at(other, first), at(own, last)-at(other, last)
	v := gapView{
		title:  locale.T(ctx, "gaps.title", "Metro", city),
		label:  locale.T(ctx, "table.label", "Title", locale.T(ctx, "gaps.title", "Metro", city)),
		pace:   of.pace(ctx, m),
		source: p.cited(ctx, own, last),
		heads:  []string{locale.T(ctx, "indicator.year"), here, city, locale.T(ctx, "gaps.gap")},
	}
	plot := chart.Plot{
		Alt:    here + ": " + figure.Told(ctx, own) + " " + city + ": " + figure.Told(ctx, other),
		Height: gapHeight, Shade: true,
		Series: []chart.Series{
			{Kind: chart.Metro, Label: city + " " + figure.Plain(ctx, i, other.Latest().Value), Values: figure.Values(ctx, other)},
			{Kind: figure.Kind(own), Label: figure.Plain(ctx, i, own.Latest().Value), Values: figure.Values(ctx, own)},
		},
		Gaps: []chart.Gap{
			{X: figure.Year(first), From: at(own, first), To: at(other, first), Label: points(was)},
			{X: figure.Year(last), From: at(own, last), To: at(other, last), Label: points(is)},
		},
	}
	figure.Axes(ctx, i, &plot)
	v.chart = plot.SVG()
	for _, pt := range own.Points {
		q, ok := other.At(pt.Period)
		if !ok || math.IsNaN(pt.Value) || math.IsNaN(q.Value) {
			continue
		}
		a, b := figure.Rounded(i, pt.Value), figure.Rounded(i, q.Value)
		v.rows = append(v.rows, []string{figure.Period(pt.Period), figure.Plain(ctx, i, a), figure.Plain(ctx, i, b), figure.Plain(ctx, i, b-a)})
	}
	return v
}

// paces finds the engine's gaps of the leading indicator by metropolis.
type paces struct{ gaps []profile.Gap }

// pacesSaid are the messages of what can be said of a gap.
var pacesSaid = map[profile.Distance]string{
	profile.Closing: "gaps.closing", profile.NotInSight: "gaps.not-in-sight", profile.Steady: "gaps.steady", profile.Widening: "gaps.widening",
	profile.Ahead: "gaps.ahead", profile.GapTooShort: "gaps.too-few-years",
}

// pace says where a gap goes and, where it closes, when it would be closed at the
// present pace.
func (t *paces) pace(ctx context.Context, m place.Metro) string {
	for i := range t.gaps {
		g := &t.gaps[i]
		if g.Metro != m.Compare {
			continue
		}
		year := func(y float64) string { return strconv.Itoa(int(math.Round(y))) }
		key, ok := pacesSaid[g.Distance]
		if !ok {
			return ""
		}
		if g.Distance == profile.Closing && g.Crossing.Open {
			key = "gaps.closing-open"
		}
		return locale.T(
			ctx, key, "PerYear", locale.Number(ctx, math.Abs(g.Slope.PerYear), 1), "From", strconv.Itoa(g.Stretch.From),
			"Year", year(g.Crossing.Year), "Early", year(g.Crossing.Early), "Late", year(g.Crossing.Late),
		)
	}
	return ""
}
