package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/oauth2"

	"peerscape/internal/fault"
)

// claims is what a verified token says.
type claims struct {
	subject, nonce string
	audience       []string

	Party    string  `json:"azp"`
	Email    string  `json:"email"`
	Verified truth   `json:"email_verified"`
	Name     string  `json:"name"`
	AuthTime float64 `json:"auth_time"` // seconds; some write a fraction
	Level    words   `json:"acr"`       // how sure the provider is
	Methods  words   `json:"amr"`       // by what she proved herself (RFC 8176)
}

// words is a list of texts, which some providers write as one text.
type words []string

// UnmarshalJSON takes a text and a list of texts; all else is nothing.
func (w *words) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*w = words{one}
	} else if json.Unmarshal(b, (*[]string)(w)) != nil {
		*w = nil
	}
	return nil
}

// What proves that she has a thing, and what that she knows or is something: one of
// each are two factors.
var (
	levels     = []string{"phr", "phrh", "http://schemas.openid.net/pape/policies/2007/06/multi-factor"}
	possession = []string{"otp", "hwk", "swk", "sc", "pop", "sms", "tel"}
	person     = []string{"pwd", "pin", "kba", "fpt", "face", "iris", "retina", "vbm", "user"}
)

// strong reports whether the provider says that she gave two factors.
func (c *claims) strong(more []string) bool {
	one := func(have words, of ...[]string) bool {
		return slices.ContainsFunc(have, func(w string) bool { return slices.Contains(slices.Concat(of...), w) })
	}
	return one(c.Level, levels, more) || slices.Contains(c.Methods, "mfa") || one(c.Methods, possession) && one(c.Methods, person)
}

// truth is a boolean, which some providers write as a text.
type truth bool

// UnmarshalJSON takes true and "true"; all else is false.
func (t *truth) UnmarshalJSON(b []byte) error {
	*t = string(b) == "true" || string(b) == `"true"`
	return nil
}

// claims verifies the signed token that came with the access token: signature,
// issuer, audience and times, and that the two belong together.
func (k *known) claims(ctx context.Context, token *oauth2.Token) (*claims, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("no signed token came with the code")
	}
	t, err := k.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("verify the signed token: %w", err)
	}
	if t.AccessTokenHash != "" {
		if err := t.VerifyAccessToken(token.AccessToken); err != nil {
			return nil, fmt.Errorf("verify the access token: %w", err)
		}
	}
	c := &claims{}
	if err := t.Claims(c); err != nil {
		return nil, fmt.Errorf("read the signed token: %w", err)
	}
	c.subject, c.nonce, c.audience = t.Subject, t.Nonce, t.Audience
	return c, nil
}

// ask completes what the signed token left out from the provider's page about the
// person, if it has one. Only what it says of the same person counts.
func (k *known) ask(ctx context.Context, token *oauth2.Token, c *claims) error {
	if k.provider.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := k.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return silent(fmt.Errorf("ask about the person: %s", fault.Clip(err.Error(), 300)))
	}
	if info.Subject != c.subject {
		return refusedAnswer(errors.New("the provider told about somebody else"))
	}
	var more claims
	if err := info.Claims(&more); err != nil {
		return silent(fmt.Errorf("read about the person: %w", err))
	}
	c.Email, c.Verified = more.Email, more.Verified
	if c.Name == "" {
		c.Name = more.Name
	}
	return nil
}

func (c *claims) proved() time.Time {
	if c.AuthTime <= 0 || c.AuthTime > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(c.AuthTime), 0).UTC()
}

// identity takes the issuer from our settings: one well-known provider writes it in
// two ways.
func (c *claims) identity(issuer string, strong []string) *Identity {
	return &Identity{
		Issuer: issuer, Subject: c.subject, Email: c.Email, EmailVerified: c.Email != "" && bool(c.Verified), Name: c.Name, Proved: c.proved(),
		Strong: c.strong(strong),
	}
}
