package nuts

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func values(m map[ID]float64) func(ID) (float64, bool) {
	return func(id ID) (float64, bool) { v, ok := m[id]; return v, ok }
}

func TestConvert(t *testing.T) {
	n := open(t)
	grown := ID{"FI1C6", 2024}
	both := map[ID]float64{{"FI1C3", 2021}: 1000, {"FI1C4", 2021}: 166375}
	lost := []Piece{piece("FI1C3", 2021, 1, 1), piece("FI1C4", 2021, 686.87/5583.73, 6551.0/166375)}
	for _, c := range []struct {
		name   string
		f      func(ID, Version, func(ID) (float64, bool)) (Estimate, bool)
		to     ID
		from   Version
		values map[ID]float64
		want   Estimate
		ok     bool
	}{
		{"total of a region that grew", n.ConvertTotal, grown, 2021, both, Estimate{1000 + 6551, lost, "population 2021"}, true},
		{"total of one that shrank", n.ConvertTotal, ID{"FI1C7", 2024}, 2021, both, Estimate{
			159824, []Piece{piece("FI1C4", 2021, 4896.86/5583.73, 159824.0/166375)}, "population 2021",
		}, true},
		{
			"rate: weighted by the people in the overlap", n.ConvertRate, grown, 2021,
			map[ID]float64{{"FI1C3", 2021}: 10, {"FI1C4", 2021}: 20},
			Estimate{(10*196895 + 20*6551) / (196895.0 + 6551), lost, "population 2021"},
			true,
		},
		{"a piece without value", n.ConvertTotal, grown, 2021, map[ID]float64{{"FI1C3", 2021}: 1}, Estimate{}, false},
		{"a piece without rate", n.ConvertRate, grown, 2021, map[ID]float64{{"FI1C3", 2021}: 1}, Estimate{}, false},
		{"no pieces", n.ConvertTotal, ID{"XK001", 2024}, 2021, both, Estimate{Weight: "area"}, false},
		// SE121 took 1.58 km² from SE110, where nobody lives.
		{
			"a strip without people is not asked for", n.ConvertTotal,
			ID{"SE121", 2016},
			2013,
			map[ID]float64{{"SE121", 2013}: 7},
			Estimate{7, []Piece{piece("SE121", 2013, 1, 1)}, "population 2021"},
			true,
		},
		{
			"nobody is counted in Istanbul", n.ConvertRate,
			ID{"TR100", 2024},
			2021,
			map[ID]float64{{"TR100", 2021}: 5.5},
			Estimate{5.5, []Piece{piece("TR100", 2021, 1, 1)}, "area"},
			true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := c.f(c.to, c.from, values(c.values))
			if diff := cmp.Diff(c.want, got, near); diff != "" || ok != c.ok {
				t.Errorf("ok %t, want %t: %s", ok, c.ok, diff)
			}
		})
	}
}

// covered lists the regions of version v at a level that have successors in w.
func covered(n *Nomenclature, v, w Version, level int) []ID {
	var ids []ID
	for _, r := range n.Regions(v, level) {
		if len(n.sharesOf(r.ID, w)) > 0 {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// Totals are conserved: whatever the values, the converted ones add up to the
// same sum over all regions that the two versions have in common.
func TestConvertTotalConservesTheSum(t *testing.T) {
	n := open(t)
	rapid.Check(t, func(t *rapid.T) {
		from, to := rapid.SampledFrom(Versions[:]).Draw(t, "from"), rapid.SampledFrom(Versions[:]).Draw(t, "to")
		level := rapid.IntRange(0, 3).Draw(t, "level")
		scale := rapid.Float64Range(1e-3, 1e9).Draw(t, "scale")
		seed := rapid.Uint64().Draw(t, "seed")
		given, before := map[ID]float64{}, 0.0
		for _, id := range covered(n, from, to, level) {
			seed = seed*6364136223846793005 + 1442695040888963407 // Knuth's MMIX generator: cheap and repeatable
			given[id] = scale * float64(seed>>40)
			before += given[id]
		}
		after := 0.0
		for _, id := range covered(n, to, from, level) {
			e, ok := n.ConvertTotal(id, from, values(given))
			if !ok {
				t.Fatalf("%s: no estimate", id)
			}
			after += e.Value
		}
		if math.Abs(after-before) > 1e-9*before {
			t.Fatalf("%d to %d, level %d: %g became %g", from, to, level, before, after)
		}
	})
}

// A region that is unchanged keeps its value to the last digit, there and back,
// and is made of one piece.
func TestConvertThereAndBackIsExact(t *testing.T) {
	n := open(t)
	rapid.Check(t, func(t *rapid.T) {
		from, to := rapid.SampledFrom(Versions[:]).Draw(t, "from"), rapid.SampledFrom(Versions[:]).Draw(t, "to")
		a := rapid.SampledFrom(covered(n, from, to, rapid.IntRange(1, 3).Draw(t, "level"))).Draw(t, "region")
		value := rapid.Float64Range(-1e12, 1e12).Draw(t, "value")
		successors := n.Successors(a, to)
		b := successors[0].ID
		if !n.Unchanged(a, b) {
			t.Skip("changed")
		}
		for name, f := range map[string]func(ID, Version, func(ID) (float64, bool)) (Estimate, bool){
			"total": n.ConvertTotal, "rate": n.ConvertRate,
		} {
			there, ok := f(b, from, values(map[ID]float64{a: value}))
			back, ok2 := f(a, to, values(map[ID]float64{b: there.Value}))
			if !ok || !ok2 || there.Value != value || back.Value != value || len(there.Pieces) != 1 {
				t.Fatalf("%s of %s: %g became %v and then %v", name, a, value, there, back)
			}
		}
	})
}

// A rate is a mean: it lies between the lowest and the highest rate of its pieces.
func TestConvertRateStaysWithinItsPieces(t *testing.T) {
	n := open(t)
	rapid.Check(t, func(t *rapid.T) {
		from, to := rapid.SampledFrom(Versions[:]).Draw(t, "from"), rapid.SampledFrom(Versions[:]).Draw(t, "to")
		id := rapid.SampledFrom(covered(n, to, from, rapid.IntRange(1, 3).Draw(t, "level"))).Draw(t, "region")
		low, high := math.Inf(1), math.Inf(-1)
		e, ok := n.ConvertRate(id, from, func(ID) (float64, bool) {
			v := rapid.Float64Range(-100, 100).Draw(t, "rate")
			low, high = min(low, v), max(high, v)
			return v, true
		})
		if !ok || e.Value < low-1e-9 || e.Value > high+1e-9 {
			t.Fatalf("%s from %d: %g is not between %g and %g", id, from, e.Value, low, high)
		}
	})
}
