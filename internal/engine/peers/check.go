package peers

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"peerscape/internal/nuts"
)

// check refuses what is no table of structural variables of comparable units.
func (s *Set) check(columns [][]float64) error {
	if len(s.Units) < 2 {
		return refuse("engine.one-unit", "%d units cannot be compared", len(s.Units)).Do("Give at least two")
	}
	if err := sameVersion(s.Units); err != nil {
		return err
	}
	if len(columns) != len(s.Variables) {
		return refuse("engine.ragged", "there are %d variables and %d columns", len(s.Variables), len(columns)).Do("Give one column a variable")
	}
	if s.o.Doubt != nil && len(s.o.Doubt) != len(columns) {
		return refuse("engine.ragged", "there are %d variables and %d columns of doubt", len(s.Variables), len(s.o.Doubt)).
			Do("Give one column a variable, or none at all")
	}
	seen, total := map[string]bool{}, 0.0
	for v, x := range s.Variables {
		if err := s.checkVariable(v, columns[v]); err != nil {
			return err
		}
		if x.Code != "" && seen[x.Code] {
			return refuse("engine.twice", "the variable %s stands twice", x.Code).Do("Keep one of them")
		}
		seen[x.Code] = true
		total += x.Weight
	}
	if !(total > 0) {
		return refuse("engine.no-weight", "the weights of the variables sum to zero").Do("Give at least one variable a weight above 0")
	}
	return s.checkOptions()
}

func (s *Set) checkVariable(v int, column []float64) error {
	x := s.Variables[v]
	switch {
	case !x.Structural:
		return refuse("engine.not-structural", "%s is not marked structural, and peers are found by structural variables only, kept apart from performance", x.Code).
			With("variable", x.Code).Do("Take it out, or mark it structural if it describes what a region is and not how it does")
	case !(x.Weight >= 0 && x.Weight <= largest):
		return refuse("engine.weight", "the weight of %s is %g", x.Code, x.Weight).Do("Write a weight of 0 or more")
	case len(column) != len(s.Units):
		return refuse("engine.ragged", "%s has not one value for each of the %d units", x.Code, len(s.Units)).Do("Give it one; NaN where it is missing")
	case x.Kind > Ordinal:
		return refuse("engine.kind", "%s is of kind number %d", x.Code, x.Kind).Do("Write numeric, nominal or ordinal")
	case x.Kind == Ordinal && x.Levels < 2:
		return refuse("engine.levels", "the ordinal variable %s has %d levels", x.Code, x.Levels).Do("Say how many there are, 2 or more")
	case s.o.Doubt == nil:
		return nil
	}
	doubt := s.o.Doubt[v]
	if len(doubt) != 0 && len(doubt) != len(s.Units) {
		return refuse("engine.ragged", "the doubt of %s has not one value for each of the %d units", x.Code, len(s.Units)).Do("Give it one, 0 where a value is certain, or none at all")
	}
	for u, e := range doubt {
		if !(e >= 0 && e <= largest) {
			return refuse("engine.doubt", "the standard error of %s of %s is %g", x.Code, s.Units[u].ID, e).Do("Write 0 or more")
		}
	}
	return nil
}

// checkOptions refuses options that belong to another measure: what would be
// passed over in silence is a mistake.
func (s *Set) checkOptions() error {
	o := &s.o
	bad := func(what, cure string) error {
		return refuse("engine.measure-option", "%s does not go with the distance %s", what, o.Measure).Do("%s", cure)
	}
	inContext := slices.ContainsFunc(s.Variables, func(v Variable) bool { return v.Context != "" })
	switch {
	case int(o.Measure) >= len(measures):
		return refuse("engine.measure", "there is no measure number %d", o.Measure).Do("Take gower, euclidean or mahalanobis")
	case int(o.Scaling) >= len(scalings):
		return refuse("engine.scaling", "there is no scaling number %d", o.Scaling).Do("Take deviation, range, span or as-given")
	case o.Scaling != Deviation && o.Measure != Euclidean:
		return bad("a scaling", "Leave it out: Gower takes the span and Mahalanobis the covariance")
	case o.Covariance != nil && o.Measure != Mahalanobis:
		return bad("a covariance", "Leave it out, or take mahalanobis")
	case (inContext || o.Contexts != nil) && o.Measure != Gower:
		return bad("a context", "Leave contexts out, or take gower")
	}
	return nil
}

// sameVersion refuses codes of different NUTS versions, naming some of each: a
// code may stand for two areas, so that the rows cannot be compared.
func sameVersion(units []Unit) error {
	named, seen := map[nuts.Version][]string{}, map[nuts.ID]bool{}
	for _, u := range units {
		if seen[u.ID] {
			return refuse("engine.twice", "%s stands twice", u.ID).Do("Keep one of them")
		}
		seen[u.ID] = true
		if n := len(named[u.ID.Version]); n < 4 {
			named[u.ID.Version] = append(named[u.ID.Version], string(u.ID.Code))
		}
	}
	if len(named) < 2 {
		return nil
	}
	versions := make([]nuts.Version, 0, len(named))
	for v := range named {
		versions = append(versions, v)
	}
	slices.Sort(versions)
	parts := make([]string, len(versions))
	for i, v := range versions {
		codes := named[v]
		if len(codes) > 3 {
			codes[3] = "..."
		}
		parts[i] = fmt.Sprintf("%s (NUTS %d)", strings.Join(codes, ", "), v)
	}
	what := strings.Join(parts, " and ")
	return refuse("engine.mixed-versions", "codes of different NUTS versions cannot be compared: %s", what).
		With("codes", what).Do("Convert all figures to one version first")
}

// part sorts the variables into contexts and gives each its share of the weight
// within its own. A variable of weight 0 is in none.
func (s *Set) part() error {
	place, weights := map[string]int{}, []float64(nil)
	for _, c := range s.o.Contexts {
		if _, twice := place[c.Code]; twice || !(c.Weight >= 0 && c.Weight <= largest) {
			return refuse("engine.context", "the context %q stands twice or has the weight %g", c.Code, c.Weight).Do("Name each context once, with a weight of 0 or more")
		}
		place[c.Code] = len(weights)
		weights = append(weights, c.Weight)
	}
	groups, sums := make([][]int, len(weights)), make([]float64, len(weights))
	for v, x := range s.Variables {
		at, ok := place[x.Context]
		if !ok && s.o.Contexts != nil {
			return refuse("engine.context", "%s is in the context %q, which has no weight", x.Code, x.Context).Do("Give every context that occurs a weight")
		}
		if !ok {
			at = len(weights)
			place[x.Context] = at
			weights, groups, sums = append(weights, 1), append(groups, nil), append(sums, 0)
		}
		if x.Weight > 0 {
			groups[at], sums[at] = append(groups[at], v), sums[at]+x.Weight
		}
	}
	total := 0.0
	for c := range groups {
		if len(groups[c]) > 0 {
			total += weights[c]
		}
	}
	if !(total > 0) {
		return refuse("engine.no-weight", "the weights of the contexts sum to zero").Do("Give at least one of them a weight above 0")
	}
	s.share = make([]float64, len(s.Variables))
	for c, group := range groups {
		if len(group) == 0 || weights[c] == 0 {
			continue
		}
		for _, v := range group {
			s.share[v] = s.Variables[v].Weight / sums[c]
		}
		s.contexts = append(s.contexts, context{group, weights[c] / total})
	}
	return nil
}

// largest is the size beyond which a number is refused, so that squares and sums
// of what is let in stay finite.
const largest = 1e100

// natural returns a copy of a column, as logarithms where the variable says so.
func (s *Set) natural(v int, x []float64) ([]float64, error) {
	variable := s.Variables[v]
	out := make([]float64, len(x))
	for u, value := range x {
		whole := variable.Kind != Ordinal || value == math.Trunc(value)
		if math.Abs(value) > largest || variable.Log && value <= 0 || value == value && !whole {
			return nil, refuse("engine.value", "%s of %s is %g", variable.Code, s.Units[u].ID, value).
				Do("Write a number, above 0 where a logarithm is taken and whole where it is a rank, or leave it missing")
		}
		if out[u] = value; variable.Log {
			out[u] = math.Log(value)
		}
	}
	if variable.Kind != Ordinal {
		return out, nil
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, rank := range out {
		if rank == rank {
			low, high = min(low, rank), max(high, rank)
		}
	}
	if high-low > float64(variable.Levels-1) {
		return nil, refuse("engine.levels", "%s has ranks from %g to %g and only %d levels", variable.Code, low, high, variable.Levels).
			Do("Correct the number of levels")
	}
	return out, nil
}
