package composite_test

import (
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/fault"
)

func TestOnly(t *testing.T) {
	f := &composite.Framework{
		Code: "f",
		Indicators: []composite.Indicator{
			{Code: "a", Parent: "left", Weight: 1, Direction: 1, For: []string{"firms"}},
			{Code: "b", Parent: "right", Weight: 1, Direction: 1, For: []string{"residents", "firms"}},
			{Code: "c", Parent: "right", Weight: 1, Direction: 1},
		},
		Groups: []composite.Group{{Code: "index"}, {Code: "left", Parent: "index", Weight: 1}, {Code: "right", Parent: "index", Weight: 1}},
	}
	got, err := f.Only("residents")
	if err != nil || len(got.Indicators) != 2 || got.Indicators[0].Code != "b" || len(got.Groups) != 2 || got.Groups[1].Code != "right" {
		t.Errorf("%+v, %v", got, err)
	}
	if all, err := f.Only("firms"); err != nil || len(all.Indicators) != 3 || len(all.Groups) != 3 || len(f.Indicators) != 3 {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := f.Only("birds"); fault.KindOf(err) != fault.Invalid || err.Error() != `no indicator of f says that it counts for "birds". Choose one of firms, residents` {
		t.Errorf("got %v", err)
	}
}
