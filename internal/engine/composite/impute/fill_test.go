package impute

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerscape/internal/stats"
)

func TestFill(t *testing.T) {
	column := []float64{1, nan, 4, 10, nan, nan}
	for _, c := range []struct {
		name   string
		groups []string
		rule   Rule
		want   []float64
		open   []Reason
	}{
		{"none", nil, Rule{}, column, []Reason{NoMethod, NoMethod, NoMethod}},
		{"mean", nil, Rule{Method: Mean}, []float64{1, 5, 4, 10, 5, 5}, nil},
		{"median", nil, Rule{Method: Median}, []float64{1, 4, 4, 10, 4, 4}, nil},
		{"fixed", nil, Rule{Method: Fixed, Value: -1}, []float64{1, -1, 4, 10, -1, -1}, nil},
		{
			"group mean",
			[]string{"a", "a", "a", "b", "b", ""},
			Rule{Method: GroupMean},
			[]float64{1, 2.5, 4, 10, 10, nan},
			[]Reason{GroupUnknown},
		},
		{
			"group median",
			[]string{"a", "a", "a", "a", "c", "c"},
			Rule{Method: GroupMedian},
			[]float64{1, 4, 4, 10, nan, nan},
			[]Reason{GroupEmpty, GroupEmpty},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Data{Table: [][]float64{column}, Groups: c.groups}
			r := mustFill(t, d, c.rule)
			if diff := cmp.Diff(c.want, r.Table[0], cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("column (-want +got)\n%s", diff)
			}
			var open []Reason
			for _, o := range r.Open {
				open = append(open, o.Reason)
				t.Log(d.Explain(o))
			}
			if diff := cmp.Diff(c.open, open); diff != "" {
				t.Errorf("open (-want +got)\n%s", diff)
			}
			for _, f := range r.Filled {
				if f.Method != c.rule.Method || f.Value != r.Table[f.Column][f.Row] || !math.IsNaN(column[f.Row]) {
					t.Errorf("listed %+v", f)
				}
			}
			if len(r.Filled)+len(r.Open) != 3 {
				t.Errorf("%d filled and %d open of 3 missing", len(r.Filled), len(r.Open))
			}
		})
	}
}

// A column of one, two, three in two periods: an average never mixes periods.
func TestAveragesWorkWithinAPeriod(t *testing.T) {
	d := Data{
		Rows:  years([]string{"AT11", "AT12", "AT13"}, 2020, 2021),
		Table: [][]float64{{10, 100, 20, 200, nan, nan}},
	}
	r := mustFill(t, d, Rule{Method: Mean})
	want := []Filled{{4, 0, 15, Mean}, {5, 0, 150, Mean}}
	if diff := cmp.Diff(want, r.Filled); diff != "" {
		t.Errorf("filled (-want +got)\n%s", diff)
	}
	d.Table = [][]float64{{10, nan, 20, nan, nan, nan}}
	r = mustFill(t, d, Rule{Method: Median})
	if diff := cmp.Diff([]Open{{1, 0, Median, PeriodEmpty}, {3, 0, Median, PeriodEmpty}, {5, 0, Median, PeriodEmpty}}, r.Open); diff != "" {
		t.Errorf("open (-want +got)\n%s", diff)
	}
}

func TestPanel(t *testing.T) {
	for _, c := range []struct {
		name   string
		rules  []Rule
		column []float64 // one unit, 2015 to 2021
		want   []float64
		why    []Reason
	}{
		{
			"a line between observed years, nothing beyond",
			[]Rule{{Method: Interpolate}},
			[]float64{nan, 2, nan, nan, 8, 9, nan},
			[]float64{nan, 2, 4, 6, 8, 9, nan},
			[]Reason{OutsideYears, OutsideYears},
		},
		{
			"carried two years forward",
			[]Rule{{Method: CarryForward, Limit: 2}},
			[]float64{nan, 2, nan, nan, nan, 9, nan},
			[]float64{nan, 2, 2, 2, nan, 9, 9},
			[]Reason{OutsideYears, BeyondLimit},
		},
		{
			"carried one year backward",
			[]Rule{{Method: CarryBackward, Limit: 1}},
			[]float64{nan, nan, 2, nan, nan, 9, nan},
			[]float64{nan, 2, 2, nan, 9, 9, nan},
			[]Reason{BeyondLimit, BeyondLimit, OutsideYears},
		},
		{
			"a line, then the ends",
			[]Rule{{Method: Interpolate}, {Method: CarryForward, Limit: 1}, {Method: CarryBackward, Limit: 5}},
			[]float64{nan, nan, 2, nan, 4, nan, nan},
			[]float64{2, 2, 2, 3, 4, 4, nan},
			[]Reason{OutsideYears},
		},
		{
			"what one rule fills is no observation for the next",
			[]Rule{{Method: CarryForward, Limit: 1}, {Method: Interpolate}},
			[]float64{0, nan, nan, nan, 8, 8, 8},
			[]float64{0, 0, 4, 6, 8, 8, 8},
			nil,
		},
		{
			"nothing observed",
			[]Rule{{Method: CarryForward, Limit: 1}},
			[]float64{nan, nan, nan, nan, nan, nan, nan},
			[]float64{nan, nan, nan, nan, nan, nan, nan},
			[]Reason{NoObservation, NoObservation, NoObservation, NoObservation, NoObservation, NoObservation, NoObservation},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := mustFill(t, Data{Rows: years([]string{"FI1C6"}, 2015, 2021), Table: [][]float64{c.column}}, c.rules...)
			if diff := cmp.Diff(c.want, r.Table[0], cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("column (-want +got)\n%s", diff)
			}
			var why []Reason
			for _, o := range r.Open {
				why = append(why, o.Reason)
			}
			if diff := cmp.Diff(c.why, why); diff != "" {
				t.Errorf("reasons (-want +got)\n%s", diff)
			}
		})
	}
}

// Years need not be neighbours, nor rows in order.
func TestInterpolationGoesByTheCalendar(t *testing.T) {
	d := Data{
		Rows:  []Row{{"A", stats.Year(2020)}, {"A", stats.Year(2010)}, {"A", stats.Year(2012)}},
		Table: [][]float64{{20, 10, nan}},
	}
	if got := mustFill(t, d, Rule{Method: Interpolate}).Table[0][2]; got != 12 {
		t.Errorf("2012 between 10 in 2010 and 20 in 2020 is %v, want 12", got)
	}
}

// Defect of COINr 1.1.14 (#63): interpolation on a single observation.
func TestCOINrSingleObservationIsRefusedAndStaysMissing(t *testing.T) {
	d := Data{Rows: years([]string{"FI1C6", "SE21"}, 2019, 2021), Codes: []string{"gdp"}, Table: [][]float64{{nan, 5, nan, 1, nan, 3}}}
	r := mustFill(t, d, Rule{Method: Interpolate})
	if diff := cmp.Diff([]Filled{{4, 0, 2, Interpolate}}, r.Filled); diff != "" {
		t.Errorf("filled (-want +got)\n%s", diff)
	}
	if len(r.Open) != 2 || !math.IsNaN(r.Table[0][0]) || !math.IsNaN(r.Table[0][2]) {
		t.Fatalf("open %+v, column %v", r.Open, r.Table[0])
	}
	for _, o := range r.Open {
		err := d.Explain(o)
		wantFault(t, err, "engine.not-imputed")
		if o.Reason != OneObservation || !strings.Contains(err.Error(), "gdp of FI1C6 in ") || !strings.Contains(err.Error(), "single observation") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// Defect of COINr 1.1.14 (#1): years taken for units. A panel method fills
// within a unit, every other method within a period.
func TestCOINrYearsAreNotUnits(t *testing.T) {
	// The unit is called like a year, and the other unit's figures are far off.
	d := Data{Rows: years([]string{"2020", "2021"}, 2019, 2021), Table: [][]float64{{1, nan, 3, 1000, nan, 3000}}}
	r := mustFill(t, d, Rule{Method: Interpolate})
	if diff := cmp.Diff([]float64{1, 2, 3, 1000, 2000, 3000}, r.Table[0]); diff != "" {
		t.Errorf("column (-want +got)\n%s", diff)
	}
	// One unit over many years is no sample of units.
	one := Data{Rows: years([]string{"FI1C6"}, 2010, 2021), Table: [][]float64{{1, 2, nan, 4, 5, 6, 7, 8, 9, 10, 11, 12}}}
	if r := mustFill(t, one, Rule{Method: Mean}); len(r.Filled) != 0 || r.Open[0].Reason != PeriodEmpty {
		t.Errorf("the mean over the years of one unit filled %+v", r.Filled)
	}
	_, err := Fill(one, Rule{Method: EM})
	wantFault(t, err, "engine.all-missing")
}

func TestRefusals(t *testing.T) {
	column := [][]float64{{1, nan, 3}}
	for _, c := range []struct {
		name string
		data Data
		rule Rule
		key  string
	}{
		{"no table", Data{}, Rule{}, "engine.no-unit"},
		{"no row", Data{Table: [][]float64{{}}}, Rule{}, "engine.no-unit"},
		{"ragged", Data{Table: [][]float64{{1, 2}, {1}}}, Rule{}, "engine.ragged"},
		{"codes", Data{Table: column, Codes: []string{"a", "b"}}, Rule{}, "engine.ragged"},
		{"groups", Data{Table: column, Groups: []string{"a"}}, Rule{}, "engine.ragged"},
		{"infinite", Data{Table: [][]float64{{1, math.Inf(1)}}}, Rule{Method: Mean}, "engine.infinite"},
		{"row twice", Data{Table: [][]float64{{1, nan}}, Rows: []Row{{"A", 0}, {"A", 0}}}, Rule{Method: Mean}, "engine.twice"},
		{"no unit", Data{Table: [][]float64{{1}}, Rows: []Row{{"", 0}}}, Rule{}, "engine.no-unit"},
		{"half a panel", Data{Table: [][]float64{{1, nan}}, Rows: []Row{{"A", stats.Year(2020)}, {"B", 0}}}, Rule{}, "engine.some-periods"},
		{"no periods", Data{Table: column}, Rule{Method: Interpolate}, "engine.no-period"},
		{"quarters", Data{Table: [][]float64{{nan}}, Rows: []Row{{"A", quarter(t)}}}, Rule{Method: Interpolate}, "engine.period"},
		{"no groups", Data{Table: column}, Rule{Method: GroupMean}, "engine.no-groups"},
		{"empty column", Data{Table: [][]float64{{nan, nan}}}, Rule{Method: Median}, "engine.all-missing"},
		{"no limit", Data{Table: column}, Rule{Method: CarryForward}, "engine.imputation-parameter"},
		{"no value", Data{Table: column}, Rule{Method: Fixed, Value: nan}, "engine.imputation-parameter"},
		{"tolerance", Data{Table: column}, Rule{Method: EM, Tolerance: 2}, "engine.imputation-parameter"},
		{"rounds", Data{Table: column}, Rule{Method: EM, Iterations: -1}, "engine.imputation-parameter"},
		{"number", Data{Table: column}, Rule{Method: 99}, "engine.imputation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Fill(c.data, c.rule)
			wantFault(t, err, c.key)
		})
	}
}

func quarter(t testing.TB) stats.Period {
	t.Helper()
	p, err := stats.SubPeriod(2020, stats.Quarterly, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMethodNames(t *testing.T) {
	for i, name := range Methods() {
		if m, err := ParseMethod(name); err != nil || m != Method(i) || m.String() != name {
			t.Errorf("%s is %v, %v", name, m, err)
		}
	}
	_, err := ParseMethod("group-men")
	wantFault(t, err, "engine.imputation")
}
