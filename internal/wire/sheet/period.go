package sheet

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"peerscape/internal/stats"
)

var (
	yearThenPart = regexp.MustCompile(`^(\d{4})[ -]?([QSqs][1-4])$`)
	partThenYear = regexp.MustCompile(`^([QSqs][1-4])[ /-](\d{4})$`)
	monthOfYear  = regexp.MustCompile(`^(\d{1,2})[./](\d{4})$`)
	wordThenYear = regexp.MustCompile(`^(\p{L}+)[ -](\d{4})$`)
	markedYear   = regexp.MustCompile(`^[XxYy]_?(\d{4})$`)
)

// months in English, as headings write them; the first three letters do.
var months = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

// monthOf returns the month (from 1) that a heading names, 0 if none.
func monthOf(s string) int {
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	return 1 + slices.IndexFunc(months, func(m string) bool { return m == s || len(s) == 3 && m[:3] == s })
}

// periodOf reads a period as people write it: 2020, 2020.0, 2020 Q1, Q1 2020,
// 01/2020, January 2020.
func periodOf(s string) (stats.Period, bool) {
	s = strings.TrimSuffix(trim(s), ".0")
	if m := yearThenPart.FindStringSubmatch(s); m != nil {
		s = m[1] + "-" + strings.ToUpper(m[2])
	} else if m := partThenYear.FindStringSubmatch(s); m != nil {
		s = m[2] + "-" + strings.ToUpper(m[1])
	} else if m := monthOfYear.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1]) // two digits at most
		s = fmt.Sprintf("%s-%02d", m[2], n)
	} else if m := wordThenYear.FindStringSubmatch(s); m != nil && monthOf(m[1]) > 0 {
		s = fmt.Sprintf("%s-%02d", m[2], monthOf(m[1]))
	}
	p, err := stats.ParsePeriod(s)
	return p, err == nil
}

// likelyPeriod reads a period in a heading or in a column that nothing names:
// far years are rather values.
func likelyPeriod(s string) (stats.Period, bool) {
	if m := markedYear.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	p, ok := periodOf(s)
	return p, ok && p.Year() >= 1900 && p.Year() < 2150
}

// at returns the part of the year of p, such as "01" or "Q1".
func at(p stats.Period, part string) (stats.Period, bool) {
	if part == "" {
		return p, true
	}
	if p.Frequency() != stats.Annual {
		return 0, false
	}
	q, err := stats.ParsePeriod(p.String() + "-" + part)
	return q, err == nil
}
