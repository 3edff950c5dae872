package content

import (
	"slices"
	"time"

	"peerscape/internal/fault"
)

// Mark says how a wording came about.
type Mark string

// The marks.
const (
	Original   Mark = "original"
	Translated Mark = "translated" // by a person
	Machine    Mark = "machine"
)

// Wording is a text in one language.
type Wording struct {
	Lang  Lang
	Value string
	Mark  Mark
	From  Lang      // what it was translated from; empty for the original
	Seen  time.Time // At of the wording that it was translated from; zero for the original
	At    time.Time // last change, to the millisecond
}

// Text is one text in several languages: nothing at all, or exactly one
// original and its translations. It is a value; its methods that change it
// return another.
type Text struct{ wordings []Wording } // ordered by language

// mostLanguages bounds a text. The Union has 24 official languages.
const mostLanguages = 60

// Write returns a text that is new, in its original language.
func Write(lang Lang, value string, at time.Time) Text {
	t, _ := Text{}.Set(lang, value, at) // an empty text takes any language
	return t
}

// IsZero reports whether there is no wording.
func (t Text) IsZero() bool { return len(t.wordings) == 0 }

// Equal reports whether both hold the same wordings.
func (t Text) Equal(o Text) bool { return slices.EqualFunc(t.wordings, o.wordings, Wording.equal) }

func (w Wording) equal(o Wording) bool {
	return w.Lang == o.Lang && w.Value == o.Value && w.Mark == o.Mark && w.From == o.From && w.Seen.Equal(o.Seen) && w.At.Equal(o.At)
}

// Wordings returns all, ordered by language.
func (t Text) Wordings() []Wording { return slices.Clone(t.wordings) }

// In returns the wording in exactly that language.
func (t Text) In(lang Lang) (Wording, bool) {
	i, ok := t.find(lang)
	if !ok {
		return Wording{}, false
	}
	return t.wordings[i], true
}

// Original returns the original, the zero Wording of an empty text.
func (t Text) Original() Wording {
	for _, w := range t.wordings {
		if w.Mark == Original {
			return w
		}
	}
	return Wording{}
}

// Set returns the text with another original; what is equal changes nothing,
// so that a form that is saved untouched makes no translation outdated. An
// empty value empties a text without translations. It is a fault of kind
// Conflict to write the original in another language, or to empty it while
// there are translations. The value must be Clean.
func (t Text) Set(lang Lang, value string, at time.Time) (Text, error) {
	was := t.Original()
	switch {
	case was.Lang != "" && was.Lang != lang:
		return t, fault.New(fault.Conflict, "content.original", "the original is in %s, not in %s", was.Lang, lang).
			With("original", string(was.Lang)).With("lang", string(lang)).Do("Change the original, or add a translation")
	case was.Value == value:
		return t, nil
	case value == "" && len(t.wordings) > 1:
		return t, fault.New(fault.Conflict, "content.translated", "the original cannot be emptied while there are translations").
			Do("Remove the translations first")
	case value == "":
		return Text{}, nil
	}
	return t.with(Wording{Lang: lang, Value: value, Mark: Original, At: milli(at)}), nil
}

// Translation is what a translator hands in.
type Translation struct {
	Lang  Lang
	Value string // Clean; empty takes the translation away
	Mark  Mark   // Translated or Machine
	From  Lang
	Seen  time.Time // At of the wording that stood beside it when it was written
	At    time.Time
}

// Translate returns the text with a translation added, replaced or taken away.
// The same value with Mark Translated over a machine's says that a person has
// read and accepts it. It is a fault of kind Conflict to translate over the
// original or from what is not there, Invalid if the mark is none of a
// translation or the translation would come from itself.
func (t Text) Translate(n Translation) (Text, error) {
	if w, ok := t.In(n.Lang); ok && w.Mark == Original {
		return t, fault.New(fault.Conflict, "content.is-original", "%s is the original's language", n.Lang).
			With("lang", string(n.Lang)).Do("Change the original, or choose another language")
	}
	if n.Value == "" {
		return t.Without(n.Lang)
	}
	if n.Mark != Translated && n.Mark != Machine {
		return t, fault.New(fault.Invalid, "content.mark", "a translation is made by a person or by a machine, not %q", fault.Clip(string(n.Mark), 20)).
			With("mark", string(n.Mark))
	}
	if _, ok := t.In(n.From); !ok {
		return t, fault.New(fault.Conflict, "content.source", "there is no text in %s to translate from", n.From).
			With("lang", string(n.From)).Do("Translate from the original")
	}
	if t.leadsTo(n.From, n.Lang) {
		return t, fault.New(fault.Invalid, "content.circle", "the text in %s was itself translated from %s", n.From, n.Lang).
			With("from", string(n.From)).With("lang", string(n.Lang)).Do("Translate from the original")
	}
	if _, ok := t.find(n.Lang); !ok && len(t.wordings) >= mostLanguages {
		return t, fault.New(fault.TooLarge, "content.languages", "a text has at most %d languages", mostLanguages).With("most", mostLanguages)
	}
	w := Wording{Lang: n.Lang, Value: n.Value, Mark: n.Mark, From: n.From, Seen: milli(n.Seen), At: milli(n.At)}
	if was, ok := t.In(n.Lang); ok && was.Value == w.Value && was.Mark == w.Mark && was.From == w.From {
		w.At = was.At // still fits: what was translated from it is not outdated by that
	}
	return t.with(w), nil
}

// Without returns the text without a translation. Taking the original away is a
// fault of kind Conflict; a language that is not there changes nothing.
func (t Text) Without(lang Lang) (Text, error) {
	i, ok := t.find(lang)
	if !ok {
		return t, nil
	}
	if t.wordings[i].Mark == Original {
		return t, fault.New(fault.Conflict, "content.is-original", "%s is the original's language", lang).
			With("lang", string(lang)).Do("Empty the text instead")
	}
	return Text{slices.Delete(slices.Clone(t.wordings), i, i+1)}, nil
}

// Relabel returns the text with a wording under another language, for one that
// was written under the wrong one. It is a fault of kind Missing if the wording
// is not there, Conflict if the other language has one.
func (t Text) Relabel(from, to Lang) (Text, error) {
	i, ok := t.find(from)
	if !ok {
		return t, fault.New(fault.Missing, "content.source", "there is no text in %s", from).With("lang", string(from))
	}
	if _, taken := t.find(to); taken {
		return t, fault.New(fault.Conflict, "content.taken", "there is already a text in %s", to).
			With("lang", string(to)).Do("Remove it first")
	}
	all := slices.Clone(t.wordings)
	all[i].Lang = to
	for i := range all {
		if all[i].From == from {
			all[i].From = to
		}
	}
	slices.SortFunc(all, byLang)
	return Text{all}, nil
}

// Outdated reports whether the wording was translated from something that has
// changed or gone since, at any remove from the original.
func (t Text) Outdated(lang Lang) bool {
	for range t.wordings {
		w, ok := t.In(lang)
		if !ok || w.Mark == Original {
			return false
		}
		source, ok := t.In(w.From)
		if !ok || !source.At.Equal(w.Seen) {
			return true
		}
		lang = w.From
	}
	return true
}

// Shown is the wording that a reader gets, and what to say about it.
type Shown struct {
	Wording
	Outdated bool // the original has changed since it was translated
	Asked    bool // it is in the first of the reader's languages, or a kind of it
}

// For chooses the wording for a reader of these languages, most wanted first:
// for each of them the very language, then a more general one, then a
// neighbouring kind of it; at last the original. An empty text shows nothing.
func (t Text) For(reader ...Lang) Shown {
	for n, lang := range reader {
		if w, ok := t.near(lang); ok {
			return Shown{w, t.Outdated(w.Lang), n == 0}
		}
	}
	return Shown{Wording: t.Original(), Asked: len(reader) == 0}
}

func (t Text) near(lang Lang) (Wording, bool) {
	if w, ok := t.In(lang); ok { // most of the time
		return w, true
	}
	for _, l := range lang.ancestors() {
		if w, ok := t.In(l); ok {
			return w, true
		}
	}
	kin := lang.kin()
	for _, w := range t.wordings {
		if w.Lang.kin() == kin {
			return w, true
		}
	}
	return Wording{}, false
}

// leadsTo reports whether the wording in lang was translated, at any remove,
// from the one in goal.
func (t Text) leadsTo(lang, goal Lang) bool {
	for range t.wordings {
		if lang == goal {
			return true
		}
		w, _ := t.In(lang)
		lang = w.From
	}
	return lang == goal
}

func byLang(a, b Wording) int {
	switch {
	case a.Lang < b.Lang:
		return -1
	case a.Lang > b.Lang:
		return 1
	}
	return 0
}

func (t Text) find(lang Lang) (int, bool) {
	return slices.BinarySearchFunc(t.wordings, Wording{Lang: lang}, byLang)
}

func (t Text) with(w Wording) Text {
	i, there := t.find(w.Lang)
	all := slices.Clone(t.wordings)
	if there {
		all[i] = w
		return Text{all}
	}
	return Text{slices.Insert(all, i, w)}
}

// milli is a time as it is stored, so that what comes back compares equal.
func milli(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
