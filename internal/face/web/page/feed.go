package page

import (
	"net/http"
	"net/url"

	"peerscape/internal/publish/feed"
)

// FeedsSince is the year in which the ids of entries of feeds began.
const FeedsSince = 2026

// Base is where people reach the site: as the operator says, or as this visitor
// came.
func (s *Site) Base(r *http.Request) *url.URL {
	if s.Origin != nil {
		return s.Origin
	}
	return &url.URL{Scheme: "http", Host: r.Host}
}

// Atom answers a feed.
func (s *Site) Atom(f *feed.Feed) (*Answer, error) {
	b, err := f.Bytes(s.Now())
	if err != nil {
		return nil, err
	}
	return &Answer{Raw: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", feed.MIME)
		w.Header().Set("Cache-Control", "private, no-cache")
		_, _ = w.Write(b)
	}}, nil
}
