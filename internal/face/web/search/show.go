package search

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/page"
	"peerscape/internal/face/web/place"
	"peerscape/internal/nuts"
)

// results is the most that one page lists.
const results = 40

// longest is how much of a query is read, in characters.
const longest = 100

type view struct {
	query string
	title string
	hits  []hit
}

type hit struct {
	name, href, native string
	code, level        string
	country            string
	why, lang          string // lang of why where it is not the reader's
}

// suggestion is the form of an entry of the suggestions: "Päijät-Häme (FI1C6)".
var suggestion = regexp.MustCompile(`\(([A-Za-z]{2}[A-Za-z0-9]{0,3})\)\s*$`)

// show answers the regions that match ?q. A code of the current version, alone
// or chosen from the suggestions, leads to its region.
func (s *Search) show(ctx context.Context, r *http.Request) (*page.Answer, error) {
	query := clean(r.URL.Query().Get("q"))
	if to := s.direct(query); to != "" {
		return &page.Answer{Redirect: to}, nil
	}
	v := &view{query: query, title: locale.T(ctx, "search.title")}
	if query != "" {
		for _, m := range s.Regions.Search(query, results) {
			v.hits = append(v.hits, s.hit(ctx, query, m))
		}
		v.title = locale.N(ctx, "search.found", len(v.hits), "Query", query)
		if len(v.hits) == 0 {
			v.title = locale.T(ctx, "search.none", "Query", query)
		}
	}
	return &page.Answer{Title: v.title, Body: shown(v)}, nil
}

func clean(q string) string {
	q = strings.Join(strings.Fields(strings.ToValidUTF8(q, "")), " ")
	if r := []rune(q); len(r) > longest {
		q = string(r[:longest])
	}
	return q
}

// direct returns the address of the region whose current code the query is.
func (s *Search) direct(query string) string {
	code := query
	if m := suggestion.FindStringSubmatch(query); m != nil {
		code = m[1]
	}
	r, ok := s.Regions.Newest(nuts.Canonical(code))
	if !ok || r.Version != nuts.Current {
		return ""
	}
	if code == query && r.Level == 0 && strings.ToUpper(query) != query {
		return "" // "es" or "at" may be the beginning of a name
	}
	return s.places.Path(r.ID)
}

func (s *Search) hit(ctx context.Context, query string, m nuts.Match) hit {
	r := m.Region
	h := hit{
		name: s.places.Name(ctx, r), href: s.places.Path(r.ID), code: string(r.Code), level: place.LevelName(ctx, r.Level),
		country: s.places.Country(ctx, r.Country),
	}
	if r.Native != r.Name {
		h.native = r.Native
	}
	if r.Version != nuts.Current {
		h.code = r.ID.String()
	}
	h.why, h.lang = s.why(ctx, query, m)
	return h
}

// also is how a match says that another spelling was found.
const also = "also called "

// why says in the reader's language why a region matched.
func (s *Search) why(ctx context.Context, query string, m nuts.Match) (text, lang string) {
	old, ok := s.Regions.Newest(nuts.Canonical(query))
	if ok && old.Version != nuts.Current {
		for _, piece := range s.places.Became(old) {
			if piece.ID == m.Region.ID {
				return locale.T(
					ctx, "search.became", "Old", string(old.Code), "Version", strconv.Itoa(int(old.Version)), "Code", string(piece.Code),
					"Share", locale.From(ctx).Amount(100*piece.OfPop, 0, "percent"),
				), ""
			}
		}
	}
	switch {
	case m.Why == "name":
		return locale.T(ctx, "search.name"), ""
	case m.Why == "code":
		return locale.T(ctx, "search.code"), ""
	case strings.HasPrefix(m.Why, also):
		return locale.T(ctx, "search.also", "Name", strings.TrimPrefix(m.Why, also)), ""
	case m.Region.Version != nuts.Current:
		return locale.T(ctx, "search.until", "Version", strconv.Itoa(int(m.Region.Version))), ""
	}
	return m.Why, "en"
}
