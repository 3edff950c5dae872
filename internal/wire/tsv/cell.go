package tsv

import (
	"bytes"
	"math"
	"strconv"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// A cell is a number or ":", then flags, then a confidentiality mark, with
// spaces anywhere between and around: "7.0 p@C", ": c", "100.0e", "5400".

// exact holds the powers of ten that a float64 holds exactly: a whole number
// below 2^53 divided by one of them is the nearest float64 to the decimal.
var exact = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// fastDigits is how many digits surely stay below 2^53.
const fastDigits = 15

// letters maps a byte to its flag, 0 where it is none.
var letters = func() (t [256]stats.Flags) {
	for c := range t {
		if f, ok := stats.FlagOf(byte(c)); ok {
			t[c] = f
		}
	}
	return t
}()

// cells reads the cells of rows.
type cells struct {
	layout    *layout
	width     int
	glued     bool // a flag without a space was met
	empty     bool // an empty cell was met
	saidGlued bool
	saidEmpty bool
}

func newCells(l *layout) cells {
	return cells{layout: l, width: max(len(l.periods), len(l.regions))}
}

// cell is what one cell says.
type cell struct {
	value float64 // NaN where it is missing
	flags stats.Flags
	there bool // false for a cell that says nothing
}

// read fills s, whose slices have the row's width, with the observations of a
// row in the columns' order, and returns their number.
func (c *cells) read(row []byte, s *stats.Series) (kept int, err error) {
	periods := c.layout.periods
	values, flags, times := s.Values[:len(periods)], s.Flags[:len(periods)], s.Periods[:len(periods)]
	rest := row
	for i, p := range periods {
		if rest == nil {
			return 0, c.miscounted(row)
		}
		var got cell
		if got, rest, err = c.next(rest); err != nil {
			return 0, inColumn(err, i+1)
		}
		if got.there {
			values[kept], flags[kept], times[kept] = got.value, got.flags, p
			kept++
		}
	}
	if !c.done(rest) {
		return 0, c.miscounted(row)
	}
	return kept, nil
}

// done reports whether nothing is left of a row, or only empty cells such as
// the heading has too.
func (c *cells) done(rest []byte) bool {
	return rest == nil || c.layout.spare && len(bytes.Trim(rest, " \t,")) == 0
}

// next reads one cell off row; rest is nil behind the last. The shapes that
// fill nearly all files (1234, 1234.5, each with a space or a space and flags
// behind; ":") are read here, byte by byte; the others by odd.
func (c *cells) next(row []byte) (got cell, rest []byte, err error) {
	i, digits, scale := 0, 0, 0
	var m uint64
	for ; i < len(row) && row[i]-'0' <= 9; i++ {
		m = m*10 + uint64(row[i]-'0')
	}
	digits = i
	if digits > 0 && i < len(row) && row[i] == '.' {
		for i++; i < len(row) && row[i]-'0' <= 9; i++ {
			m = m*10 + uint64(row[i]-'0')
		}
		digits, scale = i-1, i-1-digits
	}
	missing := i == 0 && len(row) > 0 && row[0] == ':'
	if missing {
		i++
	} else if digits == 0 || digits > fastDigits {
		return c.odd(row)
	}
	if i < len(row) && row[i] == ' ' {
		for i++; i < len(row) && letters[row[i]] != 0; i++ {
			got.flags |= letters[row[i]]
		}
	}
	if i < len(row) {
		if row[i] != c.layout.separator {
			return c.odd(row)
		}
		rest = row[i+1:]
	}
	switch {
	case missing:
		got.value, got.there = math.NaN(), got.flags != 0
	case scale > 0:
		got.value, got.there = float64(m)/exact[scale], true
	default:
		got.value, got.there = float64(m), true
	}
	return got, rest, nil
}

// odd reads a cell of any shape off row.
func (c *cells) odd(row []byte) (got cell, rest []byte, err error) {
	text := row
	if i := bytes.IndexByte(row, c.layout.separator); i >= 0 {
		text, rest = row[:i], row[i+1:]
	}
	got, err = c.parse(trim(text))
	return got, rest, err
}

// parse reads the text of one cell.
func (c *cells) parse(text []byte) (got cell, err error) {
	if len(text) == 0 {
		c.empty = true
		return got, nil
	}
	n := 1
	got.value = math.NaN()
	if text[0] != ':' {
		if n = number(text); n == 0 {
			return got, notNumber(text)
		}
		if got.value, err = decimal(text[:n]); err != nil {
			return got, notNumber(text)
		}
		got.there = true
	}
	if n == len(text) {
		return got, nil
	}
	f, ok := marks(text[n:])
	if !ok {
		return got, notNumber(text)
	}
	c.glued = c.glued || text[n] != ' ' && text[n] != '@'
	got.flags, got.there = f, got.there || f != 0
	return got, nil
}

func trim(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	return b
}

// number returns the length of the number that text begins with. An "e" is an
// exponent only before a digit; else it is the flag.
func number(text []byte) int {
	i, digits := 0, 0
	if text[0] == '-' || text[0] == '+' {
		i++
	}
	for ; i < len(text) && (digit(text[i]) || text[i] == '.'); i++ {
		if digit(text[i]) {
			digits++
		}
	}
	if digits == 0 {
		return 0
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		j := i + 1
		if j < len(text) && (text[j] == '-' || text[j] == '+') {
			j++
		}
		for j < len(text) && digit(text[j]) {
			j++
			i = j
		}
	}
	return i
}

func digit(c byte) bool { return c-'0' <= 9 }

// decimal reads a number as strconv.ParseFloat does, faster where the digits
// fit.
func decimal(text []byte) (float64, error) {
	at, negative := 0, text[0] == '-'
	if negative {
		at = 1
	}
	var m uint64
	digits, point := 0, -1
	for i := at; i < len(text); i++ {
		switch c := text[i]; {
		case digit(c) && digits < fastDigits:
			m = m*10 + uint64(c-'0')
			digits++
		case c == '.' && point < 0:
			point = digits
		default:
			return strconv.ParseFloat(string(text), 64)
		}
	}
	if digits == 0 {
		return strconv.ParseFloat(string(text), 64)
	}
	v := float64(m)
	if point >= 0 {
		v /= exact[digits-point]
	}
	if negative {
		v = -v
	}
	return v, nil
}

// marks reads flags and a confidentiality mark: "bu", " p@C", "@C".
func marks(text []byte) (f stats.Flags, ok bool) {
	for i, c := range text {
		if c == '@' {
			if i+2 != len(text) || text[i+1] < 'A' || text[i+1] > 'Z' {
				return 0, false
			}
			return f.WithConf(text[i+1]), true
		}
		bit := letters[c]
		if bit == 0 && c != ' ' {
			return 0, false
		}
		f |= bit
	}
	return f, true
}

func notNumber(text []byte) *fault.Error {
	return fault.New(fault.Invalid, "wire.number", "%q is not a number with flags", fault.Clip(text, 40)).
		With("text", fault.Clip(text, 40)).
		Do("Write a number with a decimal point and no thousands separator, and a colon for a missing value")
}

// inColumn sets the column of a fault that has none, counted from the first
// cell.
func inColumn(err error, column int) error {
	if f, ok := err.(*fault.Error); ok && f.Place.Column == 0 {
		f.Place.Column = column
	}
	return err
}

func (c *cells) miscounted(row []byte) error {
	n := bytes.Count(row, []byte{c.layout.separator}) + 1
	return wrong(0, "wire.row", "the row has %d cells where the heading has %d", n, c.width).
		Do("Check the row for missing or extra separators, or download the file again")
}
