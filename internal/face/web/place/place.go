// Package place writes regions for a reader: names, addresses, the way to a
// page, types in words, the story of a code, and the metropolis beside.
//
// It decides nothing about figures. Start with Gazetteer.
package place

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/nuts"
)

// Gazetteer knows how regions are called.
type Gazetteer struct {
	Regions   *nuts.Nomenclature
	countries map[nuts.Code]map[string]string // code → language → name
	partners  []Partner
}

// Open reads the names of countries: a table with the columns code and one for
// each language.
func Open(regions *nuts.Nomenclature, countries io.Reader) (*Gazetteer, error) {
	rows, err := csv.NewReader(countries).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the names of countries: %w", err)
	}
	g := &Gazetteer{Regions: regions, countries: map[nuts.Code]map[string]string{}}
	for _, row := range rows[1:] {
		names := map[string]string{}
		for i, lang := range rows[0][1:] {
			names[lang] = row[i+1]
		}
		g.countries[nuts.Code(row[0])] = names
	}
	g.partners = partners(regions)
	return g, nil
}

// Country returns a country's name in the reader's language, else its code.
func (g *Gazetteer) Country(ctx context.Context, code nuts.Code) string {
	if name := g.countries[code][locale.Code(ctx)]; name != "" {
		return name
	}
	return string(code)
}

// Name returns a region's name: countries in the reader's language, others as
// they call themselves, in Latin letters.
func (g *Gazetteer) Name(ctx context.Context, r *nuts.Region) string {
	if r.Level == 0 {
		return g.Country(ctx, r.Code)
	}
	return r.Name
}

// NameOf returns the name of a region by id, or the id where it is not known.
func (g *Gazetteer) NameOf(ctx context.Context, id nuts.ID) string {
	if r, ok := g.Regions.Region(id); ok {
		return g.Name(ctx, r)
	}
	return id.String()
}

// Path returns the address of a region's page. The version is named where the
// code's newest version is another one.
func (g *Gazetteer) Path(id nuts.ID) string {
	p := "/regions/" + url.PathEscape(string(id.Code))
	if r, ok := g.Regions.Newest(id.Code); !ok || r.Version != id.Version || r.Version != nuts.Current {
		p += "?nuts=" + strconv.Itoa(int(id.Version))
	}
	return p
}

// IndicatorPath returns the address of one figure of a region.
func (g *Gazetteer) IndicatorPath(id nuts.ID, indicator string) string {
	path, query, _ := strings.Cut(g.Path(id), "?")
	path += "/indicators/" + url.PathEscape(indicator)
	if query != "" {
		path += "?" + query
	}
	return path
}

// Ancestors returns the regions that contain r, the country first.
func (g *Gazetteer) Ancestors(r *nuts.Region) []*nuts.Region {
	var up []*nuts.Region
	for r.Parent != "" {
		p, ok := g.Regions.Region(nuts.ID{Code: r.Parent, Version: r.Version})
		if !ok {
			break
		}
		up = append([]*nuts.Region{p}, up...)
		r = p
	}
	return up
}

// At returns the region of the level that contains r, or r itself; nil where r
// is of a higher level.
func (g *Gazetteer) At(r *nuts.Region, level int) *nuts.Region {
	if r.Level == level {
		return r
	}
	for _, a := range g.Ancestors(r) {
		if a.Level == level {
			return a
		}
	}
	return nil
}

// Crumbs returns the way to a region's page: country and NUTS 2 lead to NUTS 3;
// NUTS 1 is left out, it seldom has a name that people use.
func (g *Gazetteer) Crumbs(ctx context.Context, r *nuts.Region, last string) []component.Crumb {
	out := []component.Crumb{{Text: locale.T(ctx, "nav.regions"), Href: "/regions"}}
	for _, a := range g.Ancestors(r) {
		if a.Level != 1 {
			out = append(out, component.Crumb{Text: g.Name(ctx, a), Href: g.Path(a.ID)})
		}
	}
	if last == "" {
		return append(out, component.Crumb{Text: g.Name(ctx, r)})
	}
	return append(out, component.Crumb{Text: g.Name(ctx, r), Href: g.Path(r.ID)}, component.Crumb{Text: last})
}

// Type returns a region's classes in words, "" where it has none.
func (g *Gazetteer) Type(ctx context.Context, r *nuts.Region) string {
	var words []string
	if r.Urban != 0 {
		words = append(words, locale.T(ctx, "urban."+strconv.Itoa(int(r.Urban))))
	}
	if r.Coast == nuts.OnTheCoast || r.Coast == nuts.NearCoast || r.Coast == nuts.CoastalFlag {
		words = append(words, locale.T(ctx, "type.coast"))
	}
	if r.Mountain != 0 && r.Mountain != nuts.NotMountain {
		words = append(words, locale.T(ctx, "type.mountain"))
	}
	return strings.Join(words, ", ")
}

// LevelName returns "NUTS 2", or the word for a country.
func LevelName(ctx context.Context, level int) string {
	if level == 0 {
		return locale.T(ctx, "level.country")
	}
	return "NUTS " + strconv.Itoa(level)
}

// members are the countries of the European Union.
const members = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"

// Member reports whether a country belongs to the European Union.
func Member(country nuts.Code) bool { return strings.Contains(members, string(country)) }
