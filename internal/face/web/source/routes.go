// Package source answers where figures come from: the list of imported
// datasets, and each dataset with its licence, its states and what it covers.
package source

import (
	"peerscape/internal/face/web/page"
)

// Source answers the pages of this folder.
type Source struct{ *page.Site }

// Open makes the pages of sources.
func Open(s *page.Site) *Source { return &Source{s} }

// Routes adds the pages to mux.
func (s *Source) Routes(mux page.Router) {
	mux.Handle("GET /sources/feed.atom", s.Handle(s.feed))
	mux.Handle("GET /sources", s.Handle(s.list))
	mux.Handle("GET /sources/{dataset}", s.Handle(s.show))
}
