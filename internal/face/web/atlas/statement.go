package atlas

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/place"
	"peerscape/internal/stats"
)

// distance is a pair in its last common period.
type distance struct {
	*beside
	pair
	a, b float64
}

// latest lists the pairs in which the region's own figure counts: one that was
// inherited from a wider region says nothing of the region.
func latest(all []beside) []distance {
	var out []distance
	for i := range all {
		b := &all[i]
		if b.own == nil || b.own.Basis == catalogue.Inherited && !b.own.Same {
			continue
		}
		for _, p := range b.pairs {
			if p.other.Basis == catalogue.Inherited && !p.other.Same {
				continue
			}
			d := distance{beside: b, pair: p}
			d.a, d.b = p.at(b.own, p.last)
			out = append(out, d)
		}
	}
	return out
}

// finding is the sentence over the map: how many partner regions lie below, or
// above, a metropolis beside them; without partner regions, where the middle
// half of all regions lies.
func finding(ctx context.Context, m *catalogue.Map, ds []distance) string {
	i := m.Indicator
	below, above := map[*beside]bool{}, map[*beside]bool{}
	for _, d := range ds {
		switch {
		case d.a < d.b:
			below[d.beside] = true
		case d.a > d.b:
			above[d.beside] = true
		}
	}
	n, side := len(below), "below"
	if len(above) > n {
		n, side = len(above), "above"
	}
	if n == 0 {
		return middle(ctx, m)
	}
	r := locale.From(ctx)
	args := []any{"Word", r.Word(n), "Indicator", i.ShortIn(locale.Code(ctx))}
	special := "finding." + i.Code + "-" + side
	if s := r.N(special, n, args...); s != special {
		return s
	}
	return r.N("finding."+side, n, args...)
}

// middle says between which values half of the regions lie.
func middle(ctx context.Context, m *catalogue.Map) string {
	var values []float64
	for _, v := range m.Values {
		if !math.IsNaN(v.Value) {
			values = append(values, v.Value)
		}
	}
	name := m.Indicator.NameIn(locale.Code(ctx))
	if len(values) < 4 {
		return name
	}
	slices.Sort(values)
	return locale.T(
		ctx, "finding.middle", "Indicator", name,
		"Low", figure.Value(ctx, m.Indicator, chart.Quantile(values, 0.25)), "High", figure.Value(ctx, m.Indicator, chart.Quantile(values, 0.75)),
	)
}

// lead tells the two widest distances of two partner regions, and which
// partner has its metropolis inside. Clauses without figures are left out.
func (a *Atlas) lead(ctx context.Context, ds []distance, all []beside) templ.Component {
	slices.SortStableFunc(ds, func(x, y distance) int {
		switch dx, dy := math.Abs(x.a-x.b), math.Abs(y.a-y.b); {
		case dx > dy:
			return -1
		case dx < dy:
			return 1
		}
		return 0
	})
	var parts []templ.Component
	told := map[*beside]bool{}
	for _, d := range ds {
		if len(told) == 2 || told[d.beside] {
			continue
		}
		told[d.beside] = true
		amount := func(v float64) locale.HTML { return locale.Bold(figure.Value(ctx, d.own.Indicator, v)) }
		parts = append(parts, locale.Rich(
			ctx, "lead.pair", "Region", a.places.Name(ctx, d.Region), "Value", amount(d.a),
			"Metro", place.City(ctx, d.metro.Name), "Other", amount(d.b), "Year", figure.Period(d.last),
		))
	}
	if len(parts) > 0 {
		for _, b := range all {
			if len(b.Metros) > 0 && b.Metros[0].Inside() {
				parts = append(parts, locale.Rich(ctx, "lead.inside", "Region", a.places.Name(ctx, b.Region)))
			}
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return spaced(parts)
}

// told writes what stands under a panel's name: where the region lies, how far
// below or above it is now, and how far it was at first.
func (a *Atlas) told(ctx context.Context, b beside) string {
	if len(b.pairs) == 0 {
		if len(b.Metros) > 0 && b.Metros[0].Inside() {
			return locale.T(ctx, "gap.inside")
		}
		return figure.Span(b.own)
	}
	p := b.pairs[0]
	now, other := p.at(b.own, p.last)
	was, otherWas := p.at(b.own, p.first)
	key := "gap." + side(now, other)
	args := []any{
		"How", locale.T(ctx, "beside."+string(p.metro.Kind), "Metro", place.City(ctx, p.metro.Name)),
		"Now", figure.Difference(ctx, b.own.Indicator, now-other), "Year", figure.Period(p.last),
	}
	if p.first == p.last || side(was, otherWas) == "level" {
		return locale.T(ctx, key, args...)
	}
	if side(was, otherWas) != side(now, other) {
		key += "-turned"
	} else {
		key += "-since"
	}
	return locale.T(ctx, key, append(args, "Was", figure.Difference(ctx, b.own.Indicator, was-otherWas), "FirstYear", figure.Period(p.first))...)
}

func side(a, b float64) string {
	switch {
	case a < b:
		return "below"
	case a > b:
		return "above"
	}
	return "level"
}

// sourceLine names what the map shows: "… Eurostat nama_10r_2gdp, NUTS 2, 250
// regions".
func sourceLine(ctx context.Context, m *catalogue.Map) string {
	n := 0
	for _, v := range m.Values {
		if !math.IsNaN(v.Value) {
			n++
		}
	}
	return locale.N(
		ctx, "map.source", n, "Indicator", measured(ctx, m.Indicator), "Year", figure.Period(m.Period),
		"Publisher", m.Origin.Publisher, "Dataset", figure.Datasets(m.Origin), "Level", strconv.Itoa(m.Level),
	)
}

// measured names an indicator with its unit, once.
func measured(ctx context.Context, i *catalogue.Indicator) string {
	name, unit := i.NameIn(locale.Code(ctx)), figure.Unit(ctx, i)
	if strings.Contains(name, unit) {
		return name
	}
	return name + ", " + unit
}

// gapSource names the series of the panels: indicator, datasets with their
// states, span.
func gapSource(ctx context.Context, all []beside) string {
	var sources []string
	var name string
	first, last := stats.Period(math.MaxInt32), stats.Period(0)
	add := func(f *catalogue.Figure) {
		for _, o := range figure.Published(f.Origin) {
			s := locale.T(ctx, "gap.release", "Dataset", o.Dataset, "Vintage", o.Vintage.Label)
			if !slices.Contains(sources, s) {
				sources = append(sources, s)
			}
		}
		name = f.Indicator.NameIn(locale.Code(ctx))
		first, last = min(first, f.Points[0].Period), max(last, f.Latest().Period)
	}
	for _, b := range all {
		if b.own == nil {
			continue
		}
		add(b.own)
		for _, p := range b.pairs {
			add(p.other)
		}
	}
	if name == "" {
		return ""
	}
	return locale.T(ctx, "gap.source", "Indicator", name, "First", figure.Period(first), "Last", figure.Period(last), "Sources", locale.List(ctx, sources))
}
