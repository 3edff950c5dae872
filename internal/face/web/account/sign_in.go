package account

import (
	"context"
	"net/http"
	"slices"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// signInView is the page on which people sign in.
type signInView struct {
	problem *component.Problem
	email   string
	next    string
	reset   bool // whether a lost password can be replaced by mail

	providers []people.Provider
}

func (s *Account) signIn(ctx context.Context, r *http.Request) (*page.Answer, error) {
	if !page.Actor(ctx).Nobody() {
		return &page.Answer{Redirect: next(r)}, nil
	}
	empty, err := s.people.Empty(ctx)
	if err != nil {
		return nil, err
	}
	if empty {
		return &page.Answer{Redirect: "/setup"}, nil
	}
	return s.signInPage(ctx, &signInView{next: next(r)}, 0), nil
}

func (s *Account) signInPage(ctx context.Context, v *signInView, status int) *page.Answer {
	v.reset, v.providers = s.post != nil, s.people.Providers
	return &page.Answer{Title: locale.T(ctx, "sign-in.title"), Body: signInForm(v), Status: status}
}

func (s *Account) signInPassword(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v := &signInView{email: r.PostFormValue("email"), next: next(r)}
	begun, err := s.people.SignIn(ctx, people.Try{
		Email: v.email, Password: r.PostFormValue("password"), Address: s.Address(r), Browser: s.browser(r),
	})
	if p, status, ok := page.Said(ctx, err); ok {
		v.problem = p
		return s.signInPage(ctx, v, status), nil
	}
	if err != nil {
		return nil, err
	}
	return s.proceed(ctx, begun, v.next)
}

// proceed goes on after a first proof: to where the visitor wanted, or to the
// page that asks for a code.
func (s *Account) proceed(ctx context.Context, b people.Begun, to string) (*page.Answer, error) {
	if b.Session != "" {
		return s.begun(ctx, b.Session, to)
	}
	return &page.Answer{Redirect: "/sign-in/code?next=" + queryEscape(to), Cookies: []*http.Cookie{
		s.Keep(page.CeremonyCookie, b.Ceremony, people.CeremonyLasts),
	}}, nil
}

// codeView is the page that asks for a one-time code.
type codeView struct {
	problem *component.Problem
	next    string
}

func (s *Account) code(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.codePage(ctx, &codeView{next: next(r)}, 0), nil
}

func (s *Account) codePage(ctx context.Context, v *codeView, status int) *page.Answer {
	return &page.Answer{Title: locale.T(ctx, "code.title"), Body: codeForm(v), Status: status}
}

func (s *Account) signInCode(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v := &codeView{next: next(r)}
	session, err := s.people.SignInWithCode(ctx, s.Secret(r, page.CeremonyCookie), people.Try{
		Code: r.PostFormValue("code"), Address: s.Address(r), Browser: s.browser(r),
	})
	if p, status, ok := page.Said(ctx, err); ok {
		v.problem = p
		return s.codePage(ctx, v, status), nil
	}
	if err != nil {
		return nil, err
	}
	return s.begun(ctx, session, v.next)
}

func (s *Account) signOut(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	if a := page.Actor(ctx); !a.Nobody() {
		if err := s.people.End(ctx, a, a.Session); err != nil {
			return nil, err
		}
	}
	return &page.Answer{Redirect: "/", Cookies: []*http.Cookie{s.Keep(page.SessionCookie, "", 0)}, Forget: true}, nil
}

// proveView is the page that asks for a fresh proof.
type proveView struct {
	problem *component.Problem
	next    string
	email   string
	own     *people.Own

	providers []people.Provider // at which the account is connected
}

func (s *Account) prove(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.provePage(ctx, &proveView{next: next(r)}, 0)
}

func (s *Account) provePage(ctx context.Context, v *proveView, status int) (*page.Answer, error) {
	own, err := s.people.Own(ctx, page.Actor(ctx))
	if err != nil {
		return nil, err
	}
	v.own, v.email = own, own.Account.Email
	for _, p := range s.people.Providers {
		if len(own.Passkeys) == 0 && slices.ContainsFunc(own.Identities, func(i people.Identity) bool { return i.Issuer == p.Issuer() }) {
			v.providers = append(v.providers, p)
		}
	}
	return &page.Answer{Title: locale.T(ctx, "prove.title"), Body: proveForm(v), Status: status}, nil
}

func (s *Account) provePassword(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v := &proveView{next: next(r)}
	session, err := s.people.Prove(ctx, page.Actor(ctx), people.Try{
		Password: r.PostFormValue("password"), Code: r.PostFormValue("code"), Address: s.Address(r),
	})
	if p, status, ok := page.Said(ctx, err); ok {
		v.problem = p
		return s.provePage(ctx, v, status)
	}
	if err != nil {
		return nil, err
	}
	return s.begun(ctx, session, v.next)
}
