package peers

import (
	"math"
	"math/rand/v2"
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
		{"all missing", two, ok, [][]float64{{nan, nan}}, Euclidean, "engine.constant"},
		{"infinite", two, ok, [][]float64{{1, math.Inf(1)}}, Gower, "engine.value"},
		{"logarithm of 0", two, []Variable{{Code: "d", Weight: 1, Structural: true, Log: true}}, [][]float64{{1, 0}}, Gower, "engine.value"},
		{"ragged", two, ok, [][]float64{{1}}, Gower, "engine.ragged"},
		{"gaps under Mahalanobis", units(3), ok, [][]float64{{1, nan, 3}}, Mahalanobis, "engine.gaps"},
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
		for i := range all {
			if all[i][i] != 0 {
				t.Fatalf("unit %d is %g from itself", i, all[i][i])
			}
			for j := range all {
				d, known := s.Distance(i, j)
				back, _ := s.Distance(j, i)
				if i != j && math.Abs(all[i][j]-d) > 1e-12 || math.Abs(d-back) > 1e-15 || math.IsNaN(all[i][j]) != math.IsNaN(d) && i != j {
					t.Fatalf("%s: %g, back %g, in the table %g", m, d, back, all[i][j])
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
		for i := range all {
			for j := range all {
				for k := range all {
					if all[i][j] > all[i][k]+all[k][j]+1e-9 {
						t.Fatalf("%g is longer than %g and %g", all[i][j], all[i][k], all[k][j])
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
			if math.Abs(sum-want) > 1e-12*max(1, want) || p.Distance < last || p.Stability < 0 || p.Stability > 1 {
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

// Two clouds and a unit between: both ways of grouping find the clouds.
func TestClusters(t *testing.T) {
	at := []float64{0, 1, 2, 20, 21, 22}
	d := square(len(at))
	for i := range at {
		for j := range at {
			d[i][j] = math.Abs(at[i] - at[j])
		}
	}
	want := []int{0, 0, 0, 1, 1, 1}
	c, err := Medoids(d, 2)
	if err != nil || !slices.Equal(c.Of, want) || !slices.Equal(c.Medoids, []int{1, 4}) || c.Cost != 4 {
		t.Errorf("%+v, %v", c, err)
	}
	// Of unit 0: a = 1.5, b = 21.
	if math.Abs(c.Silhouette[0]-(21-1.5)/21) > 1e-12 {
		t.Errorf("silhouette %g", c.Silhouette[0])
	}
	merges, err := Ward(d)
	if err != nil {
		t.Fatal(err)
	}
	// Heights by hand: 1, 1, then sqrt(3) for a pair and its third, and for the two
	// clouds of three, 20 apart, sqrt(2·3·3/6)·20.
	heights := []float64{1, 1, math.Sqrt(3), math.Sqrt(3), 20 * math.Sqrt(3)}
	for k, m := range merges {
		if math.Abs(m.Height-heights[k]) > 1e-12 {
			t.Errorf("merge %d at %g, want %g", k+1, m.Height, heights[k])
		}
	}
	if c, err := Cut(merges, d, 2); err != nil || !slices.Equal(c.Of, want) {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := Suggest(d, 2, 4); err != nil || len(c.Medoids) != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := Medoids(d, 6); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
	d[0][1] = nan
	if _, err := Ward(d); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
}

// All regions of NUTS 3 by sixty variables, a tenth of the values missing.
func BenchmarkGower(b *testing.B) {
	random := rand.New(rand.NewPCG(3, 4))
	const n, k = 1345, 60
	all := make([]Unit, n)
	for i := range all {
		all[i].ID = nuts.ID{Code: nuts.Code([]byte{'A' + byte(i/676), 'A' + byte(i/26%26), 'A' + byte(i%26)}), Version: nuts.Current}
	}
	for _, c := range []struct {
		name string
		gaps float64
	}{{"complete", 0}, {"gaps", 0.1}} {
		columns, variables := make([][]float64, k), make([]Variable, k)
		for v := range columns {
			variables[v] = Variable{Code: "v", Weight: 1, Structural: true}
			for range n {
				x := random.NormFloat64()
				if random.Float64() < c.gaps {
					x = nan
				}
				columns[v] = append(columns[v], x)
			}
		}
		s, err := New(all, variables, columns, Gower)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.All()
			}
		})
	}
}
