package partnership

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"peerscape/internal/exchange/content"
	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/publish/feed"
)

// mostNew is how many entries a feed has.
const mostNew = 50

// feed answers what a public partnership held and changed, the newest first, for
// whoever asks now and then. Only its public face is in it, whoever asks.
func (s *Pages) feed(ctx context.Context, r *http.Request) (*page.Answer, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return nil, err
	}
	if !p.Public {
		return nil, exchange.NotThere()
	}
	site := s.Base(r)
	at := func(path string) string { return site.ResolveReference(&url.URL{Path: path}).String() }
	f := feed.Feed{
		ID: feed.Tag(site.Host, page.FeedsSince, "partnerships/"+p.Slug), Title: p.Profile().Short, Lang: locale.Code(ctx), Author: "Peerscape",
		Self: at(path(p) + "/feed.atom"), Page: at(path(p)),
	}
	for _, x := range append(p.All(exchange.ActivityKind), p.All(exchange.ResultKind)...) {
		title, summary := feedTexts(ctx, p, x)
		f.Entries = append(f.Entries, feed.Entry{
			ID: feed.Tag(site.Host, page.FeedsSince, "parts/"+x.Self().ID), Title: title.Value, Lang: string(title.Lang), Page: at(path(p)) + "#" + x.Self().ID,
			Summary: summary.Value, Updated: changed(x),
		})
	}
	slices.SortStableFunc(f.Entries, func(a, b feed.Entry) int { return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(a.ID, b.ID)) })
	f.Entries = f.Entries[:min(len(f.Entries), mostNew)]
	return s.Atom(&f)
}

// feedTexts are title and summary of an entry, in the language of the title.
func feedTexts(ctx context.Context, p *exchange.Partnership, x exchange.Part) (title, summary content.Shown) {
	switch x := x.(type) {
	case *exchange.Activity:
		return said(ctx, x.Name), said(ctx, x.Facts)
	case *exchange.Result:
		title = said(ctx, x.Inspired)
		title.Value = partName(ctx, p, x)
		return title, said(ctx, x.Change)
	}
	return title, summary
}

// changed is when a text of the part was last written.
func changed(x exchange.Part) (last time.Time) {
	for _, f := range x.Texts() {
		for _, w := range f.Text.Wordings() {
			if w.At.After(last) {
				last = w.At
			}
		}
	}
	return last
}
