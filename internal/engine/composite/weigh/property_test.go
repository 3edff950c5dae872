package weigh_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite/weigh"
)

// tables draws figures from 0 to 1 in which no column is constant.
func drawTable(t *rapid.T, leastUnits int) weigh.Table {
	members := rapid.IntRange(1, 5).Draw(t, "members")
	units := rapid.IntRange(leastUnits, 12).Draw(t, "units")
	table := weigh.Table{Columns: make([][]float64, members)}
	for j := range table.Columns {
		for range units {
			table.Columns[j] = append(table.Columns[j], float64(rapid.IntRange(0, 1000).Draw(t, "figure"))/1000)
		}
		table.Columns[j][0], table.Columns[j][1] = 0.1, 0.9
	}
	return table
}

// shuffled returns numbers 0 to n-1 in some order.
func shuffled(t *rapid.T, n int, label string) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return rapid.Permutation(order).Draw(t, label)
}

func reorder[T any](x []T, order []int) []T {
	out := make([]T, len(x))
	for i, k := range order {
		out[i] = x[k]
	}
	return out
}

func closeTo(t *rapid.T, what string, got, want []float64, tolerance float64) {
	for k := range want {
		if !(math.Abs(got[k]-want[k]) <= tolerance) {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
	}
}

// Weights sum to 1, and follow their members and not the order of the units.
func TestOrderOfUnitsAndMembersDoesNotCount(t *testing.T) {
	for _, c := range []struct {
		rule      weigh.Rule
		tolerance float64
	}{
		{weigh.Rule{Method: weigh.Equal}, 1e-12},
		{weigh.Rule{Method: weigh.Entropy}, 1e-12},
		{weigh.Rule{Method: weigh.PCA, Matrix: weigh.Covariance}, 1e-5},
		{weigh.Rule{Method: weigh.Factor, Factors: weigh.FactorCount{Share: 1}, Loadings: weigh.Shared}, 1e-9},
	} {
		t.Run(c.rule.Method.String(), rapid.MakeCheck(func(t *rapid.T) {
			table := drawTable(t, 4)
			got, err := weigh.Find(c.rule, table)
			if err != nil {
				if c.rule.Method != weigh.PCA { // members may go against each other there
					t.Fatal(err)
				}
				return
			}
			checkWeights(t, got.Weights)
			if p := got.Components; p != nil && len(p.Variances) > 1 && p.Variances[0] < 1.001*p.Variances[1] {
				return // the first component is hardly defined
			}
			members, units := shuffled(t, len(table.Columns), "order of members"), shuffled(t, len(table.Columns[0]), "order of units")
			other := weigh.Table{Columns: reorder(table.Columns, members)}
			for j, column := range other.Columns {
				other.Columns[j] = reorder(column, units)
			}
			moved, err := weigh.Find(c.rule, other)
			if err != nil {
				t.Fatal(err)
			}
			closeTo(t, "weights in another order", moved.Weights, reorder(got.Weights, members), c.tolerance)
		}))
	}
}

func TestBenefitOfTheDoubtProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := drawTable(t, 2)
		n := float64(len(table.Columns))
		limit := weigh.Limit{Min: rapid.Float64Range(0, 1/n).Draw(t, "min"), Max: rapid.Float64Range(1/n, 1).Draw(t, "max")}
		if n == 1 {
			limit = weigh.Limit{}
		}
		d, err := weigh.BenefitOfTheDoubt(table, []weigh.Limit{limit}, weigh.Listwise)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Max(d.Scores) != 1 {
			t.Fatalf("no score is 1: %v", d.Scores)
		}
		for i, s := range d.Scores {
			if !(s >= 0 && s <= 1) {
				t.Fatalf("scores %v", d.Scores)
			}
			w, own, best := make([]float64, len(table.Columns)), 0.0, 0.0
			for j := range w {
				w[j] = d.Weights[j][i]
				if n > 1 && (w[j] < limit.Min-1e-9 || w[j] > limit.Max+1e-9) {
					t.Fatalf("share %g outside %v", w[j], limit)
				}
			}
			checkWeights(t, w)
			for k := range d.Scores {
				v := 0.0
				for j, c := range table.Columns {
					v += w[j] * c[k]
				}
				best = max(best, v)
				if k == i {
					own = v
				}
			}
			if math.Abs(own/best-s) > 1e-8 { // its weights do give its score
				t.Fatalf("unit %d scores %g, its weights give %g", i, s, own/best)
			}
		}
		free, err := weigh.BenefitOfTheDoubt(table, nil, weigh.Listwise)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range d.Scores {
			if free.Scores[i] < s-1e-9 {
				t.Fatalf("limits raise unit %d from %g to %g", i, free.Scores[i], s)
			}
		}
		members, units := shuffled(t, len(table.Columns), "order of members"), shuffled(t, len(d.Scores), "order of units")
		other := weigh.Table{Columns: reorder(table.Columns, members)}
		for j, column := range other.Columns {
			other.Columns[j] = reorder(column, units)
		}
		moved, err := weigh.BenefitOfTheDoubt(other, []weigh.Limit{limit}, weigh.Listwise)
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "scores in another order", moved.Scores, reorder(d.Scores, units), 1e-9)
	})
}

func TestConsistentComparisonsGiveTheirWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 15).Draw(t, "members")
		w, total := make([]float64, n), 0.0
		for k := range w {
			w[k] = rapid.Float64Range(0.01, 10).Draw(t, "weight")
			total += w[k]
		}
		m := make([][]float64, n)
		for i := range m {
			for j := range w {
				m[i] = append(m[i], w[i]/w[j])
			}
		}
		for k := range w {
			w[k] /= total
		}
		c, err := weigh.Compare(m, make([]string, n))
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "weights", c.Weights, w, 1e-13)
		if math.Abs(c.Eigenvalue-float64(n)) > 1e-11 || !(c.Ratio < 1e-10) {
			t.Fatalf("eigenvalue %g and ratio %g of %d consistent members", c.Eigenvalue, c.Ratio, n)
		}
	})
}

// Any reciprocal matrix: its weights are an eigenvector.
func TestComparisonsGiveAnEigenvector(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 15).Draw(t, "members")
		m := make([][]float64, n)
		for i := range m {
			m[i] = make([]float64, n)
			m[i][i] = 1
			for j := range i {
				m[i][j] = float64(rapid.IntRange(1, 9).Draw(t, "comparison"))
				if rapid.Bool().Draw(t, "less") {
					m[i][j] = 1 / m[i][j]
				}
				m[j][i] = 1 / m[i][j]
			}
		}
		c, err := weigh.Compare(m, make([]string, n))
		if err != nil {
			t.Fatal(err)
		}
		checkWeights(t, c.Weights)
		for i, row := range m {
			s := 0.0
			for j, a := range row {
				s += a * c.Weights[j]
			}
			if math.Abs(s/c.Weights[i]/c.Eigenvalue-1) > 1e-11 {
				t.Fatalf("row %d: %g times its weight, eigenvalue %.15g", i, s/c.Weights[i], c.Eigenvalue)
			}
		}
	})
}

// Where the linear answer has no negative weight, the target is met.
func TestOptimisedWeightsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := drawTable(t, 3)
		got, err := weigh.Find(weigh.Rule{Method: weigh.Optimised}, table)
		if err != nil {
			t.Fatal(err)
		}
		checkWeights(t, got.Weights)
		if len(table.Columns) == 1 && got.Optimum.Residual > 1e-12 {
			t.Fatalf("one member misses its own influence by %g", got.Optimum.Residual)
		}
		if met := got.Optimum.Residual <= 1e-6; met == (len(got.Notes) > 0) {
			t.Fatalf("residual %g with notes %v", got.Optimum.Residual, got.Notes)
		}
	})
}

func TestEffectiveWeightsOfTheIndicatorsSumToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "elements")
		parent, weight, leaf := []int{-1}, []float64{1}, []bool{true}
		for i := 1; i < n; i++ {
			p := rapid.IntRange(0, i-1).Draw(t, "parent")
			parent, weight, leaf = append(parent, p), append(weight, rapid.Float64Range(0.01, 5).Draw(t, "weight")), append(leaf, true)
			leaf[p] = false
		}
		got, err := weigh.Effective(parent, weight, nil)
		if err != nil {
			t.Fatal(err)
		}
		total := 0.0
		for i, w := range got {
			if leaf[i] {
				total += w
			}
		}
		if math.Abs(total-1) > 1e-12 {
			t.Fatalf("effective weights of the leaves sum to %.15g", total)
		}
	})
}
