package region

import (
	"context"

	"github.com/a-h/templ"

	"peerscape/internal/chart"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/place"
)

// view is what the page of one region shows.
type view struct {
	name      string
	head      component.Head
	notes     []string // what became of the code; the version that is shown
	successor []link
	facts     []component.Fact
	versions  []link
	metro     string // name, for the head of the column
	domains   []domain
	analysis  *analysis
	sources   []sourceRow
	missing   []string
	csv, json string
}

// link is a text that leads somewhere.
type link struct{ text, href string }

// key explains the marks of the tables.
func (v *view) key(ctx context.Context) []component.KeyEntry {
	out := []component.KeyEntry{
		{Sign: chart.Key(chart.Own), Text: v.name},
		{Sign: chart.Key(chart.Parent), Text: locale.T(ctx, "key.parent")},
	}
	if v.metro != "" {
		out = append(out, component.KeyEntry{Sign: chart.Key(chart.Metro), Text: v.metro})
	}
	if len(v.analysis.near) > 0 {
		out = append(out, component.KeyEntry{Sign: chart.Key(chart.Peer), Text: locale.T(ctx, "key.peer")})
	}
	return append(
		out,
		component.KeyEntry{Sign: chart.Key(chart.Country), Text: locale.T(ctx, "key.country")},
		component.KeyEntry{
			Sign: `<svg class="gl" width="14" height="16" viewBox="-7 -8 14 16" aria-hidden="true"><rect class="band2" x="-7" y="-4" width="14" height="8"/><path class="med" d="M0-8V8"/></svg>`,
			Text: locale.T(ctx, "key.spread"),
		},
		component.KeyEntry{
			Sign: `<svg class="gl" width="14" height="16" viewBox="-7 -8 14 16" aria-hidden="true"><path class="brk" d="M0-7V7"/></svg>`,
			Text: locale.T(ctx, "key.break"),
		},
		component.KeyEntry{
			Sign: `<svg class="gl" width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true"><circle r="4" class="own hollow"/></svg>`,
			Text: locale.T(ctx, "key.hollow"),
		},
	)
}

// noteOf is the how-to-read note; it stands once, at the first domain.
func noteOf(ctx context.Context, i int) string {
	if i > 0 {
		return ""
	}
	return locale.T(ctx, "region.how")
}

func asideOf(ctx context.Context, v *view, i int) templ.Component {
	if i > 0 {
		return nil
	}
	return component.Key(v.key(ctx))
}

func levelName(ctx context.Context, level int) string { return place.LevelName(ctx, level) }
