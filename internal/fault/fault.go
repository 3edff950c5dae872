// Package fault holds the few kinds of error on which a caller branches.
//
// A fault says what is wrong, where (file, line, column) and what to do, in a
// sentence that may be shown to anyone; the wrapped cause is for the log alone.
// It refuses to grow: add a kind only if a caller branches on it. Start with
// Error and New.
package fault

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind sorts faults by what a caller can do about them.
type Kind uint8

// The kinds. Internal is the zero value: an error that nobody sorted.
const (
	Internal    Kind = iota // a defect of ours, or a broken machine
	Invalid                 // the input is wrong and can be corrected
	Denied                  // the actor may not do this
	Missing                 // the thing does not exist
	Conflict                // the state of the thing forbids it
	Stale                   // the thing changed since it was read
	TooLarge                // a limit is met
	Unavailable             // something outside is not answering; try later
)

var kindNames = [...]string{"internal", "invalid", "denied", "missing", "conflict", "stale", "too-large", "unavailable"}

// String returns the kind's name as it stands in logs and API replies.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Place says where in an input something is wrong. Zero fields are unknown.
type Place struct {
	File   string
	Line   int // from 1
	Column int // from 1, in cells of a table, in bytes elsewhere
}

// String renders "file, line 3, column 2", leaving out what is unknown.
func (p Place) String() string {
	var parts []string
	if p.File != "" {
		parts = append(parts, p.File)
	}
	if p.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d", p.Line))
	}
	if p.Column > 0 {
		parts = append(parts, fmt.Sprintf("column %d", p.Column))
	}
	return strings.Join(parts, ", ")
}

// Error is a fault: its kind, a message key with arguments for translation,
// the English sentence, the place in the input and what to do about it.
type Error struct {
	Kind  Kind
	Key   string         // message key, such as "wire.text-in-number"
	Args  map[string]any // what the sentence was made from, for other languages
	What  string         // what is wrong, in English, no full stop
	Cure  string         // what to do, in English, no full stop; may be empty
	Place Place
	Cause error // for the log only; may be nil
}

// Error returns "file, line 3: what is wrong. What to do." in one line.
func (e *Error) Error() string {
	var b strings.Builder
	if at := e.Place.String(); at != "" {
		b.WriteString(at)
		b.WriteString(": ")
	}
	b.WriteString(e.What)
	if e.Cure != "" {
		b.WriteString(". ")
		b.WriteString(e.Cure)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault from a key and a formatted English sentence.
func New(kind Kind, key, format string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, What: fmt.Sprintf(format, args...)}
}

// In returns e with the place set.
func (e *Error) In(file string, line int) *Error {
	e.Place.File, e.Place.Line = file, line
	return e
}

// Do returns e with the cure set.
func (e *Error) Do(format string, args ...any) *Error {
	e.Cure = fmt.Sprintf(format, args...)
	return e
}

// Because returns e with the cause set.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// With returns e with one named argument for translated sentences.
func (e *Error) With(name string, value any) *Error {
	if e.Args == nil {
		e.Args = make(map[string]any)
	}
	e.Args[name] = value
	return e
}

// Clip shortens foreign text for a sentence to at most so many bytes, and makes
// it valid UTF-8.
func Clip[T string | []byte](text T, most int) string {
	s, end := string(text[:min(len(text), most)]), ""
	if len(text) > most {
		end = "…"
		for s != "" && !utf8.RuneStart(text[len(s)]) { // not in the middle of a letter
			s = s[:len(s)-1]
		}
	}
	return strings.ToValidUTF8(s, "?") + end
}

// KindOf returns the kind of the outermost fault in err's chain, Internal if
// there is none. err must not be nil.
func KindOf(err error) Kind {
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Kind
	}
	return Internal
}

// Wrap puts context before *err if it is not nil; use it deferred:
//
//	defer fault.Wrap(&err, "publish practice %s", id)
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
