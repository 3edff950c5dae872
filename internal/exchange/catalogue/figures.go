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
	st, err := c.ready(ctx, id)
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
	st, err := c.ready(ctx, id)
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

// ready returns what figures are made from, after a look at the region.
func (c *Catalogue) ready(ctx context.Context, id nuts.ID) (*state, error) {
	if _, ok := c.nomenclature.Region(id); !ok {
		return nil, fault.New(fault.Missing, "region.unknown", "there is no region %s", id).With("region", string(id.Code)).
			Do("Check the code, or leave the version out")
	}
	return c.current(ctx)
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
	computable(c.indicators, out)
	return out, nil
}

// computable adds to the indicators that have figures those that are computed
// from them.
func computable(indicators []*Indicator, covered map[string]bool) {
	for changed := true; changed; { // some are computed from computed ones
		changed = false
		for _, i := range indicators {
			if d := i.Derived; d != nil && !covered[i.Code] && covered[d.Numerator] && (d.Denominator == "" || covered[d.Denominator]) {
				covered[i.Code], changed = true, true
			}
		}
	}
}

// figure is Figure without the sentence: nil where nothing is known.
func (c *Catalogue) figure(ctx context.Context, st *state, id nuts.ID, i *Indicator) (*Figure, error) {
	if i.Derived != nil && i.Derived.ofMetro() {
		return c.gap(ctx, st, id, i) // looks at the parents itself
	}
	return c.ownOrParents(id, i, func(id nuts.ID) (*Figure, error) { return c.figureOf(ctx, st, id, i) })
}

// figureOf returns the region's own or converted figure, nil for neither.
func (c *Catalogue) figureOf(ctx context.Context, st *state, id nuts.ID, i *Indicator) (*Figure, error) {
	return c.bestOf(i, func(src *Source) (*Figure, error) { return c.fromSource(ctx, st, id, i, src) })
}

// bestOf tries the sources of an indicator; a derived one has no source but its
// formula, which is nil.
func (c *Catalogue) bestOf(i *Indicator, try func(*Source) (*Figure, error)) (best *Figure, err error) {
	if i.Derived != nil {
		return try(nil)
	}
	for n := range i.Sources {
		f, err := try(&i.Sources[n])
		if err != nil {
			return nil, err
		}
		if f != nil && (best == nil || better(f, best)) {
			best = f
		}
	}
	return best, nil
}

// fromSource returns the region's own or converted figure from one source, nil
// for neither.
func (c *Catalogue) fromSource(ctx context.Context, st *state, id nuts.ID, i *Indicator, src *Source) (*Figure, error) {
	if src == nil {
		return c.derived(ctx, st, id, i)
	}
	p, err := c.panel(ctx, st, *src)
	if p == nil || err != nil {
		return nil, err
	}
	if f := c.own(p, id, i); f != nil {
		return f, nil
	}
	if i.Rebuild != nil {
		if f, err := c.rebuilt(ctx, st, id, i); f != nil || err != nil {
			return f, err
		}
	}
	return c.converted(p, id, i), nil
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

// finish marks breaks; it returns nil for a figure without a value. A converted
// line stands on one boundary all along.
func (c *Catalogue) finish(f *Figure) *Figure {
	if f.Latest().Period == 0 {
		return nil
	}
	for _, p := range f.Points {
		if p.Flags.Has(stats.Break) {
			f.Breaks = append(f.Breaks, Break{Period: p.Period, Reason: "flag"})
		}
	}
	if f.Basis != Converted {
		f.territory(c.nomenclature)
	}
	slices.SortStableFunc(f.Breaks, func(a, b Break) int { return cmp.Compare(a.Period, b.Period) })
	return f
}

// territory marks where the boundaries changed: in the version in which the
// region got those that it has.
func (f *Figure) territory(n *nuts.Nomenclature) {
	for _, v := range slices.Backward(nuts.Versions[:]) {
		at, ok := f.Of, v == f.Of.Version
		if v < f.Of.Version {
			at, ok = sameArea(n, f.Of, v)
		}
		if !ok {
			continue
		}
		change, ok := n.Change(at)
		if !ok || change.Recoded || change.Slight {
			continue
		}
		if first := f.crosses(int(v)); first != 0 {
			f.Breaks = append(f.Breaks, Break{Period: first, Reason: "territory", Area: change.AreaGained - change.AreaLost, People: change.PeopleGained - change.PeopleLost})
		}
	}
}

// sameArea returns the region of a version that is the same area as id.
func sameArea(n *nuts.Nomenclature, id nuts.ID, v nuts.Version) (nuts.ID, bool) {
	for _, piece := range n.Origins(id, v) {
		if n.Unchanged(id, piece.ID) {
			return piece.ID, true
		}
	}
	return nuts.ID{}, false
}

// crosses returns the first period in or after a year, 0 where the line does
// not cross the beginning of that year.
func (f *Figure) crosses(year int) stats.Period {
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

// ownOrParents looks for a figure of the region, then of those that hold it:
// NUTS 2, then NUTS 1, never the country, whose value says nothing of the
// region. A total of a larger region is none of a smaller one, so it counts
// only where the larger one is the same area.
func (c *Catalogue) ownOrParents(id nuts.ID, i *Indicator, of func(nuts.ID) (*Figure, error)) (*Figure, error) {
	f, err := of(id)
	if f != nil || err != nil {
		return f, err
	}
	same := true
	r, ok := c.nomenclature.Region(id)
	for ok && r.Level > 1 {
		parent := nuts.ID{Code: r.Parent, Version: id.Version}
		same = same && len(c.nomenclature.Children(parent)) == 1
		if !same && i.total() {
			return nil, nil
		}
		f, err := of(parent)
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
	filter := make(Filter, len(d.Structure.Dimensions))
	key, _ := p.source.keyIn(&d.Structure)
	for n, dim := range d.Structure.Dimensions {
		filter[dim.ID] = key[n]
	}
	return Origin{
		Dataset: d.Code, Title: d.Title, Filter: filter, Vintage: *d.Current(), NUTS: counted,
		Publisher: d.Publisher, Licence: d.Licence, Link: d.Link, Note: p.source.Note,
	}
}
