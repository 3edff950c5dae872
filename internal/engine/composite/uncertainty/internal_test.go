package uncertainty

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerscape/internal/engine/sample"
)

// Whatever came before, ranks are those of the ranker of package sample.
func TestOrderRanksAsSample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "n")
		seed := rapid.Uint64().Draw(t, "seed")
		kinds := rapid.IntRange(1, 1000).Draw(t, "different values")
		r := rand.New(rand.NewPCG(seed, 1))
		o := newOrder(n)
		want, scores := make([]float64, n), make([]float64, n)
		for range 4 {
			for i := range scores {
				if scores[i] = float64(r.IntN(kinds)) - 5; r.IntN(9) == 0 {
					scores[i] = math.NaN()
				}
			}
			o.rank(scores)
			new(sample.Ranker).Rank(want, scores, sample.Descending, sample.TiesMin)
			for i, w := range want {
				if w != w {
					w = 0
				}
				if float64(o.ranks[i]) != w {
					t.Fatalf("score %v has rank %d, want %v", scores[i], o.ranks[i], w)
				}
			}
		}
	})
}

// Each stretch of equal length has one variant whose scores are kept.
func TestKeeperIsFair(t *testing.T) {
	for _, c := range []struct{ keep, of int }{{0, 10}, {1, 10}, {3, 10}, {7, 1000}, {999, 1000}, {10, 10}, {400, 100_003}} {
		k := &keeper{keep: c.keep, of: c.of, seed: 3}
		next := 0
		for i := range c.of {
			if slot := k.slot(i); slot == next {
				next++
			} else if slot != -1 {
				t.Fatalf("keep %d of %d: variant %d has slot %d, want %d or none", c.keep, c.of, i, slot, next)
			}
		}
		if next != c.keep {
			t.Errorf("keep %d of %d: %d are kept", c.keep, c.of, next)
		}
	}
}

// The first 2^k points of each dimension have one in each of 2^k equal stretches.
func TestSequenceIsStratified(t *testing.T) {
	const dimensions, n = 2 * maxSampled, 1 << 10
	s := newSequence(dimensions, 11)
	point := make([]float64, dimensions)
	seen := make([][]bool, dimensions)
	for j := range seen {
		seen[j] = make([]bool, n)
	}
	for i := range n {
		s.point(uint32(i), point)
		for j, u := range point {
			seen[j][Level(u, n)] = true
		}
	}
	for j := range seen {
		if slices.Contains(seen[j], false) {
			t.Errorf("dimension %d leaves stretches out", j)
		}
	}
}

// x+1, x^2+x+1, x^3+x+1, x^3+x^2+1, and so on: there are phi(2^s-1)/s of degree s.
func TestPrimitives(t *testing.T) {
	if d := cmp.Diff([]uint32{0b11, 0b111, 0b1011, 0b1101, 0b10011, 0b11001}, primitives(6)); d != "" {
		t.Error(d)
	}
	degrees := map[int]int{}
	for _, p := range primitives(160) {
		degree := 0
		for ; p > 1; p >>= 1 {
			degree++
		}
		degrees[degree]++
	}
	if d := cmp.Diff(map[int]int{1: 1, 2: 1, 3: 2, 4: 2, 5: 6, 6: 6, 7: 18, 8: 16, 9: 48, 10: 60}, degrees); d != "" {
		t.Error(d)
	}
}

func TestRandomIsUniform(t *testing.T) {
	at := random(1)
	draw := make([]float64, 2)
	var x, y, xy float64
	const n = 100_000
	for i := range n {
		at(i, draw)
		x, y, xy = x+draw[0], y+draw[1]*draw[1], xy+(draw[0]-0.5)*(draw[1]-0.5)
		if draw[0] < 0 || draw[0] >= 1 {
			t.Fatalf("draw %v", draw)
		}
	}
	// Within five standard errors of 1/2, 1/3 and 0.
	if math.Abs(x/n-0.5) > 5*0.289/316 || math.Abs(y/n-1./3) > 5*0.298/316 || math.Abs(xy/n) > 5*0.0833/316 {
		t.Errorf("mean %v, mean square %v, covariance %v", x/n, y/n, xy/n)
	}
}

// table is a model that copies scores computed before.
type table struct {
	units  int
	rows   [][]float64
	factor []Factor
}

// newTable has scores that are independent of variant to variant, which is the
// worst case for ranking, or that move by a part of their spread.
func newTable(units int, moves float64) *table {
	r := rand.New(rand.NewPCG(1, 2))
	t := &table{units: units, factor: []Factor{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}}
	base := make([]float64, units)
	for i := range base {
		base[i] = r.NormFloat64()
	}
	for range 64 {
		row := make([]float64, units)
		for i := range row {
			row[i] = 50 + 10*((1-moves)*base[i]+moves*r.NormFloat64())
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func (t *table) Units() int        { return t.units }
func (t *table) Factors() []Factor { return t.factor }
func (t *table) Fork() Model       { return t }

func (t *table) Run(draw, scores []float64) error {
	copy(scores, t.rows[int(draw[0]*64)])
	return nil
}

// A variant allocates nothing of the package's own, with pairs or without.
func TestVariantAllocatesNothing(t *testing.T) {
	for _, pairs := range []bool{false, true} {
		a, err := prepare(newTable(51, 1), Options{N: 1000, Pairs: pairs, Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		v := a.team(1000, func() points { return random(1) })[0]
		tally := newTally(a.units, a.newSums(1000, v.scores), a.newKeeper(1000), pairs)
		i := 0
		if n := testing.AllocsPerRun(500, func() {
			if err := v.run(i); err != nil || tally.add(i, v.scores) >= 0 {
				t.Fatal("the variant fails")
			}
			i++
		}); n != 0 {
			t.Errorf("pairs %v: %v allocations a variant", pairs, n)
		}
	}
}

func BenchmarkMonteCarlo(b *testing.B) {
	for _, c := range []struct {
		name  string
		model *table
		pairs bool
	}{
		{"51 units, scores unlike from draw to draw", newTable(51, 1), false},
		{"51 units, scores alike", newTable(51, 0.1), false},
		{"51 units, pairs, scores unlike", newTable(51, 1), true},
		{"1345 units, scores alike", newTable(1345, 0.1), false},
		{"1345 units, scores unlike", newTable(1345, 1), false},
		{"1345 units, pairs, scores alike", newTable(1345, 0.1), true},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			if _, err := MonteCarlo(context.Background(), c.model, Options{N: b.N, Workers: 1, Pairs: c.pairs}); err != nil {
				b.Fatal(err)
			}
		})
	}
}

func BenchmarkSensitivity(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Sensitivity(context.Background(), newTable(51, 1), Options{N: 1000, Workers: 1}, RankOf(0)); err != nil {
			b.Fatal(err)
		}
	}
}

// Scrambled, the first point is anywhere, and the seed alone decides where.
func TestSequenceIsScrambled(t *testing.T) {
	const seeds = 4000
	p, again := make([]float64, 2), make([]float64, 2)
	var x, xy float64
	for seed := range uint64(seeds) {
		newSequence(2, seed).point(0, p)
		newSequence(2, seed).point(0, again)
		if d := cmp.Diff(p, again); d != "" {
			t.Fatal(d)
		}
		x, xy = x+p[0]/seeds, xy+(p[0]-0.5)*(p[1]-0.5)/seeds
	}
	if math.Abs(x-0.5) > 5*0.289/63 || math.Abs(xy) > 5*0.0833/63 {
		t.Errorf("mean of the first point %v, covariance %v", x, xy)
	}
}

// The sums of a resample are those of the formula on the chosen rows.
func TestEstimateIsTheFormula(t *testing.T) {
	const d, rows = 3, 40
	r := rand.New(rand.NewPCG(4, 4))
	y := make([]float64, rows*(d+2))
	for i := range y {
		y[i] = 7 + r.Float64()
	}
	chosen := make([]int, rows)
	for i := range chosen {
		chosen[i] = r.IntN(rows / 4) // far from the mean of all
	}
	mean, variance := 0.0, 0.0
	for _, c := range chosen {
		mean += (y[c*(d+2)] + y[c*(d+2)+1]) / (2 * rows)
	}
	for _, c := range chosen {
		for k := range 2 {
			variance += (y[c*(d+2)+k] - mean) * (y[c*(d+2)+k] - mean) / (2 * rows)
		}
	}
	first, total := make([]float64, d), make([]float64, d)
	got := newEstimator(y, d).estimate(func(row int) int { return chosen[row] }, first, total)
	worst := math.Abs(got - variance)
	for k := range d {
		s, st := 0.0, 0.0
		for _, c := range chosen {
			line := y[c*(d+2):]
			s += (line[1] - mean) * (line[2+k] - line[0]) / (rows * variance)
			st += (line[0] - line[2+k]) * (line[0] - line[2+k]) / (2 * rows * variance)
		}
		worst = max(worst, math.Abs(s-first[k]), math.Abs(st-total[k]))
	}
	t.Logf("largest difference from the formula %.3g, tolerance 1e-12", worst)
	if worst > 1e-12 {
		t.Errorf("first %v, total %v", first, total)
	}
}
