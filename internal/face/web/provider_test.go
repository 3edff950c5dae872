package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"peerscape/internal/app"
	"peerscape/internal/app/apptest"
	"peerscape/internal/exchange/people"
	"peerscape/internal/machinery/signin"
	"peerscape/internal/machinery/signin/signintest"
)

const (
	home = "https://peerscape.example"
	held = "__Host-session"
)

// browser is a visitor with cookies.
type browser struct {
	*testing.T
	h       http.Handler
	cookies map[string]string
}

func (b *browser) send(method, path string, form url.Values) *http.Response {
	b.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return w.Result()
}

// abroad is the site with an identity provider.
type abroad struct {
	*testing.T
	app      *app.App
	handler  http.Handler
	provider *signintest.Provider
	now      time.Time
	admin    *people.Actor
}

func newAbroad(t *testing.T, domains ...string) *abroad {
	t.Helper()
	a := &abroad{T: t, now: time.Now(), provider: signintest.Open(t, home+"/sign-in/with/work")}
	origin, _ := url.Parse(home)
	var err error
	a.app, err = app.Open(context.Background(), app.Config{
		DSN: filepath.Join(t.TempDir(), "abroad.db"), Version: "test", Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return a.now }, Origin: origin,
		Guarded: []people.Role{people.Administrator, people.ProjectManager},
		Providers: []app.Provider{{ID: "work", Label: "Workplace", Domains: domains, ProviderConfig: signin.ProviderConfig{
			Issuer: a.provider.Issuer, Client: signintest.Client, Secret: signintest.Secret, HTTP: &http.Client{Transport: a.provider},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.app.Close() })
	if a.handler, err = a.app.Handler(); err != nil {
		t.Fatal(err)
	}
	ctx, d := context.Background(), a.app.People
	code, err := d.SetupCode(ctx)
	if err != nil {
		t.Fatal(err)
	}
	session, err := d.SetUp(ctx, code, "admin@example.org", people.Newcomer{Name: "Admin", Password: secret})
	if err != nil {
		t.Fatal(err)
	}
	if a.admin, err = d.Actor(ctx, session); err != nil {
		t.Fatal(err)
	}
	if !a.admin.Lacking {
		t.Fatal("an administrator with a password alone lacks nothing")
	}
	a.admin.Lacking, a.admin.How = false, "passkey"
	return a
}

func (a *abroad) browser() *browser {
	return &browser{T: a.T, h: a.handler, cookies: map[string]string{}}
}

// invite returns the path of an invitation.
func (a *abroad) invite(email string, role people.Role) string {
	a.Helper()
	g := people.Invitation{Email: email, Role: role}
	if role != people.Administrator {
		g.Partnership = "p"
	}
	a.admin.Proved = a.now
	link, err := a.app.People.Invite(context.Background(), a.admin, g)
	if err != nil {
		a.Fatal(err)
	}
	return "/invitations/" + link
}

// address is where a page sends the browser on to.
func address(t *testing.T, res *http.Response) string {
	t.Helper()
	_, to, ok := strings.Cut(res.Header.Get("Refresh"), "url=")
	if !ok || res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(res.Body)
		t.Fatalf("%s sends nowhere: %.2000s", res.Status, b)
	}
	return to
}

// visit goes to the provider by a form and comes back as a person.
func (a *abroad) visit(b *browser, form, person string) *http.Response {
	a.Helper()
	to := address(a.T, b.send(http.MethodPost, form, nil))
	return b.send(http.MethodGet, "/sign-in/with/work?"+a.provider.Walk(to, person).Encode(), nil)
}

func (a *abroad) to(res *http.Response, want string) {
	a.Helper()
	if at := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || at != want {
		b, _ := io.ReadAll(res.Body)
		a.Fatalf("%s to %q, want %q\n%.3000s", res.Status, at, want, b)
	}
}

func (a *abroad) says(res *http.Response, status int, want string) {
	a.Helper()
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != status || !strings.Contains(string(b), want) || strings.Contains(string(b), "code=") {
		a.Fatalf("%s does not say %q\n%.3000s", res.Status, want, b)
	}
}

func (a *abroad) acts() []string {
	a.Helper()
	all, err := a.app.People.Audit(context.Background(), a.admin, people.AuditFilter{Most: 200})
	if err != nil {
		a.Fatal(err)
	}
	var out []string
	for _, e := range all {
		out = append(out, e.Act)
	}
	return out
}

// Through an invitation, and then again: the identity names the person.
func TestProviderBringsInWhoIsInvited(t *testing.T) {
	a := newAbroad(t)
	b := a.browser()
	a.says(a.visit(b, "/sign-in/with/work", "ann"), http.StatusForbidden, "No account here is connected with yours at Workplace.")
	link := a.invite("ann@example.org", people.ProjectManager)
	a.says(b.send(http.MethodGet, link, nil), http.StatusOK, "Make my account with Workplace")
	a.provider.Strong.Store(true)
	a.to(a.visit(b, link+"/with/work", "ann"), "/account?done=invitation")
	a.says(b.send(http.MethodGet, "/account", nil), http.StatusOK, "Ann Abroad")
	a.says(b.send(http.MethodGet, link, nil), http.StatusConflict, "has been used")
	other := a.browser()
	a.provider.Strong.Store(false)
	a.to(a.visit(other, "/sign-in/with/work", "ann"), "/account/second-factor?next=%2Faccount") // one factor does not do for the role
	a.says(other.send(http.MethodGet, "/account/second-factor", nil), http.StatusOK, "Add a passkey")
	for _, act := range []string{"identity-linked", "provider-refused", "signed-in", "account-made"} {
		if !slices.Contains(a.acts(), act) {
			t.Errorf("no line %s", act)
		}
	}
}

// The address of the invitation must be the one that the provider has verified,
// and of a domain that it is believed about.
func TestProviderMustVouchForTheAddress(t *testing.T) {
	for name, c := range map[string]struct {
		person, email string
		domains       []string
	}{
		"another address":      {"ann", "carl@example.org", nil},
		"not verified":         {"ben", "ben@example.org", nil},
		"a domain not trusted": {"ann", "ann@example.org", []string{"example.net"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAbroad(t, c.domains...)
			b := a.browser()
			link := a.invite(c.email, people.ProjectManager)
			a.says(a.visit(b, link+"/with/work", c.person), http.StatusForbidden, "does not confirm that the invited address is yours")
			a.says(b.send(http.MethodGet, link, nil), http.StatusOK, "Make my account") // still open
		})
	}
}

// An account with the same address gets nothing from a provider that says so: it
// is connected by the person herself, and disconnected, but never the last way in.
func TestIdentitiesAreLinkedByThePerson(t *testing.T) {
	a := newAbroad(t)
	ctx, d := context.Background(), a.app.People
	link := a.invite("ann@example.org", people.ProjectManager)
	session, err := d.Join(ctx, strings.TrimPrefix(link, "/invitations/"), people.Newcomer{Name: "Ann", Password: secret})
	if err != nil {
		t.Fatal(err)
	}
	b := a.browser()
	a.says(a.visit(b, "/sign-in/with/work", "ann"), http.StatusForbidden, "No account here is connected")
	again := a.invite("ann@example.org", people.ProjectManager)
	a.says(a.visit(a.browser(), again+"/with/work", "ann"), http.StatusConflict, "There is an account for ann@example.org")

	b.cookies[held] = session
	a.to(a.visit(b, "/account/identities/work", "ann"), "/account?done=linked")
	a.to(a.visit(a.browser(), "/sign-in/with/work", "ann"), "/account/second-factor?next=%2Faccount")

	other := a.browser() // with another account
	link = a.invite("dora@example.org", people.ProjectManager)
	if other.cookies[held], err = d.Join(ctx, strings.TrimPrefix(link, "/invitations/"), people.Newcomer{Name: "Dora", Password: secret}); err != nil {
		t.Fatal(err)
	}
	a.says(a.visit(other, "/account/identities/work", "ann"), http.StatusForbidden, "connected with another account")
	a.says(a.visit(other, "/prove/with/work", "ann"), http.StatusForbidden, "connected with another account")

	actor, err := d.Actor(ctx, b.cookies[held])
	if err != nil {
		t.Fatal(err)
	}
	x, err := d.Export(ctx, actor, actor.Account, nil)
	if err != nil || len(x.Identities) != 1 || x.Identities[0].Subject != "id-ann" {
		t.Errorf("the copy of her data has %+v (%v)", x, err)
	}
	own, err := d.Own(ctx, actor)
	if err != nil || len(own.Identities) != 1 {
		t.Fatal(own, err)
	}
	drop := "/account/identities/" + own.Identities[0].ID + "/drop"
	if res := other.send(http.MethodPost, drop, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("another's identity is dropped: %s", res.Status)
	}
	a.to(b.send(http.MethodPost, drop, nil), "/account?done=unlinked")
	a.says(a.visit(a.browser(), "/sign-in/with/work", "ann"), http.StatusForbidden, "No account here is connected")
}

// Who came by a provider alone keeps it, and proves herself anew by it.
func TestTheLastWayInStays(t *testing.T) {
	a := newAbroad(t)
	b := a.browser()
	a.provider.Strong.Store(true)
	a.to(a.visit(b, a.invite("ann@example.org", people.ProjectManager)+"/with/work", "ann"), "/account?done=invitation")
	actor, err := a.app.People.Actor(context.Background(), b.cookies[held])
	if err != nil || actor.Lacking {
		t.Fatalf("%+v, %v", actor, err)
	}
	own, err := a.app.People.Own(context.Background(), actor)
	if err != nil {
		t.Fatal(err)
	}
	drop := "/account/identities/" + own.Identities[0].ID + "/drop"
	a.says(b.send(http.MethodPost, drop, nil), http.StatusConflict, "This is your only way in.")
	a.now = a.now.Add(20 * time.Minute)
	a.to(b.send(http.MethodPost, drop, nil), "/prove?next=%2F")
	a.says(b.send(http.MethodGet, "/prove", nil), http.StatusOK, "Confirm with Workplace")
	before := b.cookies[held]
	a.now = time.Now()
	a.to(a.visit(b, "/prove/with/work", "ann"), "/account")
	if b.cookies[held] == before {
		t.Error("the session keeps its secret after a proof")
	}
	if old, err := a.app.People.Actor(context.Background(), before); err != nil || !old.Nobody() {
		t.Errorf("the old secret still works: %+v, %v", old, err)
	}
}

// Answers that do not belong to this browser's visit are refused.
func TestForgedVisits(t *testing.T) {
	a := newAbroad(t)
	a.provider.Strong.Store(true)
	mine := a.browser()
	a.to(a.visit(mine, a.invite("ann@example.org", people.ProjectManager)+"/with/work", "ann"), "/account?done=invitation")

	b := a.browser()
	begin := func() url.Values {
		return a.provider.Walk(address(t, b.send(http.MethodPost, "/sign-in/with/work", nil)), "ann")
	}
	back := func(b *browser, answer url.Values) *http.Response {
		return b.send(http.MethodGet, "/sign-in/with/work?"+answer.Encode(), nil)
	}
	answer := begin()
	a.says(back(a.browser(), answer), http.StatusConflict, "taken too long") // another browser
	forged := url.Values{"code": answer["code"], "state": {"forged"}}
	a.says(back(b, forged), http.StatusForbidden, "was not accepted")
	a.says(back(b, answer), http.StatusConflict, "taken too long") // one answer a visit, right or wrong
	answer = begin()
	a.to(back(b, answer), "/account")
	a.says(back(a.browser(), answer), http.StatusConflict, "taken too long")
	a.now = a.now.Add(time.Hour)
	late := begin()
	a.now = a.now.Add(people.CeremonyLasts + time.Minute)
	a.says(back(b, late), http.StatusConflict, "taken too long")
	if res := b.send(http.MethodGet, "/sign-in/with/elsewhere?code=x&state=y", nil); res.StatusCode != http.StatusConflict {
		t.Errorf("an unknown provider: %s", res.Status)
	}
	a.says(b.send(http.MethodPost, "/sign-in/with/elsewhere", nil), http.StatusNotFound, "no such other sign-in")
}

func TestProviderDoesNotAnswer(t *testing.T) {
	a := newAbroad(t)
	a.provider.Down.Store(true)
	a.says(a.browser().send(http.MethodPost, "/sign-in/with/work", nil), http.StatusServiceUnavailable, "does not answer as it should")
	a.says(a.browser().send(http.MethodGet, "/sign-in", nil), http.StatusOK, "Sign in with Workplace")
}

// Without the address of the site there is nowhere to come back to.
func TestProviderNeedsAnOrigin(t *testing.T) {
	_, err := app.Open(context.Background(), app.Config{
		DSN: filepath.Join(t.TempDir(), "x.db"), Version: "test", Log: slog.New(slog.DiscardHandler), Now: apptest.Now,
		Providers: []app.Provider{{ID: "work", Label: "Workplace"}},
	})
	if err == nil || !strings.Contains(err.Error(), "address of the site") {
		t.Errorf("%v", err)
	}
}
