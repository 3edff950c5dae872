package composite_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/normalise"
)

// unequal returns by how much the contributions miss: the members' the group's,
// and the indicators' the index, as a share of what is added up.
func unequal(r *composite.Result, row int, all []composite.Part) (worst float64) {
	sum, size := make([]float64, len(all)), make([]float64, len(all))
	leaves, leavesSize := 0.0, 0.0
	for e, p := range all {
		if up := r.Parent[e]; up >= 0 {
			sum[up] += p.Contribution
			size[up] += math.Abs(p.Contribution)
		}
		if r.Level[e] == 1 {
			leaves += p.Contribution
			leavesSize += math.Abs(p.Contribution)
		}
	}
	index := r.Index()[row]
	worst = math.Abs(leaves-index) / max(leavesSize, math.Abs(index))
	for e, p := range all {
		if r.Level[e] > 1 && !math.IsNaN(p.Score) {
			worst = max(worst, math.Abs(sum[e]-p.Contribution)/max(leavesSize, math.Abs(index)))
		}
	}
	return worst
}

// Contributions sum at every level, whatever decomposes is put over whatever.
func TestContributionsSum(t *testing.T) {
	worst, n := 0.0, 0
	for _, c := range []struct {
		name  string
		rules []aggregate.Rule
	}{{"means", means}, {"penalised", slices.Concat(means, penalised)}} {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				f, table := random(t, parts{c.rules, goalposts, true})
				r := result(t, f, table)
				for i := range r.Rows {
					all, err := r.Explain(i)
					if err != nil {
						t.Fatal(err)
					}
					if math.IsNaN(r.Index()[i]) {
						if all != nil {
							t.Fatalf("%s has no index and %d parts", r.Rows[i], len(all))
						}
						continue
					}
					d := unequal(r, i, all)
					if worst, n = max(worst, d), n+1; !(d <= 1e-12) {
						t.Fatalf("%s: contributions miss by %g: %+v", r.Rows[i], d, all)
					}
					for e, p := range all {
						if math.IsNaN(p.Contribution) || math.IsNaN(p.Score) && p.Contribution != 0 || p.Element != e {
							t.Fatalf("%s of %s: %+v", r.Codes[e], r.Rows[i], p)
						}
					}
				}
			})
		})
	}
	t.Logf("contributions of %d rows: largest error %.2g (tolerance 1e-12)", n, worst)
}

// Hand values: wealth of a unit is (20 + 60) / 2, skills (2·90 + 30) / 3, the
// index (wealth + 3 skills) / 4 under arithmetic means. Under a root mean of
// order 0.5 the members of skills share it as 2 √90 to √30.
func TestContributionsByHand(t *testing.T) {
	f, table := small()
	f.Normalise = normalise.Rule{Method: normalise.Goalposts, High: 100, To: 100}
	f.Indicators[1].Direction = composite.MoreIsBetter
	for j, x := range []float64{20, 60, 90, 30} {
		table.Columns[j].Values[0] = x
	}
	r, err := computed(f, table)
	if err != nil {
		t.Fatal(err)
	}
	check := func(rule string, want map[string]float64) {
		t.Helper()
		all, err := r.Explain(0)
		if err != nil {
			t.Fatal(err)
		}
		for code, c := range want {
			if got := all[r.Element(code)].Contribution; math.Abs(got-c) > 1e-12*math.Abs(c) {
				t.Errorf("%s: %s contributes %.15g, want %.15g", rule, code, got, c)
			}
		}
	}
	check("arithmetic", map[string]float64{
		"income": 2.5, "debt": 7.5, "schooling": 45, "training": 7.5, "wealth": 10, "skills": 52.5, "index": 62.5,
	})
	f.Aggregate = aggregate.Rule{Method: aggregate.Power, Order: 0.5}
	if r, err = computed(f, table); err != nil {
		t.Fatal(err)
	}
	root := func(w, x, v, y float64) float64 { return math.Pow((w*math.Sqrt(x)+v*math.Sqrt(y))/(w+v), 2) }
	wealth, skills := root(1, 20, 1, 60), root(2, 90, 1, 30)
	index := root(1, wealth, 3, skills)
	ofSkills := index * 3 * math.Sqrt(skills) / (math.Sqrt(wealth) + 3*math.Sqrt(skills))
	check("power mean of order 0.5", map[string]float64{
		"skills": ofSkills, "schooling": ofSkills * 2 * math.Sqrt(90) / (2*math.Sqrt(90) + math.Sqrt(30)), "index": index,
	})
}

// A group whose score is zero passes on what it contributes by weight.
func TestContributionsOfZero(t *testing.T) {
	f, table := small()
	f.Normalise = normalise.Rule{Method: normalise.Goalposts, High: 100, To: 100}
	f.Groups[0].Aggregate = &aggregate.Rule{Method: aggregate.Power, Order: 0.5}
	f.Groups[2].Aggregate = &aggregate.Rule{Method: aggregate.MeanMin, Alpha: 1}
	table.Columns[0].Values[0], table.Columns[1].Values[0] = 0, 100 // debt of 100 scores 0
	r, err := computed(f, table)
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.Explain(0)
	if err != nil {
		t.Fatal(err)
	}
	wealth := all[r.Element("wealth")]
	if wealth.Score != 0 || wealth.Contribution >= 0 {
		t.Fatalf("the least member costs the others: %+v", wealth)
	}
	if in, debt := all[0].Contribution, all[1].Contribution; in != debt || math.Abs(in+debt-wealth.Contribution) > 1e-12 {
		t.Errorf("income %g and debt %g share %g", in, debt, wealth.Contribution)
	}
}

// What has no contributions is refused, not shared out somehow.
func TestContributionsRefused(t *testing.T) {
	for _, m := range []aggregate.Method{aggregate.Copeland, aggregate.Wroclaw, aggregate.Kemeny, aggregate.Outranking, aggregate.Custom} {
		t.Run(m.String(), func(t *testing.T) {
			f, table := small()
			f.Groups[2].Aggregate = &aggregate.Rule{Method: m}
			if m == aggregate.Custom {
				f.Groups[2].Aggregate.Function = func(values, _ []float64) float64 { return values[0] }
			}
			r, err := computed(f, table)
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.Explain(0)
			refused(t, err, "engine.no-decomposition", m.String())
		})
	}
}
