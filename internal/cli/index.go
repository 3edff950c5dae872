package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"peerscape/data"
	"peerscape/internal/app"
	"peerscape/internal/engine/composite"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
	"peerscape/internal/wire/wide"
)

// indexFlags say which index of which table.
type indexFlags struct {
	Framework string   `arg:"" help:"Code of a bundled framework (attractiveness, soft_digitalisation), or a framework file."`
	Data      string   `placeholder:"FILE" help:"Your own table: a CSV file with one row a unit; left out, the figures of the database."`
	For       string   `placeholder:"WHOM" help:"Only what counts for residents, firms or visitors, as the framework says."`
	Level     int      `default:"0" help:"NUTS level; 0 takes the framework's."`
	Country   []string `help:"Only regions of these countries, such as FI,EE."`
	Lang      string   `default:"en" help:"Language of names: en, fi, de, es, pl."`
}

// indexCommand computes a composite index.
type indexCommand struct {
	indexFlags
	Explain string `placeholder:"UNIT" help:"Print what each indicator adds to a unit's index, and what would change its rank."`
	Steps   bool   `help:"Print what was done on the way: cells filled, rows left out, outliers treated, scales."`
	Limit   int    `default:"0" help:"Print only so many of the first; 0 prints all."`
	Write   string `placeholder:"FILE" help:"Write the table of figures as CSV, from which the index can be redone with --data."`
}

func (c *indexCommand) Run(s *session) error {
	v, err := c.load(s)
	if err != nil {
		return err
	}
	defer v.close()
	if c.Write != "" {
		if err := v.write(c.Write); err != nil {
			return err
		}
	}
	r, err := v.plan.Compute()
	if err != nil {
		return err
	}
	switch {
	case c.Explain != "":
		t, err := v.explain(r, c.Explain)
		if err != nil {
			return err
		}
		return s.print(t)
	case c.Steps:
		return s.print(v.steps(r))
	}
	return s.print(v.scores(r, c.Limit))
}

// indexView is an index made ready, and what is needed to name things.
type indexView struct {
	framework *catalogue.Framework
	table     *composite.Table
	columns   *catalogue.Columns // nil for a table of the user's own
	plan      *composite.Plan
	app       *app.App // nil for a table of the user's own
	lang      string
}

func (v *indexView) close() {
	if v.app != nil {
		_ = v.app.Close()
	}
}

// load reads framework and table and fits them together.
func (c *indexFlags) load(s *session) (*indexView, error) {
	v := &indexView{lang: c.Lang}
	if err := c.read(s, v); err != nil {
		v.close()
		return nil, err
	}
	plan, err := composite.New(&v.framework.Framework, v.table)
	if err != nil {
		v.close()
		return nil, v.withDatasets(err)
	}
	v.plan = plan
	return v, nil
}

func (c *indexFlags) read(s *session, v *indexView) (err error) {
	if v.framework, err = c.framework(); err != nil {
		return err
	}
	if c.For != "" {
		only, err := v.framework.Only(c.For)
		if err != nil {
			return err
		}
		v.framework.Framework = *only
	}
	if c.Data != "" {
		v.table, err = readTable(c.Data)
		return err
	}
	if v.app, err = s.open(); err != nil {
		return err
	}
	var codes []string
	for _, i := range v.framework.Indicators {
		codes = append(codes, i.Code)
		if i.Denominator != "" && !slices.Contains(codes, i.Denominator) {
			codes = append(codes, i.Denominator)
		}
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

// readTable reads a table of the user's own.
func readTable(path string) (*composite.Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Missing, "table.file", "the table %s cannot be read", path).Do("Check its name").Because(err)
	}
	defer func() { _ = f.Close() }()
	w, err := wide.Read(f, filepath.Base(path))
	if err != nil {
		return nil, err
	}
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
	return t, nil
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

// name names a unit: regions by their names.
func (v *indexView) name(unit string) string {
	if v.app != nil {
		if r, ok := v.app.Regions.Region(nuts.ID{Code: nuts.Code(unit), Version: nuts.Current}); ok {
			return r.Name
		}
	}
	return ""
}

// element names an element of the hierarchy.
func (v *indexView) element(code string) string {
	if v.app != nil {
		if i, err := v.app.Catalogue.Indicator(code); err == nil {
			return i.NameIn(v.lang)
		}
	}
	for _, g := range v.framework.Groups {
		if g.Code == code {
			return cmp.Or(g.Name[v.lang], g.Name["en"], code)
		}
	}
	for _, i := range v.framework.Indicators {
		if i.Code == code {
			return cmp.Or(i.Name[v.lang], i.Name["en"], code)
		}
	}
	return code
}

// printedScore is what --json prints of a unit.
type printedScore struct {
	Unit   string              `json:"unit"`
	Period string              `json:"period,omitempty"`
	Name   string              `json:"name,omitempty"`
	Rank   *float64            `json:"rank"`
	Scores map[string]*float64 `json:"scores"`
}

// scores lists the units by rank with the index and its groups one level below.
func (v *indexView) scores(r *composite.Result, limit int) *table {
	root := len(r.Codes) - 1
	shown := []int{root}
	for e := range r.Codes {
		if r.Parent[e] == root {
			shown = append(shown, e)
		}
	}
	t := &table{title: v.element(r.Codes[root]), columns: []column{{name: "Rank", right: true}, {name: "Unit"}, {name: "Name"}}}
	for _, e := range shown {
		t.columns = append(t.columns, column{name: v.element(r.Codes[e]), right: true})
	}
	order := make([]int, len(r.Rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.Rows[a].Period, r.Rows[b].Period), last(r.Ranks[a], r.Ranks[b]), cmp.Compare(r.Rows[a].Unit, r.Rows[b].Unit))
	})
	out := []printedScore{}
	for _, i := range order {
		if limit > 0 && len(out) == limit {
			break
		}
		p := printedScore{Unit: r.Rows[i].Unit, Name: v.name(r.Rows[i].Unit), Rank: pointer(r.Ranks[i]), Scores: map[string]*float64{}}
		if r.Rows[i].Period != 0 {
			p.Period = r.Rows[i].Period.String()
		}
		for e, code := range r.Codes {
			p.Scores[code] = pointer(r.Scores[e][i])
		}
		cells := []string{format(r.Ranks[i], 0), r.Rows[i].String(), p.Name}
		for _, e := range shown {
			cells = append(cells, format(r.Scores[e][i], 1))
		}
		t.add(cells...)
		out = append(out, p)
	}
	t.notes = v.sources(r)
	t.value = out
	return t
}

// last compares ranks, those without one behind the others.
func last(a, b float64) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	}
	return cmp.Compare(a, b)
}

// sources says what the index stands on.
func (v *indexView) sources(r *composite.Result) []string {
	notes := []string{fmt.Sprintf("%d units, %d of %d indicators; %d cells filled, %d units left out with too few figures.",
		len(r.Rows), len(r.Prepared)-len(r.Report.Absent), len(r.Prepared), len(r.Report.Filled), len(r.Report.LeftOut))}
	for _, n := range r.Notes {
		about := "Note"
		if group, ok := n.Args["group"]; ok {
			about = fmt.Sprintf("Note on %v", group)
		}
		notes = append(notes, about+": "+n.Error()+".")
	}
	if len(r.Report.Absent) > 0 {
		notes = append(notes, "Without figures and left out: "+strings.Join(r.Report.Absent, ", ")+".")
	}
	if v.columns == nil {
		return notes
	}
	var from []string
	for _, s := range v.columns.Sources {
		if s.Values > 0 {
			from = append(from, fmt.Sprintf("%s %s (%s %s)", s.Indicator.Code, s.Period, s.Origin.Dataset, s.Origin.Vintage.Label))
		}
	}
	return append(notes, "Figures: "+strings.Join(from, ", ")+". Source: Eurostat; computed by us.")
}

// write writes the table of figures as CSV.
func (v *indexView) write(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fault.New(fault.Conflict, "table.write", "the file %s cannot be made", path).Do("Name a file that is not there yet, in a folder that is").Because(err)
	}
	t := &table{columns: []column{{name: "unit"}}}
	for _, a := range v.table.Attributes {
		t.columns = append(t.columns, column{name: a.Code})
	}
	for _, c := range v.table.Columns {
		t.columns = append(t.columns, column{name: c.Code})
	}
	for i, r := range v.table.Rows {
		cells := []string{r.Unit}
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
	return errors.Join(t.csv(io.Writer(f)), f.Close())
}

// row finds a unit.
func (v *indexView) row(r *composite.Result, unit string) (int, error) {
	var units []string
	for i, x := range r.Rows {
		if strings.EqualFold(x.Unit, unit) {
			return i, nil
		}
		units = append(units, x.Unit)
	}
	for _, l := range r.Report.LeftOut {
		if strings.EqualFold(l.Row.Unit, unit) {
			return 0, fault.New(fault.Missing, "index.left-out", "%s has only %d of %d indicators and was left out", l.Row.Unit, l.Present, l.Of).Do("Ask for a lower share in [screen], or fill missing figures")
		}
	}
	return 0, fault.Unknown("index.unit", "unit", unit, units)
}
