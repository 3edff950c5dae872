package page

import "peerscape/internal/exchange/catalogue"

// Available returns the codes of the indicators that an imported dataset, or
// parts that are available, give figures to.
func Available(all []*catalogue.Indicator, imported []catalogue.Dataset) map[string]bool {
	datasets := map[string]bool{}
	for _, d := range imported {
		datasets[d.Code] = true
	}
	have := map[string]bool{}
	for range all { // a derived indicator may stand on derived ones
		before := len(have)
		for _, i := range all {
			for _, s := range i.Sources {
				if datasets[s.Dataset] {
					have[i.Code] = true
				}
			}
			if d := i.Derived; d != nil && have[d.Numerator] && (d.Denominator == "" || have[d.Denominator]) {
				have[i.Code] = true
			}
		}
		if len(have) == before {
			break
		}
	}
	return have
}
