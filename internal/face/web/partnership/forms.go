package partnership

import (
	"context"
	"slices"
	"strings"

	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
)

// forms is what each kind of part asks, in the order of the page.
var forms = map[exchange.Kind][]control{
	exchange.ProfileKind: {
		{name: "short", ref: on(func(x *exchange.Profile) any { return &x.Short }), most: 30},
		{name: "title", ref: on(func(x *exchange.Profile) any { return &x.Title })},
		{name: "summary", ref: on(func(x *exchange.Profile) any { return &x.Summary }), lines: 6, optional: true},
		{name: "programme", half: true, ref: on(func(x *exchange.Profile) any { return &x.Programme }), most: 160, optional: true},
		{name: "period", half: true, ref: on(func(x *exchange.Profile) any { return &x.Period }), options: words("", exchange.Periods), optional: true},
		{name: "from", ref: on(func(x *exchange.Profile) any { return &x.Span.From }), hint: true},
		{name: "to", ref: on(func(x *exchange.Profile) any { return &x.Span.To }), optional: true},
		{name: "budget", half: true, ref: on(func(x *exchange.Profile) any { return amount{&x.Budget} }), optional: true},
		{name: "currency", half: true, ref: on(func(x *exchange.Profile) any { return currency{&x.Budget} }), most: 3, optional: true},
		{name: "website", ref: on(func(x *exchange.Profile) any { return &x.Website }), most: 500, optional: true},
		{name: "themes", ref: on(func(x *exchange.Profile) any { return &x.Themes }), options: themes, optional: true},
		sources(func(x *exchange.Profile) *[]exchange.Source { return &x.Sources }),
	},
	exchange.PhaseKind: {
		{name: "name", ref: on(func(x *exchange.Phase) any { return &x.Name })},
		{name: "from", ref: on(func(x *exchange.Phase) any { return &x.Span.From }), hint: true},
		{name: "to", ref: on(func(x *exchange.Phase) any { return &x.Span.To }), optional: true},
		{name: "planned", ref: on(func(x *exchange.Phase) any { return &x.Planned }), hint: true, optional: true},
		sources(func(x *exchange.Phase) *[]exchange.Source { return &x.Sources }),
	},
	exchange.SemesterKind: {
		{name: "number", ref: on(func(x *exchange.Semester) any { return &x.Number })},
		{name: "from", ref: on(func(x *exchange.Semester) any { return &x.Span.From }), hint: true},
		{name: "to", ref: on(func(x *exchange.Semester) any { return &x.Span.To })},
		{name: "due", ref: on(func(x *exchange.Semester) any { return &x.Due }), optional: true},
	},
	exchange.OrganisationKind: {
		{name: "organisation", ref: on(func(x *exchange.Organisation) any { return &x.Name }), most: 160, hint: true},
		{name: "english", ref: on(func(x *exchange.Organisation) any { return &x.English }), most: 160, optional: true},
		{name: "sort", ref: on(func(x *exchange.Organisation) any { return &x.Sort }), options: words("partnership.sort.", exchange.Sorts)},
		{name: "country", ref: on(func(x *exchange.Organisation) any { return &x.Country }), most: 2, hint: true, optional: true},
		{name: "website", ref: on(func(x *exchange.Organisation) any { return &x.Website }), most: 500, optional: true},
		sources(func(x *exchange.Organisation) *[]exchange.Source { return &x.Sources }),
	},
	exchange.PartnerKind: {
		{name: "role", ref: on(func(x *exchange.Partner) any { return &x.Role }), options: roles},
		{name: "from", ref: on(func(x *exchange.Partner) any { return &x.Span.From }), hint: true, optional: true},
		{name: "to", ref: on(func(x *exchange.Partner) any { return &x.Span.To }), optional: true},
		{name: "holders", hint: true, rows: listOf(func(x *exchange.Partner) *[]exchange.Holder { return &x.Holders }, 1,
			control{name: "organisation", ref: on(func(h *exchange.Holder) any { return &h.Organisation }), options: organisations},
			control{name: "from", ref: on(func(h *exchange.Holder) any { return &h.Span.From }), optional: true},
			control{name: "to", ref: on(func(h *exchange.Holder) any { return &h.Span.To }), optional: true},
		)},
		{name: "regions", hint: true, rows: listOf(func(x *exchange.Partner) *[]exchange.Territory { return &x.Regions }, 2,
			control{name: "region", ref: on(func(t *exchange.Territory) any { return region{t} }), most: 80},
			control{name: "focus", ref: on(func(t *exchange.Territory) any { return &t.Focus }), optional: true},
		)},
		sources(func(x *exchange.Partner) *[]exchange.Source { return &x.Sources }),
	},
	exchange.InstrumentKind: {
		{name: "name", ref: on(func(x *exchange.Instrument) any { return &x.Name })},
		{name: "sort", ref: on(func(x *exchange.Instrument) any { return &x.Sort }), options: words("partnership.instrument.", exchange.InstrumentSorts)},
		{name: "about", ref: on(func(x *exchange.Instrument) any { return &x.About }), lines: 4, optional: true},
		{name: "authority", ref: on(func(x *exchange.Instrument) any { return &x.Authority }), most: 160, optional: true},
		{name: "responsible", ref: on(func(x *exchange.Instrument) any { return &x.Responsible }), most: 160, optional: true},
		{name: "addressed", ref: on(func(x *exchange.Instrument) any { return &x.Partners }), options: partners, optional: true},
		{name: "indicator-name", ref: on(func(x *exchange.Instrument) any { return &x.Indicator.Name }), hint: true, optional: true},
		{name: "unit", ref: on(func(x *exchange.Instrument) any { return &x.Indicator.Unit }), most: 80, optional: true},
		{name: "baseline", half: true, ref: on(func(x *exchange.Instrument) any { return figureValue{&x.Indicator.Baseline} }), optional: true},
		{name: "baseline-year", half: true, ref: on(func(x *exchange.Instrument) any { return figureYear{&x.Indicator.Baseline} }), optional: true},
		{name: "target", half: true, ref: on(func(x *exchange.Instrument) any { return figureValue{&x.Indicator.Target} }), optional: true},
		{name: "target-year", half: true, ref: on(func(x *exchange.Instrument) any { return figureYear{&x.Indicator.Target} }), optional: true},
		{name: "current", half: true, ref: on(func(x *exchange.Instrument) any { return figureValue{&x.Indicator.Current} }), optional: true},
		{name: "current-year", half: true, ref: on(func(x *exchange.Instrument) any { return figureYear{&x.Indicator.Current} }), optional: true},
		sources(func(x *exchange.Instrument) *[]exchange.Source { return &x.Sources }),
	},
	exchange.GroupKind: {
		{name: "instrument", ref: on(func(x *exchange.Group) any { return &x.Instrument }), options: instruments},
		{name: "about", ref: on(func(x *exchange.Group) any { return &x.About }), lines: 3, optional: true},
		{name: "members", hint: true, rows: listOf(func(x *exchange.Group) *[]exchange.Member { return &x.Members }, 4,
			control{name: "organisation", ref: on(func(m *exchange.Member) any { return &m.Organisation }), most: 160},
			control{name: "sort", ref: on(func(m *exchange.Member) any { return &m.Sort }), options: words("partnership.sort.", exchange.Sorts)},
			control{name: "account", ref: on(func(m *exchange.Member) any { return &m.Account }), options: colleagues, optional: true},
			control{name: "from", ref: on(func(m *exchange.Member) any { return &m.Span.From }), optional: true},
			control{name: "to", ref: on(func(m *exchange.Member) any { return &m.Span.To }), optional: true},
		)},
		sources(func(x *exchange.Group) *[]exchange.Source { return &x.Sources }),
	},
	exchange.ActivityKind: {
		{name: "name", ref: on(func(x *exchange.Activity) any { return &x.Name })},
		{name: "sort", ref: on(func(x *exchange.Activity) any { return &x.Sort }), options: words("partnership.activity.", exchange.ActivitySorts)},
		{name: "from", ref: on(func(x *exchange.Activity) any { return &x.Span.From }), hint: true},
		{name: "to", ref: on(func(x *exchange.Activity) any { return &x.Span.To }), optional: true},
		{name: "place", ref: on(func(x *exchange.Activity) any { return &x.Place }), most: 160, optional: true},
		{name: "online", ref: on(func(x *exchange.Activity) any { return &x.Online }), optional: true},
		{name: "host", ref: on(func(x *exchange.Activity) any { return &x.Host }), options: onePartner, optional: true},
		{name: "people", ref: on(func(x *exchange.Activity) any { return &x.People }), optional: true},
		{name: "at-least", ref: on(func(x *exchange.Activity) any { return &x.AtLeast }), optional: true},
		{name: "facts", ref: on(func(x *exchange.Activity) any { return &x.Facts }), lines: 5, optional: true},
		sources(func(x *exchange.Activity) *[]exchange.Source { return &x.Sources }),
	},
	exchange.ResultKind: {
		{name: "learner", ref: on(func(x *exchange.Result) any { return &x.Learner }), options: needPartner},
		{name: "learned-from", ref: on(func(x *exchange.Result) any { return &x.From }), options: onePartner, optional: true},
		{name: "inspired", ref: on(func(x *exchange.Result) any { return &x.Inspired }), optional: true},
		{name: "change", ref: on(func(x *exchange.Result) any { return &x.Change }), lines: 5},
		{name: "instrument", ref: on(func(x *exchange.Result) any { return &x.Instrument }), options: anyInstrument, optional: true},
		{name: "types", ref: on(func(x *exchange.Result) any { return &x.Types }), options: words("partnership.type.", []string{"1", "2", "3"}), optional: true},
		sources(func(x *exchange.Result) *[]exchange.Source { return &x.Sources }),
	},
}

func sources[P any](list func(*P) *[]exchange.Source) control {
	return control{name: "sources", hint: true, rows: listOf(list, 1,
		control{name: "source", ref: on(func(s *exchange.Source) any { return &s.Title }), most: 250},
		control{name: "link", ref: on(func(s *exchange.Source) any { return &s.URL }), most: 500, optional: true},
		control{name: "date", ref: on(func(s *exchange.Source) any { return &s.Date }), optional: true},
		control{name: "mark", ref: on(func(s *exchange.Source) any { return &s.Mark }), options: marks},
	)}
}

// words offers values under the messages of a section; "" as they are.
func words(section string, values []string) func(context.Context, *form) []component.Option {
	return func(ctx context.Context, _ *form) []component.Option {
		var out []component.Option
		for _, v := range values {
			text := v
			if section != "" {
				text = locale.T(ctx, section+v)
			}
			out = append(out, component.Option{Value: v, Text: text})
		}
		return out
	}
}

func roles(ctx context.Context, _ *form) []component.Option {
	var out []component.Option
	for _, r := range exchange.Roles() {
		out = append(out, component.Option{Value: string(r), Text: locale.T(ctx, "partnership.role."+string(r))})
	}
	return out
}

func marks(ctx context.Context, _ *form) []component.Option {
	var out []component.Option
	for _, m := range exchange.Marks() {
		out = append(out, component.Option{Value: string(m), Text: locale.T(ctx, "partnership.mark."+string(m))})
	}
	return out
}

func themes(ctx context.Context, f *form) []component.Option {
	var out []component.Option
	for _, t := range f.themes {
		out = append(out, component.Option{Value: t.Code, Text: t.Label(locale.Code(ctx))})
	}
	return out
}

func organisations(_ context.Context, f *form) []component.Option {
	out := []component.Option{{}}
	for _, o := range f.p.Organisations() {
		out = append(out, component.Option{Value: o.ID, Text: o.Name})
	}
	return out
}

// colleagues are the people of the partnership. One who stands in the part and has
// left since stays choosable.
func colleagues(_ context.Context, f *form) []component.Option {
	out := []component.Option{{}}
	for _, c := range f.staff {
		out = append(out, component.Option{Value: c.Account.ID, Text: c.Account.Name})
	}
	return out
}

func partners(_ context.Context, f *form) []component.Option {
	var out []component.Option
	for _, x := range f.p.Partners() {
		out = append(out, component.Option{Value: x.ID, Text: seatName(f.p, x)})
	}
	return out
}

func onePartner(ctx context.Context, f *form) []component.Option {
	return append([]component.Option{{}}, partners(ctx, f)...)
}

func needPartner(ctx context.Context, f *form) []component.Option { return partners(ctx, f) }

func instruments(ctx context.Context, f *form) []component.Option {
	var out []component.Option
	for _, i := range f.p.Instruments() {
		if g := f.p.GroupOf(i.ID); g == nil || g.ID == f.part.Self().ID {
			out = append(out, component.Option{Value: i.ID, Text: said(ctx, i.Name).Value})
		}
	}
	return out
}

func anyInstrument(ctx context.Context, f *form) []component.Option {
	out := []component.Option{{}}
	for _, i := range f.p.Instruments() {
		out = append(out, component.Option{Value: i.ID, Text: said(ctx, i.Name).Value})
	}
	return out
}

// seatName names a seat by those who hold it last.
func seatName(p *exchange.Partnership, x *exchange.Partner) string {
	day := "9999"
	if x.To != "" {
		day = x.To.Last()
	}
	var names []string
	for _, o := range p.HeldBy(x, day) {
		names = append(names, o.Name)
	}
	if len(names) == 0 { // the last ones, where nobody holds it any more
		for _, h := range slices.Backward(x.Holders) {
			if o, err := p.Part(exchange.OrganisationKind, h.Organisation); err == nil {
				return o.(*exchange.Organisation).Name
			}
		}
	}
	return strings.Join(names, " / ")
}
