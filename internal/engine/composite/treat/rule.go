// Package treat tames outliers before a column is normalised: it winsorises a
// few points and, where that does not help, transforms the whole column.
//
// A column passes when its skewness or its kurtosis is small, as in the practice
// of the JRC; a column that passes is left as it is. NaN is a missing value and
// stays one. The package refuses a logarithm of what is not positive. Start with
// Rule.
package treat

import (
	"fmt"
	"math"

	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// Transform is a change of a whole column that keeps its order.
type Transform uint8

// The transforms.
const (
	None   Transform = iota
	Log              // ln x
	LogCT            // ln(x - min + 0.01 (max - min))
	BoxCox           // (x^l - 1) / l after shifting the minimum to 1; l = 0 is ln x
)

var transforms = [...]string{"none", "log", "log-ct", "box-cox"}

// Transforms lists the names that ParseTransform knows.
func Transforms() []string { return transforms[:] }

// String returns the transform's name.
func (t Transform) String() string { return transforms[t] }

// ParseTransform returns the transform of a name, or a fault that names the
// nearest.
func ParseTransform(name string) (Transform, error) {
	for i, n := range transforms {
		if n == name {
			return Transform(i), nil
		}
	}
	return 0, fault.Unknown("engine.transform", "transform", name, Transforms())
}

// Rule says what is an outlier and what becomes of it. The zero Rule leaves
// every column as it is.
type Rule struct {
	// A column passes when |skewness G1| < Skew or kurtosis G2 < Kurtosis; 2 and
	// 3.5 are usual. With Skew 0 no column is tested.
	Skew, Kurtosis float64

	// Most is how many points are winsorised at most, each to the next value on its
	// side; equal values move together, so that a tie may carry the count over it.
	// Where the column still fails, Then is applied to the column as it was before.
	Most int
	Then Transform

	// Always applies Then without a test.
	Always bool

	// Lambda is Box-Cox's parameter; with FindLambda it is the one of greatest
	// likelihood between -5 and 5.
	Lambda     float64
	FindLambda bool
}

// String describes the rule for a list of alternatives.
func (r Rule) String() string {
	switch {
	case r.Always:
		return "always " + r.Then.String()
	case r.Skew == 0:
		return "none"
	}
	return fmt.Sprintf("winsorise at most %d, then %s (%g, %g)", r.Most, r.Then, r.Skew, r.Kurtosis)
}

// Check returns a fault where a parameter is out of range.
func (r Rule) Check() error {
	bad := func(what, cure string) error {
		return fault.New(fault.Invalid, "engine.treatment", "the treatment %s", what).Do("%s", cure)
	}
	switch {
	case int(r.Then) >= len(transforms):
		return bad("has a transform that does not exist", "Use one of the package's transforms")
	case !(r.Skew >= 0) || !(r.Kurtosis >= 0 || r.Skew == 0) || math.IsInf(r.Skew+r.Kurtosis, 0):
		return bad("has a threshold that is negative or no number", "Write positive thresholds, such as skew 2 and kurtosis 3.5")
	case r.Most < 0:
		return bad("winsorises a negative number of points", "Write 0 or more")
	case !(math.Abs(r.Lambda) <= 5):
		return bad("has a lambda outside -5 to 5", "Write a number between, or let it be found")
	case r.Skew == 0 && !r.Always && (r.Most > 0 || r.Then != None):
		return bad("has no threshold, so that it would change nothing", "Write the thresholds skew and kurtosis, or always")
	}
	return nil
}

// Report says what was done to a column.
type Report struct {
	Before, After sample.Moments
	Points        int       // values winsorised in what came out
	Transform     Transform // applied, None if none was
	Lambda        float64   // of Box-Cox
	Passes        bool      // what came out passes the test, or none was asked for
}

// Apply writes the treated column into dst, which has the length of x and is not
// x, and reports what was done: rep.After are the moments of dst. It allocates
// nothing, unless lambda is searched for.
func (r *Rule) Apply(dst, x []float64, rep *Report) error {
	copy(dst, x)
	rep.Before = sample.MomentsOf(x)
	rep.After = rep.Before
	rep.Points, rep.Transform, rep.Lambda, rep.Passes = 0, None, 0, true
	switch {
	case r.Always:
	case r.Skew == 0 || r.passes(&rep.Before):
		return nil
	default:
		if r.winsorise(dst, rep); rep.Passes || r.Then == None {
			return nil
		}
		rep.Points = 0
	}
	if err := r.transform(dst, x, rep); err != nil {
		return err
	}
	rep.After, rep.Transform = sample.MomentsOf(dst), r.Then
	rep.Passes = r.Always || r.passes(&rep.After)
	return r.finite(&rep.After)
}

// passes applies the test without roots and quotients of the figures: with n
// known, G1² and G2 are M3²/M2³ and M4/M2² on a line. A column that is too short
// or without spread passes.
func (r *Rule) passes(m *sample.Moments) bool {
	if m.N < 4 || m.Constant() {
		return true
	}
	n, square := float64(m.N), m.M2*m.M2
	skew := r.Skew * r.Skew * ((n - 2) * (n - 2)) * (square * m.M2)
	if !(skew >= 0x1p-900 && skew <= math.MaxFloat64) {
		return math.Abs(m.Skewness()) < r.Skew || m.Kurtosis() < r.Kurtosis // too large or small a unit for sixth powers
	}
	if (m.M3*m.M3)*(n*n*(n-1)) < skew {
		return true
	}
	ratio := (r.Kurtosis*((n-2)*(n-3)/(n-1))-6)/(n+1) + 3 // n M4/M2² where G2 is Kurtosis
	return n*m.M4 < ratio*square
}
