package page

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"peerscape/internal/exchange/people"
)

// Sessions is what every page needs of the directory of people.
type Sessions interface {
	Actor(ctx context.Context, secret string) (*people.Actor, error)
	Refused(ctx context.Context, a *people.Actor, route string) error
}

// Notices is what the frame needs of the center of notices.
type Notices interface {
	Unread(ctx context.Context, a *people.Actor) (int, error)
}

// unread is how many notices the reader has not read. Where that cannot be told the
// page comes all the same.
func (s *Site) unread(ctx context.Context) int {
	if s.Notices == nil {
		return 0
	}
	n, err := s.Notices.Unread(ctx, Actor(ctx))
	if err != nil {
		s.Log.WarnContext(ctx, "notices could not be counted", "error", err)
	}
	return n
}

type actorKey struct{}

// Actor returns who asks; nobody where the visitor has not signed in.
func Actor(ctx context.Context) *people.Actor {
	if a, ok := ctx.Value(actorKey{}).(*people.Actor); ok {
		return a
	}
	return people.Nobody()
}

// WithActor returns a context in which somebody asks.
func WithActor(ctx context.Context, a *people.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// cookieName is the cookie's name: with the prefix by which browsers refuse it
// from any other host or over a plain connection, where there is an encrypted one.
func (s *Site) cookieName(name string) string {
	if s.encrypted() {
		return "__Host-" + name
	}
	return name
}

func (s *Site) encrypted() bool { return s.Origin != nil && s.Origin.Scheme == "https" }

// Secret returns what a secret cookie of the request holds.
func (s *Site) Secret(r *http.Request, name string) string { return cookie(r, s.cookieName(name)) }

// Keep returns a cookie that holds a secret, or a choice, for a while; one that
// removes it where the value is empty. It ends with the browser where the time is 0.
func (s *Site) Keep(name, secret string, lasts time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: s.cookieName(name), Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: s.encrypted(), MaxAge: int(lasts.Seconds()),
	}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}

// SessionCookie is the name of the cookie of a session, CeremonyCookie of the one
// by which the requests of a sign-in belong together.
const (
	SessionCookie  = "session"
	CeremonyCookie = "ceremony"
)

// refused leaves a line in the audit log. Where that fails the visitor still gets
// the answer.
func (s *Site) refused(ctx context.Context, a *people.Actor, route string) {
	if s.People == nil {
		return
	}
	if err := s.People.Refused(ctx, a, route); err != nil && ctx.Err() == nil {
		s.Log.Error("a refusal could not be noted", "route", route, "error", err)
	}
}

// FromElsewhere answers a form that another site sent.
func (s *Site) FromElsewhere(w http.ResponseWriter, r *http.Request) {
	s.refused(r.Context(), people.Nobody(), "form from elsewhere")
	http.Error(w, "This form was not sent from a page of this site.", http.StatusForbidden)
}

// Link returns an absolute address of this site, for messages.
func (s *Site) Link(path string) string {
	if s.Origin == nil {
		return path
	}
	return s.Origin.ResolveReference(&url.URL{Path: path}).String()
}

// actor finds out who asks. Without a cookie it costs nothing.
func (s *Site) actor(ctx context.Context, r *http.Request) (*people.Actor, error) {
	secret := s.Secret(r, SessionCookie)
	if secret == "" || s.People == nil {
		return people.Nobody(), nil
	}
	return s.People.Actor(ctx, secret)
}
