package catalogue_test

import (
	"strings"
	"testing"

	"peerscape/data"
	"peerscape/internal/engine/composite"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
)

// directions answers for the bundled catalogue.
func directions(t testing.TB) func(string) catalogue.Direction {
	t.Helper()
	all, err := catalogue.ReadIndicators(data.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]catalogue.Direction{}
	for _, i := range all {
		of[i.Code] = i.Direction
	}
	return func(code string) catalogue.Direction { return of[code] }
}

// The bundled frameworks read, stand on indicators of the catalogue, name
// everything in five languages, and compute.
func TestBundledFrameworks(t *testing.T) {
	of := directions(t)
	all, err := catalogue.Frameworks(data.Frameworks(), of)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].Code != "attractiveness" || all[1].Code != "soft_digitalisation" {
		t.Fatalf("%d frameworks", len(all))
	}
	for _, f := range all {
		table := &composite.Table{Rows: []composite.Row{{Unit: "A"}, {Unit: "B"}, {Unit: "C"}}}
		for k, i := range f.Indicators {
			if of(i.Code) == "" || len(i.For) == 0 {
				t.Errorf("%s: %s is not in the catalogue, or counts for nobody", f.Code, i.Code)
			}
			table.Columns = append(table.Columns, composite.Column{Code: i.Code, Values: []float64{1, 2, float64(k%2) * 3}})
		}
		for _, g := range f.Groups {
			for _, lang := range []string{"en", "fi", "de", "es", "pl"} {
				if g.Name[lang] == "" {
					t.Errorf("%s: %s has no name in %s", f.Code, g.Code, lang)
				}
			}
		}
		p, err := composite.New(&f.Framework, table)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Compute(); err != nil {
			t.Error(err)
		}
		if _, err := p.Model(f.Choices); err != nil {
			t.Error(err)
		}
	}
}

func TestFrameworkRefusals(t *testing.T) {
	const head = "code = \"x\"\n"
	for _, c := range []struct{ name, text, want string }{
		{"no code", "level = 2\n", `f.toml: the framework has no code. Write code = "..." at the top`},
		{"no TOML", "code = \n", "f.toml, line 1: "},
		{"an unknown key", head + "[treat]\nskw = 2\n", "f.toml, line 3: treat.skw is not a key of a framework. Correct its spelling; docs/framework.md lists the keys"},
		{"an unknown mean", head + "[aggregate]\nmethod = \"geometrik\"\n", `f.toml: there is no aggregation "geometrik". Perhaps geometric was meant`},
		{"an unknown scale", head + "[normalise]\nmethod = \"zscore\"\n", `f.toml: there is no normalisation "zscore". Perhaps z-score was meant`},
		{"an unknown transform", head + "[treat]\nthen = \"logct\"\n", `f.toml: there is no transform "logct". Perhaps log-ct or log was meant`},
		{"an unknown imputation", head + "[[impute]]\nmethod = \"means\"\n", `f.toml: there is no imputation "means". Perhaps mean was meant`},
		{"a power mean without order", head + "[aggregate]\nmethod = \"power\"\n", "f.toml: the power mean has no order. Write order = 0.5, or whichever is meant"},
		{"no direction", head + "[[indicator]]\ncode = \"own\"\nparent = \"x\"\n", `f.toml: the indicator own has the direction "". Write direction = "more" or direction = "less"`},
		{"a direction that is none", head + "[[indicator]]\ncode = \"own\"\ndirection = \"up\"\n", `f.toml: the indicator own has the direction "up". Write direction = "more" or direction = "less"`},
		{"an anchor without weight", head + "[anchor]\ngroup = \"country\"\n", `f.toml: the anchoring names no group or no weight. Write group = "country" and weight = "population", or other columns of the table`},
		{"years in an indicator's treatment", head + "[[indicator]]\ncode = \"own\"\ntreat = { per_year = true }\n", "f.toml: indicator.treat.per_year is not a key of a framework"},
		{"weights by no attribute", head + "[[group]]\ncode = \"x\"\nweigh = { method = \"by-attribute\" }\n", `f.toml: group x: the weighting by-attribute names no attribute. Write attribute = "country", or another column of text`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := catalogue.ReadFramework("f.toml", c.text, directions(t))
			if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func FuzzFramework(f *testing.F) {
	for _, name := range []string{"attractiveness.toml", "soft_digitalisation.toml"} {
		file, err := data.Frameworks().Open(name)
		if err != nil {
			f.Fatal(err)
		}
		b := make([]byte, 1<<16)
		n, _ := file.Read(b)
		_ = file.Close()
		f.Add(string(b[:n]))
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := catalogue.ReadFramework("f.toml", text, func(string) catalogue.Direction { return catalogue.More })
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%v has the kind %s", err, fault.KindOf(err))
			}
			return
		}
		first, err := got.Text()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := catalogue.ReadFramework("f.toml", first, nil)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, first)
		}
		if second, err := again.Text(); err != nil || second != first {
			t.Fatalf("written again (%v):\n%s\nwas\n%s", err, second, first)
		}
		table := &composite.Table{Rows: []composite.Row{{Unit: "A"}, {Unit: "B"}}}
		for k, i := range got.Indicators {
			table.Columns = append(table.Columns, composite.Column{Code: i.Code, Values: []float64{1 + float64(k), 3}})
		}
		if p, err := composite.New(&got.Framework, table); err == nil {
			_, _ = p.Compute() // a result or an error, never a panic
		}
	})
}

// A key or a value that is none is refused, and never takes the program down.
func FuzzSet(f *testing.F) {
	for _, s := range []string{"treat.most=3", "group.one.half.weight=2", "choice.mean.aggregate=[{ method = \"power\", order = 1 }]", "name.fi=Kaikki", "impute.1.method=median", "indicator.x.treat.lambda=nan"} {
		f.Add(s)
	}
	whole, err := catalogue.ReadFramework("f.toml", whole, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, assignment string) {
		got, err := whole.Set(assignment)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%v has the kind %s", err, fault.KindOf(err))
			}
			return
		}
		if _, err := got.Text(); err != nil {
			t.Fatal(err)
		}
	})
}
