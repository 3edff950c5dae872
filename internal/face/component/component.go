// Package component holds the parts that pages are made of: the frame of a
// page, statement heads, numbers with their source, flags, strips, keys,
// breadcrumbs, forms. Each takes a struct and is shown with examples at
// /gallery, where the tests check it.
//
// It knows no indicator and no region: texts arrive written, except for the
// words of the frame itself. Criteria of accessibility stand in the comments.
// Start with Layout.
package component

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"
)

// Layout is the frame of a page: head, navigation, footer.
//
// Accessibility: one h1 in the body, a skip link first, landmarks named, the
// current entry marked with aria-current.
type Layout struct {
	Title       string // before "| Peerscape"
	Description string
	Section     string // key of the current navigation entry, or ""
	Feed        string // address of what is new here, as Atom; may be empty
	Path        string // of this page, for the language and theme forms
	Query       url.Values
	Theme       string // "", "light", "dark"
	Assets      Assets
	Crumbs      []Crumb
	Body        templ.Component
	Version     string
	SignIn      bool   // whether people sign in here
	Person      string // who has signed in; empty for nobody
	Unread      int    // notices of the person
	Refresh     int    // seconds after which a browser without script asks again; 0: never
}

// Assets are the addresses of what the page loads; empty without a bundle.
type Assets struct {
	Style, Script, Icon string
	Fonts               []string
	Make                string // how to make the bundle, where there is none
}

// Crumb is one step of the way to a page; the last has no address.
type Crumb struct {
	Text string
	Href string
}

// entry is a line of the main navigation.
type entry struct{ key, href string }

// entries of the main navigation, in the order of the work. A part that does
// not exist yet is not shown.
func entries() []entry {
	return []entry{{"atlas", "/"}, {"regions", "/regions"}, {"indicators", "/indicators"}}
}

// current marks the entry of the section that the page belongs to.
func current(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

// in returns the address of this page in another language.
func (l Layout) in(lang string) templ.SafeURL {
	q := url.Values{}
	for k, v := range l.Query {
		q[k] = v
	}
	q.Set("lang", lang)
	return templ.SafeURL((&url.URL{Path: l.Path, RawQuery: q.Encode()}).String())
}

// back returns the address of this page without a wish for a language.
func (l Layout) back() string {
	q := url.Values{}
	for k, v := range l.Query {
		if k != "lang" {
			q[k] = v
		}
	}
	return (&url.URL{Path: l.Path, RawQuery: q.Encode()}).String()
}

// Head is a statement: the finding, what it means, where it comes from.
//
// Accessibility: the page's one h1.
type Head struct {
	Title  templ.Component
	Lead   templ.Component // may be nil
	Source string          // may be empty
}

// Part is a section: rule, heading with a note in the margin, content.
//
// Accessibility: a section named by its h2.
type Part struct {
	ID    string
	Title string
	Note  string
	Aside templ.Component // under the note: a key, links; may be nil
}

// Flag is a short word in a box.
type Flag struct {
	Text   string
	Title  string // the long form, with Eurostat's letter; may be empty
	Parent bool   // value of a region that contains this one: dashed
}

// Number is a value that opens where it comes from.
//
// Accessibility: the link's name is the value with its unit; Title, if any,
// says what it is where the text around does not.
type Number struct {
	Text  string
	Href  string
	Title string
}

// Find is the search for a region: a form that works without script, with
// suggestions while typing where there is script.
type Find struct {
	ID    string // of the input; unique on the page
	Value string
	Label string // "" for the usual one
}

// Fact is a line of a list of facts.
type Fact struct {
	Term string
	Text templ.Component
}

// KeyEntry is a line of a legend.
type KeyEntry struct {
	Sign string // SVG of chart.Key
	Text string
}

// Scale is the legend of the sequential scale: what each class holds, low to
// high.
//
// Accessibility: hidden from readers of text, who have every value in the table.
type Scale struct{ Labels []string }

// Failure is a page that says what went wrong.
type Failure struct {
	Title string // what
	Where string // may be empty
	Cure  string // what to do; may be empty
	Lang  string // of Where and Cure if they are not in the reader's language
	ID    string // under which the log has the cause; may be empty
}

// Option is an entry of a choice.
type Option struct {
	Value, Text string
	Lang        string // of the text, if not the page's
	Chosen      bool
}

func (o Option) attributes() templ.Attributes {
	a := templ.Attributes{"value": o.Value, "selected": o.Chosen}
	if o.Lang != "" {
		a["lang"] = o.Lang
	}
	return a
}

// Choice is a labelled list of options.
type Choice struct {
	ID, Name, Label string
	Hint            string
	Optional        bool // say that it is
	Groups          []Group
}

// Pick returns a choice of options that stand alone, of which one is chosen.
func (c Choice) Pick(value string, options []Option) Choice {
	all := slices.Clone(options)
	for i := range all {
		all[i].Chosen = all[i].Value == value
	}
	c.Groups = []Group{{Options: all}}
	return c
}

func (c Choice) attributes() templ.Attributes {
	a := templ.Attributes{"id": c.ID, "name": c.Name}
	if c.Hint != "" {
		a["aria-describedby"] = c.ID + "-hint"
	}
	return a
}

// Group is a named group of options; without a name they stand alone.
type Group struct {
	Name    string
	Options []Option
}

// themed returns the attribute that overrides the system's theme.
func themed(theme string) templ.Attributes {
	if theme != "light" && theme != "dark" {
		return nil
	}
	return templ.Attributes{"data-theme": theme}
}

// pressed returns the state of a button that stays down.
func pressed(down bool) templ.Attributes {
	if down {
		return templ.Attributes{"aria-pressed": "true"}
	}
	return templ.Attributes{"aria-pressed": "false"}
}

// class returns the class of a step of the sequential scale.
func class(step int) string { return "s" + strconv.Itoa(step) }

// foreign returns the language attribute of a text that is not in the reader's.
func foreign(lang string) templ.Attributes {
	if lang == "" {
		return nil
	}
	return templ.Attributes{"lang": lang}
}
