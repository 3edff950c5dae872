package notice

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Choice is how often a person gets letters about a kind.
type Choice struct {
	Rule
	Rhythm Rhythm
}

// Choices returns what the actor has chosen, for each kind.
func (c *Center) Choices(ctx context.Context, a *people.Actor) ([]Choice, error) {
	if err := a.In(); err != nil {
		return nil, err
	}
	return c.choices(ctx, c.DB.Read(), a.Account)
}

func (c *Center) choices(ctx context.Context, q db.Querier, account string) ([]Choice, error) {
	chosen, err := selectChoices(ctx, q, account)
	if err != nil {
		return nil, err
	}
	var out []Choice
	for _, r := range Rules() {
		choice := Choice{Rule: r, Rhythm: r.Rhythm}
		if own, ok := chosen[r.Kind]; ok && !r.Fixed {
			choice.Rhythm = own
		}
		out = append(out, choice)
	}
	return out, nil
}

// Choose keeps what the actor wants; kinds that are not named stay as they are.
func (c *Center) Choose(ctx context.Context, a *people.Actor, want map[Kind]Rhythm) error {
	if err := a.In(); err != nil {
		return err
	}
	for k, r := range want {
		own, err := rule(k)
		if err != nil {
			return err
		}
		if !slices.Contains(Rhythms(), r) {
			return fault.New(fault.Invalid, "notice.rhythm", "%q is no rhythm of letters", fault.Clip(string(r), 40)).With("rhythm", fault.Clip(string(r), 40)).Do("Choose one of the list")
		}
		if own.Fixed && r != own.Rhythm {
			return fault.New(fault.Conflict, "notice.fixed", "letters about changes of your access cannot be switched off").Do("Leave them; they protect your account")
		}
	}
	return c.DB.Write(ctx, func(tx *db.Tx) error { return c.choose(ctx, tx, a.Account, want) })
}

func (c *Center) choose(ctx context.Context, tx *db.Tx, account string, want map[Kind]Rhythm) error {
	for _, r := range Rules() {
		if chosen, ok := want[r.Kind]; ok && !r.Fixed {
			if err := upsertChoice(ctx, tx, account, r.Kind, chosen); err != nil {
				return err
			}
		}
	}
	return nil
}

var encoding = base64.RawURLEncoding

// seal is what proves that a link that ends letters was made here.
func (c *Center) seal(account string) string {
	mac := hmac.New(sha256.New, c.Key)
	mac.Write([]byte("unsubscribe\n" + account))
	return encoding.EncodeToString(mac.Sum(nil))
}

// Token returns the part of a link by which an account ends all letters that can be
// ended, without signing in. It does not expire: a letter may be read years later.
func (c *Center) Token(account string) string { return account + "." + c.seal(account) }

// Subscribed reports whether a token is one of ours.
func (c *Center) Subscribed(token string) error {
	_, err := c.account(token)
	return err
}

func (c *Center) account(token string) (string, error) {
	account, seal, _ := strings.Cut(token, ".")
	if !hmac.Equal([]byte(seal), []byte(c.seal(account))) {
		return "", fault.New(fault.Missing, "notice.token", "this link ends no letters").Do("Open the link of a letter whole, or sign in and choose under Notices")
	}
	return account, nil
}

// Unsubscribe ends all letters to the account of a token that can be ended. Doing
// so twice does no harm.
func (c *Center) Unsubscribe(ctx context.Context, token string) error {
	account, err := c.account(token)
	if err != nil {
		return err
	}
	never := map[Kind]Rhythm{}
	for _, r := range Rules() {
		never[r.Kind] = Never
	}
	return c.DB.Write(ctx, func(tx *db.Tx) error {
		if gone, err := isGone(ctx, tx, account); err != nil || gone {
			return err
		}
		return c.choose(ctx, tx, account, never)
	})
}
