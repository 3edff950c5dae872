package source

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
)

// view is one dataset.
type view struct {
	code, title string
	lead        string
	facts       []component.Fact
	vintages    []vintageRow
	dimensions  []dimension
	uses        []use
}

type vintageRow struct {
	catalogue.Vintage
	updated, retrieved string
	series, values     string
}

type dimension struct {
	id    string   // in words, with the id
	codes []string // with their meaning
	more  int      // codes that are not listed
}

// use is an indicator that reads the dataset.
type use struct{ name, href string }

// show answers one dataset: licence, states, coverage, dimensions, and the
// indicators that read it.
func (s *Source) show(ctx context.Context, r *http.Request) (*page.Answer, error) {
	d, err := s.Figures.Dataset(ctx, r.PathValue("dataset"))
	if err != nil {
		return nil, err
	}
	v := s.view(ctx, d)
	return &page.Answer{
		Title: d.Code, Body: shown(v),
		Crumbs: []component.Crumb{{Text: locale.T(ctx, "nav.sources"), Href: "/sources"}, {Text: d.Code}},
	}, nil
}

func (s *Source) view(ctx context.Context, d *catalogue.Dataset) *view {
	v := &view{code: d.Code, title: d.Title}
	if v.title == "" {
		v.title = d.Code
	}
	now := d.Current()
	v.lead = locale.N(
		ctx, "sources.lead", now.Values, "Code", d.Code, "First", d.Structure.Coverage.First.String(), "Last", d.Structure.Coverage.Last.String(),
		"Series", locale.Number(ctx, float64(now.Series), 0),
	)
	v.facts = s.facts(ctx, d)
	for _, x := range d.Vintages {
		row := vintageRow{Vintage: x, series: locale.Number(ctx, float64(x.Series), 0), values: locale.Number(ctx, float64(x.Values), 0)}
		row.updated, row.retrieved = locale.From(ctx).Date(x.Updated), locale.From(ctx).Date(x.Retrieved)
		v.vintages = append(v.vintages, row)
	}
	for _, x := range d.Structure.Dimensions {
		v.dimensions = append(v.dimensions, listedCodes(ctx, x))
	}
	for _, i := range s.Figures.Indicators() {
		if slices.ContainsFunc(i.Sources, func(x catalogue.Source) bool { return x.Dataset == d.Code }) {
			v.uses = append(v.uses, use{i.NameIn(locale.Code(ctx)), "/indicators#" + i.Code})
		}
	}
	return v
}

func (s *Source) facts(ctx context.Context, d *catalogue.Dataset) []component.Fact {
	fact := func(key, value string) component.Fact {
		return component.Fact{Term: locale.T(ctx, key), Text: texted(value)}
	}
	out := []component.Fact{
		fact("sources.publisher", d.Publisher), fact("trail.licence", d.Licence), fact("source.release", d.Current().Label),
		fact("trail.nuts", "NUTS "+strconv.Itoa(int(d.Current().NUTS))),
	}
	c := d.Structure.Coverage
	var levels []string
	for level, n := range c.Levels {
		if n > 0 {
			levels = append(levels, locale.N(ctx, "sources.covers", n, "Level", place.LevelName(ctx, level)))
		}
	}
	out = append(out, component.Fact{Term: locale.T(ctx, "sources.coverage"), Text: lines(levels)})
	if d.Link != "" {
		out = append(out, component.Fact{Term: locale.T(ctx, "trail.publisher"), Text: outside(d.Publisher, d.Link)})
	}
	return out
}

// shownCodes is how many codes of a dimension are listed.
const shownCodes = 30

func listedCodes(ctx context.Context, d catalogue.Dimension) dimension {
	out := dimension{id: figure.Dimension(ctx, d.ID)}
	if out.id != d.ID {
		out.id += " (" + d.ID + ")"
	}
	for i, c := range d.Codes {
		if i == shownCodes {
			out.more = len(d.Codes) - shownCodes
			break
		}
		if word := figure.Code(ctx, d.ID, c, d.Labels[c]); word != "" {
			c += ", " + word
		}
		out.codes = append(out.codes, c)
	}
	return out
}
