package people

import (
	"context"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// SetEmail changes the address of an account; an administrator does so after having
// seen that it is hers. Links to a new password that went to the old one end; all
// else stays.
func (d *Directory) SetEmail(ctx context.Context, a *Actor, account, email string) error {
	if err := a.May(ManageAccounts, Object{}); err != nil {
		return err
	}
	if err := a.Fresh(d.Now()); err != nil {
		return err
	}
	email, err := normalEmail(email)
	if err != nil {
		return err
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := a.May(ManageAccounts, Object{}); err != nil {
			return err
		}
		who, err := selectAccount(ctx, tx, account)
		if err != nil || who.Email == email {
			return err
		}
		if !who.Erased.IsZero() {
			return fault.New(fault.Conflict, "people.erased", "this person's data have been erased").Do("Invite the person anew")
		}
		if err := updateEmail(ctx, tx, account, email); err != nil {
			if fault.KindOf(err) == fault.Conflict {
				err = fault.New(fault.Conflict, "people.email-taken", "another account has the address %s", email).With("email", email).Do("Write another, or close that account first")
			}
			return err
		}
		if err := deleteCeremoniesOf(ctx, tx, account); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "email-changed", "account:"+account, "", nil)
	})
}
