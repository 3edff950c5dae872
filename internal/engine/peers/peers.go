// Package peers finds the regions that are built like a region: distances over
// structural variables, the nearest with the reasons, how sure each of them is,
// and groups of regions.
//
// Structure is kept apart from performance: a variable that is not marked
// structural is refused, and so are regions of different NUTS versions in one
// set. NaN is a missing value; a distance says what share of the weight it knows
// and is missing itself below one half. Start with New and Set.Nearest; for
// groups with Set.All, then Medoids, Suggest or Ward.
package peers

import (
	"math"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Kind says how two values of a variable differ.
type Kind uint8

// The kinds.
const (
	Numeric Kind = iota // by how much
	Nominal             // same or not
	Ordinal             // by ranks, written as whole numbers, at most Levels-1 apart
)

// Variable is one column of a set. It has no direction: structure is neither
// good nor bad.
type Variable struct {
	Code       string
	Kind       Kind
	Weight     float64 // 0 or more; a variable of weight 0 is not used
	Structural bool    // performance is refused
	Levels     int     // of an ordinal variable, 2 or more
	Log        bool    // of a numeric one: taken as a logarithm, for sizes and densities
	Context    string  // of Gower's distance: see Options.Contexts
}

// Unit is one row of a set.
type Unit struct {
	ID      nuts.ID
	Country nuts.Code
}

// Measure is a way to put differences together.
type Measure uint8

// The measures.
const (
	Gower       Measure = iota // mean of differences, each from 0 to 1 (Gower 1971)
	Euclidean                  // root of the mean square of scaled differences, by weight
	Mahalanobis                // differences freed of correlation (Mahalanobis 1936); numbers only
)

var measures = [...]string{"gower", "euclidean", "mahalanobis"}

// String returns the measure's name.
func (m Measure) String() string { return measures[m] }

// ParseMeasure returns the measure of a name, or a fault that names the nearest.
func ParseMeasure(name string) (Measure, error) {
	for i, n := range measures {
		if n == name {
			return Measure(i), nil
		}
	}
	return 0, fault.Unknown("engine.measure", "measure of distance", name, measures[:])
}

// Scaling says what counts as a difference of 1 under Euclidean.
type Scaling uint8

// The scalings. Gower always takes Span, Mahalanobis the covariance.
const (
	Deviation Scaling = iota // one standard deviation, divisor n-1
	Range                    // from the smallest value to the largest
	Span                     // from the 5th to the 95th percentile; Range where those are equal
	AsGiven                  // 1 of the variable's own unit
)

var scalings = [...]string{"deviation", "range", "span", "as-given"}

// String returns the scaling's name.
func (s Scaling) String() string { return scalings[s] }

// Context weighs a group of variables under Gower.
type Context struct {
	Code   string
	Weight float64
}

// Options say how distances are made. The zero Options are Gower's distance of
// certain values in one context.
type Options struct {
	Measure Measure
	Scaling Scaling // of Euclidean

	// Covariance of the variables, by variable and variable, for Mahalanobis; of
	// logarithms where a variable is taken so. nil takes that of the set's units
	// that lack nothing.
	Covariance [][]float64

	// Contexts part the variables under Gower: the distance is the mean by weight
	// of the distances within each context, over the contexts of which at least
	// half of the weight is known. nil weighs the contexts that occur alike.
	Contexts []Context

	// Doubt is the standard error of each value that is flagged as uncertain, 0 of
	// the others, by variable and unit as the columns, in their units; nil for
	// none. It matters for Peer.Stability alone.
	Doubt [][]float64
}

// least is the share of the weight that two units must both know, and slack what
// rounding may take from it.
const (
	least = 0.5
	slack = 1e-12
)

// Set holds units with their variables, scaled for a measure. It is read only
// and may be shared.
type Set struct {
	Units     []Unit
	Variables []Variable

	o        Options
	share    []float64   // of the weight within the context
	rows     [][]float64 // by unit, scaled: a difference of 1 counts fully
	doubt    [][]float64 // by unit, scaled; nil for none
	spread   []float64   // standard deviation of each scaled variable
	contexts []context
	precise  *precision  // of all variables, for Mahalanobis
	white    [][]float64 // by unit, nil where it lacks something, for Mahalanobis
}

// context is a group of variables with its share of the contexts' weight.
type context struct {
	variables []int
	share     float64
}

// New scales a table for a measure: columns[v][u] is variable v of unit u.
func New(units []Unit, variables []Variable, columns [][]float64, m Measure) (*Set, error) {
	return NewWith(units, variables, columns, Options{Measure: m})
}

// NewWith is New with all options. The columns are copied.
//
// It refuses units of different NUTS versions, variables that are not structural,
// numbers that are all equal or all missing, and options that do not fit.
func NewWith(units []Unit, variables []Variable, columns [][]float64, o Options) (*Set, error) {
	s := &Set{Units: units, Variables: variables, o: o}
	if err := s.check(columns); err != nil {
		return nil, err
	}
	if err := s.part(); err != nil {
		return nil, err
	}
	scaled := make([][]float64, len(columns))
	for v := range columns {
		var err error
		if scaled[v], err = s.natural(v, columns[v]); err != nil {
			return nil, err
		}
	}
	by, err := s.scales(scaled)
	if err != nil {
		return nil, err
	}
	if err := s.setRows(scaled, columns, by); err != nil {
		return nil, err
	}
	if o.Measure == Mahalanobis {
		s.whiten()
	}
	return s, nil
}

// Rank returns the rank of the covariance behind Mahalanobis; a rank below the
// number of variables says that some of them repeat others. 0 for other measures.
func (s *Set) Rank() int {
	if s.precise == nil {
		return 0
	}
	return s.precise.rank
}

// Distance returns how far two units lie apart and the share of the weight that
// both know; below one half the distance is NaN. It is symmetric and 0 for a
// unit and itself, and from 0 to 1 under Gower.
//
// Under Mahalanobis a pair with gaps is measured by the variables that both know,
// with their part of the covariance, and the square enlarged by the rank of the
// whole over the rank of the part.
func (s *Set) Distance(i, j int) (distance, known float64) {
	if s.o.Measure == Mahalanobis {
		return s.mahalanobis(i, j, precisions{})
	}
	return s.distance(s.rows[i], s.rows[j], s.share)
}

// distance is that of Gower or Euclid with given weights.
func (s *Set) distance(a, b, share []float64) (distance, known float64) {
	sum, counted := 0.0, 0.0
	for _, c := range s.contexts {
		part, has, total := 0.0, 0.0, 0.0
		for _, v := range c.variables {
			if d := s.difference(v, a[v], b[v]); d == d {
				part += share[v] * d
				has += share[v]
			}
			total += share[v]
		}
		if !(total > 0) {
			continue
		}
		known += c.share * (has / total)
		if has >= (least-slack)*total {
			sum += c.share * (part / has)
			counted += c.share
		}
	}
	if !(known >= least-slack) {
		return math.NaN(), known
	}
	if sum /= counted; s.o.Measure == Euclidean {
		return math.Sqrt(sum), min(known, 1)
	}
	return min(sum, 1), min(known, 1) // rounding adds nothing
}

// difference is what a variable says of two units: from 0 to 1 under Gower,
// squared under Euclid; NaN where one of them is missing.
func (s *Set) difference(v int, a, b float64) float64 {
	d := math.Abs(a - b)
	switch {
	case d != d || d == 0:
		return d
	case s.Variables[v].Kind == Nominal:
		return 1
	case s.o.Measure == Gower:
		return min(1, d)
	}
	return d * d
}

func refuse(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, format, args...)
}
