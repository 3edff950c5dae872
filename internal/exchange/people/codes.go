package people

import (
	"context"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/signin"
)

// Enrolment is the secret of one-time codes, shown once to be scanned.
type Enrolment struct {
	Secret string // to be typed
	SVG    string // the QR code
}

// site is the name under which applications list their codes.
const site = "Peerscape"

// BeginCodes makes a secret of one-time codes for the actor. It counts once a
// first code has been right.
func (d *Directory) BeginCodes(ctx context.Context, a *Actor) (*Enrolment, error) {
	if err := a.Fresh(d.Now()); err != nil {
		return nil, err
	}
	account, err := selectAccount(ctx, d.DB.Read(), a.Account)
	if err != nil {
		return nil, err
	}
	e := &Enrolment{}
	if e.Secret, err = signin.NewCodeSecret(d.Random); err != nil {
		return nil, err
	}
	if e.SVG, err = signin.QR(signin.CodeURI(e.Secret, site, account.Email), e.Secret); err != nil {
		return nil, err
	}
	err = d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		have, err := selectCodes(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		if have.confirmed {
			return fault.New(fault.Conflict, "people.codes-on", "one-time codes are switched on").Do("Switch them off first")
		}
		return upsertCodes(ctx, tx, a.Account, e.Secret, "", 0)
	})
	return e, err
}

// ConfirmCodes switches codes on after a first right code and returns the recovery
// codes, shown once.
func (d *Directory) ConfirmCodes(ctx context.Context, a *Actor, code string) (recovery []string, err error) {
	if err := a.Fresh(d.Now()); err != nil {
		return nil, err
	}
	recovery, hashes, err := signin.NewRecoveryCodes(d.Random)
	if err != nil {
		return nil, err
	}
	err = d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		have, err := selectCodes(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		step, right := signin.MatchCode(have.secret, code, d.Now(), have.step)
		if !right || have.confirmed {
			return wrongCode()
		}
		if err := deleteCodes(ctx, tx, a.Account); err != nil {
			return err
		}
		if err := upsertCodes(ctx, tx, a.Account, have.secret, written(d.Now()), step); err != nil {
			return err
		}
		for _, h := range hashes {
			if err := insertRecovery(ctx, tx, a.Account, h); err != nil {
				return err
			}
		}
		if err := d.strengthen(ctx, tx, a, "code"); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "codes-on", "account:"+a.Account, "", nil)
	})
	return recovery, err
}

// DropCodes switches codes off.
func (d *Directory) DropCodes(ctx context.Context, a *Actor) error {
	if err := a.Fresh(d.Now()); err != nil {
		return err
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := deleteCodes(ctx, tx, a.Account); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "codes-off", "account:"+a.Account, "", nil)
	})
}

// takeCode uses a one-time code, or a recovery code, up.
func (d *Directory) takeCode(ctx context.Context, tx *db.Tx, account, code string) (right bool, err error) {
	have, err := selectCodes(ctx, tx, account)
	if err != nil || !have.confirmed {
		return false, err
	}
	if step, right := signin.MatchCode(have.secret, code, d.Now(), have.step); right {
		return true, stepCodes(ctx, tx, account, step)
	}
	n, err := useRecovery(ctx, tx, account, signin.RecoveryHash(code), written(d.Now()))
	if err != nil || n == 0 {
		return false, err
	}
	return true, d.note(ctx, tx, account, "recovery-code-used", "account:"+account, "", nil)
}
