package partnership

import (
	"context"
	"net/http"

	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// listView lists partnerships.
type listView struct {
	all      []exchange.Listing
	mayStart bool
	signedIn bool
}

func (s *Pages) list(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	a := page.Actor(ctx)
	all, err := s.register.List(ctx, a)
	if err != nil {
		return nil, err
	}
	v := &listView{all: all, mayStart: a.Can(people.StartPartnership, people.Object{}), signedIn: !a.Nobody()}
	return &page.Answer{Title: locale.T(ctx, "partnerships.title"), Section: "partnerships", Body: listPage(v)}, nil
}
