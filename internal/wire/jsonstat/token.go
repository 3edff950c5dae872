package jsonstat

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"peerscape/internal/fault"
	"peerscape/internal/wire/line"
)

const (
	mostBytes  = 256 << 20 // of a document
	mostString = 1 << 20   // bytes of one string
	mostNumber = 400       // bytes of one number
	mostDepth  = 64        // objects and arrays inside each other
	idleReads  = 100       // empty reads in a row before a reader counts as stuck
)

// tokens reads JSON front to back without holding the document. Each method
// takes exactly one value off the input; bytes it returns are valid until the
// next call. A method that finds something else is a *fault.Error with the line.
//
// It is not encoding/json because a cube is millions of small numbers, and
// because every complaint must name a line.
type tokens struct {
	r     io.Reader
	name  string
	line  int
	buf   [32 << 10]byte
	at    int
	end   int
	taken int64 // bytes of the document so far
	ahead error // what the reader said after buf[:end]
	depth int
	text  []byte // of the string or number read last
}

func newTokens(r io.Reader, name string) *tokens { return &tokens{r: r, name: name, line: 1} }

func (t *tokens) wrong(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, format, args...).In(t.name, t.line)
}

func (t *tokens) tooLarge(format string, args ...any) *fault.Error {
	return fault.New(fault.TooLarge, "wire.too-large", format, args...).In(t.name, t.line).
		Do("Download a smaller part, or the dataset as TSV")
}

// more reads on; false at the end of the input.
func (t *tokens) more() (bool, error) {
	if t.at < t.end {
		return true, nil
	}
	for range idleReads {
		if t.ahead != nil {
			return false, t.ended()
		}
		var n int
		n, t.ahead = t.r.Read(t.buf[:])
		t.at, t.end = 0, min(max(n, 0), len(t.buf))
		if t.taken += int64(t.end); t.taken > mostBytes {
			return false, t.tooLarge("the document is larger than %d MiB", mostBytes>>20)
		}
		if t.end > 0 {
			return true, nil
		}
	}
	return false, io.ErrNoProgress
}

// ended turns the reader's last word into an error; nil at a proper end.
func (t *tokens) ended() error {
	if t.ahead == io.EOF {
		return nil
	}
	if f, ok := t.ahead.(*fault.Error); ok {
		at := *f
		if at.Place.Line == 0 {
			at.Place = fault.Place{File: t.name, Line: t.line}
		}
		return &at
	}
	if line.Damaged(t.ahead) {
		return t.wrong("wire.broken-off", "the compressed file is damaged or breaks off here").
			Do("Download the file again").Because(t.ahead)
	}
	return fmt.Errorf("%s, line %d: %w", t.name, t.line, t.ahead)
}

// skipMark drops a byte order mark before the document.
func (t *tokens) skipMark() error {
	for _, want := range []byte(byteOrderMark) {
		ok, err := t.more()
		if err != nil || !ok || t.buf[t.at] != want {
			return err
		}
		t.at++
	}
	return nil
}

// peek returns the next byte that is not white space, without taking it.
func (t *tokens) peek() (byte, error) {
	for {
		if ok, err := t.more(); err != nil || !ok {
			if err == nil {
				err = t.brokenOff()
			}
			return 0, err
		}
		switch c := t.buf[t.at]; c {
		case '\n':
			t.line++
			t.at++
		case ' ', '\t', '\r':
			t.at++
		default:
			return c, nil
		}
	}
}

func (t *tokens) brokenOff() error {
	return t.wrong("wire.broken-off", "the document breaks off here").Do("Download the file again")
}

// finish refuses anything but white space.
func (t *tokens) finish() error {
	for {
		ok, err := t.more()
		if err != nil || !ok {
			return err
		}
		switch c := t.buf[t.at]; c {
		case '\n':
			t.line++
		case ' ', '\t', '\r':
		default:
			return t.syntax(c, "the end of the document")
		}
		t.at++
	}
}

func (t *tokens) syntax(c byte, want string) error {
	return t.wrong("wire.json", "%q stands where %s should be", string(rune(c)), want).
		Do("Download the file again")
}

// delimiter takes one byte.
func (t *tokens) delimiter(want byte) error {
	c, err := t.peek()
	if err != nil {
		return err
	}
	if c != want {
		return t.syntax(c, fmt.Sprintf("%q", string(rune(want))))
	}
	t.at++
	return nil
}

// object calls visit for each member; visit takes the value off. The name is
// valid until visit reads on.
func (t *tokens) object(visit func(name []byte) error) error {
	return t.list('{', '}', func(int) error {
		name, err := t.string()
		if err != nil {
			return err
		}
		if err := t.delimiter(':'); err != nil {
			return err
		}
		return visit(name)
	})
}

// array calls visit for each element; visit takes the value off.
func (t *tokens) array(visit func(i int) error) error { return t.list('[', ']', visit) }

func (t *tokens) list(opens, closes byte, visit func(i int) error) error {
	if err := t.delimiter(opens); err != nil {
		return err
	}
	if t.depth++; t.depth > mostDepth {
		return t.tooLarge("objects stand inside each other more than %d deep", mostDepth)
	}
	defer func() { t.depth-- }()
	c, err := t.peek()
	if err != nil {
		return err
	}
	if c == closes {
		t.at++
		return nil
	}
	for i := 0; ; i++ {
		if err := visit(i); err != nil {
			return err
		}
		switch c, err = t.peek(); {
		case err != nil:
			return err
		case c == closes:
			t.at++
			return nil
		case c != ',':
			return t.syntax(c, "a comma")
		}
		t.at++
	}
}

// string reads a string.
func (t *tokens) string() ([]byte, error) {
	if err := t.delimiter('"'); err != nil {
		return nil, err
	}
	t.text = t.text[:0]
	escaped := false
	for {
		if ok, err := t.more(); err != nil || !ok {
			if err == nil {
				err = t.brokenOff()
			}
			return nil, err
		}
		from := t.at
		for t.at < t.end && t.buf[t.at] != '"' && t.buf[t.at] != '\\' && t.buf[t.at] >= ' ' {
			t.at++
		}
		t.text = append(t.text, t.buf[from:t.at]...)
		if len(t.text) > mostString {
			return nil, t.tooLarge("a text is longer than %d MiB", mostString>>20)
		}
		if t.at == t.end {
			continue
		}
		c := t.buf[t.at]
		t.at++
		switch {
		case c == '"':
			return t.unescape(escaped)
		case c < ' ':
			return nil, t.wrong("wire.json", "a text is not closed on its line").Do("Download the file again")
		}
		escaped = true
		if ok, err := t.more(); err != nil || !ok {
			if err == nil {
				err = t.brokenOff()
			}
			return nil, err
		}
		t.text = append(t.text, c, t.buf[t.at])
		t.at++
	}
}

// unescape returns text without its escapes, as UTF-8.
func (t *tokens) unescape(escaped bool) ([]byte, error) {
	if !escaped {
		if !utf8.Valid(t.text) {
			return nil, t.wrong("wire.json", "%q is not UTF-8", fault.Clip(string(t.text), 60)).
				Do("Save the file as UTF-8, or download it again")
		}
		return t.text, nil
	}
	var s string
	if err := json.Unmarshal(append(append([]byte{'"'}, t.text...), '"'), &s); err != nil {
		return nil, t.wrong("wire.json", "the text %q cannot be read", fault.Clip(string(t.text), 60)).
			Do("Download the file again").Because(err)
	}
	return []byte(s), nil
}

// number reads a number.
func (t *tokens) number() (float64, error) {
	c, err := t.peek()
	if err != nil {
		return 0, err
	}
	if c == '"' {
		text, err := t.string()
		if err != nil {
			return 0, err
		}
		return 0, t.wrong("wire.number", "the text %q stands where a number should be", fault.Clip(string(text), 60)).
			With("text", fault.Clip(string(text), 60)).Do("Download the file again")
	}
	if c != '-' && (c < '0' || c > '9') {
		return 0, t.syntax(c, "a number")
	}
	t.text = t.text[:0]
	for {
		ok, err := t.more()
		if err != nil {
			return 0, err
		}
		if !ok || !numeric[t.buf[t.at]] {
			break
		}
		t.text = append(t.text, t.buf[t.at])
		t.at++
		if len(t.text) > mostNumber {
			return 0, t.tooLarge("a number has more than %d digits", mostNumber)
		}
	}
	v, err := strconv.ParseFloat(string(t.text), 64)
	if err != nil {
		return 0, t.wrong("wire.number", "%q is not a number", fault.Clip(string(t.text), 60)).
			With("text", fault.Clip(string(t.text), 60)).Do("Download the file again").Because(err)
	}
	return v, nil
}

var numeric = func() (set [256]bool) {
	for _, c := range []byte("+-.0123456789eE") {
		set[c] = true
	}
	return set
}()

// whole reads a number without fraction, from 0 to most.
func (t *tokens) whole(most int, what string) (int, error) {
	v, err := t.number()
	if err != nil {
		return 0, err
	}
	if v != float64(int(v)) || v < 0 {
		return 0, t.wrong("wire.json", "%v is not %s", v, what).Do("Download the file again")
	}
	if v > float64(most) {
		return 0, t.tooLarge("%.0f is more than the %d cells that are read", v, most)
	}
	return int(v), nil
}

// word takes null, true or false off.
func (t *tokens) word() (string, error) {
	c, err := t.peek()
	if err != nil {
		return "", err
	}
	for _, w := range [...]string{"null", "true", "false"} {
		if w[0] != c {
			continue
		}
		for i := range len(w) {
			ok, err := t.more()
			if err != nil {
				return "", err
			}
			if !ok || t.buf[t.at] != w[i] {
				return "", t.wrong("wire.json", "a word stands where a value should be").Do("Download the file again")
			}
			t.at++
		}
		return w, nil
	}
	return "", t.syntax(c, "a value")
}

// skip takes any value off.
func (t *tokens) skip() error {
	c, err := t.peek()
	if err != nil {
		return err
	}
	switch {
	case c == '{':
		return t.object(func([]byte) error { return t.skip() })
	case c == '[':
		return t.array(func(int) error { return t.skip() })
	case c == '"':
		_, err = t.string()
	case c == '-' || c >= '0' && c <= '9':
		_, err = t.number()
	default:
		_, err = t.word()
	}
	return err
}

// textOr reads a string and skips anything else.
func (t *tokens) textOr() (string, error) {
	c, err := t.peek()
	if err != nil || c != '"' {
		if err == nil {
			err = t.skip()
		}
		return "", err
	}
	b, err := t.string()
	return string(b), err
}

// texts reads an array of strings.
func (t *tokens) texts(most int) (list []string, err error) {
	err = t.array(func(i int) error {
		if i >= most {
			return t.tooLarge("a list has more than %d entries", most)
		}
		b, err := t.string()
		if err == nil && len(b) > longestCode {
			err = t.wrong("wire.dimension", "%q is not the name of a dimension", fault.Clip(string(b), 60)).Do("Download the file again")
		}
		list = append(list, string(b))
		return err
	})
	return list, err
}
