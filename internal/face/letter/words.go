package letter

import (
	"context"
	"fmt"
	"slices"

	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/face/locale"
)

// Facts are the names that sentences about notices need, by id.
type Facts struct {
	People, Partnerships map[string]string
	Region               func(code string) string
}

// Names is who knows names of people.
type Names interface {
	Names(ctx context.Context, accounts []string) (map[string]string, error)
}

// Gather looks up what sentences about the notices need.
func Gather(ctx context.Context, list []notice.Notice, people, partnerships Names, region func(code string) string) (f *Facts, err error) {
	f = &Facts{Region: region}
	var who, where []string
	for i := range list {
		who, where = append(who, list[i].By), append(where, list[i].Partnership)
	}
	if f.People, err = people.Names(ctx, distinct(who)); err != nil {
		return nil, fmt.Errorf("look up names of people: %w", err)
	}
	if f.Partnerships, err = partnerships.Names(ctx, distinct(where)); err != nil {
		return nil, fmt.Errorf("look up names of partnerships: %w", err)
	}
	return f, nil
}

func distinct(ids []string) []string {
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

// Sentence says what a notice tells, in the reader's words, without a full stop.
func Sentence(ctx context.Context, n *notice.Notice, f *Facts) string {
	key := "notice.told." + string(n.Kind)
	switch n.Kind {
	case notice.RoleGiven, notice.RoleWithdrawn:
		role := locale.T(ctx, "role."+n.Args["role"])
		if code := n.Args["region"]; code != "" {
			role = locale.T(ctx, "role.in", "Role", role, "Region", f.Region(code))
		}
		return locale.T(ctx, key, "Role", role)
	case notice.ContentChanged:
		return changed(ctx, n)
	case notice.DeadlineNear:
		return locale.T(ctx, key, "Number", n.Args["semester"], "Day", locale.From(ctx).Date(day(n.Args["due"])))
	case notice.AccessChanged:
		return locale.T(ctx, "notice.access."+n.Args["act"])
	}
	return locale.T(ctx, key, "Name", n.Args["name"])
}

// changed says what was done to a part of a partnership.
func changed(ctx context.Context, n *notice.Notice) string {
	what := locale.T(ctx, "partnership.kind."+n.Args["part"])
	if name := n.Args["name"]; name != "" {
		what = locale.T(ctx, "notice.what", "Part", what, "Name", name)
	}
	act := n.Args["act"]
	if !slices.Contains(partnership.Changes(), act) {
		act = partnership.Changes()[1]
	}
	s := locale.T(ctx, "notice.changed."+act, "What", what)
	if n.Times > 1 {
		s += " (" + locale.N(ctx, "notice.times", n.Times) + ")"
	}
	return s
}
