package signin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"peerscape/internal/fault"
)

func TestProviderConfig(t *testing.T) {
	good := ProviderConfig{Issuer: "https://login.example.org/realm", Client: "peerscape", Redirect: back, Random: seeded(), Now: time.Now}
	for _, c := range []struct {
		name string
		edit func(*ProviderConfig)
		what any // empty: good
	}{
		{"encrypted", func(*ProviderConfig) {}, nil},
		{"on this machine", func(c *ProviderConfig) { c.Issuer = "http://127.0.0.1:9998" }, nil},
		{"back to this machine", func(c *ProviderConfig) { c.Redirect = "http://localhost:8080/back" }, nil},
		{"in the clear", func(c *ProviderConfig) { c.Issuer = "http://login.example.org" }, "issuer"},
		{"a name like this machine", func(c *ProviderConfig) { c.Issuer = "http://localhost.example.org" }, "issuer"},
		{"no address", func(c *ProviderConfig) { c.Issuer = "login.example.org" }, "issuer"},
		{"nothing", func(c *ProviderConfig) { c.Issuer = "" }, "issuer"},
		{"a query", func(c *ProviderConfig) { c.Issuer += "?tenant=1" }, "issuer"},
		{"a password", func(c *ProviderConfig) { c.Issuer = "https://me:word@login.example.org" }, "issuer"},
		{"back in the clear", func(c *ProviderConfig) { c.Redirect = "http://peerscape.example.org" }, "redirect"},
		{"back to a fragment", func(c *ProviderConfig) { c.Redirect += "#x" }, "redirect"},
		{"no name", func(c *ProviderConfig) { c.Client = "" }, "client"},
	} {
		config := good
		c.edit(&config)
		_, err := NewProvider(config)
		if f, ok := errors.AsType[*fault.Error](err); c.what == nil && err != nil || c.what != nil && (!ok || f.Kind != fault.Invalid || f.Args["what"] != c.what) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func reply(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{"Content-Type": {"application/json"}}
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: header, Body: io.NopCloser(bytes.NewBufferString(body))}
}

// The program starts without the provider, asks at the first visit, leaves a
// silent one alone for a while, and asks again.
func TestProviderIsAskedWhenNeeded(t *testing.T) {
	a := newAbroad(t)
	asked := func() int { return a.meddler.asked[aboutIssuer] }
	if asked() != 0 {
		t.Error("asked before anybody came")
	}
	a.meddler.lost = tries
	_, _, err := a.AuthURL(t.Context(), false)
	wantFault(t, err, fault.Unavailable, "signin.provider", "nobody is there")
	if _, _, err = a.AuthURL(t.Context(), false); err == nil || asked() != tries {
		t.Errorf("asked %d times, then %v", asked(), err)
	}
	a.shift = rest
	if _, _, err = a.AuthURL(t.Context(), false); err != nil || asked() != tries+1 {
		t.Errorf("asked %d times, then %v", asked(), err)
	}
}

func TestProviderIsAskedTwiceAtOnce(t *testing.T) {
	a := newAbroad(t)
	a.meddler.lost = tries - 1
	if _, _, err := a.AuthURL(t.Context(), false); err != nil {
		t.Error(err)
	}
}

func TestProviderIsAskedOnceForAll(t *testing.T) {
	a := newAbroad(t)
	a.Provider.config.Random = &oneByOne{r: a.config.Random}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, _, err := a.AuthURL(t.Context(), false); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := a.meddler.asked[aboutIssuer]; n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// oneByOne is a source of randomness for several at once.
type oneByOne struct {
	mu sync.Mutex
	r  io.Reader
}

func (o *oneByOne) Read(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.r.Read(p)
}

// A visitor who goes says nothing about the provider.
func TestVisitorGoes(t *testing.T) {
	a := newAbroad(t)
	ctx, cancel := context.WithCancel(t.Context())
	a.meddler.answer = func(r *http.Request) *http.Response {
		cancel()
		return reply(http.StatusServiceUnavailable, nil, "")
	}
	if _, _, err := a.AuthURL(ctx, false); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	a.meddler.answer = nil
	if _, _, err := a.AuthURL(t.Context(), false); err != nil {
		t.Error(err)
	}
}

func TestProvidersThatAreNotFollowed(t *testing.T) {
	set := func(name string, value any) func(map[string]any) {
		return func(m map[string]any) { m[name] = value }
	}
	answer := func(status int, header http.Header, body string) func(*http.Request) *http.Response {
		return func(*http.Request) *http.Response { return reply(status, header, body) }
	}
	a := newAbroad(t)
	for _, c := range []struct {
		name   string
		change func(map[string]any)
		answer func(*http.Request) *http.Response
		cause  string
	}{
		{name: "another issuer", change: set("issuer", "https://login.example.com"), cause: "did not match"},
		{name: "codes in the clear", change: set("token_endpoint", "http://login.example.com/token"), cause: "https://"},
		{name: "keys in the clear", change: set("jwks_uri", "http://login.example.com/keys"), cause: "https://"},
		{name: "people in the clear", change: set("userinfo_endpoint", "http://login.example.com/me"), cause: "https://"},
		{name: "a script for a form", change: set("authorization_endpoint", "javascript:alert(1)"), cause: "https://"},
		{name: "no form", change: set("authorization_endpoint", ""), cause: "https://"},
		{name: "out of order", answer: answer(http.StatusInternalServerError, nil, "oops"), cause: "oops"},
		{name: "elsewhere", answer: answer(http.StatusFound, http.Header{"Location": {"https://login.example.com"}}, ""), cause: "Found"},
		{name: "no object", answer: answer(http.StatusOK, nil, "<html>"), cause: "decode"},
		{name: "too much", answer: answer(http.StatusOK, nil, `{"x":"`+strings.Repeat("x", largest)+`"}`), cause: "too large"},
		{name: "too much of an error", answer: answer(http.StatusBadGateway, nil, strings.Repeat("x", 10_000)), cause: "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a.meddler.change[aboutIssuer], a.meddler.answer = c.change, c.answer
			_, _, err := a.as(a.config).AuthURL(t.Context(), false)
			wantFault(t, err, fault.Unavailable, "signin.provider", c.cause)
		})
	}
}

// A provider in the net may not send us to what only this machine can reach.
func TestSecretsStayInTheNet(t *testing.T) {
	m := &meddler{asked: map[string]int{}, answer: func(*http.Request) *http.Response {
		return reply(http.StatusOK, nil, `{"issuer":"https://login.example.org","authorization_endpoint":"https://login.example.org/auth",
			"token_endpoint":"http://127.0.0.1:8080/token","jwks_uri":"https://login.example.org/keys"}`)
	}}
	p, err := NewProvider(ProviderConfig{
		Issuer: "https://login.example.org", Client: "peerscape", Redirect: back, HTTP: &http.Client{Transport: m}, Random: seeded(), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = p.AuthURL(t.Context(), false)
	wantFault(t, err, fault.Unavailable, "signin.provider", "127.0.0.1")
}

// Who promises to name itself in answers must do so (RFC 9207).
func TestIssuerInAnswers(t *testing.T) {
	a := newAbroad(t)
	a.meddler.change[aboutIssuer] = func(m map[string]any) { m["authorization_response_iss_parameter_supported"] = true }
	address, state := a.begin(a.Provider, false)
	answer := a.walk(address, "first")
	answer.Del("iss")
	_, err := a.Exchange(t.Context(), state, answer)
	wantFault(t, err, fault.Denied, "signin.provider-answer", "issuer")
	answer.Set("iss", a.config.Issuer)
	if _, err := a.Exchange(t.Context(), state, answer); err != nil {
		t.Error(err)
	}
}

// The code is sent where it was meant to go, or nowhere.
func TestRedirectsAreNotFollowed(t *testing.T) {
	a := newAbroad(t)
	address, state := a.begin(a.Provider, false)
	answer := a.walk(address, "first")
	a.meddler.answer = func(r *http.Request) *http.Response {
		if r.URL.Path == codeForWord {
			return reply(http.StatusTemporaryRedirect, http.Header{"Location": {a.config.Issuer + "/elsewhere"}}, "")
		}
		return nil
	}
	_, err := a.Exchange(t.Context(), state, answer)
	wantFault(t, err, fault.Unavailable, "signin.provider", "")
	if n := a.meddler.asked["/elsewhere"]; n != 0 {
		t.Error("the code went elsewhere")
	}
}

func TestHowOurSecretIsShown(t *testing.T) {
	for _, c := range []struct {
		secret  string
		methods []string
		want    oauth2.AuthStyle
	}{
		{"x", nil, oauth2.AuthStyleInHeader},
		{"x", []string{"client_secret_post", "client_secret_basic"}, oauth2.AuthStyleInHeader},
		{"x", []string{"client_secret_post"}, oauth2.AuthStyleInParams},
		{"", []string{"client_secret_basic"}, oauth2.AuthStyleInParams},
	} {
		p := &Provider{config: ProviderConfig{Secret: c.secret}}
		if got := p.style(c.methods); got != c.want {
			t.Errorf("%q, %v: %v, want %v", c.secret, c.methods, got, c.want)
		}
	}
}
