package region

import (
	"context"
	"net/http"
	"strconv"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
	"peerscape/internal/nuts"
)

// show answers one region. A code of an older version that lies whole in one
// region of the current version leads there, unless its version is asked for.
func (p *Region) show(ctx context.Context, r *http.Request) (*page.Answer, error) {
	found, moved, err := p.places.Asked(r)
	if err != nil {
		return nil, err
	}
	if moved == "" && r.URL.Query().Get("nuts") == "" {
		moved = p.heir(found)
	}
	if moved != "" {
		return &page.Answer{Redirect: moved}, nil
	}
	figures, err := p.Figures.Figures(ctx, found.ID)
	if err != nil {
		return nil, err
	}
	v, err := p.view(ctx, found, figures)
	if err != nil {
		return nil, err
	}
	v.notes = append(v.notes, p.came(ctx, r, found)...)
	return &page.Answer{
		Title: v.name, Description: locale.T(ctx, "region.about", "Region", v.name), Section: "regions",
		Crumbs: p.places.Crumbs(ctx, found, ""), Body: shown(v),
	}, nil
}

// whole is the share of its people from which on a region lies in its heir.
const whole = 0.999

// heir returns the address of the region that took in all of an older one.
func (p *Region) heir(r *nuts.Region) string {
	if after := p.places.Became(r); len(after) > 0 && after[0].OfPop >= whole {
		return p.places.Path(after[0].ID) + "?from=" + string(r.Code)
	}
	return ""
}

// came tells a reader who followed an old code why this page answers.
func (p *Region) came(ctx context.Context, r *http.Request, here *nuts.Region) []string {
	old, ok := p.places.Regions.Newest(nuts.Canonical(r.URL.Query().Get("from")))
	if !ok || old.Version == nuts.Current {
		return nil
	}
	for _, piece := range p.places.Became(old) {
		if piece.ID == here.ID {
			return []string{locale.T(ctx, "region.came", "Old", string(old.Code), "Version", strconv.Itoa(int(old.Version)), "Code", string(here.Code))}
		}
	}
	return nil
}

func (p *Region) view(ctx context.Context, r *nuts.Region, figures []*catalogue.Figure) (*view, error) {
	s, metros, err := p.setting(ctx, r)
	if err != nil {
		return nil, err
	}
	a, err := p.analyse(ctx, r)
	if err != nil {
		return nil, err
	}
	s.peers = a.own
	if a.gaps, err = p.gaps(ctx, r, byCode(figures)[leading], metros, a.paces()); err != nil {
		return nil, err
	}
	api := "/api/v1/regions/" + string(r.Code) + "/figures?version=" + strconv.Itoa(int(r.Version))
	v := &view{
		name: p.places.Name(ctx, r), head: p.statement(ctx, r, figures, s, metros), facts: p.facts(ctx, r, figures, metros),
		metro: s.metro, domains: p.domains(ctx, figures, s), analysis: a, sources: p.sources(ctx, figures), missing: p.missing(ctx, figures),
		csv: api + "&format=csv", json: api,
	}
	if r.Version != nuts.Current {
		v.notes = append(v.notes, locale.T(ctx, "region.old", "Version", strconv.Itoa(int(r.Version))))
		for _, piece := range p.places.Became(r) {
			v.successor = append(v.successor, link{
				text: locale.T(ctx, "region.share", "Name", p.places.NameOf(ctx, piece.ID), "Code", string(piece.Code), "Share", locale.From(ctx).Amount(100*piece.OfPop, 0, "percent")),
				href: p.places.Path(piece.ID),
			})
		}
	}
	for _, version := range p.places.Regions.VersionsOf(r.Code) {
		if id := (nuts.ID{Code: r.Code, Version: version}); id != r.ID && !p.places.Regions.Unchanged(id, r.ID) {
			v.versions = append(v.versions, link{text: id.String(), href: p.places.Path(id)})
		}
	}
	return v, nil
}

// setting reads the figures that stand beside a region's: those of its first
// metropolis and those of its country.
func (p *Region) setting(ctx context.Context, r *nuts.Region) (setting, []place.Metro, error) {
	s := setting{region: r}
	metros := p.places.Beside(r)
	for _, m := range metros {
		if m.Inside() {
			continue
		}
		figures, err := p.Figures.Figures(ctx, m.Compare)
		if err != nil {
			return s, nil, err
		}
		s.metro, s.beside = place.City(ctx, m.Name), byCode(figures)
		break
	}
	if r.Level > 0 {
		figures, err := p.Figures.Figures(ctx, nuts.ID{Code: r.Country, Version: r.Version})
		if err != nil {
			return s, nil, err
		}
		s.country = byCode(figures)
	}
	return s, metros, nil
}

func byCode(figures []*catalogue.Figure) map[string]*catalogue.Figure {
	out := make(map[string]*catalogue.Figure, len(figures))
	for _, f := range figures {
		out[f.Indicator.Code] = f
	}
	return out
}

// plain is the fact of a text.
func plain(term, text string) component.Fact {
	return component.Fact{Term: term, Text: texted(text)}
}
