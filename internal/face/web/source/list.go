package source

import (
	"context"
	"net/http"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

type listView struct {
	title    string
	datasets []catalogue.Dataset
}

// list answers the imported datasets by code.
func (s *Source) list(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	all, err := s.Figures.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	values := 0
	for _, d := range all {
		values += d.Current().Values
	}
	v := &listView{title: locale.N(ctx, "sources.title", len(all), "Values", locale.Number(ctx, float64(values), 0)), datasets: all}
	return &page.Answer{Title: locale.T(ctx, "nav.sources"), Body: listed(v), Feed: "/sources/feed.atom"}, nil
}
