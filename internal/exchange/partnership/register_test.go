package partnership_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/partnership"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Organisations come and go in a seat, and what was true on a day stays true.
func TestSeatsOutliveOrganisations(t *testing.T) {
	each(t, func(w *world) {
		m, id := w.start("alpha")
		x := w.seat(m, id, "Old Council", partnership.Lead, "FI1C6")
		old := x.Holders[0].Organisation
		successor := &partnership.Organisation{Name: "New Council", Sort: "authority", Country: "FI"}
		w.save(m, id, successor)
		x.Holders[0].To = "2024-12-31"
		x.Holders = append(x.Holders, partnership.Holder{Organisation: successor.ID, Span: partnership.Span{From: "2025-01-01"}})
		w.save(m, id, x)
		i := &partnership.Instrument{Name: w.text("The plan"), Sort: "regional", Partners: []string{x.ID}}
		w.save(m, id, i)
		p := w.get(m, "alpha")
		for day, want := range map[string]string{"2023-05-01": "Old Council", "2024-12-31": "Old Council", "2025-01-01": "New Council", "2027-05-01": "New Council"} {
			held := p.HeldBy(p.Partners()[0], day)
			if len(held) != 1 || held[0].Name != want {
				t.Errorf("on %s the seat is held by %v, want %s", day, held, want)
			}
		}
		if p.Instruments()[0].Partners[0] != x.ID {
			t.Error("the instrument lost its partner")
		}
		err := w.Remove(w.ctx, m, id, partnership.OrganisationKind, old, 1)
		wantFault(t, err, fault.Conflict, "partnership.needed")
	})
}

func TestChangesAreVersions(t *testing.T) {
	each(t, func(w *world) {
		m, id := w.start("alpha")
		ph := &partnership.Phase{Name: w.text("Core phase"), Span: partnership.Span{From: "2023-01-01", To: "2025-12-31"}}
		w.save(m, id, ph)
		other := w.person(w.admin, people.ProjectManager, id, "")

		mine, theirs := *ph, *ph
		theirs.To, theirs.Planned = "2026-06-30", "2025-12-31"
		w.save(other, id, &theirs)
		mine.Name = w.text("Exchange")
		err := w.Save(w.ctx, m, id, &mine, "")
		wantFault(t, err, fault.Stale, "content.stale")
		joined, merged, err := w.Reconcile(w.ctx, m, w.get(m, "alpha"), &mine)
		if err != nil || len(merged.Conflicts) != 0 {
			t.Fatalf("%v, %+v", err, merged.Conflicts)
		}
		w.save(m, id, joined)
		got := w.get(m, "alpha").Phases()[0]
		if got.To != "2026-06-30" || got.Name.Original().Value != "Exchange" || got.Version != 3 {
			t.Errorf("%+v has lost a change", got)
		}

		history := must(w, func() ([]content.Version, error) {
			return w.History(w.ctx, m, w.get(m, "alpha"), partnership.PhaseKind, ph.ID, 0)
		})
		if len(history) != 3 || history[1].Author != other.Account {
			t.Fatalf("%+v", history)
		}
		if err := w.Remove(w.ctx, m, id, partnership.PhaseKind, ph.ID, 3); err != nil {
			t.Fatal(err)
		}
		if left := w.get(m, "alpha").Phases(); len(left) != 0 {
			t.Errorf("%v is still there", left)
		}
		if err := w.Restore(w.ctx, m, id, partnership.PhaseKind, ph.ID, 4, 4); err == nil {
			t.Error("a removal was restored")
		}
		if err := w.Restore(w.ctx, m, id, partnership.PhaseKind, ph.ID, 1, 4); err != nil {
			t.Fatal(err)
		}
		if got := w.get(m, "alpha").Phases()[0]; got.Name.Original().Value != "Core phase" || got.Version != 5 {
			t.Errorf("restored %+v", got)
		}
	})
}

// Who may change what: each verb as each role, and as nobody.
func TestRights(t *testing.T) {
	each(t, func(w *world) {
		m, id := w.start("alpha")
		_, foreign := w.start("beta")
		fi, at := w.seat(m, id, "Päijät-Häme", partnership.Lead, "FI1C6"), w.seat(m, id, "Niederösterreich", partnership.Ordinary, "AT12")
		home := &partnership.Instrument{Name: w.text("Home"), Sort: "regional", Partners: []string{fi.ID}}
		away := &partnership.Instrument{Name: w.text("Away"), Sort: "regional", Partners: []string{at.ID}}
		w.save(m, id, home)
		w.save(m, id, away)
		actors := map[string]*people.Actor{"nobody": people.Nobody(), "administrator": w.admin, "stranger": w.person(w.admin, people.ProjectManager, foreign, ""), "manager": m}
		for _, role := range people.Roles()[2:] {
			actors[string(role)] = w.person(m, role, id, "FI1C6")
		}
		verbs := map[string]func(a *people.Actor) error{
			"phase": func(a *people.Actor) error {
				return w.Save(w.ctx, a, id, &partnership.Phase{Name: w.text("P"), Span: partnership.Span{From: "2023-01-01"}}, "")
			},
			"own instrument": func(a *people.Actor) error {
				x := *w.get(m, "alpha").Instruments()[1]
				x.Authority += "x"
				return w.Save(w.ctx, a, id, &x, "")
			},
			"another region's instrument": func(a *people.Actor) error {
				x := *w.get(m, "alpha").Instruments()[0]
				x.Authority += "x"
				return w.Save(w.ctx, a, id, &x, "")
			},
			"another region's instrument made own": func(a *people.Actor) error {
				x := *w.get(m, "alpha").Instruments()[0]
				x.Partners = []string{fi.ID}
				err := w.Save(w.ctx, a, id, &x, "")
				if err == nil {
					x.Partners = []string{at.ID}
					w.save(m, id, &x)
				}
				return err
			},
			"publish": func(a *people.Actor) error { return w.Publish(w.ctx, a, id, false) },
			"history": func(a *people.Actor) error {
				_, err := w.History(w.ctx, a, w.get(m, "alpha"), partnership.InstrumentKind, home.ID, 0)
				return err
			},
			"restore": func(a *people.Actor) error {
				x := w.get(m, "alpha").Instruments()[1]
				return w.Restore(w.ctx, a, id, partnership.InstrumentKind, home.ID, 1, x.Version)
			},
			"translate": func(a *people.Actor) error {
				x := w.get(m, "alpha").Instruments()[1]
				return w.Translate(w.ctx, a, id, partnership.InstrumentKind, home.ID, x.Version, map[string]content.Translation{
					"name": {Lang: "fi", Value: fmt.Sprint("Koti ", x.Version), Mark: content.Translated, From: "en", Seen: x.Name.Original().At, At: w.now},
				})
			},
			"read": func(a *people.Actor) error { _, err := w.Get(w.ctx, a, "alpha"); return err },
		}
		may := map[string][]string{
			"phase":                                {"manager"},
			"own instrument":                       {"manager", "policy-officer"},
			"another region's instrument":          {"manager"},
			"another region's instrument made own": {"manager"},
			"publish":                              {"manager"},
			"history":                              {"manager", "policy-officer", "practice-owner", "expert", "event-host", "moderator", "member", "observer"},
			"restore":                              {"manager", "policy-officer"},
			"translate":                            {"manager", "policy-officer", "practice-owner", "expert", "event-host"},
			"read":                                 {"manager", "policy-officer", "practice-owner", "expert", "event-host", "moderator", "member", "observer"},
		}
		for verb, do := range verbs {
			allowed := map[string]bool{}
			for _, name := range may[verb] {
				allowed[name] = true
			}
			for name, a := range actors {
				err := do(a)
				if refused := fault.KindOf(err) == fault.Denied || fault.KindOf(err) == fault.Missing; err != nil && !refused {
					t.Errorf("%s by %s: %v", verb, name, err)
				}
				if (err == nil) != allowed[name] {
					t.Errorf("%s by %s: got %v, allowed %v", verb, name, err, allowed[name])
				}
			}
		}
	})
}

// A part of one partnership cannot be reached through another.
func TestPartsStayInTheirPartnership(t *testing.T) {
	each(t, func(w *world) {
		m, id := w.start("alpha")
		b, other := w.start("beta")
		w.seat(m, id, "One", partnership.Lead, "FI1C6")
		x := w.get(m, "alpha").Partners()[0]
		stolen := *x
		wantFault(t, w.Save(w.ctx, b, other, &stolen, ""), fault.Missing, "partnership.part")
		wantFault(t, w.Remove(w.ctx, b, other, partnership.PartnerKind, x.ID, 1), fault.Missing, "partnership.part")
		wantFault(t, w.Restore(w.ctx, b, other, partnership.PartnerKind, x.ID, 1, 1), fault.Missing, "partnership.part")
		_, err := w.History(w.ctx, b, w.get(b, "beta"), partnership.PartnerKind, x.ID, 0)
		wantFault(t, err, fault.Missing, "partnership.part")
		fresh := *x
		fresh.Version = 0 // an id that somebody made up
		if err := w.Save(w.ctx, b, other, &fresh, ""); err == nil {
			t.Error("a part was taken over by its id")
		}
	})
}

func TestPublicFace(t *testing.T) {
	each(t, func(w *world) {
		m, id := w.start("alpha")
		x := w.seat(m, id, "One", partnership.Lead, "FI1C6")
		i := &partnership.Instrument{Name: w.text("Plan"), Sort: "erdf", Partners: []string{x.ID}}
		w.save(m, id, i)
		w.save(m, id, &partnership.Group{Instrument: i.ID, Members: []partnership.Member{{Organisation: "Chamber", Sort: "chamber", Account: m.Account}}})
		_, err := w.Get(w.ctx, people.Nobody(), "alpha")
		wantFault(t, err, fault.Missing, "partnership.missing")
		if l := must(w, func() ([]partnership.Listing, error) { return w.List(w.ctx, people.Nobody()) }); len(l) != 0 {
			t.Errorf("visitors see %v", l)
		}
		if err := w.Publish(w.ctx, m, id, true); err != nil {
			t.Fatal(err)
		}
		p := w.get(people.Nobody(), "alpha")
		if len(p.Semesters()) != 0 || p.Groups()[0].Members[0].Account != "" || p.Internal {
			t.Errorf("visitors see what is internal: %+v", p)
		}
		if len(p.Partners()) != 1 || len(w.get(m, "alpha").Semesters()) != 10 {
			t.Error("something is missing")
		}
		if l := must(w, func() ([]partnership.Listing, error) { return w.List(w.ctx, people.Nobody()) }); len(l) != 1 || l[0].Slug != "alpha" {
			t.Errorf("visitors see %v", l)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(w *world) {
		m, id := w.start("alpha")
		x := w.seat(m, id, "One", partnership.Lead, "FI1C6")
		i := &partnership.Instrument{Name: w.text("Plan"), Sort: "erdf", Partners: []string{x.ID}}
		w.save(m, id, i)
		w.save(m, id, &partnership.Group{Instrument: i.ID})
		year := &partnership.Figure{Value: 1, Year: 2024}
		for _, c := range []struct {
			name, key string
			part      partnership.Part
		}{
			{"a phase outside", "partnership.outside", &partnership.Phase{Name: w.text("P"), Span: partnership.Span{From: "2022-01-01", To: "2023-01-01"}}},
			{"a phase that ends before it begins", "partnership.span", &partnership.Phase{Name: w.text("P"), Span: partnership.Span{From: "2024-01-01", To: "2023-02-01"}}},
			{"a phase without name", "partnership.missing", &partnership.Phase{Span: partnership.Span{From: "2024-01-01"}}},
			{"no date", "partnership.date", &partnership.Phase{Name: w.text("P"), Span: partnership.Span{From: "2024-02-30"}}},
			{"the wrong form of a date", "partnership.date", &partnership.Phase{Name: w.text("P"), Span: partnership.Span{From: "30.2.2024"}}},
			{"semesters that overlap", "partnership.semester-twice", &partnership.Semester{Number: 2, Span: partnership.Span{From: "2023-06-30", To: "2023-12-31"}}},
			{"a second lead", "partnership.two-leads", &partnership.Partner{Role: partnership.Lead, Holders: x.Holders}},
			{"a seat without organisation", "partnership.missing", &partnership.Partner{Role: partnership.Ordinary}},
			{"an organisation that is not there", "partnership.reference", &partnership.Partner{Role: partnership.Ordinary, Holders: []partnership.Holder{{Organisation: "nothing"}}}},
			{"an organisation twice", "partnership.organisation-twice", &partnership.Organisation{Name: "One", Sort: "firm"}},
			{"a country that is none", "partnership.country", &partnership.Organisation{Name: "Two", Sort: "firm", Country: "XX"}},
			{"a region that is none", "partnership.region", &partnership.Partner{Role: partnership.Ordinary, Holders: x.Holders, Regions: []partnership.Territory{{Code: "FI1C3", Version: nuts.Current}}}},
			{"a second group", "partnership.group-twice", &partnership.Group{Instrument: i.ID}},
			{"a figure without indicator", "partnership.missing", &partnership.Instrument{Name: w.text("I"), Sort: "erdf", Indicator: partnership.Indicator{Baseline: year}}},
			{"a link that runs", "partnership.link", &partnership.Organisation{Name: "Two", Sort: "firm", Website: "javascript:alert(1)"}},
			{"a type of change that is none", "partnership.types", &partnership.Result{Learner: x.ID, Change: w.text("c"), Types: []int{4}}},
			{"a theme that is none", "partnership.theme", &partnership.Profile{Entry: partnership.Entry{Version: 1}, Short: "A", Title: w.text("T"), Span: partnership.Span{From: "2023-01-01"}, Themes: []string{"talant"}}},
		} {
			t.Run(c.name, func(t *testing.T) {
				before := w.get(m, "alpha")
				err := w.Save(w.ctx, m, id, c.part, "")
				f, ok := errors.AsType[*fault.Error](err)
				if !ok || f.Key != c.key || f.Cure == "" {
					t.Errorf("got %v, want %s with a cure", err, c.key)
				}
				for _, k := range partnership.Kinds() {
					if diff := cmp.Diff(len(before.All(k)), len(w.get(m, "alpha").All(k))); diff != "" {
						t.Errorf("something was left behind among %s: %s", k, diff)
					}
				}
			})
		}
		for _, slug := range []string{"", "a", "Ä", "new", "a b", "../x", "alpha"} {
			if _, err := w.Start(w.ctx, w.admin, slug, w.profile("x"), false); err == nil {
				t.Errorf("%q was taken as an address", slug)
			}
		}
		if _, err := w.Start(w.ctx, m, "gamma", w.profile("x"), true); fault.KindOf(err) != fault.Denied {
			t.Errorf("a project manager started a partnership: %v", err)
		}
	})
}

func TestHalves(t *testing.T) {
	got := partnership.Halves(partnership.Span{From: "2019-08-01", To: "2023-07-31"})
	if len(got) != 8 || got[0].To != "2020-01-31" || got[7].From != "2023-02-01" || got[7].To != "2023-07-31" || got[0].Due != "2020-05-01" {
		t.Errorf("%d semesters, %+v … %+v", len(got), got[0], got[len(got)-1])
	}
	if short := partnership.Halves(partnership.Span{From: "2024-01-01", To: "2024-08-15"}); len(short) != 2 || short[1].To != "2024-08-15" {
		t.Errorf("%+v", short)
	}
	if open := partnership.Halves(partnership.Span{From: "2024-01-01"}); open != nil {
		t.Errorf("an open end has %d semesters", len(open))
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct{ date, first, last string }{
		{"2020-02", "2020-02-01", "2020-02-29"},
		{"2021", "2021-01-01", "2021-12-31"},
		{"2020-01-14", "2020-01-14", "2020-01-14"},
		{"", "", ""},
	} {
		d := partnership.Date(c.date)
		if d.First() != c.first || d.Last() != c.last {
			t.Errorf("%q: %s to %s", c.date, d.First(), d.Last())
		}
	}
}

// A person's copy names her places in groups; her erasure leaves the organisation
// and takes her from every version.
func TestKeeper(t *testing.T) {
	each(t, func(w *world) {
		m, id := w.start("alpha")
		member := w.person(m, people.Member, id, "")
		i := &partnership.Instrument{Name: w.text("Plan"), Sort: "erdf"}
		w.save(m, id, i)
		g := &partnership.Group{Instrument: i.ID, Members: []partnership.Member{{Organisation: "Chamber", Sort: "chamber", Account: member.Account}}}
		w.save(m, id, g)
		other, _ := w.start("beta")
		g.Members = append(g.Members, partnership.Member{Organisation: "School", Sort: "university", Account: other.Account})
		wantFault(w, w.Save(w.ctx, m, id, g, ""), fault.Invalid, "partnership.member")
		g.Members[1].Account = ""
		w.save(m, id, g)
		_, held, err := w.Holds(w.ctx, member.Account)
		if got := held.(partnership.Held); err != nil || len(got.Memberships) != 1 || got.Memberships[0].Organisation != "Chamber" {
			t.Errorf("%+v, %v", held, err)
		}
		if err := w.people.Erase(w.ctx, w.admin, member.Account, []people.Keeper{w.Register}); err != nil {
			t.Fatal(err)
		}
		p := w.get(m, "alpha")
		if got := p.Groups()[0].Members; len(got) != 2 || got[0].Account != "" || got[0].Organisation != "Chamber" {
			t.Errorf("%+v", got)
		}
		versions := must(w, func() ([]content.Version, error) { return w.History(w.ctx, m, p, partnership.GroupKind, g.ID, 0) })
		if len(versions) != 3 {
			t.Fatalf("%d versions", len(versions))
		}
		for _, v := range versions {
			full, err := w.Version(w.ctx, m, p, partnership.GroupKind, g.ID, v.Number)
			if err != nil || strings.Contains(string(full.Body), member.Account) {
				t.Errorf("version %d still names her: %s (%v)", v.Number, full.Body, err)
			}
		}
	})
}

// Who lacks a second factor that a role of hers needs is led to it, and shown
// nothing instead, not even the public face: she would take it for the whole.
func TestWithoutASecondFactorNothingIsShown(t *testing.T) {
	each(t, func(w *world) {
		lead, id := w.start("alpha")
		if err := w.Publish(w.ctx, lead, id, true); err != nil {
			w.Fatal(err)
		}
		lacking := *lead
		lacking.Lacking = true
		_, err := w.Get(w.ctx, &lacking, "alpha")
		wantFault(w, err, fault.Denied, people.SecondFactor)
		_, err = w.List(w.ctx, &lacking)
		wantFault(w, err, fault.Denied, people.SecondFactor)
		w.people.Guarded = []people.Role{people.ProjectManager}
		wantFault(w, w.Save(w.ctx, lead, id, &partnership.Organisation{Name: "x", Sort: "authority"}, ""), fault.Denied, people.SecondFactor)
		if p := w.get(people.Nobody(), "alpha"); p.Internal {
			w.Error("a visitor sees it from inside")
		}
	})
}
