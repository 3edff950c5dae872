package nuts

import "slices"

// union lists the countries of the European Union since February 2020
// (EU27_2020), by code.
var union = [...]Code{
	"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU",
	"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}

// InUnion reports whether a country is a member of the European Union as it has
// been composed since 2020.
func InUnion(country Code) bool {
	_, ok := slices.BinarySearch(union[:], country)
	return ok
}
