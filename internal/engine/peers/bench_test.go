package peers

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"peerscape/internal/nuts"
)

// europe is all regions of NUTS 3 by sixty variables, a share of values missing.
func europe(b *testing.B, missing float64, contexts int, m Measure) *Set {
	b.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	const n, k = 1345, 60
	all := make([]Unit, n)
	for i := range all {
		all[i] = Unit{nuts.ID{Code: nuts.Code(fmt.Sprintf("R%04d", i)), Version: nuts.Current}, nuts.Code(fmt.Sprintf("C%02d", i%37))}
	}
	columns, variables := make([][]float64, k), make([]Variable, k)
	for v := range columns {
		variables[v] = Variable{Code: fmt.Sprint(v), Weight: 1 + float64(v%3), Structural: true}
		if contexts > 1 {
			variables[v].Context = fmt.Sprint(v % contexts)
		}
		for range n {
			x := random.NormFloat64()
			if random.Float64() < missing {
				x = nan
			}
			columns[v] = append(columns[v], x)
		}
	}
	s, err := New(all, variables, columns, m)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// The distances of all 903,840 pairs over sixty variables, on one core: the
// triangle and the numbers that it is made from, all done anew.
func BenchmarkGower(b *testing.B) {
	for _, c := range []struct {
		name     string
		missing  float64
		contexts int
	}{{"complete", 0, 1}, {"tenth-missing", 0.1, 1}, {"third-missing", 0.33, 1}, {"five-contexts", 0.1, 5}} {
		s := europe(b, c.missing, c.contexts, Gower)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.All()
			}
		})
	}
}

func BenchmarkEuclidean(b *testing.B) {
	s := europe(b, 0.1, 1, Euclidean)
	b.ReportAllocs()
	for b.Loop() {
		s.All()
	}
}

func BenchmarkMahalanobis(b *testing.B) {
	s := europe(b, 0, 1, Mahalanobis)
	b.ReportAllocs()
	for b.Loop() {
		s.All()
	}
}

// The twelve peers of one region with reasons, without and with 100 runs.
func BenchmarkNearest(b *testing.B) {
	s := europe(b, 0.1, 1, Gower)
	for _, runs := range []int{0, 100} {
		b.Run(fmt.Sprintf("runs-%d", runs), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Nearest(Question{Unit: s.Units[7].ID, Peers: 12, Runs: runs, Seed: 1, DropOne: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSuggest(b *testing.B) {
	t := europe(b, 0.1, 1, Gower).All()
	for b.Loop() {
		if _, err := Suggest(t, 3, 6, byMedoids(t)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWard(b *testing.B) {
	t := europe(b, 0.1, 1, Gower).All()
	for b.Loop() {
		if _, err := Ward(t); err != nil {
			b.Fatal(err)
		}
	}
}
