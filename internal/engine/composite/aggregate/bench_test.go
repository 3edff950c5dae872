package aggregate_test

import (
	"math/rand/v2"
	"testing"

	"peerscape/internal/engine/composite/aggregate"
)

// A group of six members over 51 units, the size of a pillar of the ASEM case.
func BenchmarkGroup(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	members := make([][]float64, 6)
	for j := range members {
		for range 51 {
			members[j] = append(members[j], 1+99*random.Float64())
		}
	}
	uneven := []float64{1, 2, 3, 4, 5, 6}
	for _, c := range []struct {
		name    string
		rule    aggregate.Rule
		weights []float64
	}{
		{"arithmetic", aggregate.Rule{}, ones(6)},
		{"geometric", aggregate.Rule{Method: aggregate.Geometric}, ones(6)},
		{"geometric/uneven", aggregate.Rule{Method: aggregate.Geometric}, uneven},
		{"power 0.5", aggregate.Rule{Method: aggregate.Power, Order: 0.5}, ones(6)},
		{"mpi", aggregate.Rule{Method: aggregate.MPI}, ones(6)},
		{"copeland", aggregate.Rule{Method: aggregate.Copeland}, ones(6)},
	} {
		b.Run(c.name, func(b *testing.B) {
			var w aggregate.Workspace
			dst := make([]float64, 51)
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Group(dst, members, c.weights, c.rule); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestMeansAllocateNothing(t *testing.T) {
	members := [][]float64{{20, 60, 90}, {80, 40, 10}, {50, 50, 80}}
	dst := make([]float64, 3)
	var w aggregate.Workspace
	for _, m := range []aggregate.Method{aggregate.Arithmetic, aggregate.Geometric, aggregate.Harmonic, aggregate.MPI} {
		if n := testing.AllocsPerRun(10, func() { _ = w.Group(dst, members, ones3, aggregate.Rule{Method: m}) }); n > 0 {
			t.Errorf("%s allocates %g times a group", m, n)
		}
	}
}

var ones3 = []float64{1, 1, 1}
