package aggregate_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite/aggregate"
)

// rules draws a rule that takes positive values.
func rules(t *rapid.T, members int) aggregate.Rule {
	names := aggregate.Methods()
	m, err := aggregate.ParseMethod(names[rapid.IntRange(0, len(names)-1).Draw(t, "method")])
	if err != nil {
		t.Fatal(err)
	}
	r := aggregate.Rule{
		Method: m, Order: rapid.Float64Range(-3, 3).Draw(t, "order"),
		Alpha: rapid.Float64Range(0, 1).Draw(t, "alpha"), Beta: rapid.Float64Range(0, 20).Draw(t, "beta"),
		Reward: rapid.Bool().Draw(t, "reward"), Threshold: rapid.Float64Range(0, 1).Draw(t, "threshold"),
	}
	for range members {
		r.Positions = append(r.Positions, rapid.Float64Range(0.1, 3).Draw(t, "position"))
	}
	return r
}

// tables draws members × units between 1 and 100, some of them missing.
func tables(t *rapid.T, members, units int, gaps bool) [][]float64 {
	table := make([][]float64, members)
	for j := range table {
		for range units {
			x := rapid.Float64Range(1, 100).Draw(t, "x")
			if gaps && rapid.IntRange(0, 4).Draw(t, "gap") == 0 {
				x = math.NaN()
			}
			table[j] = append(table[j], x)
		}
	}
	return table
}

func group(t *rapid.T, table [][]float64, weights []float64, r aggregate.Rule) []float64 {
	var w aggregate.Workspace
	dst := make([]float64, len(table[0]))
	if err := w.Group(dst, table, weights, r); err != nil {
		t.Fatal(err)
	}
	return dst
}

func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

// The order of units and of members changes nothing but their places.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, n := rapid.IntRange(1, 6).Draw(t, "members"), rapid.IntRange(1, 8).Draw(t, "units")
		r := rules(t, k)
		table, weights := tables(t, k, n, true), make([]float64, k)
		for j := range weights {
			weights[j] = rapid.Float64Range(0.1, 5).Draw(t, "weight")
		}
		want := group(t, table, weights, r)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		members, units := random.Perm(k), random.Perm(n)
		turned, w2 := make([][]float64, k), make([]float64, k)
		for j, m := range members {
			w2[j] = weights[m]
			for _, u := range units {
				turned[j] = append(turned[j], table[m][u])
			}
		}
		got := group(t, turned, w2, r)
		if r.Method == aggregate.Kemeny {
			return // several orders may share the highest score
		}
		for i, u := range units {
			if !near(got[i], want[u]) {
				t.Fatalf("%s: unit %d has %g, turned %g", r.Method, u, want[u], got[i])
			}
		}
	})
}

// Means lie between the smallest and the largest value, rise with the order,
// keep equal values, and never fall when a value rises.
func TestMeans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 8).Draw(t, "members")
		table, weights := tables(t, k, 1, false), make([]float64, k)
		lo, hi := math.Inf(1), 0.0
		for j := range weights {
			weights[j] = rapid.Float64Range(0.1, 5).Draw(t, "weight")
			lo, hi = min(lo, table[j][0]), max(hi, table[j][0])
		}
		last := 0.0
		for _, p := range []float64{-4, -1, -0.5, 0, 0.5, 1, 2, 7} {
			r := aggregate.Rule{Method: aggregate.Power, Order: p}
			got := group(t, table, weights, r)[0]
			if got < lo-1e-9 || got > hi+1e-9 || got < last-1e-9 {
				t.Fatalf("order %g: %g outside %g to %g, or below %g", p, got, lo, hi, last)
			}
			last = got
			j := rapid.IntRange(0, k-1).Draw(t, "raised")
			before := table[j][0]
			table[j][0] += rapid.Float64Range(0, 50).Draw(t, "by")
			if after := group(t, table, weights, r)[0]; after < got-1e-9 {
				t.Fatalf("order %g: falls from %g to %g when a value rises", p, got, after)
			}
			table[j][0] = before
		}
	})
}

// Equal values give that value under every mean and penalty; MPI with the
// penalty lies below the mean, with the reward above.
func TestEqualValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, x := rapid.IntRange(1, 6).Draw(t, "members"), rapid.Float64Range(1, 100).Draw(t, "x")
		r := rules(t, k)
		if r.Method.Ordinal() {
			return
		}
		table := make([][]float64, k)
		for j := range table {
			table[j] = []float64{x}
		}
		if got := group(t, table, ones(k), r)[0]; !near(got, x) {
			t.Fatalf("%s of equal values %g is %g", r.Method, x, got)
		}
	})
}

// Contributions sum to the score, to 1e-12 of its size.
func TestContributionsSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 8).Draw(t, "members")
		r := rules(t, k)
		r.Threshold = 0
		if r.Method.Ordinal() {
			return
		}
		table, weights := tables(t, k, 1, true), make([]float64, k)
		row, part := make([]float64, k), make([]float64, k)
		for j := range weights {
			weights[j] = rapid.Float64Range(0, 5).Draw(t, "weight")
			row[j] = table[j][0]
		}
		weights[0]++
		score, err := r.Contributions(part, row, weights)
		if err != nil {
			t.Fatal(err)
		}
		got, s := group(t, table, weights, r)[0], 0.0
		if math.IsNaN(score) && math.IsNaN(got) {
			return
		}
		for _, p := range part {
			s += p
		}
		if math.Abs(s-score) > 1e-12*max(1, math.Abs(score)) || !near(score, got) {
			t.Fatalf("%s: contributions %v sum to %.17g, score %.17g, group %.17g", r.Method, part, s, score, got)
		}
	})
}

// A gap is NaN where the rule withholds a value and nowhere else; it changes no
// other unit under a mean.
func TestGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, n := rapid.IntRange(1, 6).Draw(t, "members"), rapid.IntRange(1, 8).Draw(t, "units")
		r, table := rules(t, k), tables(t, k, n, true)
		got := group(t, table, ones(k), r)
		for i := range n {
			known := 0
			for j := range table {
				if !math.IsNaN(table[j][i]) {
					known++
				}
			}
			if withheld := known == 0 || float64(known) < r.Threshold*float64(k)-1e-9; withheld != math.IsNaN(got[i]) || math.IsInf(got[i], 0) {
				t.Fatalf("%s: %d of %d members known, threshold %g, score %g", r.Method, known, k, r.Threshold, got[i])
			}
		}
	})
}

// The search for the best order over all sets finds what trying every order
// finds.
func TestBestOrderIsBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "units")
		e := aggregate.Comparisons(tables(t, 3, n, false), ones(3))
		best, equal := 0.0, 0
		var try func(order []int, left int)
		try = func(order []int, left int) {
			if left == 0 {
				s := 0.0
				for a, j := range order {
					for _, k := range order[a+1:] {
						s += e[j][k]
					}
				}
				switch {
				case s > best+1e-9:
					best, equal = s, 1
				case s > best-1e-9:
					equal++
				}
				return
			}
			for u := range n {
				if left&(1<<u) != 0 {
					try(append(order, u), left&^(1<<u))
				}
			}
		}
		try(nil, 1<<n-1)
		got := aggregate.BestOrder(e)
		if !near(got.Score, best) || got.Equal != equal {
			t.Fatalf("score %g of %d orders, want %g of %d", got.Score, got.Equal, best, equal)
		}
	})
}
