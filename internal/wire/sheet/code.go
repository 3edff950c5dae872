package sheet

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	// codeShape is any code that a region dimension may hold, aggregates and
	// metropolitan regions included.
	codeShape = regexp.MustCompile(`^[A-Z]{2}[A-Z0-9_]{0,10}$`)

	// nutsShape is narrower: words of a heading in capitals (TIME, SEX, SIZE)
	// must not be taken for codes.
	nutsShape = regexp.MustCompile(`^(?:(?:A[LT]|B[AEG]|C[HYZ]|D[EK]|E[ELS]|F[IR]|G[BR]|H[RU]|I[EST]|L[ITUV]|M[DEKT]|N[LO]|P[LT]|R[OS]|S[EIK]|TR|U[AK]|XK)(?:[0-9](?:[0-9A-Z][0-9A-Z]?)?|Z{1,3})?` +
		`|(?:DE[A-G]|FR[A-Z]|IT[A-Z]|TR[A-C]|UK[A-N]|GB[A-N])(?:[0-9Z][0-9A-Z]?)?` +
		`|[A-Z]{2}[0-9]{3}MC|E[UA](?:[0-9]{2}(?:_20[0-9]{2})?)?|[A-Z]{2}_TOT)$`)

	codeFirst = regexp.MustCompile(`^([A-Z]{2}[A-Z0-9]{1,3})(?:[ \x{a0}]*[:–—-][ \x{a0}]*|[ \x{a0}]+)(\S.*)$`)
	codeLast  = regexp.MustCompile(`^(\S.*?)[ \x{a0}]*[(\[]([A-Z]{2}[A-Z0-9]{0,3})[)\]]$`)

	monthAndTwo = regexp.MustCompile(`^(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[- ](\d{2})$`)
	twoAndMonth = regexp.MustCompile(`^(?i)(\d{1,2})[- ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$`)
	isoDay      = regexp.MustCompile(`^20\d\d-\d\d-\d\d(?:[T ]00:00:00)?$`)
	serialDay   = regexp.MustCompile(`^[34]\d{4}$`)
)

// upper writes a code as Eurostat does: capitals, Greece EL, the United Kingdom
// UK.
func upper(code string) string {
	code = strings.ToUpper(code)
	switch {
	case strings.HasPrefix(code, "GR"):
		return "EL" + code[2:]
	case strings.HasPrefix(code, "GB"):
		return "UK" + code[2:]
	}
	return code
}

// looksLike reports whether a cell as a whole has the shape of a NUTS code. In
// small letters it must hold a digit: "no" and "it" are words.
func looksLike(s string) bool {
	big := strings.ToUpper(s)
	return nutsShape.MatchString(big) && (big == s || strings.ContainsAny(s, "0123456789"))
}

// codeOf takes the code out of a cell, alone or with a label beside it. The
// code is empty where there is none.
func codeOf(s string) (code, label string) {
	if looksLike(s) || codeShape.MatchString(s) {
		return upper(s), ""
	}
	if m := codeFirst.FindStringSubmatch(s); m != nil && looksLike(m[1]) {
		return upper(m[1]), m[2]
	}
	if m := codeLast.FindStringSubmatch(s); m != nil && looksLike(m[2]) {
		return upper(m[2]), m[1]
	}
	return "", ""
}

// damaged returns the code of which a spreadsheet made a date: Dec-01 was
// DEC01. It is empty where no NUTS code can have become that date.
func damaged(s string) string {
	code := ""
	if m := monthAndTwo.FindStringSubmatch(s); m != nil {
		code = m[1] + m[2]
	} else if m := twoAndMonth.FindStringSubmatch(s); m != nil {
		code = m[2] + "0" + m[1]
		if len(m[1]) == 2 {
			code = m[2] + m[1]
		}
	} else if isoDay.MatchString(s) {
		if day, err := time.Parse(time.DateOnly, s[:10]); err == nil {
			code = ofDay(day)
		}
	} else if serialDay.MatchString(s) {
		n, _ := strconv.Atoi(s) // five digits
		code = ofDay(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n))
	}
	if code = strings.ToUpper(code); !nutsShape.MatchString(code) {
		return ""
	}
	return code
}

// ofDay returns what a spreadsheet may have made a day of: DEC03 is read as
// December 2003 and kept as its first day, or as the third of December.
func ofDay(day time.Time) string {
	n := day.Day()
	if n == 1 {
		n = day.Year() % 100
	}
	return fmt.Sprintf("%s%02d", day.Format("Jan"), n)
}
