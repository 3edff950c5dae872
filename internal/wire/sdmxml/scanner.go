package sdmxml

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"peerscape/internal/fault"
)

// What one message may cost. A real one stays far below.
const (
	MaxToken      = 1 << 20 // bytes of one tag or one run of text
	maxDepth      = 64      // elements inside elements
	maxAttributes = 256     // attributes of one element
)

// kind is what the scanner stands on.
type kind uint8

const (
	startTag kind = iota
	endTag
	charData
)

// scanner walks an XML document tag by tag. It knows names without their
// prefixes, checks that tags match, refuses document types (and with them every
// entity but the five built in), and never holds more than one token.
type scanner struct {
	dec   *xml.Decoder
	guard *guard
	name  string
	open  []xml.Name // elements not yet closed, outermost first

	kind  kind
	local string     // name of the tag
	attr  []xml.Attr // of a start tag; valid until the next call of next
	chars []byte     // of charData; valid until the next call of next
}

// guard hands bytes to the decoder, at most MaxToken for each token.
type guard struct {
	r    *bufio.Reader
	left int
}

var errToken = errors.New("token over the limit")

func (g *guard) ReadByte() (byte, error) {
	if g.left == 0 {
		return 0, errToken
	}
	g.left--
	return g.r.ReadByte()
}

// Read is asked for by the decoder's signature and used only where ReadByte is
// not enough, which is never.
func (g *guard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p[:min(len(p), g.left)])
	g.left -= n
	return n, err
}

func newScanner(r *bufio.Reader, name string) *scanner {
	g := &guard{r: r}
	s := &scanner{dec: xml.NewDecoder(g), guard: g, name: name}
	s.dec.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, s.wrong("wire.xml-encoding", "the file is written in %s", fault.Clip(charset, 60)).
			Do("Save it again as UTF-8")
	}
	return s
}

// line returns the line on which the last token ends.
func (s *scanner) line() int {
	line, _ := s.dec.InputPos()
	return line
}

// wrong makes a fault of kind Invalid at the present line.
func (s *scanner) wrong(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, format, args...).In(s.name, s.line())
}

// tooMuch makes a fault of kind TooLarge at the present line.
func (s *scanner) tooMuch(format string, args ...any) *fault.Error {
	return fault.New(fault.TooLarge, "wire.xml-limit", format, args...).In(s.name, s.line()).
		Do("Ask for less at once, or take the dataset as TSV")
}

// next moves to the next tag or text. At the end of a whole document it
// returns io.EOF; any other error names the place.
func (s *scanner) next() error {
	for {
		s.guard.left = MaxToken
		token, err := s.dec.RawToken()
		if err != nil {
			return s.broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			return s.start(t)
		case xml.EndElement:
			return s.end(t)
		case xml.CharData:
			s.kind, s.chars = charData, t
			return nil
		case xml.Directive:
			return s.wrong("wire.xml-doctype", "the file declares a document type, which an SDMX message never does").
				Do("Download the file again from the publisher")
		}
	}
}

func (s *scanner) start(t xml.StartElement) error {
	if len(s.open) == maxDepth {
		return s.tooMuch("elements stand more than %d deep in one another", maxDepth)
	}
	if len(t.Attr) > maxAttributes {
		return s.tooMuch("the element %s has more than %d attributes", fault.Clip(t.Name.Local, 60), maxAttributes)
	}
	s.open = append(s.open, t.Name)
	s.kind, s.local, s.attr = startTag, t.Name.Local, t.Attr
	return nil
}

func (s *scanner) end(t xml.EndElement) error {
	if len(s.open) == 0 || s.open[len(s.open)-1] != t.Name {
		return s.wrong("wire.xml-syntax", "the end tag %s closes nothing that is open", fault.Clip(t.Name.Local, 60)).
			Do("Download the file again")
	}
	s.open = s.open[:len(s.open)-1]
	s.kind, s.local = endTag, t.Name.Local
	return nil
}

// parent returns the name of the element around the present start tag.
func (s *scanner) parent() string {
	if len(s.open) < 2 {
		return ""
	}
	return s.open[len(s.open)-2].Local
}

// broken turns the decoder's last word into an error that may be shown.
func (s *scanner) broken(err error) error {
	if err == io.EOF && len(s.open) == 0 {
		return io.EOF
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		at := *f
		if at.Place.Line == 0 {
			at.Place = fault.Place{File: s.name, Line: s.line()}
		}
		return &at
	}
	if errors.Is(err, errToken) {
		return s.tooMuch("a single tag or text is longer than %d MiB", MaxToken>>20)
	}
	syntax, isSyntax := errors.AsType[*xml.SyntaxError](err)
	switch {
	case err == io.EOF, isSyntax && strings.HasSuffix(syntax.Msg, "unexpected EOF"), damaged(err):
		return s.wrong("wire.broken-off", "the message breaks off here").Do("Download the file again").Because(err)
	case isSyntax:
		return s.wrong("wire.xml-syntax", "the file is not well-formed XML (%s)", fault.Clip(syntax.Msg, 60)).
			Do("Download the file again").Because(err)
	case strings.HasPrefix(err.Error(), "xml: "): // the decoder's other complaints have no type
		return s.wrong("wire.xml-syntax", "the file is not well-formed XML (%s)", fault.Clip(strings.TrimPrefix(err.Error(), "xml: "), 60)).
			Do("Download the file again").Because(err)
	}
	return fmt.Errorf("%s, line %d: %w", s.name, s.line(), err)
}

// damaged reports an error of a decompressor over bytes that are not all there.
func damaged(err error) bool {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	return corrupt || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader)
}

// each calls do on every element directly inside the one just opened, and
// leaves the scanner behind its end tag. do need not read to the end of its
// element; what it leaves is passed over.
func (s *scanner) each(do func() error) error {
	depth := len(s.open)
	for {
		if err := s.next(); err != nil {
			return err
		}
		switch {
		case s.kind == endTag && len(s.open) < depth:
			return nil
		case s.kind != startTag:
			continue
		}
		if err := do(); err != nil {
			return err
		}
		if err := s.leave(depth); err != nil {
			return err
		}
	}
}

// leave passes over everything until depth elements are open.
func (s *scanner) leave(depth int) error {
	for len(s.open) > depth {
		if err := s.next(); err != nil {
			return err
		}
	}
	return nil
}

// skip passes over the element just opened.
func (s *scanner) skip() error { return s.leave(len(s.open) - 1) }

// text returns the text of the element just opened, trimmed, without that of
// elements inside it, and leaves the scanner behind its end tag.
func (s *scanner) text() (string, error) {
	depth := len(s.open)
	var first string
	var more []byte
	for {
		if err := s.next(); err != nil {
			return "", err
		}
		switch {
		case len(s.open) < depth:
			if more != nil {
				first = string(more)
			}
			return strings.TrimSpace(first), nil
		case s.kind != charData || len(s.open) > depth:
		case first == "":
			first = string(s.chars)
		default: // comments and CDATA sections cut text into several tokens
			if more == nil {
				more = []byte(first)
			}
			more = append(more, s.chars...)
			if len(more) > MaxToken {
				return "", s.tooMuch("a single text is longer than %d MiB", MaxToken>>20)
			}
		}
	}
}

// get returns the value of an attribute of the present start tag by its name
// without prefix, empty where there is none.
func (s *scanner) get(local string) string {
	for i := range s.attr {
		if s.attr[i].Name.Local == local {
			return s.attr[i].Value
		}
	}
	return ""
}

// looksLikeHTML reports a web page that was saved or sent in place of data.
func looksLikeHTML(b []byte) bool {
	b = bytes.ToLower(bytes.TrimSpace(b[:min(len(b), 512)]))
	return bytes.HasPrefix(b, []byte("<!doctype html")) || bytes.HasPrefix(b, []byte("<html"))
}
