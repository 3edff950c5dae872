package person

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
)

// auditView is a stretch of the audit log, the newest first.
type auditView struct {
	path    string
	entries []people.Entry
	names   map[string]string // by account
	older   int64             // number before which the next stretch ends; 0: this is the end
}

// stretch is how many lines a page shows.
const stretch = 100

func (s *Person) audit(ctx context.Context, r *http.Request) (*page.Answer, error) {
	return s.auditPage(ctx, r, people.AuditFilter{}, component.Crumb{Text: locale.T(ctx, "people.title"), Href: "/people"})
}

// auditOf is what concerns one partnership.
func (s *Person) auditOf(ctx context.Context, r *http.Request) (*page.Answer, error) {
	p, err := s.register.Get(ctx, page.Actor(ctx), r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	return s.auditPage(ctx, r, people.AuditFilter{Partnership: p.ID}, component.Crumb{Text: p.Profile().Short, Href: "/partnerships/" + p.Slug})
}

func (s *Person) auditPage(ctx context.Context, r *http.Request, f people.AuditFilter, from component.Crumb) (*page.Answer, error) {
	a := page.Actor(ctx)
	f.Most = stretch
	crumbs := []component.Crumb{from, {Text: locale.T(ctx, "audit.title")}}
	f.Before, _ = strconv.ParseInt(r.URL.Query().Get("before"), 10, 64) // nonsense: from the newest
	v := &auditView{path: r.URL.Path}
	var err error
	if v.entries, err = s.people.Audit(ctx, a, f); err != nil {
		return nil, err
	}
	var accounts []string
	for _, e := range v.entries {
		if !slices.Contains(accounts, e.Actor) {
			accounts = append(accounts, e.Actor)
		}
	}
	if v.names, err = s.people.Names(ctx, accounts); err != nil {
		return nil, err
	}
	if len(v.entries) == stretch {
		v.older = v.entries[stretch-1].Number
	}
	return &page.Answer{Title: locale.T(ctx, "audit.title"), Body: auditPage(v), Crumbs: crumbs}, nil
}
