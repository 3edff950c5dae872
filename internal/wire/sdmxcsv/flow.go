package sdmxcsv

import (
	"bytes"
	"strings"
	"time"

	"peerscape/internal/fault"
)

// flow is what the first columns say of the dataset. All rows must say the same.
type flow struct {
	id      string // as in the file: ESTAT:TGS00010(1.0)
	dataset string // tgs00010
	title   string
	updated time.Time
}

func (f *flow) read(r role, cell []byte, note func(string)) error {
	cell = trim(cell)
	switch r {
	case structure:
		return f.structure(cell, note)
	case title:
		if f.title == "" {
			f.title = plainText(cell, note)
		}
	case updated:
		f.lastUpdate(cell, note)
	case action:
		return allowed(cell)
	}
	return nil
}

// structure reads ESTAT:NAMA_10R_2GDP$DEFAULTVIEW(1.0), or that with a label
// behind it.
func (f *flow) structure(cell []byte, note func(string)) error {
	id, label := cell, []byte(nil)
	if i := bytes.IndexByte(cell, ')'); i >= 0 {
		id = cell[:i+1]
		label = bytes.TrimPrefix(trim(cell[i+1:]), []byte(":"))
	}
	if string(id) == f.id && f.id != "" {
		return nil
	}
	if f.id != "" {
		return wrong("wire.datasets", "the file holds two datasets, %s and %s", f.id, fault.Clip(id, 40)).
			Do("Split the file, one dataset in each")
	}
	f.id, f.dataset = string(id), datasetOf(string(id))
	if f.dataset == "" {
		return wrong("wire.dataset", "%s does not name a dataset", quoted(cell)).
			Do("Write it as Eurostat does, such as ESTAT:TGS00010(1.0); the names alone are not enough")
	}
	if len(label) > 0 && f.title == "" {
		f.title = plainText(label, note)
	}
	return nil
}

// datasetOf returns the dataset's code in lower case, without agency, version,
// view and the number of a custom selection; "" if it is none.
func datasetOf(id string) string {
	if _, after, ok := strings.Cut(id, ":"); ok {
		id = after
	}
	id, _, _ = strings.Cut(id, "(")
	id, _, _ = strings.Cut(id, "$")
	id = strings.ToLower(strings.TrimSpace(id))
	id, _, _ = strings.Cut(id, "__custom_")
	if len(id) > 100 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789_@.-") != "" {
		return ""
	}
	return id
}

// allowed refuses rows that delete.
func allowed(action []byte) error {
	switch string(action) {
	case "", "I", "A", "R", "M":
		return nil
	case "D":
		return wrong("wire.action", "the row asks to delete figures, and an import only adds").
			Do("Delete the row")
	}
	return wrong("wire.action", "%s is not an action", quoted(action)).Do("Write I, A, R or M, or delete the column")
}

// updateLayouts are how LAST UPDATE is written: day first, Brussels time.
var updateLayouts = []string{"02/01/06 15:04:05", "02/01/2006 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly}

func (f *flow) lastUpdate(cell []byte, note func(string)) {
	if len(cell) == 0 || !f.updated.IsZero() {
		return
	}
	text := fault.Clip(cell, 40)
	for _, zoned := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(zoned, text); err == nil {
			f.updated = t.UTC()
			return
		}
	}
	for _, l := range updateLayouts {
		if t, err := time.Parse(l, text); err == nil {
			f.updated = fromBrussels(t)
			return
		}
	}
	note(`The last update "` + text + `" could not be read as a date.`)
}

// fromBrussels takes t's clock as that of Brussels and returns the time in UTC:
// one hour behind, two from the last Sunday of March to that of October.
func fromBrussels(t time.Time) time.Time {
	winter := t.Add(-time.Hour)
	change := func(m time.Month) time.Time {
		last := time.Date(t.Year(), m+1, 0, 1, 0, 0, 0, time.UTC)
		return last.AddDate(0, 0, -int(last.Weekday()))
	}
	if winter.Before(change(time.March)) || !t.Add(-2*time.Hour).Before(change(time.October)) {
		return winter
	}
	return t.Add(-2 * time.Hour)
}
