package catalogue

import (
	"context"
	"fmt"
	"math"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// The kinds of formula; see data/catalogue/indicators.toml.
const (
	ratioKind      = "ratio"      // numerator / denominator × factor
	balanceKind    = "balance"    // numerator − denominator, both totals
	changeKind     = "change"     // per cent over years
	differenceKind = "difference" // in the unit of the subject, over years
	gapKind        = "gap"        // the region − its metropolis
	gapRatioKind   = "gap_ratio"  // the region, its metropolis = 100
)

// combine is a formula of two values.
type combine func(a, b float64) float64

// combine returns the formula; nil for an unknown kind.
func (d *Derived) combine() combine {
	switch d.Kind {
	case ratioKind:
		factor := d.Factor
		if factor == 0 {
			factor = 1
		}
		return func(a, b float64) float64 { return a / b * factor }
	case balanceKind, differenceKind, gapKind:
		return func(a, b float64) float64 { return a - b }
	case changeKind:
		return func(a, b float64) float64 { return (a/b - 1) * 100 }
	case gapRatioKind:
		return func(a, b float64) float64 { return a / b * 100 }
	}
	return nil
}

// Formula says in one line how a derived indicator is computed.
func (d *Derived) Formula() string {
	switch d.Kind {
	case changeKind:
		return fmt.Sprintf("change of %s over %d years, %%", d.Numerator, d.Years)
	case differenceKind:
		return fmt.Sprintf("%s − %s %d years before", d.Numerator, d.Numerator, d.Years)
	case balanceKind:
		return d.Numerator + " − " + d.Denominator
	case gapKind:
		return d.Numerator + " − " + d.Numerator + " of the metropolis"
	case gapRatioKind:
		return d.Numerator + " / " + d.Numerator + " of the metropolis × 100"
	}
	if d.Factor != 0 && d.Factor != 1 {
		return fmt.Sprintf("%s / %s × %v", d.Numerator, d.Denominator, d.Factor)
	}
	return d.Numerator + " / " + d.Denominator
}

// ofMetro reports whether the formula compares the region with its metropolis.
func (d *Derived) ofMetro() bool { return d.Kind == gapKind || d.Kind == gapRatioKind }

// derived computes a figure from the region's own or converted figures.
func (c *Catalogue) derived(ctx context.Context, st *state, id nuts.ID, i *Indicator) (*Figure, error) {
	if i.Derived.ofMetro() {
		return c.gap(ctx, st, id, i)
	}
	subject, err := c.figureOf(ctx, st, id, c.byCode[i.Derived.Numerator])
	if subject == nil || err != nil {
		return nil, err
	}
	if i.Derived.Years > 0 {
		return c.overYears(i, subject), nil
	}
	other, err := c.figureOf(ctx, st, id, c.byCode[i.Derived.Denominator])
	if other == nil || err != nil {
		return nil, err
	}
	return c.ofTwo(i, i.Derived, subject, other), nil
}

// from starts a derived figure with what its parts say. It is as far from the
// region's own as the part that is farthest.
func from(i *Indicator, d *Derived, parts ...*Figure) *Figure {
	f := &Figure{Indicator: i}
	f.stand(parts[0])
	f.Region, f.Origin = parts[0].Region, parts[0].Origin
	f.Origin.Formula, f.Origin.Derived = d.Formula(), nil
	for _, p := range parts {
		f.Origin.Derived = append(f.Origin.Derived, p.Origin)
		if p.Basis > f.Basis {
			f.stand(p)
		}
	}
	return f
}

// stand says that f is a figure of what p is one of.
func (f *Figure) stand(p *Figure) {
	f.Basis, f.Of, f.Same, f.Pieces, f.Weight = p.Basis, p.Of, p.Same, p.Pieces, p.Weight
}

// add appends a point of two, if the formula gives a number.
func (f *Figure) add(calculate combine, at stats.Period, a, b Point) {
	v := calculate(a.Value, b.Value)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	f.Points = append(f.Points, Point{Period: at, Value: v, Flags: a.Flags | b.Flags, Estimated: a.Estimated || b.Estimated})
}

// ofTwo joins two figures period by period. A denominator that hardly changes
// (area) stands for later periods too, if the formula says so.
func (c *Catalogue) ofTwo(i *Indicator, d *Derived, a, b *Figure) *Figure {
	f, calculate := from(i, d, a, b), d.combine()
	for _, p := range a.Points {
		q, ok := b.At(p.Period)
		if !ok && d.Carry {
			q, ok = b.before(p.Period)
		}
		if ok {
			f.add(calculate, p.Period, p, q)
		}
	}
	return c.finish(f)
}

// before returns the last point with a value up to a period.
func (f *Figure) before(at stats.Period) (Point, bool) {
	for n := len(f.Points) - 1; n >= 0; n-- {
		if p := f.Points[n]; p.Period <= at && !math.IsNaN(p.Value) {
			return p, true
		}
	}
	return Point{}, false
}

// overYears compares each year with the one Years before. A break that lay in
// the earlier year does not part the line once more.
func (c *Catalogue) overYears(i *Indicator, subject *Figure) *Figure {
	f, calculate := from(i, i.Derived, subject), i.Derived.combine()
	for _, p := range subject.Points {
		if p.Period.Frequency() != stats.Annual {
			continue
		}
		if then, ok := subject.At(stats.Year(p.Period.Year() - i.Derived.Years)); ok {
			then.Flags &^= stats.Break
			f.add(calculate, p.Period, p, then)
		}
	}
	return c.finish(f)
}

// gap compares the region with its first metropolis of which anything is known.
// Both figures come from one vintage of one dataset: each source is tried for
// both of them.
func (c *Catalogue) gap(ctx context.Context, st *state, id nuts.ID, i *Indicator) (*Figure, error) {
	return c.bestOf(c.byCode[i.Derived.Numerator], func(src *Source) (*Figure, error) {
		return c.gapBySource(ctx, st, id, i, src)
	})
}

func (c *Catalogue) gapBySource(ctx context.Context, st *state, id nuts.ID, i *Indicator, src *Source) (*Figure, error) {
	for _, m := range c.nomenclature.Metros(id) {
		if f, err := c.gapTo(ctx, st, id, i, src, m); f != nil || err != nil {
			return f, err
		}
	}
	return nil, nil
}

// gapTo compares the region with one metropolis. Where either is known for a
// parent only, that one is compared. src is nil for a derived subject.
func (c *Catalogue) gapTo(ctx context.Context, st *state, id nuts.ID, i *Indicator, src *Source, m nuts.Relation) (*Figure, error) {
	subject := c.byCode[i.Derived.Numerator]
	look := func(id nuts.ID) (*Figure, error) {
		return c.ownOrParents(id, subject, func(id nuts.ID) (*Figure, error) { return c.fromSource(ctx, st, id, subject, src) })
	}
	own, err := look(id)
	if own == nil || err != nil {
		return nil, err
	}
	metro, err := look(m.Metro)
	if metro == nil || err != nil || metro.Of == own.Of || metro.Origin.Vintage.ID != own.Origin.Vintage.ID {
		return nil, err
	}
	f, calculate := from(i, i.Derived, own, metro), i.Derived.combine()
	f.stand(own) // the metropolis is what it is measured by
	f.Origin.Formula = i.Derived.gapFormula(m.Name + " (" + string(metro.Of.Code) + ")")
	for _, p := range own.Points {
		if q, ok := metro.At(p.Period); ok {
			f.add(calculate, p.Period, p, q)
		}
	}
	return c.finish(f), nil
}

func (d *Derived) gapFormula(metro string) string {
	if d.Kind == gapRatioKind {
		return fmt.Sprintf("%s / %s of %s × 100", d.Numerator, d.Numerator, metro)
	}
	return fmt.Sprintf("%s − %s of %s", d.Numerator, d.Numerator, metro)
}
