package partnership

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"peerscape/internal/exchange/content"
	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// historyView is the versions of a part, and how two of them differ.
type historyView struct {
	problem  *component.Problem
	p        *exchange.Partnership
	kind     exchange.Kind
	id       string
	versions []content.Version
	names    map[string]string // of authors
	from, to int               // compared
	changes  []content.Change
	restores bool
}

func (s *Pages) history(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.historyPage(ctx, r, &historyView{}, 0)
}

func (s *Pages) historyPage(ctx context.Context, r *http.Request, v *historyView, status int) (*page.Answer, error) {
	a := page.Actor(ctx)
	var err error
	if v.p, err = s.at(ctx, r); err != nil {
		return nil, err
	}
	v.kind, v.id = exchange.Kind(r.PathValue("kind")), r.PathValue("id")
	if v.versions, err = s.register.History(ctx, a, v.p, v.kind, v.id, 0); err != nil {
		return nil, err
	}
	if err := s.compare(ctx, r, v); err != nil {
		return nil, err
	}
	var authors []string
	for _, x := range v.versions {
		if !slices.Contains(authors, x.Author) {
			authors = append(authors, x.Author)
		}
	}
	if v.names, err = s.people.Names(ctx, authors); err != nil {
		return nil, err
	}
	v.restores = s.register.MayRestore(a, v.p, v.kind, v.id)
	title := locale.T(ctx, "versions.title")
	return &page.Answer{
		Title: title, Section: "partnerships", Crumbs: crumbs(ctx, v.p, locale.T(ctx, "partnership.kind."+string(v.kind)), title),
		Body: historyPage(v), Status: status,
	}, nil
}

// compare finds what a version changed; without a choice the newest.
func (s *Pages) compare(ctx context.Context, r *http.Request, v *historyView) error {
	if len(v.versions) == 0 {
		return nil
	}
	v.to, _ = strconv.Atoi(r.URL.Query().Get("to"))
	if v.to < 1 {
		v.to = v.versions[0].Number
	}
	v.from, _ = strconv.Atoi(r.URL.Query().Get("from"))
	if v.from < 1 {
		v.from = v.to - 1
	}
	bodies := [2][]byte{[]byte("{}"), []byte("{}")}
	for i, n := range []int{v.from, v.to} {
		if n == 0 {
			continue
		}
		x, err := s.register.Version(ctx, page.Actor(ctx), v.p, v.kind, v.id, n)
		if err != nil {
			return err
		}
		if x.Body != nil && string(x.Body) != "null" {
			bodies[i] = x.Body
		}
	}
	var err error
	v.changes, err = content.Diff(bodies[0], bodies[1])
	// How a wording came about and when is not what a reader compares.
	v.changes = slices.DeleteFunc(v.changes, func(c content.Change) bool {
		last := ""
		if len(c.Path) > 0 {
			last = c.Path[len(c.Path)-1]
		}
		return last == "at" || last == "seen"
	})
	return err
}

func (s *Pages) restore(ctx context.Context, r *http.Request) (*page.Answer, error) {
	p, err := s.at(ctx, r)
	if err != nil {
		return nil, err
	}
	number, _ := strconv.Atoi(r.PostFormValue("number"))
	seen, _ := strconv.Atoi(r.PostFormValue("version"))
	k, id := exchange.Kind(r.PathValue("kind")), r.PathValue("id")
	err = s.register.Restore(ctx, page.Actor(ctx), p.ID, k, id, number, seen)
	if said, status, ok := page.Said(ctx, err); ok {
		return s.historyPage(ctx, r, &historyView{problem: said}, status)
	}
	if err != nil {
		return nil, err
	}
	return &page.Answer{Redirect: path(p) + "/" + string(k) + "/" + id + "/history"}, nil
}

// fieldName names a field of a body: what a form calls it, where it does, and the
// language of a wording.
func fieldName(ctx context.Context, p content.Path) string {
	if len(p) == 0 {
		return locale.T(ctx, "versions.whole")
	}
	words := locale.From(ctx)
	name := words.Or("partnership.field."+p[0], p[0])
	for _, step := range p[1:] {
		if n, err := strconv.Atoi(step); err == nil {
			name += " " + strconv.Itoa(n+1)
			continue
		}
		if step != "value" {
			name += " · " + words.Or("partnership.field."+step, step)
		}
	}
	return name
}

// authorName names who made a version.
func (v *historyView) authorName(ctx context.Context, x content.Version) string {
	switch {
	case x.Author == "system":
		return locale.T(ctx, "audit.system")
	case v.names[x.Author] == "":
		return locale.T(ctx, "audit.erased")
	}
	return v.names[x.Author]
}

func changesTitle(ctx context.Context, v *historyView) string {
	if v.from < 1 {
		return locale.T(ctx, "versions.first")
	}
	return locale.T(ctx, "versions.changes", "From", strconv.Itoa(v.from), "To", strconv.Itoa(v.to))
}

// chosen marks the row of the version that is shown.
func chosen(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"class": "me", "aria-current": "true"}
	}
	return nil
}
