package catalogue

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
	"peerscape/internal/wire"
	"peerscape/internal/wire/sheet"
)

// mostMapBytes is the longest file of map figures.
const mostMapBytes = 8 << 20

// layer is one value a region of one year, somewhere in a file of map figures.
type layer struct {
	Code   string            `toml:"code"` // of the dimension "option"
	Label  string            `toml:"label"`
	Period string            `toml:"period"`
	At     []string          `toml:"at"`    // keys and places that lead to the object of region codes
	Years  map[string]string `toml:"years"` // countries and regions of another year, as the footnote says
	Flags  map[string]string `toml:"flags"` // countries and regions with flags, as the footnote says
}

// open opens one file of an ingredient: the recipe says how to read tables and
// maps that say too little of themselves; the first bytes of others say it.
func (x ingredient) open(name string, r io.Reader) (stats.Source, error) {
	switch {
	case x.Mapping != nil:
		m := *x.Mapping
		m.Dataset, m.Title = x.Code, x.Title
		if strings.HasSuffix(name, ".gz") {
			var err error
			if r, err = wire.Unzip(r, name); err != nil {
				return nil, err
			}
		}
		return sheet.NewReader(r, name, m, sheet.Options{})
	case x.Layers != nil:
		return newLayers(x, name, r)
	}
	return wire.Open(name, r)
}

// layers streams the figures behind a map.
type layers struct {
	header stats.Header
	left   []stats.Series
}

func newLayers(x ingredient, name string, r io.Reader) (*layers, error) {
	m := &layers{header: stats.Header{
		Dataset: x.Code, Title: x.Title, Format: "figures behind a map", RegionDimension: "geo", Dimensions: []string{"option"},
		Labels: map[string]map[string]string{"option": {}},
	}}
	var whole any
	if err := json.NewDecoder(io.LimitReader(r, mostMapBytes)).Decode(&whole); err != nil {
		return nil, fault.New(fault.Invalid, "snapshot.map", "the file is no JSON").In(name, 0).Do("Download it again").Because(err)
	}
	for _, l := range x.Layers {
		m.header.Labels["option"][l.Code] = l.Label
		values, ok := walk(whole, l.At).(map[string]any)
		if !ok {
			return nil, fault.New(fault.Invalid, "snapshot.map", "the file has no figures at %s", strings.Join(l.At, ", ")).In(name, 0).
				Do("Correct at in the recipe")
		}
		for _, code := range slices.Sorted(maps.Keys(values)) {
			v, ok := values[code].(float64)
			if !ok {
				continue // ":" is no figure
			}
			s, err := l.series(code, v)
			if err != nil {
				return nil, err
			}
			m.left = append(m.left, s)
		}
	}
	return m, nil
}

// walk follows keys of objects and places in lists.
func walk(v any, at []string) any {
	for _, step := range at {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n < 0 || n >= len(x) {
				return nil
			}
			v = x[n]
		default:
			return nil
		}
	}
	return v
}

func (l layer) series(code string, v float64) (s stats.Series, err error) {
	year, ok := ofRegion(l.Years, code)
	if !ok {
		year = l.Period
	}
	period, err := stats.ParsePeriod(year)
	if err != nil {
		return s, err
	}
	letters, _ := ofRegion(l.Flags, code)
	flags, err := stats.ParseFlags(letters)
	if err != nil {
		return s, err
	}
	s = stats.Series{Key: []string{l.Code}, Region: code}
	s.Add(period, v, flags)
	return s, nil
}

// ofRegion looks for what is said of a region, else of its country.
func ofRegion(said map[string]string, code string) (string, bool) {
	if v, ok := said[code]; ok {
		return v, true
	}
	v, ok := said[code[:min(2, len(code))]]
	return v, ok
}

// Header implements stats.Source.
func (m *layers) Header() *stats.Header { return &m.header }

// Next implements stats.Source.
func (m *layers) Next(s *stats.Series) error {
	if len(m.left) == 0 {
		return io.EOF
	}
	next := m.left[0]
	m.left = m.left[1:]
	s.Reset()
	s.Key, s.Region = append(s.Key, next.Key...), next.Region
	s.Add(next.Periods[0], next.Values[0], next.Flags[0])
	return nil
}

// redate gives the value of a table of one year the year that the recipe states
// for its region or country.
func (x ingredient) redate(s *stats.Series) (err error) {
	year, ok := ofRegion(x.Years, s.Region)
	if !ok {
		return nil
	}
	if s.Len() != 1 {
		return errors.New("the recipe states other years for a table of several years")
	}
	s.Periods[0], err = stats.ParsePeriod(year)
	return err
}
