package nuts

import (
	"cmp"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
)

// Match is a region found by Search, with the reason in words.
type Match struct {
	Region *Region
	Why    string // "code", "name", "also called Lower Austria", "FI1C3 (NUTS 2021) became FI1C6"
	Exact  bool   // the query is its whole code or name
}

// The classes of matches, best first.
const (
	codeExact = iota
	nameExact
	namePrefix
	wordPrefix
	namePart
	nameTypo
)

// longest bounds the part of a query that is read, in bytes.
const longest = 120

// found is a match with what it is ranked by.
type found struct {
	Match
	class, distance int
}

// Search finds regions of any level by code or by name in any spelling, best
// first: exact code, exact name, beginning of a name, beginning of words, part of
// a word, spelled nearly like; within each the newest version, then the higher
// level, then the more populous. A code of an older version leads to what it
// became in the current one. At most limit matches are returned; a query without
// letters or digits matches nothing.
func (n *Nomenclature) Search(query string, limit int) []Match {
	query = strings.ToValidUTF8(query[:min(len(query), longest)], "")
	full := fold(query)
	if full == "" || limit <= 0 {
		return nil
	}
	best := map[*Region]found{}
	for i, m := range n.byCode(Canonical(query)) {
		best[m.Region] = found{Match: m, class: codeExact, distance: i}
	}
	n.index.byName(full, best)
	n.index.byCodePrefix(Canonical(query), best)
	if len(best) == 0 {
		n.index.byTypo(specific(full), best)
	}
	return ranked(best, limit)
}

func ranked(best map[*Region]found, limit int) []Match {
	all := make([]found, 0, len(best))
	for _, f := range best {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(
			cmp.Compare(a.class, b.class), cmp.Compare(a.distance, b.distance), cmp.Compare(b.Region.Version, a.Region.Version),
			cmp.Compare(a.Region.Level, b.Region.Level), cmp.Compare(b.Region.Population, a.Region.Population), byCode(a.Region, b.Region),
		)
	})
	out := make([]Match, 0, min(limit, len(all)))
	for _, f := range all[:min(limit, len(all))] {
		f.Exact = f.class <= nameExact
		out = append(out, f.Match)
	}
	return out
}

// byCode returns the region with the code; one of an older version stands after
// the regions that it became.
func (n *Nomenclature) byCode(code Code) []Match {
	r, ok := n.Newest(code)
	if !ok {
		return nil
	}
	if r.Version == Current {
		return []Match{{Region: r, Why: "code"}}
	}
	var out []Match
	successors := n.Successors(r.ID, Current)
	for _, p := range successors {
		why := fmt.Sprintf("%s became %s", r.ID, p.Code)
		switch {
		case len(successors) > 1:
			why = fmt.Sprintf("%.0f %% of the people of %s", 100*p.OfPop, r.ID)
		case !n.Unchanged(r.ID, p.ID):
			why = fmt.Sprintf("%s became part of %s", r.ID, p.Code)
		}
		out = append(out, Match{Region: n.regions[p.ID], Why: why})
	}
	return append(out, Match{Region: r, Why: until("code", r)})
}

// until adds to a reason that the region is one of an older version.
func until(why string, r *Region) string {
	if r.Version == Current {
		return why
	}
	return fmt.Sprintf("%s, until NUTS %d", why, r.Version)
}

// byName looks the folded query up in every spelling.
func (x *index) byName(full string, best map[*Region]found) {
	text := specific(full)
	words := strings.Fields(text)
	for i := range x.forms {
		f := &x.forms[i]
		class := f.class(full, text, words)
		if class < 0 {
			continue
		}
		if old, ok := best[f.region]; ok && (old.class < class || old.class == class && old.Why == until("name", f.region)) {
			continue
		}
		why := "name"
		if f.label != "" {
			why = "also called " + f.label
		}
		best[f.region] = found{Match: Match{Region: f.region, Why: until(why, f.region)}, class: class}
	}
}

// class tells how well a spelling fits the query, -1 for not at all.
func (f *form) class(full, text string, words []string) int {
	switch {
	case f.full == full || f.text == text:
		return nameExact
	case strings.HasPrefix(f.full, full) || strings.HasPrefix(f.text, text):
		return namePrefix
	case everyWord(f.full, words):
		return wordPrefix
	case len(text) >= 4 && strings.Contains(f.text, text):
		return namePart
	}
	return -1
}

// everyWord reports whether each of words begins a word of text.
func everyWord(text string, words []string) bool {
	for _, w := range words {
		rest, begins := text, false
		for !begins {
			i := strings.Index(rest, w)
			if i < 0 {
				return false
			}
			at := len(text) - len(rest) + i
			begins = at == 0 || text[at-1] == ' '
			rest = text[at+1:]
		}
	}
	return true
}

// byCodePrefix finds the codes that begin with what is typed, once that is more
// than a country.
func (x *index) byCodePrefix(code Code, best map[*Region]found) {
	if len(code) < 3 {
		return
	}
	i, _ := slices.BinarySearchFunc(x.codes, code, func(r *Region, c Code) int { return cmp.Compare(r.Code, c) })
	for ; i < len(x.codes) && strings.HasPrefix(string(x.codes[i].Code), string(code)); i++ {
		r := x.codes[i]
		if _, ok := best[r]; !ok {
			best[r] = found{Match: Match{Region: r, Why: until("code", r)}, class: wordPrefix}
		}
	}
}

// allowed is how many edits a word of this many letters may be off.
func allowed(letters int) int {
	switch {
	case letters < 4:
		return 0
	case letters < 8:
		return 1
	}
	return 2
}

// byTypo finds spellings in which each word of the query stands nearly so. The
// total of the edits ranks them.
func (x *index) byTypo(text string, best map[*Region]found) {
	var near []map[int32]int // by word of the query: word of the index and its distance
	for w := range strings.FieldsSeq(text) {
		near = append(near, x.nearWords([]rune(w)))
	}
	for _, first := range slices.Sorted(maps.Keys(near[0])) { // sorted: equal matches keep one order
		d := near[0][first]
		for _, i := range x.postings[first] {
			f := &x.forms[i]
			total, ok := d, true
			for _, others := range near[1:] {
				least, hit := nearest(f.words, others)
				total, ok = total+least, ok && hit
			}
			if old, seen := best[f.region]; !ok || seen && old.distance <= total {
				continue
			}
			label := f.label
			if label == "" {
				label = f.region.Name
			}
			best[f.region] = found{Match{Region: f.region, Why: until("spelled nearly like "+label, f.region)}, nameTypo, total}
		}
	}
}

func nearest(words []int32, near map[int32]int) (least int, hit bool) {
	for _, w := range words {
		if d, ok := near[w]; ok && (!hit || d < least) {
			least, hit = d, true
		}
	}
	return least, hit
}

// nearWords returns the words of the index that w may be meant for: the whole
// word, or for words of five letters and more its beginning.
func (x *index) nearWords(w []rune) map[int32]int {
	near := map[int32]int{}
	limit := allowed(len(w))
	mask := letterMask(w)
	for id := range x.words {
		candidate := &x.words[id]
		if bits.OnesCount64(mask&^candidate.mask) > limit || len(candidate.letters) < len(w)-limit {
			continue
		}
		d := distance(w, candidate.letters, limit)
		if d > limit && len(w) >= 5 && len(candidate.letters) > len(w) {
			d = distance(w, candidate.letters[:len(w)], limit-1) + 1
		}
		if d <= limit {
			near[int32(id)] = d
		}
	}
	return near
}
