package account

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/web/page"
	"peerscape/internal/fault"
)

// mostResponse bounds what an authenticator sends, bytes.
const mostResponse = 64 << 10

func queryEscape(s string) string { return url.QueryEscape(s) }

// spoken turns an outcome into what the script reads: {"next": address} or
// {"error": sentence}. Passkeys need script; all else works without.
func (s *Account) spoken(ctx context.Context, v any, err error) (*page.Answer, error) {
	status := 0
	if to := page.ProveAt(err, "/account"); to != "" {
		v, err = map[string]string{"next": to}, nil
	}
	if p, code, ok := page.Said(ctx, err); ok {
		v, status, err = map[string]string{"error": p.What + " " + p.Cure}, code, nil
	}
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(v)
	return &page.Answer{JSON: b, Status: status}, err
}

func response(r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, mostResponse+1))
	if err != nil || len(b) > mostResponse {
		return nil, fault.New(fault.TooLarge, "account.response", "the answer of the passkey is too long").Do("Try again").Because(err)
	}
	return b, nil
}

func (s *Account) passkeyOptions(ctx context.Context, r *http.Request) (*page.Answer, error) {
	options, ceremony, failed := s.people.PasskeyOptions(ctx, s.Address(r))
	a, err := s.spoken(ctx, json.RawMessage(options), failed)
	if failed == nil && err == nil && ceremony != "" {
		a.Cookies = []*http.Cookie{s.Keep(page.CeremonyCookie, ceremony, people.CeremonyLasts)}
	}
	return a, err
}

func (s *Account) signInPasskey(ctx context.Context, r *http.Request) (*page.Answer, error) {
	body, err := response(r)
	session := ""
	if err == nil {
		session, err = s.people.SignInWithPasskey(ctx, page.Actor(ctx), s.Secret(r, page.CeremonyCookie), body, s.browser(r))
	}
	to := page.Local(r.URL.Query().Get("next"))
	if err != nil || session == "" {
		return s.spoken(ctx, map[string]string{"next": to}, err)
	}
	begun, err := s.begun(ctx, session, to)
	if err != nil {
		return nil, err
	}
	a, err := s.spoken(ctx, map[string]string{"next": begun.Redirect}, nil)
	if err != nil {
		return nil, err
	}
	a.Cookies = begun.Cookies
	return a, nil
}

func (s *Account) newPasskeyOptions(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	options, ceremony, failed := s.people.NewPasskeyOptions(ctx, page.Actor(ctx))
	a, err := s.spoken(ctx, json.RawMessage(options), failed)
	if failed == nil && err == nil && ceremony != "" {
		a.Cookies = []*http.Cookie{s.Keep(page.CeremonyCookie, ceremony, people.CeremonyLasts)}
	}
	return a, err
}

func (s *Account) addPasskey(ctx context.Context, r *http.Request) (*page.Answer, error) {
	body, err := response(r)
	if err == nil {
		err = s.people.AddPasskey(ctx, page.Actor(ctx), s.Secret(r, page.CeremonyCookie), r.URL.Query().Get("name"), body)
	}
	to := "/account?done=passkey"
	if asked := r.URL.Query().Get("next"); asked != "" {
		to = page.Local(asked)
	}
	return s.spoken(ctx, map[string]string{"next": to}, err)
}

func (s *Account) dropPasskey(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.back(ctx, "passkey-dropped", s.people.DropPasskey(ctx, page.Actor(ctx), r.PathValue("id")))
}
