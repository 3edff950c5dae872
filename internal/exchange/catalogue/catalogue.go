// Package catalogue knows which indicators there are, which datasets they come
// from, and what each region's figures are. It imports datasets as vintages,
// keeps every older vintage, resolves a region's figure (its own, converted
// from older boundaries, or its parent's) and says where each number comes
// from.
//
// It refuses a dataset whose codes the indicators do not know, a figure
// without a source, and two vintages in one line. Start with Indicator, then
// Figure, then Catalogue.Import.
package catalogue

import (
	"maps"
	"slices"
	"strings"
)

// Direction says how a higher value reads.
type Direction string

// The directions. Context: neither good nor bad.
const (
	More    Direction = "more"
	Less    Direction = "less"
	Context Direction = "context"
)

// Convert says how values of older boundaries become values of newer ones.
type Convert string

// Sum: a total, shared out by people. SumArea: a total, shared out by area.
// Mean: a rate, averaged by people in the overlap. Ratio: rebuilt from numerator
// and denominator. None: not convertible.
const (
	Sum     Convert = "sum"
	SumArea Convert = "sum_area"
	Mean    Convert = "mean"
	Ratio   Convert = "ratio"
	None    Convert = "none"
)

// Indicator is one row of the catalogue file.
type Indicator struct {
	Code      string            // as in URLs and on the command line: gdp_pps
	Name      map[string]string // by language; English always there
	Short     map[string]string // for axis and table heads; may be empty
	Unit      string            // key of a unit in the message catalogue: percent, index_eu, years, per_km2
	Decimals  int               // places shown, 0 to 3
	Domain    string            // economy, innovation, labour, talent, demography, education, digital, ...
	Theme     string            // the need taxonomy's theme, may be empty
	Direction Direction
	Level     int // finest NUTS level at which anything publishes it
	Convert   Convert
	Sources   []Source // in order of preference

	// Benchmarks are datasets of other places than NUTS regions: metro regions,
	// classes of regions. See Catalogue.Benchmarks.
	Benchmarks []Source

	Derived   *Derived // nil for a published figure
	Rebuild   *Derived // the ratio by which a rate is rebuilt for other boundaries; nil: averaged
	First     int      // first and last year known to exist at the publisher; 0 unknown
	Last      int
	Ends      bool   // the publisher stopped in Last
	Successor string // code of the indicator that follows it
	Note      map[string]string
}

// Source is a dataset and the filter that picks one slice of it.
type Source struct {
	Dataset string
	Filter  Filter // the region and time stay open
	Level   int    // finest NUTS level in this dataset
	Of      string // what its places are, where they are no NUTS regions: "metro", "urban", "intermediate", "rural"
	Note    string
}

// Filter picks one slice of a dataset: dimension id → code.
type Filter map[string]string

// String writes the filter in the order of its ids: "age=TOTAL sex=T".
func (f Filter) String() string {
	parts := make([]string, 0, len(f))
	for _, id := range slices.Sorted(maps.Keys(f)) {
		parts = append(parts, id+"="+f[id])
	}
	return strings.Join(parts, " ")
}

// Derived says how an indicator is computed from others.
type Derived struct {
	Kind        string  // ratio, balance, change, difference, gap, gap_ratio
	Numerator   string  // indicator code; the subject of change, difference and gap
	Denominator string  // indicator code, for ratio; for balance what is subtracted
	Factor      float64 // 1000 for "per thousand", 100 for per cent; 0 means 1
	Years       int     // span of a change or difference
	Carry       bool    // ratio: the denominator's last value stands for later periods (area)
}

// total reports whether the parts of a region add up to its figure.
func (i *Indicator) total() bool { return i.Convert == Sum || i.Convert == SumArea }

// pick returns what a reader in lang sees: the text in that language, else English.
func pick(m map[string]string, lang string) string {
	if s := m[lang]; s != "" {
		return s
	}
	return m["en"]
}

// NameIn returns the indicator's name in lang, else in English.
func (i *Indicator) NameIn(lang string) string { return pick(i.Name, lang) }

// ShortIn returns the short name in lang, else the name.
func (i *Indicator) ShortIn(lang string) string {
	if s := pick(i.Short, lang); s != "" {
		return s
	}
	return i.NameIn(lang)
}
