package people

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/signin"
)

// withPasskey gives an actor a passkey and returns how she signs in with it.
func (w *world) withPasskey(a *Actor) func(who *Actor, b Browser) (string, error) {
	w.Helper()
	origin, _ := url.Parse("https://peerscape.example.org")
	party, err := signin.NewParty(origin, site)
	if err != nil {
		w.Fatal(err)
	}
	w.Party = party
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
	if err := w.AddPasskey(w.ctx, a, ceremony, "x", []byte(virtualwebauthn.CreateAttestationResponse(rp, auth, key, *made))); err != nil {
		w.Fatal(err)
	}
	return func(who *Actor, b Browser) (string, error) {
		options, ceremony, err := w.PasskeyOptions(w.ctx, "192.0.2.1")
		if err != nil {
			return "", err
		}
		asked, err := virtualwebauthn.ParseAssertionOptions(string(options))
		if err != nil {
			return "", err
		}
		return w.SignInWithPasskey(w.ctx, who, ceremony, []byte(virtualwebauthn.CreateAssertionResponse(rp, auth, key, *asked)), b)
	}
}

func (w *world) session(email string) string {
	w.Helper()
	return must(w, func() (Begun, error) { return w.SignIn(w.ctx, Try{Email: email, Password: password}) }).Session
}

// Who decides about others' access does nothing with a password alone, and is led
// to a second factor that counts at once.
func TestPowerNeedsASecondFactor(t *testing.T) {
	each(t, func(w *world) {
		w.Guarded = []Role{Administrator, ProjectManager}
		code := must(w, func() (string, error) { return w.SetupCode(w.ctx) })
		secret := must(w, func() (string, error) {
			return w.SetUp(w.ctx, code, "admin@example.org", Newcomer{Name: "Ada", Password: password})
		})
		a := w.actor(secret)
		for name, act := range map[string]func() error{
			"list": func() error { _, err := w.Accounts(w.ctx, a); return err },
			"invite": func() error {
				_, err := w.Invite(w.ctx, a, Invitation{Email: "x@example.org", Role: Administrator})
				return err
			},
			"audit": func() error { _, err := w.Audit(w.ctx, a, AuditFilter{}); return err },
			"give":  func() error { return w.Give(w.ctx, a, Grant{Account: a.Account, Role: Administrator}) },
			"close": func() error { return w.Close(w.ctx, a, "x", true) },
		} {
			if f, ok := act().(*fault.Error); !ok || f.Key != SecondFactor {
				w.Errorf("%s with a password alone: %v", name, f)
			}
		}
		stale := *a // what a request knew when it began does not count inside the transaction
		stale.Lacking = false
		_, err := w.Invite(w.ctx, &stale, Invitation{Email: "x@example.org", Role: Administrator})
		wantFault(w, err, fault.Denied, SecondFactor)
		if err := w.SetProfile(w.ctx, a, Profile{Name: "Ada L"}); err != nil {
			w.Errorf("the own account: %v", err)
		}

		e := must(w, func() (*Enrolment, error) { return w.BeginCodes(w.ctx, a) })
		must(w, func() ([]string, error) { return w.ConfirmCodes(w.ctx, a, shown(e.Secret, w.now)) })
		if a = w.actor(secret); a.Lacking {
			w.Fatalf("after setting up codes the session still lacks one: %s", a.How)
		}
		must(w, func() ([]Account, error) { return w.Accounts(w.ctx, a) })
		member := w.person(a, "manager@example.org", Grant{Role: ProjectManager, Partnership: "p"})
		if !member.Lacking {
			w.Error("a project manager lacks nothing")
		}
		if err := w.DropCodes(w.ctx, a); err != nil {
			w.Fatal(err)
		}
		if !w.actor(w.session("admin@example.org")).Lacking {
			w.Error("without codes a later session lacks nothing")
		}
	})
}

// A stolen password does not add a passkey, nor prove anything, beside a passkey.
func TestPasswordBesideAPasskey(t *testing.T) {
	each(t, func(w *world) {
		a := w.founder()
		in := w.withPasskey(a)
		thief := w.actor(w.session("admin@example.org"))
		_, _, err := w.NewPasskeyOptions(w.ctx, thief)
		wantFault(w, err, fault.Denied, ProveAgain)
		_, err = w.BeginCodes(w.ctx, thief)
		wantFault(w, err, fault.Denied, ProveAgain)
		_, err = w.Prove(w.ctx, thief, Try{Password: password})
		wantFault(w, err, fault.Invalid, "people.prove-passkey")

		secret := w.session("admin@example.org")
		again := must(w, func() (string, error) { return in(w.actor(secret), Browser{}) })
		if old := must(w, func() (*Actor, error) { return w.Directory.Actor(w.ctx, secret) }); again == secret || !old.Nobody() {
			w.Error("the session keeps its secret after a proof")
		}
		if got := w.actor(again); got.Fresh(w.now) != nil || got.How != "password+passkey" {
			w.Errorf("after the proof: %+v", got)
		}
		next := must(w, func() (string, error) { return in(Nobody(), Browser{Session: again}) })
		if old := must(w, func() (*Actor, error) { return w.Directory.Actor(w.ctx, again) }); !old.Nobody() || w.actor(next).How != "passkey" {
			w.Error("signing in leaves the browser's old session alive")
		}
	})
}

// Where codes are on, a fresh proof asks for one, once.
func TestProofAsksForTheCode(t *testing.T) {
	each(t, func(w *world) {
		a := w.founder()
		e := must(w, func() (*Enrolment, error) { return w.BeginCodes(w.ctx, a) })
		must(w, func() ([]string, error) { return w.ConfirmCodes(w.ctx, a, shown(e.Secret, w.now)) })
		w.now = w.now.Add(time.Hour)
		_, err := w.Prove(w.ctx, a, Try{Password: password})
		wantFault(w, err, fault.Invalid, "people.wrong-code")
		code := shown(e.Secret, w.now)
		_, err = w.Prove(w.ctx, a, Try{Password: "wrong wrong wrong", Code: code})
		wantFault(w, err, fault.Invalid, "people.wrong")
		secret := must(w, func() (string, error) { return w.Prove(w.ctx, a, Try{Password: password, Code: code}) })
		if w.actor(secret).Fresh(w.now) != nil {
			w.Error("the proof does not count")
		}
		_, err = w.Prove(w.ctx, w.actor(secret), Try{Password: password, Code: code})
		wantFault(w, err, fault.Invalid, "people.wrong-code")
	})
}

// Who has lost everything gets in again through an administrator.
func TestFactorsAreRemoved(t *testing.T) {
	each(t, func(w *world) {
		a := w.founder()
		m := w.person(a, "m@example.org", Grant{Role: Member, Partnership: "p"})
		w.withPasskey(m)
		e := must(w, func() (*Enrolment, error) { return w.BeginCodes(w.ctx, m) })
		must(w, func() ([]string, error) { return w.ConfirmCodes(w.ctx, m, shown(e.Secret, w.now)) })
		wantFault(w, w.DropFactors(w.ctx, m, a.Account), fault.Denied, "people.denied")
		wantFault(w, w.DropFactors(w.ctx, a, a.Account), fault.Conflict, "people.factors-self")
		if err := w.DropFactors(w.ctx, a, m.Account); err != nil {
			w.Fatal(err)
		}
		got := w.actor(w.session("m@example.org"))
		own := must(w, func() (*Own, error) { return w.Own(w.ctx, got) })
		if own.Codes || own.Recovery != 0 || len(own.Passkeys) != 0 || got.Fresh(w.now) != nil {
			w.Errorf("%+v", own)
		}
	})
}

// A copy of the data tells what others did, not who they are, and whom she invited
// not at all.
func TestCopyTellsWhatOthersDid(t *testing.T) {
	each(t, func(w *world) {
		a := w.founder()
		m := w.person(a, "m@example.org", Grant{Role: ProjectManager, Partnership: "p"})
		must(w, func() (string, error) {
			return w.Invite(w.ctx, m, Invitation{Email: "friend@example.org", Role: Member, Partnership: "p"})
		})
		must(w, func() (string, error) { return w.ResetLink(w.ctx, a, m.Account) })
		x := must(w, func() (*Export, error) { return w.Export(w.ctx, m, m.Account, nil) })
		if len(x.Invited) != 1 || x.Invited[0].Email != "" || x.Invited[0].Role != Member {
			w.Errorf("invited %+v", x.Invited)
		}
		if !slices.ContainsFunc(x.AboutMe, func(e Entry) bool { return e.Act == "reset-link-made" && e.Actor == "person 1" }) {
			w.Errorf("about her %+v", x.AboutMe)
		}
		for _, e := range x.AboutMe {
			if strings.Contains(e.Actor, a.Account) {
				w.Errorf("line %d names who did it", e.Number)
			}
		}
	})
}

// Failed passkeys, waits and refusals leave lines that nobody can flood the log with.
func TestFailuresAreNoted(t *testing.T) {
	each(t, func(w *world) {
		a := w.founder()
		count := func(act string) (n int) {
			w.Helper()
			for _, e := range must(w, func() ([]Entry, error) { return w.Audit(w.ctx, a, AuditFilter{Most: 200}) }) {
				if e.Act == act {
					n++
				}
			}
			return n
		}
		for range 40 {
			_, _ = w.SignIn(w.ctx, Try{Email: "admin@example.org", Password: "wrong wrong wrong", Address: "192.0.2.9"})
		}
		if n := count("throttled"); n != seldom {
			w.Errorf("%d lines about waiting", n)
		}
		in := w.withPasskey(a)
		w.now = w.now.Add(window + time.Second)
		for range 10 {
			if err := w.Refused(w.ctx, a, "GET /x"); err != nil {
				w.Fatal(err)
			}
		}
		if n := count("refused"); n != seldom {
			w.Errorf("%d lines about a refusal", n)
		}
		a = w.actor(must(w, func() (string, error) { return in(Nobody(), Browser{}) }))
		if err := w.Close(w.ctx, w.person(a, "b@example.org", Grant{Role: Administrator}), a.Account, true); err != nil {
			w.Fatal(err)
		}
		if _, err := in(Nobody(), Browser{}); err == nil {
			w.Fatal("a closed account signs in")
		}
	})
}

// A place cannot begin any number of proofs.
func TestPasskeyOptionsAreThrottled(t *testing.T) {
	each(t, func(w *world) {
		w.withPasskey(w.founder())
		waited := false
		for range perStart.free + 2 {
			_, _, err := w.PasskeyOptions(w.ctx, "192.0.2.77")
			waited = fault.KindOf(err) == fault.Unavailable
		}
		if !waited {
			w.Error("any number of proofs is begun")
		}
		if _, _, err := w.PasskeyOptions(w.ctx, "192.0.2.78"); err != nil {
			w.Errorf("another place waits too: %v", err)
		}
	})
}

// An administrator changes the address of somebody who has another one now.
func TestAddressChanges(t *testing.T) {
	each(t, func(w *world) {
		a := w.founder()
		lead := w.person(a, "lead@example.org", Grant{Role: ProjectManager, Partnership: "p"})
		other := w.person(a, "other@example.org", Grant{Role: ProjectManager, Partnership: "q"})
		wantFault(w, w.SetEmail(w.ctx, lead, other.Account, "x@example.org"), fault.Denied, "people.denied")
		wantFault(w, w.SetEmail(w.ctx, a, lead.Account, "nothing"), fault.Invalid, "people.email")
		wantFault(w, w.SetEmail(w.ctx, a, lead.Account, "OTHER@example.org"), fault.Conflict, "people.email-taken")
		if err := w.SetEmail(w.ctx, a, "nobody", "x@example.org"); fault.KindOf(err) != fault.Missing {
			w.Errorf("nobody's address: %v", err)
		}
		if err := w.SetEmail(w.ctx, a, lead.Account, " New@Example.org "); err != nil {
			w.Fatal(err)
		}
		if _, err := w.SignIn(w.ctx, Try{Email: "lead@example.org", Password: password}); err == nil {
			w.Error("the old address signs in")
		}
		if b := must(w, func() (Begun, error) { return w.SignIn(w.ctx, Try{Email: "new@example.org", Password: password}) }); w.actor(b.Session).Account != lead.Account {
			w.Error("the new address signs in somebody else")
		}
		if e := must(w, func() ([]Entry, error) { return w.Audit(w.ctx, a, AuditFilter{Most: 200}) }); !slices.ContainsFunc(e, func(e Entry) bool {
			return e.Act == "email-changed" && e.Object == "account:"+lead.Account && e.Actor == a.Account
		}) {
			w.Error("the log does not tell")
		}
		w.now = w.now.Add(time.Hour)
		wantFault(w, w.SetEmail(w.ctx, a, lead.Account, "y@example.org"), fault.Denied, ProveAgain)
	})
}
