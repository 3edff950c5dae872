package weigh_test

import (
	"math"
	"testing"

	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/engine/sample"
	"peerscape/internal/sharedtest"
)

// rowsOf returns the names of a table's columns and rows, without the first
// column, and its rows of numbers.
func rowsOf(table *sharedtest.Table) (head, names []string, rows [][]float64) {
	names, columns := table.Named()
	return table.Head[1:], names, transpose(columns)
}

func transpose(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows[0]))
	for j := range out {
		for _, r := range rows {
			out[j] = append(out[j], r[j])
		}
	}
	return out
}

// achievement is the table of 23 countries by 8 indicators, with the printed
// scores and ranks by benefit of the doubt.
func achievement(t *testing.T) (table weigh.Table, scores, ranks []float64) {
	a2 := sharedtest.Handbook(t, "A.2")
	codes := a2.Head[1:9]
	return weigh.Table{Columns: a2.Columns(codes...), Names: codes, Units: a2.Text("country")}, a2.Numbers("bod_score"), a2.Numbers("bod_rank")
}

// gap follows the largest difference of two figures.
type gap struct{ largest float64 }

func (g *gap) see(got, want float64) float64 {
	d := math.Abs(got - want)
	if !(d <= g.largest) {
		g.largest = d
	}
	return d
}

func TestHandbookTable6Correlations(t *testing.T) {
	tai, _, _ := achievement(t)
	_, names, rows := rowsOf(sharedtest.Handbook(t, "6"))
	r := sample.Correlations(tai.Columns)
	var g gap
	n := 0
	for i, row := range rows {
		for j, want := range row[:i+1] {
			n++
			if d := g.see(r[i+1][j], want); !(d <= 0.02) {
				t.Errorf("%s with %s: %.4f, printed %g", names[i], tai.Names[j], r[i+1][j], want)
			}
		}
	}
	t.Logf("Handbook Table 6: %d correlations, largest error %.4f, tolerance 0.02", n, g.largest)
	if n != 28 {
		t.Errorf("%d correlations, want 28", n)
	}
}

func TestHandbookTable7Eigenvalues(t *testing.T) {
	tai, _, _ := achievement(t)
	_, _, rows := rowsOf(sharedtest.Handbook(t, "7"))
	c, err := weigh.ComponentsOf(tai, weigh.Correlation, weigh.Listwise)
	if err != nil {
		t.Fatal(err)
	}
	var value, share, exact gap
	recomputed := []float64{3.354, 1.746, 0.985, 0.894, 0.471, 0.300, 0.174, 0.076} // of the reference case
	for k, row := range rows {
		if d := value.see(c.Variances[k], row[0]); !(d <= 0.06) {
			t.Errorf("eigenvalue %d: %.4f, printed %g", k+1, c.Variances[k], row[0])
		}
		if d := share.see(100*c.Shares[k], row[1]); !(d <= 0.15) {
			t.Errorf("share %d: %.3f %%, printed %g", k+1, 100*c.Shares[k], row[1])
		}
		if d := exact.see(c.Variances[k], recomputed[k]); !(d <= 6e-4) {
			t.Errorf("eigenvalue %d: %.4f, recomputed %g", k+1, c.Variances[k], recomputed[k])
		}
	}
	if c.Coverage.Units != 23 || len(c.Variances) != 8 {
		t.Errorf("%d units and %d components, want 23 and 8", c.Coverage.Units, len(c.Variances))
	}
	t.Logf("Handbook Table 7: 8 eigenvalues, largest error %.4f, tolerance 0.06; shares %.4f, tolerance 0.15; against three decimals %.5f", value.largest, share.largest, exact.largest)
}

func TestHandbookTable9Varimax(t *testing.T) {
	tai, _, _ := achievement(t)
	_, names, rows := rowsOf(sharedtest.Handbook(t, "9"))
	_, _, last := rowsOf(sharedtest.Handbook(t, "9, last row"))
	f, err := weigh.FactorsOf(tai, weigh.Correlation, weigh.Listwise, weigh.FactorCount{Number: 4})
	if err != nil {
		t.Fatal(err)
	}
	// The printed order of the factors is that of the components that they come
	// from; ours is by what they explain after the rotation.
	place := []int{0, 3, 1, 2}
	var load, common, explained gap
	for j, row := range rows {
		for k, l := range f.Loadings {
			want := row[place[k]]
			if d := load.see(l[j], want); !(d <= 0.02) {
				t.Errorf("%s on factor %d: %.4f, printed %g", names[j], k+1, l[j], want)
			}
		}
		if d := common.see(f.Communalities[j], row[4]); !(d <= 0.02) {
			t.Errorf("communality of %s: %.4f, printed %g", names[j], f.Communalities[j], row[4])
		}
	}
	for k, v := range f.Explained {
		if d := explained.see(v, last[0][place[k]]); !(d <= 0.03) {
			t.Errorf("factor %d explains %.4f, printed %g", k+1, v, last[0][place[k]])
		}
	}
	t.Logf("Handbook Table 9: 32 loadings, largest error %.4f, tolerance 0.02; communalities %.4f; sums of squares %.4f", load.largest, common.largest, explained.largest)
}

// The weights follow from the printed loadings by hand: the largest of each row,
// squared, by the sum of these squares.
func TestHandbookFactorWeights(t *testing.T) {
	tai, _, _ := achievement(t)
	_, names, rows := rowsOf(sharedtest.Handbook(t, "9"))
	got, err := weigh.Find(weigh.Rule{Method: weigh.Factor, Factors: weigh.FactorCount{Number: 4}}, tai)
	if err != nil {
		t.Fatal(err)
	}
	want, total := make([]float64, len(rows)), 0.0
	for j, row := range rows {
		for _, l := range row[:4] {
			want[j] = max(want[j], l*l)
		}
		total += want[j]
	}
	var g gap
	for j := range want {
		if d := g.see(got.Weights[j], want[j]/total); !(d <= 0.006) {
			t.Errorf("weight of %s: %.4f, from the printed loadings %.4f", names[j], got.Weights[j], want[j]/total)
		}
	}
	t.Logf("Factor weights from Handbook Table 9: %.3f, largest difference %.4f from those of the printed loadings", got.Weights, g.largest)
}

// shares1015 are the limits of Table 19.
var shares1015 = []weigh.Limit{{Min: 0.10, Max: 0.15}}

func minMax(columns [][]float64) [][]float64 {
	out := make([][]float64, len(columns))
	for j, c := range columns {
		m := sample.MomentsOf(c)
		for _, v := range c {
			out[j] = append(out[j], (v-m.Min)/(m.Max-m.Min))
		}
	}
	return out
}

func TestHandbookTable19BenefitOfTheDoubt(t *testing.T) {
	tai, scores, ranks := achievement(t)
	tai.Columns = minMax(tai.Columns)
	got, err := weigh.Find(weigh.Rule{Method: weigh.BOD, Limits: shares1015}, tai)
	if err != nil {
		t.Fatal(err)
	}
	var g gap
	rank, exact := make([]float64, len(scores)), 0
	new(sample.Ranker).Rank(rank, got.Scores, sample.Descending, sample.TiesMin)
	for i, name := range tai.Units {
		if d := g.see(got.Scores[i], scores[i]); !(d <= 0.01) {
			t.Errorf("%s: %.4f, printed %g", name, got.Scores[i], scores[i])
		}
		if rank[i] != ranks[i] {
			t.Errorf("%s: rank %g, printed %g", name, rank[i], ranks[i])
			continue
		}
		exact++
	}
	t.Logf("Handbook Table 19: 23 scores, largest error %.4f, tolerance 0.01; Table 23, BOD: %d of 23 ranks as printed", g.largest, exact)
}

func TestHandbookTable20Comparisons(t *testing.T) {
	head, _, m := rowsOf(sharedtest.Handbook(t, "20"))
	c, err := weigh.Compare(m, head)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{.2291, .1346, .0594, .1761, .0385, .0385, .2522, .0715} // of the reference case; none are printed
	var g gap
	for j := range want {
		if d := g.see(c.Weights[j], want[j]); !(d <= 1e-4) {
			t.Errorf("weight of %s: %.5f, want %g", head[j], c.Weights[j], want[j])
		}
	}
	if d := math.Abs(c.Eigenvalue - 8.2111); !(d <= 1e-4) {
		t.Errorf("eigenvalue %.5f, want 8.2111", c.Eigenvalue)
	}
	if math.Abs(c.Index-(c.Eigenvalue-8)/7) > 1e-15 || math.Abs(c.Ratio-c.Index/1.41) > 1e-15 || !c.Consistent() {
		t.Errorf("index %g and ratio %g do not follow from the eigenvalue %g", c.Index, c.Ratio, c.Eigenvalue)
	}
	t.Logf("Handbook Table 20: eigenvalue %.5f, weights %.5f, largest error %.6f, tolerance 1e-4; consistency index %.4f, ratio %.4f", c.Eigenvalue, c.Weights, g.largest, c.Index, c.Ratio)
}

// The same from the files of the reference case, and our linear programme
// against a second one.
func TestReferenceCaseTAI(t *testing.T) {
	names, columns := sharedtest.CSV(t, "cases", "oecd-tai", "raw23.csv").Named()
	tai := weigh.Table{Columns: columns}
	own, _, _ := achievement(t)
	for j, c := range tai.Columns {
		for i, v := range c {
			if v != own.Columns[j][i] {
				t.Errorf("%s: column %d is %g here and %g in our own file", names[i], j, v, own.Columns[j][i])
			}
		}
	}
	tai.Columns = minMax(tai.Columns)
	d, err := weigh.BenefitOfTheDoubt(tai, shares1015, weigh.Listwise)
	if err != nil {
		t.Fatal(err)
	}
	_, _, want := rowsOf(sharedtest.CSV(t, "cases", "oecd-tai", "expected_bod_recomputed.csv"))
	var g gap
	for i := range want {
		if diff := g.see(d.Scores[i], want[i][0]); !(diff <= 1e-6) {
			t.Errorf("%s: %.7f, want %g", names[i], d.Scores[i], want[i][0])
		}
	}
	t.Logf("expected_bod_recomputed.csv: 23 scores, largest error %.2g, tolerance 1e-6 (six decimals)", g.largest)
	head, _, m := rowsOf(sharedtest.CSV(t, "cases", "oecd-tai", "table20_ahp_matrix.csv"))
	c, err := weigh.Compare(m, head)
	if err != nil || math.Abs(c.Eigenvalue-8.2111) > 1e-4 {
		t.Errorf("comparisons of the file: eigenvalue %.5f, error %v", c.Eigenvalue, err)
	}
}
