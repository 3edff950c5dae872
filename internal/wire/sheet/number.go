package sheet

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"peerscape/internal/stats"
)

// spaces stand between thousands in one language or another.
const spaces = " \u00a0\u2009\u202f"

// missing are the cells that mean "no value" unless a mapping says otherwise.
var missing = []string{"", ":", "-", "–", "—", "..", "...", "n/a", "N/A", "NA", "na", "NaN", "nan", "null", "x"}

// cell is what one cell of values says.
type cell struct {
	value float64 // NaN: no value
	flags stats.Flags
	empty bool // neither value nor flag
}

// number reads a cell of values: a number in the mapping's spelling, with
// Eurostat's flags behind it or glued to it, or one of the words for no value.
func (m *Mapping) number(s string) (cell, bool) {
	s = strings.Trim(s, spaces+"\t")
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
	at := strings.LastIndexAny(s, "0123456789:.,%"+spaces)
	if at < 0 {
		return s, ""
	}
	return strings.Trim(s[:at+1], spaces), strings.Trim(s[at+1:], spaces)
}

// plain reads a number without flags. Signs between thousands must stand three
// digits apart, so that a date or a telephone number is not taken for one.
func (m *Mapping) plain(s string) (float64, bool) {
	s = strings.TrimSuffix(s, "%")
	s = strings.Trim(s, spaces)
	s = strings.NewReplacer("−", "-").Replace(s)
	whole, fraction, hasFraction := strings.Cut(s, m.Decimal)
	sign := ""
	if whole != "" && (whole[0] == '-' || whole[0] == '+') {
		sign, whole = whole[:1], whole[1:]
	}
	groups := []string{whole}
	if m.Thousands != "" {
		groups = strings.FieldsFunc(whole, func(r rune) bool { return m.between(r) })
	}
	if len(groups) == 0 && !hasFraction {
		return 0, false
	}
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && len(g) > 3 || strings.Trim(g, "0123456789") != "" && len(groups) > 1 {
			return 0, false
		}
	}
	text := sign + strings.Join(groups, "")
	if hasFraction {
		text += "." + fraction
	}
	if text == "" || strings.Trim(text, "+-0123456789.eE") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// between reports whether r stands between thousands; all kinds of space are
// one.
func (m *Mapping) between(r rune) bool {
	if m.Thousands == " " {
		return strings.ContainsRune(spaces, r)
	}
	return strings.ContainsRune(m.Thousands, r)
}
