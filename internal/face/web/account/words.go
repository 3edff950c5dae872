package account

import (
	"context"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
)

// languages is the choice of the interface's language.
func languages(ctx context.Context, chosen string) component.Choice {
	options := []component.Option{{Value: "", Text: locale.T(ctx, "account.lang-browser"), Chosen: chosen == ""}}
	for _, l := range locale.Languages(ctx) {
		options = append(options, component.Option{Value: l.Code, Text: l.Name, Chosen: l.Code == chosen})
	}
	return component.Choice{ID: "lang", Name: "lang", Label: locale.T(ctx, "frame.language"), Groups: []component.Group{{Options: options}}}
}

// grant names a role with its region.
func grant(ctx context.Context, g people.Grant) string {
	role := locale.T(ctx, "role."+string(g.Role))
	if g.Region == "" {
		return role
	}
	return locale.T(ctx, "role.in", "Role", role, "Region", string(g.Region))
}
