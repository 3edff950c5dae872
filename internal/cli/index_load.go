package cli

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"peerscape/data"
	"peerscape/internal/engine/composite"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
	"peerscape/internal/wire/wide"
)

// load reads framework and table and fits them together.
func (c *indexFlags) load(s *session) (*indexView, error) {
	v := &indexView{lang: c.Lang}
	if err := c.read(s, v); err != nil {
		v.close()
		return nil, err
	}
	if err := v.fit(); err != nil {
		v.close()
		return nil, err
	}
	return v, nil
}

// fit makes the plan.
func (v *indexView) fit() (err error) {
	v.plan, err = composite.New(&v.framework.Framework, v.table)
	return v.withDatasets(err)
}

func (c *indexFlags) read(s *session, v *indexView) (err error) {
	if v.framework, err = c.changed(); err != nil {
		return err
	}
	if c.Data != "" {
		v.table, v.digest, err = readTable(c.Data)
		return err
	}
	if v.app, err = s.open(); err != nil {
		return err
	}
	return c.figures(s, v)
}

// figures takes the framework's columns from the database.
func (c *indexFlags) figures(s *session, v *indexView) (err error) {
	var codes []string
	want := func(code string) {
		if code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	for _, i := range v.framework.Indicators {
		want(i.Code)
		want(i.Denominator)
	}
	if a := v.framework.Anchor; a != nil {
		want(a.Weight)
	}
	var countries []nuts.Code
	for _, code := range c.Country {
		countries = append(countries, nuts.Canonical(code))
	}
	v.columns, err = v.app.Catalogue.Columns(s, codes, cmp.Or(c.Level, v.framework.Level, 2), countries)
	if err == nil {
		v.table = &v.columns.Table
	}
	return err
}

// changed returns the framework with everything that the flags change.
func (c *indexFlags) changed() (*catalogue.Framework, error) {
	f, err := c.framework()
	if err == nil && c.For != "" {
		f, err = f.For(c.For)
	}
	if err == nil && len(c.Set) > 0 {
		f, err = f.Set(c.Set...)
	}
	return f, err
}

// framework finds a bundled framework by its code, or reads a file. Directions
// that a framework leaves out are those of the bundled catalogue.
func (c *indexFlags) framework() (*catalogue.Framework, error) {
	indicators, err := catalogue.ReadIndicators(data.Catalogue())
	if err != nil {
		return nil, err
	}
	directions := make(map[string]catalogue.Direction, len(indicators))
	for _, i := range indicators {
		directions[i.Code] = i.Direction
	}
	of := func(code string) catalogue.Direction { return directions[code] }
	if c.Framework == "" {
		return nil, fault.New(fault.Invalid, "cli.no-framework", "no framework is named").Do("Name attractiveness, soft_digitalisation or a framework file")
	}
	if strings.ContainsAny(c.Framework, "./\\") {
		b, err := os.ReadFile(c.Framework)
		if err != nil {
			return nil, fault.New(fault.Missing, "framework.file", "the framework file %s cannot be read", c.Framework).
				Do("Check its name; a bundled framework is named without a dot").Because(err)
		}
		return catalogue.ReadFramework(filepath.Base(c.Framework), string(b), of)
	}
	all, err := catalogue.Frameworks(data.Frameworks(), of)
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, f := range all {
		if f.Code == c.Framework {
			return f, nil
		}
		codes = append(codes, f.Code)
	}
	return nil, fault.Unknown("framework.unknown", "bundled framework", c.Framework, codes)
}

// readTable reads a table of the user's own, and the SHA-256 of its file.
func readTable(path string) (t *composite.Table, digest string, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, "", fault.New(fault.Missing, "table.file", "the table %s cannot be read", path).Do("Check its name").Because(err)
	}
	w, err := wide.Read(bytes.NewReader(b), filepath.Base(path))
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(b)
	return tableOf(w), hex.EncodeToString(sum[:]), nil
}

// tableOf takes over a table that was read.
func tableOf(w *wide.Table) *composite.Table {
	t := &composite.Table{Rows: make([]composite.Row, len(w.Units))}
	for i, unit := range w.Units {
		t.Rows[i].Unit = unit
		if w.Periods != nil {
			t.Rows[i].Period = w.Periods[i]
		}
	}
	if len(w.Periods) > 0 && !slices.ContainsFunc(w.Periods, func(p stats.Period) bool { return p != w.Periods[0] }) {
		for i := range t.Rows {
			t.Rows[i].Period = 0 // one period is no panel
		}
	}
	for _, n := range w.Numbers {
		t.Columns = append(t.Columns, composite.Column{Code: n.Code, Values: n.Values})
	}
	for _, x := range w.Texts {
		t.Attributes = append(t.Attributes, composite.Attribute{Code: x.Code, Values: x.Values})
	}
	return t
}

// withDatasets adds to a lack of coverage which datasets to import.
func (v *indexView) withDatasets(err error) error {
	e, ok := errors.AsType[*composite.CoverageError](err)
	if !ok || v.columns == nil {
		return err
	}
	var sets []string
	for _, i := range v.columns.Absent {
		for _, src := range i.Sources {
			if !slices.Contains(sets, src.Dataset) {
				sets = append(sets, src.Dataset)
			}
		}
	}
	return fault.New(fault.Missing, "framework.coverage", "only %d of %d indicators of %s have figures at NUTS level %d, and %.0f %% are needed: there is no score",
		e.Have, e.Of, e.Framework, v.columns.Level, 100*e.Share).Do("Import %s, for example: peerscape import eurostat:%s", strings.Join(sets, ", "), sets[0])
}
