package web_test

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"peerscape/data"
	"peerscape/internal/app"
	"peerscape/internal/app/apptest"
	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/web"
	"peerscape/internal/face/web/page"
)

// Who may come through a route. What the person then may do there is decided by
// the permission table; "own" routes are about the person who asks.
const (
	public   = "public"   // anybody, signed in or not
	own      = "own"      // anybody who has signed in
	managing = "managing" // an administrator
	inside   = "inside"   // somebody with a role in the partnership
	nothing  = "nothing"  // nobody: what the request names is not there
)

// by is a route for the roles of the partnership that may do an act.
func by(a people.Act) string { return "by:" + string(a) }

// allowed reports whether a role of the partnership may come through a route of
// the class inside or by.
func allowed(class string, role people.Role) bool {
	act, found := strings.CutPrefix(class, "by:")
	if !found {
		act = string(people.ReadInternal)
	}
	i := slices.IndexFunc(people.Permissions(), func(p people.Permission) bool { return string(p.Act) == act })
	reach := people.Permissions()[i].Reach[role]
	return reach == people.OwnRegion || reach == people.OwnPartnership
}

// routes is the whole site: a route that stands in no line fails the test.
var routes = map[string]string{
	"GET /{$}": public, "GET /atlas/table": public, "GET /atlas/values.json": public, "GET /regions": public, "GET /regions/{code}": public,
	"GET /regions/{code}/indicators/{indicator}": public, "GET /indicators": public, "GET /sources": public, "GET /sources/{dataset}": public, "GET /sources/feed.atom": public,
	"GET /search": public, "GET /search/suggest": public, "GET /help/method": public, "GET /accessibility": public, "GET /privacy": public,
	"GET /gallery": managing, "GET /help/access": public, "GET /assets/{name}": public, "POST /preferences": public, "/": public,

	"GET /sign-in": public, "POST /sign-in": public, "GET /sign-in/code": public, "POST /sign-in/code": public,
	"POST /sign-in/passkey": public, "POST /sign-in/passkey/options": public, "POST /sign-out": public,
	"GET /reset": public, "POST /reset": public, "GET /reset/{secret}": public, "POST /reset/{secret}": public,
	"GET /setup": public, "POST /setup": public, "GET /invitations/{secret}": public, "POST /invitations/{secret}": public,

	"GET /people": managing, "POST /people/invite": managing, "POST /people/{account}/{act}": managing, "GET /people/{account}/{act}": managing, "GET /audit": managing,
	"POST /invitations/{invitation}/withdraw": own,

	"GET /files": own, "POST /files": own, "GET /files/{id}": own, "POST /files/{id}": own, "POST /files/{id}/remove": own,
	"GET /files/{id}/{name}": own, "GET /files/{id}/w/{width}": own,

	"GET /partnerships": public, "GET /partnerships/new": managing, "POST /partnerships": managing, "POST /partnerships/demo": managing,
	"GET /partnerships/{slug}": inside, "GET /partnerships/{slug}/feed.atom": nothing, "POST /partnerships/{slug}/public": by(people.EditPartnership),
	"GET /partnerships/{slug}/setup/{step}": by(people.EditPartnership), "POST /partnerships/{slug}/setup/{step}": by(people.EditPartnership),
	"GET /partnerships/{slug}/{kind}/{id}": by(people.EditInstrument), "POST /partnerships/{slug}/{kind}/{id}": by(people.EditInstrument),
	"POST /partnerships/{slug}/{kind}/{id}/remove": by(people.EditInstrument), "GET /partnerships/{slug}/{kind}/{id}/history": inside,
	"POST /partnerships/{slug}/{kind}/{id}/restore": by(people.EditInstrument), "GET /partnerships/{slug}/{kind}/{id}/translate": by(people.TranslateContent),
	"POST /partnerships/{slug}/{kind}/{id}/translate": by(people.TranslateContent),

	"GET /partnerships/{slug}/audit": by(people.ReadAudit), "GET /partnerships/{slug}/people": inside, "POST /partnerships/{slug}/people/invite": inside, "POST /partnerships/{slug}/people/invite/withdraw": nothing,
	"POST /partnerships/{slug}/people/give": inside, "POST /partnerships/{slug}/people/withdraw": nothing,
	"POST /sign-in/with/{provider}": public, "GET /sign-in/with/{provider}": public, "POST /invitations/{secret}/with/{provider}": public,
	"POST /prove/with/{provider}": own, "POST /account/identities/{provider}": own, "POST /account/identities/{identity}/drop": own,

	"GET /notices": own, "POST /notices/read": own, "GET /notices/letters": own, "POST /notices/letters": own, "GET /notices/{id}": own,
	"GET /unsubscribe/{token}": nothing, "POST /unsubscribe/{token}": nothing,

	"GET /prove": own, "POST /prove": own, "GET /account": own, "POST /account": own, "POST /account/password": own,
	"POST /account/codes": own, "POST /account/codes/confirm": own, "POST /account/codes/drop": own,
	"POST /account/passkeys/options": own, "POST /account/passkeys": own, "POST /account/passkeys/{id}/drop": own,
	"POST /account/sessions/end": own, "GET /account/data": own, "POST /account/data.json": own, "GET /account/second-factor": own, "POST /account/erase": own,
}

// fresh is a route that asks for a recent proof of who it is.
var fresh = []string{
	"POST /account/password", "POST /account/codes", "POST /account/codes/confirm", "POST /account/codes/drop",
	"POST /account/passkeys/options", "POST /account/passkeys", "POST /account/passkeys/{id}/drop",
	"POST /account/identities/{identity}/drop", "POST /account/sessions/end", "POST /account/data.json",
}

// guest is the site with a person of every role, and the clock.
type guest struct {
	*testing.T
	app     *app.App
	handler http.Handler
	now     time.Time
	cookies map[string]string // session by role; "" for nobody
	values  map[string]string // of the wildcards of patterns
}

func newGuest(t *testing.T) (*guest, []string) {
	t.Helper()
	g := &guest{T: t, now: apptest.Now(), cookies: map[string]string{"nobody": ""}}
	clock := func() time.Time { return g.now }
	a, err := app.Open(context.Background(), app.Config{
		DSN: apptest.File(t), Files: filepath.Join(t.TempDir(), "files"), Version: "test", Log: slog.New(slog.DiscardHandler), Now: clock, Snapshot: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	h, patterns, err := web.Routes(web.Config{
		Catalogue: a.Catalogue, Nomenclature: a.Regions, Messages: []fs.FS{data.Messages()}, Now: clock, Log: slog.New(slog.DiscardHandler),
		Version: "test", People: a.People, Partnerships: a.Partnerships, Files: a.Files, Notices: a.Notices, Retentions: retentions(a),
	})
	if err != nil {
		t.Fatal(err)
	}
	g.app, g.handler = a, page.Secure(h, "")
	g.people()
	return g, patterns
}

// retentions is the table that the page on privacy prints.
func retentions(a *app.App) []people.Retention {
	return append(people.Retentions(), a.Notices.Retention().Retention)
}

const secret = "heron lantern seventy bridges"

// people makes a person of every role in one partnership.
func (g *guest) people() {
	g.Helper()
	ctx, d := context.Background(), g.app.People
	code, err := d.SetupCode(ctx)
	if err != nil {
		g.Fatal(err)
	}
	session, err := d.SetUp(ctx, code, "administrator@example.org", people.Newcomer{Name: "administrator", Password: secret})
	if err != nil {
		g.Fatal(err)
	}
	g.cookies["administrator"] = session
	giver, err := d.Actor(ctx, session)
	if err != nil {
		g.Fatal(err)
	}
	id, err := g.app.Partnerships.Start(ctx, giver, "alpha", &partnership.Profile{
		Short: "Alpha", Title: content.Write("en", "Alpha", g.now), Span: partnership.Span{From: "2026-01-01", To: "2026-12-31"},
	}, false)
	if err != nil {
		g.Fatal(err)
	}
	for _, role := range people.Roles()[1:] { // the project manager first, who invites the others
		link, err := d.Invite(ctx, giver, people.Invitation{Email: string(role) + "@example.org", Role: role, Partnership: id})
		if err != nil {
			g.Fatalf("invite %s: %v", role, err)
		}
		if g.cookies[string(role)], err = d.Join(ctx, link, people.Newcomer{Name: string(role), Password: secret}); err != nil {
			g.Fatalf("join as %s: %v", role, err)
		}
		if role == people.ProjectManager {
			if giver, err = d.Actor(ctx, g.cookies[string(role)]); err != nil {
				g.Fatal(err)
			}
		}
	}
	x := &partnership.Instrument{Name: content.Write("en", "Plan", g.now), Sort: "regional"}
	if err := g.app.Partnerships.Save(ctx, giver, id, x, ""); err != nil {
		g.Fatal(err)
	}
	g.values = map[string]string{"{slug}": "alpha", "{step}": "partners", "{kind}": "instruments", "{id}": x.ID}
}

// ask sends a request as somebody.
func (g *guest) ask(role, method, path string, change ...func(*http.Request)) *http.Response {
	g.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(""))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if s := g.cookies[role]; s != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: s})
	}
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	g.handler.ServeHTTP(w, r)
	return w.Result()
}

// sending fills a form where an empty one would ask for nothing.
func sending(pattern string) func(*http.Request) {
	return func(r *http.Request) {
		if strings.HasSuffix(pattern, "/restore") {
			r.Body = io.NopCloser(strings.NewReader("number=1&version=1"))
		}
	}
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// request is a request that a pattern answers.
func (g *guest) request(pattern string) (method, path string) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = http.MethodGet, pattern
	}
	if path == "/{$}" {
		return method, "/"
	}
	return method, wildcard.ReplaceAllStringFunc(path, func(w string) string {
		if v := g.values[w]; v != "" && strings.HasPrefix(path, "/partnerships/") {
			return v
		}
		return "x"
	})
}

// toSignIn reports whether an answer sends the visitor to sign in; scripts are told
// by JSON.
func toSignIn(res *http.Response) bool {
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		b, _ := io.ReadAll(res.Body)
		return strings.Contains(string(b), `"next":"/sign-in?next=`)
	}
	at, err := url.Parse(res.Header.Get("Location"))
	return err == nil && res.StatusCode == http.StatusSeeOther && at.Path == "/sign-in" && at.Query().Has("next")
}

func TestEveryRouteAsEveryRole(t *testing.T) {
	g, patterns := newGuest(t)
	for _, p := range patterns {
		if routes[p] == "" {
			t.Errorf("%s stands in no line of routes: say who may come through", p)
		}
	}
	for p := range routes {
		if !slices.Contains(patterns, p) {
			t.Errorf("%s is no route any more", p)
		}
	}
	for _, p := range patterns {
		method, path := g.request(p)
		for role := range g.cookies {
			if role != "nobody" && (path == "/sign-out" || path == "/account/erase") {
				continue // would end what the others still need
			}
			res := g.ask(role, method, path, sending(p))
			if res.StatusCode >= http.StatusInternalServerError && res.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("%s as %s: %s", p, role, res.Status)
			}
			sent := toSignIn(res)
			refused := sent || res.StatusCode == http.StatusForbidden
			switch routes[p] {
			case inside, by(people.ReadAudit), by(people.EditPartnership), by(people.EditInstrument), by(people.TranslateContent):
				// Those without a role are told that there is no such partnership.
				missing := res.StatusCode == http.StatusNotFound
				if outside := role == "nobody" || role == "administrator"; outside && !missing || !outside && (refused || missing) == allowed(routes[p], people.Role(role)) {
					t.Errorf("%s as %s: %s", p, role, res.Status)
				}
			case public:
				if refused && role != "nobody" {
					t.Errorf("%s as %s is refused: %s", p, role, res.Status)
				}
			case nothing:
				if res.StatusCode != http.StatusNotFound {
					t.Errorf("%s as %s: %s", p, role, res.Status)
				}
			case own:
				if sent != (role == "nobody") {
					t.Errorf("%s as %s: %s to %q", p, role, res.Status, res.Header.Get("Location"))
				}
			case managing:
				if refused != (role != "administrator") {
					t.Errorf("%s as %s: %s", p, role, res.Status)
				}
			}
		}
	}
}

// A page elsewhere cannot make a signed-in browser send a form.
func TestFormsFromElsewhereAreRefused(t *testing.T) {
	g, patterns := newGuest(t)
	for _, p := range patterns {
		method, path := g.request(p)
		if method != http.MethodPost {
			continue
		}
		for name, change := range map[string]func(*http.Request){
			"a cross-site request": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
			"another origin": func(r *http.Request) {
				r.Header.Del("Sec-Fetch-Site")
				r.Header.Set("Origin", "https://elsewhere.example")
			},
			"a site beside ours": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		} {
			if res := g.ask("administrator", method, path, change); res.StatusCode != http.StatusForbidden {
				t.Errorf("%s: %s gets %s", p, name, res.Status)
			}
		}
	}
	if res := g.ask("administrator", http.MethodGet, "/account"); res.StatusCode != http.StatusOK {
		t.Errorf("after all that the session is gone: %s", res.Status)
	}
}

// What changes access asks for a fresh proof, and says where to give it.
func TestAccessChangesAskForAFreshProof(t *testing.T) {
	g, _ := newGuest(t)
	g.now = g.now.Add(time.Hour)
	for _, p := range fresh {
		method, path := g.request(p)
		res := g.ask("member", method, path, func(r *http.Request) { r.Header.Set("Referer", "http://example.com/account") })
		if b, _ := io.ReadAll(res.Body); strings.Contains(string(b), `"next":"/prove?next=%2Faccount"`) {
			continue // a script is told by JSON
		}
		if at := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || at != "/prove?next=%2Faccount" {
			t.Errorf("%s an hour after signing in: %s to %q", p, res.Status, at)
		}
	}
	// The proof leads on to this site alone.
	res := g.ask("member", http.MethodPost, "/prove", func(r *http.Request) {
		r.Body = io.NopCloser(strings.NewReader(url.Values{"password": {secret}, "next": {"https://elsewhere.example/"}}.Encode()))
	})
	if at := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || at != "/" {
		t.Errorf("after the proof: %s to %q", res.Status, at)
	}
	for _, c := range res.Cookies() {
		if c.Name == "session" {
			if c.Value == g.cookies["member"] {
				t.Error("the session keeps its secret after a proof")
			}
			g.cookies["member"] = c.Value
		}
	}
	if res := g.ask("member", http.MethodPost, "/account/codes"); res.StatusCode != http.StatusOK {
		t.Errorf("after the proof: %s", res.Status)
	}
}

// The cookie of a session cannot be read by script, sent from elsewhere, or, on an
// encrypted site, be set by anybody else.
func TestSessionCookie(t *testing.T) {
	g, _ := newGuest(t)
	origin, _ := url.Parse("https://peerscape.example.org")
	for _, c := range []struct {
		origin *url.URL
		name   string
		secure bool
	}{{nil, "session", false}, {origin, "__Host-session", true}} {
		h, err := web.Handler(web.Config{
			Catalogue: g.app.Catalogue, Nomenclature: g.app.Regions, Messages: []fs.FS{data.Messages()}, Now: func() time.Time { return g.now },
			Log: slog.New(slog.DiscardHandler), Version: "test", People: g.app.People, Origin: c.origin,
		})
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{"email": {"member@example.org"}, "password": {secret}}
		r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: c.name, Value: "planted"})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		found := false
		for _, k := range w.Result().Cookies() {
			if k.Name != c.name {
				continue
			}
			found = true
			if k.Value == "planted" || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Secure != c.secure || k.Path != "/" || k.Domain != "" {
				t.Errorf("%+v", k)
			}
		}
		if !found {
			t.Errorf("signing in sets no cookie %s: %s", c.name, w.Result().Status)
		}
	}
}

// Signing out has the browser drop what it kept; signing in ends the session that
// the browser had.
func TestSigningOutForgets(t *testing.T) {
	g, _ := newGuest(t)
	res := g.ask("member", http.MethodPost, "/sign-out")
	if got := res.Header.Get("Clear-Site-Data"); !strings.Contains(got, "cache") || !strings.Contains(got, "storage") {
		t.Errorf("Clear-Site-Data is %q", got)
	}
	if res := g.ask("member", http.MethodGet, "/account"); !toSignIn(res) {
		t.Errorf("after signing out: %s", res.Status)
	}
}

func TestSigningInEndsTheSessionBefore(t *testing.T) {
	g, _ := newGuest(t)
	res := g.ask("member", http.MethodPost, "/sign-in", func(r *http.Request) {
		r.Body = io.NopCloser(strings.NewReader(url.Values{"email": {"observer@example.org"}, "password": {secret}}.Encode()))
	})
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) == 0 {
		t.Fatalf("%s", res.Status)
	}
	if res := g.ask("member", http.MethodGet, "/account"); !toSignIn(res) {
		t.Errorf("the session before still counts: %s", res.Status)
	}
}
