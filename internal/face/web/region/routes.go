// Package region answers the pages of regions: the list of regions, and for
// each region its statement, its facts and its figures by domain, each number
// with its source, its flags and whose value it is.
//
// Files: list.go, show.go (one region), facts.go, rows.go (the figures),
// statement.go, spread.go (where all regions stand), analysis.go (assets and
// challenges), gap.go, peers.go, view.go. Start with show.go.
package region

import (
	"peerscape/internal/exchange/territory"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
)

// Region answers the pages of this folder.
type Region struct {
	*page.Site
	places  *place.Gazetteer
	teller  figure.Teller
	spreads *spreads

	analyst   Analyst // nil: regions are not compared
	structure *territory.Structure
}

// Open makes the pages of regions.
func Open(s *page.Site, places *place.Gazetteer, a Analyst, structure *territory.Structure) *Region {
	return &Region{Site: s, places: places, teller: figure.Teller{Places: places}, spreads: newSpreads(s.Figures), analyst: a, structure: structure}
}

// Routes adds the pages to mux.
func (p *Region) Routes(mux page.Router) {
	mux.Handle("GET /regions", p.Handle(p.list))
	mux.Handle("GET /regions/{code}", p.Handle(p.show))
}
