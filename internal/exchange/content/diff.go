package content

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ChangeKind says what happened to a field.
type ChangeKind string

// The kinds of change.
const (
	FieldAdded   ChangeKind = "added"
	FieldRemoved ChangeKind = "removed"
	FieldChanged ChangeKind = "changed"
	FieldMoved   ChangeKind = "moved" // a list has the same entries in another order
)

// Path leads to a field: names of members, and for entries of a list their id
// or, where they have none, their place from 0.
type Path []string

// String joins the path with slashes (RFC 6901), "" for the whole body.
func (p Path) String() string {
	var b strings.Builder
	for _, s := range p {
		b.WriteByte('/')
		b.WriteString(escapes.Replace(s))
	}
	return b.String()
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// Change is one field that differs.
type Change struct {
	Path     Path
	Kind     ChangeKind
	Old, New json.RawMessage // nil where there is none

	// Words is set where both are texts, word by word, or lists of plain
	// values, entry by entry.
	Words []Piece
}

// Diff returns the fields in which two bodies differ, ordered by path; equal
// bodies give none. An object is compared member by member, a list of objects
// that have an "id" each by these ids, another list of objects place by place.
// A list of plain values is one field. Errors are those of Canonical.
func Diff(before, after []byte) ([]Change, error) {
	a, err := parse(before)
	if err != nil {
		return nil, err
	}
	b, err := parse(after)
	if err != nil {
		return nil, err
	}
	d := differ{left: mostSteps}
	if err := d.compare(nil, a, b); err != nil {
		return nil, err
	}
	slices.SortStableFunc(d.changes, func(x, y Change) int { return slices.CompareFunc(x.Path, y.Path, bySegment) })
	return d.changes, nil
}

type differ struct {
	changes []Change
	left    int // steps of comparing texts, over all fields
}

// none stands for a field that is not there; JSON's null is nil.
type none struct{}

func (d *differ) compare(p Path, a, b any) error {
	switch a := a.(type) {
	case map[string]any:
		if b, ok := b.(map[string]any); ok {
			return d.members(p, a, b)
		}
	case []any:
		b, ok := b.([]any)
		if !ok {
			break
		}
		if before, after, ok := identified(a, b); ok {
			return d.entries(p, before, after)
		}
		if !plain(a) || !plain(b) {
			return d.members(p, placed(a), placed(b))
		}
		if !same(a, b) {
			return d.add(p, FieldChanged, a, b, elements(a, b, &d.left))
		}
		return nil
	case string:
		if b, ok := b.(string); ok {
			if a == b {
				return nil
			}
			return d.add(p, FieldChanged, a, b, wordsWithin(a, b, &d.left))
		}
	}
	switch {
	case a == none{}:
		return d.add(p, FieldAdded, a, b, nil)
	case b == none{}:
		return d.add(p, FieldRemoved, a, b, nil)
	case same(a, b):
		return nil
	}
	return d.add(p, FieldChanged, a, b, nil)
}

func (d *differ) members(p Path, a, b map[string]any) error {
	for _, name := range names(a, b) {
		x, y := member(a, name), member(b, name)
		if err := d.compare(append(slices.Clip(p), name), x, y); err != nil {
			return err
		}
	}
	return nil
}

// entries compares lists whose entries have ids.
func (d *differ) entries(p Path, a, b list) error {
	stay := func(l, other list) (ids []string) {
		for _, id := range l.ids {
			if _, ok := other.by[id]; ok {
				ids = append(ids, id)
			}
		}
		return ids
	}
	if x, y := stay(a, b), stay(b, a); !slices.Equal(x, y) {
		if err := d.add(p, FieldMoved, words(x), words(y), elements(words(x), words(y), &d.left)); err != nil {
			return err
		}
	}
	return d.members(p, a.by, b.by)
}

func (d *differ) add(p Path, kind ChangeKind, a, b any, pieces []Piece) (err error) {
	c := Change{Path: slices.Clone(p), Kind: kind, Words: pieces}
	if c.Old, err = raw(a); err != nil {
		return err
	}
	if c.New, err = raw(b); err != nil {
		return err
	}
	d.changes = append(d.changes, c)
	return nil
}

func raw(v any) (json.RawMessage, error) {
	if v == (none{}) {
		return nil, nil
	}
	return write(v)
}

// list is a list of objects by their ids.
type list struct {
	ids []string
	by  map[string]any
}

// identified returns the lists by id. It returns false unless every entry of
// every list is an object with a text as "id", and none has one twice; empty
// lists are lists of anything.
func identified(lists ...[]any) (first, second list, ok bool) {
	var out [2]list
	some := false
	for n, l := range lists {
		out[n] = list{by: make(map[string]any, len(l))}
		for _, e := range l {
			o, _ := e.(map[string]any)
			id, _ := o["id"].(string)
			if _, twice := out[n].by[id]; id == "" || twice {
				return first, second, false
			}
			out[n].ids, out[n].by[id] = append(out[n].ids, id), o
			some = true
		}
	}
	return out[0], out[1], some
}

// plain reports whether a list holds no objects and no lists.
func plain(l []any) bool {
	for _, e := range l {
		switch e.(type) {
		case map[string]any, []any:
			return false
		}
	}
	return true
}

// placed returns the entries of a list by their place.
func placed(l []any) map[string]any {
	m := make(map[string]any, len(l))
	for i, e := range l {
		m[place(i)] = e
	}
	return m
}

// names returns the names of both, ordered; places by their number.
func names(a, b map[string]any) []string {
	all := slices.Collect(maps.Keys(a))
	for name := range b {
		if _, ok := a[name]; !ok {
			all = append(all, name)
		}
	}
	slices.SortFunc(all, bySegment)
	return all
}

func place(i int) string { return strconv.Itoa(i) }

// bySegment orders places by their number, before all names.
func bySegment(a, b string) int {
	x, y := digits(a), digits(b)
	switch {
	case x && y:
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	case x:
		return -1
	case y:
		return 1
	}
	return cmp.Compare(a, b)
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func member(m map[string]any, name string) any {
	if v, ok := m[name]; ok {
		return v
	}
	return none{}
}

func words(ids []string) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

// same reports whether two parsed values are equal; numbers as they are written.
func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, same)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b
}
