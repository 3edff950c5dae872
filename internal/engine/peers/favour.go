package peers

import "math"

// Favour says whether a region's conditions help a practice as much as those
// where it worked.
type Favour uint8

// The bands of a difference in standard deviations. The limits are our own.
const (
	NotKnown      Favour = iota // one of the two lacks the variable, or it is a class
	MuchLess                    // below -1
	SomewhatLess                // from -1 to below -0.25
	AtLeastAsMuch               // -0.25 and above
)

var favours = [...]string{"unknown", "much less", "somewhat less", "at least as favourable"}

// String returns the band in words.
func (f Favour) String() string { return favours[f] }

// FavourOf returns the band of a difference in standard deviations; NaN is not
// known.
func FavourOf(u float64) Favour {
	switch {
	case u >= -0.25:
		return AtLeastAsMuch
	case u >= -1:
		return SomewhatLess
	case u < -1:
		return MuchLess
	}
	return NotKnown
}

// Condition is one variable seen from a place that has a practice to one that
// may want it.
type Condition struct {
	Variable   int
	Difference float64 // target minus origin in standard deviations, positive helps; NaN where not known
	Favour     Favour
}

// Conditions compares two units in the variables that matter to a practice:
// helps[v] is 1 where more of variable v helps it, -1 where less does, 0 where it
// does not matter. Structure has no direction of its own; a practice has.
func (s *Set) Conditions(origin, target int, helps []int) ([]Condition, error) {
	if len(helps) != len(s.Variables) {
		return nil, refuse("engine.ragged", "there are %d variables and %d directions", len(s.Variables), len(helps)).Do("Give one a variable; 0 where it does not matter")
	}
	var out []Condition
	for v, sign := range helps {
		switch sign {
		case 0:
			continue
		case 1, -1:
		default:
			return nil, refuse("engine.direction", "%s helps by %d", s.Variables[v].Code, sign).Do("Write 1, -1 or 0")
		}
		u := math.NaN()
		if s.Variables[v].Kind != Nominal && s.spread[v] > 0 {
			u = float64(sign) * (s.rows[target][v] - s.rows[origin][v]) / s.spread[v]
		}
		out = append(out, Condition{v, u, FavourOf(u)})
	}
	return out, nil
}
