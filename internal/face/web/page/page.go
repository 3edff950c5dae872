// Package page knows how a page is answered: the reader's language and theme,
// the frame, the fragment that replaces a part, compression, cache marks, the
// content policy, and what is shown when something fails.
//
// It knows no subject. An action is a function that returns an Answer or an
// error; Site.Handle turns it into a handler. Start there.
package page

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
	"peerscape/web"
)

// Figures is what the pages need of the catalogue.
type Figures interface {
	Indicators() []*catalogue.Indicator
	Indicator(code string) (*catalogue.Indicator, error)
	Figure(ctx context.Context, id nuts.ID, code string) (*catalogue.Figure, error)
	Figures(ctx context.Context, id nuts.ID) ([]*catalogue.Figure, error)
	Map(ctx context.Context, code string, level int, p stats.Period) (*catalogue.Map, error)
	Datasets(ctx context.Context) ([]catalogue.Dataset, error)
	Dataset(ctx context.Context, code string) (*catalogue.Dataset, error)
}

// Site is what all pages share.
type Site struct {
	Figures Figures
	Regions *nuts.Nomenclature
	Words   *locale.Words
	Bundle  *web.Bundle
	Log     *slog.Logger
	Now     func() time.Time
	Version string
	People  Sessions       // nil: nobody signs in
	Notices Notices        // nil: nobody is told anything
	Origin  *url.URL       // where people reach the site, for cookies and links; may be nil
	Proxies []netip.Prefix // that are believed about who asks
}

// Answer is what an action returns.
type Answer struct {
	Title       string
	Description string
	Section     string // of the navigation
	Feed        string // address of what is new here, as Atom; may be empty
	Crumbs      []component.Crumb
	Body        templ.Component
	Fragment    bool   // Body alone is the answer to a request of the script
	Redirect    string // instead of a page: where to go
	Status      int    // 0 means 200
	JSON        []byte // instead of a page
	File        string // name under which the browser saves JSON; may be empty
	Cookies     []*http.Cookie
	Leave       string           // address of another site, to which the page leads on
	Forget      bool             // the browser drops what it keeps of the site: pages, storage
	Private     bool             // not to be stored by anybody: it hangs on a secret
	Anonymous   bool             // the frame names nobody, whoever asked
	Refresh     int              // seconds after which a browser without script asks again; 0: never
	Raw         http.HandlerFunc // instead of a page: what it writes, with headers of its own
}

// Action answers one request. The context carries the reader's language.
type Action func(ctx context.Context, r *http.Request) (*Answer, error)

// Handle turns an action into a handler.
func (s *Site) Handle(a Action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		actor, problem := s.actor(r.Context(), r)
		if problem != nil {
			actor = people.Nobody()
		}
		reader := s.Words.Reader(r.Header.Get("Accept-Language"), query.Get("lang"), s.Secret(r, "lang"), actor.Lang)
		if s.Words.Has(query.Get("lang")) {
			s.keep(w, "lang", query.Get("lang"))
		}
		ctx := WithActor(locale.With(r.Context(), reader), actor)
		answer, err := (*Answer)(nil), problem
		if err == nil {
			answer, err = a(ctx, r)
		}
		if err != nil {
			answer = s.failure(ctx, r, err)
		}
		if answer.Status == http.StatusForbidden {
			s.refused(ctx, actor, r.Pattern)
		}
		for _, c := range answer.Cookies {
			http.SetCookie(w, c)
		}
		if answer.Forget {
			w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
		}
		if answer.Redirect != "" {
			http.Redirect(w, r, answer.Redirect, http.StatusSeeOther)
			return
		}
		if answer.Raw != nil {
			answer.Raw(w, r)
			return
		}
		s.write(ctx, w, r, answer)
	})
}

func (s *Site) write(ctx context.Context, w http.ResponseWriter, r *http.Request, a *Answer) {
	w.Header().Set("Vary", "Accept-Encoding, Accept-Language, Cookie, HX-Request")
	if a.Private || !Actor(ctx).Nobody() || len(a.Cookies) > 0 || r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Cache-Control", "no-store")
	}
	if a.Leave != "" { // a form may send to this site alone, so the way on is a page of its own
		w.Header().Set("Refresh", "0; url="+a.Leave)
	}
	if a.JSON != nil {
		if a.File != "" {
			w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.File}))
		}
		send(w, r, "application/json; charset=utf-8", a.Status, a.JSON)
		return
	}
	if !a.Fragment && r.Header.Get("HX-Request") == "true" {
		// The script asked for a part and this is a page of its own, a failure
		// for instance: let the browser go there.
		w.Header().Set("HX-Redirect", r.URL.RequestURI())
		w.WriteHeader(http.StatusNoContent)
		return
	}
	var body bytes.Buffer
	var err error
	if a.Fragment && r.Header.Get("HX-Request") == "true" {
		err = fragment(a).Render(ctx, &body)
	} else {
		err = component.Page(s.layout(ctx, r, a)).Render(ctx, &body)
	}
	if err != nil {
		s.Log.Error("page not rendered", "route", r.Pattern, "error", err)
		http.Error(w, "Something went wrong here. The operator finds the cause in the log.", http.StatusInternalServerError)
		return
	}
	send(w, r, "text/html; charset=utf-8", a.Status, body.Bytes())
}

// fragment is the body with the title that the window takes on.
func fragment(a *Answer) templ.Component {
	if a.Title == "" {
		return a.Body
	}
	return templ.Join(titled(a.Title), a.Body)
}

func (s *Site) layout(ctx context.Context, r *http.Request, a *Answer) component.Layout {
	l := component.Layout{
		Title: a.Title, Description: a.Description, Section: a.Section, Feed: a.Feed, Path: r.URL.Path, Query: r.URL.Query(),
		Theme: s.Secret(r, "theme"), Crumbs: a.Crumbs, Body: a.Body, Version: s.Version,
		SignIn: s.People != nil, Person: Actor(ctx).Name, Refresh: a.Refresh,
	}
	if a.Anonymous {
		l.Person = ""
	}
	if l.Person != "" {
		l.Unread = s.unread(ctx)
	}
	if !s.Bundle.Built() {
		l.Assets.Make = web.Make
		return l
	}
	path := func(stable string) string { return AssetPath + s.Bundle.Name(stable) }
	l.Assets = component.Assets{Style: path("app.css"), Script: path("app.js"), Icon: path("icon.svg")}
	for _, f := range []string{"peerscape-sans-latin-wght.woff2", "peerscape-serif-latin-600.woff2"} {
		l.Assets.Fonts = append(l.Assets.Fonts, path(f))
	}
	return l
}

// statuses maps the kinds of fault to HTTP.
var statuses = map[fault.Kind]int{
	fault.Invalid:     http.StatusBadRequest,
	fault.Denied:      http.StatusForbidden,
	fault.Missing:     http.StatusNotFound,
	fault.Conflict:    http.StatusConflict,
	fault.Stale:       http.StatusConflict,
	fault.TooLarge:    http.StatusRequestEntityTooLarge,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// failure makes the page that says what went wrong. A fault is told in its own
// words, in the reader's language where the messages have it; anything else
// gets a number, under which the log has the cause.
func (s *Site) failure(ctx context.Context, r *http.Request, err error) *Answer {
	f, ok := errors.AsType[*fault.Error](err)
	if ok {
		if to := proveAt(f.Key, r); to != "" {
			return &Answer{Redirect: to}
		}
	}
	if errors.Is(err, context.Canceled) { // the visitor left; nobody reads the answer
		return &Answer{Status: http.StatusServiceUnavailable, Body: component.Failed(component.Failure{Title: locale.T(ctx, "failure.500")})}
	}
	status := http.StatusInternalServerError
	if ok && statuses[f.Kind] != 0 {
		status = statuses[f.Kind]
	}
	view := component.Failure{Title: locale.T(ctx, "failure.500")}
	switch {
	case status == http.StatusInternalServerError:
		view.ID = newID()
		view.Cure = locale.T(ctx, "failure.again")
		s.Log.Error("page failed", "id", view.ID, "route", r.Pattern, "error", err)
	default:
		view.Title = locale.T(ctx, "failure."+f.Kind.String())
		view.Where, view.Cure, view.Lang = sentence(ctx, f)
	}
	return &Answer{Title: view.Title, Status: status, Body: component.Failed(view)}
}

// proveAt returns where a visitor proves who she is, for the faults that want it.
func proveAt(key string, r *http.Request) string {
	at := map[string]string{people.SignInFirst: "/sign-in", people.ProveAgain: "/prove", people.SecondFactor: "/account/second-factor"}[key]
	if at == "" {
		return ""
	}
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet { // what was sent is sent again by the person
		next = ""
		if from, err := url.Parse(r.Referer()); err == nil && from.Host == r.Host {
			next = from.RequestURI()
		}
	}
	return at + "?" + url.Values{"next": {Local(next)}}.Encode()
}

// ProveAt returns where somebody goes to prove who she is and comes back from, if
// that is what an error asks for; empty otherwise.
func ProveAt(err error, next string) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return ""
	}
	return proveAt(f.Key, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: next}})
}

// Said turns a fault into a problem of a form, in the reader's words, with the
// status of the answer; ok is false for what is no fault of the person.
func Said(ctx context.Context, err error) (p *component.Problem, status int, ok bool) {
	f, is := errors.AsType[*fault.Error](err)
	if !is || statuses[f.Kind] == 0 || proveAt(f.Key, &http.Request{URL: &url.URL{}}) != "" {
		return nil, 0, false
	}
	what, cure, lang := sentence(ctx, f)
	return &component.Problem{What: what, Cure: cure, Lang: lang}, statuses[f.Kind], true
}

// sentence returns a fault's words for the reader, and their language if it is
// not the reader's.
func sentence(ctx context.Context, f *fault.Error) (what, cure, lang string) {
	r := locale.From(ctx)
	what, cure = stop(f.What), stop(f.Cure)
	if at := f.Place.String(); at != "" {
		what = at + ": " + what
	}
	var args []any
	for k, v := range f.Args {
		args = append(args, k, v)
	}
	if s := r.Or("fault."+f.Key, "", args...); s != "" {
		return s, r.Or("fault."+f.Key+"-cure", cure, args...), ""
	}
	if r.Lang.Code != "en" {
		lang = "en"
	}
	return what, cure, lang
}

func stop(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".?!") {
		return s
	}
	return s + "."
}

func newID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// Missing is the answer to an address that nobody knows.
func (s *Site) Missing(_ context.Context, r *http.Request) (*Answer, error) {
	return nil, fault.New(fault.Missing, "page.missing", "there is no page at %s", fault.Clip(r.URL.Path, 80)).With("path", fault.Clip(r.URL.Path, 80)).
		Do("Check the address, or search for a region below")
}

// Router is where a subject registers its pages: http.ServeMux, or one that
// remembers the patterns for the test that walks every route as every role.
type Router interface {
	Handle(pattern string, handler http.Handler)
}
