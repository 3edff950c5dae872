package partnership

import (
	"context"
	"fmt"

	"peerscape/internal/exchange/content"
	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
)

// have returns the answers to show: what was sent, or what stands.
func (f *form) have(c *control, x any, prefix string) []string {
	if f.values != nil {
		return f.values[prefix+c.name]
	}
	return f.answer(c.ref(x))
}

// shape says how a control is asked.
func (f *form) shape(c *control, x any) string {
	switch c.ref(x).(type) {
	case *[]string, *[]int:
		return "ticks"
	case *bool:
		return "tick"
	}
	if c.options != nil {
		return "choice"
	}
	return "line"
}

// field describes a control of one line or of several.
func (f *form) field(ctx context.Context, c *control, x any, prefix string) component.Field {
	out := component.Field{
		ID: prefix + c.name, Name: prefix + c.name, Label: label(ctx, c.name), Most: c.most, Rows: c.lines, Optional: c.optional || prefix != "", Unsaid: prefix != "",
	}
	if c.hint {
		out.Hint = locale.T(ctx, "partnership.hint."+c.name)
	}
	if have := f.have(c, x, prefix); len(have) > 0 {
		out.Value = have[0]
	}
	switch v := c.ref(x).(type) {
	case *content.Text:
		for _, t := range f.part.Texts() {
			if t.Text == v {
				out.Most = t.Most
			}
		}
		if o := v.Original(); o.Lang != "" && string(o.Lang) != locale.Code(ctx) {
			out.Lang = string(o.Lang)
		}
	case *exchange.Date:
		out.Most = 10
	}
	return out
}

// choice is a field that is asked as a list.
func (f *form) choice(ctx context.Context, c *control, field component.Field, have []string) component.Choice {
	out := component.Choice{ID: field.ID, Name: field.Name, Label: field.Label, Hint: field.Hint, Optional: field.Optional && !field.Unsaid}
	value := ""
	if len(have) > 0 {
		value = have[0]
	}
	return out.Pick(value, f.choices(ctx, c, have))
}

// langChoice asks in which language new texts are written.
func (v *editView) langChoice(ctx context.Context) component.Choice {
	var all []component.Option
	for _, l := range v.langs {
		all = append(all, component.Option{Value: l.Code, Text: l.Name, Lang: l.Code})
	}
	return component.Choice{ID: "lang", Name: "lang", Label: label(ctx, "lang"), Hint: locale.T(ctx, "partnership.hint.lang")}.Pick(string(v.lang), all)
}

// count is how many rows are asked: those that stand, or were sent, and some more.
func (f *form) count(c *control, x any, prefix string) int {
	if f.values == nil {
		return c.rows.length(x) + c.rows.spare
	}
	n := 0
	for f.values.Has(rowPrefix(c, prefix, n)+c.rows.controls[0].name) && n < mostRows {
		n++
	}
	return n
}

// row is a row that stands, or an empty one to fill in.
func (f *form) row(c *control, x any, i int) any {
	if i < c.rows.length(x) {
		return c.rows.at(x, i)
	}
	return c.rows.empty()
}

func rowPrefix(c *control, prefix string, i int) string {
	return fmt.Sprintf("%s%s.%d.", prefix, c.name, i)
}
