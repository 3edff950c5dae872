package nuts

import (
	"cmp"
	"slices"
)

// Share is one row of the correspondence between two versions: the amounts of
// From that lie in To.
type Share struct {
	From, To ID
	Area     float64 // km²
	Pop21    float64 // people on the 2021 grid
	Pop11    float64 // people on the 2011 grid
}

// edge is a region seen from another version.
type edge struct {
	from ID
	to   Version
}

// Piece is a region of another version and how much of it is meant, 0 to 1.
type Piece struct {
	ID
	OfArea float64 // share of the piece's area
	OfPop  float64 // share of the piece's people in 2021; of its area where nobody is counted
}

// Change says what became different when a region got its boundaries.
type Change struct {
	Region       ID
	Before       Version // the version that it is compared with
	Pieces       []Piece // what it was made from, largest in people first
	Recoded      bool    // only the code changed, not the area
	Slight       bool    // under 0.1 % of area and people came or went: perhaps only a redrawn line
	AreaGained   float64 // km² that did not belong to the first piece
	AreaLost     float64 // km² of the first piece that lie elsewhere now
	PeopleGained float64 // in 2021, as the next
	PeopleLost   float64
}

// slight is the share below which what moved counts as slight.
const slight = 0.001

// sharesOf returns the rows that leave id towards version v. A region without
// listed rows is the same area under the same code, if the code is there and
// nothing else arrives at it. Countries always are.
func (n *Nomenclature) sharesOf(id ID, v Version) []Share {
	r, ok := n.regions[id]
	if !ok {
		return nil
	}
	if listed := n.overlaps[edge{id, v}]; len(listed) > 0 {
		return listed
	}
	same := ID{id.Code, v}
	if n.regions[same] == nil || id.Version != v && len(n.overlaps[edge{same, id.Version}]) > 0 {
		return nil
	}
	return []Share{{From: id, To: same, Area: r.Area, Pop21: r.Population, Pop11: n.pop11[id]}}
}

// Unchanged reports whether a and b are the same area: they are equal, or
// exactly one row of the correspondence leaves a, exactly one arrives at b, and
// it is the same row. Countries are unchanged in every version that has them.
func (n *Nomenclature) Unchanged(a, b ID) bool {
	leaving := n.sharesOf(a, b.Version)
	return len(leaving) == 1 && leaving[0].To == b && len(n.sharesOf(b, a.Version)) == 1
}

// sum adds up shares.
func sum(shares []Share) (area, people float64) {
	for _, s := range shares {
		area, people = area+s.Area, people+s.Pop21
	}
	return area, people
}

// part returns which part of the sum over all the share s is.
func part(s Share, all []Share) (ofArea, ofPop float64) {
	if len(all) == 1 {
		return 1, 1
	}
	area, people := sum(all)
	if area > 0 {
		ofArea = s.Area / area
	}
	if people > 0 {
		return ofArea, s.Pop21 / people
	}
	return ofArea, ofArea
}

// largestFirst orders shares by people, then area, then code.
func largestFirst(shares []Share) []Share {
	if len(shares) < 2 {
		return shares
	}
	shares = slices.Clone(shares)
	slices.SortFunc(shares, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Pop21, a.Pop21), cmp.Compare(b.Area, a.Area), cmp.Compare(a.To.Code, b.To.Code))
	})
	return shares
}

// Origins returns the regions of version from that lie in to, each with the
// share of that region that does, largest in people first. It is empty where
// the tables know nothing (a country that joined later).
func (n *Nomenclature) Origins(to ID, from Version) []Piece {
	shares := largestFirst(n.sharesOf(to, from))
	pieces := make([]Piece, len(shares))
	for i, s := range shares {
		p := Piece{ID: s.To}
		p.OfArea, p.OfPop = part(s, n.sharesOf(s.To, to.Version))
		pieces[i] = p
	}
	return pieces
}

// Successors returns the regions of version to in which from lies, each with
// the share of from, largest first. It is empty where the tables know nothing
// (the United Kingdom in 2024).
func (n *Nomenclature) Successors(from ID, to Version) []Piece {
	shares := largestFirst(n.sharesOf(from, to))
	pieces := make([]Piece, len(shares))
	for i, s := range shares {
		p := Piece{ID: s.To}
		p.OfArea, p.OfPop = part(s, shares)
		pieces[i] = p
	}
	return pieces
}

// Change returns what changed against the version before; false if nothing did,
// if there is no version before, or if the tables know no predecessor.
func (n *Nomenclature) Change(id ID) (Change, bool) {
	at := id.Version.index()
	if at < 1 {
		return Change{}, false
	}
	before := Versions[at-1]
	shares := largestFirst(n.sharesOf(id, before))
	if len(shares) == 0 || n.Unchanged(id, ID{id.Code, before}) {
		return Change{}, false
	}
	first := shares[0]
	c := Change{Region: id, Before: before, Pieces: n.Origins(id, before), Recoded: n.Unchanged(id, first.To)}
	area, people := sum(shares)
	oldArea, oldPeople := sum(n.sharesOf(first.To, id.Version))
	c.AreaGained, c.PeopleGained = area-first.Area, people-first.Pop21
	c.AreaLost, c.PeopleLost = oldArea-first.Area, oldPeople-first.Pop21
	c.Slight = c.AreaGained < slight*area && c.AreaLost < slight*oldArea &&
		c.PeopleGained <= slight*people && c.PeopleLost <= slight*oldPeople
	return c, true
}
