package sheet

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"peerscape/internal/stats"
)

// spaces stand between thousands in one language or another: space, no-break
// space, thin space, narrow no-break space.
const spaces = " \u00a0\u2009\u202f"

// missing are the cells that mean "no value" unless a mapping says otherwise.
var missing = []string{"", ":", "-", "–", "—", ".", "..", "...", "…", "n/a", "N/A", "#N/A", "NA", "na", "NaN", "nan", "null", "NULL", "x"}

// cell is what one cell of values says.
type cell struct {
	value float64 // NaN: no value
	flags stats.Flags
	empty bool // neither value nor flag
}

func trim(s string) string { return strings.Trim(s, spaces+"\t\r\n") }

// number reads a cell of values: a number in the mapping's spelling, with
// Eurostat's flags behind it or glued to it, or one of the words for no value.
func (m *Mapping) number(s string) (cell, bool) {
	s = trim(s)
	if slices.Contains(m.Missing, s) {
		return cell{value: math.NaN(), empty: true}, true
	}
	body, letters := split(s)
	flags, err := stats.ParseFlags(letters)
	if err != nil {
		return cell{}, false
	}
	if body == "" || slices.Contains(m.Missing, body) {
		return cell{value: math.NaN(), flags: flags, empty: flags == 0}, flags != 0
	}
	v, ok := m.plain(body)
	return cell{value: v, flags: flags}, ok
}

// split parts "5.4 bu", "100.0e" and ": c" into number and flags. An exponent
// (1e5) is part of the number.
func split(s string) (body, letters string) {
	at := strings.LastIndexAny(s, "0123456789:.,%")
	if at < 0 {
		return s, ""
	}
	return trim(s[:at+1]), trim(s[at+1:])
}

// plain reads a number without flags. Signs between thousands must stand three
// digits apart, so that a date or a telephone number is not taken for one.
func (m *Mapping) plain(s string) (float64, bool) {
	s = strings.TrimRight(strings.TrimSuffix(s, "%"), spaces)
	if rest, ok := strings.CutPrefix(s, "−"); ok {
		s = "-" + rest
	}
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = s[:1], s[1:]
	}
	exponent := ""
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		s, exponent = s[:i], "e"+s[i+1:]
		if digits := strings.TrimLeft(exponent[1:], "+-"); digits == "" || !onlyDigits(digits) {
			return 0, false
		}
	}
	whole, fraction, _ := strings.Cut(s, m.Decimal)
	whole, ok := m.joined(whole)
	if !ok || whole+fraction == "" || !onlyDigits(whole) || !onlyDigits(fraction) {
		return 0, false
	}
	v, err := strconv.ParseFloat(sign+whole+"."+fraction+exponent, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// joined takes the signs between thousands out.
func (m *Mapping) joined(whole string) (string, bool) {
	if m.Thousands == "" || strings.IndexFunc(whole, m.between) < 0 {
		return whole, true
	}
	var out strings.Builder
	for first := true; ; first = false {
		at := strings.IndexFunc(whole, m.between)
		group := whole
		if at >= 0 {
			group = whole[:at]
		}
		if !first && len(group) != 3 || first && (len(group) < 1 || len(group) > 3 || group[0] == '0') {
			return "", false
		}
		out.WriteString(group)
		if at < 0 {
			return out.String(), true
		}
		_, size := utf8.DecodeRuneInString(whole[at:])
		whole = whole[at+size:]
	}
}

// between reports whether r stands between thousands; all kinds of space are
// one, and so are both apostrophes.
func (m *Mapping) between(r rune) bool {
	switch m.Thousands {
	case " ":
		return strings.ContainsRune(spaces, r)
	case "'":
		return r == '\'' || r == '’'
	}
	return strings.ContainsRune(m.Thousands, r)
}
