package people

import (
	"context"

	"peerscape/internal/machinery/db"
)

// As runs fn in a transaction for an actor with the roles of now: verbs of other
// subjects ask them again there, for what a request knew when it began may have
// been taken away since. An actor who is gone is a fault of kind Denied.
func (d *Directory) As(ctx context.Context, a *Actor, fn func(tx *db.Tx, a *Actor) error) error {
	if a.Nobody() {
		return signInFirst()
	}
	return d.as(ctx, a, fn)
}

// Appoint writes a grant within the transaction of a subject that has asked for
// the right to: who starts a partnership runs it.
func (d *Directory) Appoint(ctx context.Context, tx *db.Tx, g Grant) error {
	if err := g.check(); err != nil {
		return err
	}
	return d.give(ctx, tx, g)
}
