package treat_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// plain treats a column as the formulas say, with a fresh sort and fresh sums at
// every step: winsorise, then LogCT. It returns how many values it winsorised.
func plain(r treat.Rule, x []float64) (y []float64, points int, then treat.Transform) {
	y = slices.Clone(x)
	for moved := 0; !plainPass(r, y) && moved < r.Most; {
		known := sample.Sorted(nil, y)
		distinct := slices.Compact(slices.Clone(known))
		if len(distinct) == 2 {
			break
		}
		from, to := distinct[len(distinct)-1], distinct[len(distinct)-2]
		if skew, _ := shape(known); skew < 0 {
			from, to = distinct[0], distinct[1]
		}
		for i := range y {
			if y[i] == from {
				y[i] = to
			}
		}
		moved = 0
		for i := range y {
			if x[i] == x[i] && y[i] != x[i] {
				moved++
			}
		}
		points = moved
	}
	if plainPass(r, y) || r.Then == treat.None {
		return y, points, treat.None
	}
	known := sample.Sorted(nil, x)
	low, high := known[0], known[len(known)-1]
	for i, v := range x {
		y[i] = math.Log(v - low + 0.01*(high-low))
	}
	return y, 0, r.Then
}

func plainPass(r treat.Rule, y []float64) bool {
	known := sample.Sorted(nil, y)
	if len(known) < 4 || known[0] == known[len(known)-1] {
		return true
	}
	skew, kurtosis := shape(known)
	return math.Abs(skew) < r.Skew || kurtosis < r.Kurtosis
}

// shape returns G1 and G2 of section 2.2 of the analytics reference.
func shape(x []float64) (skew, kurtosis float64) {
	n, mean := float64(len(x)), 0.0
	for _, v := range x {
		mean += v / n
	}
	var s2, s3, s4 float64
	for _, v := range x {
		d := v - mean
		s2, s3, s4 = s2+d*d, s3+d*d*d, s4+d*d*d*d
	}
	g1 := math.Sqrt(n) * s3 / math.Pow(s2, 1.5)
	r := n * s4 / (s2 * s2)
	return g1 * math.Sqrt(n*(n-1)) / (n - 2), ((n+1)*(r-3) + 6) * (n - 1) / ((n - 2) * (n - 3))
}

// comparePlain compares a treatment with the plain algorithm: to the last bit,
// and the moments are those of what comes out, to the last bit.
func comparePlain(t interface{ Fatalf(string, ...any) }, r treat.Rule, x []float64) treat.Report {
	want, points, then := plain(r, x)
	got := make([]float64, len(x))
	rep, m, err := apply(r, got, x)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if passes := plainPass(r, want); rep.Points != points || rep.Transform != then || rep.Passes != passes {
		t.Fatalf("%d points, %s, passes %t, want %d, %s, %t", rep.Points, rep.Transform, rep.Passes, points, then, passes)
	}
	for i := range want {
		if got[i] != want[i] && !(math.IsNaN(got[i]) && math.IsNaN(want[i])) {
			t.Fatalf("row %d: %g becomes %.17g, want %.17g", i, x[i], got[i], want[i])
		}
	}
	if again := sample.MomentsOf(got); again.N != m.N || m.N > 0 && again != m {
		t.Fatalf("moments %+v are not those of the outcome %+v", m, again)
	}
	return rep
}

// rules has thresholds that no column of whole numbers meets exactly.
func rules(pick func(n int) int) treat.Rule {
	return treat.Rule{
		Skew:     []float64{0.613, 1.37, 2.03}[pick(3)],
		Kurtosis: []float64{0.513, 2.773, 3.497}[pick(3)],
		Most:     pick(9),
		Then:     []treat.Transform{treat.None, treat.LogCT}[pick(2)],
	}
}

// heavy is a whole number with ties, gaps, and now and then a value larger than
// the others by orders.
func heavy(pick func(n int) int) float64 {
	v := float64(pick(37) - 6)
	switch pick(20) {
	case 0:
		return nan
	case 1:
		return v * 1000
	case 2:
		return -v * 40
	case 3:
		return v * 1e9
	case 4:
		return 777 // an extreme that ties
	}
	return v
}

func TestTreatmentIsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }
		x := make([]float64, 1+pick(70))
		for i := range x {
			x[i] = heavy(pick)
		}
		comparePlain(t, rules(pick), x)
	})
	random, met := rand.New(rand.NewPCG(2008, 15)), map[string]int{}
	for range 3000 {
		x := make([]float64, 4+random.IntN(60))
		for i := range x {
			x[i] = heavy(random.IntN)
		}
		rep := comparePlain(t, rules(random.IntN), x)
		met["then "+rep.Transform.String()]++
		if rep.Points > 1 {
			met["several points"]++
		}
	}
	t.Logf("3000 columns treated as by the plain algorithm, to the last bit: %v", met)
	if met["several points"] < 500 || met["then log-ct"] < 500 {
		t.Error("too few columns were treated for a comparison")
	}
}

// The unit of a column does not decide its treatment, and far from 0 a transform
// keeps its figures.
func TestUnitDoesNotMatter(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 400, 900}
	even := []float64{-900, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 900} // passes by its skewness alone
	dst, other := make([]float64, len(x)), make([]float64, len(x))
	for _, r := range []treat.Rule{usual, {Skew: 2, Kurtosis: 3.5, Most: 1, Then: treat.LogCT}, {Skew: 2, Kurtosis: 3.5}} {
		for _, unit := range []float64{0x1p-200, 0x1p-100, 0x1p60, 0x1p200} {
			for _, column := range [][]float64{x, even} {
				rep, m, err := apply(r, dst, column)
				if err != nil {
					t.Fatal(err)
				}
				scaled := make([]float64, len(column))
				for i := range column {
					scaled[i] = column[i] * unit
				}
				got, n, err := apply(r, other, scaled)
				if err != nil || got.Points != rep.Points || got.Transform != rep.Transform || got.Passes != rep.Passes || math.Abs(n.Skewness()-m.Skewness()) > 1e-9 {
					t.Errorf("unit %g: %d points, %s, %t, want %d, %s, %t; %v", unit, got.Points, got.Transform, got.Passes, rep.Points, rep.Transform, rep.Passes, err)
				}
			}
		}
	}
	for _, r := range []treat.Rule{{Then: treat.LogCT}, {Then: treat.BoxCox}, {Then: treat.BoxCox, Lambda: 0.5}, {Then: treat.BoxCox, FindLambda: true}} {
		r.Always = true
		if _, _, err := apply(r, dst, x); err != nil {
			t.Fatal(err)
		}
		far := make([]float64, len(x))
		for i := range x {
			far[i] = x[i] + 1e15 // exact
		}
		if _, _, err := apply(r, other, far); err != nil {
			t.Fatal(err)
		}
		for i := range x {
			if math.Abs(dst[i]-other[i]) > 1e-12 {
				t.Errorf("%s: %g becomes %.15g, shifted by 1e15 %.15g", r.Then, x[i], dst[i], other[i])
			}
		}
	}
}

// A narrow column keeps its figures under Box-Cox, which is a line there; a wide
// one is refused where a power is too large, and left alone by the search for
// lambda.
func TestBoxCoxOfNarrowAndWide(t *testing.T) {
	x, dst := []float64{0, 1e-18, 3e-18, nan, 7e-18}, make([]float64, 5)
	for _, l := range []float64{-2, 0, 0.5} {
		if _, _, err := apply(treat.Rule{Then: treat.BoxCox, Lambda: l, Always: true}, dst, x); err != nil {
			t.Fatal(err)
		}
		for i := range x {
			if x[i] == x[i] && math.Abs(dst[i]-x[i]) > 1e-30 {
				t.Errorf("lambda %g: %g becomes %g", l, x[i], dst[i])
			}
		}
	}
	wide := []float64{1e100, 2e100, 5e100, 6e100, 9e100}
	_, _, err := apply(treat.Rule{Then: treat.BoxCox, Lambda: 5, Always: true}, dst, wide)
	if f, ok := err.(*fault.Error); !ok || f.Key != "engine.too-large" || f.Cure == "" {
		t.Errorf("got %v", err)
	}
	rep, m, err := apply(treat.Rule{Then: treat.BoxCox, FindLambda: true, Always: true}, dst, wide)
	if err != nil || !(m.Max < math.MaxFloat64) || !(rep.Lambda > 0 && rep.Lambda < 1.25) {
		t.Errorf("lambda %g, largest %g, %v", rep.Lambda, m.Max, err)
	}
}

// Whatever the column, a treatment gives finite figures or a fault.
func TestTreatmentNeverLeaks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-10, 10), rapid.Float64(), rapid.Just(nan)), 1, 30).Draw(t, "x")
		r := treat.Rule{
			Skew: 2, Kurtosis: 3.5, Most: rapid.IntRange(0, 5).Draw(t, "most"), Always: rapid.Bool().Draw(t, "always"),
			Then:   treat.Transform(rapid.IntRange(0, 3).Draw(t, "then")),
			Lambda: rapid.Float64Range(-5, 5).Draw(t, "lambda"), FindLambda: rapid.Bool().Draw(t, "find"),
		}
		dst := make([]float64, len(x))
		_, _, err := apply(r, dst, x)
		if err != nil {
			return
		}
		for i := range x {
			if math.IsInf(dst[i], 0) || math.IsNaN(dst[i]) != math.IsNaN(x[i]) {
				t.Fatalf("%+v: %g becomes %g", r, x[i], dst[i])
			}
		}
	})
}
