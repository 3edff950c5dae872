package catalogue

import (
	"context"
	"math"
	"slices"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// History is every yearly value of indicators for the regions of a level:
// indicator by region by year.
type History struct {
	Indicators []*Indicator
	Regions    []*nuts.Region
	Years      []int           // ascending, without holes
	Values     [][]float64     // Values[indicator][region*len(Years)+year]; NaN is missing
	Flags      [][]stats.Flags // same shape
	Origins    []Origin        // of each indicator's column
	Changes    []TerritoryChange
}

// TerritoryChange says that an indicator's line for a region must not be read
// across a year, because the territory behind it changed.
type TerritoryChange struct {
	Indicator int // of History.Indicators
	Region    int // of History.Regions
	Year      int // first year of the new territory
}

// longest is how many years back a history goes.
const longest = 30

// History returns the yearly values of all indicators that have any at a level
// of the current NUTS version, published or converted. Regions of other levels
// may be added: they stand behind those of the level, with the values of their
// own level. Values that we estimated carry the flag e.
func (c *Catalogue) History(ctx context.Context, level int, others []nuts.ID) (*History, error) {
	st, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	h := &History{Regions: slices.Clone(c.nomenclature.Regions(nuts.Current, level))}
	for _, id := range others {
		if r, ok := c.nomenclature.Region(id); ok && r.Version == nuts.Current && r.Level != level && !slices.Contains(h.Regions, r) {
			h.Regions = append(h.Regions, r)
		}
	}
	var columns [][]*Figure
	first, last := math.MaxInt, 0
	for _, i := range c.indicators {
		if i.Derived != nil && i.Derived.ofMetro() {
			continue // a gap is not compared, it is a comparison
		}
		figures, err := c.figuresOf(ctx, st, i, h.Regions, level)
		if err != nil {
			return nil, err
		}
		from, to := yearsOf(figures)
		if to == 0 {
			continue
		}
		first, last = min(first, from), max(last, to)
		h.Indicators, columns = append(h.Indicators, i), append(columns, figures)
	}
	if last == 0 {
		return h, nil
	}
	for y := max(first, last-longest+1); y <= last; y++ {
		h.Years = append(h.Years, y)
	}
	for j := range columns {
		h.fill(j, columns[j])
	}
	return h, nil
}

// figuresOf returns an indicator's figures for regions, each from the column of
// its level; nil for a region without one.
func (c *Catalogue) figuresOf(ctx context.Context, st *state, i *Indicator, regions []*nuts.Region, level int) ([]*Figure, error) {
	out := make([]*Figure, 0, len(regions))
	column, err := c.column(ctx, st, i, level)
	if err != nil {
		return nil, err
	}
	n := len(c.nomenclature.Regions(nuts.Current, level))
	if out = append(out, column...); len(out) < n {
		out = append(out, make([]*Figure, n-len(out))...)
	}
	for _, r := range regions[n:] {
		at := slices.Index(c.nomenclature.Regions(nuts.Current, r.Level), r)
		column, err := c.column(ctx, st, i, r.Level)
		if err != nil {
			return nil, err
		}
		var f *Figure
		if at >= 0 && at < len(column) {
			f = column[at]
		}
		out = append(out, f)
	}
	return out, nil
}

// yearsOf returns the first and last year with a value; 0, 0 without any.
func yearsOf(figures []*Figure) (first, last int) {
	first = math.MaxInt
	for _, f := range figures {
		if f == nil {
			continue
		}
		for _, p := range f.Points {
			if p.Period.Frequency() == stats.Annual && !math.IsNaN(p.Value) {
				first, last = min(first, p.Period.Year()), max(last, p.Period.Year())
			}
		}
	}
	if last == 0 {
		first = 0
	}
	return first, last
}

func (h *History) fill(j int, figures []*Figure) {
	n := len(h.Years)
	values, flags := make([]float64, len(figures)*n), make([]stats.Flags, len(figures)*n)
	for k := range values {
		values[k] = math.NaN()
	}
	var origin Origin
	for i, f := range figures {
		if f == nil {
			continue
		}
		origin = f.Origin
		for _, p := range f.Points {
			year := p.Period.Year() - h.Years[0]
			if p.Period.Frequency() != stats.Annual || year < 0 || year >= n {
				continue
			}
			values[i*n+year], flags[i*n+year] = p.Value, p.Flags
			if p.Estimated {
				flags[i*n+year] |= stats.Estimated
			}
		}
		for _, b := range f.Breaks {
			if b.Reason == "territory" {
				h.Changes = append(h.Changes, TerritoryChange{j, i, b.Period.Year()})
			}
		}
	}
	h.Values, h.Flags, h.Origins = append(h.Values, values), append(h.Flags, flags), append(h.Origins, origin)
}
