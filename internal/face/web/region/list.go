package region

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// listView is the list of countries, or of one country's regions.
type listView struct {
	title     string
	country   string
	countries []countryRow
	levels    []link // choices of a level; the chosen one has no address
	regions   []regionRow
}

type countryRow struct {
	name, href string
	code       string
	counts     [4]int
}

type regionRow struct {
	name, href, code, kind string
	level                  int
	depth                  string // class of the indent
}

// list answers the countries, and with ?country=FI the regions of one, of one
// level with &level=3.
func (p *Region) list(ctx context.Context, r *http.Request) (*page.Answer, error) {
	if code := nuts.Canonical(r.URL.Query().Get("country")); code != "" {
		return p.country(ctx, code, r.URL.Query().Get("level"))
	}
	v := &listView{}
	total := 0
	for _, c := range p.places.Regions.Regions(nuts.Current, 0) {
		row := countryRow{name: p.places.Name(ctx, c), code: string(c.Code), href: "/regions?country=" + string(c.Code)}
		v.countries = append(v.countries, row)
	}
	for level := 1; level <= 3; level++ {
		for _, x := range p.places.Regions.Regions(nuts.Current, level) {
			k := slices.IndexFunc(v.countries, func(c countryRow) bool { return c.code == string(x.Country) })
			if k >= 0 {
				v.countries[k].counts[level]++
			}
		}
	}
	for _, c := range v.countries {
		total += c.counts[3]
	}
	tag, _ := language.Parse(locale.Code(ctx))
	names := collate.New(tag)
	slices.SortFunc(v.countries, func(a, b countryRow) int { return names.CompareString(a.name, b.name) })
	v.title = locale.N(ctx, "list.title", total, "Countries", strconv.Itoa(len(v.countries)))
	return &page.Answer{Title: locale.T(ctx, "nav.regions"), Section: "regions", Body: listed(v)}, nil
}

func (p *Region) country(ctx context.Context, code nuts.Code, level string) (*page.Answer, error) {
	c, ok := p.places.Regions.Region(nuts.ID{Code: code, Version: nuts.Current})
	if !ok || c.Level != 0 {
		return nil, fault.New(fault.Missing, "region.country", "%q is not the code of a country", code).With("code", string(code)).
			Do("Choose a country from the list of regions")
	}
	v := &listView{country: p.places.Name(ctx, c)}
	only, err := strconv.Atoi(level)
	if err != nil || only < 1 || only > 3 {
		only = 0
	}
	base := "/regions?country=" + string(code)
	v.levels = append(v.levels, choice(locale.T(ctx, "list.all"), base, only == 0))
	for l := 1; l <= 3; l++ {
		v.levels = append(v.levels, choice(place.LevelName(ctx, l), base+"&level="+strconv.Itoa(l), only == l))
	}
	for _, x := range p.places.Regions.Regions(nuts.Current, -1) {
		if x.Country != code || only > 0 && x.Level != only {
			continue
		}
		row := regionRow{name: p.places.Name(ctx, x), code: string(x.Code), href: p.places.Path(x.ID), level: x.Level, kind: p.places.Type(ctx, x), depth: "d" + strconv.Itoa(x.Level)}
		if only > 0 {
			row.depth = ""
		}
		v.regions = append(v.regions, row)
	}
	v.title = locale.N(ctx, "list.country", len(v.regions), "Country", v.country)
	return &page.Answer{
		Title: v.country, Section: "regions", Body: listed(v),
		Crumbs: []component.Crumb{{Text: locale.T(ctx, "nav.regions"), Href: "/regions"}, {Text: v.country}},
	}, nil
}

func choice(text, href string, chosen bool) link {
	if chosen {
		return link{text: text}
	}
	return link{text, href}
}
