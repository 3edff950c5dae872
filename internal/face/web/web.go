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
	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/exchange/territory"
	files "peerscape/internal/exchange/upload"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/account"
	"peerscape/internal/face/web/atlas"
	"peerscape/internal/face/web/colleague"
	"peerscape/internal/face/web/help"
	"peerscape/internal/face/web/indicator"
	noticepages "peerscape/internal/face/web/notice"
	"peerscape/internal/face/web/page"
	partnershippages "peerscape/internal/face/web/partnership"
	"peerscape/internal/face/web/person"
	"peerscape/internal/face/web/place"
	"peerscape/internal/face/web/region"
	"peerscape/internal/face/web/search"
	"peerscape/internal/face/web/source"
	"peerscape/internal/face/web/upload"
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
	Partnerships *partnership.Register
	Origin       *url.URL        // where people reach the site; nil: wherever they came
	Post         Post            // nil: no mail is sent
	Keepers      []people.Keeper // of personal data
	Files        *files.Files    // nil: there are no pages of files
	Proxies      []netip.Prefix  // that are believed about who asks
	Gallery      bool            // whether everybody sees the examples of components
	Analyst      region.Analyst  // nil: regions are not compared
	Structure    *territory.Structure
	Notices      *notice.Center     // nil: nobody is told anything
	Retentions   []people.Retention // what is kept for how long, as the page on privacy says
}

// Post sends the letters of all pages.
type Post interface {
	account.Post
	person.Post
}

// Handler serves the pages and what they load.
func Handler(c Config) (http.Handler, error) {
	h, _, err := Routes(c)
	return h, err
}

// Most returns how many bytes the body of a request may have.
func Most(r *http.Request) int64 {
	if upload.Uploads(r) {
		return upload.MostBody
	}
	return mostBody
}

// mostBody is enough for every form that sends no file, bytes.
const mostBody = 1 << 20

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
	if c.Notices != nil {
		site.Notices = c.Notices
	}
	first, err := atlas.Open(site, places, data.Outline())
	if err != nil {
		return nil, nil, err
	}
	mux := &register{ServeMux: http.NewServeMux()}
	first.Routes(mux)
	region.Open(site, places, c.Analyst, c.Structure).Routes(mux)
	indicator.Open(site, places).Routes(mux)
	source.Open(site).Routes(mux)
	search.Open(site, places).Routes(mux)
	help.Open(site, c.Gallery, c.Retentions).Routes(mux)
	account.Open(site, c.People, c.Post, c.Keepers).Routes(mux)
	partnershippages.Open(site, c.Partnerships, c.People, places, data.Demo(), c.Files != nil).Routes(mux)
	colleague.Open(site, c.People, c.Partnerships, places, c.Post).Routes(mux)
	person.Open(site, c.People, c.Partnerships, c.Post, c.Keepers).Routes(mux)
	if c.Notices != nil {
		noticepages.Open(site, c.Notices, c.People, c.Partnerships, places).Routes(mux)
	}
	if c.Files != nil {
		upload.Open(site, c.Files, c.People).Routes(mux)
	}
	mux.Handle("GET "+page.AssetPath+"{name}", http.HandlerFunc(site.Asset))
	mux.Handle("POST /preferences", http.HandlerFunc(site.Preferences))
	mux.Handle("/", site.Handle(site.Missing))
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(site.FromElsewhere))
	return guard.Handler(mux), mux.patterns, nil
}
