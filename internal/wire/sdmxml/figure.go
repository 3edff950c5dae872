package sdmxml

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// mark is what one letter of OBS_STATUS says: flags, or that there is no value.
type mark struct {
	flags   stats.Flags
	missing bool
	known   bool
}

// standardStatus is the SDMX code list CL_OBS_STATUS, in upper case. Eurostat's
// own letters are in lower case and mean other things: s is not S. Letters
// without flags have no counterpart among Eurostat's.
var standardStatus = [26]mark{
	0:         {known: true},                                           // normal
	'B' - 'A': {known: true, flags: stats.Break},                       // break in series
	'D' - 'A': {known: true, flags: stats.Definition},                  // definition differs
	'E' - 'A': {known: true, flags: stats.Estimated},                   // estimated
	'F' - 'A': {known: true, flags: stats.Forecast},                    // forecast
	'G' - 'A': {known: true},                                           // experimental
	'H' - 'A': {known: true, missing: true},                            // holiday or weekend
	'I' - 'A': {known: true, flags: stats.EurostatEst},                 // imputed by the receiving agency
	'J' - 'A': {known: true},                                           // derogation
	'K' - 'A': {known: true, missing: true},                            // included in another category
	'L' - 'A': {known: true, missing: true},                            // exists, not collected
	'M' - 'A': {known: true, missing: true},                            // cannot exist
	'N' - 'A': {known: true, flags: stats.NotSignificant},              // not significant
	'O' - 'A': {known: true, missing: true},                            // missing
	'P' - 'A': {known: true, flags: stats.Provisional},                 // provisional
	'Q' - 'A': {known: true, missing: true, flags: stats.Confidential}, // suppressed
	'R' - 'A': {known: true, flags: stats.Revised},                     // revised (seen in practice)
	'S' - 'A': {known: true},                                           // strike or other special event
	'U' - 'A': {known: true, flags: stats.Unreliable},                  // low reliability
	'V' - 'A': {known: true},                                           // not validated
	'W' - 'A': {known: true},                                           // includes another category
	'Z' - 'A': {known: true, flags: stats.NotApplicable},               // not applicable (seen in practice)
}

// figure returns value and flags of the held observation. The value is NaN
// where it is missing.
func (r *Reader) figure() (value float64, flags stats.Flags, err error) {
	missing := false
	for _, text := range r.obs.status {
		f, none, err := r.status(text)
		if err != nil {
			return 0, 0, err
		}
		flags |= f
		missing = missing || none
	}
	if r.obs.conf != "" {
		if len(r.obs.conf) != 1 || r.obs.conf[0] < 'A' || r.obs.conf[0] > 'Z' {
			return 0, 0, r.scan.wrong("wire.flag", "%q is not a confidentiality mark", fault.Clip(r.obs.conf, 60)).
				Do("Marks are one capital letter, such as C")
		}
		flags = flags.WithConf(r.obs.conf[0])
	}
	value, err = r.number()
	if err == nil && missing && !math.IsNaN(value) {
		r.note("a value marked as missing was kept, because a number stands there")
	}
	return value, flags, err
}

// number reads the value's text: a decimal number, or nothing.
func (r *Reader) number() (float64, error) {
	text := r.obs.value
	switch text {
	case "", "NaN", ":", "nan":
		return math.NaN(), nil
	}
	if strings.Trim(text, "+-.0123456789eE") == "" {
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return v, nil
		}
	}
	return 0, r.scan.wrong("wire.text-in-number", "%q stands where a number should be", fault.Clip(text, 60)).
		With("text", fault.Clip(text, 60)).Do("Correct the value or download the file again")
}

// status reads one OBS_STATUS or OBS_FLAG: Eurostat's letters ("bu"), the
// standard's ("B"), or "na" for missing.
func (r *Reader) status(text string) (flags stats.Flags, missing bool, err error) {
	if text == "na" || text == "-" {
		return 0, true, nil
	}
	for i := range len(text) {
		m := markOf(text[i])
		if !m.known {
			return 0, false, r.scan.wrong("wire.flag", "%q is not a flag", fault.Clip(text, 60)).
				Do("Known are Eurostat's letters and the code list CL_OBS_STATUS")
		}
		if m.flags == 0 && !m.missing && text[i] != 'A' {
			r.note(fmt.Sprintf("the status %c has no counterpart and was left out", text[i]))
		}
		flags |= m.flags
		missing = missing || m.missing
	}
	return flags, missing, nil
}

func markOf(letter byte) mark {
	if letter >= 'A' && letter <= 'Z' {
		return standardStatus[letter-'A']
	}
	bit, ok := stats.FlagOf(letter)
	return mark{flags: bit, known: ok}
}
