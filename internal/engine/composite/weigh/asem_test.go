package weigh_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/engine/sample"
	"peerscape/internal/sharedtest"
)

// asem returns columns of a step of the case coinr-asem by code.
func asem(t *testing.T, file string) (head []string, byCode map[string][]float64) {
	table := sharedtest.CSV(t, "cases", "coinr-asem", file)
	head = table.Head[1:]
	byCode = make(map[string][]float64, len(head))
	for _, code := range head {
		byCode[code] = table.Numbers(code)
	}
	return head, byCode
}

func pick(byCode map[string][]float64, codes ...string) weigh.Table {
	t := weigh.Table{Names: codes}
	for _, c := range codes {
		t.Columns = append(t.Columns, byCode[c])
	}
	return t
}

// hierarchy returns code, level, parent and weight of each element of the case.
func hierarchy(t *testing.T) (codes []string, parent []int, weights []float64, level []string) {
	meta := sharedtest.CSV(t, "cases", "coinr-asem", "iMeta.csv")
	code, levels, parents, weight := meta.Text("iCode"), meta.Text("Level"), meta.Text("Parent"), meta.Numbers("Weight")
	var up []string
	for i, kind := range meta.Text("Type") {
		if kind == "Indicator" || kind == "Aggregate" {
			codes, level, up = append(codes, code[i]), append(level, levels[i]), append(up, parents[i])
			weights = append(weights, weight[i])
		}
	}
	for _, u := range up {
		parent = append(parent, slices.Index(codes, u)) // -1 for NA
	}
	return codes, parent, weights, level
}

func TestCaseCorrelations(t *testing.T) {
	head, step := asem(t, "step_normalised.csv")
	_, names, want := rowsOf(sharedtest.CSV(t, "cases", "coinr-asem", "corr_normalised.csv"))
	r := sample.Correlations(pick(step, head...).Columns)
	var g gap
	for i := range want {
		if names[i] != head[i] {
			t.Fatalf("row %d is %s, want %s", i, names[i], head[i])
		}
		for j := range want {
			if d := g.see(r[i][j], want[i][j]); !(d <= 1e-10) {
				t.Errorf("%s with %s: %.14g, want %.14g", head[i], head[j], r[i][j], want[i][j])
			}
		}
	}
	t.Logf("corr_normalised.csv: %d cells, largest error %.2g, tolerance 1e-10", len(want)*len(want), g.largest)
}

func TestCaseCronbach(t *testing.T) {
	_, raw := asem(t, "step_raw.csv")
	_, normalised := asem(t, "step_normalised.csv")
	steps := map[string]map[string][]float64{"P2P": raw, "Sust_all": normalised} // as the peer's examples take them
	codes, parent, _, level := hierarchy(t)
	members := map[string][]string{}
	for i, c := range codes {
		if level[i] == "1" {
			up := codes[parent[i]]
			members[up] = append(members[up], c)
			top := codes[parent[parent[i]]] + "_all"
			members[top] = append(members[top], c)
		}
	}
	_, names, want := rowsOf(sharedtest.CSV(t, "cases", "coinr-asem", "cronbach.csv"))
	var g gap
	for i, n := range names {
		a, _, err := weigh.Alpha(pick(steps[n], members[n]...), weigh.Pairwise)
		if err != nil {
			t.Fatal(err)
		}
		if d := g.see(a, want[i][0]); !(d <= 1e-10) {
			t.Errorf("alpha of %s: %.14g, want %.14g", n, a, want[i][0])
		}
	}
	t.Logf("cronbach.csv: %d groups, largest error %.2g, tolerance 1e-10", len(want), g.largest)
}

func TestCaseEffectiveWeights(t *testing.T) {
	codes, parent, weights, _ := hierarchy(t)
	got, err := weigh.Effective(parent, weights, codes)
	if err != nil {
		t.Fatal(err)
	}
	_, names, want := rowsOf(sharedtest.CSV(t, "cases", "coinr-asem", "eff_weights.csv"))
	var g gap
	for i, n := range names {
		k := slices.Index(codes, n)
		if d := g.see(got[k], want[i][2]); !(d <= 1e-12) {
			t.Errorf("%s: %.14g, want %.14g", n, got[k], want[i][2])
		}
	}
	t.Logf("eff_weights.csv: %d elements, largest error %.2g, tolerance 1e-12", len(want), g.largest)
}

func TestCasePrincipalComponents(t *testing.T) {
	_, pillars, loadings := rowsOf(sharedtest.CSV(t, "cases", "coinr-asem", "pca_pillars_loadings.csv"))
	_, step := asem(t, "step_aggregated.csv")
	c, err := weigh.ComponentsOf(pick(step, pillars...), weigh.Correlation, weigh.Listwise)
	if err != nil {
		t.Fatal(err)
	}
	_, _, values := rowsOf(sharedtest.CSV(t, "cases", "coinr-asem", "pca_pillars_eigen.csv"))
	var v, l gap
	for k := range values {
		if d := v.see(c.Variances[k], values[k][0]); !(d <= 1e-8) {
			t.Errorf("variance %d: %.12g, want %.12g", k+1, c.Variances[k], values[k][0])
		}
	}
	for j, row := range loadings {
		for k, want := range row {
			if d := l.see(math.Abs(c.Vectors[k][j]), math.Abs(want)); !(d <= 1e-8) {
				t.Errorf("%s on component %d: %.12g, want %.12g", pillars[j], k+1, c.Vectors[k][j], want)
			}
		}
	}
	t.Logf("pca_pillars: %d eigenvalues, largest error %.2g; %d loadings, %.2g; tolerance 1e-8", len(values), v.largest, 2*len(loadings), l.largest)
}

func TestCaseOptimisedWeights(t *testing.T) {
	_, step := asem(t, "step_aggregated.csv")
	_, _, want := rowsOf(sharedtest.CSV(t, "cases", "coinr-asem", "opt_weights_level3.csv"))
	table := pick(step, "Conn", "Sust")
	o, err := weigh.Optimise(table, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var g gap
	for k := range want {
		if d := g.see(o.Weights[k], want[k][1]); !(d <= 1e-3) {
			t.Errorf("%s: %.6f, want %.6f", table.Names[k], o.Weights[k], want[k][1])
		}
	}
	t.Logf("opt_weights_level3.csv: weights %.6f, residual %.2g; difference from the peer's %.2g, tolerance 1e-3", o.Weights, o.Residual, g.largest)
}

// COINr 1.1.14: a registered aggregation fails when it is called through the
// front end. Ours: every weighting runs through Find.
func TestEveryMethodRunsThroughThePublicEntryPoint(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	table := weigh.Table{Columns: make([][]float64, 3)}
	for range 30 {
		level := random.Float64()
		for j := range table.Columns {
			table.Columns[j] = append(table.Columns[j], level+random.Float64())
		}
		table.Attribute = append(table.Attribute, "b")
	}
	params := weigh.Rule{
		Given:       []float64{3, 2, 1},
		Comparisons: [][]float64{{1, 2, 3}, {0.5, 1, 2}, {0.33, 0.5, 1}},
		Limits:      []weigh.Limit{{Min: 0.2, Max: 0.5}},
		Sets:        []weigh.Set{{Value: "a", Weights: []float64{1, 0, 0}}, {Value: "b", Weights: []float64{1, 2, 1}}},
	}
	for _, name := range weigh.Methods() {
		t.Run(name, func(t *testing.T) {
			m, err := weigh.ParseMethod(name)
			if err != nil || m.String() != name {
				t.Fatalf("ParseMethod(%q) = %v, %v", name, m, err)
			}
			params.Method = m
			got, err := weigh.Find(params, table)
			if err != nil {
				t.Fatal(err)
			}
			if (got.ByUnit != nil) != m.ByUnit() || (got.Weights == nil) != m.ByUnit() {
				t.Errorf("weights by unit: %t, want %t", got.ByUnit != nil, m.ByUnit())
			}
			if m.NeedsData() != (got.Coverage.Units > 0) {
				t.Errorf("%d units counted", got.Coverage.Units)
			}
			checkWeights(t, got.Mean())
			for i := range 30 {
				if m.ByUnit() {
					checkWeights(t, []float64{got.ByUnit[0][i], got.ByUnit[1][i], got.ByUnit[2][i]})
				}
			}
		})
	}
}

// fataler is a test or a property.
type fataler interface{ Errorf(string, ...any) }

func checkWeights(t fataler, w []float64) {
	total := 0.0
	for _, v := range w {
		if !(v >= 0) {
			t.Errorf("weights %v", w)
			return
		}
		total += v
	}
	if !(math.Abs(total-1) <= 1e-12) {
		t.Errorf("weights %v sum to %.15g", w, total)
	}
}
