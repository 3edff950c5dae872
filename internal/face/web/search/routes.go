// Package search answers the search for regions: results with the reason why
// each matched, and suggestions while typing.
package search

import (
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
)

// Search answers the pages of this folder.
type Search struct {
	*page.Site
	places *place.Gazetteer
}

// Open makes the pages of the search.
func Open(s *page.Site, places *place.Gazetteer) *Search { return &Search{Site: s, places: places} }

// Routes adds the pages to mux.
func (s *Search) Routes(mux page.Router) {
	mux.Handle("GET /search", s.Handle(s.show))
	mux.Handle("GET /search/suggest", s.Handle(s.suggest))
}
