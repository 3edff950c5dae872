package notice_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/machinery/signin"
)

// world is a center with people of two partnerships, and the letters that were
// asked for.
type world struct {
	*testing.T
	*notice.Center
	db     *db.DB
	people *people.Directory
	now    time.Time
	asked  []notice.Due
	admin  *people.Actor
}

const password = "heron lantern seventy bridges"

func each(t *testing.T, f func(w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &world{T: t, db: d, now: time.Date(2026, 11, 4, 9, 30, 20, 0, time.UTC)} // a Wednesday
		clock := func() time.Time { return w.now }
		w.Center = notice.Open(notice.Config{DB: d, Now: clock, Key: make([]byte, 32), Queue: func(_ context.Context, _ *db.Tx, l notice.Due) error {
			w.asked = append(w.asked, l)
			return nil
		}})
		w.people = people.Open(people.Config{DB: d, Now: clock, Random: rand.Reader, Hasher: signin.NewQuickHasher(rand.Reader), Key: make([]byte, 32), Heard: w.Heard})
		code := must(w, func() (string, error) { return w.people.SetupCode(t.Context()) })
		w.admin = w.actor(must(w, func() (string, error) {
			return w.people.SetUp(t.Context(), code, "admin@example.org", people.Newcomer{Name: "Ada", Password: password})
		}))
		f(w)
	})
}

func must[T any](w *world, f func() (T, error)) T {
	w.Helper()
	v, err := f()
	if err != nil {
		w.Fatal(err)
	}
	return v
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) actor(session string) *people.Actor {
	w.Helper()
	return must(w, func() (*people.Actor, error) { return w.people.Actor(w.Context(), session) })
}

// person joins a partnership; what that tells anybody is read.
func (w *world) person(by *people.Actor, name string, role people.Role, partnership string) *people.Actor {
	w.Helper()
	link := must(w, func() (string, error) {
		return w.people.Invite(w.Context(), by, people.Invitation{Email: name + "@example.org", Role: role, Partnership: partnership})
	})
	a := w.actor(must(w, func() (string, error) {
		return w.people.Join(w.Context(), link, people.Newcomer{Name: name, Password: password})
	}))
	w.check(w.ReadAll(w.Context(), a, w.now))
	w.check(w.ReadAll(w.Context(), by, w.now))
	w.asked = nil
	return a
}

func (w *world) tell(e notice.Event, accounts ...string) {
	w.Helper()
	w.check(w.db.Write(w.Context(), func(tx *db.Tx) error {
		if len(accounts) == 0 {
			return w.TellAll(w.Context(), tx, e)
		}
		return w.Tell(w.Context(), tx, e, accounts...)
	}))
}

func (w *world) list(a *people.Actor) []notice.Notice {
	w.Helper()
	list, _, err := w.List(w.Context(), a, nil)
	w.check(err)
	return list
}

func (w *world) unread(a *people.Actor) int {
	w.Helper()
	return must(w, func() (int, error) { return w.Unread(w.Context(), a) })
}

// letter is the kinds of which an account would be written.
func (w *world) letter(account string, r notice.Rhythm) (l *notice.Letter, kinds string) {
	w.Helper()
	l = must(w, func() (*notice.Letter, error) { return w.Letter(w.Context(), account, r) })
	if l == nil {
		return nil, ""
	}
	var all []string
	for _, n := range l.Notices {
		all = append(all, string(n.Kind))
	}
	return l, strings.Join(all, " ")
}

func (w *world) want(err error, kind fault.Kind, key string) {
	w.Helper()
	if f, ok := err.(*fault.Error); !ok || f.Kind != kind || f.Key != key { //nolint:errorlint // the fault itself is promised
		w.Errorf("%v; want %s", err, key)
	}
}

func changed(by, part string) notice.Event {
	return notice.Event{Kind: notice.ContentChanged, Partnership: "p", Path: "/partnerships/p/" + part, By: by, Key: "part/" + part, Args: map[string]string{"part": part}}
}

func TestWhoIsToldOfAChange(t *testing.T) {
	each(t, func(w *world) {
		lead := w.person(w.admin, "lead", people.ProjectManager, "p")
		member := w.person(lead, "member", people.Member, "p")
		other := w.person(w.admin, "other", people.ProjectManager, "q")
		w.tell(changed(lead.Account, "a"))
		for name, c := range map[string]struct {
			who  *people.Actor
			want int
		}{"who did it": {lead, 0}, "of the partnership": {member, 1}, "of another": {other, 0}, "who runs the installation": {w.admin, 0}, "nobody": {people.Nobody(), 0}} {
			if n := w.unread(c.who); n != c.want {
				w.Errorf("%s has %d unread notices, want %d", name, n, c.want)
			}
		}
		n := w.list(member)[0]
		if n.Kind != notice.ContentChanged || n.By != lead.Account || n.Args["part"] != "a" || n.Times != 1 || !n.At.Equal(w.now.Truncate(time.Millisecond)) {
			w.Errorf("%+v", n)
		}
		if _, err := w.Open(w.Context(), other, n.ID); fault.KindOf(err) != fault.Missing {
			w.Errorf("another's notice opens: %v", err)
		}
		if got := must(w, func() (*notice.Notice, error) { return w.Open(w.Context(), member, n.ID) }); got.Path != n.Path || w.unread(member) != 0 {
			w.Errorf("%+v, unread %d", got, w.unread(member))
		}
		// A role that has ended ends what is told from inside.
		grant := member.Grants[0].ID
		w.check(w.people.Withdraw(w.Context(), lead, grant))
		list := w.list(member)
		if len(list) != 2 || list[0].Kind != notice.RoleWithdrawn || list[1].Kind != notice.RoleGiven {
			w.Errorf("after the role ended: %+v", list)
		}
		if _, err := w.Open(w.Context(), member, n.ID); fault.KindOf(err) != fault.Missing {
			w.Errorf("a notice from inside opens without a role: %v", err)
		}
		if w.tell(changed(lead.Account, "b")); w.unread(member) != 1 {
			w.Errorf("%d unread without a role", w.unread(member))
		}
	})
}

func TestChangesOfOneThingComeTogether(t *testing.T) {
	each(t, func(w *world) {
		lead := w.person(w.admin, "lead", people.ProjectManager, "p")
		member := w.person(lead, "member", people.Member, "p")
		base := len(w.list(member))
		for range 3 {
			w.now = w.now.Add(time.Minute)
			w.tell(changed(lead.Account, "a"))
		}
		w.tell(changed(lead.Account, "b"))
		list := w.list(member)
		if len(list) != base+2 || w.unread(member) != 2 || list[1].Times != 3 || !list[1].At.Equal(w.now.Truncate(time.Millisecond)) {
			w.Fatalf("%+v", list)
		}
		must(w, func() (*notice.Notice, error) { return w.Open(w.Context(), member, list[1].ID) })
		w.now = w.now.Add(time.Minute)
		w.tell(changed(lead.Account, "a"))
		if list = w.list(member); list[0].Times != 1 || !list[0].Read.IsZero() || len(list) != base+2 {
			w.Errorf("told again after it was read: %+v", list[0])
		}
		once := notice.Event{Kind: notice.DeadlineNear, Partnership: "p", Key: "due/1", Once: true}
		w.asked = nil
		w.tell(once)
		must(w, func() (*notice.Notice, error) { return w.Open(w.Context(), member, w.list(member)[0].ID) })
		letters := len(w.asked)
		w.tell(once)
		if w.unread(member) != 2 || len(w.asked) != letters || letters != 2 {
			w.Errorf("what is told once is told again: %d unread, %d letters after %d", w.unread(member), len(w.asked), letters)
		}
	})
}

func TestPagesOfNotices(t *testing.T) {
	each(t, func(w *world) {
		for n := range 120 {
			if n%3 == 0 { // several at one moment
				w.now = w.now.Add(time.Second)
			}
			w.tell(notice.Event{Kind: notice.FileReady, Path: "/files/x"}, w.admin.Account)
		}
		var all []int64
		var before *notice.Notice
		for more := true; more; {
			var list []notice.Notice
			var err error
			list, more, err = w.List(w.Context(), w.admin, before)
			w.check(err)
			for _, n := range list {
				all = append(all, n.ID)
			}
			before = &list[len(list)-1]
		}
		sorted := slices.Clone(all)
		slices.Sort(sorted)
		slices.Reverse(sorted)
		if !slices.Equal(all, sorted) || len(slices.Compact(sorted)) != 120 {
			w.Errorf("%d notices in order %v", len(all), all)
		}
		if n := w.unread(w.admin); n != 100 {
			w.Errorf("%d unread are counted", n)
		}
		w.check(w.ReadAll(w.Context(), w.admin, w.now.Add(-time.Second)))
		if n := w.unread(w.admin); n != 3 {
			w.Errorf("%d unread after all before the last second were read", n)
		}
	})
}

func TestLettersComeAsChosen(t *testing.T) {
	each(t, func(w *world) {
		lead := w.person(w.admin, "lead", people.ProjectManager, "p")
		member := w.person(lead, "member", people.Member, "p")
		w.tell(changed(lead.Account, "a"))
		w.tell(notice.Event{Kind: notice.DeadlineNear, Partnership: "p"}, member.Account)
		var keys []string
		for _, d := range w.asked {
			keys = append(keys, d.Key())
		}
		// Weekly by default, at the next Monday; a deadline at once, in full minutes.
		if want := []string{member.Account + "/weekly/202611090700", member.Account + "/at-once/202611040932"}; !slices.Equal(keys, want) {
			w.Errorf("letters %q, want %q", keys, want)
		}
		l, kinds := w.letter(member.Account, notice.AtOnce)
		if kinds != "deadline-near" || l.To != (people.Mail{Address: "member@example.org", Name: "member"}) || l.Token == "" {
			w.Errorf("%s to %+v, token %q", kinds, l.To, l.Token)
		}
		w.check(w.Sent(w.Context(), l))
		if _, kinds = w.letter(member.Account, notice.AtOnce); kinds != "" {
			w.Errorf("sent again: %s", kinds)
		}
		weekly, kinds := w.letter(member.Account, notice.Weekly)
		if kinds != "content-changed" {
			w.Errorf("weekly: %s", kinds)
		}
		// What comes up again while the letter is on its way is for the next.
		w.now = w.now.Add(time.Minute)
		w.tell(changed(lead.Account, "a"))
		w.check(w.Sent(w.Context(), weekly))
		if _, kinds = w.letter(member.Account, notice.Weekly); kinds != "content-changed" {
			w.Errorf("what came up meanwhile is lost: %q", kinds)
		}
		w.check(w.ReadAll(w.Context(), member, w.now))
		if _, kinds = w.letter(member.Account, notice.Weekly); kinds != "" {
			w.Errorf("what was read is sent: %s", kinds)
		}
		w.check(w.Choose(w.Context(), member, map[notice.Kind]notice.Rhythm{notice.ContentChanged: notice.Never}))
		w.asked = nil
		if w.tell(changed(lead.Account, "b")); len(w.asked) != 0 {
			w.Errorf("a letter that nobody wants: %+v", w.asked)
		}
		w.check(w.Choose(w.Context(), member, map[notice.Kind]notice.Rhythm{notice.ContentChanged: notice.Daily}))
		if _, kinds = w.letter(member.Account, notice.Daily); kinds != "content-changed" {
			w.Errorf("a choice counts from the next letter on: %q", kinds)
		}
		w.now = w.now.Add(15 * 24 * time.Hour)
		if _, kinds = w.letter(member.Account, notice.Daily); kinds != "" {
			w.Errorf("told two weeks late: %s", kinds)
		}
	})
}

func TestChoices(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.Context()
		w.want(w.Choose(ctx, w.admin, map[notice.Kind]notice.Rhythm{"x": notice.Daily}), fault.Invalid, "notice.kind")
		w.want(w.Choose(ctx, w.admin, map[notice.Kind]notice.Rhythm{notice.FileReady: "hourly"}), fault.Invalid, "notice.rhythm")
		w.want(w.Choose(ctx, w.admin, map[notice.Kind]notice.Rhythm{notice.AccessChanged: notice.Never}), fault.Conflict, "notice.fixed")
		w.want(w.Choose(ctx, people.Nobody(), nil), fault.Denied, people.SignInFirst)
		w.check(w.Choose(ctx, w.admin, map[notice.Kind]notice.Rhythm{notice.FileReady: notice.Daily}))
		for _, c := range must(w, func() ([]notice.Choice, error) { return w.Choices(ctx, w.admin) }) {
			want := c.Rule.Rhythm
			if c.Kind == notice.FileReady {
				want = notice.Daily
			}
			if c.Rhythm != want {
				w.Errorf("%s: %s, want %s", c.Kind, c.Rhythm, want)
			}
		}
	})
}

func TestOneClickEndsTheLetters(t *testing.T) {
	each(t, func(w *world) {
		ctx, token := w.Context(), w.Token(w.admin.Account)
		for name, forged := range map[string]string{
			"nothing": "", "no seal": w.admin.Account, "another's seal": "x" + token[strings.Index(token, "."):], "cut": token[:len(token)-1], "longer": token + "A",
		} {
			if err := w.Unsubscribe(ctx, forged); fault.KindOf(err) != fault.Missing || fault.KindOf(w.Subscribed(forged)) != fault.Missing {
				w.Errorf("%s: %v", name, err)
			}
		}
		w.check(w.Subscribed(token))
		for range 2 {
			w.check(w.Unsubscribe(ctx, token))
		}
		for _, c := range must(w, func() ([]notice.Choice, error) { return w.Choices(ctx, w.admin) }) {
			if c.Fixed == (c.Rhythm == notice.Never) {
				w.Errorf("%s: %s", c.Kind, c.Rhythm)
			}
		}
		w.asked = nil
		w.check(w.people.SetPassword(ctx, w.admin, "seventy heron bridges lantern"))
		if _, kinds := w.letter(w.admin.Account, notice.AtOnce); kinds != "access-changed" || len(w.asked) != 1 {
			w.Errorf("a new password goes unnoticed: %q, %+v", kinds, w.asked)
		}
		if l, _ := w.letter(w.admin.Account, notice.AtOnce); l.Token != "" {
			w.Error("a letter that cannot be ended has a link that ends it")
		}
	})
}

func TestWhatTheAuditLogTells(t *testing.T) {
	each(t, func(w *world) {
		lead := w.person(w.admin, "lead", people.ProjectManager, "p")
		link := must(w, func() (string, error) {
			return w.people.Invite(w.Context(), lead, people.Invitation{Email: "new@example.org", Role: people.Expert, Partnership: "p"})
		})
		fresh := w.actor(must(w, func() (string, error) {
			return w.people.Join(w.Context(), link, people.Newcomer{Name: "New", Password: password})
		}))
		if n := w.list(lead)[0]; n.Kind != notice.InvitationAccepted || n.By != fresh.Account || n.Partnership != "p" {
			w.Errorf("who invited is told %+v", n)
		}
		if n := w.list(fresh)[0]; n.Kind != notice.RoleGiven || n.Args["role"] != "expert" || n.By != lead.Account || len(w.list(fresh)) != 1 {
			w.Errorf("who joined is told %+v", w.list(fresh))
		}
		w.check(w.people.SetPassword(w.Context(), fresh, "seventy heron bridges lantern"))
		if n := w.list(fresh)[0]; n.Kind != notice.AccessChanged || n.Args["act"] != "password-set" || n.Path != "/account" {
			w.Errorf("%+v", n)
		}
		w.check(w.people.Close(w.Context(), w.admin, fresh.Account, true))
		w.asked = nil
		if w.tell(notice.Event{Kind: notice.FileReady}, fresh.Account); len(w.asked) != 0 {
			w.Error("a closed account is written to")
		}
		if l, _ := w.letter(fresh.Account, notice.AtOnce); l != nil {
			w.Errorf("a closed account gets %+v", l)
		}
	})
}

func TestNoticesOfAPersonAreHersAndGo(t *testing.T) {
	each(t, func(w *world) {
		lead := w.person(w.admin, "lead", people.ProjectManager, "p")
		member := w.person(lead, "member", people.Member, "p")
		w.tell(notice.Event{Kind: notice.FileReady, Args: map[string]string{"name": "plan.pdf"}, By: w.admin.Account}, member.Account)
		w.check(w.Choose(w.Context(), member, map[notice.Kind]notice.Rhythm{notice.FileReady: notice.Daily}))
		part, rows, err := w.Holds(w.Context(), member.Account)
		w.check(err)
		b := must(w, func() ([]byte, error) { return json.Marshal(rows) })
		if part != "notices" || !strings.Contains(string(b), "plan.pdf") || !strings.Contains(string(b), `"rhythm":"daily"`) || strings.Contains(string(b), w.admin.Account) {
			w.Errorf("%s %s", part, b)
		}
		w.check(w.people.Erase(w.Context(), member, member.Account, []people.Keeper{w.Center}))
		if _, rows, _ = w.Holds(w.Context(), member.Account); len(rows.(notice.Held).Notices)+len(rows.(notice.Held).Letters) != 0 {
			w.Errorf("after erasure: %+v", rows)
		}
		w.check(w.Unsubscribe(w.Context(), w.Token(member.Account))) // her old letters do no harm
		if _, rows, _ = w.Holds(w.Context(), member.Account); len(rows.(notice.Held).Letters) != 0 {
			w.Error("an erased account gets choices")
		}
	})
}

func TestOldNoticesAreRemoved(t *testing.T) {
	each(t, func(w *world) {
		w.tell(notice.Event{Kind: notice.FileReady}, w.admin.Account)
		before := len(w.list(w.admin))
		w.now = w.now.Add(notice.Keep)
		w.tell(notice.Event{Kind: notice.FileReady}, w.admin.Account)
		must(w, func() ([]people.Removed, error) { return w.people.Retain(w.Context(), w.Retention()) })
		if n := len(w.list(w.admin)); n != before+1 {
			w.Errorf("at the last moment %d of %d stand", n, before+1)
		}
		w.now = w.now.Add(time.Second)
		report := must(w, func() ([]people.Removed, error) { return w.people.Retain(w.Context(), w.Retention()) })
		if n := len(w.list(w.admin)); n != 1 || !slices.Contains(report, people.Removed{Kind: "notice", Rows: int64(before)}) {
			w.Errorf("%d stand, report %+v", n, report)
		}
	})
}
