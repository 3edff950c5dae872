package composite

import (
	"strings"

	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// Plan is a framework and a table made to fit: the hierarchy in order, the
// columns denominated, filled and screened. It is read only and may be shared.
type Plan struct {
	framework *Framework
	tree      *tree
	table     *Table // as it was given
	rows      []Row  // that are left
	kept      []int  // their places in the table
	panel     bool
	years     [][]int     // rows of each period, where each is treated or scaled by itself; else nil
	absent    []bool      // indicators without figures
	anchoring *anchoring  // nil where nothing is anchored
	divided   [][]float64 // denominated columns, before imputation, of all rows
	doubts    []doubts
	base      variant
	report    Report

	ownTreat, ownNormalise, ownAggregate int // elements with a rule of their own
}

// Report lists what was done to the table before treatment.
type Report struct {
	Absent  []string // codes of indicators without any figure, left out
	Lost    []Lost   // cells without a denominator
	Filled  []Filled
	Open    []Open // cells that imputation could not fill
	LeftOut []Left // rows with too few figures
}

// Lost is a cell that became missing because its denominator is missing, zero or
// negative.
type Lost struct {
	Row       Row
	Indicator string
	Why       impute.Fate
}

// Filled is a cell that imputation filled.
type Filled struct {
	Row       Row
	Indicator string
	Value     float64
	Method    impute.Method
}

// Open is a cell that imputation left missing.
type Open struct {
	Row       Row
	Indicator string
	Reason    impute.Reason
}

// Left is a row that has too few figures.
type Left struct {
	Row     Row
	Present int // indicators with a figure
	Of      int
}

// CoverageError says that too few indicators have figures for an index.
type CoverageError struct {
	Framework string
	Have, Of  int
	Share     float64 // asked for
	Absent    []string
}

// Error implements error.
func (e *CoverageError) Error() string {
	return coverageFault(e).Error()
}

// Unwrap gives the fault that people see.
func (e *CoverageError) Unwrap() error { return coverageFault(e) }

func coverageFault(e *CoverageError) *fault.Error {
	return refuse("engine.coverage", "only %d of %d indicators of %s have figures, and %.0f %% are needed: there is no score", e.Have, e.Of, e.Framework, 100*e.Share).
		Do("Import figures for %s", strings.Join(e.Absent, ", "))
}

// New fits a table to a framework. Both are read only from then on. Errors are
// of kind Invalid; *CoverageError says that too few indicators have figures.
func New(f *Framework, t *Table) (*Plan, error) {
	tree, err := newTree(f)
	if err != nil {
		return nil, err
	}
	if err := t.Check(); err != nil {
		return nil, err
	}
	p := &Plan{framework: f, tree: tree, table: t, panel: t.Panel(), absent: make([]bool, tree.leaves)}
	if err := p.rules(); err != nil {
		return nil, err
	}
	columns, err := p.denominated()
	if err != nil {
		return nil, err
	}
	if err := p.coverage(columns); err != nil {
		return nil, err
	}
	p.divided = columns
	if columns, err = p.filled(columns, f.Impute, true); err != nil {
		return nil, err
	}
	if err := p.screen(columns); err != nil {
		return nil, err
	}
	p.keepDoubt(p.divided)
	p.base.table = impute.Keep(columns, p.kept)
	return p, p.afterScreening()
}

// rules checks the rules and hands them to the elements.
func (p *Plan) rules() error {
	f, n := p.framework, len(p.tree.codes)
	if !(f.Coverage >= 0 && f.Coverage <= 1) {
		return refuse("engine.share", "the share of indicators that must have figures is %g", f.Coverage).Do("Write a share from 0 to 1, such as 0.8")
	}
	p.base = variant{
		treat: make([]treat.Rule, p.tree.leaves), normalise: make([]normalise.Rule, p.tree.leaves),
		aggregate: make([]aggregate.Rule, n), weights: p.tree.weight,
	}
	for j := range f.Indicators {
		i := &f.Indicators[j]
		if i.Direction != MoreIsBetter && i.Direction != LessIsBetter {
			return refuse("engine.direction", "%s has no direction", i.Code).Do("Say whether more or less of it is better")
		}
		p.base.treat[j], p.base.normalise[j] = f.Treat, p.directed(f.Normalise, j)
		if i.Treat != nil {
			p.base.treat[j] = *i.Treat
			p.ownTreat++
		}
		if i.Normalise != nil {
			p.base.normalise[j] = p.directed(*i.Normalise, j)
			p.ownNormalise++
		}
		for _, check := range []func() error{p.base.treat[j].Check, p.base.normalise[j].Check} {
			if err := check(); err != nil {
				err = named(err, i.Code)
				return err
			}
		}
	}
	for g := p.tree.leaves; g < n; g++ {
		rule := f.Aggregate
		if own := p.tree.groups[g].Aggregate; own != nil {
			rule = *own
			p.ownAggregate++
		}
		if err := p.checkGroup(g, rule); err != nil {
			err = named(err, p.tree.codes[g])
			return err
		}
		p.base.aggregate[g] = rule
	}
	return nil
}

func (p *Plan) checkGroup(g int, rule aggregate.Rule) error {
	if rule.Method == aggregate.OWA && len(rule.Positions) != len(p.tree.members[g]) {
		return refuse("engine.positions", "the ordered average has %d position weights for %d members", len(rule.Positions), len(p.tree.members[g])).
			Do("Write one weight for each member, the first for the largest value")
	}
	if rule.Method.SmallerIsBetter() && g != p.tree.root() {
		return refuse("engine.smaller-is-better", "under the aggregation %s a smaller score is better, which a group above would misread", rule.Method).
			Do("Use it for the index alone")
	}
	if w := p.tree.groups[g].Weigh; w != nil {
		names := make([]string, len(p.tree.members[g]))
		for k, m := range p.tree.members[g] {
			names[k] = p.tree.codes[m]
		}
		if err := w.Check(names); err != nil {
			return err
		}
	}
	return rule.Check()
}

// directed returns a normalisation in the indicator's direction.
func (p *Plan) directed(r normalise.Rule, j int) normalise.Rule {
	r.Turn = p.framework.Indicators[j].Direction == LessIsBetter
	return r
}

// denominated returns the indicators' columns, divided where they have a
// denominator.
func (p *Plan) denominated() ([][]float64, error) {
	out := make([][]float64, p.tree.leaves)
	for j := range p.framework.Indicators {
		i := &p.framework.Indicators[j]
		c, err := p.table.column(i.Code, p.framework.Code)
		if err != nil {
			return nil, err
		}
		out[j] = c.Values
		if i.Denominator == "" {
			continue
		}
		by, err := p.table.column(i.Denominator, i.Code)
		if err != nil {
			return nil, err
		}
		d := impute.Denominator{Code: i.Denominator, Values: by.Values, Factor: i.Factor, BadIsMissing: true}
		column, lost, err := impute.Denominate(i.Code, c.Values, d, func(row int) string { return p.table.Rows[row].String() })
		if err != nil {
			return nil, err
		}
		for _, l := range lost {
			p.report.Lost = append(p.report.Lost, Lost{p.table.Rows[l.Row], i.Code, l.Why})
		}
		out[j] = column
	}
	return out, nil
}

// coverage finds the indicators without figures. It may be asked again when units
// have been left out.
func (p *Plan) coverage(columns [][]float64) error {
	for j, c := range columns {
		if !p.absent[j] && sample.Count(c) == 0 {
			p.absent[j] = true
			p.report.Absent = append(p.report.Absent, p.tree.codes[j])
		}
	}
	have, of := p.tree.leaves-len(p.report.Absent), p.tree.leaves
	switch {
	case have == of:
		return nil
	case p.framework.Coverage == 0:
		return refuse("engine.no-data", "there is no figure at all for %s", strings.Join(p.report.Absent, ", ")).
			Do("Give figures, take the indicator out, or say what share of indicators is enough (coverage)")
	case have == 0 || float64(have) < p.framework.Coverage*float64(of):
		return &CoverageError{p.framework.Code, have, of, p.framework.Coverage, p.report.Absent}
	}
	return nil
}

// filled imputes columns and, if asked to, reports every cell.
func (p *Plan) filled(columns [][]float64, rules []impute.Rule, report bool) ([][]float64, error) {
	if len(rules) == 0 {
		return columns, nil
	}
	d := impute.Data{Rows: p.table.Rows}
	var at []int
	for j, c := range columns {
		if !p.absent[j] {
			d.Table, d.Codes, at = append(d.Table, c), append(d.Codes, p.tree.codes[j]), append(at, j)
		}
	}
	if p.framework.GroupBy != "" {
		a, err := p.table.attribute(p.framework.GroupBy, "imputation")
		if err != nil {
			return nil, err
		}
		d.Groups = a.Values
	}
	r, err := impute.Fill(d, rules...)
	if err != nil {
		return nil, err
	}
	out := append([][]float64(nil), columns...)
	for k, j := range at {
		out[j] = r.Table[k]
	}
	if report {
		for _, f := range r.Filled {
			p.report.Filled = append(p.report.Filled, Filled{p.table.Rows[f.Row], d.Codes[f.Column], f.Value, f.Method})
		}
		for _, o := range r.Open {
			p.report.Open = append(p.report.Open, Open{p.table.Rows[o.Row], d.Codes[o.Column], o.Reason})
		}
	}
	return out, nil
}

// screen finds the rows that have figures enough.
func (p *Plan) screen(columns [][]float64) error {
	var have [][]float64
	for j, c := range columns {
		if !p.absent[j] {
			have = append(have, c)
		}
	}
	kept, left, err := impute.Screen(have, p.framework.Screen)
	if err != nil {
		return err
	}
	p.kept = kept
	for _, i := range kept {
		p.rows = append(p.rows, p.table.Rows[i])
	}
	for _, l := range left {
		p.report.LeftOut = append(p.report.LeftOut, Left{p.table.Rows[l.Row], l.Counted, l.Columns})
	}
	return nil
}

// afterScreening checks that there is something to compare, and sorts the rows by
// year where each is scaled by itself.
func (p *Plan) afterScreening() error {
	units := map[string]bool{}
	for _, r := range p.rows {
		units[r.Unit] = true
	}
	if len(units) < 2 {
		return refuse("engine.one-unit", "only %s has figures enough, and one unit cannot be compared with itself", describe(p.rows)).
			Do("Add units, or ask for a lower share of indicators")
	}
	if err := p.coverage(p.base.table); err != nil { // the units that had figures may be gone
		return err
	}
	for j := range p.base.normalise {
		if err := p.refer(&p.base.normalise[j]); err != nil {
			return named(err, p.tree.codes[j])
		}
	}
	if err := p.anchors(); err != nil {
		return err
	}
	return p.byYear()
}

// refer finds the row that a normalisation measures from.
func (p *Plan) refer(r *normalise.Rule) error {
	if r.Method != normalise.DistanceReference {
		return nil
	}
	if p.panel {
		return refuse("engine.reference-panel", "the normalisation %s has a reference in every period, and one scale over all has none", r.Method).Do("Take distance-target, or one period")
	}
	var units []string
	for i, row := range p.rows {
		if row.Unit == r.Reference {
			r.Unit = i
			return nil
		}
		units = append(units, row.Unit)
	}
	if r.Reference == "" {
		return refuse("engine.no-reference", "the normalisation %s names no unit to measure from", r.Method).Do("Name a unit of the table")
	}
	return fault.Unknown("engine.no-reference", "unit with figures enough", r.Reference, units)
}
