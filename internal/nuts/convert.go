package nuts

// Estimate is a converted value with what it was made from.
type Estimate struct {
	Value  float64
	Pieces []Piece // every region that went in, largest in people first
	Weight string  // "population 2021"; "area" where nobody is counted
}

// The weights by which values are shared out.
const (
	byPeople = "population 2021"
	byArea   = "area"
)

// ConvertTotal estimates a total (people, euro) of region to from the values of
// another version: the sum of each piece's value times the share of its people
// that live in to. Totals are conserved: over all regions that a region of the
// other version lies in, its parts add up to its value. It returns false if a
// piece with people has no value, or if the tables know no pieces.
func (n *Nomenclature) ConvertTotal(to ID, from Version, value func(ID) (float64, bool)) (Estimate, bool) {
	e := Estimate{Weight: byPeople}
	for _, p := range n.Origins(to, from) {
		if p.OfPop == 0 { // a strip of land where nobody lives adds nothing
			continue
		}
		v, ok := value(p.ID)
		if !ok {
			return Estimate{}, false
		}
		e.Value += v * p.OfPop
		e.Pieces = append(e.Pieces, p)
	}
	if _, people := sum(n.sharesOf(to, from)); people == 0 {
		e.Weight = byArea
	}
	return e, len(e.Pieces) > 0
}

// ConvertRate estimates a rate of region to as the mean of the pieces' rates,
// weighted by the people who live in the overlap (by its area where nobody is
// counted). It returns false if a piece with weight has no value, or if the
// tables know no pieces. Where numerator and denominator are at hand, convert
// those by ConvertTotal and divide: that is exact, this is not.
func (n *Nomenclature) ConvertRate(to ID, from Version, value func(ID) (float64, bool)) (Estimate, bool) {
	shares := largestFirst(n.sharesOf(to, from))
	area, people := sum(shares)
	e, whole := Estimate{Weight: byPeople}, people
	if people == 0 {
		e.Weight, whole = byArea, area
	}
	for _, s := range shares {
		weight := s.Pop21
		if people == 0 {
			weight = s.Area
		}
		if weight == 0 && len(shares) > 1 {
			continue
		}
		v, ok := value(s.To)
		if !ok {
			return Estimate{}, false
		}
		p := Piece{ID: s.To}
		p.OfArea, p.OfPop = part(s, n.sharesOf(s.To, to.Version))
		e.Pieces = append(e.Pieces, p)
		if len(shares) == 1 {
			e.Value = v
		} else {
			e.Value += v * (weight / whole)
		}
	}
	return e, len(e.Pieces) > 0
}
