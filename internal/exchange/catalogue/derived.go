package catalogue

import (
	"context"
	"fmt"
	"math"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Formula says in one line how a derived indicator is computed.
func (d *Derived) Formula() string {
	switch d.Kind {
	case "change":
		return fmt.Sprintf("change of %s over %d years, %%", d.Numerator, d.Years)
	case "gap":
		return d.Numerator + " − " + d.Numerator + " of the metropolis"
	}
	if d.Factor != 0 && d.Factor != 1 {
		return fmt.Sprintf("%s / %s × %v", d.Numerator, d.Denominator, d.Factor)
	}
	return d.Numerator + " / " + d.Denominator
}

// derived computes a figure from the region's own or converted figures.
func (c *Catalogue) derived(ctx context.Context, st *state, id nuts.ID, i *Indicator) (*Figure, error) {
	subject, err := c.figureOf(ctx, st, id, c.byCode[i.Derived.Numerator])
	if err != nil {
		return nil, err
	}
	switch i.Derived.Kind {
	case "gap":
		return c.gap(ctx, st, id, i)
	case "change":
		if subject == nil {
			return nil, nil
		}
		return c.change(i, subject), nil
	}
	if subject == nil {
		return nil, nil
	}
	denominator, err := c.figureOf(ctx, st, id, c.byCode[i.Derived.Denominator])
	if denominator == nil || err != nil {
		return nil, err
	}
	return c.ratio(i, subject, denominator), nil
}

// from starts a derived figure with what its parts say.
func from(i *Indicator, parts ...*Figure) *Figure {
	first := parts[0]
	f := &Figure{
		Indicator: i, Region: first.Region, Of: first.Of, Basis: first.Basis, Same: first.Same,
		Pieces: first.Pieces, Weight: first.Weight, Origin: first.Origin,
	}
	f.Origin.Formula, f.Origin.Derived = i.Derived.Formula(), nil
	for _, p := range parts {
		f.Origin.Derived = append(f.Origin.Derived, p.Origin)
		if p.Basis > f.Basis {
			f.Basis, f.Of, f.Same, f.Pieces, f.Weight = p.Basis, p.Of, p.Same, p.Pieces, p.Weight
		}
	}
	return f
}

// ratio divides, period by period. A denominator that changes hardly (area)
// stands for later periods too, if the indicator says so.
func (c *Catalogue) ratio(i *Indicator, numerator, denominator *Figure) *Figure {
	f := from(i, numerator, denominator)
	factor := i.Derived.Factor
	if factor == 0 {
		factor = 1
	}
	for _, p := range numerator.Points {
		d, ok := denominator.At(p.Period)
		if !ok && i.Derived.Carry {
			d, ok = denominator.before(p.Period)
		}
		if !ok || d.Value == 0 || math.IsNaN(d.Value) || math.IsNaN(p.Value) {
			continue
		}
		f.Points = append(f.Points, Point{
			Period: p.Period, Value: p.Value / d.Value * factor, Flags: p.Flags | d.Flags, Estimated: p.Estimated || d.Estimated,
		})
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

// change compares each year with the one Years before, in per cent.
func (c *Catalogue) change(i *Indicator, subject *Figure) *Figure {
	f := from(i, subject)
	for _, p := range subject.Points {
		if p.Period.Frequency() != stats.Annual {
			continue
		}
		then, ok := subject.At(stats.Year(p.Period.Year() - i.Derived.Years))
		if !ok || then.Value == 0 || math.IsNaN(then.Value) || math.IsNaN(p.Value) {
			continue
		}
		f.Points = append(f.Points, Point{
			Period: p.Period, Value: (p.Value/then.Value - 1) * 100, Flags: p.Flags | then.Flags&^stats.Break, Estimated: p.Estimated || then.Estimated,
		})
	}
	return c.finish(f)
}

// gap subtracts the figure of the region's first metropolis. Both must come
// from one vintage of one dataset. Where either is known for a parent only, so
// is the gap.
func (c *Catalogue) gap(ctx context.Context, st *state, id nuts.ID, i *Indicator) (*Figure, error) {
	subject := c.byCode[i.Derived.Numerator]
	own, err := c.figure(ctx, st, id, subject)
	if own == nil || err != nil {
		return nil, err
	}
	for _, m := range c.nomenclature.Metros(id) {
		metro, err := c.figure(ctx, st, m.Metro, subject)
		if err != nil {
			return nil, err
		}
		if metro == nil || metro.Of == own.Of || metro.Origin.Vintage.ID != own.Origin.Vintage.ID {
			continue
		}
		f := from(i, own, metro)
		f.Region = id
		if own.Basis >= metro.Basis {
			f.Basis, f.Of, f.Same, f.Pieces, f.Weight = own.Basis, own.Of, own.Same, own.Pieces, own.Weight
		}
		f.Origin.Formula = fmt.Sprintf("%s − %s of %s", subject.Code, subject.Code, m.Name)
		for _, p := range own.Points {
			q, ok := metro.At(p.Period)
			if ok && !math.IsNaN(p.Value) && !math.IsNaN(q.Value) {
				f.Points = append(f.Points, Point{Period: p.Period, Value: p.Value - q.Value, Flags: p.Flags | q.Flags, Estimated: p.Estimated || q.Estimated})
			}
		}
		return c.finish(f), nil
	}
	return nil, nil
}
