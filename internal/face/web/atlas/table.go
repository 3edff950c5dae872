package atlas

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/page"
)

// tableView is the table of every value of a map.
type tableView struct {
	title, source, csv, back string
	unit                     string
	byName, byValue          string // addresses of the two orders
	sorted                   string // "name" or "value"
	rows                     []tableRow
}

type tableRow struct {
	name, href, code, country, value, valueHref string
	flags                                       []component.Flag
	sort                                        float64
}

// table answers every value of a map as a table, by name or by value.
func (a *Atlas) table(ctx context.Context, r *http.Request) (*page.Answer, error) {
	q, err := a.parse(r)
	if err != nil {
		return nil, err
	}
	m, err := a.read(ctx, q)
	if err != nil {
		return nil, err
	}
	v := a.tableView(ctx, m, r.URL.Query().Get("sort"))
	return &page.Answer{
		Title: v.title, Section: "atlas", Body: tabled(v),
		Crumbs: []component.Crumb{{Text: locale.T(ctx, "nav.atlas"), Href: v.back}, {Text: locale.T(ctx, "table.crumb")}},
	}, nil
}

func (a *Atlas) tableView(ctx context.Context, m *catalogue.Map, order string) *tableView {
	name := m.Indicator.NameIn(locale.Code(ctx))
	v := &tableView{
		title: locale.T(ctx, "table.title", "Indicator", name, "Year", figure.Period(m.Period)), source: sourceLine(ctx, m),
		csv: address("/api/v1/values", m, "format", "csv", "period", m.Period.String()), back: address("/", m), unit: figure.Unit(ctx, m.Indicator),
		byName: address("/atlas/table", m, "sort", "name"), byValue: address("/atlas/table", m, "sort", "value"), sorted: order,
	}
	if order != "value" {
		v.sorted = "name"
	}
	for _, x := range m.Values {
		row := tableRow{
			name: a.places.Name(ctx, x.Region), href: a.places.Path(x.Region.ID), code: string(x.Region.Code), country: a.places.Country(ctx, x.Region.Country),
			value: figure.Plain(ctx, m.Indicator, x.Value), valueHref: a.places.IndicatorPath(x.Region.ID, m.Indicator.Code),
			flags: figure.Letters(ctx, x.Flags), sort: x.Value,
		}
		if x.Basis == catalogue.Converted {
			row.flags = append(row.flags, component.Flag{Text: locale.T(ctx, "map.estimate")})
		}
		v.rows = append(v.rows, row)
	}
	tag, _ := language.Parse(locale.Code(ctx))
	names := collate.New(tag)
	slices.SortStableFunc(v.rows, func(x, y tableRow) int {
		if v.sorted == "value" {
			return byValue(x.sort, y.sort)
		}
		return names.CompareString(x.name, y.name)
	})
	return v
}

// byValue orders from high to low, absent values last.
func byValue(x, y float64) int {
	switch {
	case math.IsNaN(x) && math.IsNaN(y):
		return 0
	case math.IsNaN(x):
		return 1
	case math.IsNaN(y):
		return -1
	case x > y:
		return -1
	case x < y:
		return 1
	}
	return 0
}

// order is the aria-sort of a column.
func (v *tableView) order(column, direction string) string {
	if v.sorted == column {
		return direction
	}
	return "none"
}

// label names the scrolling table for readers who do not see its border.
func (v *tableView) label() string {
	return strings.TrimSpace(v.title + " (" + strconv.Itoa(len(v.rows)) + ")")
}
