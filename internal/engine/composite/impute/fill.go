package impute

import (
	"cmp"
	"math"
	"slices"

	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// Filled is a cell that got a value.
type Filled struct {
	Row, Column int
	Value       float64
	Method      Method
}

// Reason says why a cell stays missing.
type Reason uint8

// The reasons.
const (
	NoMethod       Reason = iota // the rule is None
	GroupUnknown                 // the row has no group
	GroupEmpty                   // nobody in the row's group has a value
	PeriodEmpty                  // nobody has a value in the row's period
	NoObservation                // the unit has no value in any year; for EM: in no column
	OneObservation               // the unit has a single value: no line can be drawn
	OutsideYears                 // the year lies before the unit's first value or after its last
	BeyondLimit                  // the nearest value is more than Limit years away
)

var reasons = [...]string{
	"no method was chosen",
	"the row has no group",
	"nobody in its group has a value",
	"nobody has a value in its period",
	"the unit has no value at all",
	"the unit has a single observation, and a line needs two",
	"the year lies outside the unit's observed years",
	"the nearest observed year is beyond the limit",
}

// String returns the reason in words.
func (r Reason) String() string { return reasons[r] }

// Open is a cell that stays missing, with the reason of the last method tried.
type Open struct {
	Row, Column int
	Method      Method
	Reason      Reason
}

// Result is a filled table. It shares no memory with the data.
type Result struct {
	Table  [][]float64
	Filled []Filled // by row, then by column
	Open   []Open   // by row, then by column
	EM     []Fit    // one a period that EM worked on
}

// Explain says in a sentence why a cell stays missing.
func (d *Data) Explain(o Open) *fault.Error {
	return refuse("engine.not-imputed", "%s of %s cannot be filled by %s: %s", d.column(o.Column), d.row(o.Row), o.Method, o.Reason).
		With("row", d.row(o.Row)).With("column", d.column(o.Column)).With("reason", o.Reason.String()).
		Do("The cell stays missing; choose another method or a second one after it")
}

// Fill fills missing cells by the rules, one after another: each fills what
// those before it left, and each sees the observed values only, never those that
// another rule filled. Without a rule nothing is filled.
//
// Observed cells never change. Means, medians, carried and interpolated values
// lie within the values that they were made from.
func Fill(d Data, rules ...Rule) (*Result, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	f := &filler{data: &d, result: &Result{Table: clone(d.Table)}, open: map[[2]int]Open{}}
	for j, x := range d.Table {
		for i, v := range x {
			if v != v {
				f.open[[2]int{i, j}] = Open{Row: i, Column: j}
			}
		}
	}
	for _, r := range rules {
		if err := f.apply(r); err != nil {
			return nil, err
		}
	}
	out := f.result
	for _, o := range f.open {
		out.Open = append(out.Open, o)
	}
	slices.SortFunc(out.Open, func(a, b Open) int { return byCell(a.Row, b.Row, a.Column, b.Column) })
	slices.SortFunc(out.Filled, func(a, b Filled) int { return byCell(a.Row, b.Row, a.Column, b.Column) })
	return out, nil
}

func byCell(rowA, rowB, columnA, columnB int) int {
	return cmp.Or(cmp.Compare(rowA, rowB), cmp.Compare(columnA, columnB))
}

func clone(table [][]float64) [][]float64 {
	out := make([][]float64, len(table))
	for j := range out {
		out[j] = slices.Clone(table[j])
	}
	return out
}

// filler holds the state of one call of Fill.
type filler struct {
	data   *Data
	result *Result
	open   map[[2]int]Open
}

// missing reports whether the cell is still to be filled.
func (f *filler) missing(i, j int) bool { v := f.result.Table[j][i]; return v != v }

func (f *filler) fill(i, j int, v float64, m Method) {
	f.result.Table[j][i] = v
	f.result.Filled = append(f.result.Filled, Filled{i, j, v, m})
	delete(f.open, [2]int{i, j})
}

func (f *filler) leave(i, j int, m Method, why Reason) {
	f.open[[2]int{i, j}] = Open{i, j, m, why}
}

func (f *filler) apply(r Rule) error {
	if err := r.Check(); err != nil {
		return err
	}
	switch {
	case r.Method == None:
		return nil
	case r.Method == Fixed:
		for j, x := range f.result.Table {
			for i := range x {
				if f.missing(i, j) {
					f.fill(i, j, r.Value, Fixed)
				}
			}
		}
		return nil
	case r.Method == EM:
		return f.em(r)
	case r.Method.Panel():
		return f.panel(r)
	}
	return f.average(r)
}

// average fills with the mean or the median of the rows of the same period and,
// where the method says so, of the same group.
func (f *filler) average(r Rule) error {
	d := f.data
	if r.Method.Grouped() && len(d.Groups) == 0 {
		return refuse("engine.no-groups", "the imputation %s needs groups and there are none", r.Method).
			Do("Name the attribute that holds the groups, or choose mean or median")
	}
	for j, x := range d.Table {
		if err := f.wantsValue(j, r.Method); err != nil {
			return err
		}
		for _, rows := range d.strata() {
			for group, members := range d.groups(rows, r.Method.Grouped()) {
				f.averageWithin(members, j, x, group == "" && r.Method.Grouped(), r.Method)
			}
		}
	}
	return nil
}

// wantsValue refuses a column that has gaps and not a single value.
func (f *filler) wantsValue(j int, m Method) error {
	if sample.Count(f.data.Table[j]) > 0 || len(f.data.Table[j]) == 0 {
		return nil
	}
	return refuse("engine.all-missing", "%s has no value, so %s cannot fill it", f.data.column(j), m).
		With("column", f.data.column(j)).Do("Import figures for it, or leave the indicator out")
}

// groups sorts rows by their group; all rows in one where grouped is false.
func (d *Data) groups(rows []int, grouped bool) map[string][]int {
	if !grouped {
		return map[string][]int{"": rows}
	}
	out := map[string][]int{}
	for _, i := range rows {
		out[d.Groups[i]] = append(out[d.Groups[i]], i)
	}
	return out
}

func (f *filler) averageWithin(rows []int, j int, x []float64, unknown bool, m Method) {
	value, why := math.NaN(), PeriodEmpty
	switch {
	case unknown:
		why = GroupUnknown
	case m.Grouped():
		why = GroupEmpty
	}
	if !unknown {
		value = averageOf(rows, x, m)
	}
	for _, i := range rows {
		switch {
		case !f.missing(i, j):
		case value == value:
			f.fill(i, j, value, m)
		default:
			f.leave(i, j, m, why)
		}
	}
}

// averageOf returns the mean or median of some rows of a column, NaN without a
// value. Rounding cannot carry the mean beyond the ends, nor can large values
// overflow their sum.
func averageOf(rows []int, x []float64, m Method) float64 {
	members := make([]float64, 0, len(rows))
	for _, i := range rows {
		if x[i] == x[i] {
			members = append(members, x[i])
		}
	}
	if len(members) == 0 {
		return math.NaN()
	}
	slices.Sort(members) // so that the order of rows does not matter to the last bit
	if m == Median || m == GroupMedian {
		return within(sample.Quantile(members, 0.5), members)
	}
	mean := sample.Mean(members)
	if math.IsInf(mean, 0) || mean != mean {
		mean = 0
		for k, v := range members {
			mean += v/float64(k+1) - mean/float64(k+1)
		}
	}
	return within(mean, members)
}

// within moves v, off by rounding at most, between the ends of ascending values.
func within(v float64, sorted []float64) float64 {
	return min(max(v, sorted[0]), sorted[len(sorted)-1])
}
