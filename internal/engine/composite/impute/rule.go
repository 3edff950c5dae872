// Package impute makes a table ready before its outliers are treated: it divides
// by denominators, fills missing cells, and leaves out units with too few figures.
//
// Every cell that is filled is listed with its method, and every cell that a
// method could not fill stays missing and is listed with the reason. The package
// refuses a method that cannot apply at all: a carry without a limit of years, a
// panel method without periods, an average of a column without a value. In a
// panel, averages and EM work within each period and interpolation within each
// unit, so that no year is taken for a unit. No input is changed. Start with
// Data and Fill.
package impute

import (
	"math"

	"peerscape/internal/fault"
)

// Method is a way to fill a missing cell.
type Method uint8

// The methods. Averages are taken over the rows of the same period.
const (
	None          Method = iota // the cell stays missing
	Mean                        // of the column
	Median                      // of the column
	GroupMean                   // of the column within the row's group
	GroupMedian                 // of the column within the row's group
	Fixed                       // the rule's value
	Interpolate                 // on the line between the unit's years before and after
	CarryForward                // the unit's last value before, at most Limit years old
	CarryBackward               // the unit's first value after, at most Limit years ahead
	EM                          // expected value given the row's other columns
)

// methods holds each method's name, as framework files write it.
var methods = [...]string{
	"none", "mean", "median", "group-mean", "group-median", "fixed",
	"interpolate", "carry-forward", "carry-backward", "em",
}

// Methods lists the names that ParseMethod knows.
func Methods() []string { return methods[:] }

// String returns the method's name.
func (m Method) String() string {
	if int(m) < len(methods) {
		return methods[m]
	}
	return "unknown"
}

// ParseMethod returns the method of a name, or a fault that names the nearest.
func ParseMethod(name string) (Method, error) {
	for i, n := range methods {
		if n == name {
			return Method(i), nil
		}
	}
	return 0, fault.Unknown("engine.imputation", "imputation", name, Methods())
}

// Grouped reports whether the method needs Data.Groups.
func (m Method) Grouped() bool { return m == GroupMean || m == GroupMedian }

// Panel reports whether the method needs rows with periods.
func (m Method) Panel() bool { return m >= Interpolate && m <= CarryBackward }

// Rule is a method with its parameters. The zero Rule fills nothing.
type Rule struct {
	Method Method
	Value  float64 // for Fixed
	Limit  int     // for the carries: how many years a value may travel, 1 or more

	// For EM; 0 takes 1e-8 of a standard deviation and 10,000 rounds.
	Tolerance  float64
	Iterations int
}

// Check returns a fault where a parameter is out of range.
func (r Rule) Check() error {
	bad := func(what, cure string) error {
		return refuse("engine.imputation-parameter", "the imputation %s %s", r.Method, what).Do("%s", cure)
	}
	switch {
	case int(r.Method) >= len(methods):
		return refuse("engine.imputation", "there is no imputation number %d", r.Method).Do("Use one of the package's methods")
	case r.Method == Fixed && (math.IsNaN(r.Value) || math.IsInf(r.Value, 0)):
		return bad("has no value", "Write the number that every missing cell shall get")
	case (r.Method == CarryForward || r.Method == CarryBackward) && r.Limit < 1:
		return bad("has no limit", "Write how many years a value may travel, 1 or more")
	case !(r.Tolerance >= 0 && r.Tolerance < 1):
		return bad("has a tolerance outside 0 to 1", "Write a small positive number, such as 1e-8")
	case r.Iterations < 0:
		return bad("has a negative number of rounds", "Write how many rounds it may take, such as 10000")
	}
	return nil
}

// refuse makes the fault of an input that does not fit.
func refuse(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, format, args...)
}
