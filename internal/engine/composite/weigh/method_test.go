package weigh_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

var near = cmpopts.EquateApprox(0, 1e-12)

func TestWeightsByHand(t *testing.T) {
	for _, c := range []struct {
		name  string
		rule  weigh.Rule
		table weigh.Table
		want  []float64
	}{
		{"equal", weigh.Rule{}, good(), []float64{0.5, 0.5}},
		{"given", weigh.Rule{Method: weigh.Given, Given: []float64{3, 1}}, good(), []float64{0.75, 0.25}},
		{"given, at the end of the range", weigh.Rule{Method: weigh.Given, Given: []float64{math.MaxFloat64, math.MaxFloat64}}, good(), []float64{0.5, 0.5}},
		{"ahp of two", weigh.Rule{Method: weigh.AHP, Comparisons: [][]float64{{1, 3}, {0.33, 1}}}, good(), []float64{0.75, 0.25}},
		// Two members that go together have equal loadings whatever their scale.
		{"pca", weigh.Rule{Method: weigh.PCA}, good(), []float64{0.5, 0.5}},
		// Covariances 4, 2 and 1 have the first component (2, 1): two columns in line.
		{"pca of covariances", weigh.Rule{Method: weigh.PCA, Matrix: weigh.Covariance}, weigh.Table{Columns: [][]float64{{0, 2, 4}, {0, 1, 2}}}, []float64{2. / 3, 1. / 3}},
		{"one factor", weigh.Rule{Method: weigh.Factor}, good(), []float64{0.5, 0.5}},
		{"one factor of covariances", weigh.Rule{Method: weigh.Factor, Matrix: weigh.Covariance}, weigh.Table{Columns: [][]float64{{0, 2, 4}, {0, 1, 2}}}, []float64{0.8, 0.2}},
		// h of (0, 1) is 0 and of (1/4, 3/4) is 0.8112781244591328.
		{"entropy", weigh.Rule{Method: weigh.Entropy}, weigh.Table{Columns: [][]float64{{0, 5}, {1, 3}}}, []float64{1 / 1.1887218755408672, 0.1887218755408672 / 1.1887218755408672}},
		{"entropy, own units", weigh.Rule{Method: weigh.Entropy, Missing: weigh.Pairwise}, weigh.Table{Columns: [][]float64{{0, 5, nan}, {1, 3, nan}}}, []float64{1 / 1.1887218755408672, 0.1887218755408672 / 1.1887218755408672}},
		// Of three units h of (1/4, 1/4, 1/2) is 1.5 ln 2 / ln 3.
		{"entropy, each on its own units", weigh.Rule{Method: weigh.Entropy, Missing: weigh.Pairwise}, weigh.Table{Columns: [][]float64{{0, 5, nan}, {1, 1, 2}}}, []float64{1 / (2 - 1.5*math.Log(2)/math.Log(3)), 1 - 1/(2-1.5*math.Log(2)/math.Log(3))}},
		// Equal influence on a sum wants weights that undo the spread: sd 1 and 2.
		{"optimised", weigh.Rule{Method: weigh.Optimised}, weigh.Table{Columns: [][]float64{{1, 2, 3}, {2, 6, 4}}}, []float64{2. / 3, 1. / 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := weigh.Find(c.rule, c.table)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got.Weights, near); d != "" {
				t.Errorf("weights (-want +got):\n%s", d)
			}
		})
	}
}

func TestComparisonsThatContradictAreNoted(t *testing.T) {
	circle := [][]float64{{1, 9, 1. / 9}, {1. / 9, 1, 9}, {9, 1. / 9, 1}}
	table := weigh.Table{Columns: make([][]float64, 3)}
	got, err := weigh.Find(weigh.Rule{Method: weigh.AHP, Comparisons: circle}, table)
	if err != nil {
		t.Fatal(err)
	}
	// Each row holds 1, 9 and 1/9: equal weights, and the sum is the eigenvalue.
	if want := 1 + 9 + 1./9; math.Abs(got.Comparison.Eigenvalue-want) > 1e-12 {
		t.Errorf("eigenvalue %g, want %g", got.Comparison.Eigenvalue, want)
	}
	if d := cmp.Diff([]float64{1. / 3, 1. / 3, 1. / 3}, got.Weights, near); d != "" {
		t.Errorf("weights (-want +got):\n%s", d)
	}
	checkNotes(t, got.Notes, "engine.comparison-inconsistent")
}

func checkNotes(t *testing.T, notes []*fault.Error, keys ...string) {
	t.Helper()
	var got []string
	for _, n := range notes {
		got = append(got, n.Key)
	}
	if d := cmp.Diff(keys, got); d != "" {
		t.Errorf("notes (-want +got):\n%s", d)
	}
}

func TestNumberOfFactors(t *testing.T) {
	tai, _, _ := achievement(t)
	for _, c := range []struct { // eigenvalues 3.35 1.75 0.985 0.894 ...; shares .419 .218 .123 .112
		name  string
		count weigh.FactorCount
		want  int
	}{
		{"eigenvalue of 1, by default", weigh.FactorCount{}, 2},
		{"eigenvalue of 0.9", weigh.FactorCount{MinVariance: 0.9}, 3},
		{"given", weigh.FactorCount{Number: 4}, 4},
		{"a share of 0.6", weigh.FactorCount{Share: 0.6}, 2},
		{"a share of 0.7", weigh.FactorCount{Share: 0.7}, 3},
		{"the whole", weigh.FactorCount{Share: 1}, 8},
		{"none that large", weigh.FactorCount{MinVariance: 5}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := weigh.FactorsOf(tai, weigh.Correlation, weigh.Listwise, c.count)
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Loadings) != c.want {
				t.Errorf("%d factors, want %d", len(f.Loadings), c.want)
			}
			for j, h := range f.Communalities {
				sum := 0.0
				for _, l := range f.Loadings {
					sum += l[j] * l[j]
				}
				if math.Abs(sum-h) > 1e-12 {
					t.Errorf("rotation moves the communality of %s from %g to %g", tai.Names[j], h, sum)
				}
			}
			checkWeights(t, f.Weights(weigh.Dominant))
			checkWeights(t, f.Weights(weigh.Shared))
		})
	}
}

// COINr 1.1.14, defect 5: the optimiser fails on small data. Ours gives the best
// weights it finds, with what they miss.
func TestOptimiserOnSmallData(t *testing.T) {
	for _, c := range []struct {
		name    string
		columns [][]float64
		target  []float64
		missed  bool // the target cannot be met
		novalue bool
	}{
		{"3 units, 2 groups", [][]float64{{1, 2, 3}, {10, 40, 20}}, nil, false, false},
		{"3 units, 2 groups, one for three", [][]float64{{1, 2, 3}, {10, 40, 20}}, []float64{1, 3}, false, false},
		{"2 units, 2 groups", [][]float64{{1, 2}, {3, 7}}, nil, false, false},
		{"2 units that differ the other way", [][]float64{{1, 2}, {7, 3}}, nil, false, true},
		{"mirrors", [][]float64{{1, 2, 3}, {3, 2, 1}}, nil, false, true},
		{"twins", [][]float64{{1, 2, 4}, {1, 2, 4}}, nil, false, false},
		{"twins that should differ", [][]float64{{1, 2, 4}, {1, 2, 4}}, []float64{1, 3}, true, false},
		{"3 units, 4 groups", [][]float64{{1, 2, 4}, {1, 3, 4}, {5, 1, 9}, {0, 0, 1}}, nil, true, false},
		{"one group", [][]float64{{1, 2, 4}}, nil, false, false},
		{"gaps", [][]float64{{1, 2, 3, nan}, {10, 40, nan, 20}}, nil, false, false},
		{"no unit has both", [][]float64{{1, 2, nan, nan}, {nan, nan, 1, 3}}, nil, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := weigh.Find(weigh.Rule{Method: weigh.Optimised, Target: c.target}, weigh.Table{Columns: c.columns})
			if err != nil {
				t.Fatal(err)
			}
			o := got.Optimum
			checkWeights(t, got.Weights)
			t.Logf("weights %.4f, influence %.4f, residual %.3g", o.Weights, o.Influence, o.Residual)
			switch {
			case c.novalue:
				checkNotes(t, got.Notes, "engine.no-influence")
			case c.missed:
				checkNotes(t, got.Notes, "engine.target-missed")
			case !(o.Residual < 1e-6):
				t.Errorf("the target is missed by %g", o.Residual)
			}
			again, err := weigh.Optimise(weigh.Table{Columns: c.columns}, c.target, nil)
			if err != nil || !slices.Equal(again.Weights, o.Weights) {
				t.Errorf("a second search gives %v, %v", again.Weights, err)
			}
		})
	}
}

// A geometric index has no closed form: the search alone finds the weights.
func TestOptimiserSearches(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	table := weigh.Table{Columns: make([][]float64, 4)}
	for range 40 {
		level := random.NormFloat64()
		for j := range table.Columns {
			table.Columns[j] = append(table.Columns[j], math.Exp(float64(j+1)/3*(level+random.NormFloat64())))
		}
	}
	calls := 0
	geometric := func(dst, w []float64) error {
		calls++
		for i := range dst {
			s := 0.0
			for j, c := range table.Columns {
				s += w[j] * math.Log(c[i])
			}
			dst[i] = math.Exp(s)
		}
		return nil
	}
	o, err := weigh.Optimise(table, []float64{1, 1.2, 1.1, 0.9}, geometric)
	if err != nil {
		t.Fatal(err)
	}
	if !(o.Residual < 1e-6) {
		t.Errorf("target %v missed by %g with weights %v", o.Target, o.Residual, o.Weights)
	}
	t.Logf("target %.3f: weights %.4f, residual %.2g, %d computations of the index", o.Target, o.Weights, o.Residual, calls)
	// Equal influence would want a negative weight: the nearest leaves a member out,
	// and the result says what it misses.
	r, err := weigh.Find(weigh.Rule{Method: weigh.Optimised, Index: geometric}, table)
	if err != nil {
		t.Fatal(err)
	}
	if r.Optimum.Residual < 0.01 || r.Weights[1] > 1e-9 || len(r.Notes) != 1 {
		t.Errorf("weights %v, residual %g, notes %v", r.Weights, r.Optimum.Residual, r.Notes)
	}
	best, w, scores := math.Inf(1), make([]float64, 4), make([]float64, 40)
	for range 20000 {
		for j := range w {
			w[j] = random.ExpFloat64()
		}
		given, err := weigh.FromGiven(w, make([]string, 4))
		if err != nil {
			t.Fatal(err)
		}
		_ = geometric(scores, given)
		best = min(best, influenceMissed(table.Columns, scores, r.Optimum.Target))
	}
	if !(r.Optimum.Residual <= best) {
		t.Errorf("the search misses equal influence by %g, the best of 20,000 draws by %g", r.Optimum.Residual, best)
	}
	t.Logf("equal influence: weights %.4f, residual %.5f; the best of 20,000 draws misses it by %.5f", r.Weights, r.Optimum.Residual, best)
	broken := fault.New(fault.Invalid, "engine.test", "the index fails").Do("Mend it")
	_, err = weigh.Optimise(table, nil, func([]float64, []float64) error { return broken })
	checkFault(t, err, "engine.test", "the index fails")
}

func influenceMissed(columns [][]float64, scores, target []float64) float64 {
	var r []float64
	total, sum := 0.0, 0.0
	for _, c := range columns {
		r = append(r, sample.Pearson(c, scores))
		total += r[len(r)-1]
	}
	for j := range r {
		sum += (r[j]/total - target[j]) * (r[j]/total - target[j]) / float64(len(r))
	}
	return math.Sqrt(sum)
}

func TestSetsByAttribute(t *testing.T) {
	sets := []weigh.Set{{Value: "low", Weights: []float64{3, 1}}, {Value: "high", Weights: []float64{0.5, 0.5}}}
	got, err := weigh.PickSets(sets, weigh.Table{Columns: [][]float64{{1, 2, 3}, {1, 2, 3}}, Attribute: []string{"high", "low", "high"}})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]float64{{0.5, 0.75, 0.5}, {0.5, 0.25, 0.5}}, got, near); d != "" {
		t.Errorf("weights (-want +got):\n%s", d)
	}
}

func TestEffectiveByHand(t *testing.T) {
	// The index has a (weight 1) and b (3); a has c and d; b has e alone.
	got, err := weigh.Effective([]int{2, 2, 5, 5, 3, -1}, []float64{2, 3, 1, 3, 7, 99}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]float64{0.1, 0.15, 0.25, 0.75, 0.75, 1}, got, near); d != "" {
		t.Errorf("effective weights (-want +got):\n%s", d)
	}
}

func TestAlphaCountsUnits(t *testing.T) {
	table := weigh.Table{Columns: [][]float64{{1, 2, 3, 4, nan}, {2, 4, 6, nan, 1}}}
	for _, c := range []struct {
		missing       weigh.Missing
		want          float64
		units, fewest int
	}{
		{weigh.Listwise, 8. / 9, 3, 3}, // 2 (1 - (1 + 4) / 9)
		// Variances 5/3 and 59/12, covariance 2.
		{weigh.Pairwise, 2 * (1 - (5./3+59./12)/(5./3+59./12+4)), 5, 3},
	} {
		a, cover, err := weigh.Alpha(table, c.missing)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(a-c.want) > 1e-12 || cover != (weigh.Coverage{Missing: c.missing, Units: c.units, Fewest: c.fewest}) {
			t.Errorf("alpha %g of %+v, want %g of %d units, %d", a, cover, c.want, c.units, c.fewest)
		}
	}
}
