package jsonstat

import (
	"strconv"
	"strings"

	"peerscape/internal/fault"
)

// notice refuses what the service sends in place of a dataset: an error, or
// word that the request waits in a queue.
func (d *document) notice(member string) error {
	var status, label string
	visit := func(name []byte) error {
		known := string(name) == "status" || string(name) == "label"
		isStatus := string(name) == "status"
		c, err := d.peek()
		switch {
		case err != nil:
			return err
		case known && isStatus && c != '"':
			var v float64
			v, err = d.number()
			status = strconv.FormatFloat(v, 'g', -1, 64)
		case known && isStatus:
			status, err = d.textOr()
		case known:
			label, err = d.textOr()
		default:
			err = d.skip()
		}
		return err
	}
	c, err := d.peek()
	switch {
	case err != nil:
		return err
	case c == '[':
		err = d.array(func(int) error { return d.object(visit) })
	case c == '{':
		err = d.object(visit)
	default:
		label, err = d.textOr()
	}
	if err != nil {
		return err
	}
	said := strings.TrimSpace(status + " " + fault.Clip(strings.Join(strings.Fields(label), " "), 200))
	if member == "warning" {
		return d.wrong("wire.statistics-queued", "this is a notice that the request waits in the publisher's queue (%s), not the figures", said).
			Do("Ask for less at once, or download the dataset as TSV")
	}
	return d.wrong("wire.statistics-error", "this is an error reply of the publisher's service (%s), not the figures", said).
		Do("Correct the request and download the dataset again")
}
