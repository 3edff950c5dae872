package catalogue

import (
	"context"
	"math"
	"slices"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// A period can be chosen on a map if it covers this share of the regions that
// the best-covered period covers; a map opens on the newest that covers most.
const (
	shareToChoose = 0.2
	shareToOpen   = 0.6
)

// Map returns one indicator for all regions of a level of the current NUTS
// version in one period, all from one source. With p = 0 it takes the newest
// period that covers most regions.
func (c *Catalogue) Map(ctx context.Context, code string, level int, p stats.Period) (*Map, error) {
	i, err := c.Indicator(code)
	if err != nil {
		return nil, err
	}
	st, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	regions := c.nomenclature.Regions(nuts.Current, level)
	m := &Map{Indicator: i, Level: level, Version: nuts.Current}
	figures, err := st.column(i.Code, level, func() ([]*Figure, error) { return c.column(ctx, st, i, regions) })
	if err != nil {
		return nil, err
	}
	m.choose(figures, p)
	if m.Period == 0 {
		return nil, fault.New(fault.Missing, "map.none", "no figure of %s is known at NUTS level %d", i.Code, level).
			With("indicator", i.Code).With("level", level).Do("Choose a coarser level, or another indicator")
	}
	for n, f := range figures {
		if f == nil {
			continue
		}
		if pt, ok := f.At(m.Period); ok {
			m.Values = append(m.Values, MapValue{Region: regions[n], Basis: f.Basis, Point: pt})
			m.Origin = f.Origin
		}
	}
	if p != 0 && len(m.Values) == 0 {
		return nil, fault.New(fault.Missing, "map.period", "no figure of %s is known for %s at NUTS level %d", i.Code, p, level).
			Do("Choose a period from %s to %s", m.Periods[0], m.Periods[len(m.Periods)-1])
	}
	return m, nil
}

// column keeps the figures that a map was made from: the next period of the
// same indicator needs no other.
func (st *state) column(code string, level int, make func() ([]*Figure, error)) ([]*Figure, error) {
	key := columnKey{code, level}
	st.mu.Lock()
	kept, ok := st.columns[key]
	st.mu.Unlock()
	if ok {
		return kept, nil
	}
	figures, err := make()
	if err != nil {
		return nil, err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.columns[key] = figures
	return figures, nil
}

// columnKey names a column of figures: an indicator at a level.
type columnKey struct {
	code  string
	level int
}

// column returns the regions' figures from the one source that covers the
// newest period well; nil for a region without one.
func (c *Catalogue) column(ctx context.Context, st *state, i *Indicator, regions []*nuts.Region) ([]*Figure, error) {
	if i.Derived != nil {
		return c.each(regions, func(id nuts.ID) (*Figure, error) { return c.derived(ctx, st, id, i) })
	}
	var best []*Figure
	var bestOpens stats.Period
	for _, src := range i.Sources {
		p, err := c.panel(ctx, st, src)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		figures, err := c.each(regions, func(id nuts.ID) (*Figure, error) {
			if f := c.own(p, id, i); f != nil {
				return f, nil
			}
			return c.converted(p, id, i), nil
		})
		if err != nil {
			return nil, err
		}
		var m Map
		if m.choose(figures, 0); m.Period > bestOpens {
			best, bestOpens = figures, m.Period
		}
	}
	return best, nil
}

func (c *Catalogue) each(regions []*nuts.Region, figure func(nuts.ID) (*Figure, error)) ([]*Figure, error) {
	out := make([]*Figure, len(regions))
	for n, r := range regions {
		f, err := figure(r.ID)
		if err != nil {
			return nil, err
		}
		if f != nil && f.Basis != Inherited {
			out[n] = f
		}
	}
	return out, nil
}

// choose sets the periods that can be chosen, and the period: want, or the
// newest that covers most regions.
func (m *Map) choose(figures []*Figure, want stats.Period) {
	count := map[stats.Period]int{}
	most := 0
	for _, f := range figures {
		if f == nil {
			continue
		}
		for _, p := range f.Points {
			if !math.IsNaN(p.Value) {
				count[p.Period]++
				most = max(most, count[p.Period])
			}
		}
	}
	for p, n := range count {
		if float64(n) >= shareToChoose*float64(most) {
			m.Periods = append(m.Periods, p)
		}
		if float64(n) >= shareToOpen*float64(most) && p > m.Period {
			m.Period = p
		}
	}
	slices.Sort(m.Periods)
	if want != 0 && m.Period != 0 {
		m.Period = want
	}
}
