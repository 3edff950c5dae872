package content

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// said writes pieces as "same [-removed-] {+added+}".
func said(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		switch p.Kind {
		case Same:
			b.WriteString(p.Text)
		case Removed:
			b.WriteString("[-" + p.Text + "-]")
		case Added:
			b.WriteString("{+" + p.Text + "+}")
		}
	}
	return b.String()
}

// sides puts the pieces together again.
func sides(pieces []Piece) (before, after string) {
	for _, p := range pieces {
		if p.Kind != Added {
			before += p.Text
		}
		if p.Kind != Removed {
			after += p.Text
		}
	}
	return before, after
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ name, before, after, want string }{
		{"nothing", "", "", ""},
		{"equal", "a b", "a b", "a b"},
		{"a word changed", "The old bridge.", "The new bridge.", "The [-old-]{+new+} bridge."},
		{"a word added", "The bridge.", "The new bridge.", "The {+new +}bridge."},
		{"a word removed", "The new bridge.", "The bridge.", "The [-new -]bridge."},
		{"words in a row stand together", "one two three four", "one 2 3 four", "one [-two three-]{+2 3+} four"},
		{"line ends hold", "one\ntwo", "1\n2", "[-one-]{+1+}\n[-two-]{+2+}"},
		{"all new", "", "a b", "{+a b+}"},
		{"all gone", "a b", "", "[-a b-]"},
		{"letters with marks are one word", "Kymenlaakson hyvinvointialue", "Kymenlaakson hyvinvointialueen", "Kymenlaakson [-hyvinvointialue-]{+hyvinvointialueen+}"},
		{"an apostrophe is in the word", "it's so", "its so", "[-it's-]{+its+} so"},
		{"a sign is by itself", "1,000", "1.000", "1[-,-]{+.+}000"},
		{"script without spaces", "健康地区", "健康区", "健康[-地-]区"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := said(Words(c.before, c.after)); got != c.want {
				t.Errorf("Words(%q, %q) = %s, want %s", c.before, c.after, got, c.want)
			}
		})
	}
}

func checkWords(t interface {
	Helper()
	Errorf(string, ...any)
}, before, after string,
) {
	t.Helper()
	pieces := Words(before, after)
	if a, b := sides(pieces); a != before || b != after {
		t.Errorf("Words(%q, %q) = %q: put together %q and %q", before, after, pieces, a, b)
	}
	for i, p := range pieces {
		if p.Text == "" || i > 0 && pieces[i-1].Kind == p.Kind {
			t.Errorf("Words(%q, %q): piece %d is empty or as the one before: %q", before, after, i, pieces)
		}
	}
	if differs := slices.ContainsFunc(pieces, func(p Piece) bool { return p.Kind != Same }); differs == (before == after) {
		t.Errorf("Words(%q, %q) = %q", before, after, pieces)
	}
}

func FuzzWords(f *testing.F) {
	f.Add("The old bridge.", "The new bridge")
	f.Add("a\xff b", "a\xfe b\n")
	f.Fuzz(func(t *testing.T, before, after string) { checkWords(t, before, after) })
}

// TestAlignIsShortest compares with the textbook's quadratic table.
func TestAlignIsShortest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SliceOfN(rapid.Int32Range(0, 4), 0, 40)
		a, b := l.Draw(t, "a"), l.Draw(t, "b")
		left := mostSteps
		keepA, keepB := align(a, b, &left)
		x, y := pick(a, keepA), pick(b, keepB)
		if diff := cmp.Diff(x, y); diff != "" {
			t.Fatalf("what is kept differs: %s", diff)
		}
		if want := common(a, b); len(x) != want {
			t.Fatalf("%d entries in common, want %d", len(x), want)
		}
	})
}

func pick(all []int32, keep []bool) (out []int32) {
	for i, n := range all {
		if keep[i] {
			out = append(out, n)
		}
	}
	return out
}

func common(a, b []int32) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		corner := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = corner + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			corner = above
		}
	}
	return row[len(b)]
}

// TestAlignBeyondItsLimits: lists that differ in more entries than one step of
// the search follows, and more than the whole search.
func TestAlignBeyondItsLimits(t *testing.T) {
	for _, steps := range []int{0, 1000, mostSteps} {
		for _, few := range []int32{3, 50, 5000} {
			a, b := noise(6000, few, 1), noise(5000, few, 2)
			left := steps
			keepA, keepB := align(a, b, &left)
			x, y := pick(a, keepA), pick(b, keepB)
			if !slices.Equal(x, y) {
				t.Errorf("%d steps, %d values: what is kept differs", steps, few)
			}
			if steps == mostSteps && few == 3 && 10*len(x) < 6*len(b) {
				t.Errorf("%d of %d entries in common: too few were found", len(x), len(b))
			}
			if over := steps - left; over > steps+200_000 {
				t.Errorf("%d steps instead of %d", over, steps)
			}
		}
	}
}

// noise is a list of numbers below few that look like chance.
func noise(n int, few int32, seed uint32) []int32 {
	out := make([]int32, n)
	for i := range out {
		seed = seed*1664525 + 1013904223
		out[i] = int32(seed>>8) % few
	}
	return out
}

func TestDiff(t *testing.T) {
	for _, c := range []struct{ name, before, after, want string }{
		{"equal", `{"a":1,"b":[1,{"c":null}]}`, ` {"b":[1,{"c":null}], "a":1}`, ``},
		{"added, removed, changed", `{"a":1,"b":2}`, `{"b":3,"c":4}`, `/a removed 1 ; /b changed 2 3; /c added  4`},
		{"null is a value", `{"a":null}`, `{}`, `/a removed null `},
		{"another type", `{"a":{"b":1}}`, `{"a":[1]}`, `/a changed {"b":1} [1]`},
		{"deeper", `{"a":{"b":{"c":1,"d":2}}}`, `{"a":{"b":{"c":1,"d":3}}}`, `/a/b/d changed 2 3`},
		{"signs in names", `{"a/b~":1}`, `{}`, `/a~1b~0 removed 1 `},
		{"text", `{"a":"one two"}`, `{"a":"one three"}`, `/a changed "one two" "one three" one [-two-]{+three+}`},
		{"plain list", `{"a":["x","y",3]}`, `{"a":["y",3,"z"]}`, `/a changed ["x","y",3] ["y",3,"z"] [-x-]y3{+z+}`},
		{
			"list by id", `{"a":[{"id":"x","n":1},{"id":"y","n":2}]}`, `{"a":[{"id":"w"},{"id":"y","n":3}]}`,
			`/a/w added  {"id":"w"}; /a/x removed {"id":"x","n":1} ; /a/y/n changed 2 3`,
		},
		{"list in another order", `[{"id":"x"},{"id":"y"},{"id":"z"}]`, `[{"id":"z"},{"id":"x"},{"id":"y"}]`, ` moved ["x","y","z"] ["z","x","y"] {+z+}xy[-z-]`},
		{
			"list by place", `[{"n":0},{"n":1},{"n":2},3,4,5,6,7,8,9,{"n":10}]`, `[{"n":0},{"n":1},{"n":3},3,4,5,6,7,8,9,{"n":11},{}]`,
			`/2/n changed 2 3; /10/n changed 10 11; /11 added  {}`,
		},
		{"an id twice is none", `[{"id":"x"},{"id":"x"}]`, `[{"id":"x"}]`, `/1 removed {"id":"x"} `},
		{"from an empty list", `[]`, `[{"id":"x"}]`, `/x added  {"id":"x"}`},
		{"number as written", `{"a":1.0}`, `{"a":1}`, `/a changed 1.0 1`},
		{"large number", `{"a":12345678901234567890}`, `{"a":12345678901234567891}`, `/a changed 12345678901234567890 12345678901234567891`},
		{"whole body", `1`, `"a"`, ` changed 1 "a"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, err := Diff([]byte(c.before), []byte(c.after))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, ch := range changes {
				s := fmt.Sprintf("%s %s %s %s", ch.Path, ch.Kind, ch.Old, ch.New)
				if ch.Words != nil {
					s += " " + said(ch.Words)
				}
				got = append(got, s)
			}
			if s := strings.Join(got, "; "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

// body draws any JSON, often with what comparing and merging look at.
func body(t *rapid.T, label string, depth int) any {
	name := rapid.SampledFrom([]string{"a", "b", "id", "value", "mark"})
	switch kind := rapid.IntRange(0, 6).Draw(t, label); {
	case kind == 0:
		return json.Number(rapid.SampledFrom([]string{"0", "1", "1e3"}).Draw(t, label))
	case kind == 1:
		return nil
	case kind <= 3 || depth == 0:
		return rapid.SampledFrom([]string{"x", "y", "z", "x y", "original"}).Draw(t, label)
	case kind == 4:
		l := []any{}
		for range rapid.IntRange(0, 4).Draw(t, label) {
			l = append(l, body(t, label, depth-1))
		}
		return l
	case kind == 5:
		l := []any{}
		for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 3, rapid.ID).Draw(t, label) {
			l = append(l, map[string]any{"id": id, "n": body(t, label, depth-1)})
		}
		return l
	default:
		m := map[string]any{}
		for range rapid.IntRange(0, 3).Draw(t, label) {
			m[name.Draw(t, label)] = body(t, label, depth-1)
		}
		return m
	}
}

func TestDiffOfAnyBodies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := body(t, "before", 3), body(t, "after", 3)
		before, err := write(a)
		if err != nil {
			t.Fatal(err)
		}
		after, err := write(b)
		if err != nil {
			t.Fatal(err)
		}
		there, err := Diff(before, after)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Diff(after, before)
		if err != nil {
			t.Fatal(err)
		}
		if (len(there) == 0) != (string(before) == string(after)) || len(there) != len(back) {
			t.Fatalf("%s and %s: %d changes there, %d back", before, after, len(there), len(back))
		}
		for i, c := range there {
			if r := back[i]; c.Path.String() != r.Path.String() || string(c.Old) != string(r.New) || string(c.New) != string(r.Old) {
				t.Fatalf("%s and %s: %+v there, %+v back", before, after, c, r)
			}
		}
	})
}

func FuzzDiff(f *testing.F) {
	f.Add([]byte(`{"a":[{"id":"x"}],"b":"one two"}`), []byte(`{"a":[{"id":"y"}],"b":"one three"}`))
	f.Add([]byte(`[1,2]`), []byte(`{"en":{"value":"a","mark":"original"}}`))
	f.Fuzz(func(t *testing.T, before, after []byte) {
		changes, err := Diff(before, after)
		if err != nil {
			return
		}
		a, err := Canonical(before)
		if err != nil {
			t.Fatalf("Diff takes %q, Canonical does not: %v", before, err)
		}
		b, err := Canonical(after)
		if err != nil {
			t.Fatalf("Diff takes %q, Canonical does not: %v", after, err)
		}
		if (len(changes) == 0) != (string(a) == string(b)) {
			t.Errorf("%q and %q: %+v", a, b, changes)
		}
		if again, err := Canonical(a); err != nil || string(again) != string(a) {
			t.Errorf("%q is made %q, then %q, %v", before, a, again, err)
		}
	})
}

// prose is about n bytes of words from a small vocabulary.
func prose(n int, vocabulary int32, seed uint32) string {
	var b strings.Builder
	for i, w := range noise(n/6, vocabulary, seed) {
		fmt.Fprintf(&b, "w%03d", w)
		b.WriteString(map[bool]string{true: ".\n", false: " "}[i%12 == 11])
	}
	return b.String()
}

func BenchmarkWords(b *testing.B) {
	long := prose(100_000, 900, 1)
	for _, c := range []struct{ name, other string }{
		{"one-word-changed", strings.Replace(long, "w123", "another", 1)},
		{"a-tenth-changed", strings.ReplaceAll(long, "w1", "v1")},
		{"nothing-in-common", strings.ReplaceAll(prose(100_000, 900, 2), "w", "v")},
		{"chance", prose(100_000, 900, 2)},
		{"chance-of-few-words", prose(100_000, 5, 2)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Words(long, c.other)
			}
		})
	}
}
