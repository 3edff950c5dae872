package composite_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

var gap = math.NaN()

// small is a framework of two pillars under an index, and a table of four units
// that fits it.
func small() (*composite.Framework, *composite.Table) {
	f := &composite.Framework{
		Code:      "small",
		Normalise: normalise.Rule{From: 1, To: 100},
		Indicators: []composite.Indicator{
			{Code: "income", Parent: "wealth", Weight: 1, Direction: composite.MoreIsBetter},
			{Code: "debt", Parent: "wealth", Weight: 1, Direction: composite.LessIsBetter},
			{Code: "schooling", Parent: "skills", Weight: 2, Direction: composite.MoreIsBetter},
			{Code: "training", Parent: "skills", Weight: 1, Direction: composite.MoreIsBetter},
		},
		Groups: []composite.Group{
			{Code: "wealth", Parent: "index", Weight: 1},
			{Code: "skills", Parent: "index", Weight: 3},
			{Code: "index"},
		},
	}
	t := &composite.Table{
		Rows: []composite.Row{{Unit: "NORTH"}, {Unit: "EAST"}, {Unit: "SOUTH"}, {Unit: "WEST"}},
		Columns: []composite.Column{
			{Code: "income", Values: []float64{20, 30, 25, 41}},
			{Code: "debt", Values: []float64{5, 9, 2, 7}},
			{Code: "schooling", Values: []float64{11, 12, 10, 13}},
			{Code: "training", Values: []float64{0.3, 0.1, 0.5, 0.2}},
			{Code: "people", Values: []float64{100, 200, 300, 400}},
		},
	}
	return f, t
}

// refused says that an error is a fault that can be corrected, with a key, a
// cure, and every one of the words.
func refused(t *testing.T, err error, key string, words ...string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("got %v, want a fault with the key %s", err, key)
	}
	if f.Kind != fault.Invalid || f.Key != key {
		t.Errorf("got %v %s (%v), want invalid %s", f.Kind, f.Key, err, key)
	}
	if f.Cure == "" {
		t.Errorf("%s has no cure", f.Key)
	}
	for _, w := range append([]string{""}, words...) {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not name %q", err, w)
		}
		if strings.Contains(err.Error(), "%!") {
			t.Errorf("%q is formatted wrongly", err)
		}
	}
}

// computed makes a plan and computes it.
func computed(f *composite.Framework, table *composite.Table) (*composite.Result, error) {
	p, err := composite.New(f, table)
	if err != nil {
		return nil, err
	}
	return p.Compute()
}

func TestPlanRefuses(t *testing.T) {
	type F = composite.Framework
	type T = composite.Table
	for _, c := range []struct {
		name   string
		change func(*F, *T)
		key    string
		words  []string
	}{
		{"no direction", func(f *F, _ *T) { f.Indicators[1].Direction = 0 }, "engine.direction", []string{"debt"}},
		{"another direction", func(f *F, _ *T) { f.Indicators[1].Direction = 2 }, "engine.direction", []string{"debt"}},
		{"no column", func(f *F, _ *T) { f.Indicators[0].Code = "incomes" }, "engine.no-column", []string{"incomes", "nearest columns are income"}},
		{"no denominator", func(f *F, _ *T) { f.Indicators[0].Denominator = "peoples" }, "engine.no-column", []string{"peoples", "income", "people"}},
		{"no figure for one, any is needed", func(_ *F, t *T) { empty(t, 1) }, "engine.no-data", []string{"debt"}},
		{"no figure at all", func(_ *F, t *T) { empty(t, 0, 1, 2, 3) }, "engine.no-data", []string{"income", "training"}},
		{"no figure at all, half is enough", func(f *F, t *T) { f.Coverage = 0.5; empty(t, 0, 1, 2, 3) }, "engine.coverage", []string{"0 of 4"}},
		{"too few figures", func(f *F, t *T) { f.Coverage = 0.8; empty(t, 1) }, "engine.coverage", []string{"3 of 4", "80 %", "debt"}},
		{"a coverage above 1", func(f *F, _ *T) { f.Coverage = 1.5 }, "engine.share", []string{"1.5"}},
		{"a coverage that is no number", func(f *F, _ *T) { f.Coverage = gap }, "engine.share", nil},
		{"all equal", func(_ *F, t *T) { fill(t, 0, 7) }, "engine.constant", []string{"income", "7"}},
		{"all equal under z", func(f *F, t *T) { f.Normalise = normalise.Rule{Method: normalise.ZScore}; fill(t, 3, 7) }, "engine.constant", []string{"training"}},
		{"a single value", func(_ *F, t *T) { empty(t, 0); t.Columns[0].Values[2] = 4 }, "engine.constant", []string{"income"}},
		{"below zero under a geometric mean", func(f *F, _ *T) {
			f.Normalise, f.Aggregate = normalise.Rule{Method: normalise.ZScore}, aggregate.Rule{Method: aggregate.Geometric}
		}, "engine.value", []string{"geometric", "income", "NORTH", "wealth"}},
		{"zero under a harmonic mean", func(f *F, _ *T) {
			f.Normalise, f.Aggregate = normalise.Rule{To: 100}, aggregate.Rule{Method: aggregate.Harmonic}
		}, "engine.value", []string{"harmonic", "income", "NORTH"}},
		{"below zero under a logarithm", func(f *F, t *T) { f.Treat = treat.Rule{Then: treat.Log, Always: true}; t.Columns[2].Values[1] = -3 }, "engine.not-positive", []string{"schooling"}},
		{"infinite", func(_ *F, t *T) { t.Columns[3].Values[1] = math.Inf(-1) }, "engine.infinite", []string{"training", "EAST"}},
		{"one unit", func(_ *F, t *T) { keep(t, 1) }, "engine.one-unit", []string{"NORTH"}},
		{"one unit in two years", func(_ *F, t *T) {
			keep(t, 2)
			t.Rows = []composite.Row{{Unit: "NORTH", Period: stats.Year(2020)}, {Unit: "NORTH", Period: stats.Year(2021)}}
		}, "engine.one-unit", []string{"NORTH in 2020", "NORTH in 2021"}},
		{"one unit after screening", func(f *F, t *T) {
			f.Screen = impute.Screening{Share: 0.9}
			for i := range 3 {
				t.Columns[i].Values[i] = gap
			}
		}, "engine.one-unit", []string{"WEST"}},
		{"no unit after screening", func(f *F, t *T) {
			f.Screen = impute.Screening{Share: 0.9}
			for i := range 4 {
				t.Columns[i].Values[i] = gap
			}
		}, "engine.none-kept", nil},
		{"figures are gone after screening", func(f *F, t *T) {
			f.Screen = impute.Screening{Share: 0.75}
			empty(t, 0)
			t.Columns[0].Values[0], t.Columns[1].Values[0], t.Columns[2].Values[0] = 1, gap, gap
		}, "engine.no-data", []string{"income"}},
		{"no attribute at all", func(f *F, t *T) { f.GroupBy, f.Impute = "climate", []impute.Rule{{Method: impute.GroupMean}} }, "engine.no-attribute", []string{"climate"}},
		{"another attribute", func(f *F, t *T) {
			f.GroupBy, f.Impute = "climate", []impute.Rule{{Method: impute.GroupMean}}
			t.Attributes = []composite.Attribute{{Code: "country", Values: make([]string, 4)}}
		}, "engine.no-attribute", []string{"climate", "country"}},
		{"Wroclaw below the index", func(f *F, _ *T) { f.Groups[0].Aggregate = &aggregate.Rule{Method: aggregate.Wroclaw} }, "engine.smaller-is-better", []string{"wealth"}},
		{"too few positions", func(f *F, _ *T) {
			f.Groups[1].Aggregate = &aggregate.Rule{Method: aggregate.OWA, Positions: []float64{1}}
		}, "engine.positions", []string{"skills", "1 position weights for 2"}},
		{"years wanted of a table without", func(f *F, _ *T) { f.PerYear = true }, "engine.no-panel", nil},
		{"a normalisation out of range", func(f *F, _ *T) { f.Indicators[2].Normalise = &normalise.Rule{Method: normalise.Goalposts, To: 1} }, "engine.normalisation-parameter", []string{"schooling"}},
		{"a treatment out of range", func(f *F, _ *T) { f.Indicators[2].Treat = &treat.Rule{Skew: 2, Most: -1} }, "engine.treatment", []string{"schooling"}},
		{"an aggregation out of range", func(f *F, _ *T) { f.Aggregate = aggregate.Rule{Threshold: 2} }, "engine.aggregation-parameter", []string{"wealth"}},
		{"no set for an attribute", func(f *F, t *T) {
			f.Groups[0].Weigh, f.Groups[0].Attribute = &weigh.Rule{Method: weigh.ByAttribute}, "climate"
		}, "engine.no-weight-set", []string{"wealth"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, table := small()
			c.change(f, table)
			r, err := computed(f, table)
			if err == nil {
				t.Fatalf("accepted: %v", r.Index())
			}
			refused(t, err, c.key, c.words...)
		})
	}
}

// empty takes all figures out of columns.
func empty(t *composite.Table, columns ...int) {
	for _, j := range columns {
		fill(t, j, gap)
	}
}

// fill writes one figure into every cell of a column.
func fill(t *composite.Table, column int, v float64) {
	for i := range t.Columns[column].Values {
		t.Columns[column].Values[i] = v
	}
}

// keep takes all but the first rows out of a table.
func keep(t *composite.Table, n int) {
	t.Rows = t.Rows[:n]
	for j := range t.Columns {
		t.Columns[j].Values = t.Columns[j].Values[:n]
	}
}

// Callers branch on the type, and show the lists.
func TestCoverageErrorListsAbsent(t *testing.T) {
	f, table := small()
	f.Coverage = 0.75
	empty(table, 0, 3)
	_, err := composite.New(f, table)
	c, ok := errors.AsType[*composite.CoverageError](err)
	if !ok {
		t.Fatalf("got %v, want a coverage error", err)
	}
	if c.Framework != "small" || c.Have != 2 || c.Of != 4 || c.Share != 0.75 || strings.Join(c.Absent, " ") != "income training" {
		t.Errorf("got %+v", c)
	}
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("it is %v, want invalid", fault.KindOf(err))
	}
}

// An indicator without figures is left out where the share allows it; a pillar
// without any has no score and the index goes by the other.
func TestCoverageLeavesOut(t *testing.T) {
	f, table := small()
	f.Coverage = 0.5
	empty(table, 0, 1)
	r, err := computed(f, table)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(r.Report.Absent, " "); got != "income debt" {
		t.Errorf("absent are %q", got)
	}
	wealth, skills := r.Scores[r.Element("wealth")], r.Scores[r.Element("skills")]
	for i, x := range r.Index() {
		if !math.IsNaN(wealth[i]) || x != skills[i] {
			t.Errorf("%s: wealth %g, skills %g, index %g", r.Rows[i], wealth[i], skills[i], x)
		}
	}
}

// COINr 1.1.14 issue 1: years were taken for units. Here a year that looks like a
// unit is one only if it stands in the unit's place, and ranks are within a year.
func TestYearAndUnitAreApart(t *testing.T) {
	f, one := small()
	table := &composite.Table{}
	for _, year := range []int{2020, 2021} {
		for _, r := range one.Rows {
			table.Rows = append(table.Rows, composite.Row{Unit: r.Unit, Period: stats.Year(year)})
		}
	}
	for _, c := range one.Columns {
		next := make([]float64, len(c.Values))
		for i, v := range c.Values {
			next[i] = v + 1
		}
		table.Columns = append(table.Columns, composite.Column{Code: c.Code, Values: append(append([]float64{}, c.Values...), next...)})
	}
	r, err := computed(f, table)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if r.Rows[i].Unit != r.Rows[i+4].Unit || r.Ranks[i] != r.Ranks[i+4] || !(r.Ranks[i] >= 1 && r.Ranks[i] <= 4) {
			t.Errorf("%s ranks %g and %s %g; one shift of all must keep ranks of 1 to 4", r.Rows[i], r.Ranks[i], r.Rows[i+4], r.Ranks[i+4])
		}
	}
	if r.Index()[0] == r.Index()[4] {
		t.Error("one scale for both years must tell them apart")
	}
	f.PerYear = true
	if r, err = computed(f, table); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if d := r.Index()[i] - r.Index()[i+4]; math.Abs(d) > 1e-12 {
			t.Errorf("a scale for each year must not tell them apart: %s differs by %g", r.Rows[i], d)
		}
	}
}

// Lost cells and left rows are told, none is dropped in silence.
func TestReportTellsAll(t *testing.T) {
	f, table := small()
	f.Indicators[0].Denominator, f.Screen.Share = "people", 0.75
	table.Columns[4].Values[1] = 0
	table.Columns[1].Values[2], table.Columns[2].Values[2] = gap, gap
	p, err := composite.New(f, table)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Compute()
	if err != nil {
		t.Fatal(err)
	}
	lost, left := r.Report.Lost, r.Report.LeftOut
	if len(lost) != 1 || lost[0] != (composite.Lost{Row: table.Rows[1], Indicator: "income", Why: impute.DenominatorZero}) {
		t.Errorf("lost cells are %+v", lost)
	}
	if len(left) != 1 || left[0] != (composite.Left{Row: table.Rows[2], Present: 2, Of: 4}) {
		t.Errorf("left rows are %+v", left)
	}
	if len(r.Rows) != 3 || r.Prepared[0][0] != 0.2 {
		t.Errorf("%d rows, income of the first %g", len(r.Rows), r.Prepared[0][0])
	}
	if table.Columns[0].Values[1] != 30 {
		t.Error("the table given was changed")
	}
}
