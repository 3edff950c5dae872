package indicator

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
)

// listView is all indicators by domain.
type listView struct {
	title   string
	domains []domain
}

type domain struct {
	id, name string
	rows     []listRow
}

type listRow struct {
	code, name, unit, level, reads, note string
	years                                string
	ends                                 string // the publisher stopped, and what follows
	mapHref                              string
	datasets                             []string
	formula                              string
	available                            bool
}

// list answers what is measured, by domain.
func (p *Indicator) list(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	datasets, err := p.Figures.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	imported := map[string]bool{}
	for _, d := range datasets {
		imported[d.Code] = true
	}
	all := p.Figures.Indicators()
	have := page.Available(all, datasets)
	v := &listView{title: locale.N(ctx, "indicators.title", len(all))}
	at := map[string]int{}
	for _, i := range all {
		n, ok := at[i.Domain]
		if !ok {
			n = len(v.domains)
			at[i.Domain] = n
			v.domains = append(v.domains, domain{id: i.Domain, name: locale.T(ctx, "domain."+i.Domain)})
		}
		v.domains[n].rows = append(v.domains[n].rows, p.listRow(ctx, i, imported, have[i.Code]))
	}
	return &page.Answer{Title: locale.T(ctx, "nav.indicators"), Section: "indicators", Body: listed(v)}, nil
}

func (p *Indicator) listRow(ctx context.Context, i *catalogue.Indicator, imported map[string]bool, available bool) listRow {
	r := listRow{
		code: i.Code, name: i.NameIn(locale.Code(ctx)), unit: figure.Unit(ctx, i), level: place.LevelName(ctx, i.Level),
		reads: locale.T(ctx, "direction."+string(i.Direction)), available: available,
	}
	if i.First > 0 && i.Last > 0 {
		r.years = strconv.Itoa(i.First)
		if i.Last > i.First {
			r.years += "–" + strconv.Itoa(i.Last)
		}
	}
	if i.Ends {
		r.ends = locale.T(ctx, "indicators.ends", "Year", strconv.Itoa(i.Last))
		if next, err := p.Figures.Indicator(i.Successor); i.Successor != "" && err == nil {
			r.ends = locale.T(ctx, "indicators.succeeded", "Year", strconv.Itoa(i.Last), "Name", next.NameIn(locale.Code(ctx)))
		}
	}
	for _, s := range i.Sources {
		if imported[s.Dataset] && !slices.Contains(r.datasets, s.Dataset) {
			r.datasets = append(r.datasets, s.Dataset)
		}
	}
	if d := i.Derived; d != nil {
		r.formula = p.formula(ctx, d)
	}
	if i.Level >= 2 && available && p.mapped(ctx, i.Code, 2) {
		r.mapHref = "/?indicator=" + i.Code
	}
	r.note = i.Note[locale.Code(ctx)]
	return r
}

// mapped reports whether the atlas can show an indicator at a level: one that few
// regions have a value of is on no map.
func (p *Indicator) mapped(ctx context.Context, code string, level int) bool {
	_, err := p.Figures.Map(ctx, code, level, 0)
	return err == nil
}

// formula says from which indicators a derived one is computed.
func (p *Indicator) formula(ctx context.Context, d *catalogue.Derived) string {
	name := func(code string) string {
		if i, err := p.Figures.Indicator(code); err == nil {
			return i.ShortIn(locale.Code(ctx))
		}
		return code
	}
	switch {
	case d.Kind == "gap":
		return locale.T(ctx, "formula.gap", "Name", name(d.Numerator))
	case d.Kind == "change":
		return locale.N(ctx, "formula.change", d.Years, "Name", name(d.Numerator))
	case d.Denominator != "":
		return strings.TrimSpace(name(d.Numerator) + " / " + name(d.Denominator))
	}
	return name(d.Numerator)
}

func datasetHref(code string) string { return "/sources/" + code }

func section(d domain) component.Part { return component.Part{ID: d.id, Title: d.name} }
