package content

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"peerscape/internal/fault"
)

// stamp is how times are written.
const stamp = "2006-01-02T15:04:05.000Z"

// wording is the JSON form of a Wording, under its language:
//
//	{"en": {"value": "…", "mark": "original", "at": "2026-11-02T09:00:00.000Z"},
//	 "fi": {"value": "…", "mark": "translated", "from": "en", "seen": "…", "at": "…"}}
type wording struct {
	Value string `json:"value"`
	Mark  Mark   `json:"mark"`
	From  Lang   `json:"from,omitempty"`
	Seen  string `json:"seen,omitempty"`
	At    string `json:"at"`
}

// MarshalJSON implements json.Marshaler: an object with a member a language, in
// their order.
func (t Text) MarshalJSON() ([]byte, error) {
	all := make(map[Lang]wording, len(t.wordings))
	for _, w := range t.wordings {
		out := wording{Value: w.Value, Mark: w.Mark, From: w.From, At: w.At.UTC().Format(stamp)}
		if w.Mark != Original {
			out.Seen = w.Seen.UTC().Format(stamp)
		}
		all[w.Lang] = out
	}
	return json.Marshal(all)
}

// UnmarshalJSON implements json.Unmarshaler. What it takes is a Text as the
// methods make them, with values that are Clean; all else is a fault of kind
// Invalid or TooLarge.
func (t *Text) UnmarshalJSON(b []byte) error {
	var all map[string]wording
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil {
		return invalidText("the text in several languages cannot be read").Because(err)
	}
	if len(all) > mostLanguages {
		return fault.New(fault.TooLarge, "content.languages", "a text has at most %d languages", mostLanguages).With("most", mostLanguages)
	}
	var read Text
	for code, in := range all {
		w, err := in.read(code)
		if err != nil {
			return err
		}
		read.wordings = append(read.wordings, w)
	}
	slices.SortFunc(read.wordings, byLang)
	if err := read.check(); err != nil {
		return err
	}
	*t = read
	return nil
}

func (in wording) read(code string) (Wording, error) {
	lang, err := ParseLang(code)
	if err != nil {
		return Wording{}, err
	}
	value, err := Field{Lines: true}.Clean(in.Value)
	if err != nil {
		return Wording{}, err
	}
	w := Wording{Lang: lang, Value: value, Mark: in.Mark, From: in.From}
	if w.At, err = time.Parse(stamp, in.At); err != nil {
		return Wording{}, invalidText("the text in %s has no time", lang).Because(err)
	}
	switch {
	case string(lang) != code:
		return Wording{}, invalidText("the language is written %q, not %q", lang, code)
	case value == "":
		return Wording{}, invalidText("the text in %s is empty", lang)
	case in.Mark == Original:
		if in.From != "" || in.Seen != "" {
			return Wording{}, invalidText("the original in %s says what it was translated from", lang)
		}
		return w, nil
	case in.Mark != Translated && in.Mark != Machine:
		return Wording{}, invalidText("the text in %s has no known mark", lang)
	}
	if from, err := ParseLang(string(in.From)); err != nil || from != in.From || from == lang {
		return Wording{}, invalidText("the text in %s does not say what it was translated from", lang).Because(err)
	}
	if w.Seen, err = time.Parse(stamp, in.Seen); err != nil {
		return Wording{}, invalidText("the translation in %s has no time of what was translated", lang).Because(err)
	}
	return w, nil
}

// check looks at the wordings together.
func (t Text) check() error {
	originals := 0
	for i, w := range t.wordings {
		if i > 0 && t.wordings[i-1].Lang == w.Lang {
			return invalidText("there are two texts in %s", w.Lang)
		}
		if w.Mark == Original {
			originals++
		} else if t.leadsTo(w.From, w.Lang) {
			return invalidText("the text in %s was translated from itself", w.Lang)
		}
	}
	if originals != 1 && len(t.wordings) > 0 {
		return invalidText("a text has one original, not %d", originals)
	}
	return nil
}

func invalidText(format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, "content.wordings", format, args...).Do("Send one original and its translations")
}
