package catalogue

import (
	"cmp"
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
				Do("The nearest codes are %s; correct data/catalogue/indicators.toml", strings.Join(nearestOrFirst(code, d.Codes, 4), ", "))
		case !given && len(d.Codes) > 1:
			return bad("it leaves the dimension %s open, which has %d codes", d.ID, len(d.Codes)).
				Do("Choose one, such as %s", strings.Join(nearestOrFirst("", d.Codes, 4), ", "))
		}
	}
	return nil
}

// nearest returns up to n of the words that a reader may have meant by s: those
// that differ in less than half of their letters, nearest first.
func nearest(s string, words []string, n int) []string {
	type near struct {
		word string
		far  int
	}
	var all []near
	for _, w := range words {
		far := distance(strings.ToLower(s), strings.ToLower(w))
		if 2*far < max(len(s), len(w)) || s != "" && strings.Contains(strings.ToLower(w), strings.ToLower(s)) {
			all = append(all, near{w, far})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(a.far, b.far) })
	var out []string
	for _, x := range all[:min(n, len(all))] {
		out = append(out, x.word)
	}
	return out
}

// nearestOrFirst is nearest, and the first words where none is near.
func nearestOrFirst(s string, words []string, n int) []string {
	if near := nearest(s, words, n); len(near) > 0 {
		return near
	}
	return words[:min(n, len(words))]
}

// distance is the number of single-byte edits between a and b, a swap of
// neighbours counting one (optimal string alignment).
func distance(a, b string) int {
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
