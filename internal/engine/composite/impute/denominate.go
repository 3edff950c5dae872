package impute

import (
	"math"

	"peerscape/internal/fault"
)

// Denominator is what a column is divided by.
type Denominator struct {
	Code   string    // for messages
	Values []float64 // one a row, positive
	Factor float64   // of the quotient: 1000 for "per thousand"; 0 means 1

	// BadIsMissing leaves a cell missing where the denominator is missing, zero or
	// negative. Otherwise such a cell is refused.
	BadIsMissing bool
}

// Fate says why a value could not be divided.
type Fate uint8

// What may be wrong with a denominator.
const (
	DenominatorMissing Fate = iota
	DenominatorZero
	DenominatorNegative
)

// String returns "missing", "zero" or "negative".
func (f Fate) String() string { return [...]string{"missing", "zero", "negative"}[f] }

// Lost is a cell that had a value and lost it for want of a denominator.
type Lost struct {
	Row   int
	Value float64 // before
	Why   Fate
}

// Denominate returns the column divided by d and multiplied by its factor, and
// the cells that became missing by it, in the order of rows. A cell that was
// missing stays so and is not listed. name is the column's, for messages; row
// names a row and may be nil.
func Denominate(name string, x []float64, d Denominator, row func(int) string) ([]float64, []Lost, error) {
	if row == nil {
		row = (&Data{}).row
	}
	if len(x) != len(d.Values) {
		return nil, nil, refuse("engine.ragged", "%s has %d values and its denominator %s has %d", name, len(x), d.Code, len(d.Values)).
			Do("Give both one value a row")
	}
	if err := checkTable([][]float64{x, d.Values}, []string{name, d.Code}, row); err != nil {
		return nil, nil, err
	}
	factor := d.Factor
	if factor == 0 {
		factor = 1
	}
	if !(math.Abs(factor) <= math.MaxFloat64) {
		return nil, nil, refuse("engine.factor", "the factor of %s is %v", name, d.Factor).Do("Write a number, such as 1000 for per thousand")
	}
	out := make([]float64, len(x))
	var lost []Lost
	for i, v := range x {
		out[i] = v
		if v != v {
			continue
		}
		if why, bad := fate(d.Values[i]); bad {
			if !d.BadIsMissing {
				return nil, nil, cannotDivide(name, d.Code, row(i), why)
			}
			out[i], lost = math.NaN(), append(lost, Lost{i, v, why})
			continue
		}
		if out[i] = v / d.Values[i] * factor; math.IsInf(out[i], 0) {
			return nil, nil, refuse("engine.infinite", "%s of %s divided by %v is too large for a number", name, row(i), d.Values[i]).
				Do("Correct the denominator %s", d.Code)
		}
	}
	return out, lost, nil
}

func fate(denominator float64) (Fate, bool) {
	switch {
	case denominator > 0:
		return 0, false
	case denominator == 0:
		return DenominatorZero, true
	case denominator < 0:
		return DenominatorNegative, true
	}
	return DenominatorMissing, true
}

func cannotDivide(name, code, row string, why Fate) *fault.Error {
	return refuse("engine.denominator", "%s of %s cannot be divided: the denominator %s is %s", name, row, code, why).
		With("column", name).With("denominator", code).With("row", row).
		Do("Correct the denominator, or choose that such cells become missing")
}
