package nuts

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plain writes letters that have no mark to drop in plain letters.
var plain = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ı': "i", 'ς': "σ",
}

// digraphs are the other common spellings of letters whose mark fold drops:
// Niederoesterreich, Aarhus.
var digraphs = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe", "Ä", "ae", "Ö", "oe", "Ü", "ue", "Å", "aa", "Ø", "oe")

// fold makes spellings comparable: small letters without marks, words parted by
// one space, everything else dropped. Greek and Cyrillic stay what they are.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	letter := func(r rune) {
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
	}
	if !ascii(s) {
		s = norm.NFD.String(s)
	}
	for _, r := range s {
		switch r = unicode.ToLower(r); {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			letter(r)
		case r < 0x80:
			gap = true
		case unicode.Is(unicode.Mn, r):
		case plain[r] != "":
			for _, p := range plain[r] {
				letter(p)
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			letter(r)
		default:
			gap = true
		}
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// generic are words that say what kind of area is meant, not which: they are
// dropped where other words remain ("Barcelona province", "Stockholms län").
var generic = map[string]bool{
	"province": true, "provincia": true, "provinz": true, "prov": true, "region": true, "regione": true, "regiao": true,
	"county": true, "district": true, "voivodeship": true, "wojewodztwo": true, "maakunta": true, "landkreis": true,
	"kreis": true, "kreisfreie": true, "stadt": true, "arr": true, "bezirk": true, "lan": true, "zupanija": true,
	"kraj": true, "apskritis": true, "oblast": true, "departement": true, "comunidad": true, "land": true, "city": true,
	"the": true, "of": true, "de": true, "metropolitan": true, "metropolis": true, "area": true, "nuts": true,
}

// specific returns a folded text without its generic words, or all of it where
// nothing else is left.
func specific(s string) string {
	words := strings.Fields(s)
	kept := words[:0]
	for _, w := range words {
		if !generic[w] {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return s
	}
	return strings.Join(kept, " ")
}

// distance returns the number of letters to change, add, drop or swap with
// their neighbour to make b from a, or limit+1 as soon as it is above limit
// (Damerau 1964 and Levenshtein 1966, in the restricted form where no letter is
// edited twice).
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var rows [3][64]int
	if len(b) >= len(rows[0]) || len(a) >= len(rows[0]) {
		return limit + 1
	}
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}
