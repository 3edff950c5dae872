package signin

import (
	"context"
	"errors"
	"fmt"
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
func (c *claims) identity(issuer string) *Identity {
	return &Identity{
		Issuer: issuer, Subject: c.subject, Email: c.Email, EmailVerified: c.Email != "" && bool(c.Verified), Name: c.Name, Proved: c.proved(),
	}
}
