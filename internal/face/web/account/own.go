package account

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// ownView is a person's own page.
type ownView struct {
	problem  *component.Problem
	done     string // what has just been done, in words
	own      *people.Own
	sessions []people.Session
	actor    *people.Actor

	providers []people.Provider // that can be connected

	enrolment *people.Enrolment // a secret to be scanned, once
	recovery  []string          // codes shown once
	next      string            // where she was going when a second factor was asked for; may be empty
}

// outcomes are what the address may say has been done.
var outcomes = []string{"profile", "password", "codes-dropped", "passkey", "passkey-dropped", "session", "sessions", "invitation", "linked", "unlinked"}

func (s *Account) own(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v := &ownView{}
	for _, o := range outcomes {
		if r.URL.Query().Get("done") == o {
			v.done = locale.T(ctx, "done."+o)
		}
	}
	return s.ownPage(ctx, v, 0)
}

func (s *Account) ownPage(ctx context.Context, v *ownView, status int) (*page.Answer, error) {
	a := page.Actor(ctx)
	var err error
	if v.own, err = s.people.Own(ctx, a); err != nil {
		return nil, err
	}
	if v.sessions, err = s.people.Sessions(ctx, a); err != nil {
		return nil, err
	}
	v.actor = a
	for _, p := range s.people.Providers {
		if !slices.ContainsFunc(v.own.Identities, func(i people.Identity) bool { return i.Issuer == p.Issuer() }) {
			v.providers = append(v.providers, p)
		}
	}
	return &page.Answer{Title: locale.T(ctx, "account.title"), Body: ownPage(v), Status: status}, nil
}

// back is the answer after something was done to the own account: the page again,
// which says so, or says what was wrong.
func (s *Account) back(ctx context.Context, done string, err error) (*page.Answer, error) {
	if p, status, ok := page.Said(ctx, err); ok {
		return s.ownPage(ctx, &ownView{problem: p}, status)
	}
	if err != nil {
		return nil, err
	}
	return &page.Answer{Redirect: "/account?done=" + done}, nil
}

func (s *Account) setProfile(ctx context.Context, r *http.Request) (*page.Answer, error) {
	lang := r.PostFormValue("lang")
	a, err := s.back(ctx, "profile", s.people.SetProfile(ctx, page.Actor(ctx), people.Profile{
		Name: r.PostFormValue("name"), Lang: lang, Zone: r.PostFormValue("zone"),
	}))
	if err == nil && a.Redirect != "" { // what the account says counts from now on
		a.Cookies = append(a.Cookies, s.LangCookie(lang))
	}
	return a, err
}

func (s *Account) setPassword(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.back(ctx, "password", s.people.SetPassword(ctx, page.Actor(ctx), r.PostFormValue("password")))
}

// codes shows the secret that the person's application scans.
func (s *Account) codes(ctx context.Context, r *http.Request) (*page.Answer, error) {
	e, err := s.people.BeginCodes(ctx, page.Actor(ctx))
	if err != nil {
		return s.back(ctx, "", err)
	}
	return s.ownPage(ctx, &ownView{enrolment: e, next: going(r)}, 0)
}

func (s *Account) confirmCodes(ctx context.Context, r *http.Request) (*page.Answer, error) {
	recovery, err := s.people.ConfirmCodes(ctx, page.Actor(ctx), r.PostFormValue("code"))
	if err != nil {
		return s.back(ctx, "", err)
	}
	return s.ownPage(ctx, &ownView{recovery: recovery, next: going(r)}, 0)
}

func (s *Account) dropCodes(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	return s.back(ctx, "codes-dropped", s.people.DropCodes(ctx, page.Actor(ctx)))
}

func (s *Account) endSession(ctx context.Context, r *http.Request) (*page.Answer, error) {
	handle := r.PostFormValue("handle")
	done := "session"
	if handle == "" {
		done = "sessions"
	}
	return s.back(ctx, done, s.people.End(ctx, page.Actor(ctx), handle))
}

// data is the page about what is held about a person.
func (s *Account) data(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	return s.dataPage(ctx, nil, 0)
}

func (s *Account) dataPage(ctx context.Context, p *component.Problem, status int) (*page.Answer, error) {
	own, err := s.people.Own(ctx, page.Actor(ctx))
	if err != nil {
		return nil, err
	}
	return &page.Answer{Title: locale.T(ctx, "data.title"), Body: dataPage(own, p), Status: status}, nil
}

func (s *Account) export(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	a := page.Actor(ctx)
	x, err := s.people.Export(ctx, a, a.Account, s.keepers)
	if err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(x, "", "  ")
	return &page.Answer{JSON: b, File: "peerscape-my-data.json"}, err
}

// erase removes the person's data after she has typed her address, so that a
// slip of the hand does not.
func (s *Account) erase(ctx context.Context, r *http.Request) (*page.Answer, error) {
	a := page.Actor(ctx)
	err := s.people.EraseSelf(ctx, a, r.PostFormValue("email"), s.keepers)
	if p, status, ok := page.Said(ctx, err); ok {
		return s.dataPage(ctx, p, status)
	}
	if err != nil {
		return nil, err
	}
	return &page.Answer{
		Title: locale.T(ctx, "data.erased-title"), Body: erased(),
		Cookies: []*http.Cookie{s.Keep(page.SessionCookie, "", 0)}, Anonymous: true, Forget: true,
	}, nil
}
