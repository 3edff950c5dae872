package people

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peerscape/internal/fault"
)

// Every proof starts a session of its own: a secret that somebody planted before
// is worth nothing, and the secrets are not in the database.
func TestSessionFixation(t *testing.T) {
	each(t, func(w *world) {
		w.founder()
		planted := "planted-by-somebody-else"
		if a := must(w, func() (*Actor, error) { return w.Directory.Actor(w.ctx, planted) }); !a.Nobody() {
			w.Fatal("a secret that we never gave is a session")
		}
		seen := map[string]bool{}
		for range 3 {
			b := must(w, func() (Begun, error) {
				return w.SignIn(w.ctx, Try{Email: "admin@example.org", Password: password})
			})
			if seen[b.Session] || b.Session == planted {
				w.Error("a session's secret came twice")
			}
			seen[b.Session] = true
			var n int
			if err := w.DB.Read().QueryRow(w.ctx, "SELECT count(*) FROM session WHERE id = $1 ORDER BY 1 LIMIT 1", b.Session).Scan(&n); err != nil || n != 0 {
				w.Errorf("the secret stands in the database (%v)", err)
			}
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(w *world) {
		w.founder()
		in := func() string {
			w.Helper()
			return must(w, func() (Begun, error) { return w.SignIn(w.ctx, Try{Email: "admin@example.org", Password: password}) }).Session
		}
		alive := func(secret string) bool {
			w.Helper()
			return !must(w, func() (*Actor, error) { return w.Directory.Actor(w.ctx, secret) }).Nobody()
		}
		idleOne := in()
		w.now = w.now.Add(idle + time.Minute)
		if alive(idleOne) {
			w.Error("a session that nobody used for a day goes on")
		}
		old := in()
		for range 14 * 2 {
			w.now = w.now.Add(12 * time.Hour)
			if w.now.Before(time.Date(2026, 11, 17, 8, 0, 0, 0, time.UTC)) && !alive(old) {
				w.Fatalf("a used session ended at %s", w.now)
			}
		}
		w.now = w.now.Add(time.Hour)
		if alive(old) {
			w.Error("a session goes on for more than two weeks")
		}
		one, two, three := in(), in(), in()
		a := w.actor(one)
		if err := w.End(w.ctx, a, w.actor(two).Session); err != nil {
			w.Fatal(err)
		}
		if alive(two) || !alive(one) || !alive(three) {
			w.Error("ending one session ended another, or not the one")
		}
		if err := w.End(w.ctx, a, ""); err != nil {
			w.Fatal(err)
		}
		if alive(three) || !alive(one) {
			w.Error("ending all others left one, or ended this one")
		}
		four := in()
		if err := w.SetPassword(w.ctx, w.actor(four), "a quite different sentence here"); err != nil {
			w.Fatal(err)
		}
		if alive(one) || !alive(four) {
			w.Error("a new password leaves other sessions alive")
		}
	})
}

func TestBruteForceIsThrottled(t *testing.T) {
	each(t, func(w *world) {
		w.founder()
		try := func(pass, from string) error {
			_, err := w.SignIn(w.ctx, Try{Email: "admin@example.org", Password: pass, Address: from})
			return err
		}
		for range perPair.free {
			wantFault(w, try("wrong wrong wrong", "192.0.2.9"), fault.Invalid, "people.wrong")
		}
		wantFault(w, try(password, "192.0.2.9"), fault.Unavailable, Wait)
		if err := try(password, "198.51.100.7"); err != nil {
			w.Errorf("a stranger locks the owner out: %v", err)
		}
		w.now = w.now.Add(2 * time.Second)
		if err := try(password, "192.0.2.9"); err != nil {
			w.Errorf("after the wait the right password fails: %v", err)
		}
		wantFault(w, try("wrong wrong wrong", "192.0.2.9"), fault.Invalid, "people.wrong") // a success frees the pair
	})
}

// Many tries at once are counted before they are judged.
func TestTriesAtOnceAreCounted(t *testing.T) {
	each(t, func(w *world) {
		a := w.founder()
		e := must(w, func() (*Enrolment, error) { return w.BeginCodes(w.ctx, a) })
		must(w, func() ([]string, error) { return w.ConfirmCodes(w.ctx, a, shown(e.Secret, w.now)) })
		b := must(w, func() (Begun, error) { return w.SignIn(w.ctx, Try{Email: "admin@example.org", Password: password}) })
		var judged atomic.Int64
		var all sync.WaitGroup
		for range 60 {
			all.Go(func() {
				_, err := w.SignInWithCode(w.ctx, b.Ceremony, Try{Code: "000000", Address: "192.0.2.9"})
				if fault.KindOf(err) != fault.Unavailable {
					judged.Add(1)
				}
			})
		}
		all.Wait()
		if n := judged.Load(); n > int64(perPair.free) {
			w.Errorf("%d of 60 codes at once were judged, want %d at most", n, perPair.free)
		}
	})
}

// Whoever guesses at an account for hours keeps its owner waiting half a minute at
// most.
func TestNobodyLocksAnybodyOut(t *testing.T) {
	each(t, func(w *world) {
		w.founder()
		for i := range 400 {
			_, _ = w.SignIn(w.ctx, Try{Email: "admin@example.org", Password: "wrong wrong wrong", Address: fmt.Sprintf("198.51.%d.%d", i%200, i%250)})
			w.now = w.now.Add(2 * time.Second)
		}
		_, err := w.SignIn(w.ctx, Try{Email: "admin@example.org", Password: password, Address: "192.0.2.1"})
		if fault.KindOf(err) == fault.Unavailable {
			w.now = w.now.Add(perAccount.longest)
			_, err = w.SignIn(w.ctx, Try{Email: "admin@example.org", Password: password, Address: "192.0.2.1"})
		}
		if err != nil {
			w.Errorf("the owner waits for more than %s: %v", perAccount.longest, err)
		}
	})
}

// Behind a proxy of this machine that nobody has named all visitors have its
// address: that throttles nobody but the pair. A private network is a place.
func TestProxyIsNoPlace(t *testing.T) {
	for address, known := range map[string]bool{
		"127.0.0.1": false, "10.1.2.3": true, "::1": false, "fd00::1": true, "": false, "nonsense": false, "192.0.2.1": true, "2001:db8::1": true,
	} {
		if _, got := placeOf(address); got != known {
			t.Errorf("%q is a place: %v, want %v", address, got, known)
		}
	}
	a, _ := placeOf("2001:db8::1")
	b, _ := placeOf("2001:db8::ffff:2")
	c, _ := placeOf("::ffff:192.0.2.1")
	if a != b || c != "192.0.2.1" {
		t.Errorf("%s, %s, %s", a, b, c)
	}
}

// One address that tries many accounts waits too.
func TestSprayingIsThrottled(t *testing.T) {
	each(t, func(w *world) {
		w.founder()
		waited := false
		for i := range perAddress.free + 2 {
			_, err := w.SignIn(w.ctx, Try{Email: fmt.Sprintf("p%d@example.org", i), Password: password, Address: "192.0.2.66"})
			waited = fault.KindOf(err) == fault.Unavailable
		}
		if !waited {
			w.Error("an address may try any number of accounts")
		}
	})
}
