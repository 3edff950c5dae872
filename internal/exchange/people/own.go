package people

import (
	"context"
	"time"

	"peerscape/internal/fault"
)

// Own is what a person sees of her own account.
type Own struct {
	Account  Account
	Password bool      // whether there is one
	Codes    bool      // whether one-time codes are switched on
	Recovery int       // recovery codes left
	Passkeys []Passkey // by day of making

	Identities []Identity // by day of connecting
}

// Passkey is one with which a person signs in.
type Passkey struct {
	ID      string
	Name    string
	Created time.Time
	Used    time.Time
}

// Own returns the actor's own account.
func (d *Directory) Own(ctx context.Context, a *Actor) (*Own, error) {
	if a.Nobody() {
		return nil, signInFirst()
	}
	q := d.DB.Read()
	account, err := selectAccount(ctx, q, a.Account)
	if err != nil {
		return nil, err
	}
	o := &Own{Account: account}
	if o.Password, o.Codes, err = selectProofs(ctx, q, a.Account); err != nil {
		return nil, err
	}
	if o.Recovery, err = countRecovery(ctx, q, a.Account); err != nil {
		return nil, err
	}
	if o.Passkeys, err = selectPasskeys(ctx, q, a.Account); err != nil {
		return nil, err
	}
	o.Identities, err = selectIdentities(ctx, q, a.Account)
	for i := range o.Identities {
		d.label(&o.Identities[i])
	}
	return o, err
}

// EraseSelf erases the actor's own account after she has typed its address, so
// that a slip of the hand does not.
func (d *Directory) EraseSelf(ctx context.Context, a *Actor, address string, keepers []Keeper) error {
	own, err := d.Own(ctx, a)
	if err != nil {
		return err
	}
	if typed, err := normalEmail(address); err != nil || typed != own.Account.Email {
		return fault.New(fault.Invalid, "people.confirm", "this is not the address of your account").Do("Type it as it stands above. Nothing was erased")
	}
	return d.Erase(ctx, a, a.Account, keepers)
}
