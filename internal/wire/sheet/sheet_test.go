package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// lines writes a source as "FI1C6 men: 2021=5.4 b, 2022=:", in reading order.
func lines(t testing.TB, s stats.Source) []string {
	t.Helper()
	out, err := drain(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func drain(s stats.Source) ([]string, error) {
	var out []string
	var x stats.Series
	for {
		err := s.Next(&x)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		var cells []string
		for i := range x.Len() {
			o := x.At(i)
			text := fmt.Sprint(o.Value)
			if math.IsNaN(o.Value) {
				text = ":"
			}
			if o.Flags != 0 {
				text += " " + o.Flags.String()
			}
			cells = append(cells, o.Period.String()+"="+text)
		}
		key := strings.Join(append([]string{x.Region}, x.Key...), " ")
		out = append(out, key+": "+strings.Join(cells, ", "))
	}
}

// proposed reads a table by the mapping that is proposed for it.
func proposed(t testing.TB, table, fixed string) (*Proposal, []string) {
	t.Helper()
	p, err := Propose(strings.NewReader(table), "t.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if fixed != "" {
		p.Mapping.Fixed = fixed
	}
	r, err := NewReader(strings.NewReader(table), "t.csv", p.Mapping, Options{})
	if err != nil {
		t.Fatalf("%v\n%+v", err, p.Mapping)
	}
	defer r.Close()
	return p, lines(t, r)
}

func encoded(t *testing.T, e interface {
	String(string) (string, error)
}, s string,
) string {
	t.Helper()
	out, err := e.String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestProposedReads(t *testing.T) {
	twoYears := []string{"FI1C6: 2021=5.4, 2022=1234.5", "SE110: 2021=6, 2022=7"}
	for name, c := range map[string]struct {
		in, fixed string
		want      []string
	}{
		"comma":           {"geo,2021,2022\nFI1C6,5.4,1234.5\nSE110,6,7\n", "", twoYears},
		"semicolon":       {"geo;2021;2022\nFI1C6;5,4;1234,5\nSE110;6;7\n", "", twoYears},
		"tab":             {"geo\t2021\t2022\nFI1C6\t5.4\t1234.5\nSE110\t6\t7\n", "", twoYears},
		"bar":             {"geo|2021|2022\r\nFI1C6|5.4|1234.5\r\nSE110|6|7\r\n", "", twoYears},
		"BOM":             {"\ufeffgeo,2021,2022\nFI1C6,5.4,1234.5\nSE110,6,7", "", twoYears},
		"Windows-1252":    {encoded(t, charmap.Windows1252.NewEncoder(), "geo;Länsi;2021;2022\nFI1C6;Päijät-Häme;5,4;1\u00a0234,5\nSE110;Öland;6;7\n"), "", twoYears},
		"UTF-16":          {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), "geo\tnimi\t2021\t2022\nFI1C6\tPäijät-Häme\t5.4\t1234.5\nSE110\tÖland\t6\t7\n"), "", twoYears},
		"UTF-16 big":      {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), "geo\t2021\t2022\nFI1C6\t5.4\t1234.5\nSE110\t6\t7\n"), "", twoYears},
		"quoted":          {"\"geo\",\"name\n(of it)\",\"2021\",\"2022\"\n\"FI1C6\",\"say \"\"hi\"\", so\nit is\",\"5.4\",\"1,234.5\"\nSE110,x,6,7\n", "", twoYears},
		"title above":     {"Unemployment rate\n\nSource: own\ngeo,2021,2022\nFI1C6,5.4,1234.5\nSE110,6,7\n", "", twoYears},
		"title with tail": {"Unemployment rate,,\n,,\ngeo,2021,2022\nFI1C6,5.4,1234.5\nSE110,6,7\n", "", twoYears},
		"empty columns":   {"geo,2021,2022,,,\nFI1C6,5.4,1234.5,,,\nSE110,6,7,,,\n", "", twoYears},
		"notes below":     {"geo,2021,2022\nFI1C6,5.4,1234.5\nSE110,6,7\n\nSource: own survey\n\"Note: no figures, really\",,\n", "", twoYears},
		"two-row heading": {"geo,2021,2021,2022,2022\n,men,women,men,women\nFI1C6,1,2,3,4\nSE110,5,6,7,8\n", "", []string{
			"FI1C6 men: 2021=1, 2022=3", "FI1C6 women: 2021=2, 2022=4", "SE110 men: 2021=5, 2022=7", "SE110 women: 2021=6, 2022=8",
		}},
		"descending years": {"geo,2022,2021\nFI1C6,1234.5,5.4\nSE110,7,6\n", "", twoYears},
		"long":             {"geo,time,value\nFI1C6,2021,5.4\nFI1C6,2022,1234.5\nSE110,2022,7\nSE110,2021,6\n", "", twoYears},
		"long with flag":   {"geo,time,value,flag\nFI1C6,2021,5.4,b\nFI1C6,2022,,u\nSE110,2021,6,\n", "", []string{"FI1C6: 2021=5.4 b, 2022=: u", "SE110: 2021=6"}},
		"long with dimension": {
			"geo,sex,time,value\nFI1C6,M,2021,1\nFI1C6,M,2022,2\nFI1C6,F,2021,3\nFI1C6,F,2022,4\nSE110,M,2021,5\nSE110,M,2022,6\nSE110,F,2021,7\nSE110,F,2022,8\n", "",
			[]string{"FI1C6 M: 2021=1, 2022=2", "FI1C6 F: 2021=3, 2022=4", "SE110 M: 2021=5, 2022=6", "SE110 F: 2021=7, 2022=8"},
		},
		"flags glued":      {"geo,2021,2022\nFI1C6,5.4b,12.0e\nSE110,6 bu,: c\n", "", []string{"FI1C6: 2021=5.4 b, 2022=12 e", "SE110: 2021=6 bu, 2022=: c"}},
		"label in cell":    {"region,2021\nFI1C6 Päijät-Häme,1\nStockholms län (SE110),2\nDE111: Stuttgart,3\n", "", []string{"FI1C6: 2021=1", "SE110: 2021=2", "DE111: 2021=3"}},
		"no heading":       {"FI1C6,5.4\nSE110,6\n", "2020", []string{"FI1C6: 2020=5.4", "SE110: 2020=6"}},
		"thousands space":  {"geo;2021\nFI1C6;1 234 567,5\nSE110;12,5\n", "", []string{"FI1C6: 2021=1.2345675e+06", "SE110: 2021=12.5"}},
		"thousands point":  {"geo;2021\nFI1C6;1.234.567,5\nSE110;12,5\n", "", []string{"FI1C6: 2021=1.2345675e+06", "SE110: 2021=12.5"}},
		"thousands comma":  {"geo;2021\nFI1C6;1,234,567.5\nSE110;12.5\n", "", []string{"FI1C6: 2021=1.2345675e+06", "SE110: 2021=12.5"}},
		"Swiss":            {"geo;2021\nFI1C6;1'234'567.5\nSE110;12.5\n", "", []string{"FI1C6: 2021=1.2345675e+06", "SE110: 2021=12.5"}},
		"typographic sign": {"geo;2021\nFI1C6;−1,5\nSE110;+2,5\n", "", []string{"FI1C6: 2021=-1.5", "SE110: 2021=2.5"}},
		"per cent":         {"geo,2021\nFI1C6,12.5%\nSE110,13 %\n", "", []string{"FI1C6: 2021=12.5", "SE110: 2021=13"}},
		"quarters":         {"geo,2021-Q1,2021-Q2\nFI1C6,1,2\n", "", []string{"FI1C6: 2021-Q1=1, 2021-Q2=2"}},
		"missing words":    {"geo,2021,2022\nFI1C6,-,1\nSE110,n/a,2\nSE121,..,3\n", "", []string{"FI1C6: 2022=1", "SE110: 2022=2", "SE121: 2022=3"}},
		"several measures": {"geo,births,deaths\nFI1C6,1,2\nSE110,3,4\n", "2020", []string{"FI1C6 births: 2020=1", "FI1C6 deaths: 2020=2", "SE110 births: 2020=3", "SE110 deaths: 2020=4"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, got := proposed(t, c.in, c.fixed)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s\n%+v", d, p.Mapping)
			}
		})
	}
}

// wide is a mapping of "geo,2021,2022".
func wideMapping() Mapping {
	return Mapping{
		Separator: "comma", Decimal: ".", HeaderRow: 1, Region: 1, Missing: missing,
		Values: []ValueColumn{{Column: 2, Period: "2021"}, {Column: 3, Period: "2022"}},
	}
}

func longMapping() Mapping {
	return Mapping{Separator: "comma", Decimal: ".", HeaderRow: 1, Region: 1, Period: 2, Flag: 4, Missing: missing, Values: []ValueColumn{{Column: 3}}}
}

func with(m Mapping, change func(*Mapping)) Mapping {
	change(&m)
	return m
}

func TestRefusals(t *testing.T) {
	known := Options{
		Known:   func(c string) bool { return c == "FI1C6" || c == "SE110" || c == "DEC01" },
		Suggest: func(string) []string { return []string{"FI1C6"} },
	}
	for name, c := range map[string]struct {
		m      Mapping
		in     string
		line   int
		column int
		want   []string // parts of the sentence
	}{
		"text in number":       {wideMapping(), "geo,2021,2022\nFI1C6,1,2\nSE110,1,about 3\n", 3, 3, []string{`"about 3" is not a number`, "missing"}},
		"comma for point":      {wideMapping(), "geo,2021,2022\nFI1C6,\"1,5\",2\n", 2, 2, []string{`"1,5" is not a number with the decimal sign "."`}},
		"unknown code":         {wideMapping(), "geo,2021,2022\nFI1C7,1,2\n", 2, 1, []string{"FI1C7 does not exist", "Did you mean FI1C6?", "Nothing was imported"}},
		"date":                 {wideMapping(), "geo,2021,2022\nDec-01,1,2\n", 2, 1, []string{`"Dec-01" is a date`, "DEC01", "[codes]"}},
		"no code":              {wideMapping(), "geo,2021,2022\nHelsinki,1,2\n", 2, 1, []string{`"Helsinki" is not a region code`}},
		"twice":                {wideMapping(), "geo,2021,2022\nFI1C6,1,2\nSE110,1,2\nFI1C6,1,2\n", 4, 1, []string{"FI1C6 stands in row 2 already", "Keep one"}},
		"contradiction":        {longMapping(), "geo,time,value,flag\nFI1C6,2021,1,\nFI1C6,2021,2,\n", 3, 3, []string{"FI1C6 has two values in 2021: 1 and 2"}},
		"contradiction apart":  {longMapping(), "geo,time,value,flag\nFI1C6,2021,1,\nSE110,2021,2,\nFI1C6,2021,3,\n", 4, 3, []string{"FI1C6 has two values in 2021: 1 and 3"}},
		"no period":            {longMapping(), "geo,time,value,flag\nFI1C6,last year,1,\n", 2, 2, []string{`"last year" is not a period`}},
		"no flag":              {longMapping(), "geo,time,value,flag\nFI1C6,2021,1,?\n", 2, 4, []string{`"?" is not a flag`}},
		"open quote":           {wideMapping(), "geo,2021,2022\n\"FI1C6,1,2\n", 2, 0, []string{"opened and not closed"}},
		"heading too long":     {with(wideMapping(), func(m *Mapping) { m.HeaderRow = 9 }), "geo,2021,2022\nFI1C6,1,2\n", 0, 0, []string{"no row below its heading", "header_row"}},
		"column beyond":        {with(wideMapping(), func(m *Mapping) { m.Values[1].Column = 9 }), "geo,2021,2022\nFI1C6,1,2\n", 0, 9, []string{"has no column 9"}},
		"region beyond":        {with(wideMapping(), func(m *Mapping) { m.Region = 9 }), "geo,2021,2022\nFI1C6,1,2\n", 0, 9, []string{"has no column 9"}},
		"wrong separator":      {with(wideMapping(), func(m *Mapping) { m.Separator = "tab" }), "geo,2021,2022\nFI1C6,1,2\n", 0, 3, []string{"has no column"}},
		"same period twice":    {with(wideMapping(), func(m *Mapping) { m.Values[1].Period = "2021" }), "geo,2021,2022\nFI1C6,1,2\n", 0, 0, []string{"two columns", "2021"}},
		"unknown separator":    {with(wideMapping(), func(m *Mapping) { m.Separator = "dot" }), "geo\n", 0, 0, []string{`"dot" is not a separator`, "comma"}},
		"unknown encoding":     {with(wideMapping(), func(m *Mapping) { m.Encoding = "ebcdic" }), "geo\n", 0, 0, []string{"ebcdic", "utf-8"}},
		"column named twice":   {with(wideMapping(), func(m *Mapping) { m.Values[1].Column = 1 }), "geo\n", 0, 0, []string{"column 1 holds both regions and values"}},
		"no region":            {with(wideMapping(), func(m *Mapping) { m.Region = 0 }), "geo\n", 0, 0, []string{"no column of regions"}},
		"no values":            {with(wideMapping(), func(m *Mapping) { m.Values = nil }), "geo\n", 0, 0, []string{"no column of values"}},
		"decimal":              {with(wideMapping(), func(m *Mapping) { m.Decimal = ";" }), "geo\n", 0, 0, []string{"not a point or a comma"}},
		"decimal is thousands": {with(wideMapping(), func(m *Mapping) { m.Thousands = "." }), "geo\n", 0, 0, []string{"are the same"}},
		"thousands is digit":   {with(wideMapping(), func(m *Mapping) { m.Thousands = "0" }), "geo\n", 0, 0, []string{"between thousands"}},
		"no year":              {with(wideMapping(), func(m *Mapping) { m.Values[1].Period = "" }), "geo\n", 0, 0, []string{"which year column 3 is of"}},
		"not a year":           {with(wideMapping(), func(m *Mapping) { m.Values[1].Period = "21" }), "geo\n", 0, 0, []string{"not a period"}},
		"negative heading":     {with(wideMapping(), func(m *Mapping) { m.HeaderRow = -1 }), "geo\n", 0, 0, []string{"header_row"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := NewReader(strings.NewReader(c.in), "t.csv", c.m, known)
			if err == nil {
				_, err = drain(r)
			}
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Cure == "" {
				t.Fatalf("no fault with a cure: %v", err)
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if c.line > 0 && f.Place.Line != c.line || c.column > 0 && f.Place.Column != c.column {
				t.Errorf("place is %s, want line %d, column %d", f.Place, c.line, c.column)
			}
		})
	}
}

func TestCodesAnswerDates(t *testing.T) {
	table := "geo,2021\nDec-01,1\n01-Dec,2\nFI1C6,3\n"
	p, err := Propose(strings.NewReader(table), "t.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Questions) != 2 || p.Questions[0].Find != "Dec-01" || p.Questions[0].Replace != "DEC01" || !slices.Equal(p.Questions[0].Rows, []int{2}) {
		t.Fatalf("%+v", p.Questions)
	}
	m := p.Mapping
	m.Codes = map[string]string{"Dec-01": "DEC01", "01-Dec": "DEC02"}
	r, err := NewReader(strings.NewReader(table), "t.csv", m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"DEC01: 2021=1", "DEC02: 2021=2", "FI1C6: 2021=3"}, lines(t, r)); d != "" {
		t.Error(d)
	}
	m.Codes["01-Dec"] = "DEC99"
	r, err = NewReader(strings.NewReader(table), "t.csv", m, Options{Known: func(c string) bool { return c != "DEC99" }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = drain(r); err == nil || !strings.Contains(err.Error(), "DEC99 does not exist") {
		t.Errorf("a code that the mapping gives was not checked: %v", err)
	}
}

func TestMappingGoesThereAndBack(t *testing.T) {
	m := Mapping{
		Dataset: "own_1", Title: `A "title"`, Sheet: "Tabelle 1", Encoding: "windows-1252", Separator: "tab", Decimal: ",", Thousands: " ", HeaderRow: 4,
		Region: 2, Period: 3, Fixed: "2020", Flag: 5,
		Values:  []ValueColumn{{Column: 6, Period: "2021", Dimension: "sex", Code: "F"}, {Column: 7, Period: "2021-Q1", Dimension: "sex", Code: "M"}},
		Columns: []DimensionCol{{ID: "age", Column: 8, Optional: true}}, Same: []Constant{{ID: "unit", Code: "PC"}},
		Missing: missing, Codes: map[string]string{"Dec-01": "DEC01", "a = \"b\"": "FI"},
	}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadMapping(&b, "m.toml")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m, got); d != "" {
		t.Error(d)
	}
}

func TestMappingRefusals(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"syntax":      {"decimal = \".\"\nregion = = 1\n", "m.toml, line 2"},
		"unknown key": {"decimal = \".\"\nregon = 1\n", "regon is not a key"},
		"incomplete":  {"decimal = \".\"\n", "m.toml: the mapping is not complete"},
		"wrong type":  {"decimal = \".\"\nregion = \"A\"\n", "m.toml"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadMapping(strings.NewReader(c.in), "m.toml")
			if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestUnknownCodesAreProposed(t *testing.T) {
	o := Options{Known: func(c string) bool { return c == "FI1C6" }, Suggest: func(string) []string { return []string{"FI1C6"} }}
	p, err := Propose(strings.NewReader("geo,2021\nFI1C6,1\nFI1C7,2\n"), "t.csv", o)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Unknown{{Code: "FI1C7", Row: 3, Near: []string{"FI1C6"}}}, p.Unknown); d != "" || p.Rows != 2 {
		t.Errorf("%d rows\n%s", p.Rows, d)
	}
}

func TestProposalRefusals(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"empty":      {"", "fewer than two rows"},
		"one row":    {"geo,2021\n", "fewer than two rows"},
		"no regions": {"name,2021\nHelsinki,3\nTurku,4\n", "no row of the table names a NUTS region"},
		"no values":  {"geo,name\nFI1C6,Päijät-Häme\nSE110,Stockholm\n", "no column of the table holds numbers"},
		"web page":   {"\n<!DOCTYPE html><html>\n</html>\n", "web page"},
		"binary":     {"geo,2021\nFI\x001,3\n", "zero byte"},
		"no zip":     {"PK\x03\x04nonsense", "workbook cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Propose(strings.NewReader(c.in), "t.csv", Options{})
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || !strings.Contains(err.Error(), c.want) || f.Cure == "" {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// endless repeats one byte.
type endless struct{ left int64 }

func (e *endless) Read(b []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(b)), e.left)
	for i := range b[:n] {
		b[i] = '1'
	}
	e.left -= n
	return int(n), nil
}

func TestEndlessLineIsRefused(t *testing.T) {
	const size = 2 << 30
	for name, start := range map[string]string{"line": "", "cell": "geo,2021,2022\nFI1C6,", "quote": "geo,2021,2022\n\"FI1C6,"} {
		t.Run(name, func(t *testing.T) {
			in := &endless{left: size}
			r, err := NewReader(io.MultiReader(strings.NewReader(start), in), "t.csv", wideMapping(), Options{})
			if err == nil {
				_, err = drain(r)
			}
			if err == nil || fault.KindOf(err) != fault.TooLarge {
				t.Errorf("got %v", err)
			}
			if read := size - in.left; read > 16<<20 {
				t.Errorf("%d bytes were read", read)
			}
			in.left = size
			if _, err := Propose(in, "t.csv", Options{}); err == nil || fault.KindOf(err) != fault.TooLarge {
				t.Errorf("proposal: %v", err)
			}
			if read := size - in.left; read > mostFile+1<<20 {
				t.Errorf("%d bytes were read", read)
			}
		})
	}
}
