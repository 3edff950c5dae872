package locale

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"peerscape/internal/fault"
)

// texts are messages by key and plural form; "" is the form of a message that has
// but one.
type texts map[string]map[string]string

var pluralForms = []string{"zero", "one", "two", "few", "many", "other"}

// readTexts reads the messages of a language from the folders, later ones first
// in rank. It is empty where no folder has the language.
func readTexts(lang string, folders ...fs.FS) (texts, error) {
	all := texts{}
	for _, fsys := range folders {
		b, err := fs.ReadFile(fsys, lang+".toml")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the messages: %w", err)
		}
		var tree map[string]any
		if err := toml.Unmarshal(b, &tree); err != nil {
			return nil, fault.New(fault.Invalid, "locale.syntax", "the messages cannot be read: %v", err).In(lang+".toml", 0).Do("Correct the line").Because(err)
		}
		all.add("", tree)
	}
	return all, nil
}

func (all texts) add(prefix string, tree map[string]any) {
	for k, v := range tree {
		switch v := v.(type) {
		case string:
			all[prefix+k] = map[string]string{"": v}
		case map[string]any:
			forms := map[string]string{}
			for form, text := range v {
				if s, ok := text.(string); ok && slices.Contains(pluralForms, form) {
					forms[form] = s
				}
			}
			if len(forms) > 0 && len(forms) == len(v) {
				all[prefix+k] = forms
				continue
			}
			all.add(prefix+k+".", v)
		}
	}
}

// PluralForms returns the forms that a language tells apart for whole numbers, in
// the order zero, one, two, few, many, other. It asks the library that picks them
// for pages; a language that it has no rules for is a fault.
func PluralForms(lang string) ([]string, error) {
	tag, err := language.Parse(lang)
	if err != nil {
		return nil, notALanguage(lang, err)
	}
	bundle := i18n.NewBundle(tag)
	err = bundle.AddMessages(tag, &i18n.Message{ID: "form", Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"})
	if err != nil {
		return nil, fault.New(fault.Invalid, "locale.rules", "there are no plural rules for %q", fault.Clip(lang, 40)).Do("Write the code of a living language, such as sv").Because(err)
	}
	l := i18n.NewLocalizer(bundle, lang)
	seen := map[string]bool{"other": true}
	for _, n := range append(upTo(200), 1000, 10_000, 100_000, 1_000_000) {
		form, err := l.Localize(&i18n.LocalizeConfig{MessageID: "form", PluralCount: n})
		if err != nil {
			return nil, fmt.Errorf("find the plural forms of %s: %w", lang, err)
		}
		seen[form] = true
	}
	return slices.DeleteFunc(slices.Clone(pluralForms), func(f string) bool { return !seen[f] }), nil
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Export writes a table for translators: a line for every message and plural form
// of the language, with the English text beside it. What is translated already is
// filled in; what is missing is empty.
func Export(w io.Writer, lang string, folders ...fs.FS) error {
	plurals, err := PluralForms(lang)
	if err != nil {
		return err
	}
	english, err := readTexts("en", folders...)
	if err != nil {
		return err
	}
	have, err := readTexts(lang, folders...)
	if err != nil {
		return err
	}
	c := csv.NewWriter(w)
	if err := c.Write([]string{"key", "form", "gaps", "English", lang}); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(english)) {
		forms := []string{""}
		if _, single := english[key][""]; !single {
			forms = plurals
		}
		for _, form := range forms {
			source := english[key][form]
			if source == "" {
				source = english[key]["other"]
			}
			line := []string{key, form, strings.Join(gapsIn(source), " "), source, have[key][form]}
			if err := c.Write(line); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

func notALanguage(lang string, why error) error {
	return fault.New(fault.Invalid, "locale.code", "%q is not the code of a language", fault.Clip(lang, 40)).Do("Write a code such as sv, ca or pt-BR").Because(why)
}

var gapPattern = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

// gapsIn lists the gaps of a message, each once, sorted.
func gapsIn(text string) []string {
	var out []string
	for _, m := range gapPattern.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Imported is a table of a translator, read and checked.
type Imported struct {
	Lang    string
	TOML    []byte   // the catalogue file
	Done    int      // texts that are translated
	Missing []string // keys, with the form, that are not: shown in English
}

// mostTable bounds a translator's table, bytes.
const mostTable = 8 << 20

// Import reads a table that Export wrote and a translator filled in. It is refused
// as a whole where a line names no message, loses a gap or adds one, or holds
// markup that the English has not: the fault names the line.
func Import(r io.Reader, name string, folders ...fs.FS) (*Imported, error) {
	english, err := readTexts("en", folders...)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(r, mostTable+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	bad := func(line int, format string, args ...any) *fault.Error {
		return fault.New(fault.Invalid, "locale.table", format, args...).In(name, line)
	}
	if len(raw) > mostTable {
		return nil, bad(0, "the table is larger than %d MB", mostTable>>20).Do("Is it the table that was exported?")
	}
	if at := notUTF8(raw); at >= 0 {
		return nil, bad(1+bytes.Count(raw[:at], []byte("\n")), "the line holds bytes that are no UTF-8").Do("Save the table as CSV in UTF-8")
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	c := csv.NewReader(bytes.NewReader(raw))
	c.FieldsPerRecord = 5
	if head, _, _ := bytes.Cut(raw, []byte("\n")); bytes.Count(head, []byte(";")) == 4 {
		c.Comma = ';' // as spreadsheets of many countries save it
	}
	head, err := c.Read()
	if err != nil || head[0] != "key" || head[1] != "form" {
		return nil, bad(1, "this is no table of messages").Do("Take the one that peerscape messages export wrote").Because(err)
	}
	out := &Imported{Lang: head[4]}
	plurals, err := PluralForms(out.Lang)
	if err != nil {
		return nil, err
	}
	got := texts{}
	for {
		line, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			f := bad(0, "the line cannot be read").Do("Keep five columns; put texts with commas into quotation marks").Because(err)
			if p, ok := errors.AsType[*csv.ParseError](err); ok {
				f.Place.Line = p.StartLine
			}
			return nil, f
		}
		at, _ := c.FieldPos(0)
		if err := check(english, plurals, line); err != nil {
			return nil, err.In(name, at)
		}
		if strings.TrimSpace(line[4]) == "" {
			continue
		}
		if got[line[0]] == nil {
			got[line[0]] = map[string]string{}
		}
		got[line[0]][line[1]] = line[4]
		out.Done++
	}
	out.Missing = untranslated(english, got, plurals)
	out.TOML, err = got.toml()
	return out, err
}

// notUTF8 returns the place of the first byte that is no UTF-8, or -1.
func notUTF8(raw []byte) int {
	for at := 0; at < len(raw); {
		r, n := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return -1
}

// check refuses a line that would break a page.
func check(english texts, plurals, line []string) *fault.Error {
	key, form, text := line[0], line[1], line[4]
	forms, known := english[key]
	if !known {
		return fault.New(fault.Invalid, "locale.key", "there is no message %s", fault.Clip(key, 80)).Do("Export the table again and copy the texts over")
	}
	source, single := forms[""]
	if single != (form == "") || !single && !slices.Contains(plurals, form) {
		return fault.New(fault.Invalid, "locale.form", "the message %s has no form %q in this language", key, form).Do("Export the table again and copy the texts over")
	}
	if !single {
		source = forms["other"]
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if want, have := gapsIn(source), gapsIn(text); !slices.Equal(want, have) {
		return fault.New(fault.Invalid, "locale.gaps", "the text of %s has the gaps %v, English has %v", key, have, want).Do("Keep what stands in double braces as it is")
	}
	if strings.Contains(strings.NewReplacer("<b>", "", "</b>", "", "<em>", "", "</em>", "").Replace(text), "<") {
		return fault.New(fault.Invalid, "locale.markup", "the text of %s holds markup", key).Do("Write plain text; only <b> and <em> are kept")
	}
	return nil
}

func untranslated(english, got texts, plurals []string) (out []string) {
	for _, key := range slices.Sorted(maps.Keys(english)) {
		if _, single := english[key][""]; single {
			if got[key][""] == "" {
				out = append(out, key)
			}
			continue
		}
		for _, form := range plurals {
			if got[key][form] == "" {
				out = append(out, key+" ("+form+")")
			}
		}
	}
	return out
}

// toml writes the messages as a catalogue file. A message of which a form is
// missing is left out, so that it is shown in English as a whole.
func (all texts) toml() ([]byte, error) {
	tree := map[string]any{}
	for key, forms := range all {
		at := tree
		parts := strings.Split(key, ".")
		for _, p := range parts[:len(parts)-1] {
			next, ok := at[p].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[p] = next
			}
			at = next
		}
		if text, single := forms[""]; single {
			at[parts[len(parts)-1]] = text
		} else {
			at[parts[len(parts)-1]] = forms
		}
	}
	var b bytes.Buffer
	e := toml.NewEncoder(&b)
	e.Indent = ""
	if err := e.Encode(tree); err != nil {
		return nil, fmt.Errorf("write the messages: %w", err)
	}
	return b.Bytes(), nil
}
