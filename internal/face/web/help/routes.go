// Package help answers the short pages that say how Peerscape works and what it
// promises: method, accessibility, privacy; and the gallery of components.
package help

import (
	"context"
	"net/http"

	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// Help answers the pages of this folder.
type Help struct{ *page.Site }

// Open makes the pages.
func Open(s *page.Site) *Help { return &Help{s} }

// chapters lists the texts of each page: message keys "<page>.<chapter>" for
// the heading and "<page>.<chapter>-text" for what it says.
var chapters = map[string][]string{
	"method":        {"whose", "converted", "breaks", "gap", "map", "flags", "revisions"},
	"accessibility": {"status", "how", "limits", "tell"},
	"privacy":       {"cookies", "logs", "elsewhere"},
}

// Routes adds the pages to mux.
func (h *Help) Routes(mux page.Router) {
	for path, name := range map[string]string{"/help/method": "method", "/accessibility": "accessibility", "/privacy": "privacy"} {
		mux.Handle("GET "+path, h.Handle(h.text(name)))
	}
	mux.Handle("GET /gallery", h.Handle(h.gallery))
}

// chapter is a heading with what it says.
type chapter struct{ id, title, text string }

func (h *Help) text(name string) page.Action {
	return func(ctx context.Context, _ *http.Request) (*page.Answer, error) {
		var all []chapter
		for _, c := range chapters[name] {
			all = append(all, chapter{c, locale.T(ctx, name+"."+c), locale.T(ctx, name+"."+c+"-text")})
		}
		return &page.Answer{
			Title: locale.T(ctx, "nav."+name),
			Body:  texts(component.Head{Title: plain(locale.T(ctx, name+".title")), Lead: plain(locale.T(ctx, name+".lead"))}, all),
		}, nil
	}
}

// gallery answers every component with its examples.
func (h *Help) gallery(_ context.Context, _ *http.Request) (*page.Answer, error) {
	return &page.Answer{Title: "Components", Body: gallery(component.Examples())}, nil
}
