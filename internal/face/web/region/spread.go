package region

import (
	"context"
	"math"
	"slices"
	"sync"

	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
	"peerscape/internal/stats"
)

// spreads keeps where the regions of the Union stand, by indicator, level and
// period. An entry is read again once the indicator's vintage has changed.
type spreads struct {
	figures page.Figures
	mu      sync.Mutex
	kept    map[spreadKey]spread
}

type spreadKey struct {
	indicator string
	level     int
	period    stats.Period
	vintage   int64
}

// spread is the ascending values of all regions of the Union on one level; nil
// where too few have one.
type spread []float64

// few is how many regions must have a value to speak of the middle half.
const few = 20

func newSpreads(f page.Figures) *spreads {
	return &spreads{figures: f, kept: map[spreadKey]spread{}}
}

// most bounds how many spreads are kept; at the bound all are dropped.
const most = 4096

// of returns where the regions of the level of a figure's region stand in the
// period of its newest value; nil where the regions' values of that period come
// from another source or are too few.
func (s *spreads) of(ctx context.Context, f *catalogue.Figure, level int) spread {
	key := spreadKey{f.Indicator.Code, level, f.Latest().Period, f.Origin.Vintage.ID}
	s.mu.Lock()
	got, ok := s.kept[key]
	s.mu.Unlock()
	if ok {
		return got
	}
	got = s.read(ctx, key, figure.Codelist(f.Origin))
	s.mu.Lock()
	if len(s.kept) >= most {
		clear(s.kept)
	}
	s.kept[key] = got
	s.mu.Unlock()
	return got
}

func (s *spreads) read(ctx context.Context, key spreadKey, datasets []string) spread {
	m, err := s.figures.Map(ctx, key.indicator, key.level, key.period)
	if err != nil || m.Period != key.period || !slices.Equal(figure.Codelist(m.Origin), datasets) {
		return nil
	}
	var out spread
	for _, v := range m.Values {
		if place.Member(v.Region.Country) && !math.IsNaN(v.Value) {
			out = append(out, v.Value)
		}
	}
	if len(out) < few {
		return nil
	}
	slices.Sort(out)
	return out
}

// side says where v lies: below, in or above the middle half.
func (s spread) side(v float64) string {
	switch {
	case v < chart.Quantile(s, 0.25):
		return "below"
	case v > chart.Quantile(s, 0.75):
		return "above"
	}
	return "middle"
}
