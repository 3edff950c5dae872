package signin

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/go-webauthn/webauthn/webauthn"

	"peerscape/internal/fault"
)

// proof lets the site's authenticator prove a holder by a key.
func (s *site) proof(h Holder, key virtualwebauthn.Credential, change func(state []byte) []byte) (*Proven, error) {
	s.Helper()
	options, state, err := s.party.BeginProof()
	if err != nil {
		s.Fatal(err)
	}
	if change != nil {
		state = change(state)
	}
	return s.party.FinishProof(state, s.prove(s.rp, options, key), func(handle string) (Holder, error) {
		if handle != h.Handle {
			return Holder{}, errors.New("nobody")
		}
		return h, nil
	})
}

// A counter that goes back tells of a copy, of this proof alone; one that stays at
// nought is of a passkey that is kept on several devices.
func TestCopiedPasskeyIsTold(t *testing.T) {
	s := newSite(t)
	h, key := s.add(Holder{Handle: "handle-of-maija", Name: "maija@example.org"})
	for _, c := range []struct {
		counter uint32
		cloned  bool
	}{{0, false}, {0, false}, {5, false}, {6, false}, {4, true}, {6, true}, {7, false}, {0, true}} {
		key.Counter = c.counter
		p, err := s.proof(h, key, nil)
		if err != nil {
			t.Fatal(err)
		}
		if p.Cloned != c.cloned {
			t.Errorf("counter %d: cloned %v, want %v", c.counter, p.Cloned, c.cloned)
		}
		h.Credentials = []string{p.Credential}
	}
}

// Holding the device is not enough: it must have asked for a finger or a number.
func TestPasskeysNeedTheirOwner(t *testing.T) {
	for name, options := range map[string]virtualwebauthn.AuthenticatorOptions{
		"not verified": {UserHandle: []byte("handle-of-maija"), UserNotVerified: true},
		"not present":  {UserHandle: []byte("handle-of-maija"), UserNotPresent: true},
	} {
		s := newSite(t)
		h, key := s.add(Holder{Handle: "handle-of-maija", Name: "maija@example.org"})
		s.auth.Options = options
		_, err := s.proof(h, key, nil)
		if wantKey(t, err, "signin.passkey"); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", name, err)
		}
		creation, state, err := s.party.BeginPasskey(h)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := virtualwebauthn.ParseAttestationOptions(string(creation))
		if err != nil {
			t.Fatal(err)
		}
		response := virtualwebauthn.CreateAttestationResponse(s.rp, s.auth, newKey(), *parsed)
		_, _, err = s.party.FinishPasskey(h, state, []byte(response))
		wantKey(t, err, "signin.passkey")
	}
}

// A ceremony that says when it ends is not finished after it.
func TestEndedCeremony(t *testing.T) {
	s := newSite(t)
	h, key := s.add(Holder{Handle: "handle-of-maija", Name: "maija@example.org"})
	ends := func(at time.Time) func([]byte) []byte {
		return func(state []byte) []byte {
			var session webauthn.SessionData
			if err := json.Unmarshal(state, &session); err != nil {
				t.Fatal(err)
			}
			session.Expires = at
			b, err := json.Marshal(session)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	if _, err := s.proof(h, key, ends(time.Now().Add(time.Hour))); err != nil {
		t.Error(err)
	}
	_, err := s.proof(h, key, ends(time.Now().Add(-time.Hour)))
	wantKey(t, err, "signin.passkey")
}

// The answers to two kinds of ceremony cannot stand for each other, and a new
// passkey cannot be made with the answer to another person's ceremony.
func TestCeremoniesAreKeptApart(t *testing.T) {
	s := newSite(t)
	h, key := s.add(Holder{Handle: "handle-of-maija", Name: "maija@example.org"})
	options, state, err := s.party.BeginProof()
	if err != nil {
		t.Fatal(err)
	}
	answer := s.prove(s.rp, options, key)
	_, _, err = s.party.FinishPasskey(h, state, answer)
	wantKey(t, err, "signin.passkey")

	creation, state, err := s.party.BeginPasskey(h)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := virtualwebauthn.ParseAttestationOptions(string(creation))
	if err != nil {
		t.Fatal(err)
	}
	response := virtualwebauthn.CreateAttestationResponse(s.rp, s.auth, newKey(), *parsed)
	_, _, err = s.party.FinishPasskey(Holder{Handle: "handle-of-pekka", Name: "pekka@example.org"}, state, []byte(response))
	wantKey(t, err, "signin.passkey")
	if _, _, err = s.party.FinishPasskey(h, state, []byte(response)); err != nil {
		t.Error(err)
	}
}

// The browser is told not to make a second passkey where there is one, to keep
// the person in it, and to ask for no name before a proof.
func TestPasskeyOptions(t *testing.T) {
	s := newSite(t)
	h, key := s.add(Holder{Handle: "handle-of-maija", Name: "maija@example.org"})
	creation, _, err := s.party.BeginPasskey(h)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{KeyID(key.ID), `"residentKey":"required"`, `"userVerification":"required"`} {
		if !strings.Contains(string(creation), want) {
			t.Errorf("%s lacks %s", creation, want)
		}
	}
	options, _, err := s.party.BeginProof()
	if err != nil {
		t.Fatal(err)
	}
	if text := string(options); strings.Contains(text, "allowCredentials") || !strings.Contains(text, `"userVerification":"required"`) {
		t.Error(text)
	}
	damaged := h
	damaged.Credentials = []string{"{"}
	_, _, err = s.party.BeginPasskey(damaged)
	wantKey(t, err, "signin.credential")
	_, err = s.proof(damaged, key, nil)
	wantKey(t, err, "signin.credential")
}
