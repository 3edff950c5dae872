package nuts

import (
	"slices"
	"strings"
)

// Kind says what a code of a regional dataset stands for.
type Kind uint8

// The kinds of code.
const (
	Unknown     Kind = iota
	Territorial      // a country or region of some version
	ExtraRegio       // "not in any region": embassies, platforms at sea, figures that could not be placed
	Aggregate        // a group of countries, or a part that is no region
)

var kindNames = [...]string{"unknown", "territorial", "extra-regio", "aggregate"}

// String returns the kind's name.
func (k Kind) String() string { return name(kindNames[:], int(k)) }

// Kind sorts a code. The lists decide first: a code's length or letters say
// nothing about one that stands in them.
func (n *Nomenclature) Kind(code Code) Kind {
	if _, ok := n.Newest(code); ok {
		return Territorial
	}
	if _, ok := n.aggregates[code]; ok || grouped(string(code)) {
		return Aggregate
	}
	if n.unplaced(string(code)) {
		return ExtraRegio
	}
	return Unknown
}

// groups are the beginnings of codes of groups that have one for each number of
// members: EU27_2020, EA20, EEA30_2007.
var groups = [...]string{"EU", "EA", "EEA", "EFTA"}

func grouped(code string) bool {
	for _, g := range groups {
		if rest, ok := strings.CutPrefix(code, g); ok && digits(rest) {
			return true
		}
	}
	return false
}

// digits reports whether s is a count of members, with or without a year.
func digits(s string) bool {
	count, year, dated := strings.Cut(s, "_")
	ok := func(s string, width int) bool {
		return len(s) == width && strings.Trim(s, "0123456789") == ""
	}
	return ok(count, 2) && (!dated || ok(year, 4))
}

// unplaced reports whether code is a country's letters with Z (extra-regio) or
// X (not regionalised), once for each level: ESZZ, FRX.
func (n *Nomenclature) unplaced(code string) bool {
	if len(code) < 3 || len(code) > 5 {
		return false
	}
	if _, ok := n.Newest(Code(code[:2])); !ok {
		return false
	}
	return strings.Trim(code[2:], "Z") == "" || strings.Trim(code[2:], "X") == ""
}

// Detect tells the version in which a list of codes is written. Codes rarely
// name one version alone, so it narrows down: the list is not older than the
// newest code in it, and among the versions from there on it is the newest that
// misses none of the list's codes; failing that (a table that mixes versions),
// the one where the newest code came in. unique counts, by version, the codes
// that occur in that version only. Countries are no evidence and not counted, nor
// are regions of those that got codes late: datasets name them at any time.
func (n *Nomenclature) Detect(codes []Code) (main Version, unique map[Version]int) {
	unique = map[Version]int{}
	var missing [len(Versions)]bool
	oldest := 0
	for _, code := range codes {
		if !n.evidence(code) {
			continue
		}
		versions := n.VersionsOf(code)
		if len(versions) == 1 {
			unique[versions[0]]++
		}
		for i, v := range Versions {
			missing[i] = missing[i] || !slices.Contains(versions, v)
		}
		oldest = max(oldest, versions[0].index())
	}
	for i := len(Versions) - 1; i >= oldest; i-- {
		if !missing[i] {
			return Versions[i], unique
		}
	}
	return Versions[oldest], unique
}

// evidence reports whether the code is that of a region below its country, and
// the country has regions in the oldest version already.
func (n *Nomenclature) evidence(code Code) bool {
	r, ok := n.Newest(code)
	if !ok || r.Level == 0 {
		return false
	}
	_, settled := n.regions[ID{r.Country, Versions[0]}]
	return settled
}

// Resolve gives a code of a dataset its version: the dataset's main version if
// that has the code, else the newest older one, else the oldest newer one. A
// code that is no region keeps the main version.
func (n *Nomenclature) Resolve(code Code, main Version) (ID, Kind) {
	versions := n.VersionsOf(code)
	if len(versions) == 0 {
		return ID{code, main}, n.Kind(code)
	}
	best := versions[0]
	for _, v := range versions {
		if v <= main {
			best = v
		}
	}
	return ID{code, best}, Territorial
}
