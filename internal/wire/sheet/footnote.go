package sheet

import (
	"regexp"
	"strings"

	"peerscape/internal/stats"
)

// statement is what a footnote says of one country or region.
type statement struct {
	code   string       // it holds for all codes that begin so
	year   stats.Period // 0: none
	flags  stats.Flags
	within string // label of the only layer that it holds for; "": all
}

type statements []statement

// of returns period and flags of a region in a layer. A year alone is the
// region's own; a year beside a flag ("2023, provisional") says when the flag
// holds.
func (all statements) of(code, label string, period stats.Period) (stats.Period, stats.Flags) {
	var flags stats.Flags
	own := period
	for _, s := range all {
		switch {
		case !strings.HasPrefix(code, s.code), s.within != "" && !strings.EqualFold(s.within, label):
		case s.flags == 0:
			own = s.year
		case s.year == 0 || s.year == period:
			flags |= s.flags
		}
	}
	return own, flags
}

var (
	yearOfSome = regexp.MustCompile(`^(.*?)[:,]\s*((?:19|20)\d\d)(?:,\s*(.*))?$`)
	flagOfSome = regexp.MustCompile(`^(.*?):\s*(.*)$`)
	bracketed  = regexp.MustCompile(`\(([A-Z]{2}[A-Z0-9]{0,3})\)`)
)

// words of footnotes that are flags.
var footnoteFlags = []struct {
	word string
	flag stats.Flags
}{
	{"low reliability", stats.Unreliable},
	{"provisional", stats.Provisional},
	{"break in series", stats.Break},
	{"break in time series", stats.Break},
	{"estimate", stats.Estimated},
	{"definition differs", stats.Definition},
}

// readFootnote reads "Greece, Malta and Norway: 2023. Corse (FRM0): low
// reliability." Sentences of other shapes are passed over; the whole text
// stands in the notes.
func readFootnote(text string) statements {
	text = strings.TrimPrefix(strings.TrimSpace(text), "Note:")
	var out statements
	for _, sentence := range strings.FieldsFunc(text+" ", func(r rune) bool { return r == '.' || r == ';' }) {
		sentence = strings.TrimSpace(sentence)
		var s statement
		whose := ""
		if m := yearOfSome.FindStringSubmatch(sentence); m != nil {
			whose = m[1]
			s.year, _ = stats.ParsePeriod(m[2]) // four digits
			s.flags, s.within = flagWords(m[3])
		} else if m := flagOfSome.FindStringSubmatch(sentence); m != nil {
			whose = m[1]
			if s.flags, s.within = flagWords(m[2]); s.flags == 0 {
				continue
			}
		}
		for _, code := range places(whose) {
			s.code = code
			out = append(out, s)
		}
	}
	return out
}

// flagWords reads "low reliability for tertiary education".
func flagWords(text string) (flags stats.Flags, within string) {
	what, within, _ := strings.Cut(text, " for ")
	for _, f := range footnoteFlags {
		if strings.Contains(what, f.word) {
			flags |= f.flag
		}
	}
	return flags, strings.TrimSpace(within)
}

// places returns the codes of a list of countries and regions; what it does not
// know, such as "EU", it leaves out.
func places(list string) []string {
	const herzegovina = "Bosnia and Herzegovina"
	list = strings.ReplaceAll(list, herzegovina, "Bosnia")
	var codes []string
	for _, name := range strings.Split(strings.ReplaceAll(list, " and ", ","), ",") {
		name = strings.TrimSpace(name)
		if m := bracketed.FindStringSubmatch(name); m != nil {
			codes = append(codes, m[1])
		} else if code, ok := countries[strings.TrimPrefix(name, "the ")]; ok {
			codes = append(codes, code)
		}
	}
	return codes
}

// countries by the English names that footnotes use.
var countries = map[string]string{
	"Belgium": "BE", "Bulgaria": "BG", "Czechia": "CZ", "Denmark": "DK", "Germany": "DE", "Estonia": "EE", "Ireland": "IE", "Greece": "EL",
	"Spain": "ES", "France": "FR", "Croatia": "HR", "Italy": "IT", "Cyprus": "CY", "Latvia": "LV", "Lithuania": "LT", "Luxembourg": "LU",
	"Hungary": "HU", "Malta": "MT", "Netherlands": "NL", "Austria": "AT", "Poland": "PL", "Portugal": "PT", "Romania": "RO",
	"Slovenia": "SI", "Slovakia": "SK", "Finland": "FI", "Sweden": "SE", "Iceland": "IS", "Liechtenstein": "LI", "Norway": "NO", "Switzerland": "CH",
	"Bosnia": "BA", "Montenegro": "ME", "North Macedonia": "MK", "Albania": "AL", "Serbia": "RS", "Türkiye": "TR", "Moldova": "MD",
	"Ukraine": "UA", "Kosovo": "XK", "United Kingdom": "UK", "Georgia": "GE",
}
