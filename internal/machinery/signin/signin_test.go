package signin

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"peerscape/internal/fault"
)

func seeded() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{3}) }

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Key != key {
		t.Fatalf("got %v, want the fault %s", err, key)
	}
}

func TestPassword(t *testing.T) {
	ctx, h := context.Background(), NewHasher(seeded())
	const password = "heron lantern seventy bridges"
	hash, err := h.Hash(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := h.Hash(ctx, password)
	if hash == again || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=3,p=1$") {
		t.Errorf("hashes %q, %q: want different salts and our costs", hash, again)
	}
	for _, c := range []struct {
		name, hash, password string
		right                bool
	}{
		{"the password", hash, password, true},
		{"another", hash, password + "s", false},
		{"nothing", hash, "", false},
		{"no account", "", password, false},
		{"no account, no password", "", "", false},
	} {
		right, weak, err := h.Verify(ctx, c.hash, c.password)
		if err != nil || right != c.right || weak {
			t.Errorf("%s: Verify = %v, %v, %v; want %v", c.name, right, weak, err, c.right)
		}
	}
	// Nobody makes us work on what cannot be a password.
	long := strings.Repeat("x", mostTyped+1)
	hash, _ = h.Hash(ctx, long)
	if right, _, err := h.Verify(ctx, hash, long); right || err != nil {
		t.Errorf("%d bytes: %v, %v", len(long), right, err)
	}
	// The same word composed and decomposed is the same password.
	hash, _ = h.Hash(ctx, "p\u00e4ij\u00e4nne kahdeksan saarta")
	if right, _, _ := h.Verify(ctx, hash, "pa\u0308ija\u0308nne kahdeksan saarta"); !right {
		t.Error("a password typed on another system does not match")
	}
}

func TestWeakHashIsMadeAnew(t *testing.T) {
	h := NewHasher(seeded())
	c := cost{64, 1, 1}
	key, err := h.key(context.Background(), "some old password", []byte("0123456789abcdef"), c, 32)
	if err != nil {
		t.Fatal(err)
	}
	right, weak, err := h.Verify(context.Background(), encode(c, []byte("0123456789abcdef"), key), "some old password")
	if err != nil || !right || !weak {
		t.Errorf("Verify = %v, %v, %v; want right and weak", right, weak, err)
	}
}

// Whoever gives up waiting for a turn gets one no more.
func TestTurns(t *testing.T) {
	h := NewHasher(seeded())
	for range cap(h.turns) {
		h.turns <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, "heron lantern seventy bridges"); !errors.Is(err, context.Canceled) {
		t.Errorf("Hash: %v", err)
	}
	if _, _, err := h.Verify(ctx, "", "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("Verify: %v", err)
	}
	<-h.turns
	if _, _, err := h.Verify(t.Context(), "", "x"); err != nil {
		t.Errorf("Verify with a free turn: %v", err)
	}
	if len(h.turns) != cap(h.turns)-1 {
		t.Error("a turn is not given back")
	}
}

func TestAbsurdHashesAreRefused(t *testing.T) {
	h := NewHasher(seeded())
	for _, hash := range []string{
		"x", "$argon2id$v=19$m=99999999,t=3,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=19456,t=999999,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=19456,t=0,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2i$v=19$m=19456,t=3,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=16$m=19456,t=3,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=19456,t=3,p=1$!!$MDEyMzQ1Njc4OWFiY2RlZg",
		"$argon2id$v=19$m=19456,t=3,p=1x$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
	} {
		if _, _, err := h.Verify(context.Background(), hash, "x"); err == nil {
			t.Errorf("%s was computed", hash)
		}
	}
}

func FuzzHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=3,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg")
	f.Fuzz(func(t *testing.T, s string) {
		c, salt, key, err := decode(s)
		if err == nil && encode(c, salt, key) != s {
			t.Errorf("%q reads as %q", s, encode(c, salt, key))
		}
	})
}

func TestAcceptable(t *testing.T) {
	h := NewHasher(seeded())
	known := []string{"maija.virtanen@paijat-hame.fi", "Maija Virtanen"}
	for _, c := range []struct{ password, key string }{
		{"heron lantern seventy bridges", ""},
		{"kolmetoista hiljaista haukea", ""},
		{"Tr0ub4dor&3xyQ", ""},
		{"zażółć gęślą jaźń", ""},
		{"short", "signin.short"},
		{"elevenchars", "signin.short"},
		{"aaaaaaaaaaaaaaaa", "signin.guessable"},
		{"abababababababab", "signin.guessable"},
		{"123456789012", "signin.guessable"},
		{"qwertyuiop12", "signin.guessable"},
		{"abcdefghijklmnop", "signin.guessable"},
		{"password1234", "signin.guessable"},
		{"peerscape2026", "signin.guessable"},
		{"maijavirtanen1", "signin.guessable"},
		{"Virtanen-Maija-2026", "signin.guessable"},
		{"salasana salasana", "signin.guessable"},
		{"q1w2e3r4t5y6u7", "signin.guessable"},
		{"qazwsxedcrfv", "signin.guessable"},
		{"zaqwsxcderfv", "signin.guessable"},
		{"justinmichael7", "signin.guessable"},
		{"ghbdtnghbdtn", "signin.guessable"}, // a short word twice
		{"heron lantern heron lantern ", ""}, // a long one is as good as once
		{strings.Repeat("word ", 60), "signin.long"},
		{"bell\x07bell bell bell", "signin.characters"},
	} {
		err := h.Acceptable(c.password, known...)
		if c.key == "" && err != nil {
			t.Errorf("%q is refused: %v", c.password, err)
		} else if c.key != "" {
			if err == nil {
				t.Errorf("%q is accepted", c.password)
				continue
			}
			wantKey(t, err, c.key)
		}
	}
}

// The vectors of RFC 6238, appendix B, for SHA-1, cut to six digits.
func TestCodesOfTheStandard(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for _, c := range []struct {
		at   int64
		code string
	}{{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}} {
		now := time.Unix(c.at, 0)
		step, right := MatchCode(secret, c.code, now, 0)
		if !right || step != c.at/30 {
			t.Errorf("at %d: %d, %v", c.at, step, right)
		}
		if _, right := MatchCode(secret, c.code, now, step); right {
			t.Errorf("at %d: the code is taken twice", c.at)
		}
		if _, right := MatchCode(secret, c.code, now.Add(30*time.Second), 0); !right {
			t.Errorf("at %d: a code of one step ago is refused", c.at)
		}
		if _, right := MatchCode(secret, c.code, now.Add(60*time.Second), 0); right {
			t.Errorf("at %d: a code of two steps ago is taken", c.at)
		}
	}
	for _, bad := range []string{"", "28708", "2870822", "28708a", "２８７０８２"} {
		if _, right := MatchCode(secret, bad, time.Unix(59, 0), 0); right {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, none := range []string{"", base32.StdEncoding.EncodeToString([]byte("12345")), "not base 32"} {
		key, _ := base32.StdEncoding.DecodeString(none)
		if _, right := MatchCode(none, codeAt(key, 1), time.Unix(59, 0), 0); right {
			t.Errorf("a code of the secret %q is taken", none)
		}
	}
	if _, right := MatchCode(secret, "287 082", time.Unix(59, 0), 0); !right {
		t.Error("a space in a code makes it wrong")
	}
}

func TestCodeURI(t *testing.T) {
	u, err := url.Parse(CodeURI("ABC", "Peerscape Päijät-Häme", "maija@example.org"))
	if err != nil || u.Scheme != "otpauth" || u.Query().Get("issuer") != "Peerscape Päijät-Häme" || strings.Contains(u.RawQuery, "+") {
		t.Errorf("%v, %v", u, err)
	}
	svg, err := QR(u.String(), `a "code"`)
	if err != nil || !strings.HasPrefix(svg, "<svg ") || strings.Contains(svg, `"a "`) {
		t.Errorf("%.80s, %v", svg, err)
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes, hashes, err := NewRecoveryCodes(seeded())
	if err != nil || len(codes) != recoveryCodes {
		t.Fatal(codes, err)
	}
	seen := map[string]bool{}
	for i, c := range codes {
		if seen[c] || len(c) != 19 || strings.ContainsAny(c, "ilo1") {
			t.Errorf("code %q", c)
		}
		seen[c] = true
		if RecoveryHash(" "+strings.ToUpper(strings.Replace(c, "-", " ", 2))) != hashes[i] {
			t.Errorf("%q typed in capitals is another code", c)
		}
	}
}

// site is a party with a virtual authenticator.
type site struct {
	*testing.T
	party *Party
	rp    virtualwebauthn.RelyingParty
	auth  virtualwebauthn.Authenticator
}

func newSite(t *testing.T) *site {
	origin, _ := url.Parse("https://peerscape.example.org")
	p, err := NewParty(origin, "Peerscape")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{T: t, party: p, rp: virtualwebauthn.RelyingParty{Name: "Peerscape", ID: "peerscape.example.org", Origin: "https://peerscape.example.org"}}
	s.auth = virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte("handle-of-maija")})
	return s
}

// add makes a passkey for a holder.
func (s *site) add(h Holder) (Holder, virtualwebauthn.Credential) {
	s.Helper()
	options, state, err := s.party.BeginPasskey(h)
	if err != nil {
		s.Fatal(err)
	}
	parsed, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		s.Fatal(err)
	}
	key := newKey()
	response := virtualwebauthn.CreateAttestationResponse(s.rp, s.auth, key, *parsed)
	id, credential, err := s.party.FinishPasskey(h, state, []byte(response))
	if err != nil {
		s.Fatal(err)
	}
	if id != KeyID(key.ID) || !json.Valid([]byte(credential)) {
		s.Errorf("id %s, credential %s", id, credential)
	}
	s.auth.AddCredential(key)
	h.Credentials = append(h.Credentials, credential)
	return h, key
}

func (s *site) prove(rp virtualwebauthn.RelyingParty, options []byte, key virtualwebauthn.Credential) []byte {
	s.Helper()
	parsed, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		s.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAssertionResponse(rp, s.auth, key, *parsed))
}

func TestPasskey(t *testing.T) {
	s := newSite(t)
	maija, key := s.add(Holder{Handle: "handle-of-maija", Name: "maija@example.org", DisplayName: "Maija"})
	find := func(handle string) (Holder, error) {
		if handle != maija.Handle {
			return Holder{}, errors.New("nobody")
		}
		return maija, nil
	}
	begin := func() (options, state []byte) {
		t.Helper()
		options, state, err := s.party.BeginProof()
		if err != nil {
			t.Fatal(err)
		}
		return options, state
	}
	options, state := begin()
	response := s.prove(s.rp, options, key)
	p, err := s.party.FinishProof(state, response, find)
	if err != nil {
		t.Fatal(err)
	}
	if p.Handle != maija.Handle || p.ID != KeyID(key.ID) || p.Cloned {
		t.Errorf("proven %+v", p)
	}

	_, other := begin()
	_, err = s.party.FinishProof(other, response, find)
	wantKey(t, err, "signin.passkey") // an answer to another challenge

	options, state = begin()
	evil := s.rp
	evil.Origin = "https://peerscape.example.com"
	_, err = s.party.FinishProof(state, s.prove(evil, options, key), find)
	wantKey(t, err, "signin.passkey") // a page that looks like ours

	options, state = begin()
	_, err = s.party.FinishProof(state, s.prove(s.rp, options, newKey()), find)
	wantKey(t, err, "signin.passkey") // a passkey that nobody knows

	options, state = begin()
	_, err = s.party.FinishProof(state, s.prove(s.rp, options, key), func(string) (Holder, error) { return Holder{Handle: "somebody-else"}, nil })
	wantKey(t, err, "signin.passkey")

	_, err = s.party.FinishProof(state, []byte("{"), find)
	wantKey(t, err, "signin.passkey")
}

func TestPasskeysNeedAName(t *testing.T) {
	for _, origin := range []string{"http://127.0.0.1:8080", "https://192.0.2.1", "http://peerscape.example.org"} {
		u, _ := url.Parse(origin)
		p, err := NewParty(u, "Peerscape")
		if err != nil || p != nil {
			t.Errorf("%s: %v, %v", origin, p, err)
		}
		_, _, err = p.BeginProof()
		wantKey(t, err, "signin.no-party")
	}
	u, _ := url.Parse("http://localhost:8080")
	if p, err := NewParty(u, "Peerscape"); err != nil || p == nil {
		t.Errorf("localhost: %v, %v", p, err)
	}
}

func TestTokens(t *testing.T) {
	random, seen := seeded(), map[string]bool{}
	for range 100 {
		s, err := NewToken(random)
		if err != nil || len(s) != 43 || seen[s] || url.PathEscape(s) != s {
			t.Fatal(s, err)
		}
		seen[s] = true
	}
}

func BenchmarkHash(b *testing.B) {
	h := NewHasher(seeded())
	for b.Loop() {
		if _, err := h.Hash(context.Background(), "heron lantern seventy bridges"); err != nil {
			b.Fatal(err)
		}
	}
}

// newKey makes a key whose coordinates fill their 32 bytes: the authenticator of
// the tests writes others too short, one in 128, and they are rightly refused.
func newKey() virtualwebauthn.Credential {
	for {
		if key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(key.Key.AttestationData()) == 77 {
			return key
		}
	}
}
