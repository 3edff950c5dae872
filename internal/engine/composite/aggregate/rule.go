// Package aggregate makes one score of several: means that compensate fully,
// in part or not at all, penalties for imbalance, and orders by comparison of
// every two units.
//
// A group is a table of columns, one a member, one entry a unit; NaN is a
// missing value. Weights renormalise over the members that are present; a unit
// that has fewer than the rule's threshold has no value, which is NaN. A value
// that a rule cannot take, such as a negative one under a geometric mean, is a
// fault that names member and unit, never NaN. Start with Rule and Group.
package aggregate

import (
	"math"

	"peerscape/internal/fault"
)

// Method is a way to make one score of several.
type Method uint8

// The methods; the formulas stand in docs/method and beside their code.
const (
	Arithmetic Method = iota
	Geometric
	Harmonic
	Power      // power mean of Rule.Order
	MPI        // Mazziotta-Pareto index
	AMPI       // adjusted Mazziotta-Pareto index
	MeanMin    // between mean and minimum
	OWA        // ordered weighted average
	Wroclaw    // distance to the ideal unit; smaller is better
	Outranking // net share of comparisons won, by weight
	Copeland   // comparisons won minus comparisons lost
	Kemeny     // places in the order that agrees most with all comparisons
	Custom     // a function of the caller's
)

// methods holds each method's name, as framework files write it.
var methods = [...]string{
	"arithmetic", "geometric", "harmonic", "power", "mpi", "ampi", "mean-min", "owa",
	"wroclaw", "outranking", "copeland", "kemeny", "custom",
}

// Methods lists the names that ParseMethod knows.
func Methods() []string { return methods[:Custom] }

// String returns the method's name.
func (m Method) String() string { return methods[m] }

// ParseMethod returns the method of a name, or a fault that names the nearest.
func ParseMethod(name string) (Method, error) {
	for i, n := range methods[:Custom] {
		if n == name {
			return Method(i), nil
		}
	}
	return 0, fault.Unknown("engine.aggregation", "aggregation", name, Methods())
}

// Ordinal reports whether the method compares units with each other, so that a
// unit's score depends on who else is there.
func (m Method) Ordinal() bool { return m >= Wroclaw && m <= Kemeny }

// order returns the order of a power mean, and whether the rule is one.
func (r Rule) order() (p float64, ok bool) {
	switch r.Method {
	case Arithmetic:
		return 1, true
	case Geometric:
		return 0, true
	case Harmonic:
		return -1, true
	case Power:
		return r.Order, true
	}
	return 0, false
}

// Takes reports whether the rule takes a value: means of order 0 and below want
// positive values, other power means but the arithmetic want none below 0.
func (r Rule) Takes(x float64) bool {
	p, ok := r.order()
	return !ok || p == 1 || x > 0 || x == 0 && p > 0
}

// SmallerIsBetter reports whether the best unit has the smallest score.
func (m Method) SmallerIsBetter() bool { return m == Wroclaw }

// Rule is a method with its parameters. The zero Rule is the arithmetic mean
// without a threshold.
type Rule struct {
	Method Method

	// Order of the power mean: 1 is arithmetic, 0 geometric, -1 harmonic.
	Order float64

	// Reward turns the penalty of MPI and AMPI into a reward for imbalance, for
	// phenomena of which less is better.
	Reward bool

	// Alpha, from 0 to 1, moves mean-min from the mean to the minimum; Beta, not
	// negative, rounds the corner.
	Alpha, Beta float64

	// Positions are the weights of OWA, for the largest value first.
	Positions []float64

	// Threshold is the share of members, from 0 to 1, that a unit must have to
	// get a value. One member is always needed.
	Threshold float64

	// Function computes the score of a unit for Custom from the members that are
	// present and their weights, which sum to 1.
	Function func(values, weights []float64) float64
}

// Check returns a fault where a parameter is out of range.
func (r Rule) Check() error {
	bad := func(what, cure string) error {
		return fault.New(fault.Invalid, "engine.aggregation-parameter", "the aggregation %s %s", r.Method, what).Do("%s", cure)
	}
	finite := func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
	switch {
	case int(r.Method) >= len(methods):
		return fault.New(fault.Invalid, "engine.aggregation", "there is no aggregation number %d", r.Method)
	case !finite(r.Order):
		return bad("has an order that is no number", "Write a finite order, such as 0.5")
	case !(r.Alpha >= 0 && r.Alpha <= 1):
		return bad("has an alpha outside 0 to 1", "Write 0 for the mean, 1 for the minimum")
	case !(r.Beta >= 0) || !finite(r.Beta):
		return bad("has a negative beta", "Write 0 or a positive number")
	case !(r.Threshold >= 0 && r.Threshold <= 1):
		return bad("has a threshold outside 0 to 1", "Write the share of members that must be known, such as 0.6")
	case r.Method == Custom && r.Function == nil:
		return bad("has no function", "Give the function that computes the score")
	case r.Method == OWA && sum(r.Positions) <= 0:
		return bad("has no position weights", "Write one weight for each position, the first for the largest value")
	}
	for _, p := range r.Positions {
		if !(p >= 0) || !finite(p) {
			return bad("has a position weight that is negative or no number", "Write weights of 0 or more")
		}
	}
	return nil
}

// least returns how many of n members a unit must have.
func (r Rule) least(n int) int { return max(1, int(math.Ceil(r.Threshold*float64(n)-1e-9))) }

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}
