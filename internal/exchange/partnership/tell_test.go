package partnership_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
)

// told is what somebody has been told of a kind, the oldest first.
func (w *world) told(a *people.Actor, k notice.Kind) (out []notice.Notice) {
	w.Helper()
	all, _, err := w.notices.List(w.ctx, a, nil)
	if err != nil {
		w.Fatal(err)
	}
	for _, n := range slices.Backward(all) {
		if n.Kind == k {
			out = append(out, n)
		}
	}
	return out
}

func TestPeopleAreToldOfChanges(t *testing.T) {
	each(t, func(w *world) {
		lead, id := w.start("alpha")
		member := w.person(lead, people.Member, id, "")
		o := &partnership.Organisation{Name: "Council of the region", Sort: "authority"}
		steps := []struct {
			act string
			do  func() error
		}{
			{"added", func() error { return w.Save(w.ctx, lead, id, o, "") }},
			{"changed", func() error {
				o.Sort = "agency"
				return w.Save(w.ctx, lead, id, o, "")
			}},
			{"removed", func() error { return w.Remove(w.ctx, lead, id, o.Kind(), o.ID, o.Version) }},
			{"restored", func() error { return w.Restore(w.ctx, lead, id, o.Kind(), o.ID, 1, 3) }},
		}
		for _, s := range steps {
			w.now = w.now.Add(time.Minute)
			if err := s.do(); err != nil {
				w.Fatalf("%s: %v", s.act, err)
			}
			all := w.told(member, notice.ContentChanged)
			if len(all) != 1 || all[0].Args["act"] != s.act || all[0].Args["name"] != o.Name || all[0].By != lead.Account ||
				all[0].Path != "/partnerships/alpha/organisations/"+o.ID+"/history" || all[0].Partnership != id {
				w.Fatalf("after it was %s: %+v", s.act, all)
			}
			if own := w.told(lead, notice.ContentChanged); len(own) != 0 {
				w.Fatalf("who did it is told: %+v", own)
			}
		}
		x := &partnership.Instrument{Name: w.text("Growth plan"), Sort: "regional"}
		w.save(lead, id, x)
		err := w.Translate(w.ctx, lead, id, x.Kind(), x.ID, x.Version, map[string]content.Translation{"name": {Lang: "fi", Value: "Kasvusuunnitelma", Mark: content.Translated, At: w.now, From: "en", Seen: w.now}})
		if err != nil {
			w.Fatal(err)
		}
		if all := w.told(member, notice.ContentChanged); len(all) != 2 || all[1].Args["act"] != "translated" || all[1].Args["name"] != "Growth plan" || all[1].Times != 2 {
			w.Errorf("%+v", all)
		}
		// What fails tells nobody.
		if err := w.Save(w.ctx, lead, id, &partnership.Organisation{Name: ""}, ""); err == nil {
			w.Fatal("an organisation without name is taken")
		}
		if all := w.told(member, notice.ContentChanged); len(all) != 2 {
			w.Errorf("a change that failed is told: %+v", all)
		}
	})
}

func TestReportsThatAreDue(t *testing.T) {
	each(t, func(w *world) {
		lead, id := w.start("alpha")
		s := w.get(lead, "alpha").All(partnership.SemesterKind)[0].(*partnership.Semester)
		s.Due = "2030-03-31"
		w.save(lead, id, s)
		other, _ := w.start("beta")
		day := func(date string) {
			w.Helper()
			at, err := time.Parse(time.DateOnly, date)
			if err != nil {
				w.Fatal(err)
			}
			w.now = at.Add(6 * time.Hour)
			for range 2 { // whoever runs it again tells nothing twice
				if err := w.Remind(w.ctx); err != nil {
					w.Fatal(err)
				}
			}
		}
		count := func(want int) {
			w.Helper()
			if n := len(w.told(lead, notice.DeadlineNear)); n != want {
				w.Errorf("on %s: reminded %d times, want %d", w.now.Format(time.DateOnly), n, want)
			}
		}
		for _, c := range []struct {
			date string
			want int
		}{
			{"2030-02-28", 0}, {"2030-03-01", 1}, {"2030-03-02", 1}, {"2030-03-24", 2}, {"2030-03-29", 2}, {"2030-03-30", 3}, {"2030-03-31", 3}, {"2030-04-01", 3},
		} {
			day(c.date)
			count(c.want)
		}
		n := w.told(lead, notice.DeadlineNear)[0]
		if n.Args["due"] != "2030-03-31" || n.Args["semester"] != "1" || n.Path != "/partnerships/alpha" {
			w.Errorf("%+v", n)
		}
		if all := w.told(other, notice.DeadlineNear); len(all) != 0 {
			w.Errorf("another partnership is reminded: %+v", all)
		}
		// A day that is put off is told of anew.
		s.Due = "2030-04-30"
		w.save(lead, id, s)
		day("2030-04-02")
		count(4)
	})
}

func TestNames(t *testing.T) {
	each(t, func(w *world) {
		_, id := w.start("alpha")
		names := must(w, func() (map[string]string, error) { return w.Names(w.ctx, []string{id, "", "x"}) })
		if names[id] != "alpha" || names["x"] != "" || strings.Contains(names[""], "a") {
			w.Errorf("%v", names)
		}
	})
}
