package nuts

import (
	"cmp"
	"slices"
	"strings"
)

// Near returns up to limit regions of the current version that a mistyped code
// may mean: those of the same length that share the longest beginning with it,
// at least the country, nearest in the first differing letter.
func (n *Nomenclature) Near(code Code, limit int) []*Region {
	type near struct {
		r      *Region
		shared int
		far    int
	}
	var all []near
	for _, r := range n.Regions(Current, -1) {
		shared := common(string(code), string(r.Code))
		if shared < 2 || len(r.Code) != len(code) {
			continue
		}
		far := 0
		if shared < len(code) && shared < len(r.Code) {
			far = abs(int(code[shared]) - int(r.Code[shared]))
		}
		all = append(all, near{r, shared, far})
	}
	slices.SortStableFunc(all, func(a, b near) int {
		return cmp.Or(cmp.Compare(b.shared, a.shared), cmp.Compare(a.far, b.far), strings.Compare(string(a.r.Code), string(b.r.Code)))
	})
	var out []*Region
	for _, x := range all[:min(limit, len(all))] {
		out = append(out, x.r)
	}
	return out
}

// common returns the length of the beginning that a and b share.
func common(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

func abs(x int) int { return max(x, -x) }
