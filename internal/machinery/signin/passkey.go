package signin

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"peerscape/internal/fault"
)

// Party is the site as passkeys know it (WebAuthn's relying party).
type Party struct{ w *webauthn.WebAuthn }

// NewParty makes the party of an origin, such as https://peerscape.example.org.
// Browsers make no passkeys for a bare network address: the party is nil then,
// and its methods are faults of kind Unavailable.
func NewParty(origin *url.URL, name string) (*Party, error) {
	if origin == nil || net.ParseIP(origin.Hostname()) != nil || origin.Scheme != "https" && origin.Hostname() != "localhost" {
		return nil, nil
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: origin.Hostname(), RPDisplayName: name, RPOrigins: []string{origin.Scheme + "://" + origin.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("prepare passkeys for %s: %w", origin, err)
	}
	return &Party{w}, nil
}

// Holder is a person with the passkeys that she has.
type Holder struct {
	Handle      string   // of the account; no name, for it is kept in the authenticator
	Name        string   // shown by the authenticator: the address
	DisplayName string   // and the name
	Credentials []string // as AddPasskey and Proven.Credential gave them
}

// user is a holder as the library wants it.
type user struct {
	Holder
	credentials []webauthn.Credential
}

func (u *user) WebAuthnID() []byte                         { return []byte(u.Handle) }
func (u *user) WebAuthnName() string                       { return u.Name }
func (u *user) WebAuthnDisplayName() string                { return u.DisplayName }
func (u *user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

func (h Holder) user() (*user, error) {
	u := &user{Holder: h}
	for _, text := range h.Credentials {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return nil, fault.New(fault.Internal, "signin.credential", "a stored passkey is damaged").Do("Remove it and add it again").Because(err)
		}
		u.credentials = append(u.credentials, c)
	}
	return u, nil
}

func (p *Party) ready() error {
	if p == nil {
		return fault.New(fault.Unavailable, "signin.no-party", "passkeys need an address with a name and an encrypted connection").
			Do("Open the site under its name, or sign in with a password")
	}
	return nil
}

// BeginPasskey returns the options for the browser's dialogue that makes a
// passkey, and the state of the ceremony, which the caller keeps for FinishPasskey.
func (p *Party) BeginPasskey(h Holder) (options, state []byte, err error) {
	if err := p.ready(); err != nil {
		return nil, nil, err
	}
	u, err := h.user()
	if err != nil {
		return nil, nil, err
	}
	creation, session, err := p.w.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, nil, fmt.Errorf("begin a passkey: %w", err)
	}
	return pair(creation, session)
}

// FinishPasskey checks the browser's answer and returns the credential to keep,
// with its id.
func (p *Party) FinishPasskey(h Holder, state, response []byte) (id, credential string, err error) {
	if err := p.ready(); err != nil {
		return "", "", err
	}
	u, err := h.user()
	if err != nil {
		return "", "", err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(state, &session); err != nil {
		return "", "", refusedKey(err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return "", "", refusedKey(err)
	}
	c, err := p.w.CreateCredential(u, session, parsed)
	if err != nil {
		return "", "", refusedKey(err)
	}
	text, err := json.Marshal(c)
	return KeyID(c.ID), string(text), err
}

// KeyID is how a credential's id is written.
func KeyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// BeginProof returns the options for the dialogue that proves a person by any of
// the passkeys that she has for this site, and the state for FinishProof.
func (p *Party) BeginProof() (options, state []byte, err error) {
	if err := p.ready(); err != nil {
		return nil, nil, err
	}
	assertion, session, err := p.w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, nil, fmt.Errorf("begin a proof: %w", err)
	}
	return pair(assertion, session)
}

// Proven is the outcome of a proof.
type Proven struct {
	Handle     string
	ID         string // of the passkey
	Credential string // to keep in place of the old: its counter has moved
	Cloned     bool   // the counter went back: somebody may have copied the passkey
}

// FinishProof checks the browser's answer. find returns the holder of a handle.
func (p *Party) FinishProof(state, response []byte, find func(handle string) (Holder, error)) (*Proven, error) {
	if err := p.ready(); err != nil {
		return nil, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(state, &session); err != nil {
		return nil, refusedKey(err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return nil, refusedKey(err)
	}
	handle := ""
	c, err := p.w.ValidateDiscoverableLogin(func(_, userHandle []byte) (webauthn.User, error) {
		handle = string(userHandle)
		h, err := find(handle)
		if err != nil {
			return nil, err
		}
		return h.user()
	}, session, parsed)
	if err != nil {
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Internal {
			return nil, err
		}
		return nil, refusedKey(err)
	}
	cloned := c.Authenticator.CloneWarning
	c.Authenticator.CloneWarning = false // of this proof, not of all to come
	text, err := json.Marshal(c)
	return &Proven{handle, KeyID(c.ID), string(text), cloned}, err
}

func pair(options, state any) (a, b []byte, err error) {
	if a, err = json.Marshal(options); err != nil {
		return nil, nil, err
	}
	b, err = json.Marshal(state)
	return a, b, err
}

func refusedKey(why error) error {
	return fault.New(fault.Denied, "signin.passkey", "this passkey was not accepted").Do("Try again, or sign in with your password").Because(why)
}
