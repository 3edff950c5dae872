// Package locale knows the reader's language: its messages with their plural
// rules, its numbers and dates.
//
// It refuses to join sentences from pieces: a message is a whole sentence with
// named gaps. A message that a language lacks is shown in English. Start with
// Open, then T.
package locale

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/a-h/templ"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"peerscape/internal/fault"
)

// Lang is a language that the interface speaks.
type Lang struct {
	Code string // "fi"
	Name string // in itself: "suomi"
	tag  language.Tag
}

// shipped are the languages that we keep complete, in the order of the menu.
// Others that a catalogue has follow in the order of their codes.
var shipped = []string{"en", "fi", "de", "es", "pl"}

// Words is the message catalogue of all languages.
type Words struct {
	languages []Lang
	readers   map[string]*Reader
	match     language.Matcher
}

// Reader writes for one reader.
type Reader struct {
	Lang
	words    *Words
	messages *i18n.Localizer
}

// Open reads the <lang>.toml of every language from the folders; what a later
// folder says replaces what an earlier one does, message by message. A file
// names its language under [language]: name = "Suomi".
func Open(folders ...fs.FS) (*Words, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	w := &Words{readers: map[string]*Reader{}}
	for _, fsys := range folders {
		names, err := fs.Glob(fsys, "*.toml")
		if err != nil {
			return nil, fmt.Errorf("list the messages: %w", err)
		}
		for _, name := range names {
			if err := w.read(bundle, fsys, name); err != nil {
				return nil, err
			}
		}
	}
	if w.readers["en"] == nil {
		return nil, fault.New(fault.Internal, "locale.english", "the messages have no English").Do("Install the program again")
	}
	slices.SortFunc(w.languages, func(a, b Lang) int { return cmp.Or(place(a.Code)-place(b.Code), strings.Compare(a.Code, b.Code)) })
	var tags []language.Tag
	for i, l := range w.languages {
		r := &Reader{Lang: l, words: w, messages: i18n.NewLocalizer(bundle, l.Code, "en")}
		w.languages[i].Name = r.T("language.name")
		r.Lang = w.languages[i]
		w.readers[l.Code] = r
		tags = append(tags, l.tag)
	}
	w.match = language.NewMatcher(tags)
	return w, nil
}

func place(code string) int {
	if i := slices.Index(shipped, code); i >= 0 {
		return i
	}
	return len(shipped)
}

func (w *Words) read(bundle *i18n.Bundle, fsys fs.FS, name string) error {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("read the messages: %w", err)
	}
	code := strings.TrimSuffix(path.Base(name), ".toml")
	tag, err := language.Parse(code)
	if err != nil {
		return fault.New(fault.Invalid, "locale.code", "%q is not the code of a language", code).In(name, 0).Do("Name the file by a code such as sv.toml").Because(err)
	}
	if _, err := bundle.ParseMessageFileBytes(b, path.Base(name)); err != nil {
		return fault.New(fault.Invalid, "locale.syntax", "the messages cannot be read: %v", err).In(name, 0).Do("Correct the line").Because(err)
	}
	if w.readers[code] == nil {
		w.readers[code] = &Reader{}
		w.languages = append(w.languages, Lang{Code: code, tag: tag})
	}
	return nil
}

// Languages lists the languages of the catalogue, in the order of the menu.
func (w *Words) Languages() []Lang { return w.languages }

// Languages lists the languages that a reader can change to.
func Languages(ctx context.Context) []Lang { return From(ctx).words.languages }

// Has reports whether the interface speaks a language.
func (w *Words) Has(code string) bool { return w.readers[code] != nil }

// Reader returns the reader of the first wish that the interface speaks, then
// the best match of an Accept-Language header, then English.
func (w *Words) Reader(accept string, wishes ...string) *Reader {
	for _, code := range wishes {
		if r := w.readers[code]; r != nil {
			return r
		}
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err == nil && len(tags) > 0 {
		if _, i, sure := w.match.Match(tags...); sure > language.No {
			return w.readers[w.languages[i].Code]
		}
	}
	return w.readers["en"]
}

type contextKey struct{}

// With returns a context in which texts are written for r.
func With(ctx context.Context, r *Reader) context.Context {
	return context.WithValue(ctx, contextKey{}, r)
}

// From returns the reader of a context, nil if there is none.
func From(ctx context.Context) *Reader {
	r, _ := ctx.Value(contextKey{}).(*Reader)
	return r
}

// Code returns the language of a context.
func Code(ctx context.Context) string { return From(ctx).Lang.Code }

// T returns a message. args are names and values of its gaps by turns.
func T(ctx context.Context, key string, args ...any) string {
	return From(ctx).T(key, args...)
}

// N returns a message in the plural form of n; the gap {{.N}} holds the
// number as the reader writes it.
func N(ctx context.Context, key string, n int, args ...any) string {
	return From(ctx).N(key, n, args...)
}

// T is the method behind T.
func (r *Reader) T(key string, args ...any) string {
	return r.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: gaps(args)})
}

// N is the method behind N.
func (r *Reader) N(key string, n int, args ...any) string {
	data := gaps(args)
	data["N"] = r.Number(float64(n), 0)
	return r.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: n})
}

// localize returns the key itself where no language has the message, which the
// test of messages does not let happen.
func (r *Reader) localize(c *i18n.LocalizeConfig) string {
	s, err := r.messages.Localize(c)
	if err != nil && s == "" {
		return c.MessageID
	}
	return s
}

// Or returns a message, or other where there is none.
func (r *Reader) Or(key, other string, args ...any) string {
	if s := r.T(key, args...); s != key {
		return s
	}
	return other
}

func gaps(args []any) map[string]any {
	data := make(map[string]any, len(args)/2+1)
	for i := 0; i+1 < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			continue
		}
		data[name] = args[i+1]
	}
	return data
}

// HTML is a value for a gap that is markup already.
type HTML string

// Bold returns s as emphasised markup for a gap of Rich.
func Bold(s string) HTML { return HTML("<b>" + html.EscapeString(s) + "</b>") }

// Link returns a link for a gap of Rich.
func Link(href templ.SafeURL, class, text string) HTML {
	var b strings.Builder
	b.WriteString(`<a href="` + html.EscapeString(string(href)) + `"`)
	if class != "" {
		b.WriteString(` class="` + html.EscapeString(class) + `"`)
	}
	b.WriteString(">" + html.EscapeString(text) + "</a>")
	return HTML(b.String())
}

// Rich returns a message as markup: texts in its gaps are escaped, HTML stays.
// The message itself is ours and may hold <b> and <em>.
func Rich(ctx context.Context, key string, args ...any) templ.Component {
	return templ.Raw(From(ctx).T(key, escaped(args)...))
}

func escaped(args []any) []any {
	out := slices.Clone(args)
	for i := 1; i < len(out); i += 2 {
		switch v := out[i].(type) {
		case HTML:
			out[i] = string(v)
		case string:
			out[i] = html.EscapeString(v)
		}
	}
	return out
}

// List joins words: "a, b and c".
func List(ctx context.Context, words []string) string {
	n := len(words)
	if n < 2 {
		return strings.Join(words, "")
	}
	return T(ctx, "list.and", "First", strings.Join(words[:n-1], ", "), "Last", words[n-1])
}
