// Package weigh finds the weights of the members of a group, and the figures by
// which a set of weights is judged: eigenvalues, consistency of comparisons,
// effective weights, Cronbach's alpha.
//
// Members are columns with one entry a unit; NaN is a missing value, and whether
// a unit with gaps counts is an option that results report. Weights are never
// negative and sum to 1. A method that cannot apply is refused with the reason:
// a column without spread, too few units, comparisons that contradict each
// other, a first component that pulls members apart. The package neither treats
// nor aggregates figures. Start with Rule and Find.
package weigh

import (
	"fmt"
	"strings"

	"peerscape/internal/fault"
)

// Method is a way to find weights.
type Method uint8

// The methods; each stands in a file of its own.
const (
	Equal       Method = iota
	Given              // Rule.Given, as experts state them
	AHP                // comparisons of every two members, Rule.Comparisons
	PCA                // loadings of the first principal component
	Factor             // squared loadings of rotated factors
	Entropy            // how unevenly a member is spread over the units
	BOD                // benefit of the doubt: for each unit the weights that suit it best
	Optimised          // correlations of the members with the index meet a target
	ByAttribute        // a set of weights for each value of an attribute of the unit
)

// methods holds each method's name, as framework files write it.
var methods = [...]string{
	"equal", "given", "ahp", "pca", "factor", "entropy", "benefit-of-the-doubt", "optimised", "by-attribute",
}

// Methods lists the names that ParseMethod knows.
func Methods() []string { return append([]string(nil), methods[:]...) }

// String returns the method's name.
func (m Method) String() string {
	if int(m) < len(methods) {
		return methods[m]
	}
	return fmt.Sprintf("weighting(%d)", uint8(m))
}

// ParseMethod returns the method of a name, or a fault that names the nearest.
func ParseMethod(name string) (Method, error) {
	for i, n := range methods {
		if n == name {
			return Method(i), nil
		}
	}
	return 0, fault.Unknown("engine.weighting", "weighting", name, methods[:])
}

// NeedsData reports whether the weights depend on the figures, so that they
// change with units, years and treatment.
func (m Method) NeedsData() bool { return m >= PCA && m <= Optimised }

// ByUnit reports whether each unit has weights of its own.
func (m Method) ByUnit() bool { return m == BOD || m == ByAttribute }

// Rule is a method with its parameters. The zero Rule gives equal weights.
type Rule struct {
	Method Method

	// Given holds one weight a member, on any scale.
	Given []float64

	// Comparisons holds for AHP how many times more member i matters than member
	// j: Comparisons[i][j].
	Comparisons [][]float64

	// Matrix is what PCA and Factor decompose.
	Matrix Matrix

	// Missing says which units count where figures are missing.
	Missing Missing

	// Factors says how many factors are kept; zero keeps those with an eigenvalue
	// of 1 or more.
	Factors FactorCount

	// Loadings says how squared loadings become weights of Factor.
	Loadings Loadings

	// Limits bound each member's share of the weights under BOD: none, one for
	// all, or one a member.
	Limits []Limit

	// Target holds for Optimised the influence that each member should have,
	// relative to the others; empty asks for equal influence.
	Target []float64

	// Index computes for Optimised the index from weights that sum to 1, one entry
	// a unit, NaN for none. Nil is the weighted mean of what is present.
	Index func(dst, weights []float64) error

	// Sets hold for ByAttribute the weights of each value of the attribute.
	Sets []Set
}

// Result is what Find finds.
type Result struct {
	Method Method

	// Weights holds one weight a member; they sum to 1. Nil where each unit has its
	// own.
	Weights []float64

	// ByUnit holds the weights of each unit, ByUnit[member][unit], which sum to 1
	// over the members; nil where all units share Weights. Under BOD a unit with a
	// missing figure has none: NaN.
	ByUnit [][]float64

	// Scores holds under BOD the score of each unit, from 0 to 1; NaN for a unit
	// with a missing figure. Nil otherwise.
	Scores []float64

	// Coverage says how many units the weights rest on; zero where they rest on
	// none.
	Coverage Coverage

	// Notes are warnings; the weights hold all the same.
	Notes []*fault.Error

	// What the method saw on its way; nil for the others.
	Comparison *Comparison
	Components *Components
	Rotated    *Factors
	Optimum    *Optimum
}

// Check returns a fault where a parameter of the rule is wrong for members of
// these names, whatever the figures are.
func (r Rule) Check(names []string) error {
	if len(names) == 0 {
		return refuse("engine.no-member", "there is no member to weigh").Do("Give the group at least one member")
	}
	var err error
	switch r.Method {
	case Equal, PCA, Entropy:
	case Given:
		_, err = FromGiven(r.Given, names)
	case AHP:
		_, err = Compare(r.Comparisons, names)
	case Factor:
		err = r.Factors.check(len(names))
	case BOD:
		_, err = limitsFor(r.Limits, names)
	case Optimised:
		_, err = targetFor(r.Target, names)
	case ByAttribute:
		err = checkSets(r.Sets, names)
	default:
		err = refuse("engine.weighting", "there is no weighting number %d", r.Method).Do("Choose one of %s", strings.Join(methods[:], ", "))
	}
	if err != nil {
		return err
	}
	if r.Matrix > Covariance || r.Missing > Pairwise || r.Loadings > Shared {
		return refuse("engine.weighting-parameter", "the weighting %s has an option that does not exist", r.Method).
			Do("Choose correlation or covariance, listwise or pairwise, dominant or shared")
	}
	return nil
}

// Find returns the weights of the table's columns. It is the one entrance for
// every method; each method's own function gives the same.
func Find(r Rule, t Table) (Result, error) {
	if err := t.check(); err != nil {
		return Result{}, err
	}
	if err := r.Check(t.names()); err != nil {
		return Result{}, err
	}
	out := Result{Method: r.Method}
	var err error
	switch r.Method {
	case Equal:
		out.Weights = Even(len(t.Columns))
	case Given:
		out.Weights, err = FromGiven(r.Given, t.names())
	case AHP:
		err = out.fromComparison(r, t)
	case PCA:
		err = out.fromComponents(r, t)
	case Factor:
		err = out.fromFactors(r, t)
	case Entropy:
		out.Weights, out.Coverage, err = FromEntropy(t, r.Missing)
	case BOD:
		err = out.fromDoubt(r, t)
	case Optimised:
		err = out.fromOptimum(r, t)
	case ByAttribute:
		out.ByUnit, err = PickSets(r.Sets, t)
	}
	if err != nil {
		return Result{}, err
	}
	return out, nil
}

func refuse(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, format, args...)
}
