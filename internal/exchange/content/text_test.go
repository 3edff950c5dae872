package content_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerscape/internal/exchange/content"
	"peerscape/internal/fault"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func later(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

// made runs the steps of a text and fails at the first that is refused.
func made(t *testing.T, text content.Text, steps ...func(content.Text) (content.Text, error)) content.Text {
	t.Helper()
	for i, step := range steps {
		var err error
		if text, err = step(text); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	return text
}

func set(lang content.Lang, value string, at int) func(content.Text) (content.Text, error) {
	return func(t content.Text) (content.Text, error) { return t.Set(lang, value, later(at)) }
}

func translate(lang content.Lang, value string, mark content.Mark, from content.Lang, seen, at int) func(content.Text) (content.Text, error) {
	return func(t content.Text) (content.Text, error) {
		return t.Translate(content.Translation{Lang: lang, Value: value, Mark: mark, From: from, Seen: later(seen), At: later(at)})
	}
}

func TestParseLang(t *testing.T) {
	for in, want := range map[string]content.Lang{
		"fi": "fi", "FI": "fi", "pt-br": "pt-BR", "en_GB": "en-GB", "iw": "he", "sr-latn": "sr-Latn", "ca-valencia": "ca-valencia", "zh-Hant": "zh-Hant",
		"": "", "und": "", "mul": "", "zxx": "", "und-FI": "", "x-mine": "", "en-u-ca-buddhist": "", "english": "", "fi fi": "", "en-x-ours": "", strings.Repeat("e", 40): "",
	} {
		got, err := content.ParseLang(in)
		if got != want || (err == nil) != (want != "") || err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParseLang(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func FuzzParseLang(f *testing.F) {
	for _, s := range []string{"fi", "pt-BR", "zh-Hant-TW", "i-klingon", "sl-rozaj-biske", "en-t-jp"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lang, err := content.ParseLang(s)
		if err != nil {
			return
		}
		if again, err := content.ParseLang(string(lang)); err != nil || again != lang {
			t.Errorf("ParseLang(%q) = %q, of which it makes %q, %v", s, lang, again, err)
		}
	})
}

func TestClean(t *testing.T) {
	title, story := content.Field{Name: "the title", Most: 10}, content.Field{Name: "the story", Most: 20, Lines: true}
	for _, c := range []struct {
		name     string
		field    content.Field
		in, want string
		kind     fault.Kind // where want is empty
	}{
		{name: "composed", field: title, in: "Ma\u0308nty\u0308", want: "Mänt\u00ff"},
		{name: "spaces", field: title, in: "  a\u00a0 b\nc\t", want: "a b c"},
		{name: "just fits", field: title, in: "ääääääääää", want: "ääääääääää"},
		{name: "one too long", field: title, in: "äääääääääää", kind: fault.TooLarge},
		{name: "far too long", field: title, in: strings.Repeat("a", 10000), kind: fault.TooLarge},
		{name: "line ends", field: story, in: "\r\na \r\nb\rc\u2028d\n\n", want: "a\nb\nc\nd"},
		{name: "indent stays", field: story, in: "a\n  - b", want: "a\n  - b"},
		{name: "tab stays", field: story, in: "a\tb", want: "a\tb"},
		{name: "family", field: story, in: "👩‍👩‍👧", want: "👩‍👩‍👧"},
		{name: "mark of order of bytes", field: story, in: "\ufeffa", want: "a"},
		{name: "null", field: story, in: "a\x00b", kind: fault.Invalid},
		{name: "escape", field: story, in: "a\x1b[31m", kind: fault.Invalid},
		{name: "direction", field: story, in: "a\u202eb", kind: fault.Invalid},
		{name: "no character", field: story, in: "a\uffff", kind: fault.Invalid},
		{name: "no text", field: story, in: "a\xff", kind: fault.Invalid},
		{name: "heap of marks", field: story, in: "a" + strings.Repeat("\u0301", 10), kind: fault.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.field.Clean(c.in)
			if got != c.want || c.want == "" && (err == nil || fault.KindOf(err) != c.kind) || c.want != "" && err != nil {
				t.Errorf("Clean(%q) = %q, %v; want %q or a fault of kind %s", c.in, got, err, c.want, c.kind)
			}
			if err != nil && !strings.HasPrefix(err.Error(), c.field.Name+" ") {
				t.Errorf("the fault %q does not name the field", err)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a \r\n b", true)
	f.Add("\u1100\u1161\u11a8 \u0344", false)
	f.Fuzz(func(t *testing.T, s string, lines bool) {
		field := content.Field{Most: 200, Lines: lines}
		once, err := field.Clean(s)
		if err != nil {
			return
		}
		if twice, err := field.Clean(once); err != nil || twice != once {
			t.Errorf("Clean(%q) = %q, of which it makes %q, %v", s, once, twice, err)
		}
		if n := len([]rune(once)); n > 200 {
			t.Errorf("%d runes", n)
		}
	})
}

func TestATextIsRefused(t *testing.T) {
	text := made(t, content.Write("en", "Health", noon), translate("fi", "Terveys", content.Translated, "en", 0, 1), translate("sv", "Hälsa", content.Machine, "fi", 1, 2))
	for _, c := range []struct {
		name string
		do   func(content.Text) (content.Text, error)
		kind fault.Kind
	}{
		{"a second original", set("de", "Gesundheit", 3), fault.Conflict},
		{"an original emptied under its translations", set("en", "", 3), fault.Conflict},
		{"a translation over the original", translate("en", "Health!", content.Translated, "fi", 1, 3), fault.Conflict},
		{"a translation from nothing", translate("de", "Gesundheit", content.Translated, "fr", 0, 3), fault.Conflict},
		{"a translation from itself", translate("fi", "Terveys!", content.Translated, "fi", 1, 3), fault.Invalid},
		{"a translation in a circle", translate("fi", "Terveys!", content.Translated, "sv", 2, 3), fault.Invalid},
		{"a translation that calls itself original", translate("de", "Gesundheit", content.Original, "en", 0, 3), fault.Invalid},
		{"the original taken away", func(t content.Text) (content.Text, error) { return t.Without("en") }, fault.Conflict},
		{"relabelled over another", func(t content.Text) (content.Text, error) { return t.Relabel("en", "fi") }, fault.Conflict},
		{"relabelled from nothing", func(t content.Text) (content.Text, error) { return t.Relabel("de", "fr") }, fault.Missing},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.do(text)
			if err == nil || fault.KindOf(err) != c.kind {
				t.Errorf("%v; want a fault of kind %s", err, c.kind)
			}
			if !got.Equal(text) {
				t.Errorf("a refused step gives %+v", got.Wordings())
			}
		})
	}
}

func TestTranslationsBecomeOutdated(t *testing.T) {
	both := []func(content.Text) (content.Text, error){
		translate("fi", "Terveys", content.Translated, "en", 0, 5),
		translate("sv", "Hälsa", content.Machine, "fi", 5, 6),
	}
	for _, c := range []struct {
		name  string
		steps []func(content.Text) (content.Text, error)
		want  string
	}{
		{"fresh", nil, ""},
		{"the original is saved untouched", []func(content.Text) (content.Text, error){set("en", "Health", 9)}, ""},
		{"the original changes", []func(content.Text) (content.Text, error){set("en", "Care", 9)}, "fi sv"},
		{"the relay changes", []func(content.Text) (content.Text, error){translate("fi", "Hoito", content.Translated, "en", 0, 9)}, "sv"},
		{"the relay is confirmed", []func(content.Text) (content.Text, error){translate("fi", "Terveys", content.Translated, "en", 0, 9)}, ""},
		{"the relay is gone", []func(content.Text) (content.Text, error){translate("fi", "", content.Translated, "en", 0, 9)}, "sv"},
		{"translated while the original changed", []func(content.Text) (content.Text, error){
			set("en", "Care", 9), translate("fi", "Terveyttä", content.Translated, "en", 0, 10),
		}, "fi sv"},
		{"still fits the changed original", []func(content.Text) (content.Text, error){
			set("en", "Health!", 9), translate("fi", "Terveys", content.Translated, "en", 9, 10),
		}, ""},
		{"the language was mistaken", []func(content.Text) (content.Text, error){
			func(t content.Text) (content.Text, error) { return t.Relabel("en", "ga") },
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := made(t, content.Write("en", "Health", noon), append(both, c.steps...)...)
			var old []string
			for _, w := range text.Wordings() {
				if text.Outdated(w.Lang) {
					old = append(old, string(w.Lang))
				}
			}
			if got := strings.Join(old, " "); got != c.want {
				t.Errorf("outdated: %q, want %q", got, c.want)
			}
		})
	}
}

func TestAReaderGetsTheNearestWording(t *testing.T) {
	text := made(t, content.Write("fi", "Terveys", noon), translate("en-GB", "Health", content.Translated, "fi", 0, 1),
		translate("de-CH", "Gesundheit", content.Machine, "en-GB", 1, 2), translate("pt-BR", "Saúde", content.Machine, "fi", 0, 3), set("fi", "Hyvinvointi", 4))
	for reader, want := range map[string]string{
		"fi":       "fi original fresh asked",
		"fi-FI":    "fi original fresh asked",
		"en-GB":    "en-GB translated outdated asked",
		"en-IE":    "en-GB translated outdated asked",
		"de-AT":    "de-CH machine outdated asked",
		"de":       "de-CH machine outdated asked",
		"pl":       "fi original fresh other",
		"pl en":    "en-GB translated outdated other",
		"zh-Hant":  "fi original fresh other",
		"pt":       "pt-BR machine outdated asked",
		"":         "fi original fresh asked",
		"nonsense": "fi original fresh other",
	} {
		var langs []content.Lang
		for l := range strings.FieldsSeq(reader) {
			langs = append(langs, content.Lang(l))
		}
		s := text.For(langs...)
		got := fmt.Sprintf("%s %s %s %s", s.Lang, s.Mark, map[bool]string{true: "outdated", false: "fresh"}[s.Outdated], map[bool]string{true: "asked", false: "other"}[s.Asked])
		if got != want {
			t.Errorf("a reader of %q gets %s, want %s", reader, got, want)
		}
	}
	if got := (content.Text{}).For("fi"); got.Value != "" {
		t.Errorf("an empty text shows %+v", got)
	}
}

func TestATextIsAValue(t *testing.T) {
	text := content.Write("en", "Health", noon)
	made(t, text, translate("fi", "Terveys", content.Translated, "en", 0, 1), set("en", "Care", 2))
	if got := text.Wordings(); len(got) != 1 || got[0].Value != "Health" {
		t.Errorf("the text that was begun from is now %+v", got)
	}
	if !content.Write("en", "", noon).IsZero() || !made(t, text, set("en", "", 1)).IsZero() {
		t.Error("an emptied text is not empty")
	}
}

// TestTextsComeBackFromJSON makes texts by any steps, of which each keeps the
// rules: one original, and what is written is read.
func TestTextsComeBackFromJSON(t *testing.T) {
	langs := []content.Lang{"en", "fi", "de", "sv"}
	rapid.Check(t, func(t *rapid.T) {
		text := content.Text{}
		for at := range rapid.IntRange(0, 12).Draw(t, "steps") {
			lang, from := rapid.SampledFrom(langs).Draw(t, "lang"), rapid.SampledFrom(langs).Draw(t, "from")
			value := rapid.SampledFrom([]string{"", "a", "b\nc", "<&>"}).Draw(t, "value")
			next, err := text, error(nil)
			switch rapid.IntRange(0, 3).Draw(t, "verb") {
			case 0:
				next, err = text.Set(lang, value, later(at))
			case 1, 2:
				mark := rapid.SampledFrom([]content.Mark{content.Translated, content.Machine}).Draw(t, "mark")
				next, err = text.Translate(content.Translation{Lang: lang, Value: value, Mark: mark, From: from, Seen: later(at - 1), At: later(at)})
			case 3:
				next, err = text.Relabel(from, lang)
			}
			if err == nil {
				text = next
			}
			if originals := text.Original(); text.IsZero() != (originals.Lang == "") {
				t.Fatalf("no original in %+v", text.Wordings())
			}
		}
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var back content.Text
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if diff := cmp.Diff(text.Wordings(), back.Wordings()); diff != "" {
			t.Fatalf("%s (-made +read):\n%s", b, diff)
		}
	})
}

const english = `"en":{"value":"a","mark":"original","at":"2026-11-02T12:00:00.000Z"}`

func TestJSONThatIsNoText(t *testing.T) {
	finnish := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(`{` + english + `,"fi":{"value":"b","mark":"machine","from":"en","seen":"2026-11-02T12:00:00.000Z","at":"2026-11-02T12:00:00.000Z"}}`)
	}
	var text content.Text
	if err := json.Unmarshal([]byte(finnish()), &text); err != nil || len(text.Wordings()) != 2 {
		t.Fatalf("the specimen itself: %v", err)
	}
	for name, in := range map[string]string{
		"no object":                `["a"]`,
		"unknown member":           finnish(`"mark"`, `"name"`),
		"two originals":            `{` + english + `,` + strings.Replace(english, "en", "fi", 1) + `}`,
		"no original":              finnish("original", "machine"),
		"two in one language":      finnish(`"fi"`, `"EN"`),
		"no language":              finnish(`"fi"`, `"und"`),
		"unknown mark":             finnish("machine", "guess"),
		"from nowhere":             finnish(`"from":"en",`, ""),
		"from itself":              finnish(`"from":"en"`, `"from":"fi"`),
		"no time":                  finnish(`"at":"2026-11-02T12:00:00.000Z"}}`, `"at":"noon"}}`),
		"no time of what was seen": finnish(`"seen":"2026-11-02T12:00:00.000Z",`, ""),
		"empty value":              finnish(`"value":"b"`, `"value":""`),
		"control character":        finnish(`"value":"b"`, `"value":"\u0007"`),
		"original from elsewhere":  strings.Replace(`{`+english+`}`, `"at"`, `"from":"fi","at"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			var text content.Text
			if err := json.Unmarshal([]byte(in), &text); err == nil || fault.KindOf(err) != fault.Invalid || !text.IsZero() {
				t.Errorf("%s gives %+v, %v; want a fault of kind invalid", in, text.Wordings(), err)
			}
		})
	}
}

func FuzzTextJSON(f *testing.F) {
	f.Add([]byte(`{` + english + `}`))
	f.Add([]byte(`{` + english + `,"fi":{"value":"b","mark":"machine","from":"en","seen":"2026-11-02T12:00:00.000Z","at":"2026-11-02T12:00:00.000Z"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var text, again content.Text
		if json.Unmarshal(b, &text) != nil {
			return
		}
		if text.IsZero() != (text.Original().Lang == "") {
			t.Errorf("%q has no original", b)
		}
		out, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &again); err != nil || !again.Equal(text) {
			t.Errorf("%q is written as %q, which is read as %+v, %v", b, out, again.Wordings(), err)
		}
	})
}
