package nuts

// RelationKind says how a region lies to a metropolis.
type RelationKind string

// The kinds of relation between a region and a metropolis.
const (
	Inside      RelationKind = "inside"       // the metropolis, or part of it, lies in the region
	Ring        RelationKind = "ring"         // the region surrounds the core
	Adjacent    RelationKind = "adjacent"     // they share a border
	Corridor    RelationKind = "corridor"     // not adjacent, within everyday reach
	CrossBorder RelationKind = "cross-border" // in another country
)

// Relation is a stated link between a region and a metropolis.
type Relation struct {
	Region ID
	Metro  ID // the NUTS region of the core
	Kind   RelationKind
	Name   string // of the metropolis
	Since  int    // year; 0 = not stated
	Source string
	Note   string
}

// Suggestion is a link that was computed, not stated.
type Suggestion struct {
	Relation
	Distance float64 // km between the representative points
	Reason   string  // in words
}

// Neighbours returns the codes of the regions that share a land border with id.
func (n *Nomenclature) Neighbours(id ID) []Code { return nil }

// Metros returns the stated relations of a region.
func (n *Nomenclature) Metros(id ID) []Relation { return nil }

// SuggestMetros computes relations from borders, distance, class and people.
func (n *Nomenclature) SuggestMetros(id ID) []Suggestion { return nil }
