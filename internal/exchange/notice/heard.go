package notice

import (
	"context"
	"slices"
	"strings"

	"peerscape/internal/exchange/people"
	"peerscape/internal/machinery/db"
)

// access are the acts of the audit log that change how a person signs in.
var access = []string{
	"email-changed", "password-set", "password-reset", "passkey-added", "passkey-removed", "codes-on", "codes-off",
	"factors-removed", "recovery-code-used", "identity-linked", "identity-unlinked",
}

// Heard tells people of what a line of the audit log says about them, in its
// transaction.
func (c *Center) Heard(ctx context.Context, tx *db.Tx, e people.Entry) error {
	kind, id, _ := strings.Cut(e.Object, ":")
	switch {
	case e.Act == "role-given" && e.Actor == "": // the first set-up: she has just taken it herself
		return nil
	case kind == "account" && (e.Act == "role-given" || e.Act == "role-withdrawn"):
		path := "/account"
		if e.Partnership != "" {
			path = "/partnerships"
		}
		return c.Tell(ctx, tx, Event{Kind: Kind(e.Act), Partnership: e.Partnership, Path: path, Args: e.Details, By: e.Actor}, id)
	case e.Act == "invitation-accepted":
		by, err := selectInviter(ctx, tx, id)
		if err != nil {
			return err
		}
		return c.Tell(ctx, tx, Event{Kind: InvitationAccepted, Partnership: e.Partnership, By: e.Actor, Key: "invitation/" + id, Once: true}, by)
	case kind == "account" && slices.Contains(access, e.Act):
		return c.Tell(ctx, tx, Event{Kind: AccessChanged, Path: "/account", Args: map[string]string{"act": e.Act}, By: e.Actor}, id)
	}
	return nil
}
