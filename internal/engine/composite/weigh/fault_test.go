package weigh_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/fault"
)

var (
	nan = math.NaN()
	inf = math.Inf(1)
)

// good is a table that every method takes.
func good() weigh.Table {
	return weigh.Table{
		Columns:   [][]float64{{1, 2, 4, 3, 6}, {2, 2, 5, 3, 4}},
		Names:     []string{"income", "schooling"},
		Units:     []string{"u1", "u2", "u3", "u4", "u5"},
		Attribute: []string{"a", "a", "a", "a", "a"},
	}
}

func TestWhatCannotApplyIsRefused(t *testing.T) {
	with := func(columns ...[]float64) weigh.Table {
		table := good()
		table.Columns = columns
		return table
	}
	attribute := func(values ...string) weigh.Table {
		table := good()
		table.Attribute = values
		return table
	}
	sets := []weigh.Set{{Value: "a", Weights: []float64{1, 1}}, {Value: "stage 2", Weights: []float64{1, 2}}}
	compare := func(m ...[]float64) weigh.Rule { return weigh.Rule{Method: weigh.AHP, Comparisons: m} }
	for _, c := range []struct {
		name  string
		rule  weigh.Rule
		table weigh.Table
		key   string
		says  string // part of the sentence
	}{
		{"no member", weigh.Rule{}, weigh.Table{}, "engine.no-member", "no member"},
		{"an infinite figure", weigh.Rule{}, with([]float64{1, inf}, []float64{1, 2}), "engine.infinite", "income of u2"},
		{"a method that is none", weigh.Rule{Method: 99}, good(), "engine.weighting", "number 99"},
		{"an option that is none", weigh.Rule{Method: weigh.PCA, Missing: 9}, good(), "engine.weighting-parameter", "pca"},

		{"too few weights", weigh.Rule{Method: weigh.Given, Given: []float64{1}}, good(), "engine.weight-count", "1 weight for 2 members"},
		{"a negative weight", weigh.Rule{Method: weigh.Given, Given: []float64{1, -2}}, good(), "engine.weight", "schooling is -2"},
		{"a weight that is no number", weigh.Rule{Method: weigh.Given, Given: []float64{nan, 2}}, good(), "engine.weight", "income"},
		{"an infinite weight", weigh.Rule{Method: weigh.Given, Given: []float64{inf, 2}}, good(), "engine.weight", "income"},
		{"weights that sum to zero", weigh.Rule{Method: weigh.Given, Given: []float64{0, 0}}, good(), "engine.no-weight", "sum to zero"},

		{"comparisons of another size", compare([]float64{1}), good(), "engine.comparison-shape", "2 rows"},
		{"comparisons that are ragged", compare([]float64{1, 2}, []float64{0.5}), good(), "engine.comparison-shape", "2 columns"},
		{"a comparison below zero", compare([]float64{1, -3}, []float64{0.3, 1}), good(), "engine.comparison-not-positive", "income with schooling (row 1, column 2) is -3"},
		{"a comparison of zero", compare([]float64{1, 3}, []float64{0, 1}), good(), "engine.comparison-not-positive", "schooling with income (row 2, column 1) is 0"},
		{"a comparison out of range", compare([]float64{1, inf}, []float64{0.1, 1}), good(), "engine.comparison-range", "row 1, column 2"},
		{"a diagonal that is not 1", compare([]float64{2, 3}, []float64{1. / 3, 1}), good(), "engine.comparison-diagonal", "row 1, column 1"},
		{"comparisons that are not reciprocal", compare([]float64{1, 3}, []float64{0.5, 1}), good(), "engine.comparison-not-reciprocal", "schooling with income (row 2, column 1) is 0.5, and its reverse 3 is not its inverse. Write 0.3333"},

		{"components of a constant member", weigh.Rule{Method: weigh.PCA}, with([]float64{1, 2, 3}, []float64{5, 5, 5}), "engine.constant", "schooling is the same"},
		{"components of a missing member", weigh.Rule{Method: weigh.PCA}, with([]float64{1, 2, 3}, []float64{nan, nan, nan}), "engine.all-missing", "schooling"},
		{"components of two units", weigh.Rule{Method: weigh.PCA}, with([]float64{1, 2}, []float64{2, 1}), "engine.too-few-units", "2 of 2 units have every figure"},
		{"components of two whole units", weigh.Rule{Method: weigh.PCA}, with([]float64{1, 2, 3, nan}, []float64{2, 1, nan, 3}), "engine.too-few-units", "at least 3"},
		{"components of two pairs", weigh.Rule{Method: weigh.PCA, Missing: weigh.Pairwise}, with([]float64{1, 2, 3, nan}, []float64{2, 1, nan, 3}), "engine.too-few-units", "both figures"},
		{"a pair without spread", weigh.Rule{Method: weigh.PCA, Missing: weigh.Pairwise}, with([]float64{1, 1, 1, 5, nan}, []float64{2, 1, 3, nan, 3}), "engine.constant", "income or schooling"},
		{"a member against the others", weigh.Rule{Method: weigh.PCA}, with([]float64{1, 2, 3, 4}, []float64{1, 2, 4, 3}, []float64{4, 3, 2, 1}), "engine.negative-loading", "column 3 has the loading -0."},
		{"no first component", weigh.Rule{Method: weigh.PCA}, with([]float64{1, -1, 1, -1}, []float64{1, 1, -1, -1}), "engine.no-first-component", "same variance"},

		{"more factors than members", weigh.Rule{Method: weigh.Factor, Factors: weigh.FactorCount{Number: 3}}, good(), "engine.factor-count", "3 factors of 2"},
		{"a share of factors above 1", weigh.Rule{Method: weigh.Factor, Factors: weigh.FactorCount{Share: 1.1}}, good(), "engine.factor-count", "1.1"},
		{"an eigenvalue below zero", weigh.Rule{Method: weigh.Factor, Factors: weigh.FactorCount{MinVariance: -1}}, good(), "engine.factor-count", "-1"},

		{"entropy of a constant member", weigh.Rule{Method: weigh.Entropy}, with([]float64{1, 2, 3}, []float64{5, 5, 5}), "engine.constant", "schooling"},
		{"entropy of one unit", weigh.Rule{Method: weigh.Entropy}, with([]float64{1}, []float64{5}), "engine.too-few-units", "1 of 1 unit"},
		{"entropy of a negative figure", weigh.Rule{Method: weigh.Entropy}, with([]float64{1, 2, 3}, []float64{5, -5, 4}), "engine.negative", "schooling has the negative figure -5"},

		{"a negative figure under doubt", weigh.Rule{Method: weigh.BOD}, with([]float64{1, 2}, []float64{-5, 5}), "engine.negative", "schooling"},
		{"zeros under doubt", weigh.Rule{Method: weigh.BOD}, with([]float64{0, 0}, []float64{0, 0}), "engine.all-zero", "zero"},
		{"no whole unit under doubt", weigh.Rule{Method: weigh.BOD}, with([]float64{nan, 0}, []float64{1, nan}), "engine.too-few-units", "no unit has every figure"},
		{"doubt pair by pair", weigh.Rule{Method: weigh.BOD, Missing: weigh.Pairwise}, good(), "engine.pairwise", "whole units"},
		{"shares upside down", weigh.Rule{Method: weigh.BOD, Limits: []weigh.Limit{{Min: 0.6, Max: 0.4}}}, good(), "engine.share", "income is limited to 0.6 to 0.4"},
		{"shares that are too large", weigh.Rule{Method: weigh.BOD, Limits: []weigh.Limit{{Min: 0.6}}}, good(), "engine.share-sum", "from 1.2"},
		{"shares that are too small", weigh.Rule{Method: weigh.BOD, Limits: []weigh.Limit{{Max: 0.4}}}, good(), "engine.share-sum", "to 0.8"},
		{"shares of another number", weigh.Rule{Method: weigh.BOD, Limits: make([]weigh.Limit, 3)}, good(), "engine.share-count", "3 limits of shares for 2 members"},

		{"a target of zeros", weigh.Rule{Method: weigh.Optimised, Target: []float64{0, 0}}, good(), "engine.no-weight", "sum to zero"},
		{"a target of another number", weigh.Rule{Method: weigh.Optimised, Target: []float64{1}}, good(), "engine.weight-count", "1 weight for"},
		{"a constant member to optimise", weigh.Rule{Method: weigh.Optimised}, with([]float64{1, 2, 3}, []float64{5, 5, 5}), "engine.constant", "schooling"},
		{"one unit to optimise", weigh.Rule{Method: weigh.Optimised}, with([]float64{1}, []float64{5}), "engine.constant", "income"},

		{"no set", weigh.Rule{Method: weigh.ByAttribute}, good(), "engine.no-weight-set", "no set"},
		{"a set twice", weigh.Rule{Method: weigh.ByAttribute, Sets: append(sets, sets[0])}, good(), "engine.weight-set-twice", `"a"`},
		{"a set of another number", weigh.Rule{Method: weigh.ByAttribute, Sets: []weigh.Set{{Value: "a", Weights: []float64{1}}}}, good(), "engine.weight-count", `weights for "a"`},
		{"a value without a set", weigh.Rule{Method: weigh.ByAttribute, Sets: sets}, attribute("a", "a", "stage 3", "a", "a"), "engine.weight-set", `u3: there is no set of weights for the value "stage 3". Perhaps stage 2 was meant`},
		{"a unit without attribute", weigh.Rule{Method: weigh.ByAttribute, Sets: sets}, attribute("a", "a", "a", "a", ""), "engine.weight-set", `u5: there is no set of weights for the value ""`},
		{"no attribute", weigh.Rule{Method: weigh.ByAttribute, Sets: sets}, attribute(), "engine.no-attribute", "0 values for 5 units"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := weigh.Find(c.rule, c.table)
			checkFault(t, err, c.key, c.says)
		})
	}
}

func checkFault(t *testing.T, err error, key, says string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok:
		t.Errorf("error %v, want the fault %s", err, key)
	case f.Key != key || f.Kind != fault.Invalid || f.Cure == "":
		t.Errorf("fault %s of kind %v with cure %q, want %s: %v", f.Key, f.Kind, f.Cure, key, err)
	case !strings.Contains(err.Error(), says):
		t.Errorf("%q does not say %q", err, says)
	}
}

func TestParseMethodNamesTheNearest(t *testing.T) {
	_, err := weigh.ParseMethod("entropie")
	checkFault(t, err, "engine.weighting", `there is no weighting "entropie". Perhaps entropy was meant`)
}

func TestSixteenMembersAreTooManyToCompare(t *testing.T) {
	_, err := weigh.Compare(nil, make([]string, 16))
	checkFault(t, err, "engine.comparison-size", "16 members")
}

func TestAlphaRefuses(t *testing.T) {
	for _, c := range []struct {
		name      string
		columns   [][]float64
		key, says string
	}{
		{"one member", [][]float64{{1, 2}}, "engine.one-member", "fewer than two members"},
		{"one unit", [][]float64{{1}, {2}}, "engine.too-few-units", "1 of 1 unit"},
		{"no spread", [][]float64{{1, 2}, {2, 2}}, "engine.constant", "column 2"},
		{"members that cancel", [][]float64{{1, 2, 4}, {4, 3, 1}}, "engine.no-common-spread", "sum of the members"},
		{"an infinite figure", [][]float64{{1, inf}, {2, 3}}, "engine.infinite", "unit 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := weigh.Alpha(weigh.Table{Columns: c.columns}, weigh.Listwise)
			checkFault(t, err, c.key, c.says)
		})
	}
}

func TestEffectiveRefuses(t *testing.T) {
	for _, c := range []struct {
		name      string
		parent    []int
		weight    []float64
		key, says string
	}{
		{"two indices", []int{-1, -1}, []float64{1, 1}, "engine.many-roots", "element 1 and element 2"},
		{"a circle", []int{1, 0, -1}, []float64{1, 1, 1}, "engine.cycle", "circle"},
		{"no index", []int{1, 2, 0}, []float64{1, 1, 1}, "engine.cycle", "circle"},
		{"its own parent", []int{0}, []float64{1}, "engine.cycle", "element 1"},
		{"a parent that is none", []int{7, -1}, []float64{1, 1}, "engine.no-parent", "element 1"},
		{"a negative weight", []int{1, -1}, []float64{-1, 1}, "engine.weight", "element 1 is -1"},
		{"weights that sum to zero", []int{2, 2, -1}, []float64{0, 0, 1}, "engine.no-weight", "element 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := weigh.Effective(c.parent, c.weight, nil)
			checkFault(t, err, c.key, c.says)
		})
	}
}

func TestNoise(t *testing.T) {
	w, noisy := []float64{0, 1, 2}, make([]float64, 3)
	random := rand.New(rand.NewPCG(1, 1))
	low, high := 1.0, 1.0
	for range 1000 {
		if err := weigh.Noise(noisy, w, 0.25, random); err != nil {
			t.Fatal(err)
		}
		if noisy[0] != 0 || noisy[2] < 1.5 || noisy[2] >= 2.5 {
			t.Fatalf("noisy weights %v", noisy)
		}
		low, high = min(low, noisy[1]), max(high, noisy[1])
	}
	if low > 0.76 || high < 1.24 {
		t.Errorf("1000 draws lie between %g and %g, want about 0.75 and 1.25", low, high)
	}
	for _, f := range []float64{-0.1, 1.1, nan} {
		checkFault(t, weigh.Noise(noisy, w, f, random), "engine.weight-noise", "noise")
	}
	if n := testing.AllocsPerRun(100, func() { _ = weigh.Noise(noisy, w, 0.25, random) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
