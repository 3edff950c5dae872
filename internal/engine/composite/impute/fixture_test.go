package impute

import (
	"errors"
	"math"
	"testing"

	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

var nan = math.NaN()

// wantFault fails unless err is an invalid-input fault of the key with a cure.
func wantFault(t testing.TB, err error, key string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("error %v, want a fault %s", err, key)
	}
	if f.Kind != fault.Invalid || f.Key != key || f.What == "" || f.Cure == "" {
		t.Errorf("fault %s %s (%q, cure %q), want invalid %s", f.Kind, f.Key, f.What, f.Cure, key)
	}
	t.Log(err)
}

func mustFill(t testing.TB, d Data, rules ...Rule) *Result {
	t.Helper()
	r, err := Fill(d, rules...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// years makes the rows of a panel: each unit in each year.
func years(units []string, from, to int) (out []Row) {
	for _, u := range units {
		for y := from; y <= to; y++ {
			out = append(out, Row{u, stats.Year(y)})
		}
	}
	return out
}

// asem is a file of the reference case with its units.
type asem struct {
	*sharedtest.Table
	codes, units []string // columns and rows
}

func readASEM(t testing.TB, file string) asem {
	t.Helper()
	a := asem{Table: sharedtest.CSV(t, "cases", "coinr-asem", file)}
	a.units = a.Text("uCode")
	for _, code := range a.Head {
		if code != "uCode" {
			a.codes = append(a.codes, code)
		}
	}
	return a
}

// table returns the columns of the codes for the units.
func (a asem) table(t testing.TB, codes, units []string) [][]float64 {
	t.Helper()
	out := make([][]float64, len(codes))
	for j, code := range codes {
		byUnit := a.ByName("uCode", code)
		for _, u := range units {
			v, ok := byUnit[u]
			if !ok {
				t.Fatalf("there is no unit %s", u)
			}
			out[j] = append(out[j], v)
		}
	}
	return out
}

// compare returns the largest relative error between tables, failing where one
// has a value and the other has none.
func compare(t testing.TB, got, want [][]float64) (worst float64, cells int) {
	t.Helper()
	for j := range want {
		if len(got[j]) != len(want[j]) {
			t.Fatalf("column %d has %d rows, want %d", j, len(got[j]), len(want[j]))
		}
		for i, w := range want[j] {
			g := got[j][i]
			if (g == g) != (w == w) {
				t.Errorf("row %d column %d is %v, want %v", i, j, g, w)
				continue
			}
			if w == w {
				cells++
				if g != w {
					worst = max(worst, math.Abs(g-w)/math.Abs(w))
				}
			}
		}
	}
	return worst, cells
}
