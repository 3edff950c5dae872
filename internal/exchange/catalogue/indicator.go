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
	Source    []struct {
		Dataset string            `toml:"dataset"`
		Filter  map[string]string `toml:"filter"`
		Level   int               `toml:"level"`
		Note    string            `toml:"note"`
	} `toml:"source"`
	Derived *struct {
		Kind        string  `toml:"kind"`
		Numerator   string  `toml:"numerator"`
		Denominator string  `toml:"denominator"`
		Factor      float64 `toml:"factor"`
		Years       int     `toml:"years"`
		Carry       bool    `toml:"carry"`
	} `toml:"derived"`
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
			Do("Correct its spelling").In(name, 0)
	}
	var out []*Indicator
	byCode := map[string]*Indicator{}
	for _, r := range f.Indicator {
		i := r.indicator()
		if byCode[i.Code] != nil {
			return nil, wrong(name, i, "stands twice", "Give one of them another code")
		}
		byCode[i.Code] = i
		out = append(out, i)
	}
	for _, i := range out {
		if err := i.check(name, byCode); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r row) indicator() *Indicator {
	i := &Indicator{
		Code: r.Code, Name: r.Name, Short: r.Short, Note: r.Note, Unit: r.Unit, Decimals: r.Decimals, Domain: r.Domain, Theme: r.Theme,
		Direction: r.Direction, Level: r.Level, Convert: r.Convert, First: r.First, Last: r.Last, Ends: r.Ends, Successor: r.Successor,
	}
	for _, s := range r.Source {
		i.Sources = append(i.Sources, Source{Dataset: s.Dataset, Filter: s.Filter, Level: s.Level, Note: s.Note})
	}
	if d := r.Derived; d != nil {
		i.Derived = &Derived{Kind: d.Kind, Numerator: d.Numerator, Denominator: d.Denominator, Factor: d.Factor, Years: d.Years, Carry: d.Carry}
		i.Convert = Ratio
	}
	return i
}

func wrong(file string, i *Indicator, what, cure string) error {
	return fault.New(fault.Invalid, "catalogue.indicator", "indicator %q %s", i.Code, what).Do("%s", cure).In(file, 0)
}

// rules of one indicator, in the order in which they are reported.
func (i *Indicator) check(file string, all map[string]*Indicator) error {
	for _, rule := range []struct {
		broken     bool
		what, cure string
	}{
		{i.Code == "" || strings.ToLower(i.Code) != i.Code || strings.ContainsAny(i.Code, " -/."), "has a code that cannot stand in an address", "Use lower case, digits and _"},
		{i.Unit == "" || i.Domain == "", "has no unit or no domain", "Add them"},
		{i.Decimals < 0 || i.Decimals > 3, "shows an impossible number of decimals", "Write 0 to 3"},
		{!slices.Contains([]Direction{More, Less, Context}, i.Direction), "has no direction", "Write more, less or context"},
		{i.Level < 0 || i.Level > 3, "has no NUTS level", "Write 0 to 3"},
		{!slices.Contains([]Convert{Sum, SumArea, Mean, Ratio, None}, i.Convert), "does not say how it is converted", "Write sum, sum_area, mean or none"},
		{i.Derived == nil && len(i.Sources) == 0, "has neither source nor formula", "Add a source"},
		{i.Derived != nil && len(i.Sources) > 0, "has a source and a formula", "Keep one of them"},
		{i.Successor != "" && all[i.Successor] == nil, "names the successor " + i.Successor + ", which does not exist", "Correct the code"},
	} {
		if rule.broken {
			return wrong(file, i, rule.what, rule.cure)
		}
	}
	for _, lang := range Languages {
		if i.Name[lang] == "" {
			return wrong(file, i, "has no name in "+lang, "Add name."+lang)
		}
	}
	for _, s := range i.Sources {
		if s.Dataset == "" || s.Dataset != strings.ToLower(s.Dataset) {
			return wrong(file, i, "has a source without a dataset in lower case", "Write its code, such as nama_10r_3gdp")
		}
	}
	if i.Derived != nil {
		return i.checkFormula(file, all)
	}
	return nil
}

func (i *Indicator) checkFormula(file string, all map[string]*Indicator) error {
	d := i.Derived
	parts := []string{d.Numerator}
	switch d.Kind {
	case "ratio":
		parts = append(parts, d.Denominator)
	case "change":
		if d.Years < 1 {
			return wrong(file, i, "is a change over no years", "Write years = 5")
		}
	case "gap":
	default:
		return wrong(file, i, "has the unknown formula "+d.Kind, "Write ratio, change or gap")
	}
	for _, p := range parts {
		if all[p] == nil {
			return wrong(file, i, fmt.Sprintf("is computed from %q, which does not exist", p), "Correct the code")
		}
	}
	if i.reaches(i.Code, all, len(all)) {
		return wrong(file, i, "is computed from itself", "Break the circle")
	}
	return nil
}

// reaches reports whether i's formula leads to the indicator code.
func (i *Indicator) reaches(code string, all map[string]*Indicator, steps int) bool {
	if i == nil || i.Derived == nil || steps == 0 {
		return steps == 0
	}
	for _, p := range []string{i.Derived.Numerator, i.Derived.Denominator} {
		if p == code || p != "" && all[p].reaches(code, all, steps-1) {
			return true
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
	if near := nearest(code, codes, 3); len(near) > 0 {
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
