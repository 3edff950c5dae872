package jsonstat

import (
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// mark is the status of one position.
type mark struct {
	at    int32
	flags stats.Flags
}

// readStatus reads the status: an object by position, an array, or one text
// for all values.
func (d *document) readStatus() error {
	c, err := d.peek()
	switch {
	case err != nil:
		return err
	case c == '"':
		d.all, err = d.flags()
		return err
	case c == '[':
		n := 0
		if err = d.array(func(i int) error { n = i + 1; return d.readMark(i) }); err != nil {
			return err
		}
		if n == 1 && len(d.marks) == 1 { // one text for all, as JSON-stat before 2.0 wrote it
			d.all, d.marks = d.marks[0].flags, nil
		}
		return nil
	case c != '{':
		return d.skip()
	}
	return d.object(func(name []byte) error {
		at, err := d.position(name)
		if err != nil {
			return err
		}
		return d.readMark(at)
	})
}

func (d *document) readMark(at int) error {
	if c, err := d.peek(); err != nil || c != '"' {
		if err == nil {
			_, err = d.word()
		}
		return err
	}
	f, err := d.flags()
	if err == nil && (at >= mostCells || len(d.marks) >= mostCells) {
		err = d.tooLarge("the cube has more than %d cells", mostCells)
	}
	if err == nil && f != 0 {
		d.marks = append(d.marks, mark{int32(at), f})
	}
	return err
}

// flags reads "p", "bu", "|C" (confidential), "p|C" or ":" (missing).
func (d *document) flags() (stats.Flags, error) {
	text, err := d.string()
	if err != nil {
		return 0, err
	}
	if f, ok := d.kept[string(text)]; ok {
		return f, nil
	}
	letters, conf, marked := strings.Cut(strings.Trim(string(text), ": "), "|")
	letters = strings.TrimSpace(letters)
	if conf = strings.TrimSpace(conf); marked && conf != "" {
		letters += "@" + conf
	}
	f, err := stats.ParseFlags(letters)
	if err != nil {
		return 0, d.wrong("wire.flag", "%q is not a flag", fault.Clip(string(text), 60)).
			Do("Flags are the letters b, c, d, e, f, n, p, r, s, u, z, and |C for confidential")
	}
	if len(d.kept) < 1<<12 && len(text) < 64 {
		d.kept[string(text)] = f
	}
	return f, nil
}
