package account

import (
	"context"
	"net/http"
	"net/url"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// visit sends somebody to an identity provider.
func (s *Account) visit(ctx context.Context, r *http.Request, v people.Visit) (*page.Answer, error) {
	v.Provider, v.Lang, v.Address = r.PathValue("provider"), locale.Code(ctx), s.Address(r)
	address, ceremony, err := s.people.BeginVisit(ctx, page.Actor(ctx), v)
	if p, status, ok := page.Said(ctx, err); ok {
		return s.visitFailed(ctx, r, v.Purpose, v.Next, p, status)
	}
	if err != nil {
		return nil, err
	}
	return &page.Answer{
		Title: locale.T(ctx, "provider.leave"), Body: leave(address), Leave: address,
		Cookies: []*http.Cookie{s.Keep(page.CeremonyCookie, ceremony, people.CeremonyLasts)},
	}, nil
}

func (s *Account) visitToSignIn(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.visit(ctx, r, people.Visit{Purpose: people.ToSignIn, Next: next(r)})
}

func (s *Account) visitToProve(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.visit(ctx, r, people.Visit{Purpose: people.ToProve, Next: next(r)})
}

func (s *Account) visitToLink(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.visit(ctx, r, people.Visit{Purpose: people.ToLink, Next: "/account?done=linked"})
}

func (s *Account) visitToJoin(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.visit(ctx, r, people.Visit{Purpose: people.ToJoin, Next: "/account?done=invitation", Invitation: r.PathValue("secret")})
}

// visited takes what the browser brings back from a provider.
func (s *Account) visited(ctx context.Context, r *http.Request) (*page.Answer, error) {
	a, err := s.people.FinishVisit(ctx, page.Actor(ctx), r.PathValue("provider"), s.Secret(r, page.CeremonyCookie), r.URL.Query(), s.browser(r))
	if p, status, ok := page.Said(ctx, err); ok {
		if a == nil {
			a = &people.Arrival{Next: "/account"}
		}
		return s.visitFailed(ctx, r, a.Purpose, a.Next, p, status)
	}
	if err != nil {
		return nil, err
	}
	if a.Begun == (people.Begun{}) {
		return &page.Answer{Redirect: a.Next}, nil
	}
	return s.proceed(ctx, a.Begun, a.Next)
}

// visitFailed is the page from which somebody went to a provider, with what was
// wrong. Its links must not carry on what the provider wrote into the address.
func (s *Account) visitFailed(ctx context.Context, r *http.Request, purpose people.Purpose, to string, p *component.Problem, status int) (*page.Answer, error) {
	switch {
	case page.Actor(ctx).Nobody():
		r.URL = &url.URL{Path: "/sign-in"}
		return s.signInPage(ctx, &signInView{next: to, problem: p}, status), nil
	case purpose == people.ToProve:
		r.URL = &url.URL{Path: "/prove"}
		return s.provePage(ctx, &proveView{next: to, problem: p}, status)
	default:
		r.URL = &url.URL{Path: "/account"}
		return s.ownPage(ctx, &ownView{problem: p}, status)
	}
}

func (s *Account) unlink(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.back(ctx, "unlinked", s.people.Unlink(ctx, page.Actor(ctx), r.PathValue("identity")))
}

// factorView leads somebody whose role needs a second factor to one.
type factorView struct {
	next string
	own  *people.Own
}

func (s *Account) secondFactor(ctx context.Context, r *http.Request) (*page.Answer, error) {
	a := page.Actor(ctx)
	own, err := s.people.Own(ctx, a)
	if err != nil {
		return nil, err
	}
	if !a.Lacking {
		return &page.Answer{Redirect: next(r)}, nil
	}
	return &page.Answer{Title: locale.T(ctx, "factor.title"), Body: factorPage(&factorView{next: next(r), own: own})}, nil
}
