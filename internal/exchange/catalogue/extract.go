package catalogue

import (
	"maps"
	"slices"

	"peerscape/internal/stats"
)

// extract is one dataset out of a table of several: the rows with certain
// codes, and of their dimensions those that belong to it.
type extract struct {
	stats.Source
	header stats.Header
	pick   map[int]string // position in the table's key → code
	keep   []int
	key    []string
}

func newExtract(src stats.Source, pick map[string]string, keep []string) *extract {
	h := src.Header()
	e := &extract{Source: src, header: *h, pick: map[int]string{}}
	for dim := range maps.Keys(pick) {
		e.pick[slices.Index(h.Dimensions, dim)] = pick[dim]
	}
	e.header.Dimensions = keep
	for _, dim := range keep {
		e.keep = append(e.keep, slices.Index(h.Dimensions, dim))
	}
	return e
}

// Header implements stats.Source.
func (e *extract) Header() *stats.Header { return &e.header }

// Next implements stats.Source. A dimension that the table does not have
// matches nothing.
func (e *extract) Next(s *stats.Series) error {
	for {
		if err := e.Source.Next(s); err != nil {
			return err
		}
		if e.matches(s.Key) {
			e.key = e.key[:0]
			for _, at := range e.keep {
				e.key = append(e.key, s.Key[at])
			}
			s.Key = append(s.Key[:0], e.key...)
			return nil
		}
	}
}

func (e *extract) matches(key []string) bool {
	for at, code := range e.pick {
		if at < 0 || key[at] != code {
			return false
		}
	}
	return !slices.Contains(e.keep, -1)
}
