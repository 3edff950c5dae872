package profile

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/fault"
)

func yearsFrom(first, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = first + i
	}
	return out
}

// The rainfall example of the Theil test in Hollander and Wolfe, Nonparametric
// Statistical Methods (data of Smith 1967): ratios in five years of cloud
// seeding. All figures follow by hand from the ten slopes, in order
// -.15 -.13 -.08 -.07 -.0575 -.055 -.045 -.0333 .01 .04: two rise, eight fall.
func TestTheilSenHandValues(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		years  []int
		values []float64
		want   Slope
	}{
		{
			"cloud seeding, exact", yearsFrom(1, 5),
			[]float64{1.26, 1.27, 1.12, 1.16, 1.03},
			// P(at most 2 inversions of 5) = (1+4+9)/120, twice.
			Slope{N: 5, PerYear: -0.05625, Low: -0.15, High: 0.04, S: -6, P: 28.0 / 120, Exact: true},
		},
		{
			// Slopes of 1 2 2 3 5: 0 .5 2/3 1 1 1 1 1.5 1.5 2; one tie, so the variance is
			// (5*4*15 - 2*1*9)/18 = 15.6667 and S = 9. (10 - 1.96*3.958)/2 = 1.12: rank 1.
			"one tie, normal", yearsFrom(2000, 5),
			[]float64{1, 2, 2, 3, 5},
			Slope{N: 5, PerYear: 1, Low: 0, High: 2, S: 9, P: math.Erfc(8 / math.Sqrt(282.0/18) / math.Sqrt2)},
		},
		{
			"a missing year",
			[]int{2000, 2001, 2002, 2003, 2004, 2006},
			[]float64{0, 2, nan, 6, 8, 12},
			Slope{N: 5, PerYear: 2, Low: 2, High: 2, S: 10, P: 2.0 / 120, Exact: true},
		},
		{"constant", yearsFrom(2000, 6), []float64{3, 3, 3, 3, 3, 3}, Slope{N: 6, P: 1}},
		{
			"four values allow no interval", yearsFrom(2000, 4),
			[]float64{1, 2, 3, 4},
			Slope{N: 4, PerYear: 1, Low: nan, High: nan, S: 6, P: 2.0 / 24, Exact: true},
		},
		{"one value", []int{2000}, []float64{1}, Slope{N: 1, PerYear: nan, Low: nan, High: nan, P: nan}},
		{"nothing", nil, nil, Slope{PerYear: nan, Low: nan, High: nan, P: nan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := TheilSen(c.years, c.values, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			worst := max(apart(got.PerYear, c.want.PerYear), apart(got.Low, c.want.Low), apart(got.High, c.want.High), apart(got.P, c.want.P))
			t.Logf("slope %v [%v, %v], S %d, p %.6f; largest error %.1e, tolerance 1e-12", got.PerYear, got.Low, got.High, got.S, got.P, worst)
			if worst > 1e-12 || got.N != c.want.N || got.S != c.want.S || got.Exact != c.want.Exact {
				t.Errorf("TheilSen(%v) = %+v, want %+v", c.values, got, c.want)
			}
		})
	}
}

// apart is the distance of two figures; 0 for two NaN, infinite for one.
func apart(a, b float64) float64 {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a) != math.IsNaN(b):
		return math.Inf(1)
	}
	return math.Abs(a - b)
}

// Kendall's exact distribution, counted out over all orders.
func TestInversionsAgainstAllPermutations(t *testing.T) {
	below := inversions(7)
	for n := 1; n <= 7; n++ {
		counts := make([]float64, n*(n-1)/2+1)
		total := countInversions(n, nil, 0, counts)
		sum, worst := 0.0, 0.0
		for d := range counts {
			sum += counts[d] / total
			worst = max(worst, math.Abs(sum-below[n][d]))
		}
		t.Logf("n %d: %v orders, largest error %.1e, tolerance 1e-14", n, total, worst)
		if worst > 1e-14 {
			t.Errorf("inversions of %d: %v, want counts %v", n, below[n], counts)
		}
	}
}

func countInversions(n int, chosen []int, so int, counts []float64) float64 {
	if len(chosen) == n {
		counts[so]++
		return 1
	}
	total := 0.0
	for v := range n {
		more, taken := 0, false
		for _, c := range chosen {
			taken = taken || c == v
			if c > v {
				more++
			}
		}
		if !taken {
			total += countInversions(n, append(chosen[:len(chosen):len(chosen)], v), so+more, counts)
		}
	}
	return total
}

// Where the exact distribution ends the normal one takes over without a jump.
func TestNormalApproximationIsNearTheExact(t *testing.T) {
	values := make([]float64, mostExact)
	for i := range values {
		values[i] = float64(i) + 9*math.Sin(float64(3*i))
	}
	exact, err := TheilSen(yearsFrom(1980, mostExact), values, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	s := newSen(0.95, mostExact)
	s.below = s.below[:2]
	for i, v := range values {
		s.add(1980+i, v)
	}
	normal := s.fit()
	t.Logf("exact [%.4f, %.4f] p %.5f; normal [%.4f, %.4f] p %.5f", exact.Low, exact.High, exact.P, normal.Low, normal.High, normal.P)
	if !exact.Exact || normal.Exact || apart(exact.P, normal.P) > 0.002 || apart(exact.Low, normal.Low) > 0.05 {
		t.Errorf("exact %+v, normal %+v", exact, normal)
	}
}

func TestTheilSenRefuses(t *testing.T) {
	for _, c := range []struct {
		name, key  string
		years      []int
		values     []float64
		confidence float64
	}{
		{"lengths", "engine.shape", []int{1, 2}, []float64{1}, 0.95},
		{"order of years", "engine.years", []int{2, 1}, []float64{1, 2}, 0.95},
		{"infinite", "engine.not-finite", []int{1, 2}, []float64{1, math.Inf(1)}, 0.95},
		{"confidence", "engine.options", []int{1, 2}, []float64{1, 2}, 95},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := TheilSen(c.years, c.values, c.confidence)
			wantFault(t, err, fault.Invalid, c.key)
		})
	}
}

func TestTheilSenProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(5, 14).Draw(t, "n")
		first := rapid.IntRange(1990, 2010).Draw(t, "first")
		ints := rapid.SliceOfN(rapid.IntRange(-20, 20), n, n).Draw(t, "values")
		a, b := float64(rapid.IntRange(-9, 9).Draw(t, "a")), float64(rapid.IntRange(-50, 50).Draw(t, "b"))
		years, y, line, moved, back := yearsFrom(first, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range y {
			y[i] = float64(ints[i])
			line[i] = a*float64(years[i]) + b
			moved[i] = y[i] + line[i]
			back[i] = -y[i]
		}
		fit := func(v []float64) Slope {
			s, err := TheilSen(years, v, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		if s := fit(line); s.PerYear != a || s.Low != a || s.High != a {
			t.Fatalf("an exact line of slope %v has %+v", a, s)
		}
		s := fit(y)
		if m := fit(moved); math.Abs(m.PerYear-s.PerYear-a) > 1e-9 {
			t.Fatalf("adding slope %v to %v gives %v", a, s.PerYear, m.PerYear)
		}
		if m := fit(back); m.PerYear != -s.PerYear || apart(m.Low, -s.High) != 0 || m.P != s.P || m.S != -s.S {
			t.Fatalf("the mirror of %+v is %+v", s, m)
		}
		if s.Low > s.PerYear || s.High < s.PerYear || !(s.P >= 0 && s.P <= 1) {
			t.Fatalf("%+v is out of order", s)
		}
	})
}
