package content

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// PieceKind says on which side a piece stands.
type PieceKind string

// The kinds of piece.
const (
	Same    PieceKind = "same"
	Added   PieceKind = "added"
	Removed PieceKind = "removed"
)

// Piece is a part of two texts. The Same and the Removed pieces in their order
// are the old text, the Same and the Added ones the new.
type Piece struct {
	Kind PieceKind
	Text string
}

// Words compares two texts word by word. Where several words in a row differ,
// the removed ones come first. It gives no pieces for two empty texts. Texts
// that have little in common are not searched to the end: time grows with
// their length alone.
func Words(before, after string) []Piece {
	left := mostSteps
	return wordsWithin(before, after, &left)
}

func wordsWithin(before, after string, left *int) []Piece {
	a, b := tokens(before), tokens(after)
	x, y := number(a, b)
	keepA, keepB := align(x, y, left)
	joinShort(a, b, keepA, keepB)
	var out []Piece
	put := func(kind PieceKind, from []string) {
		if len(from) > 0 {
			out = append(out, Piece{kind, strings.Join(from, "")})
		}
	}
	eachRun(keepA, keepB, func(i0, i1, j0, j1 int, same bool) {
		if same {
			put(Same, a[i0:i1])
			return
		}
		put(Removed, a[i0:i1])
		put(Added, b[j0:j1])
	})
	return out
}

// elements compares two lists of plain values, one piece an entry.
func elements(before, after []any, left *int) []Piece {
	texts := func(l []any) []string {
		out := make([]string, len(l))
		for i, e := range l {
			if s, ok := e.(string); ok {
				out[i] = s
			} else if b, err := write(e); err == nil {
				out[i] = string(b)
			}
		}
		return out
	}
	a, b := texts(before), texts(after)
	x, y := number(a, b)
	keepA, keepB := align(x, y, left)
	var out []Piece
	put := func(kind PieceKind, from []string) {
		for _, s := range from {
			out = append(out, Piece{kind, s})
		}
	}
	eachRun(keepA, keepB, func(i0, i1, j0, j1 int, same bool) {
		if same {
			put(Same, a[i0:i1])
			return
		}
		put(Removed, a[i0:i1])
		put(Added, b[j0:j1])
	})
	return out
}

// eachRun calls f for each run of kept entries, and for each run between them.
func eachRun(keepA, keepB []bool, f func(i0, i1, j0, j1 int, same bool)) {
	for i, j := 0, 0; i < len(keepA) || j < len(keepB); {
		i0, j0 := i, j
		for i < len(keepA) && j < len(keepB) && keepA[i] && keepB[j] {
			i, j = i+1, j+1
		}
		if i > i0 {
			f(i0, i, j0, j, true)
			continue
		}
		for i < len(keepA) && !keepA[i] {
			i++
		}
		for j < len(keepB) && !keepB[j] {
			j++
		}
		f(i0, i, j0, j, false)
	}
}

// joinShort gives up a space or a comma that stays between two changes: a
// sentence that was written anew reads better whole. Line ends stay.
func joinShort(a, b []string, keepA, keepB []bool) {
	changed := false // before this run
	eachRun(keepA, keepB, func(i0, i1, j0, j1 int, same bool) {
		if !same {
			changed = true
			return
		}
		if !changed || i1 == len(a) && j1 == len(b) {
			return
		}
		for _, t := range a[i0:i1] {
			if r, _ := utf8.DecodeRuneInString(t); r == '\n' || inWord(r) || alone(r) {
				return
			}
		}
		clear(keepA[i0:i1])
		clear(keepB[j0:j1])
	})
}

// tokens cuts a text into words, runs of space, and single signs. Joined they
// are the text.
func tokens(s string) []string {
	var out []string
	start := 0
	kind := func(r rune) int {
		switch {
		case r == '\n', alone(r):
			return 0
		case inWord(r):
			return 1
		case unicode.IsSpace(r):
			return 2
		}
		return 0
	}
	before := 0
	for i, r := range s {
		k := kind(r)
		if i > start && (k == 0 || k != before) {
			out = append(out, s[start:i])
			start = i
		}
		before = k
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\'' || r == '’'
}

// alone reports whether words of the script are written without spaces, so that
// each sign stands for itself.
func alone(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer)
}

// number gives equal texts equal numbers.
func number(a, b []string) (x, y []int32) {
	seen := make(map[string]int32, len(a))
	each := func(all []string) []int32 {
		out := make([]int32, len(all))
		for i, s := range all {
			n, ok := seen[s]
			if !ok {
				n = int32(len(seen))
				seen[s] = n
			}
			out[i] = n
		}
		return out
	}
	return each(a), each(b)
}
