package people

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/signin"
)

// Provider is an identity provider through which people come in.
type Provider struct {
	*signin.Provider
	ID      string   // in addresses
	Label   string   // on buttons
	Domains []string // of the addresses that it is believed about; nil: any
}

// vouches returns the address of which the provider says that it is hers; empty
// where it does not, or is not believed.
func (p *Provider) vouches(i *signin.Identity) string {
	email, err := normalEmail(i.Email)
	_, domain, _ := strings.Cut(email, "@")
	if err != nil || !i.EmailVerified || len(p.Domains) > 0 && !slices.Contains(p.Domains, domain) {
		return ""
	}
	return email
}

// Identity is what an account is connected with at a provider.
type Identity struct {
	ID      string    `json:"-"` // names it in a form
	Issuer  string    `json:"issuer"`
	Subject string    `json:"subject"`
	Created time.Time `json:"created"`
	Label   string    `json:"-"` // of the provider, empty where it is not configured any more
}

// label completes an identity from the configuration.
func (d *Directory) label(i *Identity) {
	i.ID = hashed(i.Issuer + "\n" + i.Subject)[:16]
	for _, p := range d.Providers {
		if p.Issuer() == i.Issuer {
			i.Label = p.Label
		}
	}
}

func (d *Directory) provider(id string) (*Provider, error) {
	for i := range d.Providers {
		if d.Providers[i].ID == id {
			return &d.Providers[i], nil
		}
	}
	return nil, fault.New(fault.Missing, "people.provider", "there is no identity provider %q", fault.Clip(id, 40)).With("id", fault.Clip(id, 40)).Do("Sign in another way")
}

// Purpose is why somebody goes to a provider.
type Purpose string

// The purposes. An identity comes to an account by the last two alone: never
// because an address is the same.
const (
	ToSignIn Purpose = "sign-in"
	ToProve  Purpose = "prove" // that it is her, anew
	ToLink   Purpose = "link"  // with the account in which she has signed in
	ToJoin   Purpose = "join"  // by an invitation
)

// Visit is a way to a provider and back.
type Visit struct {
	Provider   string
	Purpose    Purpose
	Next       string // where she goes afterwards
	Invitation string // secret of its link, to join
	Lang       string // of the account that is made
	Address    string // network address, for the throttle
}

// visiting is what we keep of a visit. The secret of an invitation is not kept.
type visiting struct {
	Provider, Next, Token, Lang string
	Purpose                     Purpose
	State                       []byte
}

// BeginVisit returns the address of the provider to which somebody goes, and the
// secret of the ceremony, which binds the visit to her browser.
func (d *Directory) BeginVisit(ctx context.Context, a *Actor, v Visit) (address, ceremony string, err error) {
	account, token := "", ""
	switch v.Purpose {
	case ToProve:
		if a.Nobody() {
			return "", "", signInFirst()
		}
		account = a.Account
	case ToLink:
		if err := a.Fresh(d.Now()); err != nil {
			return "", "", err
		}
		account = a.Account
	case ToJoin:
		if _, err := d.Invitation(ctx, v.Invitation); err != nil {
			return "", "", err
		}
		token = hashed(v.Invitation)
	}
	p, err := d.provider(v.Provider)
	if err != nil {
		return "", "", err
	}
	if err := d.try(ctx, d.begun("visit", v.Address)); err != nil {
		return "", "", err
	}
	address, state, err := p.AuthURL(ctx, v.Purpose == ToProve)
	if err != nil {
		return "", "", err
	}
	kept, err := json.Marshal(visiting{Provider: p.ID, Next: v.Next, Token: token, Lang: v.Lang, Purpose: v.Purpose, State: state})
	if err != nil {
		return "", "", fmt.Errorf("keep a visit: %w", err)
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) (err error) {
		ceremony, err = d.open(ctx, tx, "visit", account, kept, CeremonyLasts)
		return err
	})
	return address, ceremony, err
}

// Arrival is what came of a visit.
type Arrival struct {
	Begun   // empty where she was signed in and stays so
	Purpose Purpose
	Next    string
}

// FinishVisit takes what the browser brought back from a provider. The ceremony is
// used up first: an answer counts once, right or wrong.
func (d *Directory) FinishVisit(ctx context.Context, a *Actor, provider, ceremony string, answer url.Values, b Browser) (*Arrival, error) {
	c, err := d.peek(ctx, d.DB.Read(), "visit", ceremony)
	if err != nil {
		return nil, err
	}
	if err := d.DB.Write(ctx, func(tx *db.Tx) error { return d.finish(ctx, tx, ceremony) }); err != nil {
		return nil, err
	}
	var v visiting
	if err := json.Unmarshal(c.state, &v); err != nil {
		return nil, fmt.Errorf("read a visit: %w", err)
	}
	out := &Arrival{Purpose: v.Purpose, Next: v.Next}
	p, err := d.provider(v.Provider)
	if err != nil || v.Provider != provider || c.account != "" && (a.Nobody() || a.Account != c.account) {
		return out, errCeremony()
	}
	who, err := p.Exchange(ctx, v.State, answer)
	if err != nil {
		if fault.KindOf(err) == fault.Denied {
			return out, d.failedVisit(ctx, a, p, err)
		}
		return out, err
	}
	arrive := map[Purpose]func(context.Context, *Actor, *Provider, *visiting, *signin.Identity, Browser) (Begun, error){
		ToSignIn: d.signInThere, ToProve: d.proveThere, ToLink: d.link, ToJoin: d.joinThere,
	}[v.Purpose]
	out.Begun, err = arrive(ctx, a, p, &v, who, b)
	if fault.KindOf(err) == fault.Denied {
		err = d.failedVisit(ctx, a, p, err)
	}
	return out, err
}

// failedVisit notes a visit that was refused, and returns why.
func (d *Directory) failedVisit(ctx context.Context, a *Actor, p *Provider, why error) error {
	if err := d.noteSeldom(ctx, a, "provider-refused", "provider:"+p.ID, nil); err != nil {
		return fmt.Errorf("note a failed visit: %w", err)
	}
	return why
}

// how names a sign-in through a provider: the second factor that it asserts counts.
func how(i *signin.Identity) string {
	if i.Strong {
		return "provider+factor"
	}
	return "provider"
}

// enter starts a session for the account of an identity; a code is asked for where
// the account has codes and the provider saw one factor alone.
func (d *Directory) enter(ctx context.Context, tx *db.Tx, account string, i *signin.Identity, b Browser) (out Begun, err error) {
	if !i.Strong {
		return d.admit(ctx, tx, account, how(i), b)
	}
	out.Session, err = d.begin(ctx, tx, account, how(i), b)
	return out, err
}

func (d *Directory) signInThere(ctx context.Context, _ *Actor, p *Provider, _ *visiting, i *signin.Identity, b Browser) (out Begun, err error) {
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		account, err := selectIdentity(ctx, tx, i.Issuer, i.Subject)
		if err != nil {
			return err
		}
		who, err := selectAccount(ctx, tx, account)
		if err != nil && fault.KindOf(err) != fault.Missing {
			return err
		}
		if account == "" || who.gone() {
			return fault.New(fault.Denied, "people.identity-unknown", "no account here is connected with yours at %s", p.Label).With("provider", p.Label).
				Do("Open your invitation again, or sign in another way and connect the two on the page of your account")
		}
		out, err = d.enter(ctx, tx, account, i, b)
		return err
	})
	return out, err
}

// proveThere begins the session anew: it is the same proof as signing in.
func (d *Directory) proveThere(ctx context.Context, a *Actor, p *Provider, _ *visiting, i *signin.Identity, b Browser) (out Begun, err error) {
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		account, err := selectIdentity(ctx, tx, i.Issuer, i.Subject)
		if err != nil {
			return err
		}
		if account != a.Account {
			return otherIdentity(p)
		}
		out, err = d.enter(ctx, tx, account, i, b)
		return err
	})
	return out, err
}

func otherIdentity(p *Provider) error {
	return fault.New(fault.Denied, "people.identity-other", "the person at %s is connected with another account here", p.Label).With("provider", p.Label).
		Do("Sign out there, or sign in here with that account")
}

// link connects an identity with the account in which somebody has signed in.
func (d *Directory) link(ctx context.Context, a *Actor, p *Provider, _ *visiting, i *signin.Identity, _ Browser) (Begun, error) {
	if err := a.Fresh(d.Now().Add(-CeremonyLasts)); err != nil { // the visit took its time
		return Begun{}, err
	}
	return Begun{}, d.as(ctx, a, func(tx *db.Tx, a *Actor) error { return d.connect(ctx, tx, p, i, a.Account) })
}

func (d *Directory) connect(ctx context.Context, tx *db.Tx, p *Provider, i *signin.Identity, account string) error {
	have, err := selectIdentity(ctx, tx, i.Issuer, i.Subject)
	switch {
	case err != nil:
		return err
	case have == account:
		return nil
	case have != "":
		return otherIdentity(p)
	}
	if err := insertIdentity(ctx, tx, i.Issuer, i.Subject, account, written(d.Now())); err != nil {
		return err
	}
	return d.note(ctx, tx, account, "identity-linked", "account:"+account, "", map[string]string{"provider": p.ID})
}

// joinThere makes the account of a person who was invited, if the provider says
// that the address of the invitation is hers.
func (d *Directory) joinThere(ctx context.Context, _ *Actor, p *Provider, v *visiting, who *signin.Identity, b Browser) (out Begun, err error) {
	email := p.vouches(who)
	name := who.Name
	if _, err := normalName(name); err != nil {
		name, _, _ = strings.Cut(email, "@")
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "people"); err != nil {
			return err
		}
		i, err := selectInvitation(ctx, tx, v.Token)
		if err != nil {
			return unknownLink(err)
		}
		if err := i.usable(d.Now()); err != nil {
			return err
		}
		if email == "" || email != i.Email {
			return fault.New(fault.Denied, "people.identity-address", "%s does not confirm that the invited address is yours", p.Label).With("provider", p.Label).
				Do("Choose the account there that has this address, or make yours with a password")
		}
		if have, err := selectIdentity(ctx, tx, who.Issuer, who.Subject); err != nil || have != "" {
			if err == nil {
				err = otherIdentity(p)
			}
			return err
		}
		id, err := d.newAccount(ctx, tx, email, Newcomer{Name: name, Lang: v.Lang})
		if err != nil {
			return err
		}
		if i, err = d.take(ctx, tx, v.Token, id); err != nil {
			return err
		}
		if err := d.connect(ctx, tx, p, who, id); err != nil {
			return err
		}
		if err := d.give(ctx, tx, i.grant(id)); err != nil {
			return err
		}
		out, err = d.enter(ctx, tx, id, who, b)
		return err
	})
	return out, err
}

// Unlink disconnects an identity of the actor. The last way in stays.
func (d *Directory) Unlink(ctx context.Context, a *Actor, id string) error {
	if err := a.Fresh(d.Now()); err != nil {
		return err
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		all, err := selectIdentities(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		for i := range all {
			d.label(&all[i])
		}
		at := slices.IndexFunc(all, func(i Identity) bool { return i.ID == id })
		if at < 0 {
			return one(0, nil)
		}
		if err := deleteIdentity(ctx, tx, all[at].Issuer, all[at].Subject); err != nil {
			return err
		}
		if err := d.wayIn(ctx, tx, a.Account); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "identity-unlinked", "account:"+a.Account, "", nil)
	})
}

// wayIn refuses to leave an account without anything to sign in with. A provider
// that is not configured any more is no way in.
func (d *Directory) wayIn(ctx context.Context, tx *db.Tx, account string) error {
	password, _, err := selectProofs(ctx, tx, account)
	if err != nil || password {
		return err
	}
	keys, err := selectPasskeys(ctx, tx, account)
	if err != nil || len(keys) > 0 {
		return err
	}
	all, err := selectIdentities(ctx, tx, account)
	if err != nil {
		return err
	}
	for i := range all {
		if d.label(&all[i]); all[i].Label != "" {
			return nil
		}
	}
	return fault.New(fault.Conflict, "people.last-proof", "this is your only way in").Do("Set a password first")
}
