package catalogue

import (
	"cmp"
	"context"
	"math"
	"slices"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Figure returns one indicator for one region, Missing where nothing is known
// of it: neither for the region, nor for regions that it was made from, nor
// for a region that holds it.
func (c *Catalogue) Figure(ctx context.Context, id nuts.ID, code string) (*Figure, error) {
	i, err := c.Indicator(code)
	if err != nil {
		return nil, err
	}
	st, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	f, err := c.figure(ctx, st, id, i)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, fault.New(fault.Missing, "figure.none", "no figure of %s is known for %s", i.Code, id).
			With("indicator", i.Code).With("region", string(id.Code)).
			Do("Import one of its datasets; \"peerscape indicators\" names them")
	}
	return f, nil
}

// Figures returns every figure that is known of a region, in catalogue order.
func (c *Catalogue) Figures(ctx context.Context, id nuts.ID) ([]*Figure, error) {
	st, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	var out []*Figure
	for _, i := range c.indicators {
		f, err := c.figure(ctx, st, id, i)
		if err != nil {
			return nil, err
		}
		if f != nil {
			out = append(out, f)
		}
	}
	return out, nil
}

// Covered returns the indicators for which any figure is there, by code.
func (c *Catalogue) Covered(ctx context.Context) (map[string]bool, error) {
	st, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, i := range c.indicators {
		for _, src := range i.Sources {
			p, err := c.panel(ctx, st, src)
			if err != nil {
				return nil, err
			}
			out[i.Code] = out[i.Code] || p != nil
		}
	}
	for changed := true; changed; { // derived from derived
		changed = false
		for _, i := range c.indicators {
			if d := i.Derived; d != nil && !out[i.Code] && out[d.Numerator] && (d.Denominator == "" || out[d.Denominator]) {
				out[i.Code], changed = true, true
			}
		}
	}
	return out, nil
}

// figure is Figure without the sentence: nil where nothing is known.
func (c *Catalogue) figure(ctx context.Context, st *state, id nuts.ID, i *Indicator) (*Figure, error) {
	f, err := c.figureOf(ctx, st, id, i)
	if f != nil || err != nil {
		return f, err
	}
	return c.inherited(ctx, st, id, i)
}

// figureOf returns the region's own or converted figure, nil for neither. The
// gap of a region may also stand on inherited values; see gap.
func (c *Catalogue) figureOf(ctx context.Context, st *state, id nuts.ID, i *Indicator) (*Figure, error) {
	if i.Derived != nil {
		return c.derived(ctx, st, id, i)
	}
	var best *Figure
	for _, src := range i.Sources {
		p, err := c.panel(ctx, st, src)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		f := c.own(p, id, i)
		if f == nil {
			f = c.converted(p, id, i)
		}
		if f != nil && (best == nil || better(f, best)) {
			best = f
		}
	}
	return best, nil
}

// better: own before converted, then the newest value; ties keep the order of
// the catalogue.
func better(a, b *Figure) bool {
	return cmp.Or(cmp.Compare(a.Basis, b.Basis), cmp.Compare(b.Latest().Period, a.Latest().Period)) < 0
}

// own returns the figure that was published for the region's area.
func (c *Catalogue) own(p *panel, id nuts.ID, i *Indicator) *Figure {
	row, counted, ok := p.row(c.nomenclature, id)
	if !ok {
		return nil
	}
	values, flags := p.Row(row)
	f := &Figure{Indicator: i, Region: id, Basis: Own, Of: id, Origin: c.origin(p, counted.Version)}
	for at, period := range p.Periods {
		if math.IsNaN(values[at]) && flags[at] == 0 {
			continue
		}
		f.Points = append(f.Points, Point{Period: period, Value: values[at], Flags: flags[at]})
	}
	return c.finish(f)
}

// finish marks breaks; it returns nil for a figure without a value.
func (c *Catalogue) finish(f *Figure) *Figure {
	if f.Latest().Period == 0 {
		return nil
	}
	for _, p := range f.Points {
		if p.Flags.Has(stats.Break) {
			f.Breaks = append(f.Breaks, Break{Period: p.Period, Reason: "flag"})
		}
	}
	if change, ok := c.nomenclature.Change(f.Of); ok && !change.Recoded && !change.Slight {
		at := f.territoryBreak(int(f.Of.Version))
		if at != 0 {
			f.Breaks = append(f.Breaks, Break{Period: at, Reason: "territory", Area: change.AreaGained - change.AreaLost, People: change.PeopleGained - change.PeopleLost})
		}
	}
	slices.SortStableFunc(f.Breaks, func(a, b Break) int { return cmp.Compare(a.Period, b.Period) })
	return f
}

// territoryBreak returns the first period in or after the year in which the
// region's boundaries came into force, 0 where the line does not cross it.
func (f *Figure) territoryBreak(year int) stats.Period {
	for n, p := range f.Points {
		if p.Period.Year() >= year {
			if n == 0 {
				return 0
			}
			return p.Period
		}
	}
	return 0
}

// inherited looks for the figure of a region that holds this one: NUTS 2, then
// NUTS 1, never the country, whose value says nothing of the region.
func (c *Catalogue) inherited(ctx context.Context, st *state, id nuts.ID, i *Indicator) (*Figure, error) {
	same := true
	r, ok := c.nomenclature.Region(id)
	for ok && r.Level > 1 {
		parent := nuts.ID{Code: r.Parent, Version: id.Version}
		same = same && len(c.nomenclature.Children(parent)) == 1
		f, err := c.figureOf(ctx, st, parent, i)
		if err != nil {
			return nil, err
		}
		if f != nil {
			f.Region, f.Of, f.Basis, f.Same = id, parent, Inherited, same
			return f, nil
		}
		r, ok = c.nomenclature.Region(parent)
	}
	return nil, nil
}

func (c *Catalogue) origin(p *panel, counted nuts.Version) Origin {
	d := p.dataset
	filter := make(map[string]string, len(d.Structure.Dimensions))
	key, _ := p.source.keyIn(&d.Structure)
	for n, dim := range d.Structure.Dimensions {
		filter[dim.ID] = key[n]
	}
	return Origin{
		Dataset: d.Code, Title: d.Title, Filter: filter, Vintage: *d.Current(), NUTS: counted,
		Publisher: d.Publisher, Licence: d.Licence, Link: d.Link,
	}
}
