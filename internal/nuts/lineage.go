package nuts

// Share is one row of the correspondence between two versions: the amounts of
// From that lie in To.
type Share struct {
	From, To ID
	Area     float64 // km²
	Pop21    float64 // people on the 2021 grid
	Pop11    float64 // people on the 2011 grid
}

// Piece is a region of another version and how much of it is meant, 0 to 1.
type Piece struct {
	ID
	OfArea float64 // share of the piece's area
	OfPop  float64 // share of the piece's people in 2021
}

// Change says what became different when a region got its boundaries.
type Change struct {
	Region       ID
	Before       Version // the version that it is compared with
	Pieces       []Piece // what it was made from, largest in people first
	Recoded      bool    // only the code changed, not the area
	AreaGained   float64 // km² that did not belong to the main predecessor
	AreaLost     float64 // km² of the main predecessor that lie elsewhere now
	PeopleGained float64
	PeopleLost   float64
}

// Unchanged reports whether a and b are the same area: they are equal, or
// exactly one row of the correspondence leaves a, exactly one arrives at b, and
// it is the same row.
func (n *Nomenclature) Unchanged(a, b ID) bool { return a == b }

// Origins returns the regions of version from that lie in to, each with the
// share of that region that does.
func (n *Nomenclature) Origins(to ID, from Version) []Piece { return nil }

// Successors returns the regions of version to in which from lies, each with
// the share of from.
func (n *Nomenclature) Successors(from ID, to Version) []Piece { return nil }

// Change returns what changed against the version before; false if nothing did.
func (n *Nomenclature) Change(id ID) (Change, bool) { return Change{}, false }
