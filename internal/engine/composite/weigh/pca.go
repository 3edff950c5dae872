package weigh

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Components are the principal components of the members, the one with the
// largest variance first.
type Components struct {
	Variances []float64   // eigenvalues, descending
	Shares    []float64   // of the total variance
	Vectors   [][]float64 // Vectors[component][member], of length 1
	Coverage  Coverage
}

// negligible is how small an eigenvalue, a difference of eigenvalues or a
// loading is, relative to the largest, to count as rounding.
const negligible = 1e-9

// ComponentsOf returns the principal components of a table's correlations or
// covariances. The sign of a component is chosen so that its members' loadings
// sum to a positive number; where they sum to zero, so that the first loading
// that is not zero is positive. It refuses members without spread and fewer than
// three units. Where missing figures are left out pair by pair, the smallest
// variances may come out below zero.
func ComponentsOf(t Table, kind Matrix, missing Missing) (Components, error) {
	columns, cover, err := t.counted(missing, 3)
	if err != nil {
		return Components{}, err
	}
	m := matrix(columns, kind)
	for j := range columns { // in a pair of members one may be constant though neither is by itself
		for k := range j {
			if math.IsNaN(m.At(j, k)) {
				return Components{}, refuse("engine.constant", "%s or %s is the same for every unit that has both", t.name(k), t.name(j)).
					Do("Leave one out, or count only units that have every figure")
			}
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(m, true) {
		return Components{}, refuse("engine.no-eigenvalues", "the members have no principal components").Do("Look for figures that are far too large")
	}
	return componentsFrom(&eigen, len(columns), cover), nil
}

// componentsFrom turns gonum's ascending order round.
func componentsFrom(eigen *mat.EigenSym, n int, cover Coverage) Components {
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	ascending, total := eigen.Values(nil), 0.0
	c := Components{Coverage: cover}
	for k := n - 1; k >= 0; k-- {
		v := mat.Col(nil, k, &vectors)
		orient(v)
		c.Variances, c.Vectors = append(c.Variances, ascending[k]), append(c.Vectors, v)
		total += ascending[k]
	}
	for _, v := range c.Variances {
		c.Shares = append(c.Shares, v/total)
	}
	return c
}

// orient gives a vector the sign that ComponentsOf states.
func orient(v []float64) {
	total, first := 0.0, 0.0
	for _, x := range v {
		total += x
		if first == 0 && math.Abs(x) > negligible {
			first = x
		}
	}
	if math.Abs(total) <= negligible {
		total = first
	}
	if total < 0 {
		for k := range v {
			v[k] = -v[k]
		}
	}
}

// Loadings returns the correlations of the members with a component where the
// components are those of a correlation matrix: its vector times the root of its
// variance.
func (c Components) Loadings(component int) []float64 {
	root := math.Sqrt(max(0, c.Variances[component]))
	out := make([]float64, len(c.Vectors[component]))
	for k, v := range c.Vectors[component] {
		out[k] = root * v
	}
	return out
}

// Weights returns the loadings of the first component on a scale that sums to
// 1. It refuses a first component that is not alone with its variance, since its
// direction is chance then, and one in which a member's loading is negative,
// since the member would count against the others.
func (c Components) Weights(names []string) ([]float64, error) {
	if len(c.Variances) > 1 && c.Variances[0]-c.Variances[1] <= negligible*c.Variances[0] {
		return nil, refuse("engine.no-first-component", "the first two principal components have the same variance, so that neither is the first").
			Do("Choose equal weights, or factor weights with two factors")
	}
	w := append([]float64(nil), c.Vectors[0]...)
	for k, v := range w {
		if v < -negligible {
			return nil, refuse("engine.negative-loading", "%s has the loading %.3f in the first principal component, against the other members", names[k], v).
				Do("Turn its direction, leave it out, or choose factor weights, which are never negative").With("member", names[k])
		}
		w[k] = max(0, v)
	}
	return w, scale(w, names)
}

func (out *Result) fromComponents(r Rule, t Table) error {
	c, err := ComponentsOf(t, r.Matrix, r.Missing)
	if err != nil {
		return err
	}
	out.Components, out.Coverage = &c, c.Coverage
	out.noteFewUnits(len(t.Columns))
	out.noteImproper(c)
	out.Weights, err = c.Weights(t.names())
	return err
}

// noteFewUnits warns below three units a member, where components mirror chance
// (Handbook, section 4: the rule of 3 to 1).
func (out *Result) noteFewUnits(members int) {
	if out.Coverage.Fewest < 3*members {
		out.note("engine.few-units", "%d units stand behind the components of %d members, fewer than 3 a member", out.Coverage.Fewest, members).
			Do("Read the weights with care")
	}
}

// noteImproper warns of variances below zero, which pairwise correlations allow.
func (out *Result) noteImproper(c Components) {
	if last := c.Variances[len(c.Variances)-1]; last < -negligible*c.Variances[0] {
		out.note("engine.negative-variance", "a principal component has the variance %.3g, since figures are left out pair by pair", last).
			Do("Count only units that have every figure, or fill the gaps")
	}
}
