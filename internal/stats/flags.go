package stats

import (
	"strings"

	"peerscape/internal/fault"
)

// Flags is what the publisher says of one value: any of Eurostat's letters,
// and a confidentiality letter. The zero Flags says nothing.
//
// Bits 0 to 15 are the letters in the order of flagLetters; bits 16 to 23 hold
// the confidentiality letter.
type Flags uint32

// flagLetters in bit order. Every letter's meaning is in FlagWords.
const flagLetters = "bcdefnprsuz"

// The letters, one bit each.
const (
	Break          Flags = 1 << iota // b: break in series
	Confidential                     // c: confidential (old files)
	Definition                       // d: definition differs
	Estimated                        // e: estimated
	Forecast                         // f: forecast
	NotSignificant                   // n: not significant
	Provisional                      // p: provisional
	Revised                          // r: revised
	EurostatEst                      // s: Eurostat estimate
	Unreliable                       // u: low reliability; still a value
	NotApplicable                    // z: not applicable
)

// FlagWords names each letter in English, for logs and the command line; pages
// use the message catalogue under "flag.<letter>".
var FlagWords = map[byte]string{
	'b': "break in series", 'c': "confidential", 'd': "definition differs", 'e': "estimated",
	'f': "forecast", 'n': "not significant", 'p': "provisional", 'r': "revised",
	's': "Eurostat estimate", 'u': "low reliability", 'z': "not applicable",
}

// Has reports whether f has every letter of want.
func (f Flags) Has(want Flags) bool { return f&want == want }

// Letters returns the letters in alphabetical order, without confidentiality.
func (f Flags) Letters() string {
	if f&0xffff == 0 {
		return ""
	}
	var b [len(flagLetters)]byte
	n := 0
	for i := range len(flagLetters) {
		if f&(1<<i) != 0 {
			b[n] = flagLetters[i]
			n++
		}
	}
	return string(b[:n])
}

// Conf returns the confidentiality letter (C, N, D, S, ...), 0 if none.
func (f Flags) Conf() byte { return byte(f >> 16) }

// WithConf returns f with the confidentiality letter set; F (free) and 0 clear it.
func (f Flags) WithConf(c byte) Flags {
	if c == 'F' {
		c = 0
	}
	return f&0xffff | Flags(c)<<16
}

// String returns the letters, then @ and the confidentiality letter if there
// is one: "bp", "p@C", "".
func (f Flags) String() string {
	if c := f.Conf(); c != 0 {
		return f.Letters() + "@" + string(rune(c))
	}
	return f.Letters()
}

// Words returns the meanings in English, joined by commas.
func (f Flags) Words() string {
	var out []string
	for _, l := range []byte(f.Letters()) {
		out = append(out, FlagWords[l])
	}
	if f.Conf() != 0 && !f.Has(Confidential) {
		out = append(out, FlagWords['c'])
	}
	return strings.Join(out, ", ")
}

// FlagOf returns the bit of one letter, and whether it is a flag letter.
func FlagOf(letter byte) (Flags, bool) {
	i := strings.IndexByte(flagLetters, letter)
	if i < 0 {
		return 0, false
	}
	return 1 << i, true
}

// ParseFlags reads "bu", "p@C", "@C" or "".
func ParseFlags(s string) (Flags, error) {
	var f Flags
	for i := range len(s) {
		if s[i] == '@' {
			if i+2 != len(s) || s[i+1] < 'A' || s[i+1] > 'Z' {
				return 0, fault.New(fault.Invalid, "stats.flag", "%q is not a confidentiality mark", fault.Clip(s[i:], 40))
			}
			return f.WithConf(s[i+1]), nil
		}
		bit, ok := FlagOf(s[i])
		if !ok {
			return 0, fault.New(fault.Invalid, "stats.flag", "%q is not a flag", fault.Clip(s, 40)).
				Do("Known flags are the letters %s", flagLetters)
		}
		f |= bit
	}
	return f, nil
}

// MarshalText writes String.
func (f Flags) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what ParseFlags reads.
func (f *Flags) UnmarshalText(b []byte) (err error) {
	*f, err = ParseFlags(string(b))
	return err
}
