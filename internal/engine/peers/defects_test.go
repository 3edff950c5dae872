package peers

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Gower with missing values was asked for in scikit-learn from 2015 on (#5884):
// numbers, classes and ranks together, a gap in any of them left out by weight.
func TestGowerOfMixedVariablesWithGaps(t *testing.T) {
	variables := []Variable{
		{Code: "density", Weight: 2, Structural: true},
		{Code: "coast", Kind: Nominal, Weight: 1, Structural: true},
		{Code: "remoteness", Kind: Ordinal, Levels: 5, Weight: 1, Structural: true},
	}
	// P95 - P5 of 0, 10, 20, 30, 40 is 36.
	s := set(t, Gower, variables, []float64{0, 10, 20, 30, 40}, []float64{1, 2, nan, 1, 2}, []float64{0, 4, 2, nan, 4})
	for _, c := range []struct {
		i, j        int
		want, known float64
	}{
		{0, 1, (2*10.0/36 + 1 + 1) / 4, 1},
		{0, 2, (2*20.0/36 + 0.5) / 3, 0.75},
		{0, 3, (2 * 30.0 / 36) / 3, 0.75},
		{2, 3, 10.0 / 36, 0.5},
		{0, 4, (2 + 1 + 1) / 4.0, 1}, // 40/36 counts as 1
	} {
		d, known := s.Distance(c.i, c.j)
		if math.Abs(d-c.want) > 1e-12 || math.Abs(known-c.known) > 1e-12 {
			t.Errorf("distance of %d and %d is %g with %g known, want %g with %g", c.i, c.j, d, known, c.want, c.known)
		}
		if all := s.All().At(c.i, c.j); math.Abs(all-c.want) > 1e-12 {
			t.Errorf("in the table %d and %d are %g apart, want %g", c.i, c.j, all, c.want)
		}
	}
}

// scikit-learn passed a given matrix over in silence in one of its modes (#20827).
func TestMahalanobisUsesTheMatrixGiven(t *testing.T) {
	x, y := []float64{1, 2, 3, 4, 6}, []float64{2, 1, 4, 3, 5}
	given := [][]float64{{4, 0}, {0, 9}}
	s, err := NewWith(units(5), numeric(1, 1), [][]float64{x, y}, Options{Measure: Mahalanobis, Covariance: given})
	if err != nil {
		t.Fatal(err)
	}
	want := math.Sqrt(25.0/4 + 9.0/9)
	if d, _ := s.Distance(0, 4); math.Abs(d-want) > 1e-12 {
		t.Errorf("distance %g, want %g by the matrix given", d, want)
	}
	if d := s.All().At(4, 0); math.Abs(d-want) > 1e-12 {
		t.Errorf("in the table %g, want %g", d, want)
	}
	for name, bad := range map[string][][]float64{
		"too small": {{4}}, "not symmetric": {{4, 1}, {0, 9}}, "no covariance": {{1, 2}, {2, 1}}, "infinite": {{math.Inf(1), 0}, {0, 1}},
	} {
		if _, err := NewWith(units(5), numeric(1, 1), [][]float64{x, y}, Options{Measure: Mahalanobis, Covariance: bad}); err == nil {
			t.Errorf("%s: a matrix that is no covariance is taken", name)
		}
	}
}

// Neighbours among units with gaps came late to scikit-learn (#25330).
func TestNeighboursWithGaps(t *testing.T) {
	for _, m := range []Measure{Gower, Euclidean, Mahalanobis} {
		s := set(t, m, numeric(1, 1, 1, 1),
			[]float64{0, 0.1, nan, 5, 9, 4}, []float64{0, 0.2, 0.1, 6, 9, 3}, []float64{0, nan, 0.2, 7, 9, 8}, []float64{0, 0.1, 0.3, 2, 8, 1})
		got, err := s.Nearest(Question{Unit: s.Units[0].ID, Peers: 2, OwnCountry: true})
		if err != nil {
			t.Fatalf("%s: %v", m, err)
		}
		places := []int{got[0].Place, got[1].Place}
		slices.Sort(places)
		if !slices.Equal(places, []int{1, 2}) {
			t.Errorf("%s: neighbours %v, want the two that are near but have gaps", m, places)
		}
		for _, p := range got {
			if math.IsNaN(p.Distance) || p.Known >= 1 {
				t.Errorf("%s: %+v", m, p)
			}
		}
	}
}

// R packages put codes of several NUTS versions into one table (eurostat #148,
// #327; regions #30): the fault names the codes.
func TestMixedVersionsAreNamed(t *testing.T) {
	mixed := units(3)
	mixed[2].ID.Version = 2016
	_, err := New(mixed, numeric(1), [][]float64{{1, 2, 3}}, Gower)
	if err == nil {
		t.Fatal("two versions stand in one set")
	}
	for _, part := range []string{string(mixed[0].ID.Code), string(mixed[2].ID.Code), "2016", "2024"} {
		if !slices.Contains(words(err.Error()), part) {
			t.Errorf("%q does not name %s", err, part)
		}
	}
}

func words(s string) (out []string) {
	word := ""
	for _, r := range s + " " {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			word += string(r)
		} else if word != "" {
			out, word = append(out, word), ""
		}
	}
	return out
}

// A context counts by its weight, and only where half of it is known.
func TestContexts(t *testing.T) {
	variables := numeric(1, 1, 3)
	variables[0].Context, variables[1].Context, variables[2].Context = "people", "people", "economy"
	x := [][]float64{{0, 10, 5}, {0, 10, nan}, {0, 10, nan}}
	s, err := NewWith(units(3), variables, x, Options{Contexts: []Context{{"people", 1}, {"economy", 3}}})
	if err != nil {
		t.Fatal(err)
	}
	span := 10 * 0.9 // P95 - P5 of three values, or of two
	if d, known := s.Distance(0, 1); d != 1 || known != 1 {
		t.Errorf("distance %g with %g known", d, known)
	}
	d, known := s.Distance(0, 2) // half of people, nothing of economy: 1/8 is known
	if !math.IsNaN(d) || math.Abs(known-0.125) > 1e-12 {
		t.Errorf("distance %g with %g known, want none with 0.125", d, known)
	}
	s, err = NewWith(units(3), variables, x, Options{Contexts: []Context{{"people", 3}, {"economy", 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if d, known := s.Distance(0, 2); !math.IsNaN(d) || math.Abs(known-0.375) > 1e-12 {
		t.Errorf("distance %g with %g known", d, known)
	}
	x[2][2] = 0
	if s, err = NewWith(units(3), variables, x, Options{Contexts: []Context{{"people", 3}, {"economy", 1}}}); err != nil {
		t.Fatal(err)
	}
	if d, known := s.Distance(0, 2); math.Abs(d-0.75*(5/span)) > 1e-12 || math.Abs(known-0.625) > 1e-12 {
		t.Errorf("distance %g with %g known, want %g with 0.625", d, known, 0.75*5/span)
	}
	for name, bad := range map[string][]Context{
		"one is not weighed": {{"people", 1}}, "negative": {{"people", -1}, {"economy", 1}}, "none counts": {{"people", 0}, {"economy", 0}},
	} {
		if _, err := NewWith(units(3), variables, x, Options{Contexts: bad}); err == nil {
			t.Errorf("contexts are taken though %s", name)
		}
	}
}

// The share of runs is the same for any number of workers, and settles.
func TestStabilityOfWorkersAndRuns(t *testing.T) {
	s := random(t, 40, 6)
	ask := func(runs, workers int, seed uint64) []Peer {
		t.Helper()
		got, err := s.Nearest(Question{Unit: s.Units[0].ID, Peers: 8, Runs: runs, Workers: workers, Seed: seed, DropOne: true, OwnCountry: true})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	one := ask(301, 1, 5)
	for _, workers := range []int{2, 7, 400} {
		for k, p := range ask(301, workers, 5) {
			if p.Stability != one[k].Stability {
				t.Errorf("%d workers: stability %g of peer %d, one worker %g", workers, p.Stability, k, one[k].Stability)
			}
		}
	}
	many, other := ask(4000, 2, 5), ask(4000, 2, 6)
	for k := range many {
		if gap := math.Abs(many[k].Stability - other[k].Stability); gap > 0.05 {
			t.Errorf("peer %d: %g and %g by two seeds of 4,000 runs", k, many[k].Stability, other[k].Stability)
		}
	}
}

func random(t *testing.T, n, k int) *Set {
	t.Helper()
	r := rand.New(rand.NewPCG(9, 9))
	columns, weights := make([][]float64, k), make([]float64, k)
	for v := range columns {
		weights[v] = 1
		for range n {
			columns[v] = append(columns[v], r.NormFloat64())
		}
	}
	return set(t, Gower, numeric(weights...), columns...)
}

// A peer that stands on a doubtful value is less sure of its place.
func TestDoubtMakesUnsure(t *testing.T) {
	x := []float64{0, 1, 2, 3, 10, 11, 12, 13}
	stability := func(doubt float64) float64 {
		t.Helper()
		e := make([]float64, len(x))
		e[1] = doubt
		s, err := NewWith(units(len(x)), numeric(1), [][]float64{x}, Options{Doubt: [][]float64{e}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Nearest(Question{Unit: s.Units[0].ID, Peers: 2, Runs: 2000, Seed: 3, OwnCountry: true})
		if err != nil || got[0].Place != 1 {
			t.Fatal(got, err)
		}
		return got[0].Stability
	}
	if a, b, c := stability(0), stability(1), stability(6); a != 1 || !(b < a) || !(c < b) {
		t.Errorf("stability %g without doubt, %g with some, %g with much", a, b, c)
	}
}

// Distances follow neither the order of units nor that of variables, nor where a
// scale begins; but for AsGiven and a given covariance, nor its unit.
func TestDistancesDependOnFiguresAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Measure(rapid.IntRange(0, 2).Draw(t, "measure"))
		seed := rapid.Uint64().Draw(t, "seed")
		r := rand.New(rand.NewPCG(seed, 1))
		n, k := 6+r.IntN(6), 2+r.IntN(4)
		columns, moved, weights := make([][]float64, k), make([][]float64, k), make([]float64, k)
		unitOrder, variableOrder := r.Perm(n), r.Perm(k)
		for v := range columns {
			weights[v] = 0.5 + r.Float64()
			for u := range n {
				x := r.NormFloat64()
				if m != Mahalanobis && u > 3 && r.IntN(5) == 0 {
					x = nan
				}
				columns[v] = append(columns[v], x)
			}
		}
		factor, shift := 0.1+10*r.Float64(), 100*r.NormFloat64()
		other := make([]float64, k)
		for to, from := range variableOrder {
			other[to] = weights[from]
			for _, u := range unitOrder {
				moved[to] = append(moved[to], columns[from][u]*factor+shift)
			}
		}
		a, errA := New(units(n), numeric(weights...), columns, m)
		b, errB := New(units(n), numeric(other...), moved, m)
		if errA != nil || errB != nil {
			if (errA == nil) != (errB == nil) {
				t.Fatal(errA, errB)
			}
			return
		}
		for i := range n {
			for j := range n {
				x, knownX := a.Distance(unitOrder[i], unitOrder[j])
				y, knownY := b.Distance(i, j)
				if math.IsNaN(x) != math.IsNaN(y) || math.Abs(x-y) > 1e-7*max(1, x) || math.Abs(knownX-knownY) > 1e-12 {
					t.Fatalf("%s: %g with %g known, moved %g with %g", m, x, knownX, y, knownY)
				}
			}
		}
	})
}

func TestScalings(t *testing.T) {
	x := []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100}
	for s, by := range map[Scaling]float64{Range: 100, Span: 54.5 - 0.5, AsGiven: 1} {
		got, err := NewWith(units(len(x)), numeric(1), [][]float64{x}, Options{Measure: Euclidean, Scaling: s})
		if err != nil {
			t.Fatal(err)
		}
		if d, _ := got.Distance(0, 5); math.Abs(d-5/by) > 1e-12 {
			t.Errorf("%s: distance %g, want %g", s, d, 5/by)
		}
	}
	if _, err := NewWith(units(2), numeric(1), [][]float64{{1, 2}}, Options{Scaling: Range}); err == nil {
		t.Error("Gower takes a scaling that it would pass over")
	}
}

func TestConditions(t *testing.T) {
	variables := append(numeric(1, 1), Variable{Code: "coast", Kind: Nominal, Weight: 1, Structural: true})
	s := set(t, Gower, variables, []float64{0, 1, 2, 3, 4}, []float64{4, 3, nan, 1, 0}, []float64{1, 1, 2, 2, 1})
	got, err := s.Conditions(0, 4, []int{1, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	sd := math.Sqrt(2.5)
	if len(got) != 3 || math.Abs(got[0].Difference-4/sd) > 1e-12 || got[0].Favour != AtLeastAsMuch || got[1].Favour != MuchLess || got[2].Favour != NotKnown {
		t.Errorf("%+v", got)
	}
	for u, want := range map[float64]Favour{0: AtLeastAsMuch, -0.25: AtLeastAsMuch, -0.26: SomewhatLess, -1: SomewhatLess, -1.01: MuchLess} {
		if got := FavourOf(u); got != want {
			t.Errorf("%g is %s, want %s", u, got, want)
		}
	}
	if got := FavourOf(nan); got != NotKnown {
		t.Errorf("a gap is %s", got)
	}
	if _, err := s.Conditions(0, 1, []int{2, 0, 0}); err == nil {
		t.Error("a direction of 2 is taken")
	}
}
