package nuts

import (
	"fmt"
	"strings"
)

// Version is the year of a NUTS regulation's revision.
type Version int

// Versions lists the versions that the tables hold, oldest first.
var Versions = [...]Version{2013, 2016, 2021, 2024}

// Current is the newest version: what pages show unless asked otherwise.
const Current Version = 2024

// Valid reports whether the tables hold version v.
func (v Version) Valid() bool { return v.index() >= 0 }

func (v Version) index() int {
	for i, known := range Versions {
		if v == known {
			return i
		}
	}
	return -1
}

// Code is a region's code in Eurostat's spelling: upper case, Greece EL, the
// United Kingdom UK. Make one from foreign text with Canonical.
type Code string

// ID names a region. A code alone does not: FI1C4 has two areas in two versions.
type ID struct {
	Code    Code
	Version Version
}

// String renders "FI1C3 (NUTS 2021)".
func (id ID) String() string { return fmt.Sprintf("%s (NUTS %d)", id.Code, id.Version) }

// Canonical returns s as a code: no space around it, upper case, EL for GR and
// UK for GB where they stand as country letters. It accepts any text; whether
// the code exists is for Nomenclature.Kind to say.
func Canonical(s string) Code {
	s = strings.ToUpper(strings.TrimSpace(s))
	for _, c := range countryLetters {
		if rest, ok := strings.CutPrefix(s, c.foreign); ok && regionTail(rest) {
			return Code(c.ours + rest)
		}
	}
	return Code(s)
}

// countryLetters are the ISO letters that Eurostat does not use.
var countryLetters = [...]struct{ foreign, ours string }{{"GR", "EL"}, {"GB", "UK"}}

// regionTail reports whether s can follow the country letters of a region:
// "GRC_2010" and "GROUP" are other words than Greece and must stay.
func regionTail(s string) bool {
	if len(s) > 3 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
