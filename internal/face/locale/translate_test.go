package locale

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"peerscape/data"
	"peerscape/internal/fault"
)

// What we keep complete goes out and comes back without loss.
func TestExportAndImportKeepEverything(t *testing.T) {
	for _, l := range languages(t) {
		var table bytes.Buffer
		if err := Export(&table, l.Code, data.Messages()); err != nil {
			t.Fatal(err)
		}
		in, err := Import(&table, l.Code+".csv", data.Messages())
		if err != nil {
			t.Fatal(err)
		}
		if in.Lang != l.Code || len(in.Missing) != 0 {
			t.Errorf("%s: missing %v", in.Lang, in.Missing)
		}
		before, err := readTexts(l.Code, data.Messages())
		if err != nil {
			t.Fatal(err)
		}
		after, err := readTexts(l.Code, fstest.MapFS{l.Code + ".toml": {Data: in.TOML}})
		if err != nil {
			t.Fatal(err)
		}
		for key, forms := range before {
			for form, text := range forms {
				if after[key][form] != text {
					t.Errorf("%s: %s (%s) was %q and is %q", l.Code, key, form, text, after[key][form])
				}
			}
		}
	}
}

// A translator's language appears in the menu; what it lacks is in English.
func TestAnotherLanguageCanBeAdded(t *testing.T) {
	var table bytes.Buffer
	if err := Export(&table, "sv", data.Messages()); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&table).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var filled bytes.Buffer
	w := csv.NewWriter(&filled)
	for i := range lines {
		switch lines[i][0] + "/" + lines[i][1] {
		case "language.name/":
			lines[i][4] = "Svenska"
		case "nav.search/":
			lines[i][4] = "Sök"
		case "people.accounts/one":
			lines[i][4] = "{{.N}} konto"
		case "people.accounts/other":
			lines[i][4] = "{{.N}} konton"
		}
	}
	_ = w.WriteAll(lines)
	in, err := Import(&filled, "sv.csv", data.Messages())
	if err != nil || in.Done != 4 || len(in.Missing) < 100 {
		t.Fatalf("%+v, %v", in, err)
	}
	words, err := Open(data.Messages(), fstest.MapFS{"sv.toml": {Data: in.TOML}})
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, l := range words.Languages() {
		codes = append(codes, l.Code+" "+l.Name)
	}
	if codes[len(codes)-1] != "sv Svenska" || codes[0] != "en English" {
		t.Errorf("the menu is %v", codes)
	}
	ctx := With(context.Background(), words.Reader("sv-FI, en;q=0.5"))
	for want, got := range map[string]string{"Sök": T(ctx, "nav.search"), "2 konton": N(ctx, "people.accounts", 2), "Regions": T(ctx, "nav.regions")} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	head := "key,form,gaps,English,sv\n"
	for _, c := range []struct{ name, table, key, at string }{
		{"another table", "a,b\n1,2\n", "locale.table", "sv.csv, line 1"},
		{"no language", "key,form,gaps,English,not a language\n", "locale.code", ""},
		{"an unknown message", head + "nav.nothing,,,x,y\n", "locale.key", "sv.csv, line 2"},
		{"a lost gap", head + "role.in,,Region Role,x,Folk\n", "locale.gaps", "sv.csv, line 2"},
		{"a gap too many", head + "nav.search,,,Search,Sök {{.Name}}\n", "locale.gaps", "sv.csv, line 2"},
		{"markup", head + "nav.search,,,Search,<script>alert(1)</script>\n", "locale.markup", "sv.csv, line 2"},
		{"a form that the language has not", head + "people.accounts,few,N,{{.N}} accounts,{{.N}} konton\n", "locale.form", "sv.csv, line 2"},
		{"no form where one is due", head + "people.accounts,,N,{{.N}} accounts,{{.N}} konton\n", "locale.form", "sv.csv, line 2"},
		{"Latin 1", head + "nav.search,,,Search,S\xf6k\n", "locale.table", "sv.csv, line 2"},
		{"four columns", head + "nav.search,,,Search,Sök\nnav.atlas,,Atlas,Kartbok\n", "locale.table", "sv.csv, line 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Import(strings.NewReader(c.table), "sv.csv", data.Messages())
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Key != c.key || c.at != "" && f.Place.String() != c.at || f.Cure == "" {
				t.Errorf("got %v, want %s at %s", err, c.key, c.at)
			}
		})
	}
	if _, err := Import(strings.NewReader("\xef\xbb\xbf"+strings.ReplaceAll(head, ",", ";")+"nav.search;;;Search;Sök\n"), "sv.csv", data.Messages()); err != nil {
		t.Errorf("a table saved with semicolons: %v", err)
	}
}

func TestPluralForms(t *testing.T) {
	for lang, want := range map[string]string{
		"en": "one other", "fi": "one other", "pl": "one few many other", "es": "one many other", "ga": "one two few many other", "ja": "other", "lt": "one few other",
	} {
		if got, err := PluralForms(lang); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v, want %s", lang, got, err, want)
		}
	}
	for lang, want := range forms {
		got, err := PluralForms(lang)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", lang, got, err, want)
		}
	}
	for _, bad := range []string{"not a language", "qaa", ""} {
		if got, err := PluralForms(bad); err == nil {
			t.Errorf("%q has the forms %v", bad, got)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add("key,form,gaps,English,sv\nnav.search,,,Search,Sök\n")
	f.Add("key,form,,,CA\n\"0000000000000000")
	f.Add("key,form,gaps,English,aa\nnav.search,,,Search,\xc3\n")
	f.Add("key,form,gaps,English,aa\nnav.search,,,Search,a\x00\x01\x7f\r\u2028b\ufffd\n")
	f.Add("key;form;gaps;English;sv\npeople.accounts;one;N;x;{{.N}} y\n")
	f.Fuzz(func(t *testing.T, table string) {
		in, err := Import(strings.NewReader(table), "x.csv", data.Messages())
		if err != nil {
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.What == "" {
				t.Errorf("%v is no sentence for a person", err)
			}
			return
		}
		if _, err := Open(data.Messages(), fstest.MapFS{in.Lang + ".toml": {Data: in.TOML}}); err != nil {
			t.Errorf("what was imported cannot be opened: %v", err)
		}
	})
}
