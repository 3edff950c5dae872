package profile

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Direction says which end of an indicator is the better one.
type Direction int8

// The directions. The zero value is Context: such an indicator is compared but
// never judged.
const (
	LessIsBetter Direction = -1
	Context      Direction = 0
	MoreIsBetter Direction = 1
)

// String returns "less", "context" or "more".
func (d Direction) String() string {
	switch d {
	case LessIsBetter:
		return "less"
	case MoreIsBetter:
		return "more"
	default:
		return "context"
	}
}

// Indicator is a column of a Table.
type Indicator struct {
	Code      string // unique
	Direction Direction
	Domain    string // empty: part of no domain
	Weight    float64
	Unit      string // name of the natural unit, handed on and not read
}

// Unit is a row of a Table.
type Unit struct {
	ID      nuts.ID
	Country nuts.Code
	Urban   nuts.Urban
	EU      bool      // counts in the group EU, and in the group of its class
	Outside bool      // a line to measure by, such as a metro region: in no group
	Metros  []nuts.ID // its metropolises: rows of the same table
}

// Change says that a series must not be read across a year because the
// territory behind it changed.
type Change struct {
	Unit      nuts.ID
	Indicator string // code; empty: all indicators
	Year      int    // first year of the new territory
}

// Table is the panel that profiles are made from: indicator by unit by year.
//
// Values[j] holds indicator j, one row of len(Years) entries a unit: unit i in
// year t stands at i*len(Years)+t. NaN is a missing value. Flags has the same
// shape; it may be nil, and so may any Flags[j]. A Reference keeps the slices:
// they must not be changed afterwards.
type Table struct {
	Indicators []Indicator
	Units      []Unit
	Years      []int // ascending
	Values     [][]float64
	Flags      [][]stats.Flags
	Changes    []Change
}

// largest is the size beyond which a value is refused: differences and sums of
// squares of what is let in stay finite.
const largest = 1e100

// row returns the years of one unit for one indicator.
func (t *Table) row(indicator, unit int) []float64 {
	n := len(t.Years)
	return t.Values[indicator][unit*n : (unit+1)*n]
}

// flags returns the flags of one unit for one indicator, nil if there are none.
func (t *Table) flags(indicator, unit int) []stats.Flags {
	if t.Flags == nil || t.Flags[indicator] == nil {
		return nil
	}
	n := len(t.Years)
	return t.Flags[indicator][unit*n : (unit+1)*n]
}

// flag returns the flags of one value.
func (t *Table) flag(indicator, unit, year int) stats.Flags {
	if f := t.flags(indicator, unit); f != nil {
		return f[year]
	}
	return 0
}

// check refuses a table that cannot be read, with the first reason found.
func (t *Table) check() error {
	for _, step := range []func(*Table) error{
		(*Table).checkYears, (*Table).checkUnits, (*Table).checkIndicators, (*Table).checkShape, (*Table).checkValues,
	} {
		if err := step(t); err != nil {
			return err
		}
	}
	return nil
}

func (t *Table) checkYears() error {
	if len(t.Years) == 0 {
		return fault.New(fault.Invalid, "engine.no-years", "the table has no year").Do("Give at least one year")
	}
	for i := 1; i < len(t.Years); i++ {
		if t.Years[i] <= t.Years[i-1] {
			return fault.New(fault.Invalid, "engine.years", "year %d follows %d", t.Years[i], t.Years[i-1]).
				Do("Give the years in ascending order, each once")
		}
	}
	return nil
}

func (t *Table) checkUnits() error {
	if len(t.Units) == 0 {
		return fault.New(fault.Invalid, "engine.no-units", "the table has no unit").Do("Give at least the region itself")
	}
	seen := make(map[nuts.ID]bool, len(t.Units))
	ids := make([]nuts.ID, 0, len(t.Units))
	for i := range t.Units {
		id := t.Units[i].ID
		if seen[id] {
			return fault.New(fault.Invalid, "engine.duplicate-unit", "unit %s stands in the table twice", id).
				With("unit", id.String()).Do("Keep one of the two rows")
		}
		seen[id] = true
		ids = append(ids, id)
		ids = append(ids, t.Units[i].Metros...)
	}
	for i := range t.Changes {
		ids = append(ids, t.Changes[i].Unit)
	}
	return sameVersion(ids)
}

// sameVersion refuses a list that mixes NUTS versions and names a few codes of
// each: a code may stand for two areas, so the rows cannot be compared.
func sameVersion(ids []nuts.ID) error {
	named := map[nuts.Version][]string{}
	for _, id := range ids {
		if code := string(id.Code); !slices.Contains(named[id.Version], code) && len(named[id.Version]) < 4 {
			named[id.Version] = append(named[id.Version], code)
		}
	}
	if len(named) < 2 {
		return nil
	}
	versions := make([]nuts.Version, 0, len(named))
	for v := range named {
		versions = append(versions, v)
	}
	slices.Sort(versions)
	parts := make([]string, len(versions))
	for i, v := range versions {
		codes := named[v]
		if len(codes) > 3 {
			codes[3] = "..."
		}
		parts[i] = fmt.Sprintf("%s (NUTS %d)", strings.Join(codes, ", "), v)
	}
	what := strings.Join(parts, " and ")
	return fault.New(fault.Invalid, "engine.mixed-versions", "codes of different NUTS versions cannot be compared: %s", what).
		With("codes", what).Do("Convert all rows to one version first")
}

func (t *Table) checkIndicators() error {
	if len(t.Indicators) == 0 {
		return fault.New(fault.Invalid, "engine.no-indicators", "the table has no indicator").Do("Give at least one indicator")
	}
	seen := make(map[string]bool, len(t.Indicators))
	weights, judged := map[string]float64{}, map[string]bool{}
	for j := range t.Indicators {
		d := &t.Indicators[j]
		if d.Code == "" || seen[d.Code] {
			return fault.New(fault.Invalid, "engine.duplicate-indicator", "the code %q of indicator %d is empty or taken", d.Code, j+1).
				Do("Give each indicator its own code")
		}
		seen[d.Code] = true
		if d.Direction < LessIsBetter || d.Direction > MoreIsBetter {
			return fault.New(fault.Invalid, "engine.direction", "indicator %s has direction %d", d.Code, int(d.Direction)).
				Do("Use -1, 0 or 1")
		}
		if !(d.Weight >= 0 && d.Weight <= largest) {
			return fault.New(fault.Invalid, "engine.weight", "the weight %v of indicator %s is no weight", d.Weight, d.Code).
				Do("Give 0 or a positive number")
		}
		if d.Domain != "" && d.Direction != Context {
			weights[d.Domain] += d.Weight
			judged[d.Domain] = true
		}
	}
	for j := range t.Indicators {
		if name := t.Indicators[j].Domain; judged[name] && weights[name] == 0 {
			return fault.New(fault.Invalid, "engine.weights-zero", "the weights of domain %s sum to zero", name).
				With("domain", name).Do("Give at least one of its indicators a positive weight")
		}
	}
	for i := range t.Changes {
		if code := t.Changes[i].Indicator; code != "" && !seen[code] {
			return fault.New(fault.Invalid, "engine.unknown-indicator", "a change of %s names indicator %q, which is not in the table",
				t.Changes[i].Unit, code).Do("Use a code of the table, or none for all")
		}
	}
	return nil
}

func (t *Table) checkShape() error {
	want := len(t.Units) * len(t.Years)
	if len(t.Values) != len(t.Indicators) || (t.Flags != nil && len(t.Flags) != len(t.Indicators)) {
		return fault.New(fault.Invalid, "engine.shape", "%d indicators have %d columns of values and %d of flags",
			len(t.Indicators), len(t.Values), len(t.Flags)).Do("Give one column an indicator")
	}
	for j := range t.Values {
		if len(t.Values[j]) != want || (t.Flags != nil && t.Flags[j] != nil && len(t.Flags[j]) != want) {
			return fault.New(fault.Invalid, "engine.shape", "indicator %s has %d values where %d units times %d years are %d",
				t.Indicators[j].Code, len(t.Values[j]), len(t.Units), len(t.Years), want).Do("Fill the gaps with NaN")
		}
	}
	return nil
}

func (t *Table) checkValues() error {
	found := false
	for j, column := range t.Values {
		for at, v := range column {
			if v != v {
				continue
			}
			found = true
			if math.Abs(v) > largest {
				unit := t.Units[at/len(t.Years)].ID
				return fault.New(fault.Invalid, "engine.not-finite", "indicator %s of %s in %d is %v",
					t.Indicators[j].Code, unit, t.Years[at%len(t.Years)], v).Do("Give a finite number below 1e100, or NaN where it is missing")
			}
		}
	}
	if !found {
		return fault.New(fault.Invalid, "engine.all-missing", "the table has no value").Do("Import figures for at least one unit")
	}
	return nil
}
