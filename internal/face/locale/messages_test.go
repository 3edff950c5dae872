package locale

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"peerscape/data"
)

// message is one text in its plural forms; a text without forms has "other".
type message map[string]string

// forms are the plural forms that each language needs (CLDR).
var forms = map[string][]string{
	"en": {"one", "other"}, "fi": {"one", "other"}, "de": {"one", "other"}, "es": {"many", "one", "other"}, "pl": {"few", "many", "one", "other"},
}

// languages are those that we keep complete.
func languages(t *testing.T) []Lang {
	t.Helper()
	w, err := Open(data.Messages())
	if err != nil {
		t.Fatal(err)
	}
	return w.Languages()
}

func isForm(name string) bool {
	return slices.Contains([]string{"zero", "one", "two", "few", "many", "other"}, name)
}

func read(t *testing.T, lang string) map[string]message {
	t.Helper()
	b, err := fs.ReadFile(data.Messages(), lang+".toml")
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := toml.Unmarshal(b, &tree); err != nil {
		t.Fatalf("%s.toml: %v", lang, err)
	}
	out := map[string]message{}
	flatten(t, "", tree, out)
	return out
}

func flatten(t *testing.T, prefix string, tree map[string]any, out map[string]message) {
	t.Helper()
	for k, v := range tree {
		switch v := v.(type) {
		case string:
			out[prefix+k] = message{"other": v}
		case map[string]any:
			names := slices.Collect(maps.Keys(v))
			if len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return !isForm(n) }) {
				m := message{}
				for form, text := range v {
					m[form], _ = text.(string)
				}
				out[prefix+k] = m
				continue
			}
			flatten(t, prefix+k+".", v, out)
		default:
			t.Errorf("%s%s is neither text nor section", prefix, k)
		}
	}
}

var gap = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func gapsOf(text string) []string {
	var out []string
	for _, m := range gap.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestEveryLanguageSaysEverything(t *testing.T) {
	english := read(t, "en")
	for _, l := range languages(t) {
		other := read(t, l.Code)
		for key, m := range english {
			got, ok := other[key]
			if !ok {
				t.Errorf("%s: %s is missing", l.Code, key)
				continue
			}
			if len(m) > 1 {
				if have := slices.Sorted(maps.Keys(got)); !slices.Equal(have, forms[l.Code]) {
					t.Errorf("%s: %s has the forms %v, the language needs %v", l.Code, key, have, forms[l.Code])
				}
			}
			for form, text := range got {
				if want, have := gapsOf(m["other"]), gapsOf(text); !slices.Equal(want, have) {
					t.Errorf("%s: %s (%s) has the gaps %v, English has %v", l.Code, key, form, have, want)
				}
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s: %s is empty", l.Code, key)
				}
				if strings.Contains(regexp.MustCompile(`</?(b|em)>`).ReplaceAllString(text, ""), "<") {
					t.Errorf("%s: %s holds markup: %s", l.Code, key, text)
				}
			}
		}
		for key := range other {
			if _, ok := english[key]; !ok {
				t.Errorf("%s: %s is not in English", l.Code, key)
			}
		}
	}
}

// built are the beginnings of keys that code puts together, each with what
// follows.
var built = regexp.MustCompile(`^(act|done|role|flag|amount|unit|domain|direction|city|urban|weight|month|number|theme|failure|beside|gap|reading|finding|method|accessibility|privacy|access|confirm|retention|notice-form|fault|dimension|code|trace|file-kind|file-state|file-note|peers\.class|notice\.(?:told|access|kind|rhythm|changed)|partnership\.(?:kind|new|edit|none|role|sort|instrument|activity|type|mark|step|step-lead|field|hint|open))\.`)

// TestMessagesAreUsed finds keys that no source names, and names without a key.
func TestMessagesAreUsed(t *testing.T) {
	english := read(t, "en")
	key := regexp.MustCompile(`"([a-z][a-z0-9-]*\.[a-z0-9-]+)"`)
	call := regexp.MustCompile(`(?:\b|\.)(?:T|N|Rich|RichN)\(\s*(?:ctx,\s*)?"([a-z][a-z0-9.-]*\.[a-z0-9-]+)"`)
	used := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") ||
			!strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".templ") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range key.FindAllStringSubmatch(string(b), -1) {
			used[m[1]] = true
		}
		for _, m := range call.FindAllStringSubmatch(string(b), -1) {
			if _, ok := english[m[1]]; !ok {
				t.Errorf("%s asks for %s, which no language has", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for k := range english {
		if !used[k] && !built.MatchString(k) {
			t.Errorf("%s is in no page: take it out", k)
		}
	}
}

// TestCatalogueHasItsWords: every unit, domain, direction, dimension and code
// of the indicators has its words.
func TestCatalogueHasItsWords(t *testing.T) {
	english := read(t, "en")
	b, err := fs.ReadFile(data.Catalogue(), "indicators.toml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Indicator []struct {
			Code, Unit, Domain, Direction string
			Name                          map[string]string
			Source                        []struct{ Filter map[string]string }
		}
	}
	if _, err := toml.Decode(string(b), &file); err != nil {
		t.Fatal(err)
	}
	need := func(code, key string) {
		if _, ok := english[key]; !ok {
			t.Errorf("%s: the messages have no %s", code, key)
		}
	}
	for _, i := range file.Indicator {
		need(i.Code, "unit."+i.Unit)
		need(i.Code, "amount."+i.Unit)
		need(i.Code, "domain."+i.Domain)
		need(i.Code, "direction."+i.Direction)
		for _, l := range languages(t) {
			if i.Name[l.Code] == "" {
				t.Errorf("%s has no name in %s", i.Code, l.Code)
			}
		}
		for _, s := range i.Source {
			for dim := range s.Filter {
				need(i.Code, "dimension."+dim)
			}
		}
	}
}
