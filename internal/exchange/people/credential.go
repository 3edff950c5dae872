package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Try is an attempt to prove who somebody is.
type Try struct {
	Email, Password, Code string
	Address               string // network address, for the throttle
	Browser
}

// Begun is a sign-in that has gone well so far: a session, or the ceremony in
// which a second proof is awaited.
type Begun struct {
	Session  string
	Ceremony string
}

// wrong is the same sentence for an address that nobody has and for a password
// that is not right, so that nobody learns who has an account.
func wrong() error {
	return fault.New(fault.Invalid, "people.wrong", "address and password do not belong together").Do("Check both, or ask for a new password")
}

// SignIn proves a person by password. Where she has codes switched on, the answer
// is a ceremony for SignInWithCode.
func (d *Directory) SignIn(ctx context.Context, t Try) (Begun, error) {
	email, err := normalEmail(t.Email)
	if err != nil {
		return Begun{}, wrong()
	}
	counted := d.counters("account", email, t.Address)
	if err := d.try(ctx, counted); err != nil {
		return Begun{}, err
	}
	account, right, rehash, err := d.check(ctx, email, t.Password)
	if err != nil {
		return Begun{}, err
	}
	if !right {
		return Begun{}, d.refuse(ctx, account.ID, "password", wrong())
	}
	var out Begun
	err = d.DB.Write(ctx, func(tx *db.Tx) (err error) {
		out = Begun{}
		if account, err = selectAccount(ctx, tx, account.ID); err != nil || account.gone() {
			return errors.Join(err, wrong())
		}
		if err := d.passed(ctx, tx, counted); err != nil {
			return err
		}
		if rehash != "" {
			if err := upsertPassword(ctx, tx, account.ID, rehash, written(d.Now())); err != nil {
				return err
			}
		}
		out, err = d.admit(ctx, tx, account.ID, "password", t.Browser)
		return err
	})
	return out, err
}

// admit goes on after a first proof: with a session, or where codes are switched
// on with the ceremony that awaits one.
func (d *Directory) admit(ctx context.Context, tx *db.Tx, account, how string, b Browser) (out Begun, err error) {
	codes, err := selectCodes(ctx, tx, account)
	if err != nil {
		return out, err
	}
	if codes.confirmed {
		out.Ceremony, err = d.open(ctx, tx, "code", account, []byte(how), CeremonyLasts)
		return out, err
	}
	out.Session, err = d.begin(ctx, tx, account, how, b)
	return out, err
}

// check looks a password up. It costs the same whether or not there is an account
// with a password. rehash is a new hash where the old one is of weaker parameters.
func (d *Directory) check(ctx context.Context, email, password string) (a Account, right bool, rehash string, err error) {
	a, err = selectAccountByEmail(ctx, d.DB.Read(), email)
	if err != nil && fault.KindOf(err) != fault.Missing {
		return a, false, "", err
	}
	hash := ""
	if err == nil && a.Closed.IsZero() {
		if hash, err = selectPassword(ctx, d.DB.Read(), a.ID); err != nil && fault.KindOf(err) != fault.Missing {
			return a, false, "", err
		}
	}
	right, weak, err := d.Hasher.Verify(ctx, hash, password)
	if err != nil || !right || !weak {
		return a, right, "", err
	}
	rehash, err = d.Hasher.Hash(ctx, password)
	return a, right, rehash, err
}

// refuse notes a failure at an account and returns why. Tries at accounts that do
// not exist leave no line: strangers would fill the log.
func (d *Directory) refuse(ctx context.Context, account, how string, why error) error {
	if account == "" {
		return why
	}
	err := d.DB.Write(ctx, func(tx *db.Tx) error {
		return d.note(ctx, tx, "", "sign-in-failed", "account:"+account, "", map[string]string{"how": how})
	})
	if err != nil {
		return fmt.Errorf("note a failed try: %w", err)
	}
	return why
}

// CeremonyLasts is how long the steps of a sign-in may take, LongestSession how
// long a session lasts at most.
const (
	CeremonyLasts  = 10 * time.Minute
	LongestSession = longest
)

// errCeremony says that a sign-in took too long, or was finished before.
func errCeremony() error {
	return fault.New(fault.Conflict, "people.ceremony", "this sign-in has taken too long").Do("Begin again")
}

// SignInWithCode finishes a sign-in with a one-time code or a recovery code.
func (d *Directory) SignInWithCode(ctx context.Context, ceremony string, t Try) (session string, err error) {
	c, err := d.peek(ctx, d.DB.Read(), "code", ceremony)
	if err != nil {
		return "", err
	}
	counted := d.counters("code", c.account, t.Address)
	if err := d.try(ctx, counted); err != nil {
		return "", err
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		ok, err := d.takeCode(ctx, tx, c.account, t.Code)
		if err != nil {
			return err
		}
		if !ok {
			return errWrongCode
		}
		if err := d.finish(ctx, tx, ceremony); err != nil {
			return err
		}
		if err := d.passed(ctx, tx, counted); err != nil {
			return err
		}
		session, err = d.begin(ctx, tx, c.account, string(c.state)+"+code", t.Browser)
		return err
	})
	if errors.Is(err, errWrongCode) {
		return "", d.refuse(ctx, c.account, "code", wrongCode())
	}
	return session, err
}

var errWrongCode = errors.New("wrong code")

func wrongCode() error {
	return fault.New(fault.Invalid, "people.wrong-code", "this code is not right").Do("Wait for the next one and write it")
}

// Prove refreshes the proof of a session by the password and, where codes are
// switched on, a code; who has passkeys and no codes proves herself with one of
// them. It returns the new secret of the session.
func (d *Directory) Prove(ctx context.Context, a *Actor, t Try) (session string, err error) {
	own, err := d.Own(ctx, a)
	if err != nil {
		return "", err
	}
	if len(own.Passkeys) > 0 && !own.Codes {
		return "", fault.New(fault.Invalid, "people.prove-passkey", "the password alone does not do").Do("Confirm with your passkey")
	}
	counted := d.counters("prove", own.Account.Email, t.Address)
	if err := d.try(ctx, counted); err != nil {
		return "", err
	}
	_, right, _, err := d.check(ctx, own.Account.Email, t.Password)
	if err != nil {
		return "", err
	}
	if !right {
		return "", d.refuse(ctx, a.Account, "prove", wrong())
	}
	err = d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		factor := ""
		codes, err := selectCodes(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		if codes.confirmed {
			if ok, err := d.takeCode(ctx, tx, a.Account, t.Code); err != nil || !ok {
				return errors.Join(err, errWrongCode)
			}
			factor = "code"
		}
		if err := d.passed(ctx, tx, counted); err != nil {
			return err
		}
		session, err = d.proved(ctx, tx, a, factor)
		return err
	})
	if errors.Is(err, errWrongCode) {
		return "", d.refuse(ctx, a.Account, "prove", wrongCode())
	}
	return session, err
}

// newPassword checks a new password against what is known of the person, and
// hashes it.
func (d *Directory) newPassword(ctx context.Context, password string, known ...string) (hash string, err error) {
	if err := d.Hasher.Acceptable(password, append(known, d.Host)...); err != nil {
		return "", err
	}
	return d.Hasher.Hash(ctx, password)
}

// SetPassword gives the actor a password and ends the other sessions.
func (d *Directory) SetPassword(ctx context.Context, a *Actor, password string) error {
	if err := a.Fresh(d.Now()); err != nil {
		return err
	}
	account, err := selectAccount(ctx, d.DB.Read(), a.Account)
	if err != nil {
		return err
	}
	hash, err := d.newPassword(ctx, password, account.Email, account.Name)
	if err != nil {
		return err
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := upsertPassword(ctx, tx, a.Account, hash, written(d.Now())); err != nil {
			return err
		}
		if err := deleteSessions(ctx, tx, a.Account, a.Session); err != nil {
			return err
		}
		if err := deleteCeremoniesOf(ctx, tx, a.Account); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "password-set", "account:"+a.Account, "", nil)
	})
}

// resetLasts is how long a link to a new password can be used.
const resetLasts = time.Hour

// AskReset makes the secret of a link by which a lost password is replaced, to be
// mailed. It is empty where nobody has the address; the answer to the visitor is
// the same.
func (d *Directory) AskReset(ctx context.Context, address, from string) (to Mail, secret string, err error) {
	email, err := normalEmail(address)
	if err != nil {
		return Mail{}, "", err
	}
	if err := d.try(ctx, d.counters("reset", email, from)); err != nil { // nobody is flooded with mail
		return Mail{}, "", err
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		account, err := selectAccountByEmail(ctx, tx, email)
		if err != nil || !account.Closed.IsZero() {
			if err != nil && fault.KindOf(err) != fault.Missing {
				return err
			}
			return nil
		}
		to = Mail{account.Email, account.Name, account.Lang}
		if secret, err = d.open(ctx, tx, "reset", account.ID, nil, resetLasts); err != nil {
			return err
		}
		return d.note(ctx, tx, "", "reset-asked", "account:"+account.ID, "", nil)
	})
	return to, secret, err
}

// ResetLink makes such a link for somebody else, to be passed on by hand where no
// mail is sent.
func (d *Directory) ResetLink(ctx context.Context, a *Actor, account string) (secret string, err error) {
	if err := a.May(ManageAccounts, Object{}); err != nil {
		return "", err
	}
	if err := a.Fresh(d.Now()); err != nil {
		return "", err
	}
	err = d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		who, err := selectAccount(ctx, tx, account)
		if err != nil {
			return err
		}
		if !who.Erased.IsZero() {
			return fault.New(fault.Conflict, "people.erased", "this person's data have been erased").Do("Invite the person anew")
		}
		if secret, err = d.open(ctx, tx, "reset", account, nil, resetLasts); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "reset-link-made", "account:"+account, "", nil)
	})
	return secret, err
}

// ResetOpen reports whether a link can still be used.
func (d *Directory) ResetOpen(ctx context.Context, secret string) error {
	_, err := d.peek(ctx, d.DB.Read(), "reset", secret)
	return err
}

// Reset replaces a lost password. Sessions end; where codes are switched on they
// stay on, and the answer is a ceremony in place of a session.
func (d *Directory) Reset(ctx context.Context, secret string, t Try) (Begun, error) {
	c, err := d.peek(ctx, d.DB.Read(), "reset", secret)
	if err != nil {
		return Begun{}, err
	}
	account, err := selectAccount(ctx, d.DB.Read(), c.account)
	if err != nil {
		return Begun{}, err
	}
	hash, err := d.newPassword(ctx, t.Password, account.Email, account.Name)
	if err != nil {
		return Begun{}, err
	}
	var out Begun
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		out = Begun{}
		if err := d.finish(ctx, tx, secret); err != nil {
			return err
		}
		if err := upsertPassword(ctx, tx, account.ID, hash, written(d.Now())); err != nil {
			return err
		}
		if err := deleteSessions(ctx, tx, account.ID, ""); err != nil {
			return err
		}
		if err := deleteCeremoniesOf(ctx, tx, account.ID); err != nil { // other links to a new password
			return err
		}
		if err := d.note(ctx, tx, account.ID, "password-reset", "account:"+account.ID, "", nil); err != nil {
			return err
		}
		out, err = d.admit(ctx, tx, account.ID, "password", t.Browser)
		return err
	})
	return out, err
}
