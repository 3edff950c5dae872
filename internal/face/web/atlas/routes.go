// Package atlas answers the first page: one indicator over Europe as circles
// that do not overlap, the finding it makes, the gap of each partner region to
// its metropolis, and the table of every value.
//
// Files: show.go (the page), table.go, values.go (what the readout says),
// statement.go (the finding), gaps.go, ground.go (where circles stand), map.go
// (how they are drawn), view.go. Start with show.go.
package atlas

import (
	"fmt"
	"io/fs"

	"peerscape/internal/chart"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
)

// Atlas answers the pages of this folder.
type Atlas struct {
	*page.Site
	places  *place.Gazetteer
	teller  figure.Teller
	outline *chart.Outline
	ground  *ground
}

// Open reads the outline of Europe from outlines (the embedded data/outline).
func Open(s *page.Site, places *place.Gazetteer, outlines fs.FS) (*Atlas, error) {
	f, err := outlines.Open("europe.txt")
	if err != nil {
		return nil, fmt.Errorf("open the outline: %w", err)
	}
	defer func() { _ = f.Close() }()
	outline, err := chart.ReadOutline(f, chart.AtlasFrame())
	if err != nil {
		return nil, err
	}
	return &Atlas{Site: s, places: places, teller: figure.Teller{Places: places}, outline: outline, ground: newGround(s, places, outline.Countries)}, nil
}

// Routes adds the pages to mux.
func (a *Atlas) Routes(mux page.Router) {
	mux.Handle("GET /{$}", a.Handle(a.show))
	mux.Handle("GET /atlas/table", a.Handle(a.table))
	mux.Handle("GET /atlas/values.json", a.Handle(a.values))
}
