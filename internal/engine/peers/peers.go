// Package peers finds the regions that are built like a region: distances over
// structural variables, the nearest with the reasons, how sure each of them is,
// and groups of regions.
//
// Structure is kept apart from performance: a variable that is not marked
// structural is refused, and so are regions of different NUTS versions in one
// set. NaN is a missing value; a distance says what share of the weight it knows
// and is missing itself below one half. Start with New and Set.Nearest.
package peers

import (
	"math"
	"slices"

	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Kind says how two values of a variable differ.
type Kind uint8

// The kinds.
const (
	Numeric Kind = iota // by how much
	Nominal             // same or not
	Ordinal             // by ranks, written as whole numbers from 0
)

// Variable is one column of a set.
type Variable struct {
	Code       string
	Kind       Kind
	Weight     float64 // 0 or more
	Structural bool    // performance is refused
	Levels     int     // of an ordinal variable
	Log        bool    // of a numeric one: taken as a logarithm, for sizes and densities
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
	Euclidean                  // root of the mean square of differences in standard deviations
	Mahalanobis                // differences freed of correlation; numeric variables without gaps
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

// least is the share of the weight that two units must both know.
const least = 0.5

// Set holds units with their variables, scaled for a measure. It is read only
// and may be shared.
type Set struct {
	Units     []Unit
	Variables []Variable

	measure Measure
	share   []float64   // of the weight
	rows    [][]float64 // by unit, scaled: a difference of 1 counts fully
	rank    int         // of the covariance, for Mahalanobis
}

// New scales a table for a measure: columns[v][u] is variable v of unit u.
func New(units []Unit, variables []Variable, columns [][]float64, m Measure) (*Set, error) {
	s := &Set{Units: units, Variables: variables, measure: m}
	if err := s.check(columns); err != nil {
		return nil, err
	}
	scaled := make([][]float64, len(columns))
	for v := range columns {
		var err error
		if scaled[v], err = s.scale(v, columns[v]); err != nil {
			return nil, err
		}
	}
	if m == Mahalanobis {
		var err error
		if scaled, err = s.whiten(scaled); err != nil {
			return nil, err
		}
	}
	all := make([]float64, len(units)*len(scaled))
	for u := range units {
		row := all[u*len(scaled) : (u+1)*len(scaled) : (u+1)*len(scaled)]
		for v := range scaled {
			row[v] = scaled[v][u]
		}
		s.rows = append(s.rows, row)
	}
	return s, nil
}

// Rank returns the rank of the covariance behind Mahalanobis; a rank below the
// number of variables says that some of them repeat others. 0 for other measures.
func (s *Set) Rank() int { return s.rank }

func (s *Set) check(columns [][]float64) error {
	if len(s.Units) < 2 {
		return refuse("engine.one-unit", "%d units cannot be compared", len(s.Units)).Do("Give at least two")
	}
	if err := sameVersion(s.Units); err != nil {
		return err
	}
	total := 0.0
	for v, x := range s.Variables {
		switch {
		case !x.Structural:
			return refuse("engine.not-structural", "%s measures performance, and peers are found by structure alone", x.Code).Do("Take it out, or mark it structural if it describes what a region is and not how it does")
		case !(x.Weight >= 0) || math.IsInf(x.Weight, 1):
			return refuse("engine.weight", "the weight of %s is %g", x.Code, x.Weight).Do("Write a weight of 0 or more")
		case v >= len(columns) || len(columns[v]) != len(s.Units):
			return refuse("engine.ragged", "%s has not one value for each of the %d units", x.Code, len(s.Units)).Do("Give it one; NaN where it is missing")
		case x.Kind == Ordinal && x.Levels < 2:
			return refuse("engine.levels", "the ordinal variable %s has %d levels", x.Code, x.Levels).Do("Say how many there are, 2 or more")
		}
		total += x.Weight
	}
	if !(total > 0) {
		return refuse("engine.no-weight", "the weights of the variables sum to zero").Do("Give at least one variable a weight above 0")
	}
	for _, x := range s.Variables {
		s.share = append(s.share, x.Weight/total)
	}
	return nil
}

// sameVersion refuses codes of different NUTS versions, naming one of each.
func sameVersion(units []Unit) error {
	seen := map[nuts.ID]bool{}
	for _, u := range units {
		if u.ID.Version != units[0].ID.Version {
			return refuse("engine.mixed-versions", "%s and %s are of different NUTS versions and cannot be compared", units[0].ID, u.ID).
				Do("Convert all figures to one version first")
		}
		if seen[u.ID] {
			return refuse("engine.twice", "%s stands twice", u.ID).Do("Keep one of them")
		}
		seen[u.ID] = true
	}
	return nil
}

// scale divides a column by what counts as a full difference: for Gower the span
// from the 5th to the 95th percentile, beyond which a difference counts no more;
// else the standard deviation.
func (s *Set) scale(v int, x []float64) ([]float64, error) {
	variable := s.Variables[v]
	out := make([]float64, len(x))
	for u, value := range x {
		if math.IsInf(value, 0) || variable.Log && value <= 0 {
			return nil, refuse("engine.value", "%s of %s is %g", variable.Code, s.Units[u].ID, value).Do("Write a number, above 0 where a logarithm is taken, or leave it missing")
		}
		if out[u] = value; variable.Log {
			out[u] = math.Log(value)
		}
	}
	by := 1.0
	switch {
	case variable.Kind == Nominal:
		return out, nil
	case variable.Kind == Ordinal:
		by = float64(variable.Levels - 1)
	case s.measure == Gower:
		sorted := sample.Sorted(nil, out)
		if by = sample.Quantile(sorted, 0.95) - sample.Quantile(sorted, 0.05); by == 0 && len(sorted) > 0 {
			by = sorted[len(sorted)-1] - sorted[0]
		}
	default:
		by = sample.MomentsOf(out).SD()
	}
	if !(by > 0) {
		return nil, refuse("engine.constant", "%s tells no unit from another", variable.Code).Do("Take it out")
	}
	for u := range out {
		out[u] /= by
	}
	return out, nil
}

// difference is how far two units lie apart in a variable, from 0 to 1 under
// Gower; NaN where one of them is missing.
func (s *Set) difference(v int, a, b float64) float64 {
	d := math.Abs(a - b)
	switch {
	case d != d || d == 0:
		return d
	case s.Variables[v].Kind == Nominal && s.measure != Mahalanobis:
		return 1
	case s.measure == Gower:
		return min(1, d)
	}
	return d
}

// Distance returns how far two units lie apart and the share of the weight that
// both know; below one half the distance is NaN. It is symmetric and 0 for a
// unit and itself.
func (s *Set) Distance(i, j int) (distance, known float64) {
	return s.distance(s.rows[i], s.rows[j], s.share)
}

func (s *Set) distance(a, b, share []float64) (distance, known float64) {
	if s.measure == Mahalanobis {
		sum := 0.0
		for v := range a {
			sum += (a[v] - b[v]) * (a[v] - b[v])
		}
		return math.Sqrt(sum), 1
	}
	sum, total := 0.0, 0.0
	for v := range a {
		if d := s.difference(v, a[v], b[v]); d == d {
			if s.measure == Euclidean {
				d *= d
			}
			sum += share[v] * d
			known += share[v]
		}
		total += share[v]
	}
	if known /= total; known < least-1e-12 {
		return math.NaN(), known
	}
	if sum /= known * total; s.measure == Euclidean {
		sum = math.Sqrt(sum)
	}
	return sum, known
}

// All returns the distances of every two units, by row and column; NaN where two
// know too little of each other.
func (s *Set) All() [][]float64 {
	if s.measure == Gower && !slices.ContainsFunc(s.Variables, func(v Variable) bool { return v.Kind == Nominal }) {
		return s.allNumeric()
	}
	out := square(len(s.rows))
	for i := range out {
		for j := range i {
			d, _ := s.Distance(i, j)
			out[i][j], out[j][i] = d, d
		}
	}
	return out
}

func square(n int) [][]float64 {
	all, out := make([]float64, n*n), make([][]float64, n)
	for i := range out {
		out[i], all = all[:n:n], all[n:]
	}
	return out
}

func refuse(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, format, args...)
}
