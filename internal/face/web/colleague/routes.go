// Package colleague answers the pages about the people of a partnership: who they
// are, their roles, invitations.
//
// It decides nothing: package people does. Start with Routes.
package colleague

import (
	"context"
	"net/http"

	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
)

// Post sends the messages of this folder. It is nil where the installation sends
// no mail.
type Post interface {
	Invitation(ctx context.Context, to people.Mail, by, link string) error
}

// Pages answers the pages of this folder.
type Pages struct {
	*page.Site
	people   *people.Directory
	register *partnership.Register
	places   *place.Gazetteer
	post     Post
}

// Open makes the pages.
func Open(s *page.Site, d *people.Directory, r *partnership.Register, places *place.Gazetteer, post Post) *Pages {
	return &Pages{Site: s, people: d, register: r, places: places, post: post}
}

// Routes adds the pages to mux.
func (s *Pages) Routes(mux page.Router) {
	for pattern, action := range map[string]page.Action{
		"GET /partnerships/{slug}/people":                  s.list,
		"POST /partnerships/{slug}/people/invite":          s.invite,
		"POST /partnerships/{slug}/people/invite/withdraw": s.withdrawInvitation,
		"POST /partnerships/{slug}/people/give":            s.give,
		"POST /partnerships/{slug}/people/withdraw":        s.withdraw,
	} {
		mux.Handle(pattern, s.Handle(action))
	}
}

// at is the partnership of the address, for somebody who belongs to it.
func (s *Pages) at(ctx context.Context, r *http.Request) (*partnership.Partnership, error) {
	p, err := s.register.Get(ctx, page.Actor(ctx), r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	return p, page.Actor(ctx).May(people.ReadPeople, people.Object{Partnership: p.ID})
}
