package people

import (
	"context"
	"slices"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/nuts"
)

// Actor is who asks: an account with the roles that it has today, or nobody.
// Services take one with every verb.
type Actor struct {
	Account string // empty for nobody
	Name    string
	Lang    string
	Zone    string
	Grants  []Grant
	Session string    // handle of the session
	How     string    // how the session began
	Proved  time.Time // when the person last proved who she is
	Lacking bool      // a role of hers needs a second factor, and this session has none

	table table
}

// Nobody is a visitor who has not signed in.
func Nobody() *Actor { return &Actor{} }

// Nobody reports whether the actor has not signed in.
func (a *Actor) Nobody() bool { return a == nil || a.Account == "" }

// May returns nil if one of the actor's roles permits the act on the object,
// else a fault of kind Denied that says which roles may.
func (a *Actor) May(act Act, on Object) error {
	if a.Nobody() {
		return signInFirst()
	}
	if a.Lacking {
		return secondFactorFirst()
	}
	for _, g := range a.Grants {
		if a.table.allows(g, act, on) {
			return nil
		}
	}
	return a.table.denied(act, on)
}

// Lacks returns a fault of kind Denied where a role of the actor needs a second
// factor and the session has none: then she is shown nothing that hangs on a role,
// be it public or not, for she would take it for the whole.
func (a *Actor) Lacks() error {
	if !a.Nobody() && a.Lacking {
		return secondFactorFirst()
	}
	return nil
}

// In returns nil if the actor has signed in with all that her roles need, for what
// is her own and asks for no permission.
func (a *Actor) In() error {
	if a.Nobody() {
		return signInFirst()
	}
	return a.Lacks()
}

// Can reports May as yes or no, for what a page shows.
func (a *Actor) Can(act Act, on Object) bool { return a.May(act, on) == nil }

// Partnerships lists the partnerships in which the actor has a role, in the order
// of the grants, each once.
func (a *Actor) Partnerships() []string {
	var out []string
	if a.Nobody() {
		return nil
	}
	for _, g := range a.Grants {
		if g.Partnership != "" && !slices.Contains(out, g.Partnership) {
			out = append(out, g.Partnership)
		}
	}
	return out
}

// Givable lists the roles that the actor may give in a partnership, and the
// regions to which she is bound in doing so; no regions means any.
func (a *Actor) Givable(partnership string) (roles []Role, regions []nuts.Code) {
	if a.Nobody() {
		return nil, nil
	}
	free := false
	for _, g := range a.Grants {
		if g.Partnership != partnership && g.Role != Administrator {
			continue
		}
		for _, r := range g.givable() {
			if !slices.Contains(roles, r) {
				roles = append(roles, r)
			}
		}
		if g.Region == "" && len(g.givable()) > 0 {
			free = true
		} else if g.Region != "" && len(g.givable()) > 0 {
			regions = append(regions, g.Region)
		}
	}
	if free {
		regions = nil
	}
	slices.SortFunc(roles, func(a, b Role) int { return slices.Index(Roles(), a) - slices.Index(Roles(), b) })
	return roles, regions
}

// mayGive reports whether the actor may give a role. An administrator names
// project managers of any partnership; others give within their own.
func (a *Actor) mayGive(g *Grant) error {
	if a.Lacking {
		return secondFactorFirst()
	}
	for _, own := range a.Grants {
		if own.Role != Administrator && own.Partnership != g.Partnership {
			continue
		}
		if slices.Contains(own.givable(), g.Role) && (own.Region == "" || within(g.Region, own.Region)) {
			return nil
		}
	}
	return fault.New(fault.Denied, "people.may-not-give", "you may not give the role %s here", g).With("role", string(g.Role)).
		Do("Ask a project manager of the partnership")
}

// as runs fn in a transaction, for an actor who is still there and with the roles
// of now: what a request knew when it began may have been taken away since. All
// such transactions come one after another, on all instances.
func (d *Directory) as(ctx context.Context, a *Actor, fn func(tx *db.Tx, a *Actor) error) error {
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "people"); err != nil {
			return err
		}
		account, err := selectAccount(ctx, tx, a.Account)
		if err != nil || account.gone() {
			if err == nil || fault.KindOf(err) == fault.Missing {
				err = signInFirst()
			}
			return err
		}
		now := *a
		if now.Grants, err = selectGrants(ctx, tx, a.Account, d.today()); err != nil {
			return err
		}
		now.Lacking = d.lacking(now.Grants, now.How)
		return fn(tx, &now)
	})
}

// recently is how fresh a proof must be for what changes access itself.
const recently = 15 * time.Minute

// Fresh returns a fault of kind Denied with the key people.prove-again where the
// actor's last proof is too old for what changes access itself.
func (a *Actor) Fresh(now time.Time) error {
	if a.Nobody() {
		return signInFirst()
	}
	if now.Sub(a.Proved) > recently {
		return fault.New(fault.Denied, ProveAgain, "this needs a fresh proof that it is you").Do("Confirm with your password or passkey")
	}
	return nil
}

// ProveAgain is the key of the fault by which pages ask for a fresh proof,
// SignInFirst of the one by which they send a visitor to sign in, SecondFactor of
// the one by which they have her set up a second factor, or use it.
const (
	ProveAgain   = "people.prove-again"
	SignInFirst  = "people.sign-in-first"
	SecondFactor = "people.second-factor"
)

func signInFirst() error {
	return fault.New(fault.Denied, SignInFirst, "you have to sign in for this").Do("Sign in")
}
