package upload

import (
	"context"
	"net/http"
	"net/url"

	"peerscape/internal/exchange/people"
	files "peerscape/internal/exchange/upload"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/fault"
)

// again is how often a page about files under work is asked for, in seconds.
const again = 3

// listView is the list of a partnership.
type listView struct {
	partnership string
	files       []files.File
	names       map[string]string  // of accounts
	mayAdd      bool               // whether the actor may add files
	regions     []component.Option // for which she may; none where she need not say
	problems    []problem
}

// problem is a file that was not taken.
type problem struct {
	name string
	*component.Problem
}

// unfinished reports whether the list will change by itself.
func (v *listView) unfinished() bool {
	for i := range v.files {
		if busy(&v.files[i]) {
			return true
		}
	}
	return false
}

func busy(f *files.File) bool { return f.State == files.Waiting || f.State == files.Working }

func (s *Upload) list(ctx context.Context, r *http.Request) (*page.Answer, error) {
	p, err := partnershipOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.listPage(ctx, r, p, nil, 0)
}

func (s *Upload) listPage(ctx context.Context, r *http.Request, partnership string, problems []problem, status int) (*page.Answer, error) {
	a := page.Actor(ctx)
	if err := a.May(people.ReadInternal, people.Object{Partnership: partnership}); err != nil {
		return nil, err
	}
	v := &listView{partnership: partnership, problems: problems}
	var err error
	if v.files, err = s.files.List(ctx, a, partnership); err != nil {
		return nil, err
	}
	if v.names, err = s.people.Names(ctx, owners(v.files...)); err != nil {
		return nil, err
	}
	v.mayAdd, v.regions = addable(ctx, a, partnership)
	answer := &page.Answer{Title: locale.T(ctx, "files.title"), Body: listPage(v), Status: status}
	if v.unfinished() && problems == nil {
		answer.Refresh = again
	}
	if r.Method == http.MethodGet && r.Header.Get("HX-Request") == "true" {
		answer.Body, answer.Fragment = list(v), true
	}
	return answer, nil
}

// partnershipOf is the partnership of a request: the one that it names, or the
// first of the actor's.
func partnershipOf(ctx context.Context, r *http.Request) (string, error) {
	if p := r.URL.Query().Get("partnership"); p != "" {
		return p, nil
	}
	a := page.Actor(ctx)
	if own := a.Partnerships(); len(own) > 0 {
		return own[0], nil
	}
	if in := a.In(); in != nil {
		return "", in
	}
	return "", fault.New(fault.Missing, "upload.partnership", "you have no role in a partnership").Do("Ask a project manager for an invitation")
}

// addable returns whether the actor may add files to a partnership, and the
// regions among which she has to choose where her roles are bound to some.
func addable(ctx context.Context, a *people.Actor, partnership string) (may bool, regions []component.Option) {
	if a.Can(people.AddFile, people.Object{Partnership: partnership}) {
		return true, nil
	}
	seen := map[string]bool{}
	for _, g := range a.Grants {
		on := people.Object{Partnership: partnership, Region: g.Region}
		if g.Partnership == partnership && a.Can(people.AddFile, on) && !seen[string(g.Region)] {
			seen[string(g.Region)] = true
			regions = append(regions, component.Option{Value: string(g.Region), Text: string(g.Region)})
		}
	}
	return len(regions) > 0, regions
}

func owners(all ...files.File) []string {
	var out []string
	for _, f := range all {
		out = append(out, f.Owner)
	}
	return out
}

func listAt(partnership string) string {
	return "/files?" + url.Values{"partnership": {partnership}}.Encode()
}
