package sample_test

import (
	"math/rand/v2"
	"testing"

	"peerscape/internal/engine/sample"
)

// The columns of an index of 49 indicators over 51 units.
func BenchmarkMoments(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	table := make([][]float64, 49)
	for j := range table {
		for range 51 {
			table[j] = append(table[j], random.ExpFloat64())
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, x := range table {
			sample.MomentsOf(x)
		}
	}
}

func BenchmarkRank(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	x, dst := make([]float64, 51), make([]float64, 51)
	for i := range x {
		x[i] = random.Float64()
	}
	var r sample.Ranker
	b.ReportAllocs()
	for b.Loop() {
		r.Rank(dst, x, sample.Descending, sample.TiesMin)
	}
}
