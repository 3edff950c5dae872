package composite_test

import (
	"strings"
	"testing"

	"peerscape/internal/engine/composite"
)

func TestTreeRefuses(t *testing.T) {
	type F = composite.Framework
	for _, c := range []struct {
		name   string
		change func(*F)
		key    string
		words  []string
	}{
		{"no indicator", func(f *F) { f.Indicators = nil }, "engine.no-indicator", []string{"small"}},
		{"a circle", func(f *F) {
			f.Groups[0].Parent, f.Groups[1].Parent, f.Indicators[0].Parent = "skills", "wealth", "index"
		}, "engine.cycle", []string{"wealth is part of skills is part of wealth"}},
		{"a circle of all", func(f *F) { f.Groups[2].Parent = "wealth" }, "engine.cycle", []string{"wealth is part of index is part of wealth"}},
		{"part of itself", func(f *F) { f.Groups[1].Parent = "skills" }, "engine.cycle", []string{"skills is part of skills"}},
		{"two indices", func(f *F) { f.Groups[1].Parent = "" }, "engine.many-roots", []string{"skills and index"}},
		{"no group", func(f *F) {
			f.Groups = nil
			for j := range f.Indicators {
				f.Indicators[j].Parent = ""
			}
		}, "engine.no-parent", []string{"income"}},
		{"unknown parent of an indicator", func(f *F) { f.Indicators[2].Parent = "skill" }, "engine.no-parent", []string{"schooling", `"skill"`, "nearest groups are skills"}},
		{"unknown parent of a group", func(f *F) { f.Groups[0].Parent = "indx" }, "engine.no-parent", []string{"wealth", `"indx"`, "nearest groups are index"}},
		{"an indicator as parent", func(f *F) { f.Indicators[1].Parent = "income" }, "engine.no-parent", []string{"debt", `"income"`}},
		{"a group without member", func(f *F) { f.Groups = append(f.Groups, composite.Group{Code: "nature", Parent: "index", Weight: 1}) }, "engine.empty-group", []string{"nature"}},
		{"the index without member", func(f *F) {
			f.Indicators, f.Groups = f.Indicators[:0], f.Groups[2:]
		}, "engine.no-indicator", nil},
		{"an indicator's code twice", func(f *F) { f.Indicators[1].Code = "income" }, "engine.twice", []string{"income"}},
		{"a group's code twice", func(f *F) { f.Groups[1].Code = "wealth" }, "engine.twice", []string{"wealth"}},
		{"one code for indicator and group", func(f *F) { f.Indicators[3].Code = "skills" }, "engine.twice", []string{"skills"}},
		{"an indicator without code", func(f *F) { f.Indicators[3].Code = "" }, "engine.no-code", []string{"an indicator"}},
		{"a group without code", func(f *F) { f.Groups[0].Code = "" }, "engine.no-code", []string{"a group"}},
		{"weights that sum to zero", func(f *F) { f.Indicators[0].Weight, f.Indicators[1].Weight = 0, 0 }, "engine.no-weight", []string{"wealth"}},
		{"weights of groups that sum to zero", func(f *F) { f.Groups[0].Weight, f.Groups[1].Weight = 0, 0 }, "engine.no-weight", []string{"index"}},
		{"a weight below zero", func(f *F) { f.Indicators[3].Weight = -1 }, "engine.weight", []string{"training", "-1"}},
		{"a weight that is no number", func(f *F) { f.Groups[0].Weight = gap }, "engine.weight", []string{"wealth", "NaN"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, table := small()
			c.change(f)
			_, err := composite.New(f, table)
			if err == nil {
				t.Fatal("accepted")
			}
			refused(t, err, c.key, c.words...)
		})
	}
}

// The index's own weight is of no meaning, and the order in which a framework
// names its elements changes no score.
func TestTreeOrder(t *testing.T) {
	f, table := small()
	r, err := computed(f, table)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(r.Codes, " "); got != "income debt schooling training wealth skills index" {
		t.Errorf("elements are %s", got)
	}
	g, _ := small()
	g.Groups[0], g.Groups[2] = g.Groups[2], g.Groups[0] // the index first
	g.Groups[0].Weight = -7
	g.Indicators[0], g.Indicators[3] = g.Indicators[3], g.Indicators[0]
	s, err := computed(g, table)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range r.Codes {
		a, b := r.Element(code), s.Element(code)
		if r.Level[a] != s.Level[b] || r.Effective[a] != s.Effective[b] {
			t.Errorf("%s: level %d and %d, effective weight %g and %g", code, r.Level[a], s.Level[b], r.Effective[a], s.Effective[b])
		}
		for i := range r.Rows {
			if r.Scores[a][i] != s.Scores[b][i] {
				t.Errorf("%s of %s: %g and %g", code, r.Rows[i], r.Scores[a][i], s.Scores[b][i])
			}
		}
	}
	if s.Parent[len(s.Parent)-1] != -1 || r.Element("nothing") != -1 {
		t.Error("the index has a parent, or an unknown code a place")
	}
}

// A hierarchy may be uneven: an indicator beside groups. Its level is still 1,
// and the group above stands above its highest member.
func TestTreeUneven(t *testing.T) {
	f, table := small()
	f.Indicators[0].Parent = "index"
	r, err := computed(f, table)
	if err != nil {
		t.Fatal(err)
	}
	for code, level := range map[string]int{"income": 1, "debt": 1, "wealth": 2, "index": 3} {
		if got := r.Level[r.Element(code)]; got != level {
			t.Errorf("%s is on level %d, want %d", code, got, level)
		}
	}
	if got, want := r.Effective[r.Element("debt")], 0.2; got != want {
		t.Errorf("effective weight of debt is %g, want %g", got, want)
	}
}
