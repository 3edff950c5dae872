package nuts

import "slices"

// RelationKind says how a region lies to a metropolis.
type RelationKind string

// The kinds of relation between a region and a metropolis.
const (
	Inside      RelationKind = "inside"       // the metropolis lies in the region, or the region in its metro region
	Ring        RelationKind = "ring"         // the region surrounds the core
	Adjacent    RelationKind = "adjacent"     // the region borders the core or its metro region
	Corridor    RelationKind = "corridor"     // not adjacent, within everyday reach
	CrossBorder RelationKind = "cross-border" // in another country
)

var relationKinds = [...]RelationKind{Inside, Ring, Adjacent, Corridor, CrossBorder}

// Relation is a stated link between a region and a metropolis. A region may
// have several; none follows from the region's class.
type Relation struct {
	Region ID
	Metro  ID // the NUTS region of the core
	Kind   RelationKind
	Name   string // of the metropolis, in English
	Since  int    // year; 0 = not stated
	Source string
	Note   string // "from practice, to be confirmed" marks what no source states
}

// Neighbours returns the codes of the current regions of the same level that
// share a land border with id, sorted. Borders are known at levels 2 and 3 of
// the current version; a region of an older version has those of the same area.
// A strait is no border.
func (n *Nomenclature) Neighbours(id ID) []Code {
	r, ok := n.current(id)
	if !ok {
		return nil
	}
	return n.neighbours[r.Code]
}

// current returns the same area as id in the current version.
func (n *Nomenclature) current(id ID) (*Region, bool) {
	shares := n.sharesOf(id, Current)
	if len(shares) != 1 || !n.Unchanged(id, shares[0].To) {
		return nil, false
	}
	return n.regions[shares[0].To], true
}

// Metros returns the stated relations of a region, in the order of the table.
// A relation that is stated for one version holds in all that have the same area.
func (n *Nomenclature) Metros(id ID) []Relation {
	var out []Relation
	for _, rel := range n.relations {
		if !n.Unchanged(rel.Region, id) {
			continue
		}
		rel.Region = id
		if !slices.ContainsFunc(out, func(o Relation) bool { return o.Metro == rel.Metro }) {
			out = append(out, rel)
		}
	}
	return out
}
