package content

import (
	"context"
	"encoding/json"
	"slices"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Conflict is a field that both have changed, each in another way.
type Conflict struct {
	Path               Path
	Base, Mine, Theirs json.RawMessage // nil where there is none
}

// Merged is what two edits of one version give together.
type Merged struct {
	Body      json.RawMessage // with Theirs where there is a conflict
	Conflicts []Conflict      // ordered by path
}

// Merge joins two edits of base. What one of them has changed is taken, as is
// what both have changed alike; the rest are conflicts, and in the body stands
// Theirs. Fields are those of Diff, but that a wording of a Text is one field,
// and a list without ids is one. The caller checks the body as it does every
// body: each of two changes may be right, and both together wrong. Errors are
// those of Canonical.
func Merge(base, mine, theirs []byte) (Merged, error) {
	var v [3]any
	for i, body := range [][]byte{base, mine, theirs} {
		var err error
		if v[i], err = parse(body); err != nil {
			return Merged{}, err
		}
	}
	m := merger{}
	joined, err := m.join(nil, v[0], v[1], v[2])
	if err != nil {
		return Merged{}, err
	}
	body, err := write(joined)
	slices.SortFunc(m.conflicts, func(x, y Conflict) int { return slices.CompareFunc(x.Path, y.Path, bySegment) })
	return Merged{body, m.conflicts}, err
}

// Reconcile merges an edit that Save found stale with the newest version, which
// it returns: an edit of that version with the merged body can be saved. A base
// that was erased is a fault of kind Conflict, for nobody knows what it was.
func Reconcile(ctx context.Context, q db.Querier, e Edit) (_ Merged, newest Version, err error) {
	defer fault.Wrap(&err, "reconcile an edit of %s %s", e.Subject.Kind, e.Subject.ID)
	base := Version{Body: json.RawMessage("{}")}
	if e.Expect > 0 {
		if base, err = Get(ctx, q, e.Subject, e.Expect); err != nil {
			return Merged{}, Version{}, err
		}
	}
	if newest, err = Latest(ctx, q, e.Subject); err != nil {
		return Merged{}, Version{}, err
	}
	for _, v := range []Version{base, newest} {
		if v.Body == nil {
			return Merged{}, newest, erased(v.Number)
		}
	}
	m, err := Merge(base.Body, e.Body, newest.Body)
	return m, newest, err
}

type merger struct{ conflicts []Conflict }

func (m *merger) join(p Path, base, mine, theirs any) (any, error) {
	switch {
	case same(mine, theirs), same(mine, base):
		return theirs, nil
	case same(theirs, base):
		return mine, nil
	}
	if x, y, ok := objects(mine, theirs); ok && !isWording(x) && !isWording(y) {
		return m.members(p, base, x, y)
	}
	if out, ok, err := m.entries(p, base, mine, theirs); ok || err != nil {
		return out, err
	}
	return theirs, m.conflict(p, base, mine, theirs)
}

// members joins objects, also where base is none. Two people who have each
// written the original of a text, in two languages, are in conflict.
func (m *merger) members(p Path, base any, mine, theirs map[string]any) (any, error) {
	before := len(m.conflicts)
	was, _ := base.(map[string]any)
	out, err := m.byName(p, was, mine, theirs)
	if err != nil {
		return nil, err
	}
	if originals(out) > 1 && originals(mine) <= 1 && originals(theirs) <= 1 {
		m.conflicts = m.conflicts[:before]
		return theirs, m.conflict(p, base, mine, theirs)
	}
	return out, nil
}

func (m *merger) byName(p Path, base, mine, theirs map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(theirs))
	for _, name := range names(mine, theirs) {
		v, err := m.join(append(slices.Clip(p), name), member(base, name), member(mine, name), member(theirs, name))
		if err != nil {
			return nil, err
		}
		if v != (none{}) {
			out[name] = v
		}
	}
	return out, nil
}

// entries joins lists by the ids of their entries, false where they have none.
func (m *merger) entries(p Path, base, mine, theirs any) (any, bool, error) {
	x, isList := mine.([]any)
	y, areLists := theirs.([]any)
	if !isList || !areLists {
		return nil, false, nil
	}
	b, _ := base.([]any)
	first, mineBy, ok := identified(b, x)
	_, theirsBy, ok2 := identified(b, y)
	if !ok || !ok2 {
		return nil, false, nil
	}
	by, err := m.byName(p, first.by, mineBy.by, theirsBy.by)
	if err != nil {
		return nil, false, err
	}
	one, two := mineBy.ids, theirsBy.ids
	switch {
	case kept(first.ids, one):
	case kept(first.ids, two): // mine alone has another order
		one, two = two, one
	case !kept(one, two):
		if err := m.conflict(p, words(first.ids), words(one), words(two)); err != nil {
			return nil, false, err
		}
	}
	out := []any{}
	for _, id := range order(one, two) {
		if e, ok := by[id]; ok {
			out = append(out, e)
		}
	}
	return out, true, nil
}

// order returns all ids in the order of theirs; what only mine has follows what
// it followed there.
func order(mine, theirs []string) []string {
	in := set(theirs)
	follow := make(map[string][]string)
	before := ""
	for _, id := range mine {
		if !in[id] {
			follow[before] = append(follow[before], id)
		}
		before = id
	}
	var out []string
	var put func(id string)
	put = func(id string) {
		if id != "" {
			out = append(out, id)
		}
		for _, next := range follow[id] {
			put(next)
		}
	}
	put("")
	for _, id := range theirs {
		put(id)
	}
	return out
}

// kept reports whether the ids that are in both stand in the same order.
func kept(base, ids []string) bool {
	only := func(l []string, in map[string]bool) []string {
		return slices.DeleteFunc(slices.Clone(l), func(id string) bool { return !in[id] })
	}
	return slices.Equal(only(base, set(ids)), only(ids, set(base)))
}

func set(ids []string) map[string]bool {
	m := make(map[string]bool, len(ids))
	for _, id := range ids {
		m[id] = true
	}
	return m
}

func (m *merger) conflict(p Path, base, mine, theirs any) (err error) {
	c := Conflict{Path: slices.Clone(p)}
	if c.Base, err = raw(base); err != nil {
		return err
	}
	if c.Mine, err = raw(mine); err != nil {
		return err
	}
	if c.Theirs, err = raw(theirs); err != nil {
		return err
	}
	m.conflicts = append(m.conflicts, c)
	return nil
}

func objects(mine, theirs any) (x, y map[string]any, ok bool) {
	x, isX := mine.(map[string]any)
	y, isY := theirs.(map[string]any)
	return x, y, isX && isY
}

// isWording reports whether an object is a Wording: its value, mark and times
// belong together.
func isWording(o map[string]any) bool {
	_, value := o["value"].(string)
	_, mark := o["mark"].(string)
	return value && mark
}

// originals counts the originals of a Text, 0 for what is no Text.
func originals(o map[string]any) (n int) {
	for _, v := range o {
		w, _ := v.(map[string]any)
		if !isWording(w) {
			return 0
		}
		if w["mark"] == string(Original) {
			n++
		}
	}
	return n
}
