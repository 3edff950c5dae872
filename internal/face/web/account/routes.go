// Package account answers the pages by which a person proves who she is and
// looks after her own account: signing in, invitations, the first set-up,
// password, codes, passkeys, sessions, her data.
//
// It decides nothing: package people does. Start with Routes.
package account

import (
	"context"
	"net/http"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/web/page"
)

// Post sends the messages of this folder. It is nil where the installation sends
// no mail; links are shown then, to be passed on by hand.
type Post interface {
	Reset(ctx context.Context, to people.Mail, link string) error
}

// Account answers the pages of this folder.
type Account struct {
	*page.Site
	people  *people.Directory
	post    Post
	keepers []people.Keeper
}

// Open makes the pages.
func Open(s *page.Site, d *people.Directory, post Post, keepers []people.Keeper) *Account {
	return &Account{Site: s, people: d, post: post, keepers: keepers}
}

// Routes adds the pages to mux.
func (s *Account) Routes(mux page.Router) {
	for pattern, action := range map[string]page.Action{
		"GET /sign-in":                               s.signIn,
		"POST /sign-in":                              s.signInPassword,
		"GET /sign-in/code":                          s.code,
		"POST /sign-in/code":                         s.signInCode,
		"POST /sign-in/passkey":                      s.signInPasskey,
		"POST /sign-in/passkey/options":              s.passkeyOptions,
		"POST /sign-out":                             s.signOut,
		"GET /prove":                                 s.prove,
		"POST /prove":                                s.provePassword,
		"GET /reset":                                 s.askReset,
		"POST /reset":                                s.sendReset,
		"GET /reset/{secret}":                        s.reset,
		"POST /reset/{secret}":                       s.setReset,
		"GET /setup":                                 s.setup,
		"POST /setup":                                s.setUp,
		"GET /invitations/{secret}":                  s.invitation,
		"POST /invitations/{secret}":                 s.accept,
		"GET /account":                               s.own,
		"POST /account":                              s.setProfile,
		"POST /account/password":                     s.setPassword,
		"POST /account/codes":                        s.codes,
		"POST /account/codes/confirm":                s.confirmCodes,
		"POST /account/codes/drop":                   s.dropCodes,
		"POST /account/passkeys/options":             s.newPasskeyOptions,
		"POST /account/passkeys":                     s.addPasskey,
		"POST /account/passkeys/{id}/drop":           s.dropPasskey,
		"POST /account/sessions/end":                 s.endSession,
		"GET /account/data":                          s.data,
		"POST /account/data.json":                    s.export,
		"GET /account/second-factor":                 s.secondFactor,
		"POST /sign-in/with/{provider}":              s.visitToSignIn,
		"GET /sign-in/with/{provider}":               s.visited,
		"POST /prove/with/{provider}":                s.visitToProve,
		"POST /account/identities/{provider}":        s.visitToLink,
		"POST /account/identities/{identity}/drop":   s.unlink,
		"POST /invitations/{secret}/with/{provider}": s.visitToJoin,
		"POST /account/erase":                        s.erase,
	} {
		mux.Handle(pattern, s.Handle(private(action)))
	}
}

// private keeps browsers from storing what hangs on a secret.
func private(action page.Action) page.Action {
	return func(ctx context.Context, r *http.Request) (*page.Answer, error) {
		a, err := action(ctx, r)
		if a != nil {
			a.Private = true
		}
		return a, err
	}
}

// browser is where a session begins, with the one that it has now.
func (s *Account) browser(r *http.Request) people.Browser {
	return people.Browser{Agent: r.UserAgent(), Session: s.Secret(r, page.SessionCookie)}
}

// next is where a visitor goes after proving who she is: as the form says, or the
// address that led to it.
func next(r *http.Request) string {
	to := r.URL.Query().Get("next")
	if r.Method == http.MethodPost {
		to = r.PostFormValue("next")
	}
	if to != "" {
		return page.Local(to)
	}
	return "/account"
}

// going is where a visitor goes once she has set up a second factor, if it was asked
// of her on her way; empty otherwise.
func going(r *http.Request) string {
	if to := r.PostFormValue("next"); to != "" {
		return page.Local(to)
	}
	return ""
}

// begun is the answer that starts a session, or goes on with it under a new secret.
// Who needs a second factor and has not given one is led there first.
func (s *Account) begun(ctx context.Context, secret, to string) (*page.Answer, error) {
	a, err := s.people.Actor(ctx, secret)
	if err != nil {
		return nil, err
	}
	if a.Lacking {
		to = "/account/second-factor?next=" + queryEscape(to)
	}
	return &page.Answer{Redirect: to, Cookies: []*http.Cookie{
		s.Keep(page.SessionCookie, secret, people.LongestSession), s.Keep(page.CeremonyCookie, "", 0),
	}}, nil
}
