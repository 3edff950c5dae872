package people

import (
	"context"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/signin"
)

// strong reports whether a session that began so, or was strengthened since, stands
// on two factors. A passkey is two at once: a thing, and what unlocks it.
func strong(how string) bool { return how == "passkey" || strings.Contains(how, "+") }

// lacking reports whether somebody holds a role that needs a second factor, in a
// session without.
func (d *Directory) lacking(grants []Grant, how string) bool {
	return !strong(how) && slices.ContainsFunc(grants, func(g Grant) bool { return slices.Contains(d.Guarded, g.Role) })
}

func secondFactorFirst() error {
	return fault.New(fault.Denied, SecondFactor, "your role needs a second factor").Do("Set up a passkey or codes, or use yours")
}

// strengthen notes that a session stands on a second factor from now on.
func (d *Directory) strengthen(ctx context.Context, tx *db.Tx, a *Actor, factor string) error {
	if strong(a.How) {
		return nil
	}
	return updateHow(ctx, tx, a.Account, a.Session, a.How+"+"+factor)
}

// proved gives the actor's session a new secret after a fresh proof, which the
// factor was part of if it is not empty.
func (d *Directory) proved(ctx context.Context, tx *db.Tx, a *Actor, factor string) (secret string, err error) {
	if secret, err = signin.NewToken(d.Random); err != nil {
		return "", err
	}
	how := a.How
	if factor != "" && !strong(how) {
		how += "+" + factor
	}
	if err := proveSession(ctx, tx, a.Account, a.Session, hashed(secret), how, written(d.Now())); err != nil {
		return "", err
	}
	return secret, d.note(ctx, tx, a.Account, "proved", "session:"+a.Session, "", map[string]string{"how": factor})
}

// DropFactors removes codes and passkeys of somebody who has lost them; an
// administrator does so after having seen that it is her. Sessions end; the
// password stays and lets her set up new ones.
func (d *Directory) DropFactors(ctx context.Context, a *Actor, account string) error {
	if err := a.May(ManageAccounts, Object{}); err != nil {
		return err
	}
	if account == a.Account {
		return fault.New(fault.Conflict, "people.factors-self", "these are your own").Do("Change them on the page of your account")
	}
	if err := a.Fresh(d.Now()); err != nil {
		return err
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := a.May(ManageAccounts, Object{}); err != nil {
			return err
		}
		if _, err := selectAccount(ctx, tx, account); err != nil {
			return err
		}
		if err := deleteCodes(ctx, tx, account); err != nil {
			return err
		}
		if err := deletePasskeys(ctx, tx, account); err != nil {
			return err
		}
		if err := deleteSessions(ctx, tx, account, ""); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "factors-removed", "account:"+account, "", nil)
	})
}
