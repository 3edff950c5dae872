package profile

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

var sameFigures = cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateEmpty()}

// drawTable draws a panel of whole numbers with gaps and flags. U00 has two
// metropolises; the peers are U02 to U07 as far as they go.
func drawTable(t *rapid.T) Table {
	units, years := rapid.IntRange(1, 16).Draw(t, "units"), rapid.IntRange(1, 9).Draw(t, "years")
	table := Table{Years: yearsFrom(2010, years)}
	for i := range units {
		table.Units = append(table.Units, Unit{
			ID: nuts.ID{Code: nuts.Code('A' + rune(i)), Version: version}, Country: nuts.Code('0' + rune(i%2)), Urban: nuts.Urban(i % 4),
			EU: rapid.IntRange(0, 9).Draw(t, "eu") > 0,
		})
		table.Units[i].Metros = []nuts.ID{table.Units[i/2].ID, table.Units[0].ID}[:min(2, 1+i)]
	}
	for j := range rapid.IntRange(1, 4).Draw(t, "indicators") {
		table.Indicators = append(table.Indicators, Indicator{
			Code: string(rune('a' + j)), Direction: Direction(rapid.IntRange(-1, 1).Draw(t, "direction")), Domain: string(rune('x' + j%2)), Weight: 1,
		})
		values, flags := make([]float64, units*years), make([]stats.Flags, units*years)
		for i := range values {
			values[i] = float64(rapid.IntRange(-30, 30).Draw(t, "value"))
			switch rapid.IntRange(0, 9).Draw(t, "mark") {
			case 0:
				values[i] = math.NaN()
			case 1:
				flags[i] = stats.Break
			case 2:
				flags[i] = stats.Estimated
			case 3:
				flags[i] = stats.Unreliable
			}
		}
		if j == 0 {
			values[0] = 1 // a table of nothing is refused
		}
		table.Values, table.Flags = append(table.Values, values), append(table.Flags, flags)
	}
	return table
}

func (t Table) clone() Table {
	t.Units, t.Indicators = slices.Clone(t.Units), slices.Clone(t.Indicators)
	t.Values, t.Flags = slices.Clone(t.Values), slices.Clone(t.Flags)
	for j := range t.Values {
		t.Values[j], t.Flags[j] = slices.Clone(t.Values[j]), slices.Clone(t.Flags[j])
	}
	return t
}

// ofFirst builds the profile of unit A against up to six peers.
func ofFirst(t *rapid.T, table Table) *Profile {
	r, err := Prepare(table)
	if err != nil {
		t.Fatal(err)
	}
	in := Input{Reference: r, Region: nuts.ID{Code: "A", Version: version}}
	for c := 'C'; c < 'I' && int(c-'A') < len(table.Units); c++ {
		in.Peers = append(in.Peers, nuts.ID{Code: nuts.Code(c), Version: version})
	}
	p, err := Build(in, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOrderOfUnitsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := drawTable(t)
		want := ofFirst(t, table)
		order := rapid.Permutation(yearsFrom(0, len(table.Units))).Draw(t, "order")
		turned, years := table.clone(), len(table.Years)
		for to, from := range order {
			turned.Units[to] = table.Units[from]
			for j := range table.Values {
				copy(turned.Values[j][to*years:(to+1)*years], table.row(j, from))
				copy(turned.Flags[j][to*years:(to+1)*years], table.flags(j, from))
			}
		}
		if diff := cmp.Diff(want, ofFirst(t, turned), sameFigures); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Another unit of measure (times a power of two, plus a whole number) changes
// natural figures by just that, and no judgement.
func TestShiftAndScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := drawTable(t)
		want := ofFirst(t, table)
		factor := math.Ldexp(1, rapid.IntRange(-6, 6).Draw(t, "factor"))
		shift := float64(rapid.IntRange(-64, 64).Draw(t, "shift"))
		moved := table.clone()
		for _, column := range moved.Values {
			for i := range column {
				column[i] = column[i]*factor + shift
			}
		}
		got := ofFirst(t, moved)
		if diff := cmp.Diff(want.Domains, got.Domains, sameFigures); diff != "" {
			t.Fatal(diff)
		}
		for j := range want.Readings {
			w, g := &want.Readings[j], &got.Readings[j]
			if g.Trend.Course != w.Trend.Course || g.Finding.Verdict != w.Finding.Verdict || apart(g.Trend.Slope.PerYear, factor*w.Trend.Slope.PerYear) > 1e-9 {
				t.Fatalf("reading %d: %+v, want %+v", j, g, w)
			}
			for k := range w.Comparisons {
				a, b := &w.Comparisons[k], &g.Comparisons[k]
				if diff := cmp.Diff(a.Percentile, b.Percentile, sameFigures); diff != "" || apart(a.Effect, b.Effect) > 1e-9 || a.Verdict != b.Verdict ||
					apart(a.Median*factor+shift, b.Median) > 1e-9 {
					t.Fatalf("%s of %d: %+v, want %+v", a.Group, j, b, a)
				}
			}
			for k := range w.Gaps {
				a, b := &w.Gaps[k], &g.Gaps[k]
				if a.Distance != b.Distance || apart(a.Crossing.Year, b.Crossing.Year) > 1e-6 || apart(a.Slope.PerYear*factor, b.Slope.PerYear) > 1e-9 {
					t.Fatalf("gap %d of %d: %+v, want %+v", k, j, b, a)
				}
			}
		}
	})
}

// Reversing every direction turns assets into challenges and nothing else about
// the judgement.
func TestReversedDirectionMirrors(t *testing.T) {
	mirror := [...]Verdict{Undetermined: Undetermined, Ordinary: Ordinary, Asset: Challenge, Challenge: Asset, Mixed: Mixed}
	turned := [...]Course{TooFewYears, NoTrend, Worsening, Improving, Rising, Falling}
	rapid.Check(t, func(t *rapid.T) {
		table := drawTable(t)
		want := ofFirst(t, table)
		back := table.clone()
		for j := range back.Indicators {
			back.Indicators[j].Direction = -back.Indicators[j].Direction
		}
		got := ofFirst(t, back)
		if !slices.Equal(got.Assets, want.Challenges) || !slices.Equal(got.Challenges, want.Assets) {
			t.Fatalf("assets %v and challenges %v, before %v and %v", got.Assets, got.Challenges, want.Assets, want.Challenges)
		}
		for j := range want.Readings {
			w, g := &want.Readings[j], &got.Readings[j]
			if g.Finding.Verdict != mirror[w.Finding.Verdict] || g.Finding.Assets != w.Finding.Challenges || g.Trend.Course != turned[w.Trend.Course] {
				t.Fatalf("reading %d: %+v %s, before %+v %s", j, g.Finding, g.Trend.Course, w.Finding, w.Trend.Course)
			}
			for k := range w.Comparisons {
				a, b := &w.Comparisons[k], &g.Comparisons[k]
				judged := w.Indicator.Direction != Context
				if b.Verdict != mirror[a.Verdict] || b.Reason != a.Reason || (judged && apart(a.Effect, -b.Effect) != 0) ||
					apart(a.Superiority.Low, 1-b.Superiority.High) > 1e-12 || apart(a.Percentile.Value, b.Percentile.Value) != 0 {
					t.Fatalf("%s of %d: %+v, before %+v", a.Group, j, b, a)
				}
			}
		}
	})
}

// A higher value never has a lower percentile or effect.
func TestMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := drawTable(t)
		want := ofFirst(t, table)
		more := table.clone()
		add := float64(rapid.IntRange(1, 40).Draw(t, "add"))
		for j := range more.Values {
			for y := range table.Years {
				more.Values[j][y] += add
			}
		}
		got := ofFirst(t, more)
		for j := range want.Readings {
			for k := range want.Readings[j].Comparisons {
				a, b := &want.Readings[j].Comparisons[k], &got.Readings[j].Comparisons[k]
				sign := 1.0
				if want.Readings[j].Indicator.Direction == LessIsBetter {
					sign = -1
				}
				if b.Percentile.Value < a.Percentile.Value || sign*b.Effect < sign*a.Effect {
					t.Fatalf("%s of %d falls from %+v to %+v", a.Group, j, a, b)
				}
			}
		}
	})
}

// NaN and infinities stand only where the words beside them say that there is no
// figure; intervals hold their estimates.
func TestNaNNeverLeaks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := ofFirst(t, drawTable(t))
		inside := func(what string, i Interval, low, high float64) {
			if !(low <= i.Low && i.Low <= i.Value && i.Value <= i.High && i.High <= high) {
				t.Fatalf("%s: %+v", what, i)
			}
		}
		for j := range p.Readings {
			r := &p.Readings[j]
			if (r.Year == 0) != math.IsNaN(r.Value) {
				t.Fatalf("reading %d: %v in %d", j, r.Value, r.Year)
			}
			for k := range r.Comparisons {
				c := &r.Comparisons[k]
				if (c.N == 0) != math.IsNaN(c.Median+c.Q1+c.Q3) || (c.Scale == NoScale) != math.IsNaN(c.Effect) || math.IsInf(c.Effect, 0) {
					t.Fatalf("%+v", c)
				}
				if c.N > 0 {
					inside("percentile", c.Percentile, 0, 100)
				}
				if c.N > 0 && r.Indicator.Direction != Context {
					inside("superiority", c.Superiority, 0, 1)
				}
				if (c.Verdict == Undetermined) != (c.Reason != NoReason) {
					t.Fatalf("%s because of %q", c.Verdict, c.Reason)
				}
			}
			if s := r.Trend.Slope; (s.N < 2) != math.IsNaN(s.PerYear+s.P) || (r.Trend.Course >= Improving && !(s.Low <= s.PerYear && s.PerYear <= s.High)) {
				t.Fatalf("trend %+v", r.Trend)
			}
			for k := range r.Gaps {
				g := &r.Gaps[k]
				known := g.Crossing != Crossing{}
				if known != (g.Distance == Closing) || (known && !(g.Crossing.Early <= g.Crossing.Year && g.Crossing.Year <= g.Crossing.Late)) {
					t.Fatalf("gap %+v", g)
				}
				for _, y := range g.Years {
					if math.IsNaN(y.Gap) || math.IsInf(y.InSD, 0) || math.IsNaN(y.Behind) != (r.Indicator.Direction == Context) {
						t.Fatalf("gap %+v", y)
					}
				}
			}
		}
		for i := range p.Domains {
			for _, s := range p.Domains[i].Scores {
				if s.Reason == NoReason {
					inside("score", s.Score, 0, 100)
				} else if s.Score.Value == s.Score.Value {
					t.Fatalf("a score of %v in spite of %s", s.Score.Value, s.Reason)
				}
			}
		}
	})
}
