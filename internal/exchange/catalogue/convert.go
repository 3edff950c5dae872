package catalogue

import (
	"context"
	"math"
	"slices"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// converted estimates a figure of a region from regions of another version
// whose boundaries differ, period by period: totals shared out by people,
// rates averaged by people. A period counts only if every piece has a value.
func (c *Catalogue) converted(p *panel, id nuts.ID, i *Indicator) *Figure {
	convert := c.nomenclature.ConvertRate
	switch i.Convert {
	case Sum:
		convert = c.nomenclature.ConvertTotal
	case SumArea:
		convert = c.convertByArea
	case None:
		return nil
	}
	for _, v := range slices.Backward(nuts.Versions[:]) {
		if v == id.Version {
			continue
		}
		if f := c.convertedFrom(p, id, i, v, convert); f != nil {
			return f
		}
	}
	return nil
}

// rebuilt divides the converted numerator of a rate by its converted
// denominator, which is closer than the mean of the pieces' rates.
func (c *Catalogue) rebuilt(ctx context.Context, st *state, id nuts.ID, i *Indicator) (*Figure, error) {
	numerator, err := c.figureOf(ctx, st, id, c.byCode[i.Rebuild.Numerator])
	if numerator == nil || err != nil {
		return nil, err
	}
	denominator, err := c.figureOf(ctx, st, id, c.byCode[i.Rebuild.Denominator])
	if denominator == nil || err != nil {
		return nil, err
	}
	return c.ofTwo(i, i.Rebuild, numerator, denominator), nil
}

type conversion = func(nuts.ID, nuts.Version, func(nuts.ID) (float64, bool)) (nuts.Estimate, bool)

func (c *Catalogue) convertedFrom(p *panel, id nuts.ID, i *Indicator, from nuts.Version, convert conversion) *Figure {
	f := &Figure{Indicator: i, Region: id, Of: id, Basis: Converted}
	rows := pieceRows{panel: p, nomenclature: c.nomenclature}
	for at, period := range p.Periods {
		var flags stats.Flags
		e, ok := convert(id, from, func(piece nuts.ID) (float64, bool) {
			row := rows.of(piece)
			if row < 0 {
				return 0, false
			}
			values, marks := p.Row(row)
			flags |= marks[at]
			return values[at], !math.IsNaN(values[at])
		})
		if !ok && rows.missing {
			return nil // nor in any other period
		}
		if !ok {
			continue
		}
		f.Pieces, f.Weight = e.Pieces, e.Weight
		f.Points = append(f.Points, Point{Period: period, Value: e.Value, Flags: flags, Estimated: true})
	}
	if len(f.Points) == 0 {
		return nil
	}
	f.Origin = c.origin(p, from)
	return c.finish(f)
}

// pieceRows finds the rows of the pieces of one region, each of them once.
type pieceRows struct {
	*panel
	nomenclature *nuts.Nomenclature
	ids          []nuts.ID
	rows         []int // -1: there is none
	missing      bool  // a piece was asked for that has no row
}

func (r *pieceRows) of(id nuts.ID) int {
	if n := slices.Index(r.ids, id); n >= 0 {
		return r.rows[n]
	}
	row, _, ok := r.row(r.nomenclature, id)
	if !ok {
		row, r.missing = -1, true
	}
	r.ids, r.rows = append(r.ids, id), append(r.rows, row)
	return row
}

// convertByArea shares totals out by area, as is right for areas themselves.
func (c *Catalogue) convertByArea(to nuts.ID, from nuts.Version, value func(nuts.ID) (float64, bool)) (nuts.Estimate, bool) {
	e := nuts.Estimate{Weight: "area", Pieces: c.nomenclature.Origins(to, from)}
	for _, p := range e.Pieces {
		v, ok := value(p.ID)
		if !ok {
			return nuts.Estimate{}, false
		}
		e.Value += v * p.OfArea
	}
	return e, len(e.Pieces) > 0
}
