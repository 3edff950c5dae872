package sheet

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// mostYearbook is the longest file of map figures, in bytes.
const mostYearbook = 8 << 20

// option is one layer of a yearbook map.
type option struct {
	Code     string              `json:"code"`
	Label    string              `json:"label"`
	Title    string              `json:"title"`
	Subtitle string              `json:"subtitle"`
	Footnote string              `json:"footnote"`
	Source   string              `json:"source"`
	Data     map[string]*float64 `json:"data"`
}

// NewYearbook reads the figures behind a map of Eurostat's yearbooks: JSON with
// one value a region in each layer, or one plain object of region codes. The
// layer becomes the dimension "option". The year is read from the subtitle, and
// for single countries from the footnote; m.Fixed gives it where the file does
// not. Regions that the footnote calls of low reliability get the flag u.
func NewYearbook(r io.Reader, name string, m Mapping) (stats.Source, error) {
	b, err := io.ReadAll(io.LimitReader(r, mostYearbook+1))
	if err != nil {
		return nil, err
	}
	if len(b) > mostYearbook {
		return nil, fault.New(fault.TooLarge, "sheet.yearbook-size", "the file of map figures is larger than %d MiB", mostYearbook>>20).In(name, 0).Do("Split it")
	}
	layers, err := readLayers(b, name)
	if err != nil {
		return nil, err
	}
	y := &yearbook{header: stats.Header{
		Dataset: m.Dataset, Title: m.Title, Format: "yearbook map", RegionDimension: "geo", Dimensions: []string{"option"},
		Labels: map[string]map[string]string{"option": {}},
	}}
	for _, l := range layers {
		if y.header.Title == "" {
			y.header.Title = l.Title
		}
		y.header.Labels["option"][l.Code] = l.Label
		for _, note := range []string{l.Footnote, l.Source} {
			if note != "" && !slices.Contains(y.header.Notes, note) {
				y.header.Notes = append(y.header.Notes, note)
			}
		}
		if err := y.add(l, name, m.Fixed); err != nil {
			return nil, err
		}
	}
	if len(y.series) == 0 {
		return nil, fault.New(fault.Invalid, "sheet.yearbook-empty", "the file of map figures holds no value").In(name, 0).Do("Check the download")
	}
	return y, nil
}

// readLayers reads either shape.
func readLayers(b []byte, name string) ([]option, error) {
	bad := fault.New(fault.Invalid, "sheet.yearbook", "the file is not the JSON behind a map of the Regional yearbook").In(name, 0).
		Do("Take a file with \"options\" and \"data\", or one object of region codes and numbers")
	var book struct {
		Options []option `json:"options"`
	}
	if err := json.Unmarshal(b, &book); err != nil {
		if s, ok := errors.AsType[*json.SyntaxError](err); ok {
			bad.Place.Line = 1 + strings.Count(string(b[:min(int(s.Offset), len(b))]), "\n")
		}
		return nil, bad.Because(err)
	}
	if len(book.Options) > 0 {
		return book.Options, nil
	}
	var plain map[string]*float64
	if err := json.Unmarshal(b, &plain); err != nil || len(plain) == 0 {
		return nil, bad.Because(err)
	}
	for code := range plain {
		if !isRegion(code) && !codeShape.MatchString(code) {
			return nil, bad
		}
	}
	return []option{{Code: "A", Data: plain}}, nil
}

var (
	yearAtEnd  = regexp.MustCompile(`\b((?:19|20)\d\d)(?:[–-](\d{2,4}))?\)?\s*$`)
	bracketed  = regexp.MustCompile(`\(([A-Z]{2}[A-Z0-9]{0,3})\)`)
	yearOfSome = regexp.MustCompile(`([\p{L}][^:.;]*?)[:,]\s*((?:19|20)\d\d)\b`)
)

// add turns one layer into series, in code order.
func (y *yearbook) add(l option, name, fixed string) error {
	year := fixed
	if m := yearAtEnd.FindStringSubmatch(strings.TrimSuffix(strings.TrimSpace(l.Subtitle), ")")); m != nil {
		year = m[1]
		if len(m[2]) == 4 {
			year = m[2]
		} else if len(m[2]) == 2 {
			year = m[1][:2] + m[2]
		}
	}
	if year == "" {
		return fault.New(fault.Invalid, "sheet.yearbook-year", "nothing says which year the map is of").In(name, 0).Do("Give it as fixed_period in the mapping")
	}
	period, err := stats.ParsePeriod(year)
	if err != nil {
		return err
	}
	others := otherYears(l.Footnote)
	unsure := unreliable(l.Footnote)
	for _, code := range slices.Sorted(maps.Keys(l.Data)) {
		v := l.Data[code]
		if v == nil {
			continue
		}
		at := period
		if p, ok := others[code[:min(2, len(code))]]; ok {
			at = p
		}
		var flags stats.Flags
		if unsure[code] {
			flags = stats.Unreliable
		}
		y.series = append(y.series, stats.Series{
			Key: []string{l.Code}, Region: code, Periods: []stats.Period{at}, Values: []float64{*v}, Flags: []stats.Flags{flags},
		})
	}
	return nil
}

// otherYears reads "Greece, Malta and Norway: 2023" from a footnote: country
// code → year.
func otherYears(footnote string) map[string]stats.Period {
	out := map[string]stats.Period{}
	footnote = strings.TrimPrefix(strings.TrimSpace(footnote), "Note:")
	for _, m := range yearOfSome.FindAllStringSubmatch(footnote, -1) {
		p, err := stats.ParsePeriod(m[2])
		if err != nil {
			continue
		}
		for _, country := range strings.FieldsFunc(strings.ReplaceAll(m[1], " and ", ","), func(r rune) bool { return r == ',' }) {
			if code, ok := countries[strings.TrimSpace(country)]; ok {
				out[code] = p
			}
		}
	}
	return out
}

// unreliable reads "Corse (FRM0) and Åland (FI20): low reliability": the codes
// in a sentence that ends so. A sentence that restricts it to some layer
// ("for …") is passed over; it stands in the notes.
func unreliable(footnote string) map[string]bool {
	out := map[string]bool{}
	for _, sentence := range strings.Split(footnote, ". ") {
		before, after, ok := strings.Cut(sentence, ": low reliability")
		if !ok || strings.HasPrefix(strings.TrimSpace(after), "for ") {
			continue
		}
		for _, m := range bracketed.FindAllStringSubmatch(before, -1) {
			out[m[1]] = true
		}
	}
	return out
}

// countries by the English names that footnotes use.
var countries = map[string]string{
	"Belgium": "BE", "Bulgaria": "BG", "Czechia": "CZ", "Denmark": "DK", "Germany": "DE", "Estonia": "EE", "Ireland": "IE", "Greece": "EL",
	"Spain": "ES", "France": "FR", "Croatia": "HR", "Italy": "IT", "Cyprus": "CY", "Latvia": "LV", "Lithuania": "LT", "Luxembourg": "LU",
	"Hungary": "HU", "Malta": "MT", "Netherlands": "NL", "the Netherlands": "NL", "Austria": "AT", "Poland": "PL", "Portugal": "PT", "Romania": "RO",
	"Slovenia": "SI", "Slovakia": "SK", "Finland": "FI", "Sweden": "SE", "Iceland": "IS", "Liechtenstein": "LI", "Norway": "NO", "Switzerland": "CH",
	"Bosnia and Herzegovina": "BA", "Montenegro": "ME", "North Macedonia": "MK", "Albania": "AL", "Serbia": "RS", "Türkiye": "TR", "Moldova": "MD",
	"Ukraine": "UA", "Kosovo": "XK",
}

// yearbook implements stats.Source over what was read.
type yearbook struct {
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
