package nuts

import (
	"slices"
	"testing"
)

func TestInUnion(t *testing.T) {
	if len(union) != 27 || !slices.IsSorted(union[:]) {
		t.Fatalf("%d members, sorted %t", len(union), slices.IsSorted(union[:]))
	}
	n := open(t)
	for _, c := range union {
		if _, ok := n.Region(ID{c, Current}); !ok {
			t.Errorf("%s is no country of NUTS %d", c, Current)
		}
	}
	for code, want := range map[Code]bool{"FI": true, "EL": true, "GR": false, "UK": false, "NO": false, "": false} {
		if InUnion(code) != want {
			t.Errorf("%q: got %t", code, !want)
		}
	}
}
