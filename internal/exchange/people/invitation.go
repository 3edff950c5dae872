package people

import (
	"context"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/signin"
	"peerscape/internal/nuts"
)

// invitationLasts is how long an invitation can be accepted.
const invitationLasts = 14 * 24 * time.Hour

// Invitation asks a person to take a role. Its link can be used once.
type Invitation struct {
	ID          string
	Email       string
	Role        Role
	Partnership string
	Region      nuts.Code
	By          string // account
	Created     time.Time
	Expires     time.Time
	Used        time.Time
	UsedBy      string
	Withdrawn   time.Time
}

// grant is what the invitation gives.
func (i *Invitation) grant(account string) Grant {
	return Grant{Account: account, Role: i.Role, Partnership: i.Partnership, Region: i.Region, By: i.By}
}

// usable returns a fault that says why the invitation cannot be accepted.
func (i *Invitation) usable(now time.Time) error {
	switch {
	case !i.Used.IsZero():
		return fault.New(fault.Conflict, "people.invitation-used", "this invitation has been used").Do("Sign in; if it was not you, tell the person who invited you")
	case !i.Withdrawn.IsZero():
		return fault.New(fault.Conflict, "people.invitation-withdrawn", "this invitation has been withdrawn").Do("Ask for a new one")
	case now.After(i.Expires):
		return fault.New(fault.Conflict, "people.invitation-expired", "this invitation has expired").Do("Ask for a new one")
	}
	return nil
}

// Invite makes an invitation and returns the secret of its link, which is shown
// or sent once and not kept.
func (d *Directory) Invite(ctx context.Context, a *Actor, i Invitation) (secret string, err error) {
	if a.Nobody() {
		return "", signInFirst()
	}
	if i.Email, err = normalEmail(i.Email); err != nil {
		return "", err
	}
	g := i.grant("")
	if err := g.check(); err != nil {
		return "", err
	}
	if err := a.mayGive(&g); err != nil {
		return "", err
	}
	if err := a.Fresh(d.Now()); err != nil {
		return "", err
	}
	if i.ID, err = d.newID(); err != nil {
		return "", err
	}
	if secret, err = signin.NewToken(d.Random); err != nil {
		return "", err
	}
	now := d.Now()
	i.By, i.Created, i.Expires = a.Account, now, now.Add(invitationLasts)
	err = d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := a.mayGive(&g); err != nil {
			return err
		}
		if n, err := countInvitations(ctx, tx, i.Partnership, written(now)); err != nil {
			return err
		} else if n >= mostOpen {
			return fault.New(fault.TooLarge, "people.invitations", "%d invitations are open", n).With("n", n).Do("Withdraw some, or wait until they are accepted")
		}
		if err := insertInvitation(ctx, tx, &i, hashed(secret)); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "invited", "invitation:"+i.ID, i.Partnership, details(&g))
	})
	return secret, err
}

// mostOpen bounds the open invitations of a partnership.
const mostOpen = 500

// Invitation returns what a link's secret invites to, or a fault that says why it
// cannot be accepted.
func (d *Directory) Invitation(ctx context.Context, secret string) (*Invitation, error) {
	i, err := selectInvitation(ctx, d.DB.Read(), hashed(secret))
	if err != nil {
		return nil, unknownLink(err)
	}
	return i, i.usable(d.Now())
}

// unknownLink says in words that nobody knows a link.
func unknownLink(err error) error {
	if fault.KindOf(err) != fault.Missing {
		return err
	}
	return fault.New(fault.Missing, "people.link", "nobody knows this link").Do("Check that the whole link was copied, or ask for a new one").Because(err)
}

// Known reports whether the person who was invited has an account already; she
// signs in then and accepts.
func (d *Directory) Known(ctx context.Context, i *Invitation) (bool, error) {
	_, err := selectAccountByEmail(ctx, d.DB.Read(), i.Email)
	if err != nil && fault.KindOf(err) == fault.Missing {
		return false, nil
	}
	return err == nil, err
}

// Accept gives the signed-in actor the role of an invitation. The invitation must
// be for the actor's own address: a link that went astray gives nothing.
func (d *Directory) Accept(ctx context.Context, a *Actor, secret string) error {
	if a.Nobody() {
		return signInFirst()
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		i, err := d.take(ctx, tx, hashed(secret), a.Account)
		if err != nil {
			return err
		}
		account, err := selectAccount(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		if account.Email != i.Email {
			return fault.New(fault.Denied, "people.invitation-other", "this invitation is for another address").Do("Sign in with the account of that address, or ask for an invitation to yours")
		}
		return d.give(ctx, tx, i.grant(a.Account))
	})
}

// Newcomer is what a person gives who accepts an invitation without an account.
type Newcomer struct {
	Name, Password, Lang string
	Browser
}

// Join makes the account of a person who was invited, gives her the role and
// starts a session.
func (d *Directory) Join(ctx context.Context, secret string, n Newcomer) (session string, err error) {
	i, err := d.Invitation(ctx, secret)
	if err != nil {
		return "", err
	}
	hash, err := d.newPassword(ctx, n.Password, i.Email, n.Name)
	if err != nil {
		return "", err
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		id, err := d.newAccount(ctx, tx, i.Email, n)
		if err != nil {
			return err
		}
		if i, err = d.take(ctx, tx, hashed(secret), id); err != nil {
			return err
		}
		if err := upsertPassword(ctx, tx, id, hash, written(d.Now())); err != nil {
			return err
		}
		if err := d.give(ctx, tx, i.grant(id)); err != nil {
			return err
		}
		session, err = d.begin(ctx, tx, id, "invitation", n.Browser)
		return err
	})
	return session, err
}

// newAccount makes an account.
func (d *Directory) newAccount(ctx context.Context, tx *db.Tx, email string, n Newcomer) (string, error) {
	name, err := normalName(n.Name)
	if err != nil {
		return "", err
	}
	id, err := d.newID()
	if err != nil {
		return "", err
	}
	a := Account{ID: id, Email: email, Name: name, Lang: n.Lang, Created: d.Now(), Seen: d.Now()}
	if err := insertAccount(ctx, tx, &a); err != nil {
		if fault.KindOf(err) == fault.Conflict {
			return "", fault.New(fault.Conflict, "people.known", "there is an account for %s", email).With("email", email).Do("Sign in with it and open the link again").Because(err)
		}
		return "", err
	}
	return id, d.note(ctx, tx, id, "account-made", "account:"+id, "", nil)
}

// take uses an invitation up, so that of two who accept at once one succeeds.
func (d *Directory) take(ctx context.Context, tx *db.Tx, token, account string) (*Invitation, error) {
	i, err := selectInvitation(ctx, tx, token)
	if err != nil {
		return nil, unknownLink(err)
	}
	if err := i.usable(d.Now()); err != nil {
		return nil, err
	}
	if err := d.stillGiven(ctx, tx, i); err != nil {
		return nil, err
	}
	n, err := useInvitation(ctx, tx, i.ID, written(d.Now()), account)
	if err != nil {
		return nil, err
	}
	if n == 0 { // another instance was quicker
		i.Used = d.Now()
		return nil, i.usable(d.Now())
	}
	return i, d.note(ctx, tx, account, "invitation-accepted", "invitation:"+i.ID, i.Partnership, nil)
}

// stillGiven refuses an invitation of somebody who could not make it today.
func (d *Directory) stillGiven(ctx context.Context, tx *db.Tx, i *Invitation) error {
	by, err := selectAccount(ctx, tx, i.By)
	if err != nil {
		return err
	}
	giver := Actor{Account: by.ID, table: d.table}
	if giver.Grants, err = selectGrants(ctx, tx, by.ID, d.today()); err != nil {
		return err
	}
	g := i.grant("")
	if by.gone() || giver.mayGive(&g) != nil || i.Email == "" {
		i.Withdrawn = d.Now()
		return i.usable(d.Now())
	}
	return nil
}

// Invitations lists the invitations of a partnership, or of the installation
// where it is empty, the newest first.
func (d *Directory) Invitations(ctx context.Context, a *Actor, partnership string) ([]Invitation, error) {
	if partnership == "" {
		if err := a.May(ManageAccounts, Object{}); err != nil {
			return nil, err
		}
	} else if roles, _ := a.Givable(partnership); len(roles) == 0 {
		return nil, d.table.denied(InvitePeople, Object{Partnership: partnership})
	}
	return selectInvitations(ctx, d.DB.Read(), partnership)
}

// WithdrawInvitation makes a link worthless.
func (d *Directory) WithdrawInvitation(ctx context.Context, a *Actor, id string) error {
	if a.Nobody() {
		return signInFirst()
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		i, err := selectInvitationByID(ctx, tx, id)
		if err != nil {
			return err
		}
		g := i.grant("")
		if err := a.mayGive(&g); err != nil {
			return err
		}
		if err := i.usable(d.Now()); err != nil {
			return err
		}
		if err := withdrawInvitation(ctx, tx, id, written(d.Now())); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "invitation-withdrawn", "invitation:"+id, i.Partnership, details(&g))
	})
}

// Open reports whether the invitation can still be accepted.
func (i *Invitation) Open(now time.Time) bool { return i.usable(now) == nil }
