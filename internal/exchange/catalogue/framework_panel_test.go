package catalogue_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
	"peerscape/internal/wire/wide"
)

// fromFiles computes an index from a framework file and a table, as the command
// does.
func fromFiles(t *testing.T, framework, table string) *composite.Result {
	t.Helper()
	text, err := os.ReadFile(framework)
	if err != nil {
		t.Fatal(err)
	}
	f, err := catalogue.ReadFramework(filepath.Base(framework), string(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(table)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w, err := wide.Read(file, filepath.Base(table))
	if err != nil {
		t.Fatal(err)
	}
	return computed(t, f, w)
}

// computed computes an index over a table that was read.
func computed(t *testing.T, f *catalogue.Framework, w *wide.Table) *composite.Result {
	t.Helper()
	p, err := composite.New(&f.Framework, tableOf(w))
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Compute()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tableOf(w *wide.Table) *composite.Table {
	table := &composite.Table{}
	for i, unit := range w.Units {
		row := composite.Row{Unit: unit}
		if w.Periods != nil {
			row.Period = w.Periods[i]
		}
		table.Rows = append(table.Rows, row)
	}
	for _, n := range w.Numbers {
		table.Columns = append(table.Columns, composite.Column{Code: n.Code, Values: n.Values})
	}
	for _, x := range w.Texts {
		table.Attributes = append(table.Attributes, composite.Attribute{Code: x.Code, Values: x.Values})
	}
	return table
}

// COINr 1.1.14 issue 1: years were taken for units. Here they are columns of their
// own, and the panel of that program comes out from a table and a framework file.
func TestASEMPanelFromFiles(t *testing.T) {
	const folder = "../../engine/composite/testdata/"
	r := fromFiles(t, folder+"asem_panel.toml", folder+"asem_panel.csv")
	if len(r.Rows)+len(r.Report.LeftOut) != 255 || len(r.Prepared) != 49 || len(r.Years) != 5 {
		t.Fatalf("%d rows, %d indicators, %d years; want 255, 49, 5", len(r.Rows)+len(r.Report.LeftOut), len(r.Prepared), len(r.Years))
	}
	want := sharedtest.CSV(t, "cases", "coinr-asem", "panel_2022_results.csv")
	units, worst := want.Text("uCode"), 0.0
	if len(units) != len(r.Rows)/5 {
		t.Fatalf("%d units a year are left, want %d", len(r.Rows)/5, len(units))
	}
	for _, code := range want.Head[2:] {
		e, scores := r.Element(code), want.Numbers(code)
		for k, unit := range units {
			i := slices.Index(r.Rows, composite.Row{Unit: unit, Period: stats.Year(2022)})
			d := math.Abs(r.Scores[e][i] - scores[k])
			if worst = max(worst, d); !(d <= 1e-9) {
				t.Fatalf("%s of %s is %.12g, want %.12g", code, unit, r.Scores[e][i], scores[k])
			}
		}
	}
	ranks := want.Numbers("Rank")
	for k, unit := range units {
		if i := slices.Index(r.Rows, composite.Row{Unit: unit, Period: stats.Year(2022)}); r.Ranks[i] != ranks[k] {
			t.Errorf("%s has rank %g, want %g", unit, r.Ranks[i], ranks[k])
		}
	}
	t.Logf("coinr-asem panel_2022_results.csv: %d scores, largest error %.2g (tolerance 1e-9); %d ranks exact", len(units)*(len(want.Head)-2), worst, len(units))
}
