package web_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/partnership"
)

// A public partnership has a feed of what it held; an internal one has none, not
// even for those who work in it: feed readers have no session.
func TestFeedOfAPartnership(t *testing.T) {
	g, _ := newGuest(t)
	ctx := context.Background()
	manager, err := g.app.People.Actor(ctx, g.cookies["project-manager"])
	if err != nil {
		t.Fatal(err)
	}
	p, err := g.app.Partnerships.Get(ctx, manager, "alpha")
	if err != nil {
		t.Fatal(err)
	}
	x := &partnership.Activity{Name: content.Write("en", "Workshop & visit", g.now), Sort: "workshop", Span: partnership.Span{From: "2026-03"}}
	if err := g.app.Partnerships.Save(ctx, manager, p.ID, x, ""); err != nil {
		t.Fatal(err)
	}
	if res := g.ask("project-manager", http.MethodGet, "/partnerships/alpha/feed.atom"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an internal partnership has a feed: %s", res.Status)
	}
	if err := g.app.Partnerships.Publish(ctx, manager, p.ID, true); err != nil {
		t.Fatal(err)
	}
	res := g.ask("nobody", http.MethodGet, "/partnerships/alpha/feed.atom")
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/atom+xml") || !strings.Contains(string(b), "Workshop &amp; visit") {
		t.Errorf("%s %s\n%s", res.Status, res.Header.Get("Content-Type"), b)
	}
}
