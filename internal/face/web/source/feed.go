package source

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/publish/feed"
)

// mostNew is how many entries the feed has.
const mostNew = 50

// feed answers which figures are new: every vintage that was imported, the newest
// first.
func (s *Source) feed(ctx context.Context, r *http.Request) (*page.Answer, error) {
	all, err := s.Figures.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	site := s.Base(r)
	at := func(path string) string { return site.ResolveReference(&url.URL{Path: path}).String() }
	f := feed.Feed{
		ID: feed.Tag(site.Host, page.FeedsSince, "sources"), Title: locale.T(ctx, "sources.feed-title"), Lang: locale.Code(ctx), Author: "Peerscape",
		Self: at("/sources/feed.atom"), Page: at("/sources"),
	}
	for i := range all {
		for _, v := range all[i].Vintages {
			f.Entries = append(f.Entries, entry(ctx, site, &all[i], &v, at("/sources/"+all[i].Code)))
		}
	}
	slices.SortStableFunc(f.Entries, func(a, b feed.Entry) int { return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(a.ID, b.ID)) })
	f.Entries = f.Entries[:min(len(f.Entries), mostNew)]
	return s.Atom(&f)
}

func entry(ctx context.Context, site *url.URL, d *catalogue.Dataset, v *catalogue.Vintage, address string) feed.Entry {
	return feed.Entry{
		ID: feed.Tag(site.Host, page.FeedsSince, "sources/"+d.Code+"/"+v.Label), Page: address, Updated: v.Imported,
		Title:   locale.T(ctx, "sources.feed-entry", "Code", d.Code, "Release", v.Label),
		Summary: d.Title + ". " + locale.N(ctx, "sources.feed-values", v.Values, "Publisher", d.Publisher),
	}
}
