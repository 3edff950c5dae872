package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// TestRealYearbooks reads every JSON file of the folder; the counts were taken
// with a JSON reader of another language.
func TestRealYearbooks(t *testing.T) {
	for _, c := range []struct {
		file, fixed string
		values      int
		title       string
	}{
		{"CH02_data_CH02M02.json", "", 590, "Life expectancy at birth"},
		{"CH02_data_cancer.json", "2023", 112, ""},
		{"CH02_data_circulatory.json", "2023", 112, ""},
		{"CH02_data_other.json", "2023", 112, ""},
		{"CH02_data_respiratory.json", "2023", 112, ""},
		{"CH03_data_bachelors.json", "2024", 259, ""},
		{"CH03_data_masters.json", "2024", 259, ""},
		{"CH03_data_phd.json", "2024", 259, ""},
		{"CH04_data_CH04M03.json", "", 868, "Employment rate by educational attainment"},
		{"CH08_data_CH08M03.json", "", 296, "Regional specialisation in manufacturing"},
		{"CH08_data_CH08M04.json", "", 201, "Labour market indicators"},
		{"CH13_data_CH13M02.json", "", 703, "Average size of farms"},
		{"URE_gdp-change.json", "", 2329, "Overall change in GDP per inhabitant, by urban-rural typology, 2013–23"},
		{"URE_population.json", "2021", 85, ""},
	} {
		t.Run(c.file, func(t *testing.T) {
			y, err := NewYearbook(yearbookFile(t, c.file), c.file, Mapping{Fixed: c.fixed})
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := values(t, y); n != c.values || y.Header().Title != c.title {
				t.Errorf("%d values of %q", n, y.Header().Title)
			}
		})
	}
	for _, file := range []string{"CH11_data_M04_maritime-freight.json", "CH11_data_M05_maritime-passengers.json"} {
		_, err := NewYearbook(yearbookFile(t, file), file, Mapping{Fixed: "2024"})
		if err == nil || fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "ports") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestFootnotes looks up single values whose year or flag a footnote gives.
func TestFootnotes(t *testing.T) {
	for _, c := range []struct{ file, key, want string }{
		{"CH02_data_CH02M02.json", "BE10 A", "2024=84.3"},
		{"CH02_data_CH02M02.json", "EL30 A", "2023"},
		{"CH02_data_CH02M02.json", "AT13 B", "2023"},
		{"CH04_data_CH04M03.json", "IS00 A", "2024"},
		{"CH04_data_CH04M03.json", "FRM0 C", " u"},
		{"CH04_data_CH04M03.json", "PL43 A", " u"},
		{"CH04_data_CH04M03.json", "PL43 B", "2025=77.4"},
		{"CH13_data_CH13M02.json", "SI03 C", " p"},
		{"CH13_data_CH13M02.json", "SI03 A", "2010="},
		{"CH13_data_CH13M02.json", "BE10 B", "2016=49.6"},
		{"CH08_data_CH08M03.json", "BE2 C", "2023=25.8"},
		{"URE_gdp-change.json", "BE100 gdpChange", "2023=-24"},
		{"URE_gdp-change.json", "PL411 gdpChange", " b"},
	} {
		y, err := NewYearbook(yearbookFile(t, c.file), c.file, Mapping{})
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		for _, line := range lines(t, y) {
			if rest, ok := strings.CutPrefix(line, c.key+": "); ok {
				found = rest
			}
		}
		plain := !strings.HasPrefix(c.want, " ")
		if !strings.Contains(found, c.want) || plain && strings.ContainsAny(found, "bup") {
			t.Errorf("%s %s: %q, want %q", c.file, c.key, found, c.want)
		}
	}
}

func TestReadFootnote(t *testing.T) {
	year := func(s string) stats.Period {
		p, err := stats.ParsePeriod(s)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct {
		in   string
		want statements
	}{
		{"", nil},
		{"Note: Bosnia and Herzegovina and the Netherlands: 2021.", statements{{code: "BA", year: year("2021")}, {code: "NL", year: year("2021")}}},
		{"Note: Iceland, 2024; Malta: 2023", statements{{code: "IS", year: year("2024")}, {code: "MT", year: year("2023")}}},
		{"EU and Slovenia: 2023, provisional.", statements{{code: "SI", year: year("2023"), flags: stats.Provisional}}},
		{"Corse (FRM0) and Åland (FI20): low reliability.", statements{{code: "FRM0", flags: stats.Unreliable}, {code: "FI20", flags: stats.Unreliable}}},
		{"Trier (DEB2): low reliability for women.", statements{{code: "DEB2", flags: stats.Unreliable, within: "women"}}},
		{"Poland: break in series.", statements{{code: "PL", flags: stats.Break}}},
		{"Note: based on the change in an index with EU = 100. Nowhere: 2023.", nil},
		{"EU: see the methodological notes.", nil},
	} {
		if d := cmp.Diff(c.want, readFootnote(c.in), cmp.AllowUnexported(statement{})); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.in, d)
		}
	}
}

func TestYearbookRefusals(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"no JSON":         {"{\n\"BE10\": 1,\n}", "y.json, line 3"},
		"list":            {`[{"code": "BE"}]`, "a list of points or ports"},
		"words":           {`{"name": "x"}`, `"name" is no region code`},
		"other keys":      {`{"AB": 1, "CD": 2, "BE": 3}`, "its keys are no region codes"},
		"no year":         {`{"BE10": 1}`, "which year the map is of"},
		"text":            {`{"options": [{"code": "A", "subtitle": "2024", "data": {"BE10": "many"}}]}`, `BE10 in option A is "many"`},
		"no value":        {`{"options": [{"code": "A", "subtitle": "2024", "data": {"BE10": null, "BE21": ":"}}]}`, "no value"},
		"options twice":   {`{"options": [{"code": "A"}, {"code": "A"}]}`, "two options have the code A"},
		"strange options": {`{"options": 3}`, `"options" have another shape`},
		"strange stats":   {`{"stats": [1]}`, `"stats" have another shape`},
		"mixed":           {`{"BE10": 1, "BE21": {"a": 2}}`, "some regions have a number and some have several"},
		"no region":       {`{"options": [{"code": "A", "subtitle": "2024", "data": {"Brussels": 1}}]}`, `"Brussels" is no region code`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewYearbook(strings.NewReader(c.in), "y.json", Mapping{})
			if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
