package partnership

import (
	"context"
	"net/http"
	"slices"
	"time"

	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
	"peerscape/internal/nuts"
)

// showView is a partnership as one reader sees it.
type showView struct {
	p          *exchange.Partnership
	today      string
	edits      bool // she may change the whole
	mayEdit    func(exchange.Part) bool
	files      bool // the installation takes files
	translates bool
	regions    map[string][]regionLink // by partner
	themes     []string
	names      map[string]string // of people in stakeholder groups, by account
	missing    []string          // steps of the set-up that are open
}

// regionLink is a region of a partner.
type regionLink struct {
	name, href, code string
	focus            bool
	former           string // the code of the partnership's time, where that is another
	beside           string // the metropolises that it lies beside
}

func (s *Pages) show(ctx context.Context, r *http.Request) (*page.Answer, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return nil, err
	}
	a := page.Actor(ctx)
	v := &showView{p: p, today: s.Now().UTC().Format(time.DateOnly), regions: map[string][]regionLink{}}
	v.edits = a.Can(people.EditPartnership, people.Object{Partnership: p.ID})
	v.mayEdit = func(x exchange.Part) bool { return s.register.Allowed(a, p, x) == nil }
	v.translates = a.Can(people.TranslateContent, people.Object{Partnership: p.ID})
	var members []string
	for _, g := range p.Groups() {
		for _, m := range g.Members {
			members = append(members, m.Account)
		}
	}
	if v.names, err = s.people.Names(ctx, members); err != nil {
		return nil, err
	}
	for _, x := range p.Partners() {
		for _, t := range x.Regions {
			v.regions[x.ID] = append(v.regions[x.ID], s.regionLink(ctx, t, p.Profile().From.First()))
		}
	}
	for _, code := range p.Profile().Themes {
		for _, t := range s.register.Themes {
			if t.Code == code {
				v.themes = append(v.themes, t.Label(locale.Code(ctx)))
			}
		}
	}
	if v.edits {
		v.missing = unfinished(p)
	}
	v.files = s.files
	profile := p.Profile()
	answer := &page.Answer{
		Title: profile.Short, Description: said(ctx, profile.Title).Value, Section: "partnerships", Crumbs: crumbs(ctx, p), Body: showPage(v),
	}
	if p.Public {
		answer.Feed = path(p) + "/feed.atom"
	}
	return answer, nil
}

// unfinished lists the steps of the set-up that have nothing yet.
func unfinished(p *exchange.Partnership) []string {
	var out []string
	if len(p.Partners()) == 0 {
		out = append(out, "partners")
	}
	if len(p.Instruments()) == 0 {
		out = append(out, "instruments")
	}
	return out
}

// inForce is the last day on which figures were asked for in a NUTS version, by the
// regulations that amended it.
var inForce = map[nuts.Version]string{2013: "2017-12-31", 2016: "2020-12-31", 2021: "2023-12-31"}

func (s *Pages) regionLink(ctx context.Context, t exchange.Territory, began string) regionLink {
	id := nuts.ID{Code: s.register.Today(t), Version: nuts.Current}
	l := regionLink{name: s.places.NameOf(ctx, id), href: s.places.Path(id), code: string(id.Code), focus: t.Focus}
	if r, ok := s.Regions.Region(id); ok {
		var cities []string
		for _, m := range s.places.Beside(r) {
			if m.Kind != nuts.Inside {
				cities = append(cities, place.City(ctx, m.Name))
			}
		}
		if len(cities) > 0 {
			l.beside = locale.T(ctx, "partnership.beside", "Cities", locale.List(ctx, cities))
		}
	}
	// The code that the territory had while the partnership ran.
	for _, v := range slices.Backward(nuts.Versions[:]) {
		if v == nuts.Current || began > inForce[v] {
			continue
		}
		if code := s.was(id, v); code != "" && code != id.Code && l.former == "" {
			l.former = string(code)
		}
	}
	return l
}

// was returns the code in an older version of the region that most of this one's
// people lived in.
func (s *Pages) was(id nuts.ID, v nuts.Version) nuts.Code {
	var best nuts.Code
	var most float64
	for _, piece := range s.Regions.Origins(id, v) {
		if old, ok := s.Regions.Region(piece.ID); ok && piece.OfPop*old.Population > most {
			best, most = piece.ID.Code, piece.OfPop*old.Population
		}
	}
	return best
}

func (s *Pages) publish(ctx context.Context, r *http.Request) (*page.Answer, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := s.register.Publish(ctx, page.Actor(ctx), p.ID, r.PostFormValue("public") == "1"); err != nil {
		return nil, err
	}
	return &page.Answer{Redirect: path(p)}, nil
}

// heldNow lists the organisations of a seat today, or the last ones of a seat or
// a partnership that has ended.
func (v *showView) heldNow(x *exchange.Partner) []*exchange.Organisation {
	day := v.today
	for _, end := range []exchange.Date{x.To, v.p.Profile().To} {
		if end != "" && end.Last() < day {
			day = end.Last()
		}
	}
	return v.p.HeldBy(x, day)
}

// nameOf names a part that another one refers to.
func (v *showView) seat(id string) string {
	if x, err := v.p.Part(exchange.PartnerKind, id); err == nil {
		return seatName(v.p, x.(*exchange.Partner))
	}
	return ""
}

// section is a part of the page that holds the parts of a kind.
func (v *showView) section(ctx context.Context, k exchange.Kind) component.Part {
	p := component.Part{ID: string(k), Title: locale.T(ctx, "partnership.kind."+string(k))}
	if v.edits {
		p.Aside = addLink(v.p, k)
	}
	return p
}
