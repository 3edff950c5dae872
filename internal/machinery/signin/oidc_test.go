package signin

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"go.uber.org/goleak"

	"peerscape/internal/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	back        = "https://peerscape.example.org/account/provider"
	aboutIssuer = "/.well-known/openid-configuration"
	codeForWord = "/oauth/token"
	aboutPerson = "/userinfo"
	clientWord  = "a secret between the two of us"
	personsWord = "what she types there"
)

// people of the provider.
type people map[string]*storage.User

func (p people) GetUserByID(id string) *storage.User { return p[id] }
func (people) ExampleClientID() string               { return "none" }

func (p people) GetUserByUsername(name string) *storage.User {
	for _, u := range p {
		if u.Username == name {
			return u
		}
	}
	return nil
}

// meddler stands between us and the provider, where it can change, count and
// lose what passes.
type meddler struct {
	mu     sync.Mutex
	asked  map[string]int
	lost   int // how many requests get no answer
	change map[string]func(map[string]any)
	answer func(*http.Request) *http.Response // instead of the provider's, if not nil
	base   http.Transport
}

func (m *meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked[r.URL.Path]++
	if m.lost > 0 {
		m.lost--
		return nil, &net.OpError{Op: "dial", Err: fmt.Errorf("nobody is there")}
	}
	if m.answer != nil {
		if res := m.answer(r); res != nil {
			return res, nil
		}
	}
	res, err := m.base.RoundTrip(r)
	change := m.change[r.URL.Path]
	if err != nil || change == nil {
		return res, err
	}
	defer res.Body.Close()
	body := map[string]any{}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		return nil, err
	}
	change(body)
	b, err := json.Marshal(body)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return res, err
}

// abroad is a real provider on this machine, with us as its client.
type abroad struct {
	*testing.T
	meddler *meddler
	config  ProviderConfig
	*Provider
	shift time.Duration // of our clock
	key   *rsa.PrivateKey
	keyID string
}

func newAbroad(t *testing.T) *abroad {
	a := &abroad{T: t, meddler: &meddler{asked: map[string]int{}, change: map[string]func(map[string]any){}}}
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String()
	store := storage.NewStorageWithClients(people{
		"id-1": {ID: "id-1", Username: "first", Password: personsWord, FirstName: "First", LastName: "Person", Email: "first@example.org", EmailVerified: true},
		"id-2": {ID: "id-2", Username: "second", Password: personsWord, FirstName: "Second", LastName: "Person", Email: "first@example.org"},
	}, map[string]*storage.Client{
		"peerscape": storage.WebClient("peerscape", clientWord, back),
		"another":   storage.WebClient("another", clientWord, back),
		"public":    storage.NativeClient("public", "http://localhost/back"),
	})
	server.Config.Handler = exampleop.SetupServer(issuer, store, slog.New(slog.DiscardHandler), false)
	server.Start()
	t.Cleanup(func() { a.meddler.base.CloseIdleConnections(); server.Close() })
	key, err := store.SigningKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a.key, a.keyID = key.Key().(*rsa.PrivateKey), key.ID()
	a.config = ProviderConfig{
		Issuer: issuer, Client: "peerscape", Secret: clientWord, Redirect: back, HTTP: &http.Client{Transport: a.meddler}, Random: seeded(),
		Now: func() time.Time { return time.Now().Add(a.shift) },
	}
	a.Provider = a.as(a.config)
	return a
}

func (a *abroad) as(c ProviderConfig) *Provider {
	a.Helper()
	p, err := NewProvider(c)
	if err != nil {
		a.Fatal(err)
	}
	return p
}

func (a *abroad) begin(p *Provider, again bool) (address string, state []byte) {
	a.Helper()
	address, state, err := p.AuthURL(a.Context(), again)
	if err != nil {
		a.Fatal(err)
	}
	return address, state
}

var formID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// walk does what a browser does: it opens the address, fills the provider's form
// and follows until it is sent to us.
func (a *abroad) walk(address, user string) url.Values {
	a.Helper()
	var returned url.Values
	browser := &http.Client{Transport: &a.meddler.base, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), back) || strings.HasPrefix(r.URL.String(), "http://localhost/back") {
			returned = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	res, err := browser.Get(address)
	if err != nil {
		a.Fatal(err)
	}
	page, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if returned != nil {
		return returned
	}
	id := formID.FindSubmatch(page)
	if id == nil {
		a.Fatalf("no form: %s", fault.Clip(page, 300))
	}
	form := url.Values{"id": {string(id[1])}, "username": {user}, "password": {personsWord}}
	res, err = browser.PostForm(a.config.Issuer+"/login/username", form)
	if err != nil {
		a.Fatal(err)
	}
	res.Body.Close()
	if returned == nil {
		a.Fatal("the provider did not send us back")
	}
	return returned
}

func wantFault(t testing.TB, err error, kind fault.Kind, key, cause string) {
	t.Helper()
	wantKey(t, err, key)
	f := err.(*fault.Error)
	if f.Kind != kind || f.Cause == nil && cause != "" || f.Cause != nil && !strings.Contains(f.Cause.Error(), cause) {
		t.Errorf("%s fault because of %v; want %s because of %q", f.Kind, f.Cause, kind, cause)
	}
	if strings.Contains(fmt.Sprint(f.What, f.Cure, f.Cause), clientWord) {
		t.Errorf("%v because of %v tells our secret", f, f.Cause)
	}
}

func TestVisit(t *testing.T) {
	a := newAbroad(t)
	for _, c := range []struct {
		user  string
		again bool
		want  Identity
	}{
		{"first", false, Identity{Subject: "id-1", Email: "first@example.org", EmailVerified: true, Name: "First Person"}},
		{"second", false, Identity{Subject: "id-2", Email: "first@example.org", EmailVerified: false, Name: "Second Person"}},
		{"first", true, Identity{Subject: "id-1", Email: "first@example.org", EmailVerified: true, Name: "First Person"}},
	} {
		address, state := a.begin(a.Provider, c.again)
		got, err := a.Exchange(t.Context(), state, a.walk(address, c.user))
		if err != nil {
			t.Fatal(c.user, err)
		}
		if ago := time.Since(got.Proved); ago < -time.Minute || ago > time.Minute {
			t.Errorf("%s: proved at %v", c.user, got.Proved)
		}
		c.want.Issuer, got.Proved = a.config.Issuer, time.Time{}
		if d := cmp.Diff(c.want, *got); d != "" {
			t.Errorf("%s: %s", c.user, d)
		}
	}
	if n := a.meddler.asked[aboutIssuer]; n != 1 {
		t.Errorf("asked for the addresses %d times", n)
	}
}

func TestPublicClient(t *testing.T) {
	a := newAbroad(t)
	c := a.config
	c.Client, c.Secret, c.Redirect = "public", "", "http://localhost/back"
	p := a.as(c)
	address, state := a.begin(p, false)
	if got, err := p.Exchange(t.Context(), state, a.walk(address, "first")); err != nil || got.Subject != "id-1" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestVisitsAreTold(t *testing.T) {
	a := newAbroad(t)
	address, state := a.begin(a.Provider, true)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q, v := u.Query(), visit{}
	if err := json.Unmarshal(state, &v); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "peerscape", "redirect_uri": back, "scope": "openid email profile", "state": v.State, "nonce": v.Nonce,
		"code_challenge_method": "S256", "prompt": "login", "max_age": "0",
	} {
		if got := q.Get(name); got != want || want == "" {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if strings.Contains(address, v.Verifier) || strings.Contains(address, url.QueryEscape(clientWord)) {
		t.Error("the address tells a secret")
	}
	_, other := a.begin(a.Provider, false)
	w := visit{}
	if err := json.Unmarshal(other, &w); err != nil {
		t.Fatal(err)
	}
	if v.State == w.State || v.Nonce == w.Nonce || v.Verifier == w.Verifier || v.State == v.Nonce || v.Nonce == v.Verifier {
		t.Error("a secret stands in two places")
	}
}

// edited is a state changed by somebody.
func edited(t testing.TB, state []byte, change func(*visit)) []byte {
	t.Helper()
	var v visit
	if err := json.Unmarshal(state, &v); err != nil {
		t.Fatal(err)
	}
	change(&v)
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnswersThatAreNotOurs(t *testing.T) {
	a := newAbroad(t)
	const key = "signin.provider-answer"
	for _, c := range []struct {
		name   string
		state  func(*visit)     // changes what we remember
		answer func(url.Values) // and what comes back
		shift  time.Duration
		kind   fault.Kind
		key    string
		cause  string
	}{
		{"another visit", nil, func(q url.Values) { q.Set("state", strings.Repeat("A", 43)) }, 0, fault.Denied, key, "another visit"},
		{"no state", nil, func(q url.Values) { q.Del("state") }, 0, fault.Denied, key, "another visit"},
		{"nothing remembered", func(v *visit) { v.State = "" }, func(q url.Values) { q.Set("state", "") }, 0, fault.Denied, key, "another visit"},
		{"two codes", nil, func(q url.Values) { q.Add("code", "x") }, 0, fault.Denied, key, "twice"},
		{"no code", nil, func(q url.Values) { q.Del("code") }, 0, fault.Denied, key, "no code"},
		{"a made-up code", nil, func(q url.Values) { q.Set("code", "x") }, 0, fault.Denied, key, "invalid_grant"},
		{"another provider's answer", nil, func(q url.Values) { q.Set("iss", "https://login.example.com") }, 0, fault.Denied, key, "another provider"},
		{"another provider's visit", func(v *visit) { v.Issuer = "https://login.example.com" }, nil, 0, fault.Denied, key, "another provider"},
		{"another client's visit", func(v *visit) { v.Client = "another" }, nil, 0, fault.Denied, key, "another provider"},
		{"a stolen code", func(v *visit) { v.Verifier = strings.Repeat("A", 43) }, nil, 0, fault.Denied, key, "invalid_grant"},
		{"another nonce", func(v *visit) { v.Nonce = strings.Repeat("A", 43) }, nil, 0, fault.Denied, key, "nonce"},
		{"too late", nil, nil, visitLasts + time.Second, fault.Conflict, "signin.provider-late", ""},
		{"before it began", nil, nil, -2 * skew, fault.Conflict, "signin.provider-late", ""},
		{"she said no", nil, func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, 0, fault.Denied, "signin.provider-refused", "access_denied"},
		{"out of order", nil, func(q url.Values) { q.Del("code"); q.Set("error", "server_error") }, 0, fault.Unavailable, "signin.provider", "server_error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address, state := a.begin(a.Provider, false)
			answer := a.walk(address, "first")
			if c.state != nil {
				state = edited(t, state, c.state)
			}
			if c.answer != nil {
				c.answer(answer)
			}
			a.shift = c.shift
			defer func() { a.shift = 0 }()
			_, err := a.Exchange(t.Context(), state, answer)
			wantFault(t, err, c.kind, c.key, c.cause)
		})
	}
	_, err := a.Exchange(t.Context(), []byte("{"), url.Values{})
	wantFault(t, err, fault.Denied, key, "read the visit")
}

func TestCodesAreTakenOnce(t *testing.T) {
	a := newAbroad(t)
	address, state := a.begin(a.Provider, false)
	answer := a.walk(address, "first")
	if _, err := a.Exchange(t.Context(), state, answer); err != nil {
		t.Fatal(err)
	}
	_, err := a.Exchange(t.Context(), state, answer)
	wantFault(t, err, fault.Denied, "signin.provider-answer", "invalid_grant")
}

// Our secret is wrong: a matter of ours, not of who wants to sign in.
func TestWrongSecret(t *testing.T) {
	a := newAbroad(t)
	c := a.config
	c.Secret = "an old one"
	p := a.as(c)
	address, state := a.begin(p, false)
	_, err := p.Exchange(t.Context(), state, a.walk(address, "first"))
	wantFault(t, err, fault.Unavailable, "signin.provider", "invalid_client")
	if strings.Contains(fmt.Sprint(err.(*fault.Error).Cause), c.Secret) {
		t.Error("the error tells our secret")
	}
}

func TestConfigKeepsItsSecret(t *testing.T) {
	c := ProviderConfig{Issuer: "https://login.example.org", Client: "peerscape", Secret: clientWord}
	b, _ := json.Marshal(struct{ Issuer, Secret any }{c.Issuer, fmt.Sprintf("%v %+v %#v %s", c, c, c, c)})
	if strings.Contains(string(b), clientWord) {
		t.Errorf("%s", b)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).InfoContext(context.Background(), "x", "config", c)
	if strings.Contains(log.String(), clientWord) {
		t.Error(log.String())
	}
}
