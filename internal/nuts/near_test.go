package nuts_test

import (
	"fmt"
	"testing"

	"peerscape/data"
	"peerscape/internal/nuts"
)

func TestNearCodes(t *testing.T) {
	n, err := nuts.Open(data.Nuts())
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[nuts.Code]string{
		"FI1C9": "[FI1C7 FI1C6 FI1C5]",
		"AT19":  "[AT13 AT12 AT11]",
		"QQ1":   "[]",
		"":      "[]",
	} {
		var got []nuts.Code
		for _, r := range n.Near(code, 3) {
			got = append(got, r.Code)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("Near(%q) = %v, want %s", code, got, want)
		}
	}
}
