// Package content holds what all shared content has in common: texts in several
// languages with their original, versions that can be compared and restored, and
// the merging of what two people wrote at the same time.
//
// It knows no subject and no accounts: a subject is a kind and an id, an author
// an opaque id, a body any JSON. It refuses a version over one that the author
// has not seen, a text with two originals, and control characters. A history is
// a chain: each version's hash covers the one before, so that a change behind
// its back shows. Start with Text, then Save; Diff and Merge compare bodies.
package content

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"peerscape/internal/fault"
)

// Limits of a body.
const (
	MostBody  = 2 << 20 // bytes of JSON
	deepest   = 32      // objects and lists within one another
	mostNames = 200_000 // members and elements in all
)

// Canonical returns a body as it is stored and hashed: members ordered by name,
// no space, no needless escapes; numbers stay as they are written. It is a
// fault of kind Invalid if body is no JSON value or no text, TooLarge if it is
// beyond the limits.
func Canonical(body []byte) (json.RawMessage, error) {
	v, err := parse(body)
	if err != nil {
		return nil, err
	}
	return write(v)
}

// parse reads a body into maps, slices, strings, json.Number, bool and nil.
func parse(body []byte) (any, error) {
	if len(body) > MostBody {
		return nil, fault.New(fault.TooLarge, "content.body", "the content has %d bytes; %d fit", len(body), MostBody).
			With("have", len(body)).With("most", MostBody).Do("Move long texts into a file of their own")
	}
	if !utf8.Valid(body) {
		return nil, noBody(nil)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, noBody(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, noBody(err)
	}
	left := mostNames
	if !bounded(v, deepest, &left) {
		return nil, fault.New(fault.TooLarge, "content.nested", "the content has too many parts, or parts too deep within one another")
	}
	return v, nil
}

func noBody(why error) error {
	return fault.New(fault.Invalid, "content.json", "the content is not JSON").Because(why)
}

func bounded(v any, depth int, left *int) bool {
	if *left--; *left < 0 || depth < 0 {
		return false
	}
	switch v := v.(type) {
	case map[string]any:
		for _, m := range v {
			if !bounded(m, depth-1, left) {
				return false
			}
		}
	case []any:
		for _, e := range v {
			if !bounded(e, depth-1, left) {
				return false
			}
		}
	}
	return true
}

func write(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
