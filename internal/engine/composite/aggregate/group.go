package aggregate

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"peerscape/internal/fault"
)

// ValueError says that a rule cannot take a value.
type ValueError struct {
	Rule         Rule
	Member, Unit int
	Value        float64
}

// Error implements error.
func (e *ValueError) Error() string {
	return fmt.Sprintf("the aggregation %s cannot take %g (member %d, unit %d)", e.Rule.Method, e.Value, e.Member+1, e.Unit+1)
}

// Workspace is the memory that groups are computed in. The zero value is ready;
// it is not safe for use by several goroutines. After the first group of a size
// the means and penalties allocate nothing.
type Workspace struct {
	share, values, weights []float64
}

// Group writes the score of each unit into dst: members are the columns of the
// group, weights their weights, not negative and not all 0. dst may be none of
// the members. The error is a *ValueError or a *fault.Error; dst is then void.
func (w *Workspace) Group(dst []float64, members [][]float64, weights []float64, r Rule) error {
	if err := w.shares(weights); err != nil {
		return err
	}
	switch p, mean := r.order(); {
	case r.Method.Ordinal():
		return w.compare(dst, members, r)
	case mean && p == 1:
		w.arithmetic(dst, members)
	case mean && p == 0:
		w.geometric(dst, members)
	default:
		for i := range dst {
			dst[i] = math.NaN()
		}
	}
	return w.row(dst, members, r)
}

// GroupByUnit is Group with weights of each unit's own: byUnit[j][i] is the
// weight of member j for unit i, not negative; a unit whose weights are NaN, or
// are 0 for all members that it has, gets no score. Methods that compare units
// are refused.
func (w *Workspace) GroupByUnit(dst []float64, members, byUnit [][]float64, r Rule) error {
	if r.Method.Ordinal() {
		return fault.New(fault.Invalid, "engine.weights-by-unit", "the aggregation %s compares units, which must share their weights", r.Method).
			Do("Aggregate with a mean, or give all units the same weights")
	}
	w.share = append(w.share[:0], make([]float64, len(members))...)
	one, column := make([]float64, 1), make([][]float64, len(members))
	for i := range dst {
		dst[i] = math.NaN()
		if !w.own(byUnit, i) {
			continue
		}
		for j, m := range members {
			column[j] = m[i : i+1]
		}
		one[0] = math.NaN()
		if err := w.row(one, column, r); err != nil {
			if ve, ok := errors.AsType[*ValueError](err); ok {
				ve.Unit = i
			}
			return err
		}
		dst[i] = one[0]
	}
	return nil
}

// own makes the shares of one unit from its own weights, and reports whether
// there are any.
func (w *Workspace) own(byUnit [][]float64, i int) bool {
	total := 0.0
	for j := range w.share {
		w.share[j] = byUnit[j][i]
		total += w.share[j]
	}
	for j := range w.share {
		w.share[j] /= total
	}
	return total > 0
}

// shares divides the weights by their sum.
func (w *Workspace) shares(weights []float64) error {
	total := 0.0
	for j, v := range weights {
		if !(v >= 0) || math.IsInf(v, 1) {
			return fault.New(fault.Invalid, "engine.weight", "the weight of member %d is %g", j+1, v).Do("Write a weight of 0 or more")
		}
		total += v
	}
	if total <= 0 {
		return fault.New(fault.Invalid, "engine.no-weight", "the weights sum to zero").Do("Give at least one member a weight above 0")
	}
	w.share = slices.Grow(w.share[:0], len(weights))
	for _, v := range weights {
		w.share = append(w.share, v/total)
	}
	return nil
}

// arithmetic adds up four members a pass, which spares three of four ways to
// memory and back. A unit with a gap becomes NaN and is left to row.
func (w *Workspace) arithmetic(dst []float64, members [][]float64) {
	n := len(dst)
	clear(dst)
	j := 0
	for ; j+4 <= len(members); j += 4 {
		a, b, c, d := members[j][:n], members[j+1][:n], members[j+2][:n], members[j+3][:n]
		wa, wb, wc, wd := w.share[j], w.share[j+1], w.share[j+2], w.share[j+3]
		for i := range dst {
			dst[i] += wa*a[i] + wb*b[i] + (wc*c[i] + wd*d[i])
		}
	}
	for ; j < len(members); j++ {
		a, wa := members[j][:n], w.share[j]
		for i := range dst {
			dst[i] += wa * a[i]
		}
	}
}

// geometric multiplies members of equal weight and takes one logarithm of the
// product, which costs a sixth of one logarithm a value. A unit with a gap, a
// value that is not positive or a product near the end of the number range
// becomes NaN and is left to row.
func (w *Workspace) geometric(dst []float64, members [][]float64) {
	n := len(dst)
	if len(w.share) == 0 || slices.Min(w.share) != slices.Max(w.share) {
		clear(dst)
		for j, m := range members {
			share, m := w.share[j], m[:n]
			for i, x := range m {
				dst[i] += share * math.Log(x)
			}
		}
		for i, s := range dst {
			dst[i] = math.Exp(s)
			if s != s || math.IsInf(s, 0) {
				dst[i] = math.NaN()
			}
		}
		return
	}
	products(dst, members)
	root := 1 / float64(len(members))
	for i, p := range dst {
		if p > 1e-300 && p < 1e300 {
			dst[i] = math.Exp(math.Log(p) * root)
		} else {
			dst[i] = math.NaN()
		}
	}
}

// LogMean writes the logarithm of the geometric mean of each unit into dst;
// members from the place logs on hold logarithms already. A hierarchy of
// geometric means stays in logarithms that way and takes one exponential at its
// top. It reports false, and leaves dst void, where a unit has a gap, a value
// that is not positive, or one near the end of the number range: then Group
// does it.
func (w *Workspace) LogMean(dst []float64, members [][]float64, logs int, weights []float64) bool {
	if w.shares(weights) != nil {
		return false
	}
	if logs == len(members) && slices.Min(w.share) == slices.Max(w.share) {
		return w.logOfProduct(dst, members)
	}
	clear(dst)
	for j, m := range members {
		share, m := w.share[j], m[:len(dst)]
		if j >= logs {
			for i, x := range m {
				dst[i] += share * x
			}
			continue
		}
		for i, x := range m {
			dst[i] += share * math.Log(x)
		}
	}
	for _, s := range dst {
		if s-s != 0 {
			return false
		}
	}
	return true
}

// logOfProduct takes one logarithm a unit, of the product of its values.
func (w *Workspace) logOfProduct(dst []float64, members [][]float64) bool {
	products(dst, members)
	root := 1 / float64(len(members))
	for i, p := range dst {
		if !(p > 1e-300 && p < 1e300) {
			return false
		}
		dst[i] = math.Log(p) * root
	}
	return true
}

// products multiplies the members; a unit with a gap or a value that is not
// positive becomes NaN.
func products(dst []float64, members [][]float64) {
	for i := range dst {
		dst[i] = 1
	}
	for _, m := range members {
		m := m[:len(dst)]
		for i, x := range m {
			if x <= 0 {
				x = math.NaN()
			}
			dst[i] *= x
		}
	}
}

// row computes the units that are NaN so far one by one.
func (w *Workspace) row(dst []float64, members [][]float64, r Rule) error {
	least := r.least(len(members))
	for i, done := range dst {
		if done == done {
			continue
		}
		w.values, w.weights = w.values[:0], w.weights[:0]
		total := 0.0
		for j, m := range members {
			x := m[i]
			if x != x || w.share[j] == 0 {
				continue
			}
			if !r.Takes(x) {
				return &ValueError{r, j, i, x}
			}
			w.values, w.weights = append(w.values, x), append(w.weights, w.share[j])
			total += w.share[j]
		}
		if len(w.values) < least {
			dst[i] = math.NaN()
			continue
		}
		for k := range w.weights {
			w.weights[k] /= total
		}
		v, err := r.score(w.values, w.weights)
		if err != nil {
			return err
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &ValueError{r, 0, i, v}
		}
		dst[i] = v
	}
	return nil
}

// score aggregates the values of one unit; the weights sum to 1. It may reorder
// both slices.
func (r Rule) score(x, weights []float64) (float64, error) {
	if p, ok := r.order(); ok {
		return powerMean(x, weights, p), nil
	}
	switch r.Method {
	case MPI, AMPI:
		return r.penalised(x, weights)
	case MeanMin:
		m := powerMean(x, weights, 1)
		return m - r.short(m-slices.Min(x)), nil
	case OWA:
		return r.ordered(x), nil
	}
	return r.Function(x, weights), nil
}
