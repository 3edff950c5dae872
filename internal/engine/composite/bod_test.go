package composite_test

import (
	"encoding/csv"
	"math"
	"os"
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/sharedtest"
)

// Table 19 of the Handbook comes out of a framework: benefit of the doubt over
// min-max scores, each indicator between 10 and 15 % of the weights; and what the
// indicators add sums to each score.
func TestBenefitOfTheDoubtAsFramework(t *testing.T) {
	read := func(name string) [][]string {
		f, err := os.Open(sharedtest.Path(t, "cases", "oecd-tai", name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	raw, printed := read("raw23.csv"), read("table19_published_bod.csv")
	f := &composite.Framework{
		Code: "tai", Normalise: normalise.Rule{},
		Groups: []composite.Group{{Code: "tai", Weigh: &weigh.Rule{Method: weigh.BOD, Limits: []weigh.Limit{{Min: 0.10, Max: 0.15}}}}},
	}
	table := &composite.Table{}
	for j, code := range raw[0][1:] {
		f.Indicators = append(f.Indicators, composite.Indicator{Code: code, Parent: "tai", Weight: 1, Direction: composite.MoreIsBetter})
		c := composite.Column{Code: code}
		for _, row := range raw[1:] {
			c.Values = append(c.Values, number(row[j+1]))
		}
		table.Columns = append(table.Columns, c)
	}
	for _, row := range raw[1:] {
		table.Rows = append(table.Rows, composite.Row{Unit: row[0]})
	}
	r, worst := compute(t, f, table), 0.0
	for i, row := range printed[1:] {
		d := math.Abs(r.Index()[i] - number(row[1]))
		if worst = max(worst, d); d > 0.01 || r.Rows[i].Unit != row[0] {
			t.Errorf("%s: %.4f, printed %s", row[0], r.Index()[i], row[1])
		}
		parts, err := r.Explain(i)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, p := range parts[:len(parts)-1] {
			sum += p.Contribution
		}
		if math.Abs(sum-r.Index()[i]) > 1e-12 {
			t.Errorf("%s: indicators add %g to %g", row[0], sum, r.Index()[i])
		}
	}
	t.Logf("Handbook Table 19 through a framework: largest error %.4f (tolerance 0.01)", worst)
}
