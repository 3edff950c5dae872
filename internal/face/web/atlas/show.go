package atlas

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/nuts"
)

// show answers the first page; a change of indicator, year or level replaces
// the part "atlas" alone.
func (a *Atlas) show(ctx context.Context, r *http.Request) (*page.Answer, error) {
	q, err := a.parse(r)
	if err != nil {
		return nil, err
	}
	m, err := a.read(ctx, q)
	if err != nil {
		return nil, err
	}
	v, err := a.view(ctx, m)
	if err != nil {
		return nil, err
	}
	return &page.Answer{
		Title: locale.T(ctx, "atlas.title", "Indicator", m.Indicator.ShortIn(locale.Code(ctx))), Description: locale.T(ctx, "atlas.about"),
		Section: "atlas", Body: shown(v), Fragment: true,
	}, nil
}

func (a *Atlas) view(ctx context.Context, m *catalogue.Map) (*view, error) {
	all, err := a.besides(ctx, m.Indicator)
	if err != nil {
		return nil, err
	}
	datasets, err := a.Figures.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	ds := latest(all)
	title := finding(ctx, m, ds)
	lim := limits(m)
	d := a.draw(ctx, m, lim)
	d.label(a.ground.layout(ctx, m.Level).circles)
	d.alt = locale.N(ctx, "map.alt", len(m.Values), "Indicator", m.Indicator.NameIn(locale.Code(ctx)), "Year", m.Period.String())
	return &view{
		level: m.Level, head: component.Head{Title: plain(title), Lead: a.lead(ctx, ds, all)},
		indicators: indicatorsOf(ctx, a.Figures.Indicators(), datasets, m.Indicator.Code), years: yearsOf(ctx, m), levels: a.levelsOf(ctx, m),
		scale: component.Scale{Labels: classLabels(ctx, m.Indicator, lim)}, missing: len(d.dots[0]) > 0, partners: len(d.own) > 0,
		source: sourceLine(ctx, m),
		table:  address("/atlas/table", m), csv: address("/api/v1/values", m, "format", "csv", "period", m.Period.String()), readings: address("/atlas/values.json", m),
		drawing: d, panels: a.panels(ctx, all), gapSource: gapSource(ctx, all), counts: a.counts(ctx, datasets),
	}, nil
}

// plain is a text as a component.
func plain(s string) templ.Component { return templ.Raw(templ.EscapeString(s)) }

// counts numbers what is here, each with the list that it was counted from.
func (a *Atlas) counts(ctx context.Context, datasets []catalogue.Dataset) []count {
	values := 0
	for _, d := range datasets {
		for _, v := range d.Vintages {
			if v.Current {
				values += v.Values
			}
		}
	}
	regions := len(a.places.Regions.Regions(nuts.Current, 3))
	n := func(key string, count int) string { return locale.N(ctx, key, count) }
	return []count{
		{n("count.regions", regions), locale.T(ctx, "count.regions-note"), "/regions"},
		{n("count.indicators", len(a.Figures.Indicators())), locale.T(ctx, "count.indicators-note"), "/indicators"},
		{n("count.datasets", len(datasets)), locale.T(ctx, "count.datasets-note"), "/sources"},
		{n("count.values", values), locale.T(ctx, "count.values-note"), "/sources"},
	}
}
