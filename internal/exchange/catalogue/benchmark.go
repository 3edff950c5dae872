package catalogue

import (
	"context"
	"math"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Benchmark is a line to measure regions by: the figures of a metro region or
// of a class of regions, which is no NUTS region and has no Figure.
type Benchmark struct {
	Of     string // "metro", "intermediate", "rural"
	Place  string // the dataset's code: FI001MC for Helsinki, EU27_2020, FI
	Points []Point
	Origin Origin
}

// Benchmarks returns the lines that imported datasets give for an indicator, in
// the order of the catalogue and of the places' codes. It is empty where none of
// the datasets was imported.
func (c *Catalogue) Benchmarks(ctx context.Context, code string) ([]Benchmark, error) {
	i, err := c.Indicator(code)
	if err != nil {
		return nil, err
	}
	st, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	var out []Benchmark
	for _, src := range i.Benchmarks {
		d := st.datasets[src.Dataset]
		if d == nil {
			continue
		}
		key, ok := src.keyIn(&d.Structure)
		if !ok {
			continue
		}
		origin := c.origin(&panel{dataset: d, source: src}, 0)
		err := c.Slice(ctx, d.Current().ID, key, func(_ nuts.ID, _ nuts.Kind, place string, s *stats.Series) error {
			b := Benchmark{Of: src.Of, Place: place, Origin: origin}
			for n, at := range s.Periods {
				if !math.IsNaN(s.Values[n]) {
					b.Points = append(b.Points, Point{Period: at, Value: s.Values[n], Flags: s.Flags[n]})
				}
			}
			if len(b.Points) > 0 {
				out = append(out, b)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
