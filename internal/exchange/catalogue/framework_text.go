package catalogue

import (
	"strings"

	"github.com/BurntSushi/toml"

	"peerscape/internal/engine/composite"
	"peerscape/internal/fault"
)

// Record says of which run a framework file is the record: a run record is the
// framework in full with this table, so that it can be read, changed and computed
// as any framework.
type Record struct {
	Program   string   `toml:"program"`             // with version
	Command   []string `toml:"command"`             // as it was typed
	Table     string   `toml:"table,omitempty"`     // file of the table, as it was named; empty for figures of the database
	SHA256    string   `toml:"sha256"`              // of the table's file, or of the figures as --write writes them
	Level     int      `toml:"level,omitzero"`      // NUTS level of the figures of the database
	Countries []string `toml:"countries,omitempty"` // asked for; none means all
	Figures   []string `toml:"figures,omitempty"`   // of the database: indicator, period, dataset and vintage
	Units     int      `toml:"units"`
	Result    string   `toml:"result"` // SHA-256 of all scores and ranks
}

// Text writes the framework as a file, in full: weights and directions that the
// file left out are there. A key that is not written is 0, false or empty. It
// ends with the record, where there is one.
func (f *Framework) Text() (string, error) {
	rows := f.rows
	rows.Record = f.Record
	var b strings.Builder
	e := toml.NewEncoder(&b)
	e.Indent = ""
	if err := e.Encode(rows); err != nil {
		return "", fault.New(fault.Internal, "framework.write", "the framework %s cannot be written", f.Code).Because(err)
	}
	return b.String(), nil
}

// copied returns rows of its own, without the record.
func (f *Framework) copied() (out frameworkFile, err error) {
	g := *f
	g.Record = nil
	text, err := g.Text()
	if err == nil {
		_, err = toml.Decode(text, &out)
	}
	return out, err
}

// explicit writes into the rows what the file left to others.
func (f *Framework) explicit() {
	r := &f.rows
	for n, g := range f.Groups {
		if g.Parent != "" {
			r.Group[n].Weight = &f.Groups[n].Weight
		}
	}
	for n, i := range f.Indicators {
		r.Indicator[n].Weight = &f.Indicators[n].Weight
		r.Indicator[n].Direction = Less
		if i.Direction == composite.MoreIsBetter {
			r.Indicator[n].Direction = More
		}
	}
	if r.Normalise == nil {
		r.Normalise = &normaliseRow{To: f.Normalise.To}
	}
	if r.Normalise.Method == "" {
		r.Normalise.Method = f.Normalise.Method.String()
	}
	if r.Aggregate == nil {
		r.Aggregate = &aggregateRow{}
	}
	if r.Aggregate.Method == "" {
		r.Aggregate.Method = f.Aggregate.Method.String()
	}
}
