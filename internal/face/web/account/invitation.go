package account

import (
	"context"
	"net/http"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// joinView is the page of an invitation, and of the first set-up.
type joinView struct {
	problem    *component.Problem
	invitation *people.Invitation // nil for the set-up
	known      bool               // the person has an account
	mine       bool               // and has signed in with it
	name       string
	email      string
	code       string // of the set-up
	action     string
	signIn     string
	providers  []people.Provider
}

func (s *Account) invitation(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.joinPage(ctx, r, &joinView{}, 0)
}

func (s *Account) joinPage(ctx context.Context, r *http.Request, v *joinView, status int) (*page.Answer, error) {
	secret := r.PathValue("secret")
	i, err := s.people.Invitation(ctx, secret)
	if err != nil {
		return nil, err
	}
	v.invitation, v.action = i, r.URL.Path
	if v.known, err = s.people.Known(ctx, i); err != nil {
		return nil, err
	}
	v.providers = s.people.Providers
	v.mine = !page.Actor(ctx).Nobody()
	v.signIn = "/sign-in?next=" + queryEscape(r.URL.Path)
	return &page.Answer{Title: locale.T(ctx, "invitation.title"), Body: joinForm(v), Status: status}, nil
}

func (s *Account) accept(ctx context.Context, r *http.Request) (*page.Answer, error) {
	secret := r.PathValue("secret")
	if a := page.Actor(ctx); !a.Nobody() {
		err := s.people.Accept(ctx, a, secret)
		if p, status, ok := page.Said(ctx, err); ok {
			return s.joinPage(ctx, r, &joinView{problem: p}, status)
		}
		if err != nil {
			return nil, err
		}
		return &page.Answer{Redirect: "/account?done=invitation"}, nil
	}
	n := people.Newcomer{Name: r.PostFormValue("name"), Password: r.PostFormValue("password"), Lang: locale.Code(ctx), Browser: s.browser(r)}
	session, err := s.people.Join(ctx, secret, n)
	if p, status, ok := page.Said(ctx, err); ok {
		return s.joinPage(ctx, r, &joinView{problem: p, name: n.Name}, status)
	}
	if err != nil {
		return nil, err
	}
	return s.begun(ctx, session, "/account?done=invitation")
}

func (s *Account) setup(ctx context.Context, r *http.Request) (*page.Answer, error) {
	empty, err := s.people.Empty(ctx)
	if err != nil {
		return nil, err
	}
	if !empty {
		return &page.Answer{Redirect: "/sign-in"}, nil
	}
	return s.setupPage(ctx, &joinView{code: r.URL.Query().Get("code")}, 0), nil
}

func (s *Account) setupPage(ctx context.Context, v *joinView, status int) *page.Answer {
	v.action = "/setup"
	return &page.Answer{Title: locale.T(ctx, "setup.title"), Body: setupForm(v), Status: status}
}

func (s *Account) setUp(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v := &joinView{name: r.PostFormValue("name"), email: r.PostFormValue("email"), code: r.PostFormValue("code")}
	session, err := s.people.SetUp(ctx, v.code, v.email, people.Newcomer{
		Name: v.name, Password: r.PostFormValue("password"), Lang: locale.Code(ctx), Browser: s.browser(r),
	})
	if p, status, ok := page.Said(ctx, err); ok {
		v.problem = p
		return s.setupPage(ctx, v, status), nil
	}
	if err != nil {
		return nil, err
	}
	return s.begun(ctx, session, "/partnerships/new") // the demonstration, or one's own
}
