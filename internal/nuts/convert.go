package nuts

// Estimate is a converted value with what it was made from.
type Estimate struct {
	Value  float64
	Pieces []Piece
	Weight string // "population 2021"
}

// ConvertTotal estimates a total (people, euro) of region to from the values of
// another version.
func (n *Nomenclature) ConvertTotal(to ID, from Version, value func(ID) (float64, bool)) (Estimate, bool) {
	return Estimate{}, false
}

// ConvertRate estimates a rate of region to as the mean of the pieces' rates,
// weighted by the people in the overlap.
func (n *Nomenclature) ConvertRate(to ID, from Version, value func(ID) (float64, bool)) (Estimate, bool) {
	return Estimate{}, false
}
