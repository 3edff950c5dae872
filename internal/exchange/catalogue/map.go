package catalogue

import (
	"context"
	"math"
	"slices"
	"sync"

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
	figures, err := c.column(ctx, st, i, level)
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

// columnKey names a column of figures: an indicator at a level.
type columnKey struct {
	code  string
	level int
}

// column returns the figures of all regions of a level, nil for a region
// without one. A column is made once: the next period of the same indicator
// needs no other.
func (c *Catalogue) column(ctx context.Context, st *state, i *Indicator, level int) ([]*Figure, error) {
	key := columnKey{i.Code, level}
	build, ok := st.columns.Load(key)
	if !ok {
		build, _ = st.columns.LoadOrStore(key, sync.OnceValues(func() ([]*Figure, error) {
			return c.makeColumn(context.WithoutCancel(ctx), st, i, level)
		}))
	}
	figures, err := build.(func() ([]*Figure, error))()
	if err != nil {
		st.columns.Delete(key) // the next reader tries again
	}
	return figures, err
}

// Warm makes the columns of all indicators at the levels that pages compare, so
// that the first reader need not wait for them. It ends early with ctx.
func (c *Catalogue) Warm(ctx context.Context) error {
	st, err := c.current(ctx)
	if err != nil {
		return err
	}
	for level := 2; level <= 3; level++ {
		for _, i := range c.indicators {
			if err := ctx.Err(); err != nil {
				return err
			}
			if _, err := c.column(ctx, st, i, level); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeColumn takes all figures from the one source that covers the newest
// period well.
func (c *Catalogue) makeColumn(ctx context.Context, st *state, i *Indicator, level int) (best []*Figure, err error) {
	regions := c.nomenclature.Regions(nuts.Current, level)
	if i.Derived != nil && !i.Derived.ofMetro() {
		return c.derivedColumn(ctx, st, i, level)
	}
	subject := i
	try := func(id nuts.ID, src *Source) (*Figure, error) { return c.fromSource(ctx, st, id, i, src) }
	if i.Derived != nil {
		subject = c.byCode[i.Derived.Numerator]
		try = func(id nuts.ID, src *Source) (*Figure, error) { return c.gapBySource(ctx, st, id, i, src) }
	}
	var newest stats.Period
	sources := []*Source{nil} // of a derived subject
	if subject.Derived == nil {
		sources = pointers(subject.Sources)
	}
	for _, src := range sources {
		figures := make([]*Figure, len(regions))
		for n, r := range regions {
			f, err := try(r.ID, src)
			if err != nil {
				return nil, err
			}
			if f != nil && f.Basis != Inherited {
				figures[n] = f
			}
		}
		var m Map
		if m.choose(figures, 0); m.Period > newest {
			best, newest = figures, m.Period
		}
	}
	return best, nil
}

func pointers(sources []Source) []*Source {
	out := make([]*Source, len(sources))
	for n := range sources {
		out[n] = &sources[n]
	}
	return out
}

// derivedColumn computes a column from those of its parts, so that it too has
// one source for each part.
func (c *Catalogue) derivedColumn(ctx context.Context, st *state, i *Indicator, level int) ([]*Figure, error) {
	subject, err := c.column(ctx, st, c.byCode[i.Derived.Numerator], level)
	if err != nil {
		return nil, err
	}
	other := subject
	if i.Derived.Denominator != "" {
		if other, err = c.column(ctx, st, c.byCode[i.Derived.Denominator], level); err != nil {
			return nil, err
		}
	}
	figures := make([]*Figure, len(subject))
	for n, f := range subject {
		switch {
		case f == nil || len(other) == 0 || other[n] == nil:
		case i.Derived.Years > 0:
			figures[n] = c.overYears(i, f)
		default:
			figures[n] = c.ofTwo(i, i.Derived, f, other[n])
		}
	}
	return figures, nil
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
