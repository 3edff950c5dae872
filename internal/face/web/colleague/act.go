package colleague

import (
	"context"
	"net/http"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/nuts"
)

func (s *Pages) invite(ctx context.Context, r *http.Request) (*page.Answer, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return nil, err
	}
	i := people.Invitation{
		Email: r.PostFormValue("email"), Role: people.Role(r.PostFormValue("role")), Partnership: p.ID, Region: nuts.Canonical(r.PostFormValue("region")),
	}
	secret, err := s.people.Invite(ctx, page.Actor(ctx), i)
	if err != nil {
		return s.refused(ctx, r, err)
	}
	made := &shared{link: s.Link("/invitations/" + secret), to: i.Email}
	if s.post != nil {
		made.mailed = true
		if err := s.post.Invitation(ctx, people.Mail{Address: i.Email, Lang: locale.Code(ctx)}, page.Actor(ctx).Name, made.link); err != nil {
			return nil, err
		}
	}
	return s.page(ctx, r, &view{shared: made}, 0)
}

// refused shows the page again with what was wrong.
func (s *Pages) refused(ctx context.Context, r *http.Request, err error) (*page.Answer, error) {
	problem, status, ok := page.Said(ctx, err)
	if !ok {
		return nil, err
	}
	return s.page(ctx, r, &view{problem: problem}, status)
}

// done leads back to the page after something was done, or says what was wrong.
func (s *Pages) done(ctx context.Context, r *http.Request, err error) (*page.Answer, error) {
	if err != nil {
		return s.refused(ctx, r, err)
	}
	return &page.Answer{Redirect: "/partnerships/" + r.PathValue("slug") + "/people"}, nil
}

func (s *Pages) give(ctx context.Context, r *http.Request) (*page.Answer, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.done(ctx, r, s.people.Give(ctx, page.Actor(ctx), people.Grant{
		Account: r.PostFormValue("account"), Role: people.Role(r.PostFormValue("role")), Partnership: p.ID, Region: nuts.Canonical(r.PostFormValue("region")),
	}))
}

func (s *Pages) withdraw(ctx context.Context, r *http.Request) (*page.Answer, error) {
	if _, err := s.at(ctx, r); err != nil {
		return nil, err
	}
	return s.done(ctx, r, s.people.Withdraw(ctx, page.Actor(ctx), r.PostFormValue("grant")))
}

func (s *Pages) withdrawInvitation(ctx context.Context, r *http.Request) (*page.Answer, error) {
	if _, err := s.at(ctx, r); err != nil {
		return nil, err
	}
	return s.done(ctx, r, s.people.WithdrawInvitation(ctx, page.Actor(ctx), r.PostFormValue("invitation")))
}
