package profile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/nuts"
)

// The example of Benjamini and Hochberg (1995), section 3.2: of fifteen P values
// the four smallest are discoveries at a rate of 0.05.
func TestFamilyAsBenjaminiAndHochberg(t *testing.T) {
	ps := []float64{
		0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
		0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000,
	}
	family := make([]*Reading, 0, len(ps)+1)
	for i := range ps {
		r := &Reading{Finding: Finding{Verdict: Asset, Luck: Luck{P: ps[(i*7)%15]}}}
		r.Comparisons[EU].Superiority.Value = 0.9
		family = append(family, r)
	}
	family = append(family, &Reading{Finding: Finding{Verdict: Asset, Luck: Luck{P: math.NaN()}}}) // no part of the family
	o := Defaults()
	o.FalseDiscovery = 0.05
	c := Family(family, o)
	if c.Tested != 15 || c.Distinct != 4 {
		t.Errorf("%+v, want 15 tested and 4 distinct", c)
	}
	slices.SortStableFunc(family[:15], func(a, b *Reading) int { return int(math.Copysign(1, a.Finding.P-b.Finding.P)) })
	for k, r := range family[:15] {
		if r.Finding.Distinct != (k < 4) {
			t.Errorf("P %v: distinct %v", r.Finding.P, r.Finding.Distinct)
		}
		want := math.Inf(1) // by the definition: the least of m p / k over this and all larger P
		for later := k; later < 15; later++ {
			want = min(want, 15*ps[later]/float64(later+1))
		}
		if math.Abs(r.Finding.Q-min(1, want)) > 1e-15 {
			t.Errorf("P %v has Q %v, want %v", r.Finding.P, r.Finding.Q, want)
		}
	}
	if q := family[15].Finding.Q; !math.IsNaN(q) || family[15].Finding.Distinct {
		t.Errorf("an indicator that is not tested has Q %v", q)
	}
}

// Twenty regions with the values 0 to 19. At least as far out as the second best
// are two of twenty with itself, so that P = 2 * 2/20.
func TestLuckByHand(t *testing.T) {
	values := make([]float64, 20)
	for i := range values {
		values[i] = float64(i)
	}
	for _, c := range []struct {
		region    string
		direction Direction
		p         float64
		verdict   Verdict
	}{
		{"U19", MoreIsBetter, 0.1, Asset},
		{"U18", MoreIsBetter, 0.2, Asset},
		{"U18", LessIsBetter, 0.2, Challenge},
		{"U00", MoreIsBetter, 0.1, Challenge},
		{"U10", MoreIsBetter, 1, Ordinary},
		{"U10", Context, math.NaN(), Undetermined},
	} {
		t.Run(fmt.Sprint(c.region, " ", c.direction), func(t *testing.T) {
			f := build(t, oneYear(c.direction, values...), c.region, Defaults()).Readings[0].Finding
			if f.Verdict != c.verdict || apart(f.P, c.p) > 1e-15 || apart(f.Q, c.p) > 1e-15 {
				t.Errorf("%+v, want P and Q %v and %s", f, c.p, c.verdict)
			}
			if want := f.P <= 0.1; f.Distinct != want {
				t.Errorf("distinct %v at a rate of 0.1 with Q %v", f.Distinct, f.Q)
			}
		})
	}
}

// The chance of a finding is counted by putting every value of the EU in the
// region's place.
func TestLuckIsTheShareOfDonors(t *testing.T) {
	compared, most := 0, 0.0
	rapid.Check(t, func(t *rapid.T) {
		table := drawTable(t)
		table.Flags = nil
		years, o := len(table.Years), Defaults()
		o.MinUnits, o.Quorum = rapid.IntRange(1, 3).Draw(t, "least"), rapid.IntRange(1, 2).Draw(t, "quorum")
		o.Superiority, o.Effect = float64(rapid.IntRange(9, 15).Draw(t, "superiority"))/16, rapid.Float64Range(0.1, 1).Draw(t, "effect")
		o.Confidence = rapid.Float64Range(0.6, 0.95).Draw(t, "confidence")
		of := func(x Table) *Profile {
			r, err := Prepare(x)
			if err != nil {
				t.Fatal(err)
			}
			in := Input{Reference: r, Region: x.Units[0].ID}
			for i := 2; i < min(8, len(x.Units)); i++ {
				in.Peers = append(in.Peers, x.Units[i].ID)
			}
			p, err := Build(in, o)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		p := of(table)
		for j := range p.Readings {
			f, year := &p.Readings[j].Finding, slices.Index(table.Years, p.Readings[j].Year)
			if math.IsNaN(f.P) {
				if f.Asset != 0 || f.Challenge != 0 {
					t.Fatalf("an indicator that is not tested has luck %+v", f.Luck)
				}
				continue
			}
			donors, assets, challenges, certain := 0.0, 0.0, 0.0, true
			for i, u := range table.Units {
				v := table.Values[j][i*years+year]
				if !u.EU || math.IsNaN(v) {
					continue
				}
				other := table
				other.Values = slices.Clone(table.Values)
				other.Values[j] = slices.Clone(table.Values[j])
				other.Values[j][year] = v
				g := of(other).Readings[j].Finding
				donors++
				switch g.Verdict {
				case Asset:
					assets++
				case Challenge:
					challenges++
				}
				// Where fewer groups can tell because they straddle, the quorum falls: not reckoned with.
				certain = certain && (o.Quorum == 1 || (g.Assets|g.Challenges|g.Ordinary).count() >= o.Quorum)
			}
			if !certain {
				continue
			}
			compared++
			d := max(math.Abs(f.Asset-assets/donors), math.Abs(f.Challenge-challenges/donors))
			if most = max(most, d); d > 1e-12 {
				t.Fatalf("luck %+v, of %v donors %v are assets and %v challenges", f.Luck, donors, assets, challenges)
			}
		}
	})
	t.Logf("%d indicators compared; largest difference %.3g", compared, most)
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// What groups do not agree on is no finding, by chance neither: where all others
// of the country are far above the EU, the best of the EU are mixed.
func TestLuckLeavesMixedOut(t *testing.T) {
	values := make([]float64, 60)
	for i := range values {
		if values[i] = float64(i); i > 40 {
			values[i] += 1000
		}
	}
	table := oneYear(MoreIsBetter, values...)
	for i := range table.Units {
		table.Units[i].Country = "EU"
		if i == 0 || i > 40 {
			table.Units[i].Country = "HI"
		}
		table.Units[i].EU = i <= 40
	}
	p := build(t, table, "U00", Defaults())
	if l := p.Readings[0].Finding.Luck; l.Asset != 0 || apart(l.Challenge, 11./41) > 1e-12 || p.Chance.Challenges != l.Challenge {
		t.Errorf("%+v, want no asset, and 0 to 10 of the 41 from 0 to 40 as challenges", l)
	}
}

// A finding that the EU sees at the other end is not distinct.
func TestDistinctFollowsTheEU(t *testing.T) {
	for verdict, share := range map[Verdict]float64{Asset: 0.1, Challenge: 0.9, Ordinary: 0.9, Mixed: 0.1} {
		r := &Reading{Finding: Finding{Verdict: verdict, Luck: Luck{P: 1e-6}}}
		r.Comparisons[EU].Superiority.Value = share
		if c := Family([]*Reading{r}, Defaults()); c.Distinct != 0 || r.Finding.Distinct {
			t.Errorf("%s is distinct with a superiority of %v in the EU", verdict, share)
		}
	}
}

// A page marks what lies outside the middle half of the EU or beyond ten of
// twelve peers.
func TestMarked(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name                 string
		value, q1, q3, peers float64
		want                 bool
	}{
		{"in the middle", 5, 4, 6, 50, false},
		{"on the edges", 6, 4, 6, 83, false},
		{"above", 6.1, 4, 6, 50, true},
		{"below", 3.9, 4, 6, 50, true},
		{"above ten of twelve peers", 5, 4, 6, 1000. / 12, true},
		{"below ten of twelve peers", 5, 4, 6, 200. / 12, true},
		{"without peers", 5, 4, 6, nan, false},
		{"without anything", nan, nan, nan, nan, false},
	} {
		r := &Reading{Value: c.value}
		r.Comparisons[EU].Q1, r.Comparisons[EU].Q3, r.Comparisons[Peers].Percentile.Value = c.q1, c.q3, c.peers
		if got := r.Marked(); got != c.want {
			t.Errorf("%s: marked %v", c.name, got)
		}
	}
}

// shuffled is a panel of one year in which no region differs from any other but
// by chance.
func shuffled(units, indicators int, seed uint64) Table {
	random := rand.New(rand.NewPCG(seed, 1))
	t := Table{Years: []int{2020}}
	for i := range units {
		t.Units = append(t.Units, Unit{ID: id(fmt.Sprintf("R%04d", i)), Country: id(fmt.Sprintf("K%d", i%10)).Code, Urban: nuts.Intermediate, EU: true})
	}
	for j := range indicators {
		t.Indicators = append(t.Indicators, Indicator{Code: fmt.Sprintf("i%02d", j), Direction: Direction(1 - j%2*2), Weight: 1})
		column := make([]float64, units)
		for i := range column {
			column[i] = float64(i) * float64(i) // any shape will do
		}
		random.Shuffle(units, func(a, b int) { column[a], column[b] = column[b], column[a] })
		t.Values = append(t.Values, column)
	}
	return t
}

// In shuffled data the rule finds as many assets and challenges as it expects of
// chance, and next to none of them are distinct.
func TestShuffledDataYieldsFewDistinctFindings(t *testing.T) {
	const units, indicators, tables = 100, 40, 6
	o := Defaults()
	found, expected, regions, wrong := 0.0, 0.0, 0.0, 0.0
	for seed := range uint64(tables) {
		r, err := Prepare(shuffled(units, indicators, seed))
		if err != nil {
			t.Fatal(err)
		}
		for i := range units {
			p, err := Build(Input{Reference: r, Region: r.table.Units[i].ID}, o)
			if err != nil {
				t.Fatal(err)
			}
			regions++
			found += float64(len(p.Assets) + len(p.Challenges))
			expected += p.Chance.Assets + p.Chance.Challenges
			if p.Chance.Distinct > 0 {
				wrong++
			}
		}
	}
	t.Logf("of %d indicators %.2f are found a region, %.2f expected; %.3f of %.0f regions have a distinct finding, at most %.2f may",
		indicators, found/regions, expected/regions, wrong/regions, regions, o.FalseDiscovery)
	if math.Abs(found/expected-1) > 0.05 {
		t.Errorf("%.2f findings a region, %.2f expected", found/regions, expected/regions)
	}
	if limit := o.FalseDiscovery + 3*math.Sqrt(o.FalseDiscovery/regions); wrong/regions > limit {
		t.Errorf("%.3f of the regions have a distinct finding, want at most %.3f", wrong/regions, limit)
	}
}

// What really stands out among the shuffled is distinct.
func TestTrueFindingsAreDistinct(t *testing.T) {
	table := shuffled(100, 40, 3)
	for j := range 8 { // the best of all by far in 4, the worst in 4
		table.Values[j][0] = 1e6
	}
	p := build(t, table, "R0000", Defaults())
	for j := range p.Readings {
		f := &p.Readings[j].Finding
		want := Asset
		if j%2 == 1 {
			want = Challenge
		}
		if j < 8 && (!f.Distinct || f.Verdict != want) {
			t.Errorf("indicator %d is %s with Q %.3f, distinct %v; want a distinct %s", j, f.Verdict, f.Q, f.Distinct, want)
		}
	}
	if p.Chance.Distinct < 8 || p.Chance.Distinct > 10 {
		t.Errorf("%d distinct, want 8 or little more", p.Chance.Distinct)
	}
}

// The worked example of docs/profile.md.
func TestWorkedExampleOfTheDocs(t *testing.T) {
	values := make([]float64, 20)
	for i := range values {
		values[i] = float64(i)
	}
	table := oneYear(MoreIsBetter, values...)
	for i := range table.Units {
		table.Units[i].Country = id(fmt.Sprintf("K%d", i%10)).Code // two regions a country: too few to tell
	}
	r := build(t, table, "U18", Defaults()).Readings[0]
	c, f := r.Comparisons[EU], r.Finding
	for what, pair := range map[string][2]float64{
		"others":              {float64(c.N), 19},
		"median":              {c.Median, 9},
		"spread":              {c.Spread, 7.413},
		"effect":              {c.Effect, 1.2141},
		"superiority":         {c.Superiority.Value, 0.9474},
		"its low end":         {c.Superiority.Low, 0.7536},
		"its high end":        {c.Superiority.High, 0.9906},
		"P":                   {f.P, 0.2},
		"chance of asset":     {f.Asset, 0.30},
		"chance of challenge": {f.Challenge, 0.25},
	} {
		if math.Abs(pair[0]-pair[1]) > 6e-5 {
			t.Errorf("%s: %.5f, the docs say %v", what, pair[0], pair[1])
		}
	}
	if f.Verdict != Asset || f.Distinct || !r.Marked() {
		t.Errorf("%s, distinct %v, marked %v", f.Verdict, f.Distinct, r.Marked())
	}
}
