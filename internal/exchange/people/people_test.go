package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/machinery/signin"
)

// world is a directory with a clock that tests move and chance that repeats.
type world struct {
	*testing.T
	*Directory
	ctx      context.Context
	now      time.Time
	managers map[string]*Actor // by partnership
}

// chance is a reader of random bytes that repeats with the seed.
type chance struct{ *rand.ChaCha8 }

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &world{T: t, ctx: context.Background(), now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), managers: map[string]*Actor{}}
		random := chance{rand.NewChaCha8([32]byte{7})}
		w.Directory = Open(Config{
			DB: d, Now: func() time.Time { return w.now }, Random: random, Hasher: signin.NewQuickHasher(random), Key: make([]byte, 32),
		})
		f(w)
	})
}

const password = "heron lantern seventy bridges"

// founder sets the installation up and returns the administrator.
func (w *world) founder() *Actor {
	w.Helper()
	code := must(w, func() (string, error) { return w.SetupCode(w.ctx) })
	session := must(w, func() (string, error) {
		return w.SetUp(w.ctx, code, "admin@example.org", Newcomer{Name: "Ada", Password: password})
	})
	return w.actor(session)
}

func must[T any](w *world, f func() (T, error)) T {
	w.Helper()
	v, err := f()
	if err != nil {
		w.Fatal(err)
	}
	return v
}

func (w *world) actor(session string) *Actor {
	w.Helper()
	a := must(w, func() (*Actor, error) { return w.Directory.Actor(w.ctx, session) })
	if a.Nobody() {
		w.Fatal("the session belongs to nobody")
	}
	return a
}

// person is somebody with one role in the partnership a.
func (w *world) person(admin *Actor, email string, g Grant) *Actor {
	w.Helper()
	manager := admin
	if g.Role != ProjectManager && g.Role != Administrator {
		if w.managers[g.Partnership] == nil {
			w.managers[g.Partnership] = w.person(admin, "manager."+g.Partnership+"@example.org", Grant{Role: ProjectManager, Partnership: g.Partnership})
		}
		manager = w.managers[g.Partnership]
	}
	secret := must(w, func() (string, error) {
		return w.Invite(w.ctx, manager, Invitation{Email: email, Role: g.Role, Partnership: g.Partnership, Region: g.Region})
	})
	return w.actor(must(w, func() (string, error) {
		return w.Join(w.ctx, secret, Newcomer{Name: strings.Split(email, "@")[0], Password: password})
	}))
}

func wantFault(t testing.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != kind || f.Key != key {
		t.Fatalf("got %v, want the fault %s (%s)", err, key, kind)
	}
	if f.What == "" {
		t.Errorf("%s says nothing", key)
	}
}

func TestSetUp(t *testing.T) {
	each(t, func(w *world) {
		wantSetup := func(code, email, pass, key string, kind fault.Kind) {
			w.Helper()
			_, err := w.SetUp(w.ctx, code, email, Newcomer{Name: "Ada", Password: pass})
			wantFault(w, err, kind, key)
		}
		first := must(w, func() (string, error) { return w.SetupCode(w.ctx) })
		code := must(w, func() (string, error) { return w.SetupCode(w.ctx) })
		wantSetup("guess", "a@example.org", password, "people.setup-code", fault.Invalid)
		wantSetup(first, "a@example.org", password, "people.setup-code", fault.Invalid) // a later start replaced it
		wantSetup(code, "nonsense", password, "people.email", fault.Invalid)
		session := must(w, func() (string, error) {
			return w.SetUp(w.ctx, code, " Admin@Example.ORG ", Newcomer{Name: "  Ada   L ", Password: password})
		})
		a := w.actor(session)
		if a.Name != "Ada L" || !a.Can(StartPartnership, Object{}) {
			w.Errorf("%+v is no administrator named Ada L", a)
		}
		wantSetup(code, "b@example.org", password, "people.setup-code", fault.Invalid)
		if again := must(w, func() (string, error) { return w.SetupCode(w.ctx) }); again != "" {
			w.Error("an installation that has been set up gives out another code")
		}
	})
}

func TestSignIn(t *testing.T) {
	each(t, func(w *world) {
		w.founder()
		try := func(email, pass string) error {
			_, err := w.SignIn(w.ctx, Try{Email: email, Password: pass, Address: "192.0.2.9", Browser: Browser{Agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}})
			return err
		}
		unknown, wrongOne := try("nobody@example.org", password), try("admin@example.org", "heron lantern seventy bridge")
		wantFault(w, unknown, fault.Invalid, "people.wrong")
		wantFault(w, wrongOne, fault.Invalid, "people.wrong")
		if unknown.Error() != wrongOne.Error() {
			w.Errorf("the sentence tells who has an account: %q, %q", unknown, wrongOne)
		}
		if err := try("ADMIN@example.org", password); err != nil {
			w.Fatal(err)
		}
		a := w.actor(must(w, func() (Begun, error) {
			return w.SignIn(w.ctx, Try{Email: "admin@example.org", Password: password, Address: "192.0.2.9", Browser: Browser{Agent: "Firefox/1 Windows"}})
		}).Session)
		all := must(w, func() ([]Session, error) { return w.Sessions(w.ctx, a) })
		devices := map[bool]string{}
		for _, s := range all {
			devices[s.Current] += s.Device + ";"
		}
		if len(all) != 3 || devices[true] != "Firefox, Windows;" {
			w.Errorf("sessions %+v, want three, the present one in Firefox on Windows", all)
		}
	})
}

func TestInvitationIsUsedOnce(t *testing.T) {
	each(t, func(w *world) {
		admin := w.founder()
		invite := func(email string) string {
			w.Helper()
			admin.Proved = w.now
			return must(w, func() (string, error) {
				return w.Invite(w.ctx, admin, Invitation{Email: email, Role: ProjectManager, Partnership: "a"})
			})
		}
		secret := invite("pm@example.org")
		join := func(secret, name string) error {
			_, err := w.Join(w.ctx, secret, Newcomer{Name: name, Password: password})
			return err
		}
		if err := join(secret, "Pia"); err != nil {
			w.Fatal(err)
		}
		wantFault(w, join(secret, "Eve"), fault.Conflict, "people.invitation-used")
		wantFault(w, join("not-a-secret", "Eve"), fault.Missing, "people.link")

		late := invite("late@example.org")
		w.now = w.now.Add(invitationLasts + time.Second)
		wantFault(w, join(late, "Lea"), fault.Conflict, "people.invitation-expired")

		gone := invite("gone@example.org")
		all := must(w, func() ([]Invitation, error) {
			return w.Invitations(w.ctx, as(Grant{Role: ProjectManager, Partnership: "a"}), "a")
		})
		admin.Proved = w.now
		if err := w.WithdrawInvitation(w.ctx, admin, all[0].ID); err != nil {
			w.Fatal(err)
		}
		wantFault(w, join(gone, "Gus"), fault.Conflict, "people.invitation-withdrawn")

		// A link that went astray gives nothing to somebody with another account.
		stray := invite("other@example.org")
		pm := w.actor(must(w, func() (Begun, error) { return w.SignIn(w.ctx, Try{Email: "pm@example.org", Password: password}) }).Session)
		wantFault(w, w.Accept(w.ctx, pm, stray), fault.Denied, "people.invitation-other")
		if err := join(stray, "Otto"); err != nil {
			w.Errorf("the refused try used the invitation up: %v", err)
		}
		// Somebody with an account signs in; the link makes no second one.
		wantFault(w, join(invite("pm@example.org"), "Pia"), fault.Conflict, "people.known")
	})
}

// Changing an id in a request gets nobody further than the own grants.
func TestNoEscalationById(t *testing.T) {
	each(t, func(w *world) {
		admin := w.founder()
		pmA := w.person(admin, "pma@example.org", Grant{Role: ProjectManager, Partnership: "a"})
		pmB := w.person(admin, "pmb@example.org", Grant{Role: ProjectManager, Partnership: "b"})
		officer := w.person(admin, "officer@example.org", Grant{Role: PolicyOfficer, Partnership: "a", Region: "AT12"})
		observer := w.person(admin, "observer@example.org", Grant{Role: Observer, Partnership: "a"})
		denied := func(what string, err error) {
			w.Helper()
			if err == nil || fault.KindOf(err) != fault.Denied {
				w.Errorf("%s: got %v, want denied", what, err)
			}
		}
		give := func(a *Actor, g Grant) error { return w.Give(w.ctx, a, g) }
		denied("a project manager makes herself administrator", give(pmA, Grant{Account: pmA.Account, Role: Administrator}))
		denied("a project manager gives a role elsewhere", give(pmA, Grant{Account: pmA.Account, Role: Observer, Partnership: "b"}))
		denied("a policy officer makes herself project manager", give(officer, Grant{Account: officer.Account, Role: ProjectManager, Partnership: "a"}))
		denied("a policy officer widens the own region", give(officer, Grant{Account: officer.Account, Role: PracticeOwner, Partnership: "a"}))
		denied("an observer gives herself a role", give(observer, Grant{Account: observer.Account, Role: Member, Partnership: "a"}))
		denied("somebody withdraws a role elsewhere", w.Withdraw(w.ctx, pmA, pmB.Grants[0].ID))
		denied("an observer withdraws another's role", w.Withdraw(w.ctx, observer, officer.Grants[0].ID))
		_, err := w.Colleagues(w.ctx, pmA, "b", false)
		denied("people of another partnership", err)
		_, err = w.Audit(w.ctx, pmA, AuditFilter{})
		denied("the audit log of the installation", err)
		_, err = w.Audit(w.ctx, pmA, AuditFilter{Partnership: "b"})
		denied("the audit log of another partnership", err)
		_, err = w.Export(w.ctx, pmA, officer.Account, nil)
		denied("another person's data", err)
		denied("another person's erasure", w.Erase(w.ctx, pmA, officer.Account, nil))
		_, err = w.ResetLink(w.ctx, pmA, admin.Account)
		denied("a link to the administrator's password", err)
		denied("another's account closed", w.Close(w.ctx, pmA, officer.Account, true))
		if err := w.End(w.ctx, pmA, officer.Session); fault.KindOf(err) != fault.Missing {
			w.Errorf("another person's session was ended by its handle: %v", err)
		}
		invs, err := w.Invitations(w.ctx, pmA, "b")
		if err == nil {
			denied(fmt.Sprintf("invitations elsewhere: %d", len(invs)), err)
		}
		if err := give(pmA, Grant{Account: officer.Account, Role: EventHost, Partnership: "a"}); err != nil {
			w.Errorf("a project manager cannot give a role at home: %v", err)
		}
		w.now = w.now.Add(recently + time.Minute)
		wantFault(w, give(pmA, Grant{Account: officer.Account, Role: Member, Partnership: "a"}), fault.Denied, ProveAgain)
	})
}

func TestTheLastOneStays(t *testing.T) {
	each(t, func(w *world) {
		admin := w.founder()
		wantFault(w, w.Withdraw(w.ctx, admin, admin.Grants[0].ID), fault.Conflict, "people.last")
		wantFault(w, w.Erase(w.ctx, admin, admin.Account, nil), fault.Conflict, "people.last")
		second := w.person(admin, "second@example.org", Grant{Role: Administrator})
		if err := w.Withdraw(w.ctx, admin, admin.Grants[0].ID); err != nil {
			w.Fatal(err)
		}
		wantFault(w, w.Withdraw(w.ctx, second, second.Grants[0].ID), fault.Conflict, "people.last")
	})
}

// keeper is a subject that holds something about persons.
type keeper struct{ forgot string }

func (k *keeper) Holds(_ context.Context, account string) (string, any, error) {
	return "practices", []string{"written by " + account}, nil
}

func (k *keeper) Forget(_ context.Context, _ *db.Tx, account string) error {
	k.forgot = account
	return nil
}

func TestExportAndErasure(t *testing.T) {
	each(t, func(w *world) {
		admin := w.founder()
		pm := w.person(admin, "pia.primm@example.org", Grant{Role: ProjectManager, Partnership: "a"})
		w.person(admin, "heir@example.org", Grant{Role: ProjectManager, Partnership: "a"})
		if err := w.Consent(w.ctx, pm, "photos", "2026-11", true); err != nil {
			w.Fatal(err)
		}
		k := &keeper{}
		x := must(w, func() (*Export, error) { return w.Export(w.ctx, pm, pm.Account, []Keeper{k}) })
		b, err := json.Marshal(x)
		if err != nil {
			w.Fatal(err)
		}
		for _, part := range []string{"pia.primm@example.org", "photos", "project-manager", "written by " + pm.Account, "signed-in"} {
			if !strings.Contains(string(b), part) {
				w.Errorf("the export lacks %q: %s", part, b)
			}
		}
		if strings.Contains(string(b), "argon2") {
			w.Error("the export gives out the hash of a password")
		}
		wantFault(w, w.EraseSelf(w.ctx, pm, "pia@example.org", []Keeper{k}), fault.Invalid, "people.confirm")
		if err := w.EraseSelf(w.ctx, pm, "pia.primm@example.org", []Keeper{k}); err != nil {
			w.Fatal(err)
		}
		if k.forgot != pm.Account {
			w.Error("the keeper was not told")
		}
		for _, table := range []string{"account", "password", "session", "invitation", "audit", "consent", "role_grant"} {
			rows, err := db.Collect(w.ctx, w.DB.Read(), func(r *db.Rows) (string, error) { return dump(r) }, "SELECT * FROM "+table+" ORDER BY 1 LIMIT 1000")
			if err != nil {
				w.Fatal(err)
			}
			if all := strings.ToLower(strings.Join(rows, "\n")); strings.Contains(all, "pia") || strings.Contains(all, "primm") {
				w.Errorf("%s still names the person:\n%s", table, all)
			}
		}
		log := must(w, func() ([]Entry, error) { return w.Audit(w.ctx, admin, AuditFilter{Actor: pm.Account}) })
		if len(log) == 0 {
			w.Error("the audit log lost what the person did")
		}
		_, err = w.SignIn(w.ctx, Try{Email: "pia.primm@example.org", Password: password})
		wantFault(w, err, fault.Invalid, "people.wrong")
	})
}

// dump writes a row as text, whatever its columns.
func dump(r *db.Rows) (string, error) {
	columns, err := r.Columns()
	if err != nil {
		return "", err
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	if err := r.Scan(values...); err != nil {
		return "", err
	}
	var b strings.Builder
	for i, v := range values {
		fmt.Fprintf(&b, "%s=%s ", columns[i], fmt.Sprint(*v.(*any)))
	}
	return b.String(), nil
}

func TestAuditLogIsAppendOnly(t *testing.T) {
	each(t, func(w *world) {
		w.founder()
		for _, query := range []string{"UPDATE audit SET act = 'nothing'", "DELETE FROM audit"} {
			err := w.DB.Write(w.ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(w.ctx, query)
				return err
			})
			if err == nil {
				w.Errorf("%s went through", query)
			}
		}
	})
}

func TestRetention(t *testing.T) {
	each(t, func(w *world) {
		admin := w.founder()
		must(w, func() (string, error) {
			return w.Invite(w.ctx, admin, Invitation{Email: "never@example.org", Role: ProjectManager, Partnership: "a"})
		})
		_, _ = w.SignIn(w.ctx, Try{Email: "x@example.org", Password: "wrong wrong wrong"})
		w.now = w.now.Add(60 * 24 * time.Hour)
		report := must(w, func() ([]Removed, error) { return w.Retain(w.ctx) })
		got := map[string]int64{}
		for _, r := range report {
			got[r.Kind] = r.Rows
		}
		for kind, least := range map[string]int64{"session": 1, "attempt": 2, "invitation": 1} {
			if got[kind] < least {
				w.Errorf("%d rows of %s removed, want %d or more", got[kind], kind, least)
			}
		}
		for _, r := range Retentions() {
			if _, ok := got[r.Kind]; !ok {
				w.Errorf("%s is not in the report", r.Kind)
			}
		}
	})
}

func TestNormalEmail(t *testing.T) {
	for in, want := range map[string]string{
		" Anna.Ö@Example.ORG ": "anna.ö@example.org", "a@b.fi": "a@b.fi", "dev@localhost": "dev@localhost",
		"": "", "a": "", "@b.fi": "", "a@b": "", "a b@c.fi": "", "a@b.fi\r\nBcc: c@d.fi": "", "<a@b.fi>": "", "a@b@c.fi": "", "a@.fi": "", "a,b@c.fi": "",
	} {
		got, err := normalEmail(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("normalEmail(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}
