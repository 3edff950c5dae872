package sample_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/sample"
	"peerscape/internal/sharedtest"
)

var gap = math.NaN()

// alike reports whether a and b differ by at most within, relative to b where
// that is above 1, or are both NaN.
func alike(a, b, within float64) bool {
	return a == b || math.Abs(a-b) <= within*max(1, math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

// identical compares to the last bit.
func identical(a, b sample.Moments) bool {
	bits := math.Float64bits
	return a.N == b.N && bits(a.Mean) == bits(b.Mean) && bits(a.M2) == bits(b.M2) && bits(a.M3) == bits(b.M3) &&
		bits(a.M4) == bits(b.M4) && a.Min == b.Min && a.Max == b.Max
}

// By hand: of 1 2 3 4 10 the mean is 4, the deviations are -3 -2 -1 0 6, and the
// sums of their powers 50, 180, 1394. Of Table X (section "Hand values" of the
// analytics reference) the means are 55, 45, 57.5 and the deviations 28.867513,
// 28.867513, 15.
func TestMomentsByHand(t *testing.T) {
	for _, c := range []struct {
		name           string
		x              []float64
		n              int
		mean, lo, hi   float64
		m2, m3, m4     float64
		sd, population float64
		skew, kurtosis float64
	}{
		{
			"by hand",
			[]float64{1, 2, 3, 4, 10},
			5, 4, 1, 10, 50, 180, 1394,
			math.Sqrt(12.5), math.Sqrt(10), 36 / math.Pow(10, 1.5) * math.Sqrt(20) / 3, (6*(5*1394./2500-3) + 6) * 4 / 6,
		},
		{
			"a gap is skipped",
			[]float64{gap, 10, 1, 2, gap, 3, 4},
			5, 4, 1, 10, 50, 180, 1394,
			math.Sqrt(12.5), math.Sqrt(10), 36 / math.Pow(10, 1.5) * math.Sqrt(20) / 3, (6*(5*1394./2500-3) + 6) * 4 / 6,
		},
		{"Table X, 1", []float64{20, 60, 90, 50}, 4, 55, 20, 90, 2500, 0, 2*35*35*35*35 + 2*625, 28.867513459481287, 25, 0, (5*(1.9216-3) + 6) * 3 / 2},
		{"Table X, 3", []float64{50, 50, 80, 50}, 4, 57.5, 50, 80, 675, 10125, 265781.25, 15, math.Sqrt(675. / 4), 2, 4},
		{"three values have no kurtosis", []float64{0, 0, 3}, 3, 1, 0, 3, 6, 6, 18, math.Sqrt(3), math.Sqrt(2), math.Sqrt(3), gap},
		{"two have no skewness", []float64{1, 3}, 2, 2, 1, 3, 2, 0, 2, math.Sqrt2, 1, gap, gap},
		{"one has no deviation", []float64{7}, 1, 7, 7, 7, 0, 0, 0, gap, 0, gap, gap},
		{"no spread", []float64{4, 4, 4, 4, 4}, 5, 4, 4, 4, 0, 0, 0, 0, 0, gap, gap},
		{"all missing", []float64{gap, gap}, 0, gap, gap, gap, 0, 0, 0, gap, gap, gap, gap},
		{"empty", nil, 0, gap, gap, gap, 0, 0, 0, gap, gap, gap, gap},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := sample.MomentsOf(c.x)
			if m.N != c.n || sample.Count(c.x) != c.n {
				t.Errorf("N = %d, Count = %d, want %d", m.N, sample.Count(c.x), c.n)
			}
			for _, v := range []struct {
				what      string
				got, want float64
			}{
				{"mean", m.Mean, c.mean},
				{"Mean", sample.Mean(c.x), c.mean},
				{"min", m.Min, c.lo},
				{"max", m.Max, c.hi},
				{"M2", m.M2, c.m2},
				{"M3", m.M3, c.m3},
				{"M4", m.M4, c.m4},
				{"sd", m.SD(), c.sd},
				{"population sd", m.PopulationSD(), c.population},
				{"skewness", m.Skewness(), c.skew},
				{"kurtosis", m.Kurtosis(), c.kurtosis},
			} {
				if !alike(v.got, v.want, 1e-12) {
					t.Errorf("%s = %.15g, want %.15g", v.what, v.got, v.want)
				}
			}
			if want := !(c.lo < c.hi); m.Constant() != want {
				t.Errorf("Constant() = %t, want %t", !want, want)
			}
		})
	}
}

// Shift and stretch, and the order of rows, change the moments as they should; a
// missing value changes nothing.
func TestMomentsShiftAndStretch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := columnOf(t, rapid.Float64Range(-1000, 1000), 0)
		m := sample.MomentsOf(x)
		with := make([]float64, 0, 2*len(x))
		for i := len(x) - 1; i >= 0; i-- {
			with = append(with, gap, x[i])
		}
		if g := sample.MomentsOf(with); g.N != m.N || g.Min != m.Min || g.Max != m.Max ||
			!alike(g.Mean, m.Mean, 1e-12) || !alike(g.M2, m.M2, 1e-10) || !alike(g.M4, m.M4, 1e-10) {
			t.Fatalf("turned and with gaps %+v, without %+v", g, m)
		}
		if m.SD() < 1 {
			return // a shift would round the spread away
		}
		stretch, shift := rapid.SampledFrom([]float64{-3, 0.5, 40}).Draw(t, "stretch"), rapid.Float64Range(-500, 500).Draw(t, "shift")
		for i := range x {
			x[i] = shift + stretch*x[i]
		}
		s := sample.MomentsOf(x)
		if !alike(s.Mean, shift+stretch*m.Mean, 1e-9) || !alike(s.SD(), math.Abs(stretch)*m.SD(), 1e-9) ||
			!alike(s.Skewness(), math.Copysign(1, stretch)*m.Skewness(), 1e-6) || !alike(s.Kurtosis(), m.Kurtosis(), 1e-6) {
			t.Fatalf("shifted and stretched %+v, before %+v", s, m)
		}
	})
}

// The moments are the plain sums, whatever the length and the gaps.
func TestMomentsArePlainSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := columnOf(t, rapid.Float64Range(-1000, 1000), rapid.SampledFrom([]int{0, 20}).Draw(t, "gaps"))
		m, known := sample.MomentsOf(x), sample.Sorted(nil, x)
		if m.N != len(known) {
			t.Fatalf("%d values, want %d", m.N, len(known))
		}
		if m.N == 0 {
			return
		}
		var sums [5]float64
		for _, v := range known {
			for p := range sums {
				sums[p] += math.Pow(v-m.Mean, float64(p))
			}
		}
		scale := max(sums[2], 1)
		if math.Abs(sums[1]) > 1e-9 || !alike(m.M2, sums[2], 1e-12) || math.Abs(m.M3-sums[3]) > 1e-12*math.Pow(scale, 1.5) ||
			!alike(m.M4, sums[4], 1e-12) || m.Min != known[0] || m.Max != known[len(known)-1] {
			t.Fatalf("%+v, sums %v", m, sums)
		}
	})
}

// columnOf draws a column; one in gaps values is missing, none where gaps is 0.
func columnOf(t *rapid.T, values *rapid.Generator[float64], gaps int) []float64 {
	x := rapid.SliceOfN(values, 1, 150).Draw(t, "x")
	for i := range x {
		if gaps > 0 && rapid.IntRange(1, gaps).Draw(t, "missing") == 1 {
			x[i] = gap
		}
	}
	return x
}

// Equal columns have equal moments to the last bit wherever they lie in memory,
// so that a result does not depend on the work space that it was computed in.
func TestMomentsDoNotDependOnAlignment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := columnOf(t, rapid.Float64Range(-1, 1e6), 0)
		shelf := make([]float64, len(x)+1)
		copy(shelf, x)
		even := sample.MomentsOf(shelf[:len(x)])
		copy(shelf[1:], x)
		if odd := sample.MomentsOf(shelf[1:]); !identical(even, odd) {
			t.Fatalf("moments %+v and %+v of the same column", even, odd)
		}
	})
}

// After a move the moments are those of the new column to the last bit, also
// where the value that moved was larger than the others by many orders.
func TestMoveIsOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := columnOf(t, rapid.SampledFrom([]float64{-1e9, -40, 1, 2, 2.5, 3, 4.75, 7, 1e3, 1e17}), rapid.SampledFrom([]int{0, 5}).Draw(t, "gaps"))
		m := sample.MomentsOf(x)
		for !m.Constant() {
			from, to := m.Max, math.Inf(-1)
			if low := rapid.Bool().Draw(t, "low"); low {
				from, to = m.Min, math.Inf(1)
			}
			for _, v := range x {
				if from == m.Max && v < from {
					to = max(to, v)
				}
				if from == m.Min && v > from {
					to = min(to, v)
				}
			}
			want, count := slices.Clone(x), 0
			for i, v := range x {
				if v == from {
					want[i], count = to, count+1
				}
			}
			if n := m.Move(x, from, to); n != count {
				t.Fatalf("%d values of %g moved, want %d", n, from, count)
			}
			if again := sample.MomentsOf(want); !identical(m, again) || !identical(again, sample.MomentsOf(x)) {
				t.Fatalf("%g moved to %g: %+v, anew %+v", from, to, m, again)
			}
		}
	})
}

func TestMomentsAllocateNothing(t *testing.T) {
	x := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}
	if n := testing.AllocsPerRun(20, func() { m := sample.MomentsOf(x); m.Move(x, 9, 9); _ = m.Kurtosis() }); n > 0 {
		t.Errorf("allocates %g times", n)
	}
}

// The statistics of the raw ASEM data, to the 12 digits of the file.
func TestASEMRawStatistics(t *testing.T) {
	data, want := sharedtest.CSV(t, "cases", "coinr-asem", "iData_raw.csv"), sharedtest.CSV(t, "cases", "coinr-asem", "stats_raw.csv")
	worst := map[string]float64{}
	for k, code := range want.Text("iCode") {
		x := data.Numbers(code)
		m := sample.MomentsOf(x)
		for what, got := range map[string]float64{
			"Min": m.Min, "Max": m.Max, "Mean": m.Mean, "Median": sample.Median(x), "Std": m.SD(),
			"Skew": m.Skewness(), "Kurt": m.Kurtosis(), "N.Avail": float64(m.N),
		} {
			v := want.Numbers(what)[k]
			d := math.Abs(got-v) / math.Max(math.Abs(v), 1e-300)
			if got == v {
				d = 0
			}
			worst[what] = max(worst[what], d)
			if d > 5.1e-12 { // half a unit of the last of 12 digits
				t.Errorf("%s of %s: %.15g, want %.12g", what, code, got, v)
			}
		}
	}
	t.Logf("coinr-asem stats_raw: %d indicators, largest relative errors %v (12 digits)", len(want.Rows), worst)
}
