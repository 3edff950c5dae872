package content

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMerge(t *testing.T) {
	const (
		en  = `"en":{"value":"a","mark":"original","at":"1"}`
		en2 = `"en":{"value":"a","mark":"original","at":"2"}`
		fi  = `"fi":{"value":"b","mark":"machine","from":"en","at":"1"}`
		fi2 = `"fi":{"value":"b!","mark":"translated","from":"en","at":"2"}`
		fi3 = `"fi":{"value":"b?","mark":"machine","from":"en","at":"3"}`
		de  = `"de":{"value":"c","mark":"machine","from":"en","at":"1"}`
	)
	for _, c := range []struct{ name, base, mine, theirs, want, conflicts string }{
		{"nothing", `{"a":1}`, `{"a":1}`, `{"a":1}`, `{"a":1}`, ""},
		{"different fields", `{"a":1,"b":1}`, `{"a":2,"b":1}`, `{"a":1,"b":2}`, `{"a":2,"b":2}`, ""},
		{"the same change", `{"a":1}`, `{"a":2}`, `{"a":2}`, `{"a":2}`, ""},
		{"two changes of a field", `{"a":1,"b":1}`, `{"a":2,"b":2}`, `{"a":3,"b":1}`, `{"a":3,"b":2}`, "/a 1 2 3"},
		{"both add", `{}`, `{"a":1}`, `{"b":2}`, `{"a":1,"b":2}`, ""},
		{"both add otherwise", `{}`, `{"a":1}`, `{"a":2}`, `{"a":2}`, "/a  1 2"},
		{"mine removes", `{"a":1,"b":1}`, `{"b":1}`, `{"a":1,"b":2}`, `{"b":2}`, ""},
		{"theirs removes", `{"a":1,"b":1}`, `{"a":1,"b":2}`, `{"b":1}`, `{"b":2}`, ""},
		{"mine removes what theirs changes", `{"a":1}`, `{}`, `{"a":2}`, `{"a":2}`, "/a 1  2"},
		{"theirs removes what mine changes", `{"a":1}`, `{"a":2}`, `{}`, `{}`, "/a 1 2 "},
		{"languages", `{"t":{` + en + `}}`, `{"t":{` + en + `,` + fi + `}}`, `{"t":{` + de + `,` + en + `}}`, `{"t":{` + de + `,` + en + `,` + fi + `}}`, ""},
		{
			"one wording", `{"t":{` + en + `,` + fi + `}}`, `{"t":{` + en + `,` + fi2 + `}}`, `{"t":{` + en + `,` + fi3 + `}}`,
			`{"t":{` + en + `,` + fi3 + `}}`, `/t/fi {"at":"1","from":"en","mark":"machine","value":"b"} {"at":"2","from":"en","mark":"translated","value":"b!"} {"at":"3","from":"en","mark":"machine","value":"b?"}`,
		},
		{"wording and original", `{"t":{` + en + `,` + fi + `}}`, `{"t":{` + en2 + `,` + fi + `}}`, `{"t":{` + en + `,` + fi2 + `}}`, `{"t":{` + en2 + `,` + fi2 + `}}`, ""},
		{
			"two originals", `{}`, `{"t":{` + en + `}}`, `{"t":{` + strings.Replace(en, "en", "fi", 1) + `}}`,
			`{"t":{` + strings.Replace(en, "en", "fi", 1) + `}}`, `/t  {"en":{"at":"1","mark":"original","value":"a"}} {"fi":{"at":"1","mark":"original","value":"a"}}`,
		},
		{
			"list with ids", `[{"id":"a","n":1},{"id":"b"}]`, `[{"id":"a","n":2},{"id":"x"},{"id":"b"}]`, `[{"id":"a","n":1,"m":3},{"id":"b"},{"id":"y"}]`,
			`[{"id":"a","m":3,"n":2},{"id":"x"},{"id":"b"},{"id":"y"}]`, "",
		},
		{"list, mine sorts", `[{"id":"a"},{"id":"b"}]`, `[{"id":"b"},{"id":"a"}]`, `[{"id":"a"},{"id":"b"},{"id":"c"}]`, `[{"id":"b"},{"id":"c"},{"id":"a"}]`, ""},
		{"list, both remove", `[{"id":"a"},{"id":"b"},{"id":"c"}]`, `[{"id":"b"},{"id":"c"}]`, `[{"id":"a"},{"id":"b"}]`, `[{"id":"b"}]`, ""},
		{"list, added after one removed", `[{"id":"a"}]`, `[{"id":"a"},{"id":"x"}]`, `[]`, `[{"id":"x"}]`, ""},
		{
			"list, both sort", `[{"id":"a"},{"id":"b"},{"id":"c"}]`, `[{"id":"b"},{"id":"a"},{"id":"c"}]`, `[{"id":"a"},{"id":"c"},{"id":"b"}]`,
			`[{"id":"a"},{"id":"c"},{"id":"b"}]`, ` ["a","b","c"] ["b","a","c"] ["a","c","b"]`,
		},
		{"plain list", `{"a":["x"]}`, `{"a":["x","y"]}`, `{"a":["x","z"]}`, `{"a":["x","z"]}`, `/a ["x"] ["x","y"] ["x","z"]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := Merge([]byte(c.base), []byte(c.mine), []byte(c.theirs))
			if err != nil {
				t.Fatal(err)
			}
			want, err := Canonical([]byte(c.want))
			if err != nil {
				t.Fatal(err)
			}
			if string(m.Body) != string(want) {
				t.Errorf("body %s\nwant %s", m.Body, want)
			}
			var got []string
			for _, x := range m.Conflicts {
				got = append(got, fmt.Sprintf("%s %s %s %s", x.Path, x.Base, x.Mine, x.Theirs))
			}
			if s := strings.Join(got, "; "); s != c.conflicts {
				t.Errorf("conflicts %s\nwant      %s", s, c.conflicts)
			}
		})
	}
}

// checkMerge holds what must be so for any three bodies: a side that changed
// nothing gives way, alike is no conflict, and without conflicts it does not
// matter who was first.
func checkMerge(t interface {
	Helper()
	Fatalf(string, ...any)
}, base, mine, theirs []byte,
) {
	t.Helper()
	merge := func(a, b, c []byte) Merged {
		m, err := Merge(a, b, c)
		if err != nil {
			t.Fatalf("Merge(%s, %s, %s): %v", a, b, c, err)
		}
		return m
	}
	for _, one := range []Merged{merge(base, mine, base), merge(base, base, mine), merge(base, mine, mine)} {
		if string(one.Body) != string(mine) || len(one.Conflicts) > 0 {
			t.Fatalf("of %s, one changed it to %s: %s", base, mine, one.Body)
		}
	}
	m, r := merge(base, mine, theirs), merge(base, theirs, mine)
	if len(m.Conflicts) != len(r.Conflicts) {
		t.Fatalf("of %s, %s and %s: %d conflicts, the other way round %d", base, mine, theirs, len(m.Conflicts), len(r.Conflicts))
	}
	if _, err := Canonical(m.Body); err != nil {
		t.Fatalf("the merged body %s: %v", m.Body, err)
	}
	for i, x := range m.Conflicts {
		y := r.Conflicts[i]
		if x.Path.String() != y.Path.String() || string(x.Mine) != string(y.Theirs) || string(x.Theirs) != string(y.Mine) {
			t.Fatalf("of %s, %s and %s: conflict %+v, the other way round %+v", base, mine, theirs, x, y)
		}
	}
}

func TestMergeOfAnyBodies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b [3][]byte
		for i, label := range []string{"base", "mine", "theirs"} {
			var err error
			if b[i], err = write(body(t, label, 3)); err != nil {
				t.Fatal(err)
			}
		}
		checkMerge(t, b[0], b[1], b[2])
	})
}

// TestMergeKeepsWhatBothDid changes different members of one object.
func TestMergeKeepsWhatBothDid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, mine, theirs, want := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
		for i := range 8 {
			name := fmt.Sprint("m", i)
			was, is := body(t, name, 1), body(t, name, 1)
			base[name], mine[name], theirs[name], want[name] = was, was, was, is
			switch rapid.IntRange(0, 3).Draw(t, name) {
			case 0:
				mine[name] = is
			case 1:
				theirs[name] = is
			case 2:
				mine[name], theirs[name] = is, is
			default:
				want[name] = was
			}
		}
		var b [4][]byte
		for i, v := range []any{base, mine, theirs, want} {
			var err error
			if b[i], err = write(v); err != nil {
				t.Fatal(err)
			}
		}
		m, err := Merge(b[0], b[1], b[2])
		if err != nil || len(m.Conflicts) > 0 || string(m.Body) != string(b[3]) {
			t.Fatalf("of %s, %s and %s: %s, %+v, %v; want %s", b[0], b[1], b[2], m.Body, m.Conflicts, err, b[3])
		}
	})
}

func FuzzMerge(f *testing.F) {
	f.Add([]byte(`{"a":[{"id":"x"}]}`), []byte(`{"a":[{"id":"y"},{"id":"x"}]}`), []byte(`{"a":[]}`))
	f.Add([]byte(`{}`), []byte(`{"en":{"value":"a","mark":"original"}}`), []byte(`{"fi":{"value":"a","mark":"original"}}`))
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		var all [3][]byte
		for i, in := range [][]byte{a, b, c} {
			var err error
			if all[i], err = Canonical(in); err != nil {
				return
			}
		}
		checkMerge(t, all[0], all[1], all[2])
	})
}
