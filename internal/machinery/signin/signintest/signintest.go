// Package signintest runs a real identity provider on this machine for a test, with
// two persons, and does what a browser does there. Start with Open.
package signintest

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

// Client and Secret are our name at the provider and the word between the two.
const (
	Client = "peerscape"
	Secret = "a secret between the two of us"
)

const word = "what she types there"

// Provider is an identity provider. Ann's address is verified, Ben's is not.
type Provider struct {
	testing.TB
	Issuer string
	Down   atomic.Bool // answers nobody of us
	Strong atomic.Bool // asserts a second factor

	base http.Transport
	back string
	sign func(body map[string]any) string
}

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

// Open starts a provider that sends people back to an address.
func Open(t testing.TB, back string) *Provider {
	t.Helper()
	p := &Provider{TB: t, back: back}
	server := httptest.NewUnstartedServer(nil)
	p.Issuer = "http://" + server.Listener.Addr().String()
	store := storage.NewStorageWithClients(people{
		"id-ann": {ID: "id-ann", Username: "ann", Password: word, FirstName: "Ann", LastName: "Abroad", Email: "ann@example.org", EmailVerified: true},
		"id-ben": {ID: "id-ben", Username: "ben", Password: word, FirstName: "Ben", LastName: "Abroad", Email: "ben@example.org"},
	}, map[string]*storage.Client{Client: storage.WebClient(Client, Secret, back)})
	server.Config.Handler = exampleop.SetupServer(p.Issuer, store, slog.New(slog.DiscardHandler), false)
	server.Start()
	t.Cleanup(func() { p.base.CloseIdleConnections(); server.Close() })
	key, err := store.SigningKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.sign = signer(t, key.Key().(*rsa.PrivateKey), key.ID())
	return p
}

// RoundTrip passes a request of ours on, unless the provider is down, and adds to
// its signed answer that there was a second factor, if there was.
func (p *Provider) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.Down.Load() {
		return nil, errors.New("nobody is there")
	}
	res, err := p.base.RoundTrip(r)
	if err != nil || r.URL.Path != "/oauth/token" || !p.Strong.Load() {
		return res, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, body := map[string]any{}, map[string]any{}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return nil, err
	}
	token, _ := answer["id_token"].(string)
	part, err := base64.RawURLEncoding.DecodeString(strings.Split(token+"..", ".")[1])
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(part, &body); err != nil {
		return nil, err
	}
	body["amr"] = []string{"pwd", "otp", "mfa"}
	answer["id_token"] = p.sign(body)
	b, err := json.Marshal(answer)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return res, err
}

// signer makes tokens as the provider does.
func signer(t testing.TB, key *rsa.PrivateKey, id string) func(map[string]any) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return func(body map[string]any) string {
		text := part(map[string]any{"alg": "RS256", "kid": id}) + "." + part(body)
		sum := sha256.Sum256([]byte(text))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return text + "." + base64.RawURLEncoding.EncodeToString(signature)
	}
}

var formID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// Walk opens the address to which a browser was sent, signs in there as a person
// and returns with what the provider gives her along.
func (p *Provider) Walk(address, person string) url.Values {
	p.Helper()
	var returned url.Values
	browser := &http.Client{Transport: &p.base, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), p.back) {
			returned = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	res, err := browser.Get(address)
	if err != nil {
		p.Fatal(err)
	}
	page, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	id := formID.FindSubmatch(page)
	if id == nil {
		p.Fatalf("no form: %.300s", page)
	}
	res, err = browser.PostForm(p.Issuer+"/login/username", url.Values{"id": {string(id[1])}, "username": {person}, "password": {word}})
	if err != nil {
		p.Fatal(err)
	}
	_ = res.Body.Close()
	if returned == nil {
		p.Fatal("the provider did not send us back")
	}
	return returned
}
