package media

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// element is the beginning of an XML element.
type element struct {
	name  string
	attrs []xml.Attr
}

func (e element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// cutElements returns b without the elements that drop tells, each with what is
// in it, and the traces that drop gave for them. All other bytes stay what they
// are. It refuses what is not well-formed, and declarations of entities.
func cutElements(b []byte, drop func(element) (bool, Trace)) ([]byte, []Trace, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = true
	var (
		out    []byte
		traces []Trace
		kept   int64 // up to here b is decided
	)
	for depth, cutAt := 0, 0; ; {
		start := d.InputOffset()
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if depth != 0 {
				return nil, nil, damaged(errUnclosed)
			}
			return append(out, b[kept:]...), traces, nil
		} else if err != nil {
			return nil, nil, damaged(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, nil, damaged(errors.New("a document type"))
		case xml.StartElement:
			depth++
			if cutAt > 0 {
				continue
			}
			if gone, trace := drop(element{t.Name.Local, t.Attr}); gone {
				out = append(out, b[kept:start]...)
				cutAt = depth
				if trace != "" {
					traces = append(traces, trace)
				}
			}
		case xml.EndElement:
			if depth == cutAt {
				kept, cutAt = d.InputOffset(), 0
			}
			depth--
		}
	}
}
