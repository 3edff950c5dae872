// Package partnership answers the pages of a partnership: the list, its face to
// visitors and to those who work in it, the forms of its parts, their history,
// translations side by side, and the set-up of a new one in three steps.
//
// It decides nothing: package exchange/partnership does. What a form asks stands
// in forms.go, one line a field; form.go shows and reads them all. Start with
// Routes.
package partnership

import (
	"context"
	"io/fs"
	"net/http"

	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
)

// Pages answers the pages of this folder.
type Pages struct {
	*page.Site
	register *exchange.Register
	people   *people.Directory
	places   *place.Gazetteer
	demo     fs.FS
	files    bool
}

// Open makes the pages. demo is the folder of demonstration partnerships; files
// says whether the installation takes files.
func Open(s *page.Site, r *exchange.Register, d *people.Directory, places *place.Gazetteer, demo fs.FS, files bool) *Pages {
	return &Pages{Site: s, register: r, people: d, places: places, demo: demo, files: files}
}

// Routes adds the pages to mux.
func (s *Pages) Routes(mux page.Router) {
	for pattern, action := range map[string]page.Action{
		"GET /partnerships":                               s.list,
		"GET /partnerships/new":                           s.blank,
		"POST /partnerships":                              s.start,
		"POST /partnerships/demo":                         s.loadDemo,
		"GET /partnerships/{slug}":                        s.show,
		"GET /partnerships/{slug}/feed.atom":              s.feed,
		"POST /partnerships/{slug}/public":                s.publish,
		"GET /partnerships/{slug}/setup/{step}":           s.step,
		"POST /partnerships/{slug}/setup/{step}":          s.takeStep,
		"GET /partnerships/{slug}/{kind}/{id}":            s.edit,
		"POST /partnerships/{slug}/{kind}/{id}":           s.save,
		"POST /partnerships/{slug}/{kind}/{id}/remove":    s.remove,
		"GET /partnerships/{slug}/{kind}/{id}/history":    s.history,
		"POST /partnerships/{slug}/{kind}/{id}/restore":   s.restore,
		"GET /partnerships/{slug}/{kind}/{id}/translate":  s.translate,
		"POST /partnerships/{slug}/{kind}/{id}/translate": s.saveTranslation,
	} {
		mux.Handle(pattern, s.Handle(action))
	}
}

// at is what most pages begin with: the partnership of the address.
func (s *Pages) at(ctx context.Context, r *http.Request) (*exchange.Partnership, error) {
	return s.register.Get(ctx, page.Actor(ctx), r.PathValue("slug"))
}

// crumbs leads from the list to a page of a partnership.
func crumbs(ctx context.Context, p *exchange.Partnership, last ...string) []component.Crumb {
	out := []component.Crumb{{Text: locale.T(ctx, "partnerships.title"), Href: "/partnerships"}, {Text: p.Profile().Short, Href: path(p)}}
	if len(last) == 0 {
		out[1].Href = ""
	}
	for _, text := range last {
		out = append(out, component.Crumb{Text: text})
	}
	return out
}

// path is the address of a partnership's page.
func path(p *exchange.Partnership) string { return "/partnerships/" + p.Slug }

// partPath is the address of a part's form.
func partPath(p *exchange.Partnership, x exchange.Part) string {
	id := x.Self().ID
	if id == "" {
		id = "new"
	}
	return path(p) + "/" + string(x.Kind()) + "/" + id
}
