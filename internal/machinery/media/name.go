package media

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const maxName = 120 // bytes, with the ending: fits every file system, also after prefixes

// CleanName makes of a sender's name one that every file system and header takes:
// the last part of a path, composed letters, no controls, no turned direction,
// none of / \ : * ? " < > | and nothing that hides the file. Empty stays empty.
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
			return -1
		case strings.ContainsRune(`:*?"<>|`, r):
			return '-'
		}
		return r
	}, norm.NFC.String(name))
	return strings.Trim(strings.Join(strings.Fields(name), " "), " .-")
}

// splitName cuts the ending off; it is in lower case and without its dot.
func splitName(name string) (stem, ending string) {
	clean := CleanName(name)
	i := strings.LastIndexByte(clean, '.')
	if i <= 0 || len(clean)-i > 8 || strings.ContainsRune(clean[i:], ' ') {
		return clean, ""
	}
	return strings.TrimRight(clean[:i], " .-"), strings.ToLower(clean[i+1:])
}

// cut shortens s to at most so many bytes, at a letter.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return strings.TrimRight(s[:most], " .-")
}

// byEnding returns the rule to which an ending belongs.
func byEnding(ending string) (Rule, bool) {
	for _, r := range rules {
		if slices.Contains(r.Endings, ending) {
			return r, true
		}
	}
	return Rule{}, false
}

// named gives the file its name. A name that promises another kind of the same
// form is set right, with a note; one that promises another form is refused, for
// somebody is mistaken or deceives.
func (j *job) named(name string) (string, error) {
	stem, ending := splitName(name)
	right := j.rule.Endings[0]
	promised, known := byEnding(ending)
	switch {
	case known && promised.Kind == j.rule.Kind:
		right = ending
	case known && promised.Form != j.rule.Form:
		return "", refuse("mismatch", "the name %q says %s, but the content is a %s", cut(CleanName(name), 80), promised.Name, j.rule.Name).
			With("name", cut(CleanName(name), 80)).With("promised", string(promised.Kind)).With("kind", string(j.rule.Kind)).
			Do("Check whether it is the file you meant, and give it the ending .%s", right)
	case known:
		j.result.note("renamed", map[string]any{"name": CleanName(name), "kind": string(j.rule.Kind)},
			"%q is a %s; its name now ends in .%s", cut(CleanName(name), 80), j.rule.Name, right)
	case ending != "": // an ending of nothing known belongs to the name
		stem += "." + ending
	}
	if stem == "" {
		stem = string(j.rule.Form)
	}
	return cut(stem, maxName-len(right)-1) + "." + right, nil
}
