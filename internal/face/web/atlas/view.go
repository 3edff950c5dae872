package atlas

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/page"
)

// view is what the page of the atlas shows.
type view struct {
	head       component.Head
	level      int // NUTS
	indicators component.Choice
	years      component.Choice
	levels     component.Choice
	scale      component.Scale
	missing    bool // a circle without value is on the map
	partners   bool
	source     string
	table, csv string
	readings   string // address of what the readout says
	drawing    *drawing
	panels     []panel
	gapSource  string
	counts     []count
}

// count is a number of what is here, opening the list that it was counted from.
type count struct{ text, note, href string }

// indicatorsOf lists the indicators that can be mapped, by domain.
func indicatorsOf(ctx context.Context, all []*catalogue.Indicator, imported []catalogue.Dataset, chosen string) component.Choice {
	c := component.Choice{ID: "indicator", Name: "indicator", Label: locale.T(ctx, "map.indicator")}
	have := page.Available(all, imported)
	at := map[string]int{}
	for _, i := range all {
		if i.Level < 2 || !have[i.Code] {
			continue
		}
		n, ok := at[i.Domain]
		if !ok {
			n = len(c.Groups)
			at[i.Domain] = n
			c.Groups = append(c.Groups, component.Group{Name: locale.T(ctx, "domain."+i.Domain)})
		}
		c.Groups[n].Options = append(c.Groups[n].Options, component.Option{Value: i.Code, Text: i.NameIn(locale.Code(ctx)), Chosen: i.Code == chosen})
	}
	return c
}

func yearsOf(ctx context.Context, m *catalogue.Map) component.Choice {
	c := component.Choice{ID: "year", Name: "year", Label: locale.T(ctx, "map.year"), Groups: []component.Group{{}}}
	for i := len(m.Periods) - 1; i >= 0; i-- {
		p := m.Periods[i]
		c.Groups[0].Options = append(c.Groups[0].Options, component.Option{Value: p.String(), Text: figure.Period(p), Chosen: p == m.Period})
	}
	return c
}

func (a *Atlas) levelsOf(ctx context.Context, m *catalogue.Map) component.Choice {
	c := component.Choice{ID: "level", Name: "level", Label: locale.T(ctx, "map.level"), Groups: []component.Group{{}}}
	for level := 2; level <= 3; level++ {
		if level != m.Level && !a.mapped(ctx, m.Indicator, level) {
			continue
		}
		c.Groups[0].Options = append(c.Groups[0].Options, component.Option{
			Value: strconv.Itoa(level), Text: "NUTS " + strconv.Itoa(level), Chosen: level == m.Level,
		})
	}
	return c
}

// keyOf explains the rings and the size of circles.
func keyOf(ctx context.Context, v *view) []component.KeyEntry {
	ring := func(class string) string {
		return `<svg class="gl" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true"><circle class="` + class + `" r="6"/></svg>`
	}
	var out []component.KeyEntry
	partner := "key.partner"
	if v.level == 3 { // a partner region of NUTS 2 has several circles
		partner = "key.partner-parts"
	}
	if v.partners {
		out = append(
			out,
			component.KeyEntry{Sign: ring("q3 ringp"), Text: locale.T(ctx, partner, "Level", strconv.Itoa(v.level))},
			component.KeyEntry{Sign: ring("q5 ringm"), Text: locale.T(ctx, "key.metro")},
		)
	}
	area := "key.area"
	if v.drawing.unknown {
		area = "key.area-unknown"
	}
	out = append(out, component.KeyEntry{
		Sign: `<svg class="gl" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true"><circle class="q3" r="3.5" cx="-4"/><circle class="q3" r="5.5" cx="5"/></svg>`,
		Text: locale.T(ctx, area),
	})
	if v.missing {
		out = append(out, component.KeyEntry{Sign: ring("q0"), Text: locale.T(ctx, "key.none")})
	}
	return out
}

// spaced joins sentences with a space.
func spaced(parts []templ.Component) templ.Component {
	var out []templ.Component
	for i, p := range parts {
		if i > 0 {
			out = append(out, templ.Raw(" "))
		}
		out = append(out, p)
	}
	return templ.Join(out...)
}

// key of the panels' lines.
func panelKey(ctx context.Context) []component.KeyEntry {
	return []component.KeyEntry{
		{Sign: chart.Key(chart.Own), Text: locale.T(ctx, "key.own")},
		{Sign: chart.Key(chart.Metro), Text: locale.T(ctx, "key.its-metro")},
		{Sign: chart.Key(chart.Parent), Text: locale.T(ctx, "key.parent")},
	}
}
