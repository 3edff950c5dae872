package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"peerscape/internal/engine/composite"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
)

// record writes the run record.
func (c *indexCommand) record(v *indexView, r *composite.Result) error {
	sum, err := v.sum()
	if err != nil {
		return err
	}
	f := *v.framework
	f.Record = &catalogue.Record{
		Program: program(), Command: c.typed(), Table: c.Data, SHA256: sum, Units: len(r.Rows), Result: resultSum(r), Countries: c.Country,
	}
	if v.columns != nil {
		f.Record.Level, f.Record.Figures = v.columns.Level, v.from()
	}
	text, err := f.Text()
	if err != nil {
		return err
	}
	return create(c.Record, []byte(text))
}

func program() string { return "peerscape " + version + " (" + commit + ")" }

// typed is the command that computes the index, without what it prints.
func (c *indexCommand) typed() []string {
	out := []string{"index"}
	if c.Framework != "" && c.Replay == "" {
		out = append(out, c.Framework)
	}
	add := func(flag string, values ...string) {
		for _, value := range values {
			if value != "" {
				out = append(out, "--"+flag, value)
			}
		}
	}
	add("replay", c.Replay)
	add("data", c.Data)
	add("for", c.For)
	add("set", c.Set...)
	add("without", c.Without...)
	add("country", strings.Join(c.Country, ","))
	if c.Level != 0 {
		add("level", strconv.Itoa(c.Level))
	}
	return out
}

// replayed takes framework, table and regions from the record that --replay
// names. It returns nil where there is none.
func (c *indexCommand) replayed() (*catalogue.Record, error) {
	if c.Replay == "" {
		return nil, nil
	}
	if c.Framework != "" {
		return nil, fault.New(fault.Invalid, "cli.replay", "--replay takes its framework from the record, and %s is named too", c.Framework).
			Do("Name one of them; --compare compares two")
	}
	// A name without a dot would be taken for a bundled framework.
	c.Framework = "." + string(filepath.Separator) + c.Replay
	if filepath.IsAbs(c.Replay) {
		c.Framework = c.Replay
	}
	f, err := c.framework()
	if err != nil {
		return nil, err
	}
	if f.Record == nil {
		return nil, fault.New(fault.Invalid, "cli.no-record", "%s is a framework and no record of a run", c.Replay).
			Do("Write a record with --record, or compute the framework without --replay")
	}
	if c.Data == "" && f.Record.Table != "" {
		c.Data = f.Record.Table
		if beside := filepath.Join(filepath.Dir(c.Replay), f.Record.Table); !there(c.Data) && there(beside) {
			c.Data = beside
		}
	}
	if c.Level == 0 {
		c.Level = f.Record.Level
	}
	if len(c.Country) == 0 {
		c.Country = f.Record.Countries
	}
	return f.Record, nil
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// sameTable refuses a table that is not the one of the record.
func (v *indexView) sameTable(record *catalogue.Record) error {
	if record == nil {
		return nil
	}
	sum, err := v.sum()
	if err != nil || sum == record.SHA256 {
		return err
	}
	bad := fault.New(fault.Stale, "index.replay-table", "the table has changed since the record was made: its SHA-256 was %s and is %s", short(record.SHA256), short(sum)).
		Do("Give the table of the record with --data, or compute the record as a framework, without --replay")
	if v.columns == nil {
		return bad
	}
	var was, is []string
	for _, line := range v.from() {
		if !slices.Contains(record.Figures, line) {
			is = append(is, line)
		}
	}
	for _, line := range record.Figures {
		if !slices.Contains(v.from(), line) {
			was = append(was, line)
		}
	}
	bad.What = "the figures of the database have changed since the record was made"
	if len(was)+len(is) > 0 {
		bad.What += fmt.Sprintf(": there were %s, and are %s", orNone(was), orNone(is))
	}
	return bad
}

func orNone(lines []string) string {
	if len(lines) == 0 {
		return "none"
	}
	return strings.Join(lines, ", ")
}

func short(sum string) string { return sum[:min(len(sum), 12)] }

// sameResult refuses a result that is not the one of the record, though framework
// and table are.
func sameResult(record *catalogue.Record, r *composite.Result) error {
	if record == nil || record.Result == resultSum(r) {
		return nil
	}
	why := "the framework in the record was changed by hand"
	if record.Program != program() {
		why += ", or " + record.Program + " computed otherwise than " + program()
	}
	return fault.New(fault.Stale, "index.replay-result", "the same table gives another result than the record tells of: %s", why).
		Do("Change keys with --set, or compute the record as a framework, without --replay")
}

// sum is the SHA-256 of the user's own table, or of the figures as they are
// written.
func (v *indexView) sum() (string, error) {
	if v.columns == nil {
		return v.digest, nil
	}
	h := sha256.New()
	err := v.figures().csv(h)
	return hex.EncodeToString(h.Sum(nil)), err
}

// resultSum is the SHA-256 of every rank and score, to the last bit.
func resultSum(r *composite.Result) string {
	h := sha256.New()
	for i, row := range r.Rows {
		fmt.Fprintf(h, "%s\t%v", row, r.Ranks[i])
		for e, code := range r.Codes {
			fmt.Fprintf(h, "\t%s=%v", code, r.Scores[e][i])
		}
		fmt.Fprintln(h)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// write writes the table of figures as CSV.
func (v *indexView) write(path string) error {
	var b bytes.Buffer
	if err := v.figures().csv(&b); err != nil {
		return err
	}
	return create(path, b.Bytes())
}

// create makes a new file; it writes over none.
func create(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fault.New(fault.Conflict, "table.write", "the file %s cannot be made", path).Do("Name a file that is not there yet, in a folder that is").Because(err)
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// figures is the table as it is written: one row a unit, and period.
func (v *indexView) figures() *table {
	t := &table{columns: []column{{name: "unit"}}}
	if v.table.Panel() {
		t.columns = append(t.columns, column{name: "time"})
	}
	for _, a := range v.table.Attributes {
		t.columns = append(t.columns, column{name: a.Code})
	}
	for _, c := range v.table.Columns {
		t.columns = append(t.columns, column{name: c.Code})
	}
	for i, r := range v.table.Rows {
		cells := []string{r.Unit}
		if v.table.Panel() {
			cells = append(cells, r.Period.String())
		}
		for _, a := range v.table.Attributes {
			cells = append(cells, a.Values[i])
		}
		for _, c := range v.table.Columns {
			cell := ""
			if !math.IsNaN(c.Values[i]) {
				cell = strconv.FormatFloat(c.Values[i], 'g', -1, 64)
			}
			cells = append(cells, cell)
		}
		t.add(cells...)
	}
	return t
}
