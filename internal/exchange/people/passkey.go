package people

import (
	"context"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/signin"
)

// mostPasskeys bounds the passkeys of an account.
const mostPasskeys = 20

// holder is an account as passkeys know it.
func (d *Directory) holder(ctx context.Context, q db.Querier, id string) (signin.Holder, error) {
	account, err := selectAccount(ctx, q, id)
	if err != nil {
		return signin.Holder{}, err
	}
	if !account.Closed.IsZero() || !account.Erased.IsZero() {
		return signin.Holder{}, fault.New(fault.Denied, "people.closed", "this account is closed").Do("Ask an administrator")
	}
	h := signin.Holder{Handle: account.ID, Name: account.Email, DisplayName: account.Name}
	h.Credentials, err = selectCredentials(ctx, q, id)
	return h, err
}

// NewPasskeyOptions begins a passkey for the actor: the options for the browser
// and the secret of the ceremony.
func (d *Directory) NewPasskeyOptions(ctx context.Context, a *Actor) (options []byte, ceremony string, err error) {
	if err := a.Fresh(d.Now()); err != nil {
		return nil, "", err
	}
	h, err := d.holder(ctx, d.DB.Read(), a.Account)
	if err != nil {
		return nil, "", err
	}
	if len(h.Credentials) >= mostPasskeys {
		return nil, "", fault.New(fault.TooLarge, "people.passkeys", "an account has %d passkeys at most", mostPasskeys).With("most", mostPasskeys).Do("Remove one first")
	}
	options, state, err := d.Party.BeginPasskey(h)
	if err != nil {
		return nil, "", err
	}
	err = d.as(ctx, a, func(tx *db.Tx, a *Actor) (err error) {
		ceremony, err = d.open(ctx, tx, "passkey", a.Account, state, CeremonyLasts)
		return err
	})
	return options, ceremony, err
}

// AddPasskey finishes a passkey.
func (d *Directory) AddPasskey(ctx context.Context, a *Actor, ceremony, name string, response []byte) error {
	if err := a.Fresh(d.Now()); err != nil {
		return err
	}
	c, err := d.peek(ctx, d.DB.Read(), "passkey", ceremony)
	if err != nil {
		return err
	}
	if c.account != a.Account {
		return errCeremony()
	}
	h, err := d.holder(ctx, d.DB.Read(), a.Account)
	if err != nil {
		return err
	}
	id, credential, err := d.Party.FinishPasskey(h, c.state, response)
	if err != nil {
		return err
	}
	name = strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	if name == "" || utf8.RuneCountInString(name) > 60 {
		name = d.today()
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := d.finish(ctx, tx, ceremony); err != nil {
			return err
		}
		if err := insertPasskey(ctx, tx, a.Account, id, name, credential, written(d.Now())); err != nil {
			return err
		}
		if err := d.strengthen(ctx, tx, a, "passkey"); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "passkey-added", "account:"+a.Account, "", nil)
	})
}

// DropPasskey removes a passkey of the actor. The last way in stays.
func (d *Directory) DropPasskey(ctx context.Context, a *Actor, id string) error {
	if err := a.Fresh(d.Now()); err != nil {
		return err
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := deletePasskey(ctx, tx, a.Account, id); err != nil {
			return err
		}
		if err := d.wayIn(ctx, tx, a.Account); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "passkey-removed", "account:"+a.Account, "", nil)
	})
}

// PasskeyOptions begins a proof by passkey.
func (d *Directory) PasskeyOptions(ctx context.Context, address string) (options []byte, ceremony string, err error) {
	if err := d.try(ctx, d.begun("passkey", address)); err != nil {
		return nil, "", err
	}
	options, state, err := d.Party.BeginProof()
	if err != nil {
		return nil, "", err
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) (err error) {
		ceremony, err = d.open(ctx, tx, "proof", "", state, CeremonyLasts)
		return err
	})
	return options, ceremony, err
}

// SignInWithPasskey finishes a proof and starts a session. A passkey proves
// possession and the person at once, so no code is asked for. Somebody who has
// signed in proves herself anew: another person's passkey is refused, and the
// session gets a new secret.
func (d *Directory) SignInWithPasskey(ctx context.Context, a *Actor, ceremony string, response []byte, b Browser) (session string, err error) {
	c, err := d.peek(ctx, d.DB.Read(), "proof", ceremony)
	if err != nil {
		return "", err
	}
	whose := ""
	p, err := d.Party.FinishProof(c.state, response, func(handle string) (signin.Holder, error) {
		h, err := d.holder(ctx, d.DB.Read(), handle)
		whose = h.Handle
		return h, err
	})
	if err != nil {
		return "", d.refuse(ctx, whose, "passkey", err)
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := d.finish(ctx, tx, ceremony); err != nil {
			return err
		}
		if p.Cloned {
			if err := d.note(ctx, tx, p.Handle, "passkey-counter-went-back", "account:"+p.Handle, "", nil); err != nil {
				return err
			}
		}
		if err := updatePasskey(ctx, tx, p.ID, p.Credential, written(d.Now())); err != nil {
			return err
		}
		if !a.Nobody() {
			if p.Handle != a.Account {
				return fault.New(fault.Denied, "people.another", "this passkey is of another account").Do("Take one of yours, or sign out first")
			}
			session, err = d.proved(ctx, tx, a, "passkey")
			return err
		}
		session, err = d.begin(ctx, tx, p.Handle, "passkey", b)
		return err
	})
	return session, err
}
