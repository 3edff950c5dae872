package component

import (
	"strconv"

	"github.com/a-h/templ"
)

// Problem says what was wrong with what somebody sent.
//
// Accessibility: a summary at the top of the form that takes focus, with a link
// to the field.
type Problem struct {
	What  string
	Cure  string // may be empty
	Lang  string // of both if they are not in the reader's language
	Field string // id of the field to correct; may be empty
}

// Field is a labelled control.
//
// Accessibility: label above, hint and error tied by aria-describedby, the
// purpose stated in autocomplete.
type Field struct {
	ID, Name string
	Label    string
	Hint     string
	Value    string
	Type     string // "text" where empty; email, password, url, date, number, search
	Complete string // of autocomplete; "off" where empty
	Lang     string // of the value, if not the page's
	Most     int    // characters; 0: no limit of the control
	Rows     int    // of a text of several lines; 0: one line
	Optional bool
	Unsaid   bool   // optional without the word: one of a row that may stay empty
	Wrong    string // what is wrong with the value; may be empty
	Code     bool   // digits: a one-time code
	ReadOnly bool
}

// kind is the control's type.
func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// attributes are those of input and textarea alike.
func (f Field) attributes() templ.Attributes {
	a := templ.Attributes{"id": f.ID, "name": f.Name, "autocomplete": f.Complete}
	if f.Complete == "" {
		a["autocomplete"] = "off"
	}
	described := ""
	if f.Hint != "" {
		described = f.ID + "-hint"
	}
	if f.Wrong != "" {
		a["aria-invalid"] = "true"
		described += " " + f.ID + "-wrong"
	}
	if described != "" {
		a["aria-describedby"] = described
	}
	if !f.Optional {
		a["required"] = true
	}
	if f.Most > 0 {
		a["maxlength"] = strconv.Itoa(f.Most)
	}
	if f.Lang != "" {
		a["lang"] = f.Lang
	}
	if f.Code {
		a["inputmode"] = "numeric"
	}
	if f.ReadOnly {
		a["readonly"] = true
	}
	return a
}

// Check is a box to tick.
type Check struct {
	ID, Name, Label, Value string
	Hint                   string
	Ticked                 bool
}

// Button sends a form.
type Button struct {
	Text  string
	Name  string // with Value, of a form with several
	Value string
	Quiet bool
	Small bool
}

func (b Button) class() string {
	c := "btn"
	if b.Quiet {
		c += " q"
	}
	if b.Small {
		c += " s"
	}
	return c
}

func (b Button) attributes() templ.Attributes {
	if b.Name == "" {
		return nil
	}
	return templ.Attributes{"name": b.Name, "value": b.Value}
}
