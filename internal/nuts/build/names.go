package main

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// properNames spells what stands in capitals in the lists of 2013 and 2016 and
// has no later spelling because the region is gone, and the few names that no
// list spells well.
var properNames = map[key]string{
	{"2013", "FR2"}: "Bassin parisien",
	{"2013", "FR3"}: "Nord - Pas-de-Calais",
	{"2013", "FR4"}: "Est",
	{"2013", "FR5"}: "Ouest",
	{"2013", "FR6"}: "Sud-Ouest",
	{"2013", "FR7"}: "Centre-Est",
	{"2013", "FR8"}: "Méditerranée",
	{"2013", "FRA"}: "Départements d'outre-mer",
	{"2013", "PL1"}: "Region centralny",
	{"2013", "PL2"}: "Region południowy",
	{"2013", "PL3"}: "Region wschodni",
	{"2013", "PL4"}: "Region północno-zachodni",
	{"2013", "PL5"}: "Region południowo-zachodni",
	{"2013", "PL6"}: "Region północny",
	{"2024", "BA"}:  "Bosna i Hercegovina",
	{"2024", "BA0"}: "Bosna i Hercegovina",
}

// nameOnly spells Latin names whose list gives them in other letters.
var nameOnly = map[string]string{"Пелагониски": "Pelagoniski"}

// capitals reports whether a name of more than two letters has no small one.
func capitals(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters > 2
}

// lookalikes are Latin letters that stand by mistake in Greek and Cyrillic
// words ("Aττική" begins with a Latin A), and the letters that were meant.
var lookalikes = map[*unicode.RangeTable]*strings.Replacer{
	unicode.Greek:    strings.NewReplacer("A", "Α", "B", "Β", "E", "Ε", "H", "Η", "I", "Ι", "K", "Κ", "M", "Μ", "N", "Ν", "O", "Ο", "P", "Ρ", "T", "Τ", "X", "Χ", "o", "ο"),
	unicode.Cyrillic: strings.NewReplacer("A", "А", "B", "В", "C", "С", "E", "Е", "H", "Н", "K", "К", "M", "М", "O", "О", "P", "Р", "T", "Т", "X", "Х", "a", "а", "c", "с", "e", "е", "o", "о", "p", "р", "x", "х"),
}

// oneScript repairs words that mix letters of two scripts.
func oneScript(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, w := range words {
		for script, letters := range lookalikes {
			if strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(script, r) }) {
				s = strings.ReplaceAll(s, w, letters.Replace(w))
			}
		}
	}
	return s
}

// folded drops case and marks, for telling whether two spellings are one name.
func folded(s string) string {
	t := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	out, _, err := transform.String(t, strings.ToLower(s))
	if err != nil {
		return s
	}
	return strings.NewReplacer("ł", "l", "đ", "d", "ø", "o", "ı", "i").Replace(out)
}

// spell gives each region its newest spelling: from the newest version in which
// the same area has the same code or, marks apart, the same name.
func (codes codeList) spell(l *lineage) {
	for k, name := range properNames {
		r := codes[k]
		r.name, r.native = name, name
	}
	for _, r := range codes.sorted() {
		if name, ok := nameOnly[r.name]; ok {
			r.name = name
		}
		k := key{r.version, r.code}
		for _, v := range slices.Backward(versions) {
			if v <= r.version {
				break
			}
			if newer := codes[codes.namesake(k, v, l)]; newer != nil && !capitals(newer.name) {
				r.name, r.native = newer.name, newer.native
				break
			}
		}
	}
}

// namesake returns the region of version v whose spelling k may take.
func (codes codeList) namesake(k key, v string, l *lineage) key {
	r, same := codes[k], codes[key{v, k.code}]
	if same != nil && (r.level == 0 || capitals(r.name) || capitals(r.native) || folded(same.name) == folded(r.name)) {
		return key{v, k.code}
	}
	if to, ok := l.unchanged(k, v, codes); ok && (to.code == k.code || folded(codes[to].name) == folded(r.name)) {
		return to
	}
	return key{}
}

// languages are the languages of the product.
var languages = []language.Tag{language.English, language.Finnish, language.German, language.Spanish, language.Polish}

// iso maps Eurostat's country letters to ISO 3166 where they differ.
var iso = map[string]string{"EL": "GR", "UK": "GB"}

// renamed holds names that are newer than the CLDR release at hand.
var renamed = map[string][]string{
	"MK": {"North Macedonia", "Pohjois-Makedonia", "Nordmazedonien", "Macedonia del Norte", "Macedonia Północna"},
	"TR": {"Türkiye", "Turkki", "Türkei", "Turquía", "Turcja"},
}

// countryNames lists each country's name in the languages of the product, as
// the Unicode CLDR has them.
func countryNames(codes codeList) table {
	t := table{name: "countries.csv", head: []string{"code", "en", "fi", "de", "es", "pl"}}
	var seen []string
	for _, r := range codes.sorted() {
		if r.level == 0 && !slices.Contains(seen, r.code) {
			seen = append(seen, r.code)
		}
	}
	slices.Sort(seen)
	for _, code := range seen {
		letters := code
		if other, ok := iso[code]; ok {
			letters = other
		}
		row := []string{code}
		if names, ok := renamed[code]; ok {
			t.rows = append(t.rows, append(row, names...))
			continue
		}
		for _, l := range languages {
			row = append(row, display.Regions(l).Name(language.MustParseRegion(letters)))
		}
		t.rows = append(t.rows, row)
	}
	return t
}
