// Package indicator answers what is measured: the list of indicators, and one
// indicator of one region as a series with everything that a reader needs to
// trace each number.
//
// Files: list.go, show.go, chart.go (the lines), trail.go (where the number
// comes from). Start with show.go.
package indicator

import (
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
)

// Indicator answers the pages of this folder.
type Indicator struct {
	*page.Site
	places *place.Gazetteer
	teller figure.Teller
}

// Open makes the pages of indicators.
func Open(s *page.Site, places *place.Gazetteer) *Indicator {
	return &Indicator{Site: s, places: places, teller: figure.Teller{Places: places}}
}

// Routes adds the pages to mux.
func (p *Indicator) Routes(mux page.Router) {
	mux.Handle("GET /indicators", p.Handle(p.list))
	mux.Handle("GET /regions/{code}/indicators/{indicator}", p.Handle(p.show))
}
