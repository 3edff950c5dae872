package catalogue_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/data"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
)

// whole uses every table that a framework file may have.
const whole = `code = "whole"
level = 2
group_by = "country"
[name]
en = "All of it"
[screen]
share = 0.5
coverage = 0.8
[[impute]]
method = "group-mean"
[treat]
skew = 2
kurtosis = 3.5
most = 5
then = "log-ct"
per_year = true
[normalise]
from = 1
to = 100
[aggregate]
method = "power"
order = 0
threshold = 0.5
[anchor]
group = "country"
weight = "people"
[[group]]
code = "whole"
[[group]]
code = "one.half"
parent = "whole"
weight = 0
aggregate = { method = "owa", positions = [0.7, 0.3] }
[[group]]
code = "two"
parent = "whole"
weigh = { method = "benefit-of-the-doubt", limits = [[0.1, 0.5], [0.2, 0.9]] }
[[group]]
code = "three"
parent = "two"
weigh = { method = "by-attribute", attribute = "stage", sets = { "1" = [1, 2], "2" = [2.5, 1] } }
[[group]]
code = "four"
parent = "two"
weigh = { method = "ahp", comparisons = [[1, 2], [0.5, 1]] }
[[indicator]]
code = "x"
parent = "one.half"
direction = "less"
denominator = "people"
factor = 1000
for = ["firms"]
treat = { always = true, then = "box-cox", lambda = 0 }
normalise = { method = "distance-target", target = 0 }
[[indicator]]
code = "y"
parent = "one.half"
direction = "more"
weight = 2.25
[[choice]]
name = "mean"
aggregate = [{ method = "arithmetic" }, { method = "power", order = 0.5 }]
[[choice]]
name = "noise"
noise = 0.25
levels = [2]
[[choice]]
name = "weights"
weights = [{ x = 1, y = 3 }, { y = 1e-3 }]
`

func read(t *testing.T, text string) *catalogue.Framework {
	t.Helper()
	f, err := catalogue.ReadFramework("f.toml", text, directions(t))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func text(t *testing.T, f *catalogue.Framework) string {
	t.Helper()
	out, err := f.Text()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What is written of a framework reads as the same framework, and is written the
// same again.
func TestFrameworkTextReadsBack(t *testing.T) {
	texts := map[string]string{"whole": whole}
	for _, name := range []string{"attractiveness.toml", "soft_digitalisation.toml"} {
		b, err := fs.ReadFile(data.Frameworks(), name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(b)
	}
	panel, err := os.ReadFile("../../engine/composite/testdata/asem_panel.toml")
	if err != nil {
		t.Fatal(err)
	}
	texts["panel"] = string(panel)
	for name, s := range texts {
		f := read(t, s)
		f.Record = &catalogue.Record{Program: "p", Command: []string{"index", "x"}, Table: "t.csv", SHA256: "a", Units: 3, Result: "b"}
		first := text(t, f)
		g, err := catalogue.ReadFramework("f.toml", first, nil) // the directions of the catalogue are written out
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, first)
		}
		if d := cmp.Diff(f.Framework, g.Framework); d != "" {
			t.Errorf("%s reads back differently (-was +is):\n%s", name, d)
		}
		if d := cmp.Diff(f.Record, g.Record); d != "" || g.Level != f.Level {
			t.Errorf("%s: the record reads back differently:\n%s", name, d)
		}
		if d := cmp.Diff(first, text(t, g)); d != "" {
			t.Errorf("%s is written differently the second time:\n%s", name, d)
		}
	}
}

func TestFrameworkSet(t *testing.T) {
	f := read(t, whole)
	before := text(t, f)
	g, err := f.Set("treat.most=3", "normalise.method=z-score", "normalise.mean = 10", "normalise.sd=2", "group.one.half.weight=2", "group.two.weight=0.5",
		"indicator.y.direction=less", "aggregate.method=\"arithmetic\"", "treat.per_year=false", "impute.1.method=median", "choice.noise.noise=0.1",
		"choice.noise.levels=[1, 2]", "name.fi=Kaikki", "group.three.weigh.sets.1=[5,6]", "anchor.level=3", "indicator.x.treat.lambda=1")
	if err != nil {
		t.Fatal(err)
	}
	if g.Treat.Most != 3 || g.TreatPerYear || g.Normalise.Method != normalise.ZScore || g.Normalise.Mean != 10 || g.Groups[1].Weight != 2 ||
		g.Groups[2].Weight != 0.5 || g.Indicators[1].Direction != -1 || g.Aggregate.Method != aggregate.Arithmetic || g.Impute[0].Method.String() != "median" ||
		g.Choices[1].Noise != 0.1 || len(g.Choices[1].Levels) != 2 || g.Name["fi"] != "Kaikki" || g.Name["en"] != "All of it" ||
		g.Groups[3].Weigh.Sets[0].Weights[1] != 6 || g.Groups[3].Weigh.Sets[1].Weights[0] != 2.5 || g.Anchor.Level != 3 || g.Indicators[0].Treat.Lambda != 1 {
		t.Errorf("set to\n%s", text(t, g))
	}
	if text(t, f) != before {
		t.Error("the framework that was given changed")
	}
	if g, err = f.Set(); err != nil || text(t, g) != before {
		t.Errorf("nothing set changes the framework (%v)", err)
	}
}

func TestFrameworkSetRefuses(t *testing.T) {
	f := read(t, whole)
	for _, c := range []struct{ set, want string }{
		{"treat.mots=3", `treat.mots is not a key of this framework: there is no key "mots". Perhaps most`},
		{"tret.most=3", `tret.most is not a key of this framework: there is no key "tret". Perhaps treat`},
		{"group.tow.weight=2", `there is no key "tow". Perhaps two`},
		{"indicator.x.weigt=2", `there is no key "weigt". Perhaps weight`},
		{"treat.most.more=2", "treat.most.more is not a key"},
		{"treat.most=many", `"many" is no value for treat.most. Write a whole number`},
		{"treat.most=2.5", `"2.5" is no value for treat.most. Write a whole number`},
		{"treat.skew=", `"" is no value for treat.skew. Write a number`},
		{"treat.always=yes", `"yes" is no value for treat.always. Write true or false`},
		{"choice.noise.levels=2", "Write a list"},
		{"treat=3", "is no value for treat"},
		{"treat.most", `"treat.most" changes no key. Write key=value`},
		{"=3", "changes no key"},
		{"normalise.method=zscore", `there is no normalisation "zscore". Perhaps z-score was meant`},
		{"choice.mean.aggregate=[{ methd = \"power\" }]", `methd`},
		{"treat.most=3\nskew = 1", "changes no key"},
		{"record.program=mine", `there is no key "record"`},
	} {
		t.Run(c.set, func(t *testing.T) {
			_, err := f.Set(c.set)
			if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestFrameworkLeaveAndFor(t *testing.T) {
	f := read(t, whole)
	g, err := f.Leave("y")
	if err != nil || len(g.Indicators) != 1 || strings.Contains(text(t, g), `code = "y"`) {
		t.Errorf("y is still there (%v)", err)
	}
	if _, err := f.Leave("one.half"); err == nil || !strings.Contains(err.Error(), "nothing is left of whole without one.half") {
		t.Errorf("left out all: %v", err)
	}
	if _, err := f.Leave("z"); err == nil || !strings.Contains(err.Error(), `there is no indicator or group "z"`) {
		t.Errorf("left out nothing: %v", err)
	}
	if g, err = f.For("firms"); err != nil || len(g.Indicators) != 2 {
		t.Errorf("for firms: %v", err)
	}
}
