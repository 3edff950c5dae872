package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// mostYearbook is the longest file of map figures, in bytes.
const mostYearbook = 8 << 20

// layer is one map of a yearbook file: a value a region.
type layer struct {
	Code     string         `json:"code"`
	Label    string         `json:"label"`
	Title    string         `json:"title"`
	Subtitle string         `json:"subtitle"`
	Footnote string         `json:"footnote"`
	Source   string         `json:"source"`
	Data     map[string]any `json:"data"`
}

// NewYearbook reads the figures behind a map of Eurostat's yearbooks. Four
// shapes are known: "options", each with its texts and "data"; one map's texts
// with "stats", an object of region codes for each measure; a plain object of
// region codes and numbers; and one of region codes and objects of measures.
//
// The layer or measure becomes the dimension "option". The year is read from
// the subtitle or the title, for single countries from the footnote; m.Fixed
// gives it where the file does not. What the footnote calls of low reliability,
// provisional or a break in series gets the flag. Of the mapping only Dataset,
// Title and Fixed are read.
func NewYearbook(r io.Reader, name string, m Mapping) (stats.Source, error) {
	b, err := io.ReadAll(io.LimitReader(r, mostYearbook+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(b) > mostYearbook {
		return nil, fault.New(fault.TooLarge, "sheet.yearbook-size", "the file of map figures is larger than %d MiB", mostYearbook>>20).In(name, 0).Do("Split it")
	}
	layers, err := readLayers(bytes.TrimPrefix(b, []byte("\ufeff")), name)
	if err != nil {
		return nil, err
	}
	y := &yearbook{name: name, header: stats.Header{
		Dataset: m.Dataset, Title: m.Title, Format: "yearbook map", RegionDimension: "geo", Dimensions: []string{"option"},
		Labels: map[string]map[string]string{"option": {}},
	}}
	for _, l := range layers {
		if err := y.add(l, m.Fixed); err != nil {
			return nil, err
		}
	}
	if len(y.series) == 0 {
		return nil, fault.New(fault.Invalid, "sheet.yearbook-empty", "the file of map figures holds no value").In(name, 0).Do("Check the download")
	}
	return y, nil
}

func notYearbook(name, what string) *fault.Error {
	return fault.New(fault.Invalid, "sheet.yearbook", "the file is not the JSON behind a map of the Regional yearbook: %s", what).In(name, 0).
		Do(`Take a file with "options" and "data", or one object of region codes and numbers`)
}

// readLayers reads any of the shapes.
func readLayers(b []byte, name string) ([]layer, error) {
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(b, &whole); err != nil {
		f := notYearbook(name, "it is no JSON").Because(err)
		if s, ok := errors.AsType[*json.SyntaxError](err); ok {
			f.Place.Line = 1 + bytes.Count(b[:min(int(s.Offset), len(b))], []byte("\n"))
		} else {
			f.What = notYearbook(name, "it is a list, not an object; a list of points or ports names no regions").What
		}
		return nil, f
	}
	switch {
	case whole["options"] != nil:
		var layers []layer
		if err := json.Unmarshal(whole["options"], &layers); err != nil {
			return nil, notYearbook(name, `"options" have another shape`).Because(err)
		}
		return distinct(layers, name)
	case whole["stats"] != nil:
		var texts layer
		var measures map[string]map[string]any
		if err := errors.Join(json.Unmarshal(b, &texts), json.Unmarshal(whole["stats"], &measures)); err != nil {
			return nil, notYearbook(name, `"stats" have another shape`).Because(err)
		}
		var layers []layer
		for _, code := range slices.Sorted(maps.Keys(measures)) {
			l := texts
			l.Code, l.Label, l.Data = code, code, measures[code]
			layers = append(layers, l)
		}
		return layers, nil
	}
	return plainLayers(b, name)
}

// distinct gives every layer a code of its own.
func distinct(layers []layer, name string) ([]layer, error) {
	seen := map[string]bool{}
	for i := range layers {
		l := &layers[i]
		if l.Code == "" {
			l.Code = identifier(l.Label, i+1)
		}
		if seen[l.Code] {
			return nil, notYearbook(name, fmt.Sprintf("two options have the code %s", clip(l.Code)))
		}
		seen[l.Code] = true
	}
	return layers, nil
}

// plainLayers reads {"BE10": 69.4} and {"BE": {"DEG1": 69.4}}.
func plainLayers(b []byte, name string) ([]layer, error) {
	var regions map[string]any
	if err := json.Unmarshal(b, &regions); err != nil {
		return nil, notYearbook(name, "it is no JSON").Because(err)
	}
	plain := layer{Code: "A", Data: map[string]any{}}
	measures := map[string]layer{}
	sure := 0
	for code, value := range regions {
		if !codeShape.MatchString(code) {
			return nil, notYearbook(name, fmt.Sprintf("%q is no region code", clip(code)))
		}
		if looksLike(code) {
			sure++
		}
		inner, ok := value.(map[string]any)
		if !ok {
			plain.Data[code] = value
			continue
		}
		for measure, v := range inner {
			if measures[measure].Data == nil {
				measures[measure] = layer{Code: measure, Label: measure, Data: map[string]any{}}
			}
			measures[measure].Data[code] = v
		}
	}
	switch {
	case 2*sure < len(regions): // some countries outside the nomenclature are no surprise
		return nil, notYearbook(name, "its keys are no region codes")
	case len(measures) == 0:
		return []layer{plain}, nil
	case len(plain.Data) > 0:
		return nil, notYearbook(name, "some regions have a number and some have several")
	}
	var layers []layer
	for _, code := range slices.Sorted(maps.Keys(measures)) {
		layers = append(layers, measures[code])
	}
	return layers, nil
}

// yearbook implements stats.Source over what was read.
type yearbook struct {
	name   string
	header stats.Header
	series []stats.Series
}

// Header implements stats.Source.
func (y *yearbook) Header() *stats.Header { return &y.header }

// Next implements stats.Source.
func (y *yearbook) Next(s *stats.Series) error {
	if len(y.series) == 0 {
		return io.EOF
	}
	n := y.series[0]
	y.series = y.series[1:]
	s.Reset()
	s.Key, s.Region = append(s.Key, n.Key...), n.Region
	s.Add(n.Periods[0], n.Values[0], n.Flags[0])
	return nil
}

// add turns one layer into series, in code order.
func (y *yearbook) add(l layer, fixed string) error {
	if y.header.Title == "" {
		y.header.Title = l.Title
	}
	y.header.Labels["option"][l.Code] = l.Label
	for _, note := range []string{l.Footnote, l.Source} {
		if note != "" && !slices.Contains(y.header.Notes, note) {
			y.header.Notes = append(y.header.Notes, note)
		}
	}
	period, err := y.period(l, fixed)
	if err != nil {
		return err
	}
	said := readFootnote(l.Footnote)
	for _, text := range slices.Sorted(maps.Keys(l.Data)) {
		code, _ := codeOf(text)
		if code == "" {
			return notYearbook(y.name, fmt.Sprintf("%q is no region code", clip(text)))
		}
		value, ok := l.Data[text].(float64)
		if !ok {
			if s, word := l.Data[text].(string); l.Data[text] == nil || word && slices.Contains(missing, s) {
				continue
			}
			return fault.New(fault.Invalid, "sheet.yearbook-value", "the value of %s in option %s is %s, not a number", code, l.Code, clip(fmt.Sprintf("%q", fmt.Sprint(l.Data[text])))).
				In(y.name, 0).Do("Correct it, or write null. Nothing was imported")
		}
		at, flags := said.of(code, l.Label, period)
		y.series = append(y.series, stats.Series{
			Key: []string{l.Code}, Region: code, Periods: []stats.Period{at}, Values: []float64{value}, Flags: []stats.Flags{flags},
		})
	}
	return nil
}

var yearAtEnd = regexp.MustCompile(`\b((?:19|20)\d\d)(?:[–-](\d{4}|\d\d))?\)?\s*$`)

// period returns the year of a layer; of "2013–23" the last one.
func (y *yearbook) period(l layer, fixed string) (stats.Period, error) {
	for _, text := range []string{l.Subtitle, l.Title} {
		m := yearAtEnd.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if m[2] != "" {
			m[1] = m[1][:4-len(m[2])] + m[2]
		}
		return stats.ParsePeriod(m[1])
	}
	if fixed == "" {
		return 0, fault.New(fault.Invalid, "sheet.yearbook-year", "nothing says which year the map is of").In(y.name, 0).Do("Give it as fixed_period in the mapping")
	}
	return stats.ParsePeriod(fixed)
}
