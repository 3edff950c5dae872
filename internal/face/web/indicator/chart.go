package indicator

import (
	"context"

	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/nuts"
)

// height of the chart, pixels.
const height = 320

// plot draws the region's series over those of metropolis and country.
func (p *Indicator) plot(ctx context.Context, r *nuts.Region, f *catalogue.Figure, others []line) string {
	i := f.Indicator
	label := func(name string, of *catalogue.Figure) string {
		return name + " " + figure.Plain(ctx, i, of.Latest().Value)
	}
	var series []chart.Series
	for _, o := range others {
		if !o.metro {
			series = append(series, chart.Series{Kind: chart.Country, Label: label(o.name, o.figure), Values: figure.Values(ctx, o.figure)})
		}
	}
	shade := false
	for _, o := range others {
		if o.metro {
			series = append([]chart.Series{{Kind: chart.Metro, Label: label(o.name, o.figure), Values: figure.Values(ctx, o.figure)}}, series...)
			shade = true
		}
	}
	own := chart.Series{Kind: figure.Kind(f), Label: label(p.places.Name(ctx, r), f), Values: figure.Values(ctx, f)}
	for k := range own.Values {
		if v := &own.Values[k]; v.Break && v.Note == "" {
			v.Note = locale.T(ctx, "chart.break")
		}
	}
	if shade {
		series = append(series[:1], append([]chart.Series{own}, series[1:]...)...)
	} else {
		series = append(series, own)
	}
	plot := chart.Plot{Alt: p.alt(ctx, r, f, others), Height: height, Series: series, Shade: shade}
	figure.Axes(ctx, i, &plot)
	return plot.SVG()
}

// alt tells the lines of the chart in sentences.
func (p *Indicator) alt(ctx context.Context, r *nuts.Region, f *catalogue.Figure, others []line) string {
	alt := p.places.Name(ctx, r) + ": " + figure.Told(ctx, f)
	for _, o := range others {
		alt += " " + o.name + ": " + figure.Told(ctx, o.figure)
	}
	return alt
}
