package web_test

import (
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/face/web/htmltest"
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

// The feed of figures holds the releases that were imported, and its page names it.
func TestFeedOfFigures(t *testing.T) {
	g, _ := newGuest(t)
	res := g.ask("nobody", http.MethodGet, "/sources/feed.atom")
	b, _ := io.ReadAll(res.Body)
	var f struct {
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(b, &f); err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.Status, err)
	}
	all, err := g.app.Catalogue.Datasets(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Entries) != min(len(all), 50) || len(f.Entries) < 20 {
		t.Fatalf("%d entries of %d datasets", len(f.Entries), len(all))
	}
	seen := map[string]bool{}
	for _, e := range f.Entries {
		u, err := url.Parse(e.Link.Href)
		if err != nil || seen[e.ID] || !strings.Contains(e.Title, path.Base(u.Path)) || g.ask("nobody", http.MethodGet, u.Path).StatusCode != http.StatusOK {
			t.Errorf("%+v", e)
		}
		seen[e.ID] = true
	}
	d := htmltest.Parse(t, g.ask("nobody", http.MethodGet, "/sources").Body)
	if d.One(`link[rel="alternate"]`).Attr("href") != "/sources/feed.atom" {
		t.Error("the page does not name its feed")
	}
}
