package signin

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"peerscape/internal/fault"
)

// sign makes a token, as the provider does.
func sign(t testing.TB, key *rsa.PrivateKey, header, body map[string]any) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(header) + "." + part(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	switch header["alg"] {
	case "none":
		signature = nil
	case "HS256": // with what everybody knows as the secret
		m := hmac.New(sha256.New, key.N.Bytes())
		m.Write([]byte(text))
		signature = m.Sum(nil)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// Tokens that the provider signed but not for us, and others that it did not sign.
func TestForgedTokens(t *testing.T) {
	a := newAbroad(t)
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set := func(name string, value any) func(map[string]any) {
		return func(m map[string]any) { m[name] = value }
	}
	drop := func(name string) func(map[string]any) { return func(m map[string]any) { delete(m, name) } }
	both := func(f, g func(map[string]any)) func(map[string]any) { return func(m map[string]any) { f(m); g(m) } }
	now := time.Now().Unix()
	for _, c := range []struct {
		name   string
		body   func(map[string]any)
		header func(map[string]any)
		key    *rsa.PrivateKey
		again  bool
		cause  string // empty: accepted
	}{
		{name: "as it should be"},
		{name: "for another", body: set("aud", "another"), cause: "audience"},
		{name: "for nobody", body: drop("aud"), cause: "audience"},
		{name: "for us and another", body: both(set("aud", []string{"peerscape", "another"}), set("azp", "peerscape"))},
		{name: "for us and another, not told whose", body: set("aud", []string{"peerscape", "another"}), cause: "another party"},
		{name: "of another party", body: set("azp", "another"), cause: "another party"},
		{name: "without nonce", body: drop("nonce"), cause: "nonce"},
		{name: "of another visit", body: set("nonce", "x"), cause: "nonce"},
		{name: "too old", body: set("exp", now-1), cause: "expired"},
		{name: "without end", body: drop("exp"), cause: "expired"},
		{name: "not yet", body: set("nbf", now+3600), cause: "nbf"},
		{name: "of another issuer", body: set("iss", "https://login.example.com"), cause: "different provider"},
		{name: "of nobody", body: drop("sub"), cause: "subject"},
		{name: "of somebody with a long name", body: set("sub", strings.Repeat("x", 256)), cause: "subject"},
		{name: "of another access token", body: set("at_hash", "x"), cause: "access token"},
		{name: "of another signer", key: foreign, cause: "signature"},
		{name: "of another signer under an unknown name", key: foreign, header: set("kid", "x"), cause: "signature"},
		{name: "not signed", header: set("alg", "none"), cause: "malformed"},
		{name: "signed with what is public", header: set("alg", "HS256"), cause: "malformed"},
		{name: "anew", again: true},
		{name: "not anew", body: set("auth_time", now-3600), again: true, cause: "anew"},
		{name: "not told when", body: drop("auth_time"), again: true, cause: "anew"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address, state := a.begin(a.Provider, c.again)
			var v visit
			if err := json.Unmarshal(state, &v); err != nil {
				t.Fatal(err)
			}
			body := map[string]any{
				"iss": a.config.Issuer, "aud": "peerscape", "sub": "id-1", "nonce": v.Nonce, "exp": now + 600, "iat": now, "auth_time": now,
				"email": "first@example.org", "email_verified": true,
			}
			header := map[string]any{"alg": "RS256", "kid": a.keyID}
			if c.body != nil {
				c.body(body)
			}
			if c.header != nil {
				c.header(header)
			}
			key := a.key
			if c.key != nil {
				key = c.key
			}
			a.meddler.change[codeForWord] = set("id_token", sign(t, key, header, body))
			got, err := a.Exchange(t.Context(), state, a.walk(address, "first"))
			if c.cause != "" {
				wantFault(t, err, fault.Denied, "signin.provider-answer", c.cause)
			} else if err != nil || got.Subject != "id-1" || !got.EmailVerified {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	for name, change := range map[string]func(map[string]any){"no token": drop("id_token"), "no text": set("id_token", 1), "no words": set("id_token", "")} {
		address, state := a.begin(a.Provider, false)
		a.meddler.change[codeForWord] = change
		if _, err := a.Exchange(t.Context(), state, a.walk(address, "first")); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A token that another client got for a person, brought to us in place of ours.
func TestTokensOfOthersAreRefused(t *testing.T) {
	a := newAbroad(t)
	address, state := a.begin(a.Provider, false)
	var v visit
	if err := json.Unmarshal(state, &v); err != nil {
		t.Fatal(err)
	}
	c := a.config
	c.Client = "another"
	another := a.as(c)
	theirs, theirState := a.begin(another, false)
	// Even with our nonce, which the other client may have seen.
	var w visit
	if err := json.Unmarshal(theirState, &w); err != nil {
		t.Fatal(err)
	}
	theirs = strings.Replace(theirs, w.Nonce, v.Nonce, 1)
	theirState = edited(t, theirState, func(w *visit) { w.Nonce = v.Nonce })
	var token any
	a.meddler.change[codeForWord] = func(m map[string]any) { token = m["id_token"] }
	if _, err := another.Exchange(t.Context(), theirState, a.walk(theirs, "first")); err != nil {
		t.Fatal(err)
	}
	a.meddler.change[codeForWord] = func(m map[string]any) { m["id_token"] = token }
	_, err := a.Exchange(t.Context(), state, a.walk(address, "second"))
	wantFault(t, err, fault.Denied, "signin.provider-answer", "audience")
}

func TestWhatIsToldOfAPerson(t *testing.T) {
	a := newAbroad(t)
	for _, c := range []struct {
		name     string
		change   func(map[string]any)
		verified bool
		key      string
	}{
		{"a truth", func(m map[string]any) { m["email_verified"] = true }, true, ""},
		{"a truth as a text", func(m map[string]any) { m["email_verified"] = "true" }, true, ""},
		{"an untruth", func(m map[string]any) { m["email_verified"] = "false" }, false, ""},
		{"neither", func(m map[string]any) { m["email_verified"] = "perhaps" }, false, "signin.provider"},
		{"nothing", func(m map[string]any) { delete(m, "email_verified") }, false, ""},
		{"no address", func(m map[string]any) { m["email"] = "" }, false, ""},
		{"somebody else", func(m map[string]any) { m["sub"] = "id-2" }, false, "signin.provider-answer"},
		{"a number for a name", func(m map[string]any) { m["name"] = 1 }, false, "signin.provider"},
	} {
		address, state := a.begin(a.Provider, false)
		a.meddler.change[aboutPerson] = c.change
		got, err := a.Exchange(t.Context(), state, a.walk(address, "first"))
		switch {
		case c.key != "":
			wantKey(t, err, c.key)
		case err != nil || got.EmailVerified != c.verified || got.Subject != "id-1":
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}
