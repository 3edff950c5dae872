package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"peerscape/internal/fault"
)

// Languages in which every indicator is named.
var Languages = []string{"en", "fi", "de", "es", "pl"}

// Units that an indicator may be counted in; the messages name each of them
// ("unit.<unit>").
var Units = []string{
	"eur_hab", "eur_person", "hectares", "index_2015", "index_eu", "km2", "km_per_1000km2", "mio_eur", "number",
	"patents_per_mio", "per_1000", "per_100000", "per_km2", "per_mio", "percent", "percent_change", "persons", "points", "pps_hab",
	"ratio", "rooms", "thousand_persons", "years",
}

// file is the catalogue file as it is written; see data/catalogue.
type file struct {
	Indicator []row `toml:"indicator"`
}

type row struct {
	Code      string            `toml:"code"`
	Name      map[string]string `toml:"name"`
	Short     map[string]string `toml:"short"`
	Note      map[string]string `toml:"note"`
	Unit      string            `toml:"unit"`
	Decimals  int               `toml:"decimals"`
	Domain    string            `toml:"domain"`
	Theme     string            `toml:"theme"`
	Direction Direction         `toml:"direction"`
	Level     int               `toml:"level"`
	Convert   Convert           `toml:"convert"`
	First     int               `toml:"first"`
	Last      int               `toml:"last"`
	Ends      bool              `toml:"ends"`
	Successor string            `toml:"successor"`
	Source    []sourceRow       `toml:"source"`
	Benchmark []sourceRow       `toml:"benchmark"`
	Derived   *formulaRow       `toml:"derived"`
	Rebuild   *formulaRow       `toml:"rebuild"`

	line int // on which the block begins; 0 where it cannot be told
}

type sourceRow struct {
	Dataset string `toml:"dataset"`
	Filter  Filter `toml:"filter"`
	Level   int    `toml:"level"`
	Of      string `toml:"of"`
	Note    string `toml:"note"`
}

type formulaRow struct {
	Kind        string  `toml:"kind"`
	Numerator   string  `toml:"numerator"`
	Denominator string  `toml:"denominator"`
	Factor      float64 `toml:"factor"`
	Years       int     `toml:"years"`
	Carry       bool    `toml:"carry"`
}

// ReadIndicators reads and checks the catalogue file. Every error names the
// indicator and what is wrong with it.
func ReadIndicators(files fs.FS) ([]*Indicator, error) {
	const name = "indicators.toml"
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	return parseIndicators(name, string(b))
}

func parseIndicators(name, text string) ([]*Indicator, error) {
	var f file
	meta, err := toml.Decode(text, &f)
	if err != nil {
		bad := fault.New(fault.Invalid, "catalogue.syntax", "%v", err).Do("Correct the line").In(name, 0).Because(err)
		if p, ok := errors.AsType[toml.ParseError](err); ok {
			bad.What, bad.Place.Line = p.Message, p.Position.Line
		}
		return nil, bad
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fault.New(fault.Invalid, "catalogue.key", "%s is not a key of an indicator", unknown[0]).
			Do("Correct its spelling").In(name, lineOf(text, unknown[0][len(unknown[0])-1]))
	}
	var out []*Indicator
	byCode := map[string]*Indicator{}
	lines := blockLines(text)
	for n, r := range f.Indicator {
		if len(lines) == len(f.Indicator) {
			r.line = lines[n]
		}
		i := r.indicator()
		if byCode[i.Code] != nil {
			return nil, wrong(name, r.line, i, "stands twice", "Give one of them another code")
		}
		byCode[i.Code] = i
		out = append(out, i)
		f.Indicator[n] = r
	}
	for n, i := range out {
		if err := i.check(name, f.Indicator[n].line, byCode); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// blockLines returns the lines on which the blocks begin.
func blockLines(text string) []int {
	var out []int
	for n, l := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), "[[indicator]]") {
			out = append(out, n+1)
		}
	}
	return out
}

// lineOf returns the first line that gives a key a value or names its table, 0
// where there is none.
func lineOf(text, key string) int {
	for n, l := range strings.Split(text, "\n") {
		before, _, given := strings.Cut(l, "=")
		if given && strings.HasSuffix(strings.TrimSpace(before), key) || strings.HasSuffix(strings.TrimRight(strings.TrimSpace(l), "]"), "."+key) {
			return n + 1
		}
	}
	return 0
}

func (r row) indicator() *Indicator {
	i := &Indicator{
		Code: r.Code, Name: r.Name, Short: r.Short, Note: r.Note, Unit: r.Unit, Decimals: r.Decimals, Domain: r.Domain, Theme: r.Theme,
		Direction: r.Direction, Level: r.Level, Convert: r.Convert, First: r.First, Last: r.Last, Ends: r.Ends, Successor: r.Successor,
		Derived: r.Derived.formula(), Rebuild: r.Rebuild.formula(), Sources: sources(r.Source), Benchmarks: sources(r.Benchmark),
	}
	if i.Derived != nil {
		i.Convert = Ratio
		if i.Derived.Kind == balanceKind {
			i.Convert = Sum
		}
	}
	if i.Rebuild != nil {
		i.Rebuild.Kind = ratioKind
	}
	return i
}

func sources(rows []sourceRow) []Source {
	var out []Source
	for _, s := range rows {
		out = append(out, Source(s))
	}
	return out
}

func (d *formulaRow) formula() *Derived {
	if d == nil {
		return nil
	}
	return &Derived{Kind: d.Kind, Numerator: d.Numerator, Denominator: d.Denominator, Factor: d.Factor, Years: d.Years, Carry: d.Carry}
}

func wrong(file string, line int, i *Indicator, what, cure string) error {
	return fault.New(fault.Invalid, "catalogue.indicator", "indicator %q %s", i.Code, what).Do("%s", cure).In(file, line)
}

// check holds one indicator against the rules, in the order in which they are
// reported.
func (i *Indicator) check(file string, line int, all map[string]*Indicator) error {
	for _, rule := range []struct {
		broken     bool
		what, cure string
	}{
		{i.Code == "" || strings.ToLower(i.Code) != i.Code || strings.ContainsAny(i.Code, " -/."), "has a code that cannot stand in an address", "Use lower case, digits and _"},
		{i.Domain == "", "has no domain", "Add one"},
		{!slices.Contains(Units, i.Unit), fmt.Sprintf("has the unknown unit %q", i.Unit), "Write one of " + strings.Join(fault.NearestOrFirst(i.Unit, Units, 5), ", ") + ", or add the unit to the program"},
		{i.Decimals < 0 || i.Decimals > 3, "shows an impossible number of decimals", "Write 0 to 3"},
		{!slices.Contains([]Direction{More, Less, Context}, i.Direction), "has no direction", "Write more, less or context"},
		{i.Level < 0 || i.Level > 3, "has no NUTS level", "Write 0 to 3"},
		{!slices.Contains([]Convert{Sum, SumArea, Mean, Ratio, None}, i.Convert), "does not say how it is converted", "Write sum, sum_area, mean or none"},
		{i.Derived == nil && len(i.Sources) == 0, "has neither source nor formula", "Add a source"},
		{i.Derived != nil && len(i.Sources) > 0, "has a source and a formula", "Keep one of them"},
		{i.First > i.Last, "ends before it begins", "Correct first or last"},
		{i.Ends && i.Last == 0, "ends in no year", "Add last"},
		{i.Successor != "" && all[i.Successor] == nil, "names the successor " + i.Successor + ", which does not exist", "Correct the code"},
	} {
		if rule.broken {
			return wrong(file, line, i, rule.what, rule.cure)
		}
	}
	for _, lang := range Languages {
		if i.Name[lang] == "" {
			return wrong(file, line, i, "has no name in "+lang, "Add name."+lang)
		}
	}
	for _, s := range slices.Concat(i.Sources, i.Benchmarks) {
		if s.Dataset == "" || s.Dataset != strings.ToLower(s.Dataset) {
			return wrong(file, line, i, "has a source without a dataset in lower case", "Write its code, such as nama_10r_3gdp")
		}
	}
	if i.Derived != nil || i.Rebuild != nil {
		if what, cure := i.checkFormulas(all); what != "" {
			return wrong(file, line, i, what, cure)
		}
	}
	return nil
}

// checkFormulas says what is wrong with the formulas; "" where nothing is.
func (i *Indicator) checkFormulas(all map[string]*Indicator) (what, cure string) {
	for _, d := range i.formulas() {
		parts := []string{d.Numerator}
		switch {
		case d.combine() == nil:
			return "has the unknown formula " + d.Kind, "Write ratio, balance, change, difference, gap or gap_ratio"
		case (d.Kind == changeKind || d.Kind == differenceKind) != (d.Years > 0):
			return "is a change over no years, or has years and is none", "Write years = 5 with change or difference, and with nothing else"
		case d.Kind == ratioKind || d.Kind == balanceKind:
			parts = append(parts, d.Denominator)
		case d.Denominator != "":
			return "has a denominator that its formula does not use", "Leave it out"
		}
		for _, p := range parts {
			if all[p] == nil {
				return fmt.Sprintf("is computed from %q, which does not exist", p), "Correct the code"
			}
		}
	}
	if i.reaches(i.Code, all, len(all)) {
		return "is computed from itself", "Break the circle"
	}
	return "", ""
}

// formulas returns the formula of a derived indicator and the one by which a
// rate is rebuilt, as far as there are any.
func (i *Indicator) formulas() []*Derived {
	var out []*Derived
	for _, d := range []*Derived{i.Derived, i.Rebuild} {
		if d != nil {
			out = append(out, d)
		}
	}
	return out
}

// reaches reports whether a formula of i leads to the indicator code.
func (i *Indicator) reaches(code string, all map[string]*Indicator, steps int) bool {
	if i == nil {
		return false
	}
	if steps == 0 {
		return true
	}
	for _, d := range i.formulas() {
		for _, p := range []string{d.Numerator, d.Denominator} {
			if p == code || p != "" && all[p].reaches(code, all, steps-1) {
				return true
			}
		}
	}
	return false
}

// Indicators returns the catalogue in its order. Do not change them.
func (c *Catalogue) Indicators() []*Indicator { return c.indicators }

// Indicator returns the indicator of that code, Missing with the nearest codes
// where there is none.
func (c *Catalogue) Indicator(code string) (*Indicator, error) {
	if i := c.byCode[code]; i != nil {
		return i, nil
	}
	f := fault.New(fault.Missing, "indicator.unknown", "there is no indicator %q", code).With("code", code)
	var codes []string
	for _, i := range c.indicators {
		codes = append(codes, i.Code)
	}
	if near := fault.Nearest(code, codes, 3); len(near) > 0 {
		f = f.Do("Did you mean %s?", strings.Join(near, ", "))
	}
	return nil, f
}

// Domains returns the domains in catalogue order.
func (c *Catalogue) Domains() []string {
	var out []string
	for _, i := range c.indicators {
		if !slices.Contains(out, i.Domain) {
			out = append(out, i.Domain)
		}
	}
	return out
}
