package nuts

import (
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     Code
	}{
		{"as it is", "FI1C6", "FI1C6"},
		{"small letters and space", " fi1c6\u00a0", "FI1C6"},
		{"Greece by ISO", "GR", "EL"},
		{"a Greek region by ISO", "gr30", "EL30"},
		{"Greece as Eurostat has it", "EL303", "EL303"},
		{"the United Kingdom by ISO", "GB", "UK"},
		{"a British region by ISO", "GBI31", "UKI31"},
		{"extra-regio of Greece", "GRZZZ", "ELZZZ"},
		{"a longer word", "GROUPED", "GROUPED"},
		{"an underscore", "GR_TOT", "GR_TOT"},
		{"a word with an umlaut", "größer", "GRÖßER"},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Canonical(c.in); got != c.want {
				t.Errorf("Canonical(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"GR30", "gb", "", "\xff\xfe", "EU27_2020", " el "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Canonical(s)
		if again := Canonical(string(c)); again != c {
			t.Errorf("Canonical(%q) = %q, but again %q", s, c, again)
		}
		if strings.TrimSpace(string(c)) != string(c) {
			t.Errorf("Canonical(%q) = %q: space is left", s, c)
		}
	})
}
