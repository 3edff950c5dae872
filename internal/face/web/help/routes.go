// Package help answers the short pages that say how Peerscape works and what it
// promises: method, accessibility, privacy; and the gallery of components.
package help

import (
	"context"
	"net/http"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// Help answers the pages of this folder.
type Help struct {
	*page.Site
	gallery bool // for everybody
	kept    []people.Retention
}

// Open makes the pages.
func Open(s *page.Site, gallery bool, kept []people.Retention) *Help {
	return &Help{s, gallery, kept}
}

// chapters lists the texts of each page: message keys "<page>.<chapter>" for
// the heading and "<page>.<chapter>-text" for what it says.
var chapters = map[string][]string{
	"method":        {"whose", "converted", "breaks", "gap", "findings", "peers", "map", "flags", "revisions"},
	"accessibility": {"status", "how", "limits", "tell"},
	"privacy":       {"cookies", "logs", "elsewhere", "rights"},
	"access":        {"ways", "second", "lost", "nothing", "throttle", "sessions"},
}

// Routes adds the pages to mux.
func (h *Help) Routes(mux page.Router) {
	for path, name := range map[string]string{"/help/method": "method", "/accessibility": "accessibility", "/privacy": "privacy", "/help/access": "access"} {
		mux.Handle("GET "+path, h.Handle(h.text(name)))
	}
	mux.Handle("GET /gallery", h.Handle(h.examples))
}

// chapter is a heading with what it says.
type chapter struct{ id, title, text string }

func (h *Help) text(name string) page.Action {
	return func(ctx context.Context, _ *http.Request) (*page.Answer, error) {
		var all []chapter
		for _, c := range chapters[name] {
			all = append(all, chapter{c, locale.T(ctx, name+"."+c), locale.T(ctx, name+"."+c+"-text")})
		}
		var kept []people.Retention
		if name == "privacy" {
			kept = h.kept
		}
		return &page.Answer{
			Title: locale.T(ctx, "nav."+name),
			Body:  texts(component.Head{Title: plain(locale.T(ctx, name+".title")), Lead: plain(locale.T(ctx, name+".lead"))}, all, kept),
		}, nil
	}
}

// examples answers every component with its examples: to administrators, or to
// everybody where the operator says so.
func (h *Help) examples(ctx context.Context, _ *http.Request) (*page.Answer, error) {
	if !h.gallery {
		if err := page.Actor(ctx).May(people.ManageInstallation, people.Object{}); err != nil {
			return nil, err
		}
	}
	return &page.Answer{Title: "Components", Body: gallery(component.Examples())}, nil
}
