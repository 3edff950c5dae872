package nuts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hit is a match in short: code, version, level, reason.
type hit struct {
	Code    Code
	Version Version
	Level   int
	Why     string
}

func hits(matches []Match) []hit {
	var out []hit
	for _, m := range matches {
		out = append(out, hit{m.Region.Code, m.Region.Version, m.Region.Level, m.Why})
	}
	return out
}

func TestSearch(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		name, query string
		want        []hit // the first ones
	}{
		{"without marks", "paijat hame", []hit{{"FI1C6", 2024, 3, "name"}, {"FI1C3", 2021, 3, "name, until NUTS 2021"}}},
		{"in another language", "Päijänne Tavastia", []hit{{"FI1C6", 2024, 3, "also called Päijänne Tavastia"}}},
		{"English", "Lower Austria", []hit{{"AT12", 2024, 2, "also called Lower Austria"}}},
		{"Finnish", "ala-itävalta", []hit{{"AT12", 2024, 2, "also called Ala-Itävalta"}}},
		{"without umlaut", "Niederosterreich", []hit{{"AT12", 2024, 2, "name"}, {"AT122", 2024, 3, "name"}}},
		{"umlaut written out", "Niederoesterreich", []hit{{"AT12", 2024, 2, "name"}}},
		{"an old code", "FI1C3", []hit{
			{"FI1C6", 2024, 3, "FI1C3 (NUTS 2021) became part of FI1C6"}, {"FI1C3", 2021, 3, "code, until NUTS 2021"},
		}},
		{"an old code that was divided", "fi1c4", []hit{
			{"FI1C7", 2024, 3, "96 % of the people of FI1C4 (NUTS 2021)"},
			{"FI1C6", 2024, 3, "4 % of the people of FI1C4 (NUTS 2021)"},
			{"FI1C4", 2021, 3, "code, until NUTS 2021"},
		}},
		{"an old code that only changed", "FR30", []hit{
			{"FRE1", 2024, 2, "FR30 (NUTS 2013) became FRE1"}, {"FR30", 2013, 2, "code, until NUTS 2013"},
		}},
		{"a code of a country that left", "UKI", []hit{{"UKI", 2021, 1, "code, until NUTS 2021"}}},
		{"a code by ISO letters", "gr30", []hit{{"EL30", 2024, 2, "code"}}},
		{"a code and what begins with it", "FI1C", []hit{{"FI1C", 2024, 2, "code"}, {"FI1C1", 2024, 3, "code"}}},
		{"Greek letters", "Αττική", []hit{{"EL3", 2024, 1, "name"}, {"EL30", 2024, 2, "name"}}},
		{"Greek without accent", "αττικη", []hit{{"EL3", 2024, 1, "name"}, {"EL30", 2024, 2, "name"}}},
		{"Greek in Latin letters", "Attiki", []hit{{"EL3", 2024, 1, "name"}, {"EL30", 2024, 2, "name"}}},
		{"Greek in English", "attica", []hit{{"EL3", 2024, 1, "also called Attica"}, {"EL30", 2024, 2, "also called Attica"}}},
		{"Cyrillic", "София", []hit{{"BG412", 2024, 3, "name"}, {"BG411", 2024, 3, "name"}}},
		{"a typo", "podlsie", []hit{{"PL84", 2024, 2, "spelled nearly like Podlasie"}}},
		{"two letters swapped", "Barcleona", []hit{{"ES511", 2024, 3, "spelled nearly like Barcelona"}}},
		{"a word that says what kind", "Barcelona province", []hit{{"ES511", 2024, 3, "name"}}},
		{"a spelling holds for the same area below", "Wiedeń", []hit{
			{"AT13", 2024, 2, "also called Wiedeń"}, {"AT130", 2024, 3, "also called Wiedeń"},
		}},
		{"level 0 in Polish", "Niemcy", []hit{{"DE", 2024, 0, "also called Niemcy"}}},
		{"level 0, one language of the name", "suomi", []hit{{"FI", 2024, 0, "name"}}},
		{"level 1", "bayern", []hit{{"DE2", 2024, 1, "name"}}},
		{"the beginning of a name", "meckl", []hit{{"DE8", 2024, 1, "name"}, {"DE80", 2024, 2, "name"}, {"DE80J", 2024, 3, "name"}}},
		{"words in any order", "hame paijat", []hit{{"FI1C6", 2024, 3, "name"}}},
		{"a part of a word", "sterreich", []hit{{"AT", 2024, 0, "name"}, {"AT1", 2024, 1, "name"}}},
		{"an old name", "Hedmark", []hit{{"NO021", 2016, 3, "name, until NUTS 2016"}}},
		{"nothing like it", "xqzzw", nil},
		{"no letters", " -,. ", nil},
		{"nothing", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := hits(n.Search(c.query, 50))
			if len(got) > len(c.want) && c.want != nil {
				got = got[:len(c.want)]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%q: %s", c.query, diff)
			}
		})
	}
}

// Whoever types a region's name as the table has it finds that region, exactly
// and among the first: more than a few regions of one name do not exist.
func TestSearchFindsEveryRegionByItsName(t *testing.T) {
	n := open(t)
	for _, r := range n.index.codes {
		for _, name := range []string{r.Name, r.Native} {
			rank := -1
			for i, m := range n.Search(name, 30) {
				if m.Region == r {
					rank = i
				}
			}
			if rank < 0 && len(name) <= longest {
				t.Errorf("%s %q is not found by its name", r.ID, name)
			}
		}
	}
}

func TestSearchKeepsItsOrderAndLimit(t *testing.T) {
	n := open(t)
	for _, q := range []string{"nord", "sdu", "podlsie", "west", "a"} {
		all := n.Search(q, 1000)
		for limit := range min(len(all), 12) {
			if diff := cmp.Diff(hits(all[:limit]), hits(n.Search(q, limit))); diff != "" {
				t.Errorf("%q, limit %d: %s", q, limit, diff)
			}
		}
	}
	if n.Search("nord", -1) != nil {
		t.Error("a negative limit must give nothing")
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Päijät-Häme":                   "paijat hame",
		"Łódzkie":                       "lodzkie",
		"Val-d’Oise":                    "val d oise",
		"Weiß æ ø ð":                    "weiss ae o d",
		"Αττικής":                       "αττικησ",
		"Srbija/Србија":                 "srbija србија",
		"  Bosnia & Herzegovina (all) ": "bosnia herzegovina all",
		"İstanbul":                      "istanbul",
		"Diyarbakır":                    "diyarbakir",
		"№ ¾ …":                         "",
		"\xff\xfe":                      "",
	} {
		if got := fold(in); got != want {
			t.Errorf("fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		limit int
		want  int
	}{
		{"podlasie", "podlasie", 2, 0},
		{"podlsie", "podlasie", 2, 1},
		{"barcleona", "barcelona", 2, 1},
		{"helsinky", "helsinki", 1, 1},
		{"wien", "rom", 1, 2},
		{"", "ab", 2, 2},
		{"kitten", "sitting", 3, 3},
		{"kitten", "sitting", 2, 3},
		{strings.Repeat("a", 80), strings.Repeat("a", 80), 2, 3},
	} {
		if got := distance([]rune(c.a), []rune(c.b), c.limit); got != c.want {
			t.Errorf("distance(%q, %q, %d) = %d, want %d", c.a, c.b, c.limit, got, c.want)
		}
	}
}

func FuzzSearch(f *testing.F) {
	n, err := tables()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"Wien", "FI1C3", "podlsie", "Αττική", "the province of", "\xff", strings.Repeat("ä ", 100)} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, q string, limit int) {
		got := n.Search(q, limit)
		if len(got) > max(limit, 0) {
			t.Errorf("%d matches for a limit of %d", len(got), limit)
		}
		seen := map[*Region]bool{}
		for _, m := range got {
			if m.Region == nil || m.Why == "" || seen[m.Region] {
				t.Errorf("%q: %+v is empty or stands twice", q, m)
			}
			seen[m.Region] = true
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	n := open(b)
	for name, q := range map[string]string{"name": "niederosterreich", "typo": "mecklenbrug vorpomern", "letter": "s", "code": "FI1C3"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n.Search(q, 20)
			}
		})
	}
}

// A whole name or code is told from one that is only like it.
func TestExactMatches(t *testing.T) {
	n := open(t)
	for query, want := range map[string]bool{"Päijät-Häme": true, "paijat hame": true, "AT12": true, "Niederösterreich": true, "Atlantis": false, "Päijät": false, "FI1C": true} {
		got := n.Search(query, 1)
		if len(got) == 0 && want || len(got) > 0 && got[0].Exact != want {
			t.Errorf("%q: %+v, want exact %v", query, got, want)
		}
	}
}
