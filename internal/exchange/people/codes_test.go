package people

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/signin"
)

// shown is the code that an application shows at a time (RFC 6238).
func shown(secret string, at time.Time) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return ""
	}
	var step [8]byte
	binary.BigEndian.PutUint64(step[:], uint64(at.Unix()/30))
	mac := hmac.New(sha1.New, key)
	mac.Write(step[:])
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[19]&15:])&0x7fffffff%1_000_000)
}

func TestCodesAreASecondStep(t *testing.T) {
	each(t, func(w *world) {
		a := w.founder()
		e := must(w, func() (*Enrolment, error) { return w.BeginCodes(w.ctx, a) })
		signIn := func() Begun {
			w.Helper()
			return must(w, func() (Begun, error) { return w.SignIn(w.ctx, Try{Email: "admin@example.org", Password: password}) })
		}
		if b := signIn(); b.Session == "" {
			w.Fatal("a secret that was never confirmed locks its owner out")
		}
		_, err := w.ConfirmCodes(w.ctx, a, "000000")
		wantFault(w, err, fault.Invalid, "people.wrong-code")
		first := shown(e.Secret, w.now)
		recovery := must(w, func() ([]string, error) { return w.ConfirmCodes(w.ctx, a, first) })
		_, err = w.BeginCodes(w.ctx, a)
		wantFault(w, err, fault.Conflict, "people.codes-on")

		b := signIn()
		if b.Session != "" || b.Ceremony == "" {
			w.Fatalf("the password alone signs in: %+v", b)
		}
		try := func(ceremony, code string) error {
			_, err := w.SignInWithCode(w.ctx, ceremony, Try{Code: code, Address: "192.0.2.1"})
			return err
		}
		wantFault(w, try(b.Ceremony, first), fault.Invalid, "people.wrong-code") // used when it was confirmed
		w.now = w.now.Add(31 * time.Second)
		if err := try(b.Ceremony, shown(e.Secret, w.now)); err != nil {
			w.Fatal(err)
		}
		wantFault(w, try(b.Ceremony, recovery[0]), fault.Conflict, "people.ceremony") // a ceremony is finished once
		b = signIn()
		if err := try(b.Ceremony, recovery[0]); err != nil {
			w.Fatal(err)
		}
		b = signIn()
		wantFault(w, try(b.Ceremony, recovery[0]), fault.Invalid, "people.wrong-code")
		w.now = w.now.Add(CeremonyLasts + time.Second)
		wantFault(w, try(b.Ceremony, recovery[1]), fault.Conflict, "people.ceremony")

		b = signIn()
		for range perPair.free {
			_ = try(b.Ceremony, "000000")
		}
		wantFault(w, try(b.Ceremony, recovery[1]), fault.Unavailable, Wait) // codes cannot be guessed through
	})
}

func TestResetKeepsTheSecondStep(t *testing.T) {
	each(t, func(w *world) {
		a := w.founder()
		_, secret, err := w.AskReset(w.ctx, "nobody@example.org", "192.0.2.1")
		if err != nil || secret != "" {
			w.Errorf("a stranger's address: %q, %v", secret, err)
		}
		to, secret, err := w.AskReset(w.ctx, "Admin@example.org", "192.0.2.1")
		if err != nil || to.Address != "admin@example.org" {
			w.Fatal(to, err)
		}
		e := must(w, func() (*Enrolment, error) { return w.BeginCodes(w.ctx, a) })
		must(w, func() ([]string, error) { return w.ConfirmCodes(w.ctx, a, shown(e.Secret, w.now)) })
		b := must(w, func() (Begun, error) { return w.Reset(w.ctx, secret, Try{Password: "another long sentence of words"}) })
		if b.Session != "" || b.Ceremony == "" {
			w.Error("whoever reads the mail gets past the second step")
		}
		if again := must(w, func() (*Actor, error) { return w.Directory.Actor(w.ctx, a.Session) }); !again.Nobody() {
			w.Error("a session lives on after the reset")
		}
		_, err = w.Reset(w.ctx, secret, Try{Password: "another long sentence of words"})
		wantFault(w, err, fault.Missing, "people.link")
	})
}

func TestPasskey(t *testing.T) {
	each(t, func(w *world) {
		origin, _ := url.Parse("https://peerscape.example.org")
		party, err := signin.NewParty(origin, site)
		if err != nil {
			w.Fatal(err)
		}
		w.Party = party
		a := w.founder()
		rp := virtualwebauthn.RelyingParty{Name: site, ID: "peerscape.example.org", Origin: "https://peerscape.example.org"}
		auth := virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(a.Account)})
		key := newKey()
		options, ceremony, err := w.NewPasskeyOptions(w.ctx, a)
		if err != nil {
			w.Fatal(err)
		}
		made, err := virtualwebauthn.ParseAttestationOptions(string(options))
		if err != nil {
			w.Fatal(err)
		}
		response := []byte(virtualwebauthn.CreateAttestationResponse(rp, auth, key, *made))
		other := w.person(a, "other@example.org", Grant{Role: Administrator})
		wantFault(w, w.AddPasskey(w.ctx, other, ceremony, "stolen", response), fault.Conflict, "people.ceremony")
		if err := w.AddPasskey(w.ctx, a, ceremony, "  office   laptop ", response); err != nil {
			w.Fatal(err)
		}
		wantFault(w, w.AddPasskey(w.ctx, a, ceremony, "again", response), fault.Conflict, "people.ceremony")
		own := must(w, func() (*Own, error) { return w.Own(w.ctx, a) })
		if len(own.Passkeys) != 1 || own.Passkeys[0].Name != "office laptop" {
			w.Fatalf("passkeys %+v", own.Passkeys)
		}
		in := func() (string, error) {
			options, ceremony, err := w.PasskeyOptions(w.ctx, "")
			if err != nil {
				return "", err
			}
			asked, err := virtualwebauthn.ParseAssertionOptions(string(options))
			if err != nil {
				return "", err
			}
			return w.SignInWithPasskey(w.ctx, Nobody(), ceremony, []byte(virtualwebauthn.CreateAssertionResponse(rp, auth, key, *asked)), Browser{})
		}
		if got := w.actor(must(w, in)); got.Account != a.Account || got.How != "passkey" {
			w.Errorf("signed in as %+v", got)
		}
		if err := w.DropPasskey(w.ctx, other, own.Passkeys[0].ID); fault.KindOf(err) != fault.Missing {
			w.Errorf("another's passkey was removed: %v", err)
		}
		if err := w.Close(w.ctx, other, a.Account, true); err != nil {
			w.Fatal(err)
		}
		_, err = in()
		wantFault(w, err, fault.Denied, "signin.passkey") // of a closed account
	})
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
