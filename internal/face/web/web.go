// Package web joins the pages: it opens what they share, mounts each subject's
// routes and guards every answer with the content policy.
//
// Subjects stand in folders: atlas, region, indicator, source, search, help.
// What they share stands in page (how a page is answered), place (regions in
// words) and figure (figures in words). Start with Handler.
package web

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"peerscape/data"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/account"
	"peerscape/internal/face/web/atlas"
	"peerscape/internal/face/web/help"
	"peerscape/internal/face/web/indicator"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/person"
	"peerscape/internal/face/web/place"
	"peerscape/internal/face/web/region"
	"peerscape/internal/face/web/search"
	"peerscape/internal/face/web/source"
	"peerscape/internal/nuts"
	assets "peerscape/web"
)

// Config is what the pages stand on.
type Config struct {
	Catalogue    page.Figures
	Nomenclature *nuts.Nomenclature
	Messages     []fs.FS // folders of <lang>.toml, later ones first in rank
	Now          func() time.Time
	Log          *slog.Logger
	Version      string
	People       *people.Directory
	Origin       *url.URL        // where people reach the site; nil: wherever they came
	Post         Post            // nil: no mail is sent
	Keepers      []people.Keeper // of personal data
	Proxies      []netip.Prefix  // that are believed about who asks
	Gallery      bool            // whether everybody sees the examples of components
}

// Post sends the messages of all pages.
type Post interface {
	account.Post
	person.Post
}

// Handler serves the pages and what they load.
func Handler(c Config) (http.Handler, error) {
	h, _, err := Routes(c)
	return h, err
}

// register remembers the patterns that are registered.
type register struct {
	*http.ServeMux
	patterns []string
}

// Handle implements page.Router.
func (r *register) Handle(pattern string, h http.Handler) {
	r.patterns = append(r.patterns, pattern)
	r.ServeMux.Handle(pattern, h)
}

// Routes is Handler with the patterns of all routes, for the test that walks
// each of them as each role.
func Routes(c Config) (http.Handler, []string, error) {
	words, err := locale.Open(c.Messages...)
	if err != nil {
		return nil, nil, err
	}
	bundle, err := assets.Open()
	if err != nil {
		return nil, nil, err
	}
	countries, err := data.Nuts().Open("countries.csv")
	if err != nil {
		return nil, nil, fmt.Errorf("open the names of countries: %w", err)
	}
	defer func() { _ = countries.Close() }()
	places, err := place.Open(c.Nomenclature, countries)
	if err != nil {
		return nil, nil, err
	}
	site := &page.Site{Figures: c.Catalogue, Regions: c.Nomenclature, Words: words, Bundle: bundle, Log: c.Log, Now: c.Now, Version: c.Version, People: c.People, Origin: c.Origin, Proxies: c.Proxies}
	first, err := atlas.Open(site, places, data.Outline())
	if err != nil {
		return nil, nil, err
	}
	mux := &register{ServeMux: http.NewServeMux()}
	first.Routes(mux)
	region.Open(site, places).Routes(mux)
	indicator.Open(site, places).Routes(mux)
	source.Open(site).Routes(mux)
	search.Open(site, places).Routes(mux)
	help.Open(site, c.Gallery).Routes(mux)
	account.Open(site, c.People, c.Post, c.Keepers).Routes(mux)
	person.Open(site, c.People, c.Post, c.Keepers).Routes(mux)
	mux.Handle("GET "+page.AssetPath+"{name}", http.HandlerFunc(site.Asset))
	mux.Handle("POST /preferences", http.HandlerFunc(site.Preferences))
	mux.Handle("/", site.Handle(site.Missing))
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(site.FromElsewhere))
	return guard.Handler(mux), mux.patterns, nil
}
