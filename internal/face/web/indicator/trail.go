package indicator

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
)

// trailPart is where one part of a derived indicator comes from.
type trailPart struct {
	title string
	facts []component.Fact
}

// trail fills in where the number comes from: whose value it is, what it was
// computed from, dataset, filter, state, file, licence.
func (p *Indicator) trail(ctx context.Context, v *view, f *catalogue.Figure) error {
	v.trail = append(v.trail, p.basis(ctx, f)...)
	if f.Origin.Formula != "" {
		v.trail = append(v.trail, fact(ctx, "trail.formula", f.Origin.Formula))
	}
	published := figure.Published(f.Origin)
	if len(published) == 1 {
		facts, err := p.origin(ctx, published[0])
		v.trail = append(v.trail, facts...)
		return err
	}
	for _, o := range published {
		facts, err := p.origin(ctx, o)
		if err != nil {
			return err
		}
		v.parts = append(v.parts, trailPart{title: o.Dataset, facts: facts})
	}
	return nil
}

func fact(ctx context.Context, key, value string) component.Fact {
	return component.Fact{Term: locale.T(ctx, key), Text: text(value)}
}

// basis says whose value a figure is, and what an estimate was made from.
func (p *Indicator) basis(ctx context.Context, f *catalogue.Figure) []component.Fact {
	of := p.places.NameOf(ctx, f.Of)
	switch f.Basis {
	case catalogue.Inherited:
		key := "trail.inherited"
		if f.Same {
			key = "trail.same"
		}
		return []component.Fact{fact(ctx, "trail.basis", locale.T(ctx, key, "Name", of, "Code", string(f.Of.Code)))}
	case catalogue.Converted:
		var parts []string
		for _, piece := range f.Pieces {
			parts = append(parts, locale.T(
				ctx, "trail.piece", "Share", locale.From(ctx).Amount(100*piece.OfPop, 1, "percent"), "Name", p.places.NameOf(ctx, piece.ID),
				"Code", string(piece.Code), "Version", strconv.Itoa(int(piece.Version)),
			))
		}
		return []component.Fact{
			fact(ctx, "trail.basis", locale.T(ctx, "trail.converted")),
			{Term: locale.T(ctx, "trail.pieces"), Text: lines(parts)},
			fact(ctx, "trail.weight", p.weight(ctx, f.Weight)),
		}
	}
	return []component.Fact{fact(ctx, "trail.basis", locale.T(ctx, "trail.own", "Name", of, "Code", f.Of.String()))}
}

// weight names what the shares count, in the reader's language where known.
func (p *Indicator) weight(ctx context.Context, weight string) string {
	return locale.From(ctx).Or("weight."+strings.ReplaceAll(weight, " ", "-"), weight)
}

// origin tells dataset, filter in words and codes, state, file and licence.
func (p *Indicator) origin(ctx context.Context, o catalogue.Origin) ([]component.Fact, error) {
	d, err := p.Figures.Dataset(ctx, o.Dataset)
	if err != nil {
		return nil, err
	}
	r := locale.From(ctx)
	out := []component.Fact{
		{Term: locale.T(ctx, "source.dataset"), Text: named(o.Dataset, "/sources/"+o.Dataset, title(o, d))},
		{Term: locale.T(ctx, "trail.filter"), Text: lines(filter(ctx, o.Filter, d.Structure))},
		fact(ctx, "source.release", o.Vintage.Label),
	}
	if !o.Vintage.Retrieved.IsZero() {
		out = append(out, fact(ctx, "trail.retrieved", r.Date(o.Vintage.Retrieved)))
	}
	if o.Vintage.File != "" {
		out = append(out, component.Fact{Term: locale.T(ctx, "trail.file"), Text: file(o.Vintage.File, o.Vintage.SHA256)})
	}
	if o.NUTS != 0 {
		out = append(out, fact(ctx, "trail.nuts", "NUTS "+strconv.Itoa(int(o.NUTS))))
	}
	out = append(out, fact(ctx, "trail.licence", o.Licence))
	if o.Link != "" {
		out = append(out, component.Fact{Term: locale.T(ctx, "trail.publisher"), Text: outside(o.Publisher, o.Link)})
	}
	return out, nil
}

func title(o catalogue.Origin, d *catalogue.Dataset) string {
	if o.Title != "" {
		return o.Title
	}
	return d.Title
}

// filter writes a filter in the order of the dataset's dimensions, in words
// with the codes: "unit: purchasing power standard per inhabitant
// (unit=PPS_HAB_EU27_2020)".
func filter(ctx context.Context, f map[string]string, s catalogue.Structure) []string {
	ids := s.IDs()
	for _, id := range slices.Sorted(maps.Keys(f)) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	var out []string
	for _, id := range ids {
		code, ok := f[id]
		if !ok {
			continue
		}
		label := ""
		for _, d := range s.Dimensions {
			if d.ID == id {
				label = d.Labels[code]
			}
		}
		out = append(out, figure.Worded(ctx, id, code, label))
	}
	return out
}

// text is a plain text as a component.
func text(s string) templ.Component { return templ.Raw(templ.EscapeString(s)) }
