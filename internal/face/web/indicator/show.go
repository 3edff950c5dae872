package indicator

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// view is one indicator of one region.
type view struct {
	head      component.Head
	flags     []component.Flag
	finding   string
	unit      string
	chart     string // SVG
	heads     []string
	rows      []valueRow
	csv, json string
	mapHref   string
	notes     []string
	trail     []component.Fact
	parts     []trailPart // of a derived indicator
}

// valueRow is one period in the table: the region's value with its flags, then
// those of the lines beside.
type valueRow struct {
	period string
	value  string
	flags  []component.Flag
	others []string
}

// show answers one figure with its series and where it comes from.
func (p *Indicator) show(ctx context.Context, r *http.Request) (*page.Answer, error) {
	region, moved, err := p.places.Asked(r)
	if err != nil {
		return nil, err
	}
	code := r.PathValue("indicator")
	if moved != "" {
		return &page.Answer{Redirect: p.places.IndicatorPath(region.ID, code)}, nil
	}
	f, err := p.Figures.Figure(ctx, region.ID, code)
	if err != nil {
		return nil, err
	}
	beside, err := p.beside(ctx, region, f)
	if err != nil {
		return nil, err
	}
	v := p.view(ctx, region, f, beside)
	if err := p.trail(ctx, v, f); err != nil {
		return nil, err
	}
	name := f.Indicator.NameIn(locale.Code(ctx))
	return &page.Answer{
		Title:   locale.T(ctx, "indicator.title", "Indicator", name, "Region", p.places.Name(ctx, region)),
		Section: "regions", Crumbs: p.places.Crumbs(ctx, region, f.Indicator.ShortIn(locale.Code(ctx))), Body: shown(v),
	}, nil
}

func (p *Indicator) view(ctx context.Context, r *nuts.Region, f *catalogue.Figure, others []line) *view {
	i, last := f.Indicator, f.Latest()
	name := i.NameIn(locale.Code(ctx))
	api := "/api/v1/regions/" + url.PathEscape(string(r.Code)) + "/figures/" + url.PathEscape(i.Code) + "?version=" + strconv.Itoa(int(r.Version))
	v := &view{
		head: component.Head{
			Title: text(locale.T(ctx, "indicator.statement", "Region", p.places.Name(ctx, r), "Indicator", name, "Value", figure.Value(ctx, i, last.Value), "Year", figure.Period(last.Period))),
			Lead:  text(figure.Told(ctx, f)), Source: p.teller.Source(ctx, f, last),
		},
		flags: p.teller.Flags(ctx, f, last), unit: figure.Unit(ctx, i), finding: name,
		chart: p.plot(ctx, r, f, others), csv: api + "&format=csv", json: api,
	}
	if level := min(max(r.Level, 2), i.Level); r.Level >= 2 && i.Level >= 2 && p.mapped(ctx, i.Code, level) {
		v.mapHref = "/?indicator=" + i.Code + "&level=" + strconv.Itoa(level)
	}
	for _, b := range f.Breaks {
		v.notes = append(v.notes, p.breakNote(ctx, b))
	}
	if note := i.Note[locale.Code(ctx)]; note != "" {
		v.notes = append(v.notes, note)
	}
	v.heads = append(v.heads, p.places.Name(ctx, r))
	for _, o := range others {
		v.heads = append(v.heads, o.name)
	}
	for k := len(f.Points) - 1; k >= 0; k-- {
		pt := f.Points[k]
		row := valueRow{period: figure.Period(pt.Period), value: figure.Plain(ctx, i, pt.Value), flags: figure.Letters(ctx, pt.Flags)}
		if pt.Estimated {
			row.flags = append(row.flags, component.Flag{Text: locale.T(ctx, "map.estimate")})
		}
		for _, o := range others {
			at, ok := o.figure.At(pt.Period)
			if !ok {
				at.Value = math.NaN()
			}
			row.others = append(row.others, figure.Plain(ctx, i, at.Value))
		}
		v.rows = append(v.rows, row)
	}
	return v
}

func (p *Indicator) breakNote(ctx context.Context, b catalogue.Break) string {
	year := figure.Period(b.Period)
	r := locale.From(ctx)
	switch {
	case b.Reason != "territory":
		return locale.T(ctx, "break.flag", "Year", year)
	case b.Area == 0:
		return locale.T(ctx, "break.territory", "Year", year)
	}
	return locale.T(ctx, "break.area", "Year", year, "Area", r.Signed(math.Round(b.Area), 0), "People", r.Signed(math.Round(b.People), 0))
}

// line is a figure beside the region's.
type line struct {
	figure *catalogue.Figure
	name   string
	metro  bool
}

// beside reads the figures of the metropolis and of the country. One that does
// not exist, or that is the same region's value, is left out.
func (p *Indicator) beside(ctx context.Context, r *nuts.Region, own *catalogue.Figure) ([]line, error) {
	var out []line
	add := func(id nuts.ID, name string, metro bool) error {
		f, err := p.Figures.Figure(ctx, id, own.Indicator.Code)
		if err != nil {
			if fault.KindOf(err) == fault.Missing {
				return nil
			}
			return err
		}
		if f.Of != own.Of {
			out = append(out, line{f, name, metro})
		}
		return nil
	}
	for _, m := range p.places.Beside(r) {
		if m.Inside() {
			continue
		}
		if err := add(m.Compare, place.City(ctx, m.Name), true); err != nil {
			return nil, err
		}
		break
	}
	// A country's total is of another size; its rates can be compared.
	if r.Level > 0 && !figure.Total(own.Indicator) {
		if err := add(nuts.ID{Code: r.Country, Version: r.Version}, p.places.Country(ctx, r.Country), false); err != nil {
			return nil, err
		}
	}
	return out, nil
}
