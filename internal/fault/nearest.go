package fault

import (
	"cmp"
	"slices"
	"strings"
)

// Unknown makes the fault of a word that is not on a list: "there is no mean
// "geometrik"", with the nearest words as the cure, or all where none is near.
func Unknown(key, noun, word string, known []string) *Error {
	e := New(Invalid, key, "there is no %s %q", noun, Clip(word, 60)).With("word", word)
	if near := Nearest(word, known, 4); len(near) > 0 {
		return e.Do("Perhaps %s was meant", strings.Join(near, " or "))
	}
	return e.Do("Choose one of %s", strings.Join(known, ", "))
}

// Nearest returns up to n of the words that a reader may have meant by s: those
// that differ in less than half of their letters, nearest first.
func Nearest(s string, words []string, n int) []string {
	type near struct {
		word string
		far  int
	}
	var all []near
	for _, w := range words {
		far := distance(strings.ToLower(s), strings.ToLower(w))
		if 2*far < max(len(s), len(w)) || s != "" && strings.Contains(strings.ToLower(w), strings.ToLower(s)) {
			all = append(all, near{w, far})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(a.far, b.far) })
	var out []string
	for _, x := range all[:min(n, len(all))] {
		out = append(out, x.word)
	}
	return out
}

// NearestOrFirst is Nearest, and the first words where none is near.
func NearestOrFirst(s string, words []string, n int) []string {
	if near := Nearest(s, words, n); len(near) > 0 {
		return near
	}
	return words[:min(n, len(words))]
}

// distance is the number of single-byte edits between a and b, a swap of
// neighbours counting one (optimal string alignment).
func distance(a, b string) int {
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
