package people

import (
	"testing"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// An invitation is worth what its maker could do when it is accepted.
func TestInvitationEndsWithItsMakersPower(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(w *world, admin, maker *Actor) error
	}{
		{"the role is withdrawn", func(w *world, admin, maker *Actor) error { return w.Withdraw(w.ctx, admin, maker.Grants[0].ID) }},
		{"the account is closed", func(w *world, admin, maker *Actor) error { return w.Close(w.ctx, admin, maker.Account, true) }},
		{"the account is erased", func(w *world, admin, maker *Actor) error { return w.Erase(w.ctx, admin, maker.Account, nil) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(w *world) {
				admin := w.founder()
				maker := w.person(admin, "maker@example.org", Grant{Role: Administrator})
				secret := must(w, func() (string, error) {
					return w.Invite(w.ctx, maker, Invitation{Email: "alias@example.org", Role: Administrator})
				})
				if err := c.end(w, admin, maker); err != nil {
					w.Fatal(err)
				}
				_, err := w.Join(w.ctx, secret, Newcomer{Name: "Alias", Password: password})
				wantFault(w, err, fault.Conflict, "people.invitation-withdrawn")
			})
		})
	}
}

// Two administrators who close each other: the second finds that she is gone.
func TestAdministratorsCannotCloseEachOther(t *testing.T) {
	each(t, func(w *world) {
		a := w.founder()
		b := w.person(a, "b@example.org", Grant{Role: Administrator})
		if err := w.Close(w.ctx, a, b.Account, true); err != nil {
			w.Fatal(err)
		}
		wantFault(w, w.Close(w.ctx, b, a.Account, true), fault.Denied, SignInFirst)
		if empty := must(w, func() (bool, error) { return w.Empty(w.ctx) }); empty {
			w.Error("nobody runs the installation any more")
		}
		if err := w.Erase(w.ctx, a, b.Account, nil); err != nil {
			w.Errorf("the closed one cannot be erased: %v", err)
		}
	})
}

// A request that began before an erasure writes nothing back.
func TestErasedStaysErased(t *testing.T) {
	each(t, func(w *world) {
		admin := w.founder()
		late := w.person(admin, "late@example.org", Grant{Role: Administrator})
		open := must(w, func() (string, error) {
			return w.Invite(w.ctx, admin, Invitation{Email: "late2@example.org", Role: Administrator})
		})
		if err := w.Erase(w.ctx, admin, late.Account, nil); err != nil {
			w.Fatal(err)
		}
		for name, err := range map[string]error{
			"profile":  w.SetProfile(w.ctx, late, Profile{Name: "Real Name"}),
			"password": w.SetPassword(w.ctx, late, "another long sentence of words"),
			"consent":  w.Consent(w.ctx, late, "photos", "1", true),
		} {
			if fault.KindOf(err) != fault.Denied {
				w.Errorf("%s: %v", name, err)
			}
		}
		if n := must(w, func() (int, error) { return rows(w, "SELECT count(*) FROM account WHERE name = 'Real Name'") }); n != 0 {
			w.Error("the name is back")
		}
		second := w.actor(must(w, func() (string, error) { return w.Join(w.ctx, open, Newcomer{Name: "L", Password: password}) }))
		again := must(w, func() (string, error) {
			return w.Invite(w.ctx, admin, Invitation{Email: "late2@example.org", Role: Administrator})
		})
		if err := w.Erase(w.ctx, second, second.Account, nil); err != nil {
			w.Fatal(err)
		}
		_, err := w.Join(w.ctx, again, Newcomer{Name: "L", Password: password})
		wantFault(w, err, fault.Conflict, "people.invitation-withdrawn")
	})
}

func rows(w *world, query string) (n int, err error) {
	all, err := db.Collect(w.ctx, w.DB.Read(), func(r *db.Rows) (n int, err error) { return n, r.Scan(&n) }, query)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[0], nil
}

// A new password makes older links and half-finished sign-ins worthless.
func TestResetEndsOtherLinks(t *testing.T) {
	each(t, func(w *world) {
		w.founder()
		_, first, err1 := w.AskReset(w.ctx, "admin@example.org", "192.0.2.1")
		_, second, err2 := w.AskReset(w.ctx, "admin@example.org", "192.0.2.1")
		if err1 != nil || err2 != nil {
			w.Fatal(err1, err2)
		}
		must(w, func() (Begun, error) { return w.Reset(w.ctx, first, Try{Password: "another long sentence of words"}) })
		_, err := w.Reset(w.ctx, second, Try{Password: "a third long sentence of words"})
		wantFault(w, err, fault.Missing, "people.link")
	})
}
