package impute

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"strconv"
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

// asem is a file of the reference case: cells by column and unit code.
type asem struct {
	codes, units []string
	text         map[string]map[string]string
}

func readLines(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(sharedtest.Path(t, "cases", "coinr-asem", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// readCSV returns the lines of a file of the case by the words of its head.
func readCSV(t testing.TB, file string) (out []map[string]string) {
	t.Helper()
	lines := readLines(t, file)
	for _, line := range lines[1:] {
		m := map[string]string{}
		for j, name := range lines[0] {
			m[name] = line[j]
		}
		out = append(out, m)
	}
	return out
}

func readASEM(t testing.TB, file string) asem {
	t.Helper()
	lines := readLines(t, file)
	a := asem{text: map[string]map[string]string{}}
	key := 0
	for j, code := range lines[0] {
		a.text[code] = map[string]string{}
		if code == "uCode" {
			key = j
		} else {
			a.codes = append(a.codes, code)
		}
	}
	for _, line := range lines[1:] {
		a.units = append(a.units, line[key])
		for j, code := range lines[0] {
			a.text[code][line[key]] = line[j]
		}
	}
	return a
}

// table returns the columns of the codes for the units; NA is missing.
func (a asem) table(t testing.TB, codes, units []string) [][]float64 {
	t.Helper()
	out := make([][]float64, len(codes))
	for j, code := range codes {
		for _, u := range units {
			v := nan
			if s := a.text[code][u]; s != "NA" {
				var err error
				if v, err = strconv.ParseFloat(s, 64); err != nil {
					t.Fatalf("%s of %s: %v", code, u, err)
				}
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
