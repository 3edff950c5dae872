package atlas

import (
	"context"
	"math"
	"slices"
	"strconv"

	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/place"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// pair is a partner region beside one of its metropolises.
type pair struct {
	metro place.Metro
	other *catalogue.Figure
	first stats.Period // both have a value
	last  stats.Period
}

// beside is a partner region with the figures of its metropolises.
type beside struct {
	place.Partner
	own   *catalogue.Figure // nil: no figure
	pairs []pair
}

// besides reads the figures of the partner regions and of what they are
// compared with. A figure that does not exist is left out; totals of regions
// of different size are not compared at all.
func (a *Atlas) besides(ctx context.Context, i *catalogue.Indicator) ([]beside, error) {
	if figure.Total(i) {
		return nil, nil
	}
	var out []beside
	for _, p := range a.places.Partners() {
		b := beside{Partner: p}
		own, err := a.figure(ctx, p.Region.ID, i.Code)
		if err != nil {
			return nil, err
		}
		b.own = own
		for _, m := range p.Metros {
			if own == nil || m.Inside() {
				continue
			}
			other, err := a.figure(ctx, m.Compare, i.Code)
			if err != nil {
				return nil, err
			}
			if other == nil || other.Of == own.Of {
				continue // both show the same region's value
			}
			one := pair{metro: m, other: other}
			if one.first, one.last = common(own, other); one.last != 0 {
				b.pairs = append(b.pairs, one)
			}
		}
		out = append(out, b)
	}
	return out, nil
}

// figure returns a figure, nil where there is none.
func (a *Atlas) figure(ctx context.Context, id nuts.ID, indicator string) (*catalogue.Figure, error) {
	f, err := a.Figures.Figure(ctx, id, indicator)
	if err != nil && fault.KindOf(err) == fault.Missing {
		return nil, nil
	}
	return f, err
}

// common returns the first and last period in which both figures have a value.
func common(a, b *catalogue.Figure) (first, last stats.Period) {
	for _, p := range a.Points {
		if q, ok := b.At(p.Period); !ok || math.IsNaN(p.Value) || math.IsNaN(q.Value) {
			continue
		}
		if first == 0 {
			first = p.Period
		}
		last = p.Period
	}
	return first, last
}

// at returns the values of both in a period, rounded as shown.
func (p pair) at(own *catalogue.Figure, when stats.Period) (a, b float64) {
	x, _ := own.At(when)
	y, _ := p.other.At(when)
	return figure.Rounded(own.Indicator, x.Value), figure.Rounded(own.Indicator, y.Value)
}

// panel is one of the small charts of the gap.
type panel struct {
	name, href string
	sub        string
	chart      string           // SVG
	flags      []component.Flag // whose value, if not the region's own
}

// panels draws the gap of every partner region that has a series, all on one
// scale.
func (a *Atlas) panels(ctx context.Context, all []beside) []panel {
	lo, hi, from, to := scaleOf(all)
	if math.IsInf(lo, 0) {
		return nil
	}
	pad := (hi - lo) / 20
	lo, hi = lo-pad, hi+pad
	grid := slices.DeleteFunc(chart.Ticks(lo, hi, 4), func(v float64) bool { return v < lo || v > hi })
	var out []panel
	for _, b := range all {
		if b.own == nil {
			continue
		}
		p := panel{name: a.places.Name(ctx, b.Region), href: a.places.IndicatorPath(b.Region.ID, b.own.Indicator.Code), sub: a.told(ctx, b), flags: a.teller.Basis(ctx, b.own)}
		plot := chart.Plot{Alt: p.name + ": " + figure.Told(ctx, b.own), Height: 124, X0: from, X1: to, Y0: lo, Y1: hi, Shade: len(b.pairs) > 0}
		plot.Grid, plot.Years = a.axis(ctx, b.own.Indicator, grid), years(from, to)
		for i, one := range b.pairs {
			kind := chart.Metro
			if i > 0 {
				kind = chart.Second
			}
			plot.Series = append(plot.Series, chart.Series{Kind: kind, Values: unnoted(figure.Values(ctx, one.other)), Label: a.end(ctx, one, plot.Y1)})
		}
		own := chart.Series{Kind: figure.Kind(b.own), Values: unnoted(figure.Values(ctx, b.own)), Label: figure.Plain(ctx, b.own.Indicator, b.own.Latest().Value)}
		plot.Series = slices.Insert(plot.Series, min(1, len(plot.Series)), own)
		p.chart = plot.SVG()
		out = append(out, p)
	}
	return out
}

// unnoted leaves the dash of a break without words: a panel has no room for them.
func unnoted(values []chart.Value) []chart.Value {
	for i := range values {
		values[i].Note = ""
	}
	return values
}

// end labels the end of a metropolis's line.
func (a *Atlas) end(ctx context.Context, p pair, top float64) string {
	v := p.other.Latest().Value
	label := place.City(ctx, p.metro.Name) + " " + figure.Plain(ctx, p.other.Indicator, v)
	if v > top {
		return locale.T(ctx, "gap.off", "Label", label)
	}
	return label
}

// axis labels the gridlines; the reference of an index is named.
func (a *Atlas) axis(ctx context.Context, i *catalogue.Indicator, grid []float64) []chart.Tick {
	var out []chart.Tick
	for _, v := range grid {
		t := chart.Tick{At: v, Label: figure.Plain(ctx, i, v)}
		if i.Unit == "index_eu" && v == euAverage {
			t.Label, t.Zero = locale.T(ctx, "chart.eu", "V", t.Label), true
		}
		out = append(out, t)
	}
	return out
}

// years labels the ends of a time axis and the round years between.
func years(from, to float64) []chart.Tick {
	step := 10.0
	if to-from < 14 {
		step = 5
	}
	if to-from < 6 {
		step = 1
	}
	var out []chart.Tick
	for y := math.Ceil(from/step) * step; y <= to; y += step {
		out = append(out, chart.Tick{At: y, Label: strconv.Itoa(int(y))})
	}
	return out
}

// much is how far one panel may exceed the usual one before it is cut at the
// edge of the scale that all share.
const much = 2

// scaleOf returns the bounds that all panels share.
func scaleOf(all []beside) (lo, hi, from, to float64) {
	lo, from, to = math.Inf(1), math.Inf(1), math.Inf(-1)
	var tops []float64
	for _, b := range all {
		if b.own == nil {
			continue
		}
		figures := []*catalogue.Figure{b.own}
		for _, p := range b.pairs {
			figures = append(figures, p.other)
		}
		for _, f := range figures {
			top := math.Inf(-1)
			for _, p := range f.Points {
				if !math.IsNaN(p.Value) {
					lo, top = min(lo, p.Value), max(top, p.Value)
					from, to = min(from, figure.Year(p.Period)), max(to, figure.Year(p.Period))
				}
			}
			tops = append(tops, top)
		}
	}
	if len(tops) == 0 {
		return lo, hi, from, to
	}
	slices.Sort(tops)
	usual := chart.Quantile(tops, 0.5)
	hi = usual
	for _, t := range tops {
		if t <= usual+(much-1)*math.Abs(usual) {
			hi = t
		}
	}
	if from == to {
		from--
	}
	return lo, hi, from, to
}
