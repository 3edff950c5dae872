package region

import (
	"context"
	"math"
	"slices"
	"strings"

	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// domain is the figures of one domain.
type domain struct {
	id, name string
	rows     []row
}

// row is one figure of a region.
type row struct {
	name, unit, href       string
	source                 string
	flags                  []component.Flag
	value, metro, metroSay string
	year                   string
	spark                  string // SVG
	strip                  string // SVG; "" where there is nothing to compare
	noStrip                string // why there is none
	mark                   chart.Kind
	readings               []string
}

// setting is what the rows of one page share.
type setting struct {
	region  *nuts.Region
	metro   string // name of the metropolis; "" without
	beside  map[string]*catalogue.Figure
	country map[string]*catalogue.Figure
	peers   map[string][]float64 // values of the peers, by indicator
}

// domains arranges figures in the order of the catalogue's domains.
func (p *Region) domains(ctx context.Context, figures []*catalogue.Figure, s setting) []domain {
	var out []domain
	at := map[string]int{}
	for _, i := range p.Figures.Indicators() {
		k := slices.IndexFunc(figures, func(f *catalogue.Figure) bool { return f.Indicator.Code == i.Code })
		if k < 0 {
			continue
		}
		n, ok := at[i.Domain]
		if !ok {
			n = len(out)
			at[i.Domain] = n
			out = append(out, domain{id: i.Domain, name: locale.T(ctx, "domain."+i.Domain)})
		}
		out[n].rows = append(out[n].rows, p.row(ctx, figures[k], s))
	}
	return out
}

func (p *Region) row(ctx context.Context, f *catalogue.Figure, s setting) row {
	i, last := f.Indicator, f.Latest()
	r := row{
		name: i.NameIn(locale.Code(ctx)), unit: figure.Unit(ctx, i), href: p.places.IndicatorPath(s.region.ID, i.Code),
		source: p.teller.Source(ctx, f, last), flags: p.teller.Flags(ctx, f, last), value: figure.Value(ctx, i, last.Value), year: figure.Period(last.Period),
		spark: chart.Spark(figure.Kind(f), figure.Values(ctx, f), figure.Told(ctx, f)),
	}
	if figure.Total(i) {
		r.noStrip = locale.T(ctx, "row.total")
		return r
	}
	r.noStrip = locale.T(ctx, "row.no-spread")
	metro, other := math.NaN(), s.beside[i.Code]
	if other != nil && other.Of != f.Of {
		if at, ok := other.At(last.Period); ok && !math.IsNaN(at.Value) {
			metro = at.Value
			r.metro = figure.Value(ctx, i, metro)
			r.metroSay = locale.T(ctx, "row.metro", "Metro", s.metro, "Value", r.metro)
			r.readings = append(r.readings, compared(ctx, i, last.Value, metro, s.metro))
		}
	}
	p.place(ctx, &r, f, metro, s)
	return r
}

// place adds where the value stands among the regions of its level.
func (p *Region) place(ctx context.Context, r *row, f *catalogue.Figure, metro float64, s setting) {
	of, ok := p.places.Regions.Region(f.Of)
	if !ok || of.Level == 0 {
		return
	}
	all := p.spreads.of(ctx, f, of.Level)
	if all == nil {
		return
	}
	i, v := f.Indicator, f.Latest().Value
	strip := chart.Strip{Sorted: all, Own: figure.Plain(ctx, i, v)}
	if c := s.country[i.Code]; c != nil && s.region.Level > 0 {
		if at, ok := c.At(f.Latest().Period); ok {
			strip.Places = append(strip.Places, chart.Place{Kind: chart.Country, Value: at.Value})
		}
	}
	if of.ID == s.region.ID {
		for _, peer := range s.peers[i.Code] {
			strip.Places = append(strip.Places, chart.Place{Kind: chart.Peer, Value: peer})
		}
	}
	strip.Places = append(strip.Places, chart.Place{Kind: chart.Metro, Value: metro}, chart.Place{Kind: figure.Kind(f), Value: v})
	lo, hi := strip.Ends()
	strip.Lo, strip.Hi = figure.Plain(ctx, i, lo), figure.Plain(ctx, i, hi)
	strip.Alt = locale.T(
		ctx, "row.strip", "Name", r.name, "Value", r.value, "Median", figure.Value(ctx, i, chart.Quantile(all, 0.5)),
		"Low", figure.Value(ctx, i, chart.Quantile(all, 0.25)), "High", figure.Value(ctx, i, chart.Quantile(all, 0.75)),
	)
	r.strip = strip.SVG()
	side := all.side(v)
	r.readings = slices.Insert(r.readings, 0, locale.T(ctx, "reading."+side))
	if figure.Kind(f) == chart.Own {
		r.mark = judged(i.Direction, side)
	}
}

// judged returns the mark of a value outside the middle half whose direction
// has a meaning.
func judged(d catalogue.Direction, side string) chart.Kind {
	switch {
	case side == "middle" || d == catalogue.Context || d == "":
		return ""
	case (d == catalogue.More) == (side == "above"):
		return chart.Asset
	}
	return chart.Weak
}

// compared says how far a value lies from the metropolis's.
func compared(ctx context.Context, i *catalogue.Indicator, v, metro float64, name string) string {
	a, b := figure.Rounded(i, v), figure.Rounded(i, metro)
	switch {
	case a < b:
		return locale.T(ctx, "reading.metro-below", "Distance", figure.Difference(ctx, i, b-a), "Metro", name)
	case a > b:
		return locale.T(ctx, "reading.metro-above", "Distance", figure.Difference(ctx, i, a-b), "Metro", name)
	}
	return locale.T(ctx, "reading.metro-same", "Metro", name)
}

// sourceRow is one dataset behind the figures of a page.
type sourceRow struct {
	dataset, what, level, release string
	first, last                   stats.Period
	parent                        bool
}

// years is the time that a row covers.
func (s sourceRow) years() string { return s.first.String() + "–" + s.last.String() }

// sources lists the datasets behind figures with what was taken from each.
func (p *Region) sources(ctx context.Context, figures []*catalogue.Figure) []sourceRow {
	var out []sourceRow
	for _, f := range figures {
		level := p.teller.Level(ctx, f)
		first, last := f.Points[0].Period, f.Latest().Period
		parent := f.Basis == catalogue.Inherited && !f.Same
		for _, o := range figure.Published(f.Origin) {
			name := f.Indicator.ShortIn(locale.Code(ctx))
			k := slices.IndexFunc(out, func(s sourceRow) bool { return s.dataset == o.Dataset && s.level == level && s.parent == parent })
			if k < 0 {
				out = append(out, sourceRow{dataset: o.Dataset, what: name, level: level, first: first, last: last, release: o.Vintage.Label, parent: parent})
				continue
			}
			out[k].what += ", " + name
			out[k].first, out[k].last = min(out[k].first, first), max(out[k].last, last)
		}
	}
	slices.SortStableFunc(out, func(a, b sourceRow) int {
		return strings.Compare(a.dataset, b.dataset)
	})
	return out
}

// missing lists the indicators for which a region has no figure at all.
func (p *Region) missing(ctx context.Context, figures []*catalogue.Figure) []string {
	var out []string
	for _, i := range p.Figures.Indicators() {
		if !slices.ContainsFunc(figures, func(f *catalogue.Figure) bool { return f.Indicator.Code == i.Code }) {
			out = append(out, i.NameIn(locale.Code(ctx)))
		}
	}
	return out
}
