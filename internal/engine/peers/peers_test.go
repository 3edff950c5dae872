package peers

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

var nan = math.NaN()

func units(n int) []Unit {
	out := make([]Unit, n)
	for i := range out {
		out[i] = Unit{nuts.ID{Code: nuts.Code([]byte{'A' + byte(i/26), 'A' + byte(i%26), '1'}), Version: nuts.Current}, nuts.Code([]byte{'A' + byte(i%3), 'X'})}
	}
	return out
}

func numeric(weights ...float64) []Variable {
	out := make([]Variable, len(weights))
	for v, w := range weights {
		out[v] = Variable{Code: string(rune('a' + v)), Weight: w, Structural: true}
	}
	return out
}

func set(t interface{ Fatal(...any) }, m Measure, variables []Variable, columns ...[]float64) *Set {
	s, err := New(units(len(columns[0])), variables, columns, m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Hand values. For Gower the span is that from the 5th to the 95th percentile:
// of 0, 1, .. 20 it is 18.
func TestDistances(t *testing.T) {
	line := make([]float64, 21)
	kind, step := make([]float64, 21), make([]float64, 21)
	for i := range line {
		line[i], kind[i], step[i] = float64(i), float64(i%2), float64(i%4)
	}
	gapped := slices.Clone(line)
	gapped[9] = nan
	mixed := []Variable{
		{Code: "n", Weight: 2, Structural: true},
		{Code: "k", Kind: Nominal, Weight: 1, Structural: true},
		{Code: "o", Kind: Ordinal, Levels: 4, Weight: 1, Structural: true},
	}
	for _, c := range []struct {
		name        string
		s           *Set
		i, j        int
		want, known float64
	}{
		{"Gower, one variable", set(t, Gower, numeric(1), line), 0, 9, 0.5, 1},
		{"Gower, capped", set(t, Gower, numeric(1), line), 0, 20, 1, 1},
		{"Gower of three kinds", set(t, Gower, mixed, line, kind, step), 0, 9, (2*0.5 + 1 + 1./3) / 4, 1},
		{"Gower with a gap", set(t, Gower, mixed, gapped, kind, step), 0, 9, (1 + 1./3) / 2, 0.5},
		{"too little known", set(t, Gower, numeric(3, 1), gapped, line), 0, 9, nan, 0.25},
		{"Euclidean", set(t, Euclidean, numeric(1, 1), []float64{-1, 0, 1}, []float64{1, -1, 0}), 0, 1, math.Sqrt(2.5), 1},
		{"Euclidean by weight", set(t, Euclidean, numeric(3, 1), []float64{-1, 0, 1}, []float64{1, -1, 0}), 0, 1, math.Sqrt((3*1 + 4) / 4.), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, known := c.s.Distance(c.i, c.j)
			if math.Abs(d-c.want) > 1e-12 && !(math.IsNaN(d) && math.IsNaN(c.want)) || math.Abs(known-c.known) > 1e-12 {
				t.Errorf("got %.12g, known %g; want %.12g, known %g", d, known, c.want, c.known)
			}
		})
	}
}

// Mahalanobis uses the covariance of the set (scikit-learn #20827: the matrix is
// ignored): two variables that repeat each other count once, and a hand value.
func TestMahalanobis(t *testing.T) {
	x := []float64{1, 2, 3, 4, 6}
	twice := make([]float64, 5)
	for i, v := range x {
		twice[i] = 3*v - 7
	}
	s := set(t, Mahalanobis, numeric(1, 1), x, twice)
	if s.Rank() != 1 {
		t.Errorf("rank %d of two variables that are one", s.Rank())
	}
	sd := math.Sqrt(3.7)
	if d, _ := s.Distance(0, 4); math.Abs(d-5/sd) > 1e-9 {
		t.Errorf("distance %g, want that of one variable, %g", d, 5/sd)
	}
	y := []float64{2, 1, 4, 3, 5} // covariance with x is 2.5, variance 2.5
	s = set(t, Mahalanobis, numeric(1, 1), x, y)
	det := 3.7*2.5 - 2.5*2.5
	want := math.Sqrt((2.5*25 - 2*2.5*5*3 + 3.7*9) / det)
	if d, _ := s.Distance(0, 4); math.Abs(d-want) > 1e-9 || s.Rank() != 2 {
		t.Errorf("distance %.12g, want %.12g; rank %d", d, want, s.Rank())
	}
}

func TestRefusals(t *testing.T) {
	two := units(2)
	other := units(2)
	other[1].ID.Version = 2021
	ok := numeric(1)
	performance := []Variable{{Code: "gdp", Weight: 1}}
	for _, c := range []struct {
		name      string
		units     []Unit
		variables []Variable
		columns   [][]float64
		m         Measure
		key       string
	}{
		{"NUTS versions mixed (R eurostat #148)", other, ok, [][]float64{{1, 2}}, Gower, "engine.mixed-versions"},
		{"performance", two, performance, [][]float64{{1, 2}}, Gower, "engine.not-structural"},
		{"one unit", two[:1], ok, [][]float64{{1}}, Gower, "engine.one-unit"},
		{"a unit twice", []Unit{two[0], two[0]}, ok, [][]float64{{1, 2}}, Gower, "engine.twice"},
		{"no weight", two, numeric(0), [][]float64{{1, 2}}, Gower, "engine.no-weight"},
		{"a negative weight", two, numeric(-1), [][]float64{{1, 2}}, Gower, "engine.weight"},
		{"all equal", two, ok, [][]float64{{2, 2}}, Gower, "engine.constant"},
		{"all missing", two, ok, [][]float64{{nan, nan}}, Euclidean, "engine.all-missing"},
		{"a variable twice", two, append(numeric(1), numeric(1)...), [][]float64{{1, 2}, {1, 2}}, Gower, "engine.twice"},
		{"a column too many", two, ok, [][]float64{{1, 2}, {1, 2}}, Gower, "engine.ragged"},
		{"no levels", two, []Variable{{Code: "o", Kind: Ordinal, Weight: 1, Structural: true}}, [][]float64{{1, 2}}, Gower, "engine.levels"},
		{"too few levels", two, []Variable{{Code: "o", Kind: Ordinal, Levels: 2, Weight: 1, Structural: true}}, [][]float64{{1, 3}}, Gower, "engine.levels"},
		{"half a rank", two, []Variable{{Code: "o", Kind: Ordinal, Levels: 2, Weight: 1, Structural: true}}, [][]float64{{1, 1.5}}, Gower, "engine.value"},
		{"no such kind", two, []Variable{{Code: "o", Kind: 9, Weight: 1, Structural: true}}, [][]float64{{1, 2}}, Gower, "engine.kind"},
		{"no such measure", two, ok, [][]float64{{1, 2}}, 9, "engine.measure"},
		{"infinite", two, ok, [][]float64{{1, math.Inf(1)}}, Gower, "engine.value"},
		{"logarithm of 0", two, []Variable{{Code: "d", Weight: 1, Structural: true, Log: true}}, [][]float64{{1, 0}}, Gower, "engine.value"},
		{"ragged", two, ok, [][]float64{{1}}, Gower, "engine.ragged"},
		{"no unit without gaps under Mahalanobis", units(3), numeric(1, 1), [][]float64{{1, nan, 3}, {nan, 2, nan}}, Mahalanobis, "engine.gaps"},
		{"classes under Mahalanobis", two, []Variable{{Code: "k", Kind: Nominal, Weight: 1, Structural: true}}, [][]float64{{1, 2}}, Mahalanobis, "engine.not-numeric"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(c.units, c.variables, c.columns, c.m)
			f, ok := err.(*fault.Error)
			if !ok || f.Key != c.key || f.Cure == "" {
				t.Errorf("got %v, want %s", err, c.key)
			}
		})
	}
}

// drawn is a random set with gaps.
func drawn(t *rapid.T, m Measure, gaps bool) *Set {
	n, k := rapid.IntRange(4, 14).Draw(t, "units"), rapid.IntRange(1, 6).Draw(t, "variables")
	columns, variables := make([][]float64, k), make([]Variable, k)
	for v := range columns {
		for u := range n {
			x := float64(u%3) + rapid.Float64Range(0, 10).Draw(t, "x")
			if gaps && u > 2 && rapid.IntRange(0, 3).Draw(t, "gap") == 0 {
				x = nan
			}
			columns[v] = append(columns[v], x)
		}
		variables[v] = Variable{Code: string(rune('a' + v)), Weight: rapid.Float64Range(0.1, 4).Draw(t, "weight"), Structural: true}
	}
	return set(t, m, variables, columns...)
}

// Distances are symmetric, 0 for a unit and itself, within 0 to 1 under Gower,
// and the quick way to all of them gives the same as the plain one.
func TestDistanceProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Measure(rapid.IntRange(0, 2).Draw(t, "measure"))
		s := drawn(t, m, m != Mahalanobis)
		all := s.All()
		for i := range all.Len() {
			if self, _ := s.Distance(i, i); all.At(i, i) != 0 || self > 0 {
				t.Fatalf("unit %d is %g from itself", i, self)
			}
			for j := range all.Len() {
				d, known := s.Distance(i, j)
				back, _ := s.Distance(j, i)
				if i != j && math.Abs(all.At(i, j)-d) > 1e-12 || math.Abs(d-back) > 1e-15 || math.IsNaN(all.At(i, j)) != math.IsNaN(d) && i != j {
					t.Fatalf("%s: %g, back %g, in the table %g", m, d, back, all.At(i, j))
				}
				if m == Gower && d > 1+1e-12 || d < 0 || math.IsInf(d, 0) || (known < 0.5-1e-12) != math.IsNaN(d) {
					t.Fatalf("%s: distance %g with %g known", m, d, known)
				}
			}
		}
	})
}

// Euclidean distance on complete figures keeps to the triangle.
func TestTriangle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawn(t, Measure(rapid.IntRange(1, 2).Draw(t, "measure")), false).All()
		for i := range all.Len() {
			for j := range all.Len() {
				for k := range all.Len() {
					if all.At(i, j) > all.At(i, k)+all.At(k, j)+1e-9 {
						t.Fatalf("%g is longer than %g and %g", all.At(i, j), all.At(i, k), all.At(k, j))
					}
				}
			}
		}
	})
}

// Reasons sum to the distance; a unit of the own country is no peer unless asked
// for; the answer depends on the seed alone.
func TestNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Measure(rapid.IntRange(0, 1).Draw(t, "measure"))
		s := drawn(t, m, true)
		q := Question{Unit: s.Units[0].ID, Peers: 3, Runs: 20, Seed: 7, DropOne: true, OwnCountry: rapid.Bool().Draw(t, "own")}
		got, err := s.Nearest(q)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		again, _ := s.Nearest(q)
		last := 0.0
		for k, p := range got {
			sum := 0.0
			for _, r := range p.Reasons {
				sum += r.Part
			}
			want := p.Distance
			if m == Euclidean {
				want *= want
			}
			if math.Abs(sum-want) > 1e-12*max(1, want) || p.Distance < last-1e-12 || p.Stability < 0 || p.Stability > 1 {
				t.Fatalf("reasons sum to %g for %g; stability %g", sum, want, p.Stability)
			}
			if !q.OwnCountry && p.Unit.Country == s.Units[0].Country || p.Stability != again[k].Stability {
				t.Fatalf("peer %+v, again %+v", p, again[k])
			}
			last = p.Distance
		}
	})
}

// A near region stays a peer under every noise, one of many alike does not.
func TestStability(t *testing.T) {
	s := set(t, Gower, numeric(1, 1, 1), []float64{0, 0.1, 5, 9, 10}, []float64{0, 0.1, 9, 5, 10}, []float64{0, 0.1, 7, 7, 10})
	got, err := s.Nearest(Question{Unit: s.Units[0].ID, Peers: 2, Runs: 500, Seed: 1, OwnCountry: true})
	if err != nil || got[0].Place != 1 || got[0].Stability != 1 || got[1].Stability > 0.9 || got[1].Stability < 0.1 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.Nearest(Question{Unit: nuts.ID{Code: "ZZ"}, Peers: 1}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
}

// Options that do not fit, and questions that cannot be answered, are refused by
// name: nothing is passed over in silence.
func TestOptionRefusals(t *testing.T) {
	columns := [][]float64{{1, 2, 4}}
	in := func(context string) []Variable {
		v := numeric(1)
		v[0].Context = context
		return v
	}
	for _, c := range []struct {
		name      string
		variables []Variable
		o         Options
		key       string
	}{
		{"covariance under Gower", numeric(1), Options{Covariance: [][]float64{{1}}}, "engine.measure-option"},
		{"scaling under Mahalanobis", numeric(1), Options{Measure: Mahalanobis, Scaling: Range}, "engine.measure-option"},
		{"context under Euclid", in("people"), Options{Measure: Euclidean}, "engine.measure-option"},
		{"no such scaling", numeric(1), Options{Measure: Euclidean, Scaling: 9}, "engine.scaling"},
		{"context without a weight", in("people"), Options{Contexts: []Context{{"place", 1}}}, "engine.context"},
		{"context twice", in("people"), Options{Contexts: []Context{{"people", 1}, {"people", 1}}}, "engine.context"},
		{"contexts of no weight", in("people"), Options{Contexts: []Context{{"people", 0}}}, "engine.no-weight"},
		{"negative doubt", numeric(1), Options{Doubt: [][]float64{{0, -1, 0}}}, "engine.doubt"},
		{"infinite doubt", numeric(1), Options{Doubt: [][]float64{{0, math.Inf(1), 0}}}, "engine.doubt"},
		{"doubt of too few", numeric(1), Options{Doubt: [][]float64{{0}}}, "engine.ragged"},
		{"doubt of no variable", numeric(1), Options{Doubt: [][]float64{}}, "engine.ragged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewWith(units(3), c.variables, columns, c.o)
			wantFault(t, err, c.key)
		})
	}
	gower, mahalanobis := set(t, Gower, numeric(1, 1), []float64{0, nan, 2, 3}, []float64{1, 2, 3, 7}), set(t, Mahalanobis, numeric(1), []float64{0, 1, 3})
	nobody := units(3)
	nobody[0].Country = ""
	stateless, err := New(nobody, numeric(1), [][]float64{{1, 2, 3}}, Gower)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, key string
		s         *Set
		q         Question
	}{
		{"no peers", "engine.no-peers", gower, Question{OwnCountry: true}},
		{"country not known", "engine.no-country", stateless, Question{Peers: 1}},
		{"too much noise", "engine.noise", gower, Question{Peers: 1, OwnCountry: true, WeightNoise: 2}},
		{"noise that is no number", "engine.noise", gower, Question{Peers: 1, OwnCountry: true, WeightNoise: nan}},
		{"negative runs", "engine.runs", gower, Question{Peers: 1, OwnCountry: true, Runs: -1}},
		{"too few candidates", "engine.no-candidate", gower, Question{Peers: 1, OwnCountry: true, MinCandidates: 9}},
		{"nothing varies", "engine.no-weights", mahalanobis, Question{Peers: 1, OwnCountry: true, Runs: 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Unit = c.s.Units[0].ID
			_, err := c.s.Nearest(c.q)
			wantFault(t, err, c.key)
		})
	}
}
