// Package normalise brings indicators of different units onto one scale.
//
// A Rule is fitted to a column, which may be that of all years of a panel, and
// gives a Scale; the scale is applied to that column or to any other. Direction
// is part of the rule: a column of which less is better is turned before the
// method is applied, and targets and goalposts, which are written in the
// indicator's own unit, are turned with it. NaN stays NaN and changes nothing
// else. What a method cannot do with a column is refused with the reason: no
// spread, values that are not positive, a ratio that cannot be turned. Start
// with Rule and Fit.
package normalise

import (
	"math"

	"peerscape/internal/fault"
)

// Method is a way to normalise.
type Method uint8

// The methods. x is the indicator, turned where less of it is better; min, max,
// mean and sd are those of the fitted column.
const (
	MinMax             Method = iota // (x-min)/(max-min), stretched to From..To
	ZScore                           // Mean + SD (x-mean)/sd
	Scaled                           // (x-Subtract)/Divide
	DistanceMax                      // 1 - (max-x)/(max-min)
	DistanceReference                // 1 - (ref-x)/(ref-min), ref is the value of a unit
	DistanceTarget                   // 1 - (target-x)/(target-min), 1 above the target where capped
	RatioMean                        // x/mean
	RatioMax                         // x/max
	RatioMin                         // x/min
	ChangeMean                       // (x-mean)/mean
	ChangeMin                        // (x-min)/min
	Rank                             // 1 for the smallest, ties take the smallest
	PercentileRank                   // (r-1)/(n-1)
	HandbookPercentile               // 100 r/n
	Borda                            // r-1
	Goalposts                        // (x-Low)/(High-Low), stretched to From..To
	LogGoalposts                     // the same of logarithms
	AMPI                             // goalposts around a reference: 70 to 130
	MeanBands                        // -1, 0, 1: below, within or above Share around the mean
	QuantileBands                    // -1, 0, 1: below, within or above the quantiles Share and 1-Share
	Categorical                      // Scores by the classes between Quantiles
)

var methods = [...]string{
	"min-max", "z-score", "scaled", "distance-max", "distance-reference", "distance-target",
	"ratio-mean", "ratio-max", "ratio-min", "change-mean", "change-min",
	"rank", "percentile-rank", "handbook-percentile", "borda", "goalposts", "log-goalposts", "ampi",
	"mean-bands", "quantile-bands", "categorical",
}

// Methods lists the names that ParseMethod knows.
func Methods() []string { return methods[:] }

// String returns the method's name.
func (m Method) String() string { return methods[m] }

// ParseMethod returns the method of a name, or a fault that names the nearest.
func ParseMethod(name string) (Method, error) {
	for i, n := range methods {
		if n == name {
			return Method(i), nil
		}
	}
	return 0, fault.Unknown("engine.normalisation", "normalisation", name, Methods())
}

// ratio reports whether the method divides by a value of the column, which has
// no meaning for a column that is turned round.
func (m Method) ratio() bool { return m >= RatioMean && m <= ChangeMin }

// Rule is a method with its parameters. The zero Rule has no range; MinMax wants
// From and To.
type Rule struct {
	Method Method

	// Turn says that less is better.
	Turn bool

	From, To float64 // of MinMax and goalposts; both 0 is 0 to 1

	Mean, SD   float64 // of ZScore; SD 0 is 1
	Population bool    // ZScore divides by n instead of n-1

	Subtract, Divide float64 // of Scaled, in the indicator's unit

	// Low and High are goalposts in the indicator's unit: what scores From and what
	// scores To. Where less is better Low may stand above High, or the two are
	// exchanged.
	Low, High       float64
	CapLow, CapHigh bool // no score beyond; CapHigh holds for DistanceTarget too

	// Unit is the row that DistanceReference measures from, and Reference the name
	// that a composite plan finds it by.
	Unit      int
	Reference string

	// Target is what DistanceTarget measures to, and what AMPI calls 100 where
	// HasTarget is set, else the mean of the column; in the indicator's unit.
	Target    float64
	HasTarget bool

	Share     float64   // of the bands: 0.2 is 20 %
	Quantiles []float64 // class limits of Categorical, ascending, between 0 and 1
	Scores    []float64 // one more than Quantiles
}

// Check returns a fault where a parameter is out of range, whatever the figures.
func (r *Rule) Check() error {
	bad := func(what, cure string) error {
		return fault.New(fault.Invalid, "engine.normalisation-parameter", "the normalisation %s %s", r.Method, what).Do("%s", cure)
	}
	if int(r.Method) >= len(methods) {
		return fault.New(fault.Invalid, "engine.normalisation", "there is no normalisation number %d", r.Method)
	}
	for _, v := range []float64{r.From, r.To, r.Mean, r.SD, r.Subtract, r.Divide, r.Low, r.High, r.Target, r.Share} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return bad("has a parameter that is no number", "Write finite numbers")
		}
	}
	switch r.Method {
	case MinMax, Goalposts, LogGoalposts:
		if from, to := r.ends(); from >= to {
			return bad("does not rise from its lower to its upper end", "Write from below to, such as 0 and 100")
		}
	case ZScore:
		if r.SD < 0 {
			return bad("has a negative standard deviation", "Write a positive number")
		}
	case Scaled:
		if !(r.Divide > 0) {
			return bad("does not divide by a positive number", "Write what to divide by")
		}
	case MeanBands, QuantileBands:
		if !(r.Share > 0 && r.Share < 1) || r.Method == QuantileBands && r.Share >= 0.5 {
			return bad("has a share out of range", "Write a share such as 0.2; below 0.5 for quantiles")
		}
	case Categorical:
		return r.checkClasses(bad)
	}
	if r.Method == Goalposts || r.Method == LogGoalposts {
		return r.checkGoalposts(bad)
	}
	return nil
}

func (r *Rule) checkGoalposts(bad func(what, cure string) error) error {
	switch {
	case r.Low == r.High:
		return bad("has goalposts at the same place", "Write two different values")
	case r.Low > r.High && !r.Turn:
		return bad("has its lower goalpost above the upper one, though more is better", "Exchange them, or say that less is better")
	case r.Method == LogGoalposts && !(min(r.Low, r.High) > 0):
		return bad("has a goalpost that is not positive", "Write goalposts above 0, or take plain goalposts")
	}
	return nil
}

func (r *Rule) checkClasses(bad func(what, cure string) error) error {
	if len(r.Quantiles) == 0 || len(r.Scores) != len(r.Quantiles)+1 {
		return bad("has not one score more than limits", "Write limits such as 0.25, 0.5, 0.75 and a score for each of the four classes")
	}
	last := 0.0
	for _, q := range r.Quantiles {
		if !(q > last && q < 1) {
			return bad("has limits that do not rise between 0 and 1", "Write them in ascending order")
		}
		last = q
	}
	for _, s := range r.Scores {
		if math.IsNaN(s) || math.IsInf(s, 0) {
			return bad("has a score that is no number", "Write finite numbers")
		}
	}
	return nil
}

// ends returns the range that scores are stretched to.
func (r *Rule) ends() (from, to float64) {
	if r.From == 0 && r.To == 0 {
		return 0, 1
	}
	return r.From, r.To
}
