package cli

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"peerscape/internal/engine/composite"
)

// printedPart is what --json prints of an element's part in a unit's index.
type printedPart struct {
	Element      string   `json:"element"`
	Level        int      `json:"level"`
	Value        *float64 `json:"value,omitempty"` // of an indicator, after imputation
	Score        *float64 `json:"score"`
	Contribution float64  `json:"contribution"`
	Anchored     float64  `json:"anchored,omitempty"` // added by anchoring, beside what the members add
	Needed       *float64 `json:"needed,omitempty"`   // score at which this alone would reach the next unit
}

// explain decomposes the index of a unit and says what would change its rank.
func (v *indexView) explain(r *composite.Result, unit string) (*table, error) {
	row, err := v.row(r, unit)
	if err != nil {
		return nil, err
	}
	parts, err := r.Explain(row)
	if err != nil {
		return nil, err
	}
	next, changes, err := r.Overtake(row)
	if err != nil {
		return nil, err
	}
	needed := map[int]composite.Change{}
	for _, c := range changes {
		needed[c.Element] = c
	}
	slices.SortStableFunc(parts, func(a, b composite.Part) int {
		return cmp.Or(cmp.Compare(r.Level[b.Element], r.Level[a.Element]), cmp.Compare(b.Contribution, a.Contribution))
	})
	t := &table{
		title: fmt.Sprintf("%s %s: rank %s of %d, index %s", r.Rows[row], v.name(r.Rows[row].Unit), format(r.Ranks[row], 0), ranked(r, row), format(r.Index()[row], 2)),
		columns: []column{
			{name: "Level", right: true}, {name: "Element"}, {name: "Value", right: true}, {name: "Score", right: true}, {name: "Adds", right: true}, {name: "To reach the next", right: true},
		},
		notes: []string{"What the elements of a level add sums to the index, but for indicators and groups that stand on other levels."},
	}
	if next >= 0 {
		t.notes = append(t.notes, fmt.Sprintf("The next is %s %s with %s. The last column is the value that one indicator alone would have to reach, all else and the scaling unchanged.",
			r.Rows[next], v.name(r.Rows[next].Unit), format(r.Index()[next], 2)))
	}
	var out []printedPart
	for _, p := range parts {
		o := printedPart{Element: r.Codes[p.Element], Level: r.Level[p.Element], Score: pointer(p.Score), Contribution: p.Contribution, Anchored: p.Anchored}
		if p.Anchored != 0 {
			t.notes = append(t.notes, fmt.Sprintf("Anchoring %s adds %s, beside what is below it.", v.element(o.Element), format(p.Anchored, 2)))
		}
		value, reach := "", ""
		if p.Element < len(r.Prepared) {
			x := r.Prepared[p.Element][row]
			value, o.Value = figure(x), pointer(x)
		}
		if c, ok := needed[p.Element]; ok {
			o.Needed, reach = &c.Score, figure(c.Value)
			if !c.Within {
				reach += ", beyond all"
			}
		}
		t.add(strconv.Itoa(r.Level[p.Element]), v.element(r.Codes[p.Element]), value, format(p.Score, 1), format(p.Contribution, 2), reach)
		out = append(out, o)
	}
	t.value = out
	return t, nil
}

// ranked counts the rows that have a rank beside a row: in its period, no wholes.
func ranked(r *composite.Result, row int) (n int) {
	for i, rank := range r.Ranks {
		if !math.IsNaN(rank) && r.Rows[i].Period == r.Rows[row].Period {
			n++
		}
	}
	return n
}

// figure writes a value with four figures.
func figure(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// printedStep is what --json prints of an indicator on its way.
type printedStep struct {
	Indicator string   `json:"indicator"`
	Known     int      `json:"known"`
	Skew      *float64 `json:"skew"`
	Kurtosis  *float64 `json:"kurtosis"`
	Points    int      `json:"winsorised"`
	Transform string   `json:"transform"`
	From      *float64 `json:"scaleFrom"` // score = from + slope × value
	Slope     *float64 `json:"scaleSlope"`
	Weight    *float64 `json:"effectiveWeight"`
}

// steps lists what was done to each indicator.
func (v *indexView) steps(r *composite.Result) *table {
	t := &table{
		title: v.element(r.Codes[len(r.Codes)-1]) + ": steps",
		columns: []column{
			{name: "Indicator"},
			{name: "Skew", right: true},
			{name: "Kurtosis", right: true},
			{name: "Winsorised", right: true},
			{name: "Transform"},
			{name: "Score", right: false},
			{name: "Weight in the index", right: true},
		},
	}
	var out []printedStep
	for j, report := range r.Treatments {
		o := printedStep{
			Indicator: r.Codes[j], Known: report.Before.N, Skew: pointer(report.Before.Skewness()), Kurtosis: pointer(report.Before.Kurtosis()),
			Points: report.Points, Transform: report.Transform.String(), Weight: pointer(r.Effective[j]),
		}
		line := "by rank or class"
		if slices.Contains(r.Report.Absent, r.Codes[j]) {
			line = "no figures"
		} else if from, slope, ok := r.Scales[j].Line(); ok {
			o.From, o.Slope = &from, &slope
			line = fmt.Sprintf("%s + %s × value", figure(from), figure(slope))
		}
		t.add(v.element(r.Codes[j]), format(report.Before.Skewness(), 2), format(report.Before.Kurtosis(), 2), strconv.Itoa(report.Points), report.Transform.String(), line, percentOrNone(r.Effective[j]))
		out = append(out, o)
	}
	t.notes = v.sources(r)
	for _, f := range r.Report.Filled {
		t.notes = append(t.notes, fmt.Sprintf("Filled: %s of %s by %s: %s", f.Indicator, f.Row, f.Method, figure(f.Value)))
	}
	for _, l := range r.Report.LeftOut {
		t.notes = append(t.notes, fmt.Sprintf("Left out: %s has %d of %d indicators", l.Row, l.Present, l.Of))
	}
	t.value = out
	return t
}

func percentOrNone(share float64) string {
	if math.IsNaN(share) {
		return "by unit"
	}
	return percent(share)
}
