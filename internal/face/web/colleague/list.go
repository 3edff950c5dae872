package colleague

import (
	"context"
	"net/http"
	"slices"
	"time"

	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/nuts"
)

// view lists the people of a partnership.
type view struct {
	problem     *component.Problem
	shared      *shared
	p           *partnership.Partnership
	people      []people.Colleague
	invitations []people.Invitation
	roles       []people.Role      // that the reader may give
	regions     []component.Option // for which she may give them
	former      bool
	audit       bool // whether she may read the log
}

// shared is a link that was just made, shown once.
type shared struct {
	link   string
	to     string
	mailed bool
}

func (s *Pages) list(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.page(ctx, r, &view{former: r.URL.Query().Get("former") == "1"}, 0)
}

func (s *Pages) page(ctx context.Context, r *http.Request, v *view, status int) (*page.Answer, error) {
	a := page.Actor(ctx)
	var err error
	if v.p, err = s.at(ctx, r); err != nil {
		return nil, err
	}
	if v.people, err = s.people.Colleagues(ctx, a, v.p.ID, v.former); err != nil {
		return nil, err
	}
	var bound []nuts.Code
	if v.roles, bound = a.Givable(v.p.ID); len(v.roles) > 0 {
		all, err := s.people.Invitations(ctx, a, v.p.ID)
		if err != nil {
			return nil, err
		}
		v.invitations = slices.DeleteFunc(all, func(i people.Invitation) bool { return !i.Open(s.Now()) })
		v.regions = s.regions(ctx, v.p, bound)
	}
	v.audit = a.Can(people.ReadAudit, people.Object{Partnership: v.p.ID})
	title := locale.T(ctx, "people.title")
	profile := v.p.Profile()
	return &page.Answer{
		Title: title, Section: "partnerships", Body: listPage(v), Status: status, Private: v.shared != nil,
		Crumbs: []component.Crumb{{Text: locale.T(ctx, "partnerships.title"), Href: "/partnerships"}, {Text: profile.Short, Href: "/partnerships/" + v.p.Slug}, {Text: title}},
	}, nil
}

// regions offers the regions for which a role can be given: those to which the
// giver is bound, or all of the partnership.
func (s *Pages) regions(ctx context.Context, p *partnership.Partnership, bound []nuts.Code) []component.Option {
	var out []component.Option
	if bound == nil {
		out = append(out, component.Option{Text: locale.T(ctx, "people.all-regions")})
		bound = s.register.RegionsIn(p)
	}
	for _, code := range bound {
		name := s.places.NameOf(ctx, nuts.ID{Code: code, Version: nuts.Current})
		out = append(out, component.Option{Value: string(code), Text: name + " (" + string(code) + ")"})
	}
	return out
}

// roleOptions offers roles, the least first.
func (v *view) roleOptions(ctx context.Context) []component.Option {
	var out []component.Option
	for _, r := range slices.Backward(v.roles) {
		out = append(out, component.Option{Value: string(r), Text: locale.T(ctx, "role."+string(r))})
	}
	return out
}

func (v *view) accounts() []component.Option {
	var out []component.Option
	for _, c := range v.people {
		out = append(out, component.Option{Value: c.Account.ID, Text: c.Account.Name})
	}
	return out
}

func (v *view) givable(r people.Role) bool { return slices.Contains(v.roles, r) }

// grant names a role with its region.
func grant(ctx context.Context, role people.Role, region nuts.Code) string {
	name := locale.T(ctx, "role."+string(role))
	if region == "" {
		return name
	}
	return locale.T(ctx, "role.in", "Role", name, "Region", string(region))
}

// period says since when a role is held, and until when it was.
func period(ctx context.Context, g people.Grant) string {
	day := func(s string) string {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return s
		}
		return locale.From(ctx).Date(t)
	}
	if g.Until == "" {
		return locale.T(ctx, "people.since", "Day", day(g.Since))
	}
	return locale.T(ctx, "people.from-to", "From", day(g.Since), "To", day(g.Until))
}
