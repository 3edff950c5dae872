package impute

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"peerscape/internal/stats"
)

// All NUTS 3 regions by 60 indicators, a tenth missing, mean within 40 groups.
func BenchmarkGroupMean(b *testing.B) {
	d := Data{Table: random(rand.New(rand.NewPCG(1, 1)), 60, 1345, 0.1)}
	for i := range 1345 {
		d.Groups = append(d.Groups, fmt.Sprintf("C%02d", i%40))
	}
	benchmark(b, d, Rule{Method: GroupMean})
}

// 242 regions over 10 years by 60 indicators, a tenth missing: lines, then ends.
func BenchmarkPanel(b *testing.B) {
	d := Data{Table: random(rand.New(rand.NewPCG(1, 1)), 60, 2420, 0.1)}
	for i := range 2420 {
		d.Rows = append(d.Rows, Row{fmt.Sprintf("U%03d", i/10), stats.Year(2014 + i%10)})
	}
	benchmark(b, d, Rule{Method: Interpolate}, Rule{Method: CarryForward, Limit: 3}, Rule{Method: CarryBackward, Limit: 3})
}

// 242 regions by 12 indicators, a twentieth missing.
func BenchmarkEM(b *testing.B) {
	benchmark(b, Data{Table: random(rand.New(rand.NewPCG(1, 1)), 12, 242, 0.05)}, Rule{Method: EM})
}

func benchmark(b *testing.B, d Data, rules ...Rule) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Fill(d, rules...); err != nil {
			b.Fatal(err)
		}
	}
}
