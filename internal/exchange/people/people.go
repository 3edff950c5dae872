// Package people knows who works here: accounts, what they sign in with, their
// sessions, invitations, the roles they have in a partnership, what a role may
// do, who did what, and how a person's data are given out and erased.
//
// It refuses an account without invitation, a role beyond the giver's own, a
// link used twice, a code taken twice, and every act that the table of
// permissions does not name. Passwords and keys themselves are machinery/signin.
// Start with Permissions, then Directory and Actor.
package people

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/signin"
)

// Config is what a directory stands on.
type Config struct {
	DB     *db.DB
	Now    func() time.Time
	Random io.Reader      // 32 bytes for a secret, 10 for an id
	Hasher *signin.Hasher // of passwords
	Party  *signin.Party  // of passkeys; nil where the site has no name for them
	Host   string         // of the site, which is no password; may be empty
	Key    []byte         // for keyed hashes of addresses in the throttle, 32 bytes

	Providers []Provider // through which people may come in
	Guarded   []Role     // that need a second factor; nil: none

	// Heard gets every line of the audit log, in its transaction; nil: nobody does.
	Heard func(ctx context.Context, tx *db.Tx, e Entry) error
}

// Directory is all people of an installation.
type Directory struct {
	Config
	table table
}

// Open makes the directory over a migrated database.
func Open(c Config) *Directory { return &Directory{Config: c, table: newTable()} }

// Account is a person who can sign in.
type Account struct {
	ID      string
	Email   string
	Name    string
	Lang    string // of the interface; empty: as the browser asks
	Zone    string // IANA time zone; empty: the event's
	Created time.Time
	Seen    time.Time // day of the last session
	Closed  time.Time // by an administrator
	Erased  time.Time
}

// gone reports whether nobody can sign in to the account.
func (a *Account) gone() bool { return !a.Closed.IsZero() || !a.Erased.IsZero() }

// Mail is where and in which language a person is written to.
type Mail struct{ Address, Name, Lang string }

// stamp is how times stand in the database.
const stamp = "2006-01-02T15:04:05.000Z"

func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stamp)
}

func read(s string) time.Time {
	t, err := time.Parse(stamp, s)
	if err != nil {
		return time.Time{} // empty: there is none
	}
	return t
}

// today is the date that counts for grants.
func (d *Directory) today() string { return d.Now().UTC().Format(time.DateOnly) }

var ids = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// newID returns 16 characters that nobody has had before.
func (d *Directory) newID() (string, error) {
	var b [10]byte
	if _, err := io.ReadFull(d.Random, b[:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return ids.EncodeToString(b[:]), nil
}

// Limits of what a person writes about herself.
const (
	longestName  = 120 // characters
	longestEmail = 254 // bytes
)

// normalEmail returns an address as it is kept and compared, or a fault. The part
// before the @ is compared without case too: no provider in use gives two people
// addresses that differ in case alone.
func normalEmail(s string) (string, error) {
	s = strings.ToLower(norm.NFC.String(strings.TrimSpace(s)))
	local, domain, ok := strings.Cut(s, "@")
	bad := !ok || local == "" || len(s) > longestEmail || !strings.Contains(domain, ".") && domain != "localhost" ||
		strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.ContainsAny(domain, "@_") || !utf8.ValidString(s)
	if bad || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unseen(r) || strings.ContainsRune(`<>(),;:"\[]?&`, r)
	}) {
		return "", fault.New(fault.Invalid, "people.email", "%q is not an e-mail address", fault.Clip(s, 80)).With("email", fault.Clip(s, 80)).
			Do("Write it like name@example.org")
	}
	return s, nil
}

// unseen reports whether a character is not seen, or turns the writing around.
func unseen(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// normalName returns a person's name without surrounding space, or a fault.
func normalName(s string) (string, error) {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	switch {
	case s == "":
		return "", fault.New(fault.Invalid, "people.no-name", "the name is empty").Do("Write the name under which others know you")
	case utf8.RuneCountInString(s) > longestName:
		return "", fault.New(fault.TooLarge, "people.long-name", "the name has more than %d characters", longestName).With("most", longestName).Do("Shorten it")
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unseen):
		return "", fault.New(fault.Invalid, "people.name", "the name has characters that cannot be shown").Do("Write letters")
	}
	return s, nil
}

// Accounts lists accounts by name, those that are erased left out.
func (d *Directory) Accounts(ctx context.Context, a *Actor) ([]Account, error) {
	if err := a.May(ManageAccounts, Object{}); err != nil {
		return nil, err
	}
	return selectAccounts(ctx, d.DB.Read())
}

// Empty reports whether nobody can run the installation yet: it waits for its
// first administrator.
func (d *Directory) Empty(ctx context.Context) (bool, error) {
	n, err := countAdministrators(ctx, d.DB.Read(), d.today())
	return n == 0, err
}

// Profile is what a person may change about herself at any time.
type Profile struct{ Name, Lang, Zone string }

// SetProfile changes the actor's own profile.
func (d *Directory) SetProfile(ctx context.Context, a *Actor, p Profile) error {
	if a.Nobody() {
		return signInFirst()
	}
	name, err := normalName(p.Name)
	if err != nil {
		return err
	}
	if p.Zone != "" {
		if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
			return fault.New(fault.Invalid, "people.zone", "there is no time zone %q", fault.Clip(p.Zone, 60)).With("zone", fault.Clip(p.Zone, 60)).Do("Choose one of the list").Because(err)
		}
	}
	if p.Lang != "" && (len(p.Lang) > 35 || strings.ContainsFunc(p.Lang, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })) {
		return fault.New(fault.Invalid, "people.lang", "%q is no language", fault.Clip(p.Lang, 20)).Do("Choose one of the list")
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := updateProfile(ctx, tx, a.Account, name, p.Lang, p.Zone); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "profile-changed", "account:"+a.Account, "", nil)
	})
}

// Close keeps an account from signing in and ends its sessions; its grants stay
// and it can be opened again.
func (d *Directory) Close(ctx context.Context, a *Actor, account string, closed bool) error {
	if err := a.May(ManageAccounts, Object{}); err != nil {
		return err
	}
	if account == a.Account {
		return fault.New(fault.Conflict, "people.close-self", "you cannot close your own account").Do("Ask another administrator")
	}
	if err := a.Fresh(d.Now()); err != nil {
		return err
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := a.May(ManageAccounts, Object{}); err != nil {
			return err
		}
		at, act := "", "account-opened"
		if closed {
			grants, err := selectGrants(ctx, tx, account, d.today())
			if err != nil {
				return err
			}
			for i := range grants {
				if err := d.notTheLast(ctx, tx, &grants[i]); err != nil {
					return err
				}
			}
			at, act = written(d.Now()), "account-closed"
			if err := d.shut(ctx, tx, account); err != nil {
				return err
			}
		}
		if err := updateClosed(ctx, tx, account, at); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, act, "account:"+account, "", nil)
	})
}

// shut ends what an account has open: sessions, half-finished sign-ins, links to
// a new password, invitations that it made.
func (d *Directory) shut(ctx context.Context, tx *db.Tx, account string) error {
	if err := deleteSessions(ctx, tx, account, ""); err != nil {
		return err
	}
	if err := deleteCeremoniesOf(ctx, tx, account); err != nil {
		return err
	}
	return withdrawInvitationsBy(ctx, tx, account, written(d.Now()))
}

// Names returns the names of accounts; those of erased ones are empty.
func (d *Directory) Names(ctx context.Context, accounts []string) (map[string]string, error) {
	return selectNames(ctx, d.DB.Read(), accounts)
}
