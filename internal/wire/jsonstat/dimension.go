package jsonstat

import (
	"strings"

	"peerscape/internal/fault"
)

const (
	mostText    = 64 << 20 // bytes kept of codes and labels
	perEntry    = 32       // what each of them takes beside its text
	longestCode = 256
)

// readDimension reads one member of "dimension".
func (d *document) readDimension(name string) error {
	if c, err := d.peek(); err != nil || c != '{' {
		if err == nil {
			err = d.skip()
		}
		return err
	}
	if len(d.axes) >= mostDimensions {
		return d.tooLarge("the dataset has more than %d dimensions", mostDimensions)
	}
	if d.axes[name] != nil {
		return d.wrong("wire.dimension", "the dimension %q is there twice", fault.Clip(name, 60)).Do("Download the file again")
	}
	a := &axis{line: d.line, labels: make(map[string]string)}
	d.axes[name] = a
	return d.object(func(b []byte) error {
		if string(b) != "category" {
			return d.skip()
		}
		return d.object(func(b []byte) error {
			switch string(b) {
			case "index":
				return d.readIndex(a)
			case "label":
				return d.readLabels(a)
			}
			return d.skip()
		})
	})
}

// readIndex reads the codes in order: an array, or an object of positions.
func (d *document) readIndex(a *axis) error {
	a.line = d.line
	c, err := d.peek()
	if err != nil {
		return err
	}
	if c == '[' {
		return d.array(func(i int) error {
			b, err := d.string()
			if err != nil {
				return err
			}
			a.codes = append(a.codes, "")
			if err := d.count(len(b) + perEntry); err != nil {
				return err
			}
			return d.place(a, i, string(b))
		})
	}
	type entry struct {
		code string
		at   int
	}
	var entries []entry
	err = d.object(func(b []byte) error {
		e := entry{code: string(b)}
		if e.at, err = d.whole(mostCells, "a position"); err == nil {
			err = d.count(len(e.code) + perEntry)
		}
		entries = append(entries, e)
		return err
	})
	a.codes = make([]string, len(entries))
	for _, e := range entries {
		if err == nil {
			err = d.place(a, e.at, e.code)
		}
	}
	return err
}

// place puts a code at its position.
func (d *document) place(a *axis, at int, code string) error {
	code = strings.TrimSpace(code)
	switch {
	case code == "" || len(code) > longestCode:
		return d.wrong("wire.code", "%q is not a code", fault.Clip(code, 60)).Do("Download the file again")
	case at >= len(a.codes):
		return d.wrong("wire.index", "the code %q has position %d of only %d: the index leaves out positions", fault.Clip(code, 60), at, len(a.codes)).
			Do("Download the file again")
	case a.codes[at] != "":
		return d.wrong("wire.index", "the codes %q and %q have the same position %d", fault.Clip(a.codes[at], 60), fault.Clip(code, 60), at).
			Do("Download the file again")
	}
	a.codes[at] = code
	return nil
}

func (d *document) readLabels(a *axis) error {
	return d.object(func(b []byte) error {
		code := strings.TrimSpace(string(b))
		label, err := d.textOr()
		if err != nil {
			return err
		}
		a.labels[code], a.only = strings.Join(strings.Fields(label), " "), code
		return d.count(len(code) + len(label) + perEntry)
	})
}

// count refuses a document whose codes and labels fill the memory.
func (d *document) count(bytes int) error {
	if d.texting += bytes; d.texting > mostText {
		return d.tooLarge("codes and labels are longer than %d MiB together", mostText>>20)
	}
	return nil
}
