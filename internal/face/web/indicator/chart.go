package indicator

import (
	"context"
	"math"
	"strconv"

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
	scale(ctx, i, &plot)
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

// scale fits the axes to the series.
func scale(ctx context.Context, i *catalogue.Indicator, p *chart.Plot) {
	lo, hi, from, to := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, s := range p.Series {
		for _, v := range s.Values {
			if !math.IsNaN(v.Y) {
				lo, hi, from, to = min(lo, v.Y), max(hi, v.Y), min(from, v.X), max(to, v.X)
			}
		}
	}
	grid := chart.Ticks(lo, hi, 6)
	decimals := i.Decimals
	for _, v := range grid {
		if v != math.Trunc(v) {
			decimals = max(decimals, 1)
		}
	}
	for _, v := range grid {
		t := chart.Tick{At: v, Label: locale.Number(ctx, v, decimals), Zero: v == 0}
		if i.Unit == "index_eu" && v == 100 {
			t.Label, t.Zero = locale.T(ctx, "chart.eu", "V", t.Label), true
		}
		p.Grid = append(p.Grid, t)
	}
	if from == to {
		from, to = from-1, to+1
	}
	p.X0, p.X1, p.Y0, p.Y1 = from, to, grid[0], grid[len(grid)-1]
	step := 1.0
	for _, s := range []float64{1, 2, 5, 10} {
		step = s
		if (to-from)/s <= 8 {
			break
		}
	}
	for y := math.Ceil(from/step) * step; y <= to; y += step {
		p.Years = append(p.Years, chart.Tick{At: y, Label: strconv.Itoa(int(y))})
	}
}
