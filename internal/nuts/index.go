package nuts

import (
	"slices"
	"strings"
)

// index is what Search looks through: every spelling of every code's newest
// region, and the words they are made of.
type index struct {
	forms    []form
	words    []word
	postings [][]int32 // by word: the forms that have it
	codes    []*Region // the newest region of each code, by code
}

// form is one spelling of one region.
type form struct {
	region *Region
	text   string // folded, generic words dropped
	full   string // folded, as written
	label  string // as people write it; empty for the region's own name
	words  []int32
}

// word is a distinct word of the spellings.
type word struct {
	letters []rune
	mask    uint64 // which letters it has, hashed to 64 bits
}

// buildIndex takes the newest region of each code with its names, the names of
// the countries and the other spellings. A spelling given to a region also holds
// for the parts that cover the same area: Wien is AT13 and AT130.
func (n *Nomenclature) buildIndex(spellings map[Code][]string) index {
	var x index
	at := make(map[string]int32, 8192)
	for v := len(Versions) - 1; v >= 0; v-- {
		for _, r := range n.byLevel[v][0] {
			if newest, _ := n.Newest(r.Code); newest == r {
				x.codes = append(x.codes, r)
				for _, name := range ownNames(r) {
					x.add(at, r, name, "")
				}
			}
		}
	}
	slices.SortFunc(x.codes, byCode)
	for _, r := range x.codes {
		for _, spelling := range spellings[r.Code] {
			for _, same := range n.sameArea(r) {
				x.add(at, same, spelling, spelling)
			}
		}
	}
	return x
}

// ownNames returns the Latin and native name, and each language's part of a name
// in several: "Suomi/Finland".
func ownNames(r *Region) []string {
	names := []string{r.Name}
	if r.Native != r.Name {
		names = append(names, r.Native)
	}
	for _, s := range names[:len(names):len(names)] {
		if strings.ContainsRune(s, '/') {
			names = append(names, strings.Split(s, "/")...)
		}
	}
	return names
}

// sameArea returns r and, level by level, the only child.
func (n *Nomenclature) sameArea(r *Region) []*Region {
	same := []*Region{r}
	for {
		parts := n.Children(r.ID)
		if len(parts) != 1 {
			return same
		}
		r = parts[0]
		same = append(same, r)
	}
}

// add puts a spelling into the index, and again with digraphs for its marks.
func (x *index) add(at map[string]int32, r *Region, spelling, label string) {
	x.addForm(at, r, spelling, label)
	if other := digraphs.Replace(spelling); other != spelling {
		x.addForm(at, r, other, label)
	}
}

func (x *index) addForm(at map[string]int32, r *Region, spelling, label string) {
	full := fold(spelling)
	if full == "" {
		return
	}
	f := form{region: r, text: specific(full), full: full, label: label}
	for i := len(x.forms) - 1; i >= 0 && x.forms[i].region == r; i-- {
		if x.forms[i].full == full {
			return
		}
	}
	for w := range strings.FieldsSeq(f.text) {
		id, ok := at[w]
		if !ok {
			id = int32(len(x.words))
			at[w] = id
			x.words = append(x.words, word{[]rune(w), letterMask([]rune(w))})
			x.postings = append(x.postings, nil)
		}
		if !slices.Contains(f.words, id) {
			f.words = append(f.words, id)
			x.postings[id] = append(x.postings[id], int32(len(x.forms)))
		}
	}
	x.forms = append(x.forms, f)
}

// letterMask hashes the letters of w to bits. Two words that differ by one edit
// differ in at most two bits, so that most pairs need no closer look.
func letterMask(w []rune) uint64 {
	var m uint64
	for _, r := range w {
		m |= 1 << (uint32(r) % 64)
	}
	return m
}
