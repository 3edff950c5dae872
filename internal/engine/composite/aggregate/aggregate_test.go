package aggregate_test

import (
	"errors"
	"math"
	"testing"

	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

var nan = math.NaN()

// one aggregates a single unit.
func one(t *testing.T, r aggregate.Rule, x, weights []float64) (float64, error) {
	t.Helper()
	members := make([][]float64, len(x))
	for j, v := range x {
		members[j] = []float64{v}
	}
	var w aggregate.Workspace
	dst := make([]float64, 1)
	err := w.Group(dst, members, weights, r)
	return dst[0], err
}

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

// Hand values: a method, the values of one unit, the score to six decimals.
func TestScores(t *testing.T) {
	power := func(p float64) aggregate.Rule { return aggregate.Rule{Method: aggregate.Power, Order: p} }
	meanMin := func(a, b float64) aggregate.Rule {
		return aggregate.Rule{Method: aggregate.MeanMin, Alpha: a, Beta: b}
	}
	mpi, ampi := aggregate.Rule{Method: aggregate.MPI}, aggregate.Rule{Method: aggregate.AMPI}
	reward := func(r aggregate.Rule) aggregate.Rule { r.Reward = true; return r }
	u1, a3 := []float64{20, 80, 50}, []float64{130, 70, 145}
	z1 := []float64{87.87564434701788, 112.12435565298212, 95} // z(100, 10) of unit 1
	for _, c := range []struct {
		name    string
		rule    aggregate.Rule
		x       []float64
		weights []float64
		want    float64
	}{
		{"power -1", power(-1), []float64{1, 4, 16}, nil, 2.285714},
		{"power 0", power(0), []float64{1, 4, 16}, nil, 4},
		{"power 0.5", power(0.5), []float64{1, 4, 16}, nil, 5.444444},
		{"power 1", power(1), []float64{1, 4, 16}, nil, 7},
		{"power 2", power(2), []float64{1, 4, 16}, nil, 9.539392},
		{"3 and 4, power -1", power(-1), []float64{3, 4}, nil, 3.428571},
		{"3 and 4, power 0", power(0), []float64{3, 4}, nil, 3.464102},
		{"3 and 4, power 0.5", power(0.5), []float64{3, 4}, nil, 3.482051},
		{"3 and 4, power 1", power(1), []float64{3, 4}, nil, 3.5},
		{"3 and 4, power 2", power(2), []float64{3, 4}, nil, 3.535534},
		{"uneven, geometric", power(0), []float64{21, 1, 1, 1}, nil, 2.140695},
		{"even, geometric", power(0), []float64{6, 6, 6, 6}, nil, 6},
		{"harmonic by name", aggregate.Rule{Method: aggregate.Harmonic}, []float64{1, 4, 16}, nil, 2.285714},
		{"weighted mean", aggregate.Rule{}, []float64{1, 4, 16}, []float64{2, 1, 1}, 5.5},
		{"weighted geometric", power(0), []float64{1, 4, 16}, []float64{2, 1, 1}, 2.828427},
		{"a weight of 0", power(0), []float64{1, 4, -16}, []float64{1, 1, 0}, 2},
		{"MPI", mpi, z1, nil, 96.753672},
		{"MPI, reward", reward(mpi), z1, nil, 99.912994},
		{"AMPI", ampi, []float64{70, 130, 85}, nil, 88.157895},
		{"AMPI, reward", reward(ampi), []float64{70, 130, 85}, nil, 101.842105},
		{"AMPI, third unit", ampi, a3, nil, 105.869565},
		{"AMPI, third unit, reward", reward(ampi), a3, nil, 124.130435},
		{"mean-min 1, 0", meanMin(1, 0), u1, nil, 20},
		{"mean-min 1, 10", meanMin(1, 10), u1, nil, 28.377223},
		{"mean-min 0.5, 0", meanMin(0.5, 0), u1, nil, 35},
		{"mean-min 0, 0", meanMin(0, 0), u1, nil, 50},
		{"mean-min of the third unit", meanMin(1, 10), []float64{90, 10, 80}, nil, 19.009805},
		{"OWA", aggregate.Rule{Method: aggregate.OWA, Positions: []float64{0.5, 0.3, 0.2}}, u1, nil, 59},
		{"OWA with a gap", aggregate.Rule{Method: aggregate.OWA, Positions: []float64{0.4, 0.3, 0.2, 0.1}}, []float64{20, nan, nan, 80}, nil, 62},
		{"a gap", aggregate.Rule{}, []float64{1, nan, 16}, []float64{1, 1, 3}, 12.25},
		{"a gap, geometric", power(0), []float64{4, nan, 16}, nil, 8},
		{"below the threshold", aggregate.Rule{Threshold: 0.7}, []float64{1, nan, 16}, nil, nan},
		{"at the threshold", aggregate.Rule{Threshold: 2.0 / 3}, []float64{1, nan, 16}, nil, 8.5},
		{"nothing known", aggregate.Rule{}, []float64{nan, nan}, nil, nan},
		{"huge values", power(0), []float64{1e200, 1e200, 1e200}, nil, 1e200},
		{"tiny values", power(0), []float64{1e-200, 1e-200, 1e-200}, nil, 1e-200},
		{"huge values, power 3", power(3), []float64{1e200, 1e200}, nil, 1e200},
		{"zeros under a square", power(2), []float64{0, 0}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			weights := c.weights
			if weights == nil {
				weights = ones(len(c.x))
			}
			got, err := one(t, c.rule, c.x, weights)
			if err != nil {
				t.Fatal(err)
			}
			if !(math.Abs(got-c.want) <= 1e-6*max(1, math.Abs(c.want))) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
				t.Errorf("got %.9g, want %.9g", got, c.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	type rule = aggregate.Rule
	for _, c := range []struct {
		name       string
		rule       rule
		x, weights []float64
		want       string
	}{
		{"a negative value, geometric", rule{Method: aggregate.Geometric}, []float64{3, -2}, ones(2), "the aggregation geometric cannot take -2 (member 2, unit 1)"},
		{"two negative values, geometric", rule{Method: aggregate.Geometric}, []float64{-3, -2}, ones(2), "the aggregation geometric cannot take -3 (member 1, unit 1)"},
		{"zero, geometric, uneven weights", rule{Method: aggregate.Geometric}, []float64{3, 0}, []float64{1, 2}, "the aggregation geometric cannot take 0 (member 2, unit 1)"},
		{"zero, harmonic", rule{Method: aggregate.Harmonic}, []float64{0, 2}, ones(2), "the aggregation harmonic cannot take 0 (member 1, unit 1)"},
		{"a negative value, power", rule{Method: aggregate.Power, Order: 0.5}, []float64{3, -2}, ones(2), "the aggregation power cannot take -2 (member 2, unit 1)"},
		{"weights of zero", rule{}, []float64{3, 2}, []float64{0, 0}, "the weights sum to zero. Give at least one member a weight above 0"},
		{"a negative weight", rule{}, []float64{3, 2}, []float64{1, -1}, "the weight of member 2 is -1. Write a weight of 0 or more"},
		{"a weight that is no number", rule{}, []float64{3, 2}, []float64{1, nan}, "the weight of member 2 is NaN. Write a weight of 0 or more"},
		{"MPI around 0", rule{Method: aggregate.MPI}, []float64{1, -1}, ones(2), "the aggregation mpi needs a positive mean, and a unit has 0. Normalise to mean 100 and standard deviation 10 (mpi) or to 70-130 (ampi)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := one(t, c.rule, c.x, c.weights); err == nil || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
	var ve *aggregate.ValueError
	if _, err := one(t, rule{Method: aggregate.Geometric}, []float64{3, -2}, ones(2)); !errors.As(err, &ve) || ve.Member != 1 || ve.Value != -2 {
		t.Errorf("the caller cannot tell which value: %v", err)
	}
}

func TestCheck(t *testing.T) {
	type rule = aggregate.Rule
	for _, c := range []struct {
		name string
		rule rule
		ok   bool
	}{
		{"zero value", rule{}, true},
		{"order without number", rule{Method: aggregate.Power, Order: nan}, false},
		{"alpha too large", rule{Method: aggregate.MeanMin, Alpha: 1.1}, false},
		{"negative beta", rule{Method: aggregate.MeanMin, Beta: -1}, false},
		{"threshold too large", rule{Threshold: 60}, false},
		{"OWA without positions", rule{Method: aggregate.OWA}, false},
		{"OWA with a negative position", rule{Method: aggregate.OWA, Positions: []float64{2, -1}}, false},
		{"no function", rule{Method: aggregate.Custom}, false},
		{"unknown method", rule{Method: 99}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.rule.Check()
			if (err == nil) != c.ok || err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Every method runs through the one entry, with every member complete and with
// gaps (COINr 1.1.14: Copeland fails when called through its front end).
func TestEveryMethodRuns(t *testing.T) {
	members := [][]float64{{20, 60, 90, 50}, {80, 40, 10, 50}, {50, 50, 80, nan}}
	for _, name := range aggregate.Methods() {
		t.Run(name, func(t *testing.T) {
			m, err := aggregate.ParseMethod(name)
			if err != nil {
				t.Fatal(err)
			}
			r := aggregate.Rule{Method: m, Order: 0.5, Alpha: 0.5, Positions: []float64{3, 2, 1}}
			var w aggregate.Workspace
			dst := make([]float64, 4)
			if err := w.Group(dst, members, []float64{1, 2, 1}, r); err != nil {
				t.Fatal(err)
			}
			if n := sample.Count(dst); n != 4 {
				t.Errorf("%d of 4 units have a score: %v", n, dst)
			}
			if sample.MomentsOf(dst).Constant() {
				t.Errorf("the units do not differ: %v", dst)
			}
		})
	}
	if _, err := aggregate.ParseMethod("geometrik"); err == nil || err.Error() != `there is no aggregation "geometrik". Perhaps geometric was meant` {
		t.Errorf("got %v", err)
	}
}

// The penalty of MPI and AMPI is one: with and without reward differ as soon as
// values differ (the function for AMPI in a second R package ignores it).
func TestPenaltyIsHeard(t *testing.T) {
	for _, m := range []aggregate.Method{aggregate.MPI, aggregate.AMPI} {
		minus, _ := one(t, aggregate.Rule{Method: m}, []float64{90, 110}, ones(2))
		plus, _ := one(t, aggregate.Rule{Method: m, Reward: true}, []float64{90, 110}, ones(2))
		if !(minus < 100 && 100 < plus) {
			t.Errorf("%s: %g and %g do not lie around the mean 100", m, minus, plus)
		}
	}
}

// The power mean takes the p-th root, and its order is what the caller says (a
// second R package divides by p and takes 1 by default).
func TestPowerMeanTakesTheRoot(t *testing.T) {
	got, _ := one(t, aggregate.Rule{Method: aggregate.Power, Order: 2}, []float64{3, 4}, ones(2))
	if math.Abs(got-math.Sqrt(12.5)) > 1e-15 {
		t.Errorf("order 2 of 3 and 4 is %g, want %g, not 6.25", got, math.Sqrt(12.5))
	}
}

func TestWeightsByUnit(t *testing.T) {
	members := [][]float64{{20, 60, 90, 1}, {80, 40, nan, 2}}
	byUnit := [][]float64{{1, 0, 1, nan}, {3, 1, 1, nan}}
	var w aggregate.Workspace
	dst := make([]float64, 4)
	if err := w.GroupByUnit(dst, members, byUnit, aggregate.Rule{}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{65, 40, 90, nan} {
		if dst[i] != want && !(math.IsNaN(dst[i]) && math.IsNaN(want)) {
			t.Errorf("unit %d has %g, want %g", i+1, dst[i], want)
		}
	}
	members[1][1] = -1
	var ve *aggregate.ValueError
	if err := w.GroupByUnit(dst, members, byUnit, aggregate.Rule{Method: aggregate.Geometric}); !errors.As(err, &ve) || ve.Unit != 1 || ve.Member != 1 {
		t.Errorf("the caller cannot tell which value: %v", err)
	}
	if err := w.GroupByUnit(dst, members, byUnit, aggregate.Rule{Method: aggregate.Copeland}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
}
