package person

import (
	"context"
	"strings"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/locale"
)

// who names the actor of a line.
func who(ctx context.Context, v *auditView, e people.Entry) string {
	switch {
	case e.Actor == "":
		return locale.T(ctx, "audit.nobody")
	case e.Actor == "system":
		return locale.T(ctx, "audit.system")
	case v.names[e.Actor] == "":
		return locale.T(ctx, "audit.erased")
	}
	return v.names[e.Actor]
}

// told writes the details of a line, those that say something.
func told(e people.Entry) string {
	var words []string
	for _, k := range []string{"role", "region", "how", "purpose"} {
		if e.Details[k] != "" {
			words = append(words, e.Details[k])
		}
	}
	return strings.Join(words, " ")
}
