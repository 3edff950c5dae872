package stats

import (
	"fmt"
	"strconv"
	"strings"

	"peerscape/internal/fault"
)

// Frequency is how often a series is observed, by Eurostat's letter.
type Frequency byte

// The frequencies of Eurostat's code list FREQ that occur in regional data.
const (
	Annual    Frequency = 'A'
	Semester  Frequency = 'S'
	Quarterly Frequency = 'Q'
	Monthly   Frequency = 'M'
	Weekly    Frequency = 'W'
	Daily     Frequency = 'D'
)

// frequencies in packing order, with the number of sub-periods in a year.
var frequencies = [...]struct {
	letter Frequency
	most   int
	width  int // digits of the sub-period in the canonical text
}{{Annual, 0, 0}, {Semester, 2, 1}, {Quarterly, 4, 1}, {Monthly, 12, 2}, {Weekly, 53, 2}, {Daily, 366, 3}}

// Period is a year or a part of one, packed so that periods of one frequency
// compare with < in time order. The zero Period is no period.
//
// Layout: year<<12 | sub-period<<3 | frequency+1.
type Period int32

// Year returns the annual period of y, 1 to 9999.
func Year(y int) Period { return pack(y, 0, 0) }

// SubPeriod returns the n-th (from 1) part of year y at frequency f.
func SubPeriod(y int, f Frequency, n int) (Period, error) {
	for i, fr := range frequencies {
		if fr.letter == f && i > 0 && n >= 1 && n <= fr.most && y >= 1 && y <= 9999 {
			return pack(y, n, i), nil
		}
	}
	return 0, fault.New(fault.Invalid, "stats.period", "%c%d of %d is not a period", f, n, y)
}

func pack(y, sub, freq int) Period { return Period(y<<12 | sub<<3 | (freq + 1)) }

// Year returns the calendar year.
func (p Period) Year() int { return int(p >> 12) }

// Sub returns the part of the year from 1, or 0 for an annual period.
func (p Period) Sub() int { return int(p>>3) & 0x1ff }

// Frequency returns the period's frequency, or 0 for the zero Period.
func (p Period) Frequency() Frequency {
	if i := int(p&7) - 1; i >= 0 && i < len(frequencies) {
		return frequencies[i].letter
	}
	return 0
}

// Next returns the period that follows p at its frequency. A week that ends
// the year is followed by the first of the next; years of 53 weeks and of 366
// days are taken at their longest.
func (p Period) Next() Period {
	i := int(p&7) - 1
	if i < 0 || i >= len(frequencies) {
		return 0
	}
	if p.Sub() < frequencies[i].most {
		return p + 1<<3
	}
	first := 1
	if i == 0 {
		first = 0
	}
	return pack(p.Year()+1, first, i)
}

// String returns Eurostat's present text: 2020, 2020-S1, 2020-Q1, 2020-01,
// 2020-W01, 2020-D001.
func (p Period) String() string {
	i := int(p&7) - 1
	if i < 0 || i >= len(frequencies) {
		return ""
	}
	switch f := frequencies[i]; f.letter {
	case Annual:
		return fmt.Sprintf("%04d", p.Year())
	case Monthly:
		return fmt.Sprintf("%04d-%02d", p.Year(), p.Sub())
	default:
		return fmt.Sprintf("%04d-%c%0*d", p.Year(), f.letter, f.width, p.Sub())
	}
}

// ParsePeriod reads a period in Eurostat's present or old text (2020Q1,
// 2020M01, 2020-03-31); surrounding space is not accepted.
func ParsePeriod(s string) (Period, error) {
	bad := fault.New(fault.Invalid, "stats.period", "%q is not a period", fault.Clip(s, 40)).
		Do("Write a year (2020), half-year (2020-S1), quarter (2020-Q1), month (2020-01), week (2020-W01) or day (2020-D001)")
	if len(s) < 4 {
		return 0, bad
	}
	y, ok := digits(s[:4])
	if !ok || y == 0 {
		return 0, bad
	}
	rest := s[4:]
	if rest == "" {
		return Year(y), nil
	}
	if rest[0] == '-' {
		rest = rest[1:]
	}
	if len(rest) == 5 && rest[2] == '-' {
		return parseDay(y, rest, bad)
	}
	letter := Monthly
	if rest != "" && (rest[0] < '0' || rest[0] > '9') {
		letter, rest = Frequency(rest[0]), rest[1:]
		if letter == Annual && rest == "1" {
			return Year(y), nil
		}
	}
	n, ok := digits(rest)
	if !ok {
		return 0, bad
	}
	p, err := SubPeriod(y, letter, n)
	if err != nil {
		return 0, bad
	}
	return p, nil
}

var daysBefore = [...]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

// parseDay reads MM-DD of year y into the day of the year.
func parseDay(y int, s string, bad *fault.Error) (Period, error) {
	m, ok1 := digits(s[:2])
	d, ok2 := digits(s[3:])
	if !ok1 || !ok2 || m < 1 || m > 12 || d < 1 {
		return 0, bad
	}
	leap := 0
	if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		leap = 1
	}
	length := daysBefore[m] - daysBefore[m-1]
	before := daysBefore[m-1]
	switch {
	case m == 2:
		length += leap
	case m > 2:
		before += leap
	}
	if d > length {
		return 0, bad
	}
	return pack(y, before+d, len(frequencies)-1), nil
}

func digits(s string) (int, bool) {
	if s == "" || len(s) > 4 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, true
}

// MarshalText writes the canonical text.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what ParsePeriod reads.
func (p *Period) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePeriod(string(b))
	return err
}

// MarshalJSON writes an annual period as a number and any other as text.
func (p Period) MarshalJSON() ([]byte, error) {
	if p.Frequency() == Annual {
		return []byte(p.String()), nil
	}
	return strconv.AppendQuote(nil, p.String()), nil
}

// UnmarshalJSON reads what MarshalJSON writes; empty text is no period.
func (p *Period) UnmarshalJSON(b []byte) (err error) {
	s := strings.Trim(string(b), `"`)
	if s == "" {
		*p = 0
		return nil
	}
	*p, err = ParsePeriod(s)
	return err
}
