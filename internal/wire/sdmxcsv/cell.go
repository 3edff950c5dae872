package sdmxcsv

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// exact holds the powers of ten that a float64 holds exactly: a whole number
// below 2^53 divided by one of them is the nearest float64 to the decimal.
var exact = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// fastDigits is how many digits surely stay below 2^53.
const fastDigits = 15

// numbers reads the column of figures.
type numbers struct {
	comma  bool // a comma cannot separate columns, so it may be a decimal comma
	commas bool // decimal commas were met
	points bool // decimal points were met
	swap   []byte
}

// read returns the number in a cell, NaN where it is missing.
func (n *numbers) read(cell []byte) (float64, error) {
	if v, ok := fast(cell); ok && !n.comma {
		return v, nil
	}
	text := trim(cell)
	switch string(text) {
	case "", ":", "NaN", "nan", "NA", "na", "N/A", "#N/A", "<NA>", "null", "NULL", "None":
		return math.NaN(), nil
	}
	plain := text
	if n.comma {
		var err error
		if plain, err = n.point(text); err != nil {
			return 0, err
		}
	}
	if v, ok := fast(plain); ok {
		return v, nil
	}
	if strings.Trim(string(plain), "+-.0123456789eE") == "" {
		if v, err := strconv.ParseFloat(string(plain), 64); err == nil {
			return v, nil
		}
	}
	return 0, notNumber(text)
}

func notNumber(text []byte) *fault.Error {
	return wrong("wire.number", "%s is not a number", quoted(text)).With("text", fault.Clip(text, 40)).
		Do("Write a number with a decimal point and no thousands separator, and leave the cell empty for a missing value")
}

// point turns a decimal comma into a point and refuses a file that has both.
func (n *numbers) point(text []byte) ([]byte, error) {
	comma := bytes.IndexByte(text, ',') >= 0
	dot := bytes.IndexByte(text, '.') >= 0
	n.commas, n.points = n.commas || comma, n.points || dot
	if n.commas && n.points && (comma || dot) {
		return nil, wrong("wire.number", "%s does not fit the numbers before it: the file has decimal commas and decimal points", quoted(text)).
			With("text", fault.Clip(text, 40)).Do("Write all numbers with a decimal point and without thousands separators")
	}
	if !comma {
		return text, nil
	}
	n.swap = append(n.swap[:0], text...)
	n.swap[bytes.IndexByte(n.swap, ',')] = '.'
	return n.swap, nil
}

// fast reads -1234.5 and its like; ok is false for any other shape.
func fast(text []byte) (v float64, ok bool) {
	at, negative := 0, len(text) > 0 && text[0] == '-'
	if negative {
		at = 1
	}
	var m uint64
	digits, point := 0, -1
	for _, c := range text[at:] {
		switch {
		case c-'0' <= 9:
			m = m*10 + uint64(c-'0')
			digits++
		case c == '.' && point < 0:
			point = digits
		default:
			return 0, false
		}
	}
	if digits == 0 || digits > fastDigits {
		return 0, false
	}
	v = float64(m)
	if point >= 0 {
		v /= exact[digits-point]
	}
	if negative {
		v = -v
	}
	return v, true
}

// standard maps the letters of the SDMX code list CL_OBS_STATUS that have a
// counterpart among Eurostat's. Eurostat's own are in lower case.
var standard = map[byte]stats.Flags{
	'B': stats.Break, 'D': stats.Definition, 'E': stats.Estimated, 'F': stats.Forecast, 'I': stats.EurostatEst,
	'N': stats.NotSignificant, 'P': stats.Provisional, 'Q': stats.Confidential, 'R': stats.Revised,
	'U': stats.Unreliable, 'Z': stats.NotApplicable,
}

// withoutFlag are the letters of that list that say nothing Eurostat would flag.
const withoutFlag = "GHJKLMOSVW"

// marks reads the columns of flags.
type marks struct {
	kept map[string]stats.Flags // cell → flags; as many as there are combinations in the file
	left bool                   // a status without counterpart was met
}

// read returns the flags in a cell: "bu", "p@C", "b: break in time series".
func (m *marks) read(cell []byte) (stats.Flags, error) {
	if len(cell) == 0 {
		return 0, nil
	}
	if f, ok := m.kept[string(cell)]; ok {
		return f, nil
	}
	text, _, _ := cutGlue(cell)
	f, err := m.parse(text)
	if err == nil && len(m.kept) < mostCells && len(cell) <= longestCell {
		m.kept[string(cell)] = f
	}
	return f, err
}

func (m *marks) parse(text []byte) (f stats.Flags, err error) {
	switch string(text) {
	case "NA", "NaN", "nan", "na", "<NA>", "null", "None", "-":
		return 0, nil
	}
	letters, conf, marked := bytes.Cut(text, []byte("@"))
	for _, c := range letters {
		bit, known := stats.FlagOf(c)
		if !known {
			bit, known = standard[c]
		}
		switch {
		case known:
			f |= bit
		case strings.IndexByte(withoutFlag, c) >= 0:
			m.left = true
		case c != 'A' && c != ' ' && c != ',' && c != ';':
			return 0, wrong("wire.flag", "%s is not a flag", quoted(text)).
				Do("Flags are the letters b, c, d, e, f, n, p, r, s, u, z; download codes, not labels alone")
		}
	}
	if !marked {
		return f, nil
	}
	mark, err := m.confidential(conf)
	return f | mark, err
}

// confidential returns the mark in a cell of CONF_STATUS: "C", "C: confidential".
func (m *marks) confidential(cell []byte) (stats.Flags, error) {
	if len(cell) == 0 {
		return 0, nil
	}
	text, _, _ := cutGlue(cell)
	switch {
	case len(text) == 0 || string(text) == "NA" || string(text) == "NaN" || string(text) == "nan":
		return 0, nil
	case len(text) == 1 && text[0] >= 'A' && text[0] <= 'Z':
		return stats.Flags(0).WithConf(text[0]), nil
	}
	return 0, wrong("wire.flag", "%s is not a confidentiality mark", quoted(text)).
		Do("Marks are one capital letter, such as C")
}

// periods reads the column of time.
type periods struct {
	layout    *layout
	kept      map[string]stats.Period
	dates     bool // dates were turned into the periods of the frequency
	fractions bool // years written as 2013.0 were met
}

func newPeriods(l *layout) periods { return periods{layout: l, kept: make(map[string]stats.Period)} }

// read returns the period in a cell. Dates are read as the period of the
// frequency in which they lie, since R and Python write 2013-01-01 for 2013.
func (p *periods) read(cell []byte, frequency string) (stats.Period, error) {
	if found, ok := p.kept[string(cell)]; ok {
		return found, nil
	}
	text := trim(cell)
	if d, ok := dateOf(text); ok {
		return p.date(d, text, frequency)
	}
	text, _, _ = cutGlue(text)
	if len(text) == 6 && string(text[4:]) == ".0" && p.layout.version == "" {
		p.fractions, text = true, text[:4]
	}
	if len(text) == 0 {
		return 0, wrong("wire.period", "the period is missing").Do("Write the period, or delete the row")
	}
	found, err := stats.ParsePeriod(string(text))
	if err != nil {
		bad := wrong("wire.period", "%s is not a period", quoted(text))
		if f, ok := err.(*fault.Error); ok {
			bad.Cure = f.Cure
		}
		return 0, bad
	}
	if len(p.kept) < mostCells && len(cell) <= longestCell {
		p.kept[string(cell)] = found
	}
	return found, nil
}

// dateOf reads 2013-01-31, also with midnight behind it.
func dateOf(text []byte) (time.Time, bool) {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' {
		return time.Time{}, false
	}
	rest := string(text[10:])
	if rest != "" && !strings.HasPrefix(rest, "T00:00:00") && !strings.HasPrefix(rest, " 00:00:00") {
		return time.Time{}, false
	}
	d, err := time.Parse(time.DateOnly, string(text[:10]))
	return d, err == nil
}

func (p *periods) date(d time.Time, text []byte, frequency string) (stats.Period, error) {
	year, month := d.Year(), int(d.Month())-1
	if frequency == "" && p.layout.version == "" {
		return 0, wrong("wire.period", "%s does not say whether the year, the month or the day is meant", quoted(text)).
			Do("Write the year (2013) or month (2013-01), or add a column freq with A or M")
	}
	p.dates = p.dates || frequency != "" && frequency != "D"
	switch stats.Frequency((frequency + "D")[0]) {
	case stats.Annual:
		return stats.ParsePeriod(string(text[:4]))
	case stats.Semester:
		return stats.SubPeriod(year, stats.Semester, month/6+1)
	case stats.Quarterly:
		return stats.SubPeriod(year, stats.Quarterly, month/3+1)
	case stats.Monthly:
		return stats.SubPeriod(year, stats.Monthly, month+1)
	case stats.Weekly:
		y, week := d.ISOWeek()
		return stats.SubPeriod(y, stats.Weekly, week)
	}
	return stats.ParsePeriod(string(text[:10]))
}
