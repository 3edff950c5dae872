package search

import (
	"context"
	"net/http"

	"peerscape/internal/face/web/page"
	"peerscape/internal/nuts"
)

// suggested is how many suggestions are made.
const suggested = 8

// suggest answers options for the list under the field, regions of the current
// version.
func (s *Search) suggest(ctx context.Context, r *http.Request) (*page.Answer, error) {
	var out []string
	if q := clean(r.URL.Query().Get("q")); len([]rune(q)) > 1 {
		for _, m := range s.Regions.Search(q, 3*suggested) {
			if m.Region.Version == nuts.Current && len(out) < suggested {
				out = append(out, s.places.Name(ctx, m.Region)+" ("+string(m.Region.Code)+")")
			}
		}
	}
	return &page.Answer{Body: options(out), Fragment: true}, nil
}
