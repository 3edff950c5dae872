package composite_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
)

// All regions of NUTS 3 by sixty indicators in ten dimensions of five domains, a
// twentieth of the values missing: treated, normalised, aggregated and ranked.
func BenchmarkIndex(b *testing.B) {
	random := rand.New(rand.NewPCG(5, 6))
	f := &composite.Framework{
		Code: "wide", Treat: treat.Rule{Skew: 2, Kurtosis: 3.5, Most: 5, Then: treat.LogCT}, Normalise: normalise.Rule{To: 100},
		Groups: []composite.Group{{Code: "index"}},
	}
	table := &composite.Table{}
	for d := range 5 {
		f.Groups = append(f.Groups, composite.Group{Code: "domain" + strconv.Itoa(d), Parent: "index", Weight: 1})
	}
	for d := range 10 {
		f.Groups = append(f.Groups, composite.Group{Code: "dimension" + strconv.Itoa(d), Parent: "domain" + strconv.Itoa(d/2), Weight: 1})
	}
	for range 1345 {
		table.Rows = append(table.Rows, composite.Row{Unit: strconv.Itoa(len(table.Rows))})
	}
	for j := range 60 {
		code := "i" + strconv.Itoa(j)
		f.Indicators = append(f.Indicators, composite.Indicator{Code: code, Parent: "dimension" + strconv.Itoa(j/6), Weight: 1, Direction: composite.MoreIsBetter})
		c := composite.Column{Code: code}
		for range table.Rows {
			x := random.NormFloat64()
			if j%10 == 0 {
				x = math.Exp(2 * x)
			}
			if random.Float64() < 0.05 {
				x = math.NaN()
			}
			c.Values = append(c.Values, x)
		}
		table.Columns = append(table.Columns, c)
	}
	p, err := composite.New(f, table)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Compute(); err != nil {
			b.Fatal(err)
		}
	}
}
