package signin

import (
	"strings"
	"testing"
)

// The commonest passwords are refused, with what people put around them.
func TestCommonPasswords(t *testing.T) {
	h := NewHasher(seeded())
	if len(h.listed) < 3000 {
		t.Fatalf("the list has %d lines", len(h.listed))
	}
	long := 0
	for p := range h.listed {
		if len([]rune(p)) < Shortest {
			continue
		}
		if long++; h.Acceptable(p) == nil {
			t.Errorf("%q is taken", p)
		}
	}
	if long < 500 {
		t.Errorf("%d of the list are long enough to be chosen", long)
	}
	for _, p := range []string{"barcelona-1899", "M4nchester-2026!", "2026 wrzesień 2026", "!!!Marraskuu2026", "tarragona...1234"} {
		if h.Acceptable(p) == nil {
			t.Errorf("%q is taken", p)
		}
	}
	if err := h.Acceptable("heron lantern seventy bridges"); err != nil {
		t.Error(err)
	}
	if h.Acceptable("twinregion2026", "desk.twinregion.example") == nil {
		t.Error("the name of the site is taken")
	}
}

// Codes of earlier versions, of ten characters, stay valid.
func TestOldRecoveryCodes(t *testing.T) {
	const kept = "c467a5c809b834fd898282f7c248cdde81eb3ea58931d14b54faba08a36661d1"
	if got := RecoveryHash("K7FQ2-M9XWA"); got != kept || strings.Contains(got, "k7") {
		t.Errorf("%s", got)
	}
}
