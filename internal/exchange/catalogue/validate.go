package catalogue

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"peerscape/internal/fault"
)

// checkFilters holds every filter of the catalogue that names the dataset
// against the codes that occur in it. An indicator may name a dataset several
// times, once for each layout that it came in: one must fit. A filter on freq is
// passed over where the file has no such dimension: old files have none. In a
// part of a dataset a code may be absent; a wrong dimension never is right.
func (c *Catalogue) checkFilters(dataset string, s *Structure, partial bool) error {
	for _, i := range c.indicators {
		var first error
		for _, src := range slices.Concat(i.Sources, i.Benchmarks) {
			if src.Dataset != dataset {
				continue
			}
			err := src.check(i, s, partial)
			if err == nil {
				first = nil
				break
			}
			if first == nil {
				first = err
			}
		}
		if first != nil {
			return first
		}
	}
	return nil
}

func (s Source) check(i *Indicator, st *Structure, partial bool) error {
	bad := func(format string, args ...any) *fault.Error {
		return fault.New(fault.Invalid, "catalogue.filter", "the catalogue's filter for %s does not fit %s: %s",
			i.Code, s.Dataset, fmt.Sprintf(format, args...)).With("indicator", i.Code).With("dataset", s.Dataset)
	}
	ids := st.IDs()
	for _, id := range slices.Sorted(maps.Keys(s.Filter)) {
		if !slices.Contains(ids, id) && id != "freq" {
			return bad("it has no dimension %q", id).Do("Its dimensions are %s; correct data/catalogue/indicators.toml", strings.Join(ids, ", "))
		}
	}
	for _, d := range st.Dimensions {
		code, given := s.Filter[d.ID]
		switch {
		case given && !d.Has(code) && !partial:
			return bad("the code %q does not occur in its dimension %s", code, d.ID).
				Do("The nearest codes are %s; correct data/catalogue/indicators.toml", strings.Join(fault.NearestOrFirst(code, d.Codes, 4), ", "))
		case !given && len(d.Codes) > 1:
			return bad("it leaves the dimension %s open, which has %d codes", d.ID, len(d.Codes)).
				Do("Choose one, such as %s", strings.Join(fault.NearestOrFirst("", d.Codes, 4), ", "))
		}
	}
	return nil
}
