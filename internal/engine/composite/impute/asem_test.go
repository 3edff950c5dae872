package impute

import (
	"math"
	"slices"
	"testing"

	"peerscape/internal/sharedtest"
)

// The first three steps of the ASEM case, each from the step before it in the
// case's own files, and again as one chain from the raw data.
func TestASEMStepsAreReproduced(t *testing.T) {
	raw, meta, data := readASEM(t, "step_raw.csv"), readMeta(t), readASEM(t, "iData_raw.csv")
	units, codes := raw.units, raw.codes
	denominated := readASEM(t, "step_denominated.csv").table(t, codes, units)
	imputed := readASEM(t, "step_imputed.csv").table(t, codes, units)
	screened := readASEM(t, "step_screened.csv")

	table := raw.table(t, codes, units)
	for j, code := range codes {
		if meta[code] == "NA" {
			continue
		}
		d := Denominator{Code: meta[code], Values: data.table(t, []string{meta[code]}, units)[0], BadIsMissing: true}
		column, lost, err := Denominate(code, table[j], d, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lost {
			t.Logf("%s of %s is lost: %s is %s", code, units[l.Row], meta[code], l.Why)
			if meta[code] != "Energy" || l.Why != DenominatorMissing {
				t.Errorf("lost %+v", l)
			}
		}
		table[j] = column
	}
	check := func(step string, got, want [][]float64) {
		t.Helper()
		worst, cells := compare(t, got, want)
		t.Logf("%s: %d cells, largest relative error %.3g (tolerance 1e-9)", step, cells, worst)
		if worst > 1e-9 {
			t.Errorf("%s differs by %g", step, worst)
		}
	}
	check("step_denominated.csv", table, denominated)

	groups, listed := make([]string, len(units)), data.Text("EurAsia_group")
	for i, u := range units {
		groups[i] = listed[slices.Index(data.units, u)]
	}
	r := mustFill(t, Data{Table: table, Codes: codes, Groups: groups}, Rule{Method: GroupMean})
	check("step_imputed.csv", r.Table, imputed)
	if len(r.Filled) == 0 || len(r.Open) != 0 {
		t.Errorf("%d cells filled, %d open", len(r.Filled), len(r.Open))
	}
	t.Logf("%d cells filled and listed", len(r.Filled))

	kept, left, err := Screen(r.Table, Screening{Share: 0.9})
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) != len(screened.units) || len(left) != len(units)-len(kept) {
		t.Fatalf("%d kept, %d left out; the case keeps %d", len(kept), len(left), len(screened.units))
	}
	for to, from := range kept {
		if units[from] != screened.units[to] {
			t.Fatalf("row %d is %s, want %s", to, units[from], screened.units[to])
		}
	}
	check("step_screened.csv", Keep(r.Table, kept), screened.table(t, codes, screened.units))
}

// Screening before imputation leaves out whoever has fewer than 45 of the 49.
func TestASEMScreenedBeforeImputation(t *testing.T) {
	raw := readASEM(t, "step_raw.csv")
	table := raw.table(t, raw.codes, raw.units)
	_, left, err := Screen(table, Screening{Share: 0.9})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range left {
		missing := 0
		for _, code := range raw.codes {
			if math.IsNaN(raw.Numbers(code)[l.Row]) {
				missing++
			}
		}
		t.Logf("%s: %d of %d", raw.units[l.Row], l.Present, l.Columns)
		if l.Present != 49-missing || l.Present >= 45 {
			t.Errorf("%s left out with %d, %d missing", raw.units[l.Row], l.Present, missing)
		}
	}
}

func readMeta(t testing.TB) map[string]string {
	t.Helper()
	file, meta := sharedtest.CSV(t, "cases", "coinr-asem", "iMeta.csv"), map[string]string{}
	denominators := file.Text("Denominator")
	for i, code := range file.Text("iCode") {
		meta[code] = denominators[i]
	}
	return meta
}
