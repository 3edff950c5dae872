package peers

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// table is a random table of every kind of variable: numbers with outliers and
// logarithms, classes, ranks; gaps, equal values, weights of 0, contexts. The
// first two units lack nothing and differ.
type table struct {
	units     []Unit
	variables []Variable
	columns   [][]float64
	o         Options
}

func drawnTable(t *rapid.T, m Measure) table {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
	n, k := rapid.IntRange(3, 40).Draw(t, "units"), rapid.IntRange(1, 20).Draw(t, "variables")
	x := table{units: units(n), o: Options{Measure: m}}
	missing := rapid.SampledFrom([]float64{0, 0.1, 0.5}).Draw(t, "missing")
	contexts := 1
	if m == Gower {
		contexts = rapid.IntRange(1, 4).Draw(t, "contexts")
	}
	for c := range contexts {
		x.o.Contexts = append(x.o.Contexts, Context{string(rune('A' + c)), float64(r.IntN(4)) + float64(min(1, 1-c))})
	}
	if contexts == 1 {
		x.o.Contexts = nil
	}
	for v := range k {
		variable := Variable{Code: string(rune('a' + v)), Structural: true, Weight: []float64{0.1 + r.Float64(), 1, 0, 7.3}[r.IntN(4)]}
		if v == 0 {
			variable.Weight = 1
		}
		if contexts > 1 {
			variable.Context = string(rune('A' + v%contexts))
		}
		if m != Mahalanobis {
			variable.Kind = Kind(r.IntN(3))
		}
		if variable.Kind == Ordinal {
			variable.Levels = 5
		}
		variable.Log = variable.Kind == Numeric && r.IntN(3) == 0
		column := make([]float64, n)
		for u := range column {
			if column[u] = drawnValue(r, variable, u); u > 1 && r.Float64() < missing {
				column[u] = nan
			}
		}
		x.variables, x.columns = append(x.variables, variable), append(x.columns, column)
	}
	return x
}

func drawnValue(r *rand.Rand, v Variable, u int) float64 {
	switch {
	case v.Kind == Numeric && v.Log:
		return math.Exp(3*r.NormFloat64()) + float64(u%2)
	case v.Kind == Numeric && r.IntN(8) == 0:
		return 1e6 * r.NormFloat64()
	case v.Kind == Numeric:
		return float64(u%2) + r.NormFloat64()
	}
	if u < 2 {
		return float64(u)
	}
	return float64(r.IntN(5))
}

func (x table) set() (*Set, error) { return NewWith(x.units, x.variables, x.columns, x.o) }

// All says what Distance says of every pair, whatever the variables; a distance
// is the same from both ends, 0 of a unit and itself, known where half of the
// weight is and missing nowhere else, and never infinite.
func TestAllIsDistance(t *testing.T) {
	worst, pairs := 0.0, 0
	rapid.Check(t, func(t *rapid.T) {
		m := Measure(rapid.IntRange(0, 2).Draw(t, "measure"))
		s, err := drawnTable(t, m).set()
		if err != nil {
			return
		}
		all := s.All()
		for i := range all.Len() {
			if self, known := s.Distance(i, i); known >= 0.5 && self != 0 || all.At(i, i) != 0 {
				t.Fatalf("unit %d is %g from itself", i, self)
			}
			for j := range i {
				d, known := s.Distance(i, j)
				back, knownBack := s.Distance(j, i)
				got := all.At(i, j)
				if math.IsNaN(d) != math.IsNaN(got) || got == got && got != all.At(j, i) || math.Abs(got-d) > 1e-12*max(1, d) {
					t.Fatalf("%s: Distance %v, All %v", m, d, got)
				}
				if math.IsNaN(d) != math.IsNaN(back) || math.Abs(d-back) > 1e-12*max(1, d) || known != knownBack {
					t.Fatalf("%s: %v with %v known, back %v with %v", m, d, known, back, knownBack)
				}
				if (known < 0.5-1e-9) && !math.IsNaN(d) || known > 0.5+1e-9 && math.IsNaN(d) || math.IsInf(d, 0) || known < 0 || known > 1 {
					t.Fatalf("%s: %v with %v known", m, d, known)
				}
				if d < 0 || m == Gower && d > 1 {
					t.Fatalf("%s: distance %v", m, d)
				}
				if d == d {
					worst, pairs = max(worst, math.Abs(got-d)/max(1, d)), pairs+1
				}
			}
		}
	})
	t.Logf("%d pairs, largest difference %.2g (tolerance 1e-12)", pairs, worst)
}

// Under Gower neither the order of units and variables nor the numbers that stand
// for classes change a distance; All is the same to the last bit where there is
// one context.
func TestGowerDoesNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawnTable(t, Gower)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 3))
		n := len(x.units)
		unitOrder, variableOrder := r.Perm(n), r.Perm(len(x.columns))
		y := table{units: x.units, o: x.o}
		for _, from := range variableOrder {
			column := make([]float64, n)
			for to, u := range unitOrder {
				if column[to] = x.columns[from][u]; x.variables[from].Kind == Nominal {
					column[to] = 100 - 7*column[to]
				}
			}
			y.variables, y.columns = append(y.variables, x.variables[from]), append(y.columns, column)
		}
		a, errA := x.set()
		b, errB := y.set()
		if (errA == nil) != (errB == nil) {
			t.Fatal(errA, errB)
		}
		if errA != nil {
			return
		}
		allA, allB := a.All(), b.All()
		for i := range n {
			for j := range i {
				p, q := allA.At(unitOrder[i], unitOrder[j]), allB.At(i, j)
				if math.IsNaN(p) != math.IsNaN(q) || math.Abs(p-q) > 1e-12 {
					t.Fatalf("%v, in another order %v", p, q)
				}
			}
		}
	})
}

// The parts sum to the distance, or to its square, of every measure, with gaps
// and contexts; there are none where there is no distance. Under Mahalanobis large
// parts of both signs may stand against each other: the error is held against
// their sizes.
func TestReasonsSumToTheDistance(t *testing.T) {
	worst := 0.0
	rapid.Check(t, func(t *rapid.T) {
		m := Measure(rapid.IntRange(0, 2).Draw(t, "measure"))
		s, err := drawnTable(t, m).set()
		if err != nil {
			return
		}
		for i := range s.Units {
			for j := range s.Units {
				d, _ := s.Distance(i, j)
				reasons := s.Reasons(i, j)
				if d != d {
					if reasons != nil {
						t.Fatal("there are reasons for no distance")
					}
					continue
				}
				want, sum, size := d, 0.0, 1.0
				if m != Gower {
					want = d * d
				}
				for k, r := range reasons {
					sum += r.Part
					size += math.Abs(r.Part)
					if r.Part != r.Part || r.Apart != r.Apart || k > 0 && r.Part < reasons[k-1].Part {
						t.Fatalf("reasons %+v", reasons)
					}
				}
				if math.Abs(sum-want) > 1e-12*size {
					t.Fatalf("%s: parts sum to %v, want %v", m, sum, want)
				}
				worst = max(worst, math.Abs(sum-want)/size)
			}
		}
	})
	t.Logf("largest difference %.2g (tolerance 1e-12)", worst)
}

// A value of no weight changes nothing.
func TestVariableOfNoWeight(t *testing.T) {
	x, y := []float64{1, 2, 3, 5}, []float64{9, 0, 4, nan}
	one, two := set(t, Gower, numeric(1), x), set(t, Gower, numeric(1, 0), x, y)
	for i := range 4 {
		a, _ := one.Distance(0, i)
		b, known := two.Distance(0, i)
		if a != b || known != 1 || math.Abs(two.All().At(0, i)-a) > 1e-12 {
			t.Errorf("unit %d: %v without, %v with a variable of no weight", i, a, b)
		}
	}
}

// Half of the weight is enough, whichever way it is written and summed.
func TestHalfKnown(t *testing.T) {
	for _, weights := range [][]float64{{1, 1}, {0.1, 0.1}, {0.3, 0.1, 0.2}, {1e-9, 1e-9}, {1.0 / 3, 1.0 / 7, 1.0/3 - 1.0/7}} {
		columns := make([][]float64, len(weights))
		for v := range columns {
			columns[v] = []float64{0, 1, 3}
			if v > 0 {
				columns[v][1] = nan
			}
		}
		s := set(t, Gower, numeric(weights...), columns...)
		d, known := s.Distance(0, 1)
		if d != d || math.Abs(known-0.5) > 1e-12 || s.All().At(0, 1) != s.All().At(0, 1) {
			t.Errorf("weights %v: %v with %v known", weights, d, known)
		}
	}
}

// Mahalanobis of a pair with a gap by hand: of three variables without
// correlation and of variance 1, two are known and differ by 3 and 4, so that the
// square is 25 enlarged by 3/2. With correlation, the known part of the matrix is
// inverted alone.
func TestMahalanobisWithGaps(t *testing.T) {
	columns := [][]float64{{0, 3, 1}, {0, 4, 2}, {0, nan, 5}}
	for _, c := range []struct {
		name       string
		covariance [][]float64
		want       float64
	}{
		{"none", [][]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 25 * 1.5},
		{"some", [][]float64{{1, 0.5, 0.2}, {0.5, 1, 0.1}, {0.2, 0.1, 1}}, (9 - 2*0.5*12 + 16) / 0.75 * 1.5},
		{"variances", [][]float64{{9, 0, 0}, {0, 4, 0}, {0, 0, 1}}, (1 + 4) * 1.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := NewWith(units(3), numeric(1, 1, 1), columns, Options{Measure: Mahalanobis, Covariance: c.covariance})
			if err != nil {
				t.Fatal(err)
			}
			d, known := s.Distance(0, 1)
			if math.Abs(d*d-c.want) > 1e-12*c.want || math.Abs(known-2.0/3) > 1e-12 {
				t.Errorf("square %v with %v known, want %v with 2/3", d*d, known, c.want)
			}
			if all := s.All().At(1, 0); math.Abs(all-d) > 1e-12 {
				t.Errorf("in the table %v, want %v", all, d)
			}
		})
	}
}

// Stability settles: the mean distance to the value of many runs falls about with
// the root of the runs.
func TestStabilitySettles(t *testing.T) {
	s := random(t, 40, 6)
	ask := func(runs int, seed uint64) []float64 {
		got, err := s.Nearest(Question{Unit: s.Units[0].ID, Peers: 8, Runs: runs, Seed: seed, DropOne: true, OwnCountry: true})
		if err != nil {
			t.Fatal(err)
		}
		out := make([]float64, len(got))
		for k, p := range got {
			out[k] = p.Stability
		}
		return out
	}
	truth := ask(20000, 99)
	miss := func(runs int) (mean float64) {
		for seed := range uint64(20) {
			for k, x := range ask(runs, seed) {
				mean += math.Abs(x-truth[k]) / float64(20*len(truth))
			}
		}
		return mean
	}
	few, many := miss(50), miss(1250)
	if !(many < few/3) || many > 0.02 {
		t.Errorf("off by %.4f with 50 runs and %.4f with 1,250", few, many)
	}
	t.Logf("off by %.4f with 50 runs, %.4f with 1,250", few, many)
	if !slices.Equal(ask(100, 4), ask(100, 4)) || slices.Equal(ask(100, 4), ask(100, 5)) {
		t.Error("the runs do not follow from the seed")
	}
}

// Values far out: All squeezes them, and the distance is that of Distance, with
// the near ones still told apart.
func TestAllWithValuesFarOut(t *testing.T) {
	const n = 60
	far, wide := make([]float64, n), make([]float64, n)
	for u := range n {
		far[u], wide[u] = float64(u), float64(u*u)
	}
	far[7], far[8], far[9] = 1e30, -1e30, 1e30+1e20
	wide[3] = 1e90
	s := set(t, Gower, numeric(2, 1), far, wide)
	all := s.All()
	for i := range n {
		for j := range i {
			if d, _ := s.Distance(i, j); math.Abs(all.At(i, j)-d) > 1e-12 {
				t.Fatalf("%d and %d: Distance %v, All %v", i, j, d, all.At(i, j))
			}
		}
	}
	if d := all.At(10, 11); !(d > 0 && d < 0.1) {
		t.Errorf("two that are near are %v apart", d)
	}
}

// The error of a logarithm is the relative one: one of 50 is little for a city of
// 5,000 and much for a village of 10.
func TestDoubtOfLogarithms(t *testing.T) {
	x := []float64{10, 12, 5000, 5200, 200, 300, 800, 2000}
	variables := numeric(1)
	variables[0].Log = true
	stays := func(unit, doubtful int) float64 {
		t.Helper()
		e := make([]float64, len(x))
		e[doubtful] = 50
		s, err := NewWith(units(len(x)), variables, [][]float64{x}, Options{Doubt: [][]float64{e}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Nearest(Question{Unit: s.Units[unit].ID, Peers: 1, Runs: 500, Seed: 3, OwnCountry: true})
		if err != nil || got[0].Place != doubtful {
			t.Fatal(got, err)
		}
		return got[0].Stability
	}
	if city, village := stays(2, 3), stays(0, 1); city != 1 || village > 0.9 {
		t.Errorf("the city stays in %v of the runs, the village in %v", city, village)
	}
}
