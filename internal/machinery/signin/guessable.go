package signin

import (
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"peerscape/data"
)

// runs are what people type when they are asked for a long password: the alphabet,
// digits, rows and columns of keyboards, and hands that take turns.
var runs = []string{
	"abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
	"1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "q1w2e3r4t5y6u7i8o9p0", "qazwsxedcrfvtgbyhnujm", "qazxswedcvfrtgbnhyujm", "zaqwsxcderfvbgtyhnmju",
	"qawsedrftgyhujikolp", "qwaszxerdfcvtyghbn", "12qw34er56ty78ui90op", "1qa2ws3ed4rf5tg6yh7uj", "1a2s3d4f5g6h7j8k9l", "a1s2d3f4g5h6j7k8l9", "1z2x3c4v5b6n7m",
	"z1x2c3v4b5n6m7",
}

// common are words that passwords are made of or padded with, in the languages of
// the interface: our own choice, for it is the pattern that counts. The long
// list of whole passwords stands in data/passwords.
var common = strings.Fields(`
	password passwort salasana contraseña contrasena hasło haslo kennwort passcode login secret geheim salainen secreto tajne
	peerscape interreg next2met partnership exchange europe europa
	welcome willkommen tervetuloa bienvenido witaj witam hello hallo hola cześć letmein changeme default temporary
	administrator admin master system server website solutions computer internet google facebook samsung nokia ericsson sony
	iloveyou ilove lovely forever friend family mother princess angel sunshine sonnenschein schatz rakkaus teamo tequiero kocham kochanie
	monkey dragon shadow tiger kitten chocolate butter flower freedom whatever trust
	football fussball fußball fútbol futbol jalkapallo piłkanożna baseball hockey soccer liverpool barcelona madrid arsenal chelsea juventus
	superman batman spiderman starwars pokemon minecraft playstation fantasy nintendo jamesbond mortalkombat metallica warcraft counterstrike
	michael jackson christopher jessica jennifer daniel alexander andrew matthew nicole thomas andreas maria justin stephan francisco
	qwerty qwertz azerty qwer asdf zxcv yxcv
	summer winter spring autumn sommer herbst frühling kesä talvi syksy kevät verano invierno otoño primavera lato zima jesień wiosna
	january february december weihnacht christmas joulu navidad`)

// guessable takes away what anybody would try first; too little left is too weak.
func guessable(password string, known []string) bool {
	distinct := map[rune]bool{}
	for _, r := range password {
		distinct[r] = true
	}
	if len(distinct) < 5 || repeats(password) {
		return true
	}
	rest := password
	words := slices.Clone(common)
	for _, k := range known {
		words = append(words, strings.FieldsFunc(strings.ToLower(norm.NFKC.String(k)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
	}
	for _, w := range words {
		if utf8.RuneCountInString(w) >= 4 {
			rest = strings.ReplaceAll(rest, w, "\x00")
		}
	}
	left, before, step := 0, []rune{}, 0
	for _, r := range rest {
		if r == 0 {
			before = before[:0]
			continue
		}
		before = append(before, r)
		if step = len(before); step >= 3 && inRun(string(before[step-3:])) || step >= 2 && before[step-1] == before[step-2] {
			continue
		}
		if !unicode.IsDigit(r) || step < 2 || !unicode.IsDigit(before[step-2]) { // a number counts once
			left++
		}
	}
	return left < 8
}

// commonPasswords reads the list of those that everybody tries first.
func commonPasswords() map[string]bool {
	b, err := fs.ReadFile(data.Passwords(), "common.txt")
	if err != nil {
		panic("signin: " + err.Error()) // it is part of the program
	}
	out := map[string]bool{}
	for line := range strings.SplitSeq(string(b), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			out[line] = true
		}
	}
	return out
}

// plain writes letters for the signs that stand for them.
var plain = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// common reports whether a password stands in the list: as it is, without what
// stands around its letters, or with letters for signs.
func (h *Hasher) common(password string) bool {
	bare := func(s string) string { return strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) }
	for _, p := range []string{password, bare(password), plain.Replace(password), plain.Replace(bare(password)), bare(plain.Replace(password))} {
		if h.listed[p] {
			return true
		}
	}
	return false
}

// repeats reports whether a text is one short piece several times over.
func repeats(s string) bool {
	at := strings.Index((s + s)[1:], s) + 1 // where it meets itself again
	return at < len(s) && utf8.RuneCountInString(s[:at]) < Shortest
}

// inRun reports whether three characters follow each other in a run, forwards or
// backwards.
func inRun(three string) bool {
	back := []rune(three)
	slices.Reverse(back)
	for _, r := range runs {
		if strings.Contains(r, three) || strings.Contains(r, string(back)) {
			return true
		}
	}
	return false
}
