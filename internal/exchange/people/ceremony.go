package people

import (
	"context"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/signin"
)

// ceremony is what several requests of one act remember on our side; the visitor
// holds its secret alone.
type ceremony struct {
	account string
	state   []byte
}

// open begins a ceremony and returns its secret.
func (d *Directory) open(ctx context.Context, tx *db.Tx, kind, account string, state []byte, lasts time.Duration) (secret string, err error) {
	if secret, err = signin.NewToken(d.Random); err != nil {
		return "", err
	}
	return secret, insertCeremony(ctx, tx, hashed(secret), kind, account, string(state), written(d.Now().Add(lasts)))
}

// peek returns a ceremony that is still open.
func (d *Directory) peek(ctx context.Context, q db.Querier, kind, secret string) (*ceremony, error) {
	c, expires, err := selectCeremony(ctx, q, hashed(secret), kind)
	if err != nil && fault.KindOf(err) != fault.Missing {
		return nil, err
	}
	if err != nil || d.Now().After(expires) {
		if kind == "reset" {
			return nil, fault.New(fault.Missing, "people.link", "nobody knows this link").Do("Check that the whole link was copied, or ask for a new one")
		}
		return nil, errCeremony()
	}
	return c, nil
}

// finish uses a ceremony up: of two who finish it at once, one succeeds.
func (d *Directory) finish(ctx context.Context, tx *db.Tx, secret string) error {
	n, err := deleteCeremony(ctx, tx, hashed(secret))
	if err == nil && n == 0 {
		err = errCeremony()
	}
	return err
}

// SetupCode makes the code that proves at the first set-up who can read what the
// program prints. It is empty once there is an administrator.
func (d *Directory) SetupCode(ctx context.Context) (code string, err error) {
	empty, err := d.Empty(ctx)
	if err != nil || !empty {
		return "", err
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := deleteCeremonies(ctx, tx, "setup"); err != nil { // a later start replaces it
			return err
		}
		code, err = d.open(ctx, tx, "setup", "", nil, 365*24*time.Hour)
		return err
	})
	return code, err
}

// SetUp makes the first account, the administrator's, and starts a session. The
// code cannot be guessed, so tries are not counted.
func (d *Directory) SetUp(ctx context.Context, code, address string, n Newcomer) (session string, err error) {
	if _, err := d.peek(ctx, d.DB.Read(), "setup", code); err != nil {
		if fault.KindOf(err) != fault.Conflict {
			return "", err
		}
		return "", fault.New(fault.Invalid, "people.setup-code", "this is not the set-up code").Do("Copy it from what the program printed when it started")
	}
	email, err := normalEmail(address)
	if err != nil {
		return "", err
	}
	hash, err := d.newPassword(ctx, n.Password, email, n.Name)
	if err != nil {
		return "", err
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if count, err := countAdministrators(ctx, tx, d.today()); err != nil {
			return err
		} else if count > 0 {
			return fault.New(fault.Conflict, "people.set-up", "the installation has been set up").Do("Sign in")
		}
		if err := d.finish(ctx, tx, code); err != nil {
			return err
		}
		id, err := d.newAccount(ctx, tx, email, n)
		if err != nil {
			return err
		}
		if err := upsertPassword(ctx, tx, id, hash, written(d.Now())); err != nil {
			return err
		}
		if err := d.give(ctx, tx, Grant{Account: id, Role: Administrator}); err != nil {
			return err
		}
		session, err = d.begin(ctx, tx, id, "invitation", n.Browser)
		return err
	})
	return session, err
}
