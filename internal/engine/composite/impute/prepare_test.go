package impute

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestScreen(t *testing.T) {
	table := [][]float64{{1, 0, nan, nan}, {2, 0, 5, nan}, {3, 7, 0, nan}}
	for _, c := range []struct {
		name string
		s    Screening
		kept []int
		left []Left
	}{
		{"two of three", Screening{Share: 2. / 3}, []int{0, 1, 2}, []Left{{3, 0, 0, 0, 3, 0}}},
		{"all", Screening{Share: 1}, []int{0, 1}, []Left{{2, 2, 1, 2, 3, 2. / 3}, {3, 0, 0, 0, 3, 0}}},
		{"two that are not zero", Screening{Share: 2. / 3, ZeroIsMissing: true}, []int{0}, []Left{{1, 3, 2, 1, 3, 1. / 3}, {2, 2, 1, 1, 3, 1. / 3}, {3, 0, 0, 0, 3, 0}}},
		{"anything", Screening{}, []int{0, 1, 2, 3}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept, left, err := Screen(table, c.s)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.kept, kept); diff != "" {
				t.Errorf("kept (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(c.left, left); diff != "" {
				t.Errorf("left out (-want +got)\n%s", diff)
			}
		})
	}
	_, _, err := Screen(table, Screening{Share: 1.2})
	wantFault(t, err, "engine.share")
	_, _, err = Screen(table, Screening{Share: nan})
	wantFault(t, err, "engine.share")
	_, left, err := Screen([][]float64{{nan}, {1}}, Screening{Share: 0.9})
	wantFault(t, err, "engine.none-kept")
	if len(left) != 1 {
		t.Errorf("left out %v", left)
	}
	_, _, err = Screen(nil, Screening{})
	wantFault(t, err, "engine.no-unit")
	_, _, err = Screen([][]float64{{1, math.Inf(-1)}}, Screening{})
	wantFault(t, err, "engine.infinite")
}

// A share written as a decimal is met by the same share of whole numbers.
func TestScreenMeetsItsShareExactly(t *testing.T) {
	for n := 1; n <= 100; n++ {
		table := make([][]float64, 100)
		for j := range table {
			table[j] = []float64{nan, 1}
			if j < n {
				table[j][0] = 1
			}
		}
		kept, _, err := Screen(table, Screening{Share: float64(n) / 100})
		if err != nil || len(kept) != 2 {
			t.Errorf("%d of 100 do not meet the share %v", n, float64(n)/100)
		}
	}
}

func TestDenominate(t *testing.T) {
	people := []float64{10, 0, nan, -5, nan}
	x := []float64{3, 4, 5, 6, nan}
	got, lost, err := Denominate("nights", x, Denominator{Code: "people", Values: people, Factor: 1000, BadIsMissing: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{300, nan, nan, nan, nan}, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("quotients (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]Lost{{1, 4, DenominatorZero}, {2, 5, DenominatorMissing}, {3, 6, DenominatorNegative}}, lost); diff != "" {
		t.Errorf("lost (-want +got)\n%s", diff)
	}
	for i, why := range []string{"zero", "missing", "negative"} {
		_, _, err := Denominate("nights", x[i+1:i+2], Denominator{Code: "people", Values: people[i+1 : i+2]}, func(int) string { return "FI1C6" })
		wantFault(t, err, "engine.denominator")
		want := "nights of FI1C6 cannot be divided: the denominator people is " + why + ". Correct the denominator, or choose that such cells become missing"
		if err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	for _, c := range []struct {
		key string
		x   []float64
		d   Denominator
	}{
		{"engine.ragged", []float64{1}, Denominator{}},
		{"engine.infinite", []float64{math.Inf(1)}, Denominator{Values: []float64{1}}},
		{"engine.infinite", []float64{1}, Denominator{Values: []float64{math.Inf(1)}}},
		{"engine.infinite", []float64{1e300}, Denominator{Values: []float64{1e-300}}},
		{"engine.factor", []float64{1}, Denominator{Values: []float64{1}, Factor: nan}},
	} {
		_, _, err := Denominate("x", c.x, c.d, nil)
		wantFault(t, err, c.key)
	}
}
