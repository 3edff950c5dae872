package impute

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/sample"
	"peerscape/internal/stats"
)

// panel draws a panel of some units over some years with gaps, in any order.
func panel(t *rapid.T) Data {
	units, span := rapid.IntRange(2, 6).Draw(t, "units"), rapid.IntRange(2, 6).Draw(t, "years")
	columns := rapid.IntRange(1, 3).Draw(t, "columns")
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	share := rapid.Float64Range(0, 0.8).Draw(t, "missing")
	var d Data
	for _, at := range rng.Perm(units * span) {
		d.Rows = append(d.Rows, Row{fmt.Sprintf("U%d", at/span), stats.Year(2000 + 2*(at%span))})
		d.Groups = append(d.Groups, []string{"north", "south", ""}[at/span%3])
	}
	for range columns {
		x := make([]float64, len(d.Rows))
		for i := range x {
			if x[i] = math.Exp(6 * rng.NormFloat64()); rng.Float64() < share && i > 0 {
				x[i] = nan
			}
		}
		d.Table = append(d.Table, x)
	}
	return d
}

var everyMethod = []Rule{
	{Method: Mean},
	{Method: Median},
	{Method: GroupMean},
	{Method: GroupMedian},
	{Method: Fixed, Value: 7},
	{Method: Interpolate},
	{Method: CarryForward, Limit: 3},
	{Method: CarryBackward, Limit: 3},
}

func TestObservedCellsStayAndFilledCellsLieWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, rule := panel(t), rapid.SampledFrom(everyMethod).Draw(t, "rule")
		r, err := Fill(d, rule)
		if err != nil {
			t.Fatal(err)
		}
		missing := 0
		for j, x := range d.Table {
			m := sample.MomentsOf(x)
			for i, v := range x {
				got := r.Table[j][i]
				switch {
				case v == v && got != v:
					t.Fatalf("observed %v became %v", v, got)
				case v != v:
					missing++
				}
				if v != v && got == got && rule.Method != Fixed && (got < m.Min || got > m.Max) {
					t.Fatalf("%s filled %v outside %v to %v", rule.Method, got, m.Min, m.Max)
				}
			}
		}
		if len(r.Filled)+len(r.Open) != missing {
			t.Fatalf("%d filled and %d open of %d missing", len(r.Filled), len(r.Open), missing)
		}
		for _, f := range r.Filled {
			if f.Method != rule.Method || r.Table[f.Column][f.Row] != f.Value || f.Value != f.Value {
				t.Fatalf("listed %+v, cell %v", f, r.Table[f.Column][f.Row])
			}
		}
		for _, o := range r.Open {
			if v := r.Table[o.Column][o.Row]; v == v {
				t.Fatalf("%+v is open and has %v", o, v)
			}
		}
		if !slices.IsSortedFunc(r.Filled, func(a, b Filled) int { return byCell(a.Row, b.Row, a.Column, b.Column) }) {
			t.Fatal("the filled cells are not in order")
		}
	})
}

// Rows in another order: the same values to the last bit, EM within rounding.
func TestTheOrderOfRowsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, rule := panel(t), rapid.SampledFrom(everyMethod).Draw(t, "rule")
		order := rapid.Permutation(indices(len(d.Rows))).Draw(t, "order")
		sameAfterShuffle(t, d, rule, order, 0)
	})
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		d := Data{Table: random(rng, 2, 15, 0.2)}
		sameAfterShuffle(t, d, Rule{Method: EM, Tolerance: 1e-10}, rapid.Permutation(indices(15)).Draw(t, "order"), 1e-6)
	})
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func sameAfterShuffle(t *rapid.T, d Data, rule Rule, order []int, tolerance float64) {
	moved := Data{Table: Keep(d.Table, order)}
	for _, i := range order {
		if d.Rows != nil {
			moved.Rows, moved.Groups = append(moved.Rows, d.Rows[i]), append(moved.Groups, d.Groups[i])
		}
	}
	a, errA := Fill(d, rule)
	b, errB := Fill(moved, rule)
	if (errA == nil) != (errB == nil) {
		t.Fatalf("%v before, %v after the shuffle", errA, errB)
	}
	if errA != nil {
		return
	}
	for j := range d.Table {
		for to, from := range order {
			before, after := a.Table[j][from], b.Table[j][to]
			if (before == before) != (after == after) || math.Abs(before-after) > tolerance*(1+math.Abs(before)) {
				t.Fatalf("%s: column %d row %d is %v, after the shuffle %v", rule.Method, j, from, before, after)
			}
		}
	}
}

// EM in other units of measurement fills the same figures in those units.
func TestEMDoesNotDependOnUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		table := random(rng, 2, 20, 0.2)
		scaled := clone(table)
		for i := range scaled[1] {
			scaled[1][i] = 1000*scaled[1][i] - 5
		}
		a, err := Fill(Data{Table: table}, Rule{Method: EM, Tolerance: 1e-10})
		if err != nil {
			t.Skip(err)
		}
		b, err := Fill(Data{Table: scaled}, Rule{Method: EM, Tolerance: 1e-10})
		if err != nil {
			t.Fatal(err)
		}
		for i := range table[1] {
			if want := 1000*a.Table[1][i] - 5; math.Abs(b.Table[1][i]-want) > 1e-4*(1+math.Abs(want)) {
				t.Fatalf("row %d is %v, want %v", i, b.Table[1][i], want)
			}
		}
	})
}

func TestScreenIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := panel(t)
		low, high := rapid.Float64Range(0, 1).Draw(t, "a"), rapid.Float64Range(0, 1).Draw(t, "b")
		low, high = min(low, high), max(low, high)
		few, left, err := Screen(d.Table, Screening{Share: high, ZeroIsMissing: true})
		if err != nil {
			return
		}
		many, _, err := Screen(d.Table, Screening{Share: low})
		if err != nil || len(few)+len(left) != len(d.Rows) {
			t.Fatalf("%v; %d kept, %d left out of %d", err, len(few), len(left), len(d.Rows))
		}
		for _, i := range few {
			if !slices.Contains(many, i) {
				t.Fatalf("row %d is kept at %v and not at %v", i, high, low)
			}
		}
	})
}
