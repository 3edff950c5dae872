package partnership

import (
	"context"
	"slices"

	"peerscape/internal/exchange/content"
	"peerscape/internal/machinery/db"
)

// Membership is a person's place in a stakeholder group.
type Membership struct {
	Partnership  string `json:"partnership"` // slug
	Group        string `json:"group"`
	Organisation string `json:"organisation"`
	Span
}

// Held is what partnerships hold about a person: places in stakeholder groups,
// and how many versions of shared content she wrote.
type Held struct {
	Memberships []Membership `json:"memberships"`
	Versions    int          `json:"versions_written"`
}

// Holds implements people.Keeper.
func (r *Register) Holds(ctx context.Context, account string) (string, any, error) {
	q := r.DB.Read()
	groups, err := selectGroupsNaming(ctx, q, account)
	if err != nil {
		return "", nil, err
	}
	out := Held{Memberships: []Membership{}}
	for _, g := range groups {
		for _, m := range g.group.Members {
			if m.Account == account {
				out.Memberships = append(out.Memberships, Membership{g.slug, g.group.ID, m.Organisation, m.Span})
			}
		}
	}
	out.Versions, err = countVersions(ctx, q, account)
	return "partnerships", out, err
}

// Forget implements people.Keeper: the organisation stays in the group, the
// person goes from it and from its former versions. What she wrote stays under an
// id that names nobody.
func (r *Register) Forget(ctx context.Context, tx *db.Tx, account string) error {
	groups, err := selectGroupsNaming(ctx, tx, account)
	if err != nil {
		return err
	}
	for _, g := range groups {
		for i := range g.group.Members {
			if g.group.Members[i].Account == account {
				g.group.Members[i].Account = ""
			}
		}
		body, err := Encode(g.group)
		if err != nil {
			return err
		}
		v, err := content.Save(ctx, tx, content.Edit{Subject: subject(g.group), Expect: g.group.Version, Author: "system", At: r.Now(), Body: body})
		if err != nil {
			return err
		}
		if err := upsertPart(ctx, tx, g.group.ID, g.partnership, GroupKind, false, v.Number, v.Body); err != nil {
			return err
		}
	}
	return r.eraseVersions(ctx, tx, account)
}

// eraseVersions takes the bodies of group versions away that name the account;
// the newest one no longer does.
func (r *Register) eraseVersions(ctx context.Context, tx *db.Tx, account string) error {
	named, err := selectVersionsNaming(ctx, tx, account)
	if err != nil {
		return err
	}
	for _, v := range slices.Compact(named) {
		if err := content.Erase(ctx, tx, v.subject, v.number); err != nil {
			return err
		}
	}
	return nil
}
