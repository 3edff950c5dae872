package account

import (
	"context"
	"slices"
	"strings"

	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
)

// europe are the time zones in which the regions of the tables lie, those overseas
// among them, by their IANA names.
var europe = []string{
	"America/Cayenne", "America/Guadeloupe", "America/Martinique", "Atlantic/Azores", "Atlantic/Canary", "Atlantic/Madeira", "Atlantic/Reykjavik",
	"Europe/Amsterdam", "Europe/Andorra", "Europe/Athens", "Europe/Belgrade", "Europe/Berlin", "Europe/Bratislava", "Europe/Brussels",
	"Europe/Bucharest", "Europe/Budapest", "Europe/Chisinau", "Europe/Copenhagen", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul",
	"Europe/Kyiv", "Europe/Lisbon", "Europe/Ljubljana", "Europe/London", "Europe/Luxembourg", "Europe/Madrid", "Europe/Malta",
	"Europe/Oslo", "Europe/Paris", "Europe/Podgorica", "Europe/Prague", "Europe/Riga", "Europe/Rome", "Europe/Sarajevo", "Europe/Skopje",
	"Europe/Sofia", "Europe/Stockholm", "Europe/Tallinn", "Europe/Tirane", "Europe/Vaduz", "Europe/Vienna", "Europe/Vilnius", "Europe/Warsaw",
	"Europe/Zagreb", "Europe/Zurich", "Asia/Nicosia", "Indian/Mayotte", "Indian/Reunion", "UTC",
}

// zones is the choice of a time zone. One that is not in the list stays choosable
// for whom it has.
func zones(ctx context.Context, chosen string) component.Choice {
	all := europe
	if chosen != "" && !slices.Contains(all, chosen) {
		all = append([]string{chosen}, all...)
	}
	options := []component.Option{{Text: locale.T(ctx, "account.zone-none")}}
	for _, z := range all {
		options = append(options, component.Option{Value: z, Text: strings.ReplaceAll(z, "_", " ")})
	}
	return component.Choice{ID: "zone", Name: "zone", Label: locale.T(ctx, "account.zone"), Hint: locale.T(ctx, "account.zone-hint")}.Pick(chosen, options)
}
