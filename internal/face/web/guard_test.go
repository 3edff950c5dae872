package web_test

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"peerscape/data"
	"peerscape/internal/app"
	"peerscape/internal/app/apptest"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/htmltest"
	"peerscape/internal/face/web/page"
)

// Answers of the API are guarded like pages, on an encrypted site strictly so.
func TestEveryAnswerIsGuarded(t *testing.T) {
	origin, _ := url.Parse("https://peerscape.example")
	for name, c := range map[string]struct {
		config app.Config
		strict string
	}{
		"plain":      {app.Config{}, ""},
		"encrypted":  {app.Config{Origin: origin}, "max-age=31536000"},
		"subdomains": {app.Config{Origin: origin, Subdomains: true}, "max-age=31536000; includeSubDomains"},
	} {
		t.Run(name, func(t *testing.T) {
			c.config.DSN, c.config.Log, c.config.Now = filepath.Join(t.TempDir(), "x.db"), slog.New(slog.DiscardHandler), apptest.Now
			a, err := app.Open(context.Background(), c.config)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = a.Close() }()
			h, err := a.Handler()
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{"/api/v1/indicators", "/api/v1/nothing", "/api/v1/openapi.json", "/sources", "/assets/x", "/account"} {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
				got := w.Result().Header
				if got.Get("X-Content-Type-Options") != "nosniff" || got.Get("X-Frame-Options") != "DENY" || got.Get("Content-Security-Policy") != page.Policy ||
					got.Get("Strict-Transport-Security") != c.strict {
					t.Errorf("%s: %v", path, got)
				}
			}
		})
	}
}

// The choices of language and theme are bound to an encrypted site as well.
func TestChoicesAreBoundToTheSite(t *testing.T) {
	a := newAbroad(t)
	for _, res := range []*http.Response{
		a.browser().send(http.MethodGet, "/privacy?lang=fi", nil), a.browser().send(http.MethodPost, "/preferences", url.Values{"theme": {"dark"}}),
	} {
		if c := res.Cookies(); len(c) != 1 || !strings.HasPrefix(c[0].Name, "__Host-") || !c[0].Secure || !c[0].HttpOnly {
			t.Errorf("%v", c)
		}
	}
}

// The visitor behind proxies that we name is the last address that is none of them.
func TestAddressBehindProxies(t *testing.T) {
	s := &page.Site{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for name, c := range map[string]struct {
		peer string
		told []string
		want string
	}{
		"no proxy":              {"192.0.2.1:5", []string{"198.51.100.9"}, "192.0.2.1"},
		"through a proxy":       {"10.1.1.1:5", []string{"198.51.100.9"}, "198.51.100.9"},
		"through two":           {"10.1.1.1:5", []string{"198.51.100.9, 10.2.2.2"}, "198.51.100.9"},
		"forged in front":       {"10.1.1.1:5", []string{"203.0.113.5, 198.51.100.9"}, "198.51.100.9"},
		"in several lines":      {"10.1.1.1:5", []string{"203.0.113.5", "198.51.100.9"}, "198.51.100.9"},
		"nonsense":              {"10.1.1.1:5", []string{"198.51.100.9, nonsense"}, ""},
		"nobody told":           {"10.1.1.1:5", nil, ""},
		"proxies alone":         {"10.1.1.1:5", []string{"10.9.9.9"}, ""},
		"with port":             {"10.1.1.1:5", []string{"198.51.100.9:4711"}, "198.51.100.9"},
		"IPv6":                  {"[fd00::1]:5", []string{"2001:db8::7"}, "2001:db8::7"},
		"IPv6 with port":        {"[fd00::1]:5", []string{"[2001:db8::7]:99"}, "2001:db8::7"},
		"IPv4 written as IPv6":  {"[::ffff:10.1.1.1]:5", []string{"198.51.100.9"}, "198.51.100.9"},
		"an address of our own": {"10.1.1.1", []string{"198.51.100.9"}, "198.51.100.9"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.peer, c.told
		if got := s.Address(r); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Signing out leaves nothing in the browser, stands on every page, and ends with
// the session; signing in ends the one that the browser had.
func TestSigningOutAndIn(t *testing.T) {
	g, _ := newGuest(t)
	for _, path := range []string{"/", "/sources", "/help/access", "/account", "/nothing"} {
		d := htmltest.Parse(t, g.ask("member", http.MethodGet, path).Body)
		if n := len(d.All(`header form[action="/sign-out"] button`)); n != 2 { // and in the small menu
			t.Errorf("%s: %d buttons sign out", path, n)
		}
	}
	form := url.Values{"email": {"member@example.org"}, "password": {secret}}
	res := g.ask("member", http.MethodPost, "/sign-in", func(r *http.Request) { r.PostForm = form })
	if res.StatusCode != http.StatusSeeOther {
		t.Fatal(res.Status)
	}
	if a, err := g.app.People.Actor(context.Background(), g.cookies["member"]); err != nil || !a.Nobody() {
		t.Errorf("the browser's old session goes on: %+v, %v", a, err)
	}
	g.cookies["member"] = res.Cookies()[0].Value
	out := g.ask("member", http.MethodPost, "/sign-out")
	if got := out.Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data %q", got)
	}
	if a, err := g.app.People.Actor(context.Background(), g.cookies["member"]); err != nil || !a.Nobody() {
		t.Errorf("the session goes on: %+v, %v", a, err)
	}
}

// What an administrator does to an account is said before it is done.
func TestActsAreAskedAboutFirst(t *testing.T) {
	g, _ := newGuest(t)
	admin, err := g.app.People.Actor(context.Background(), g.cookies["administrator"])
	if err != nil {
		t.Fatal(err)
	}
	all, err := g.app.People.Accounts(context.Background(), admin)
	if err != nil {
		t.Fatal(err)
	}
	of := func(name string) string {
		return all[slices.IndexFunc(all, func(a people.Account) bool { return a.Name == name })].ID
	}
	list := htmltest.Parse(t, g.ask("administrator", http.MethodGet, "/people").Body)
	for _, act := range []string{"close", "erase", "factors"} {
		path := "/people/" + of("observer") + "/" + act
		if len(list.All(`a[href="`+path+`"]`)) != 1 || len(list.All(`form[action="`+path+`"]`)) != 0 {
			t.Errorf("the list does %s at once", act)
		}
		d := htmltest.Parse(t, g.ask("administrator", http.MethodGet, path).Body)
		if len(d.All("#goes p")) != 1 || len(d.All("#stays p")) != 1 || len(d.All(`main form[action="`+path+`"] button`)) != 1 {
			t.Errorf("%s says not what goes and what stays", path)
		}
	}
	if res := g.ask("administrator", http.MethodGet, "/people/"+of("observer")+"/reset"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a page for what is not asked about: %s", res.Status)
	}
	if res := g.ask("administrator", http.MethodPost, "/people/"+of("observer")+"/erase"); res.Header.Get("Location") != "/people" {
		t.Errorf("%s", res.Status)
	}
	if res := g.ask("administrator", http.MethodGet, "/people/"+of("observer")+"/erase"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an erased account can be erased again: %s", res.Status)
	}
}

// A form that takes something of a person says beside it what is kept. Those that
// compare alone, with what is known already, keep nothing.
func TestFormsSayWhatTheyKeep(t *testing.T) {
	g, _ := newGuest(t)
	comparing := []string{"/prove", "/sign-in/code", "/account/erase", "/account/codes/confirm"}
	admin, err := g.app.People.Actor(context.Background(), g.cookies["administrator"])
	if err != nil {
		t.Fatal(err)
	}
	link, err := g.app.People.Invite(context.Background(), admin, people.Invitation{Email: "new@example.org", Role: people.Administrator})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range []struct{ role, path string }{
		{"nobody", "/sign-in"},
		{"nobody", "/invitations/" + link},
		{"member", "/account"},
		{"member", "/account/data"},
		{"administrator", "/people"},
		{"nobody", "/reset"},
		{"member", "/prove"},
		{"nobody", "/sign-in/code"},
	} {
		d := htmltest.Parse(t, g.ask(c.role, http.MethodGet, c.path).Body)
		for _, f := range d.All("main form") {
			action := f.Attr("action")
			if slices.Contains(comparing, action) {
				continue
			}
			for _, in := range d.All(`main form[action="` + action + `"] input`) {
				if kind := in.Attr("type"); kind == "hidden" || kind == "checkbox" {
					continue
				}
				seen[action] = true
			}
			if seen[action] && action != "/sign-in" && len(d.All(`form[action="`+action+`"] .notice a[href="/privacy"]`)) == 0 {
				t.Errorf("%s: the form to %s does not say what it keeps", c.path, action)
			}
		}
		if c.path == "/sign-in" && len(d.All(".notice")) != 1 {
			t.Error("signing in does not say what it keeps")
		}
	}
	if len(seen) < 5 {
		t.Errorf("only %v take anything", seen)
	}
	d := htmltest.Parse(t, g.ask("nobody", http.MethodGet, "/privacy").Body)
	if n := len(d.All("#kept tbody tr")); n != len(retentions(g.app))+2 {
		t.Errorf("%d lines say how long what is kept", n)
	}
}

// Every retention of the code has its words in every language.
func TestRetentionsHaveTheirWords(t *testing.T) {
	g, _ := newGuest(t)
	words, err := locale.Open([]fs.FS{data.Messages()}...)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "fi", "de", "es", "pl"} {
		for _, r := range retentions(g.app) {
			if words.Reader("", lang, "", "").Or("retention."+r.Kind, "") == "" {
				t.Errorf("%s: no word for %s", lang, r.Kind)
			}
		}
	}
}

// Refusals leave lines, not many.
func TestRefusalsAreNoted(t *testing.T) {
	g, _ := newGuest(t)
	for range 30 {
		if res := g.ask("member", http.MethodGet, "/people"); res.StatusCode != http.StatusForbidden {
			t.Fatal(res.Status)
		}
		g.ask("member", http.MethodPost, "/account", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
	}
	admin, err := g.app.People.Actor(context.Background(), g.cookies["administrator"])
	if err != nil {
		t.Fatal(err)
	}
	all, err := g.app.People.Audit(context.Background(), admin, people.AuditFilter{Most: 200})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, e := range all {
		if e.Act == "refused" {
			count[e.Object]++
		}
	}
	if count["route:GET /people"] != 5 || count["route:form from elsewhere"] != 5 {
		t.Errorf("%v", count)
	}
}
