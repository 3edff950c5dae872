package fault_test

import (
	"errors"
	"fmt"
	"testing"
	"unicode/utf8"

	"peerscape/internal/fault"
)

func TestErrorSaysWhatWhereAndWhatToDo(t *testing.T) {
	f := fault.New(fault.Invalid, "wire.number", "%q is no number", "six").In("a.tsv", 3).Do("Write %d", 6).Because(errors.New("parse"))
	if got, want := f.Error(), `a.tsv, line 3: "six" is no number. Write 6`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	wrapped := fmt.Errorf("import: %w", f)
	if got := fault.KindOf(wrapped); got != fault.Invalid {
		t.Errorf("kind %v behind a wrap, want invalid", got)
	}
	if got := fault.KindOf(errors.New("other")); got != fault.Internal {
		t.Errorf("kind %v of a foreign error, want internal", got)
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"short", 10, "short"},
		{"exactly10!", 10, "exactly10!"},
		{"Päijät-Häme", 2, "P…"},
		{"Päijät", 3, "Pä…"},
		{"a\xffb", 10, "a?b"},
		{"\xff\xff\xff", 2, "?…"},
		{"", 5, ""},
	} {
		if got := fault.Clip(c.text, c.most); got != c.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

func FuzzClip(f *testing.F) {
	f.Add("Päijät", 3)
	f.Fuzz(func(t *testing.T, s string, most int) {
		if most < 0 || most > 1<<16 {
			return
		}
		if got := fault.Clip(s, most); !utf8.ValidString(got) || len(s) <= most && utf8.ValidString(s) && got != s {
			t.Errorf("Clip(%q, %d) = %q", s, most, got)
		}
	})
}

func TestUnknown(t *testing.T) {
	known := []string{"arithmetic", "geometric", "harmonic"}
	for _, c := range []struct{ name, word, want string }{
		{"a slip", "geometrik", `there is no mean "geometrik". Perhaps geometric was meant`},
		{"a part", "harmon", `there is no mean "harmon". Perhaps harmonic was meant`},
		{"something else", "sum", `there is no mean "sum". Choose one of arithmetic, geometric, harmonic`},
		{"nothing", "", `there is no mean "". Choose one of arithmetic, geometric, harmonic`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := fault.Unknown("mean.unknown", "mean", c.word, known).Error(); got != c.want {
				t.Errorf("Unknown(%q)\n got %s\nwant %s", c.word, got, c.want)
			}
		})
	}
}
