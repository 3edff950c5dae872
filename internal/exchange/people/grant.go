package people

import (
	"context"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Give gives a role to an account from today on.
func (d *Directory) Give(ctx context.Context, a *Actor, g Grant) error {
	if a.Nobody() {
		return signInFirst()
	}
	if err := g.check(); err != nil {
		return err
	}
	if err := a.mayGive(&g); err != nil {
		return err
	}
	if err := a.Fresh(d.Now()); err != nil {
		return err
	}
	g.By = a.Account
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if err := a.mayGive(&g); err != nil {
			return err
		}
		return d.give(ctx, tx, g)
	})
}

// give writes a grant; one that the account has already stays as it is.
func (d *Directory) give(ctx context.Context, tx *db.Tx, g Grant) (err error) {
	account, err := selectAccount(ctx, tx, g.Account)
	if err != nil {
		return err
	}
	if !account.Erased.IsZero() {
		return fault.New(fault.Conflict, "people.erased", "this person's data have been erased").Do("Invite the person anew")
	}
	have, err := selectGrants(ctx, tx, g.Account, d.today())
	if err != nil {
		return err
	}
	for _, h := range have {
		if h.Role == g.Role && h.Partnership == g.Partnership && h.Region == g.Region {
			return nil
		}
	}
	if g.ID, err = d.newID(); err != nil {
		return err
	}
	g.Since = d.today()
	if err := insertGrant(ctx, tx, &g); err != nil {
		return err
	}
	return d.note(ctx, tx, g.By, "role-given", "account:"+g.Account, g.Partnership, details(&g))
}

// Withdraw ends a grant. It stays in the history. The last administrator and the
// last project manager of a partnership stay.
func (d *Directory) Withdraw(ctx context.Context, a *Actor, id string) error {
	if a.Nobody() {
		return signInFirst()
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		g, err := selectGrant(ctx, tx, id)
		if err != nil {
			return err
		}
		if g.Account != a.Account { // a person may always lay down a role
			if err := a.mayGive(g); err != nil {
				return err
			}
			if err := a.Fresh(d.Now()); err != nil {
				return err
			}
		}
		if err := d.notTheLast(ctx, tx, g); err != nil {
			return err
		}
		if err := endGrant(ctx, tx, id, d.today()); err != nil {
			return err
		}
		if err := withdrawInvitationsBy(ctx, tx, g.Account, written(d.Now())); err != nil { // made by a power that is gone
			return err
		}
		return d.note(ctx, tx, a.Account, "role-withdrawn", "account:"+g.Account, g.Partnership, details(g))
	})
}

// notTheLast refuses to leave the installation, or a partnership, without anybody
// who runs it.
func (d *Directory) notTheLast(ctx context.Context, tx *db.Tx, g *Grant) error {
	if g.Role != Administrator && g.Role != ProjectManager {
		return nil
	}
	holder, err := selectAccount(ctx, tx, g.Account)
	if err != nil || holder.gone() {
		return err
	}
	n, err := countHolders(ctx, tx, g.Role, g.Partnership, d.today(), g.Account)
	if err != nil || n > 0 {
		return err
	}
	return fault.New(fault.Conflict, "people.last", "this is the last %s", g.Role).With("role", string(g.Role)).Do("Give the role to somebody else first")
}

func details(g *Grant) map[string]string {
	return map[string]string{"role": string(g.Role), "region": string(g.Region)}
}

// Colleague is a person of a partnership with the grants that she has or had.
type Colleague struct {
	Account Account
	Grants  []Grant
}

// Colleagues lists the people of a partnership by name; with former, those too
// whose grants have ended.
func (d *Directory) Colleagues(ctx context.Context, a *Actor, partnership string, former bool) ([]Colleague, error) {
	if err := a.May(ReadPeople, Object{Partnership: partnership}); err != nil {
		return nil, err
	}
	since := d.today()
	if former {
		since = ""
	}
	return selectColleagues(ctx, d.DB.Read(), partnership, since)
}
