package partnership_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"peerscape/data"
	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/machinery/signin"
	"peerscape/internal/nuts"
)

// world is a register with a clock that tests move and chance that repeats.
type world struct {
	*testing.T
	*partnership.Register
	people  *people.Directory
	notices *notice.Center
	ctx     context.Context
	now     time.Time
	admin   *people.Actor
	names   int
}

type chance struct{ *rand.ChaCha8 }

func each(t *testing.T, f func(w *world)) {
	t.Helper()
	regions, err := nuts.Open(data.Nuts())
	if err != nil {
		t.Fatal(err)
	}
	themes, err := partnership.ReadThemes(data.Themes())
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &world{T: t, ctx: context.Background(), now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
		random := chance{rand.NewChaCha8([32]byte{5})}
		now := func() time.Time { return w.now }
		w.notices = notice.Open(notice.Config{DB: d, Now: now, Key: make([]byte, 32)})
		w.people = people.Open(people.Config{DB: d, Now: now, Random: random, Hasher: signin.NewQuickHasher(random), Key: make([]byte, 32)})
		w.Register = partnership.Open(partnership.Config{DB: d, Now: now, Random: random, People: w.people, Regions: regions, Themes: themes, Notices: w.notices})
		code := must(w, func() (string, error) { return w.people.SetupCode(w.ctx) })
		w.admin = w.actor(must(w, func() (string, error) {
			return w.people.SetUp(w.ctx, code, "admin@example.org", people.Newcomer{Name: "Ada", Password: password})
		}))
		f(w)
	})
}

const password = "heron lantern seventy bridges"

func must[T any](w *world, f func() (T, error)) T {
	w.Helper()
	v, err := f()
	if err != nil {
		w.Fatal(err)
	}
	return v
}

func (w *world) actor(session string) *people.Actor {
	w.Helper()
	return must(w, func() (*people.Actor, error) { return w.people.Actor(w.ctx, session) })
}

// person is somebody new with one role, invited by somebody who may give it.
func (w *world) person(by *people.Actor, role people.Role, id string, region nuts.Code) *people.Actor {
	w.Helper()
	w.names++
	name := strings.Repeat("x", w.names)
	secret := must(w, func() (string, error) {
		return w.people.Invite(w.ctx, by, people.Invitation{Email: name + "@example.org", Role: role, Partnership: id, Region: region})
	})
	return w.actor(must(w, func() (string, error) {
		return w.people.Join(w.ctx, secret, people.Newcomer{Name: name, Password: password})
	}))
}

func (w *world) text(s string) content.Text { return content.Write("en", s, w.now) }

func (w *world) profile(short string) *partnership.Profile {
	return &partnership.Profile{
		Short: short, Title: w.text("A project of " + short), Programme: "Interreg Europe", Period: "2021-2027",
		Span: partnership.Span{From: "2023-01-01", To: "2027-12-31"}, Themes: []string{"talent"},
	}
}

// start makes a partnership and returns its project manager, not the
// administrator.
func (w *world) start(slug string) (manager *people.Actor, id string) {
	w.Helper()
	id = must(w, func() (string, error) { return w.Start(w.ctx, w.admin, slug, w.profile(slug), false) })
	return w.person(w.admin, people.ProjectManager, id, ""), id
}

func (w *world) save(a *people.Actor, id string, x partnership.Part) {
	w.Helper()
	if err := w.Save(w.ctx, a, id, x, ""); err != nil {
		w.Fatalf("%s: %v", x.Kind(), err)
	}
}

func (w *world) get(a *people.Actor, slug string) *partnership.Partnership {
	w.Helper()
	return must(w, func() (*partnership.Partnership, error) { return w.Get(w.ctx, a, slug) })
}

// seat adds an organisation and a partner that it holds.
func (w *world) seat(a *people.Actor, id, name string, role partnership.Role, codes ...nuts.Code) *partnership.Partner {
	w.Helper()
	o := &partnership.Organisation{Name: name, Sort: "authority"}
	w.save(a, id, o)
	x := &partnership.Partner{Role: role, Holders: []partnership.Holder{{Organisation: o.ID}}}
	for _, c := range codes {
		x.Regions = append(x.Regions, partnership.Territory{Code: c, Version: nuts.Current})
	}
	w.save(a, id, x)
	return x
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
