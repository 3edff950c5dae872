package treat_test

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
)

// apply treats a column.
func apply(r treat.Rule, dst, x []float64) (treat.Report, sample.Moments, error) {
	var rep treat.Report
	err := r.Apply(dst, x, &rep)
	return rep, rep.After, err
}

var (
	nan   = math.NaN()
	usual = treat.Rule{Skew: 2, Kurtosis: 3.5, Most: 5, Then: treat.LogCT}
)

func TestWinsorise(t *testing.T) {
	flat := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	teens := []float64{11, 12, 13, 14, 15, 16, 17, 18, 19, 20}
	with := func(x ...float64) []float64 { return append(append([]float64{}, flat...), x...) }
	for _, c := range []struct {
		name   string
		rule   treat.Rule
		x      []float64
		want   []float64
		points int
		then   treat.Transform
	}{
		{"nothing to do", usual, with(), with(), 0, treat.None},
		{"one above", usual, with(1000), with(10), 1, treat.None},
		{"one below", usual, with(-1000), with(1), 1, treat.None},
		{"a gap stays", usual, with(nan, 1000), with(nan, 10), 1, treat.None},
		{"one after the other", usual, with(append(teens, 1000, 100000)...), with(append(teens, 20, 20)...), 2, treat.None},
		{"points used up", treat.Rule{Skew: 2, Kurtosis: 3.5, Most: 1}, with(1000, 100000), with(1000, 1000), 1, treat.None},
		{"zero rule", treat.Rule{}, with(1000), with(1000), 0, treat.None},
		{"no spread", usual, []float64{3, 3, 3, 3, 3}, []float64{3, 3, 3, 3, 3}, 0, treat.None},
		{"too few", usual, []float64{1, 2, 1000}, []float64{1, 2, 1000}, 0, treat.None},
		{"nothing known", usual, []float64{nan, nan}, []float64{nan, nan}, 0, treat.None},
	} {
		t.Run(c.name, func(t *testing.T) {
			dst := make([]float64, len(c.x))
			rep, m, err := apply(c.rule, dst, c.x)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range c.want {
				if dst[i] != want && !(math.IsNaN(dst[i]) && math.IsNaN(want)) {
					t.Fatalf("got %v, want %v", dst, c.want)
				}
			}
			if rep.Points != c.points || rep.Transform != c.then {
				t.Errorf("%d points and %s, want %d and %s", rep.Points, rep.Transform, c.points, c.then)
			}
			if again := sample.MomentsOf(dst); again.N != m.N || m.N > 0 && (again.Min != m.Min || again.Max != m.Max || math.Abs(again.M4-m.M4) > 1e-9*m.M4) {
				t.Errorf("moments %+v are not those of the outcome %+v", m, again)
			}
		})
	}
}

// Tied values move together and count one each (COINr 1.1.14), even beyond the
// limit.
func TestTiesMoveTogether(t *testing.T) {
	x := make([]float64, 60)
	for i := range x {
		x[i] = float64(i % 10)
	}
	x[58], x[59] = 900, 900
	for _, most := range []int{1, 2, 5} {
		r := usual
		r.Most = most
		dst := make([]float64, len(x))
		rep, _, err := apply(r, dst, x)
		if err != nil || rep.Points != 2 || !rep.Passes || dst[58] != 9 || dst[59] != 9 {
			t.Errorf("at most %d: %d points, %v and %v, %v", most, rep.Points, dst[58], dst[59], err)
		}
	}
}

// Where all but a few values are equal, winsorising does not make the rest equal
// too: the transform follows, or the last two values stay.
func TestWinsorisingLeavesTwoValues(t *testing.T) {
	x := make([]float64, 40)
	x[3], x[7], x[9] = 5, 60, 700
	for _, sign := range []float64{1, -1} {
		for i := range x {
			x[i] *= sign
		}
		dst := make([]float64, len(x))
		rep, m, err := apply(usual, dst, x)
		if err != nil || rep.Transform != treat.LogCT || rep.Points != 0 || m.Constant() {
			t.Errorf("%d points, %s, %v", rep.Points, rep.Transform, err)
		}
		alone := treat.Rule{Skew: 2, Kurtosis: 3.5, Most: 5}
		rep, m, err = apply(alone, dst, x)
		if err != nil || rep.Passes || rep.Points != 2 || dst[3] != 5*sign || dst[7] != 5*sign || dst[9] != 5*sign || m.Constant() {
			t.Errorf("%d points, passes %t, %v, %v", rep.Points, rep.Passes, dst, err)
		}
	}
}

// Every transform changes a column and is what its formula says (COINr 1.1.14:
// log_GII returns its input unchanged).
func TestTransforms(t *testing.T) {
	x := []float64{1, 2, nan, 5, 21}
	for _, c := range []struct {
		rule    treat.Rule
		formula func(x float64) float64
	}{
		{treat.Rule{Then: treat.Log}, math.Log},
		{treat.Rule{Then: treat.LogCT}, func(x float64) float64 { return math.Log(x - 1 + 0.2) }},
		{treat.Rule{Then: treat.BoxCox}, math.Log},
		{treat.Rule{Then: treat.BoxCox, Lambda: 0.5}, func(x float64) float64 { return (math.Sqrt(x) - 1) / 0.5 }},
		{treat.Rule{Then: treat.BoxCox, Lambda: -1}, func(x float64) float64 { return 1 - 1/x }},
	} {
		t.Run(c.rule.Then.String()+" "+strconv.FormatFloat(c.rule.Lambda, 'g', -1, 64), func(t *testing.T) {
			c.rule.Always = true
			dst := make([]float64, len(x))
			rep, _, err := apply(c.rule, dst, x)
			if err != nil || rep.Transform != c.rule.Then {
				t.Fatal(rep, err)
			}
			for i, v := range x {
				if want := c.formula(v); math.Abs(dst[i]-want) > 1e-12 || math.IsNaN(v) != math.IsNaN(dst[i]) {
					t.Errorf("%g becomes %.15g, want %.15g", v, dst[i], want)
				}
			}
		})
	}
}

// The logarithms of a normal sample want the logarithm back.
func TestLambdaOfGreatestLikelihood(t *testing.T) {
	x := make([]float64, 400)
	for i := range x {
		z := math.Sqrt2 * math.Erfinv(2*(float64(i)+0.5)/float64(len(x))-1)
		x[i] = math.Exp(3 + z)
	}
	low := sample.MomentsOf(x).Min
	for i := range x {
		x[i] += 1 - low // the smallest is 1, as the transform makes it
	}
	dst := make([]float64, len(x))
	rep, m, err := apply(treat.Rule{Then: treat.BoxCox, FindLambda: true, Always: true}, dst, x)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(rep.Lambda) > 0.1 || math.Abs(m.Skewness()) > 0.1 {
		t.Errorf("lambda %g, skewness %g", rep.Lambda, m.Skewness())
	}
	for _, l := range []float64{rep.Lambda - 0.01, rep.Lambda + 0.01} {
		if likelihood(x, l) > likelihood(x, rep.Lambda) {
			t.Errorf("%g is likelier than %g", l, rep.Lambda)
		}
	}
}

func likelihood(x []float64, l float64) float64 {
	y, logs := make([]float64, len(x)), 0.0
	for i, v := range x {
		y[i] = (math.Pow(v, l) - 1) / l
		logs += math.Log(v)
	}
	n := float64(len(x))
	return -n/2*math.Log(sample.MomentsOf(y).M2/n) + (l-1)*logs
}

func TestRefusals(t *testing.T) {
	dst := make([]float64, 3)
	_, _, err := apply(treat.Rule{Then: treat.Log, Always: true}, dst, []float64{1, 0, 2})
	if err == nil || err.Error() != "the logarithm of 0 cannot be taken. Take log-ct, which shifts the column first, or another treatment" {
		t.Errorf("got %v", err)
	}
	for _, r := range []treat.Rule{{Skew: -1}, {Skew: 2, Kurtosis: nan}, {Skew: 2, Kurtosis: 3, Most: -1}, {Lambda: 9}, {Most: 5}, {Then: 9}} {
		if err := r.Check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: got %v", r, err)
		}
	}
	if err := usual.Check(); err != nil {
		t.Error(err)
	}
	if _, err := treat.ParseTransform("log-tc"); err == nil || err.Error() != `there is no transform "log-tc". Perhaps log-ct was meant` {
		t.Errorf("got %v", err)
	}
}

// Treatment keeps the order of values, changes nothing of a column that passes,
// does not care about the order of rows, and always ends.
func TestTreatmentKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Round(10*math.Exp(rapid.Float64Range(-3, 6).Draw(t, "x"))) / 10
			if rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
				x[i] = nan
			}
		}
		r := rules(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") })
		r.Then = treat.LogCT
		dst := make([]float64, n)
		rep, _, err := apply(r, dst, x)
		if err != nil {
			t.Fatal(err)
		}
		changed, values := 0, map[float64]bool{}
		for i := range x {
			if math.IsNaN(x[i]) != math.IsNaN(dst[i]) || math.IsInf(dst[i], 0) {
				t.Fatalf("%g becomes %g", x[i], dst[i])
			}
			if x[i] == x[i] && x[i] != dst[i] {
				changed++
				values[x[i]] = true
			}
			for j := range x {
				if x[i] < x[j] && dst[i] > dst[j] {
					t.Fatalf("%g and %g change places: %g and %g", x[i], x[j], dst[i], dst[j])
				}
			}
		}
		if rep.Transform == treat.None && (changed != rep.Points || len(values) > r.Most) {
			t.Fatalf("%d rows of %d values changed, %d points reported, at most %d", changed, len(values), rep.Points, r.Most)
		}
		back, turned := make([]float64, n), make([]float64, n)
		for i := range x {
			turned[n-1-i] = x[i]
		}
		if _, _, err := apply(r, back, turned); err != nil {
			t.Fatal(err)
		}
		for i := range x {
			if d := back[n-1-i] - dst[i]; math.Abs(d) > 1e-9 {
				t.Fatalf("row %d has %g, turned %g", i, dst[i], back[n-1-i])
			}
		}
	})
}

// columns reads a table of the ASEM case: codes and columns.
func columns(t testing.TB, name string) (codes []string, table [][]float64) {
	t.Helper()
	c := sharedtest.CSV(t, "cases", "coinr-asem", name)
	_, table = c.Named()
	return c.Head[1:], table
}

// The treatment of the ASEM case: values within 1e-9, counts exact.
func TestASEMTreatment(t *testing.T) {
	codes, before := columns(t, "step_screened.csv")
	_, want := columns(t, "step_treated.csv")
	points, logs, worst := 0, 0, 0.0
	for j, code := range codes {
		dst := make([]float64, len(before[j]))
		rep, _, err := apply(usual, dst, before[j])
		if err != nil {
			t.Fatal(err)
		}
		points += rep.Points
		if rep.Transform == treat.LogCT {
			logs++
		}
		for i := range dst {
			d := math.Abs(dst[i]-want[j][i]) / max(math.Abs(want[j][i]), 1e-300)
			if dst[i] == want[j][i] {
				d = 0
			}
			worst = max(worst, d)
			if d > 1e-9 {
				t.Fatalf("%s, row %d: %.15g, want %.15g (%d points, %s)", code, i+1, dst[i], want[j][i], rep.Points, rep.Transform)
			}
		}
	}
	t.Logf("coinr-asem step_treated: %d columns, %d points winsorised, %d transformed, largest error %.2g (tolerance 1e-9)", len(codes), points, logs, worst)
	details(t, codes, before)
}

// details compares what is reported with treat_details.csv: counts exact.
func details(t *testing.T, codes []string, before [][]float64) {
	t.Helper()
	want := sharedtest.CSV(t, "cases", "coinr-asem", "treat_details.csv")
	first := want.Columns("check_SkewKurt0.Skew", "check_SkewKurt0.Kurt")
	second := want.Columns("check_SkewKurt1.Skew", "check_SkewKurt1.Kurt")
	passes, points, then := want.Text("check_SkewKurt0.Pass"), want.Text("winsorise.nwin"), want.Text("check_SkewKurt1.Pass")
	treated, worst := 0, 0.0
	for k, code := range want.Text("iCode") {
		rep, _, err := apply(usual, make([]float64, len(before[k])), before[k])
		if err != nil || code != codes[k] {
			t.Fatal(code, codes[k], err)
		}
		check := func(what string, got, want float64) {
			d := math.Abs(got-want) / max(1, math.Abs(want))
			if worst = max(worst, d); !(d <= 1e-9) {
				t.Errorf("%s: %s %.15g, want %.15g", code, what, got, want)
			}
		}
		check("skewness before", rep.Before.Skewness(), first[0][k])
		check("kurtosis before", rep.Before.Kurtosis(), first[1][k])
		moved := "NA"
		if passes[k] == "FALSE" {
			treated, moved = treated+1, strconv.Itoa(rep.Points)
			check("skewness after", rep.After.Skewness(), second[0][k])
			check("kurtosis after", rep.After.Kurtosis(), second[1][k])
		}
		if moved != points[k] || rep.Transform != treat.None || rep.Passes != (then[k] != "FALSE") {
			t.Errorf("%s: %s points, %s, passes %t, want %s points and %s", code, moved, rep.Transform, rep.Passes, points[k], then[k])
		}
	}
	t.Logf("coinr-asem treat_details: %d columns, %d treated, counts exact, skewness and kurtosis before and after within %.2g (tolerance 1e-9)", len(want.Rows), treated, worst)
}

func TestApplyAllocatesNothing(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1000}
	dst := make([]float64, len(x))
	var rep treat.Report
	if n := testing.AllocsPerRun(20, func() { _ = usual.Apply(dst, x, &rep) }); n > 0 {
		t.Errorf("allocates %g times", n)
	}
}

// All 49 columns of the ASEM case, 51 units each, by how many points may be
// winsorised: an uncertainty sample draws 1 to 5. Where few may be, more columns
// are transformed.
func BenchmarkASEM(b *testing.B) {
	_, table := columns(b, "step_imputed.csv")
	run := func(name string, limit func(sample int) int) {
		b.Run(name, func(b *testing.B) {
			dst := make([]float64, len(table[0]))
			var rep treat.Report
			r := usual
			b.ReportAllocs()
			for k := 0; b.Loop(); k++ {
				r.Most = limit(k)
				for _, x := range table {
					if err := r.Apply(dst, x, &rep); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	run("1-to-5", func(k int) int { return 1 + k%5 })
	for most := 1; most <= 5; most++ {
		run(strconv.Itoa(most), func(int) int { return most })
	}
}

func FuzzParseTransform(f *testing.F) {
	for _, name := range append(treat.Transforms(), "", "log ct", "boxcox") {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		then, err := treat.ParseTransform(name)
		if known := slices.Contains(treat.Transforms(), name); known != (err == nil) || known && then.String() != name {
			t.Errorf("%q becomes %s, %v", name, then, err)
		}
	})
}
