package account

import (
	"context"
	"net/http"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// resetView is the page that asks for the address, and says that mail is on its
// way whether or not anybody has it.
type resetView struct {
	problem *component.Problem
	email   string
	sent    bool
	byMail  bool
}

func (s *Account) askReset(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	return s.resetPage(ctx, &resetView{}, 0), nil
}

func (s *Account) resetPage(ctx context.Context, v *resetView, status int) *page.Answer {
	v.byMail = s.post != nil
	return &page.Answer{Title: locale.T(ctx, "reset.title"), Body: resetForm(v), Status: status}
}

func (s *Account) sendReset(ctx context.Context, r *http.Request) (*page.Answer, error) {
	v := &resetView{email: r.PostFormValue("email")}
	if s.post == nil {
		return s.resetPage(ctx, v, 0), nil
	}
	to, secret, err := s.people.AskReset(ctx, v.email, s.Address(r))
	if p, status, ok := page.Said(ctx, err); ok {
		v.problem = p
		return s.resetPage(ctx, v, status), nil
	}
	if err == nil && secret != "" {
		err = s.post.Reset(ctx, to, s.Link("/reset/"+secret))
	}
	if err != nil {
		return nil, err
	}
	v.sent = true
	return s.resetPage(ctx, v, 0), nil
}

// newPasswordView is the page that takes a new password.
type newPasswordView struct {
	problem *component.Problem
	action  string
}

func (s *Account) reset(ctx context.Context, r *http.Request) (*page.Answer, error) {
	if err := s.people.ResetOpen(ctx, r.PathValue("secret")); err != nil {
		return nil, err
	}
	return s.newPasswordPage(ctx, r, &newPasswordView{}, 0), nil
}

func (s *Account) newPasswordPage(ctx context.Context, r *http.Request, v *newPasswordView, status int) *page.Answer {
	v.action = r.URL.Path
	return &page.Answer{Title: locale.T(ctx, "reset.new"), Body: newPasswordForm(v), Status: status}
}

func (s *Account) setReset(ctx context.Context, r *http.Request) (*page.Answer, error) {
	begun, err := s.people.Reset(ctx, r.PathValue("secret"), people.Try{Password: r.PostFormValue("password"), Address: s.Address(r), Browser: s.browser(r)})
	if p, status, ok := page.Said(ctx, err); ok {
		return s.newPasswordPage(ctx, r, &newPasswordView{problem: p}, status), nil
	}
	if err != nil {
		return nil, err
	}
	return s.proceed(ctx, begun, "/account?done=password")
}
