package jsonstat

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

// read returns the header and the series as "key|region|period=value flags;".
func read(r io.Reader, name string) (*stats.Header, []string, error) {
	t, err := NewReader(r, name)
	if err != nil {
		return nil, nil, err
	}
	var rows []string
	var s stats.Series
	for {
		if err := t.Next(&s); err == io.EOF {
			return t.Header(), rows, nil
		} else if err != nil {
			return t.Header(), rows, err
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s|%s|", strings.Join(s.Key, ","), s.Region)
		for i := range s.Periods {
			o := s.At(i)
			fmt.Fprintf(&b, "%s=%v", o.Period, o.Value)
			if o.Flags != 0 {
				fmt.Fprintf(&b, " %s", o.Flags)
			}
			b.WriteString(";")
		}
		rows = append(rows, b.String())
	}
}

// cubeOf writes a dataset of freq A, two regions and two years around some
// members; a member given replaces the usual one.
func cubeOf(members ...string) string {
	usual := []string{
		`"version":"2.0"`, `"class":"dataset"`, `"value":{"0":1,"1":2,"2":3,"3":4}`,
		`"id":["freq","geo","time"]`, `"size":[1,2,2]`, `"extension":{"id":"X"}`,
		`"dimension":{"freq":` + dim(`{"A":0}`) + `,"geo":` + dim(`{"AT11":0,"AT12":1}`) + `,"time":` + dim(`{"2020":0,"2021":1}`) + `}`,
	}
	var out []string
	for _, u := range usual {
		name, _, _ := strings.Cut(u, ":")
		for _, m := range members {
			if strings.HasPrefix(m, name+":") {
				u = ""
			}
		}
		if u != "" {
			out = append(out, u)
		}
	}
	return "{" + strings.Join(append(out, members...), ",\n") + "}"
}

func dim(index string) string { return `{"category":{"index":` + index + `}}` }

func dims(geo, time string) string {
	return `"dimension":{"freq":` + dim(`{"A":0}`) + `,"geo":` + dim(geo) + `,"time":` + dim(time) + `}`
}

var readable = []struct {
	name, in string
	want     []string
	notes    []string
}{
	{"values by position", cubeOf(), []string{"A|AT11|2020=1;2021=2;", "A|AT12|2020=3;2021=4;"}, nil},
	{"values first, as the service writes", `{"value":{"3":4},` + strings.TrimPrefix(strings.Replace(cubeOf(), `"value":{"0":1,"1":2,"2":3,"3":4},`, "", 1), "{"), []string{"A|AT12|2021=4;"}, nil},
	{"positions in any order, nulls", cubeOf(`"value":{"3":4,"0":null,"1":-2.5e1}`), []string{"A|AT11|2021=-25;", "A|AT12|2021=4;"}, nil},
	{"an array with nulls", cubeOf(`"value":[1,null,null,4]`), []string{"A|AT11|2020=1;", "A|AT12|2021=4;"}, nil},
	{"status by position, one without value", cubeOf(`"value":{"0":1,"3":4}`, `"status":{"0":"bu","1":"|C","2":":","3":"p|C"}`), []string{"A|AT11|2020=1 bu;2021=NaN @C;", "A|AT12|2021=4 p@C;"}, nil},
	{"status in an array", cubeOf(`"value":[1,null,null,4]`, `"status":["e",null,"u",null]`), []string{"A|AT11|2020=1 e;", "A|AT12|2020=NaN u;2021=4;"}, nil},
	{"one status for all values", cubeOf(`"value":[1,null,null,4]`, `"status":"p"`), []string{"A|AT11|2020=1 p;", "A|AT12|2021=4 p;"}, nil},
	{"one status in an array for all values", cubeOf(`"value":[1,null,null,4]`, `"status":["p"]`), []string{"A|AT11|2020=1 p;", "A|AT12|2021=4 p;"}, nil},
	{"codes in an array, years descending", cubeOf(dims(`["AT11","AT12"]`, `["2021","2020"]`)), []string{"A|AT11|2020=2;2021=1;", "A|AT12|2020=4;2021=3;"}, []string{"Periods stood in no ascending order and were sorted."}},
	{"codes out of order in an object", cubeOf(dims(`{"AT12":1,"AT11":0}`, `{"2021":1,"2020":0}`)), []string{"A|AT11|2020=1;2021=2;", "A|AT12|2020=3;2021=4;"}, nil},
	{"time in the middle", cubeOf(`"id":["freq","time","geo"]`), []string{"A|AT11|2020=1;2021=3;", "A|AT12|2020=2;2021=4;"}, nil},
	{"time first", cubeOf(`"id":["time","geo","freq"]`, `"size":[2,2,1]`, `"status":{"1":"p"}`), []string{"A|AT11|2020=1;2021=3;", "A|AT12|2020=2 p;2021=4;"}, nil},
	{
		"names from the roles, one code without index",
		`{"version":"2.0","class":"dataset","role":{"time":["Jahr"],"geo":["Land"],"metric":["m"]},"id":["m","Land","Jahr"],"size":[1,1,2],"value":[1,2],` +
			`"dimension":{"m":{"category":{"label":{"GDP":"Gross domestic\n product"}}},"Land":{"category":{"index":["AT11"],"label":{"AT11":"Burgenland"}}},"Jahr":` + dim(`["2020Q1","2020Q2"]`) + `}}`,
		[]string{"GDP|AT11|2020-Q1=1;2020-Q2=2;"},
		[]string{"The file does not name its dataset.", "The file names no frequency."},
	},
	{"no region", cubeOf(`"id":["freq","c_load","time"]`, strings.Replace(dims(`["AT11","AT12"]`, `["2020","2021"]`), `"geo"`, `"c_load"`, 1)), []string{"A,AT11||2020=1;2021=2;", "A,AT12||2020=3;2021=4;"}, nil},
	{"an empty cube", cubeOf(`"value":{}`, `"size":[1,0,2]`, dims(`{}`, `["2020","2021"]`)), nil, []string{"The cube is empty: no code that was asked for exists."}},
	{"codes without figures", cubeOf(`"value":{"0":1}`, `"extension":{"id":"X","positions-with-no-data":{"freq":[],"geo":[1],"time":[1]}}`), []string{"A|AT11|2020=1;"}, []string{"The file has no figure for geo AT12.", "The file has no figure for time 2021."}},
	{"escapes, white space, byte order mark, members unknown", "\ufeff \n" + strings.Replace(cubeOf(`"x":[{"y":[true,false,null,-1e3,"a\"b"]}]`), "AT11", `\u0041T11`, 1) + "\n", []string{"A|AT11|2020=1;2021=2;", "A|AT12|2020=3;2021=4;"}, nil},
	{"a version that is a number", cubeOf(`"version":2`), []string{"A|AT11|2020=1;2021=2;", "A|AT12|2020=3;2021=4;"}, nil},
	{"an update that is no date", cubeOf(`"updated":"yesterday"`), []string{"A|AT11|2020=1;2021=2;", "A|AT12|2020=3;2021=4;"}, []string{`The last update "yesterday" could not be read as a date.`}},
}

func TestReads(t *testing.T) {
	for _, c := range readable {
		t.Run(c.name, func(t *testing.T) {
			h, rows, err := read(strings.NewReader(c.in), "a.json")
			if err != nil {
				t.Fatalf("%v\n%s", err, c.in)
			}
			if d := cmp.Diff(c.want, rows); d != "" {
				t.Errorf("series (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.notes, h.Notes); d != "" {
				t.Errorf("notes (-want +got):\n%s", d)
			}
			_, again, err := read(iotest.OneByteReader(strings.NewReader(c.in)), "a.json")
			if d := cmp.Diff(rows, again); d != "" || err != nil {
				t.Errorf("byte by byte: %v\n%s", err, d)
			}
		})
	}
}

var refused = []struct{ name, in, want string }{
	{"empty", "", "line 1: the file is empty"},
	{"a web page", " <html>", "line 1: this is a web page"},
	{"text", "hello", "line 1: this is not a JSON-stat dataset"},
	{"a list", "[1]", "line 1: this is not a JSON-stat dataset"},
	{"an error", `{"error":[{"status":404,"id":100,"label":"ERR_NOT_FOUND_4: ..."}]}`, "line 1: this is an error reply of the publisher's service (404 ERR_NOT_FOUND_4: ...)"},
	{"a warning", `{"warning":{"status":413,"label":"ASYNCHRONOUS_RESPONSE. Try again later."}}`, "waits in the publisher's queue (413 ASYNCHRONOUS_RESPONSE. Try again later.)"},
	{"a warning as text", `{"warning":"busy"}`, "waits in the publisher's queue (busy)"},
	{"a version before 2.0", cubeOf(`"version":"1.3"`), `line 7: this is JSON-stat "1.3", from before version 2.0`},
	{"no version", `{"dataset":{"value":[1],"dimension":{"id":["a"]}}}`, "this is JSON-stat from before version 2.0"},
	{"no version, a cube", `{"value":[1],"dimension":{"id":["a"],"size":[1]}}`, "this is JSON-stat from before version 2.0"},
	{"a collection", cubeOf(`"class":"collection"`), `holds a "collection", not a dataset`},
	{"a dimension", `{"version":"2.0","class":"dimension"}`, `holds a "dimension", not a dataset`},
	{"SDMX-JSON", `{"meta":{"id":"x"},"data":{}}`, "this is SDMX-JSON, which is not read"},
	{"GeoJSON", `{"type":"FeatureCollection","features":[]}`, "this is GeoJSON, which is not read"},
	{"other JSON", `{"name":"x"}`, "this JSON is not a JSON-stat dataset"},
	{"no sizes", `{"version":"2.0","class":"dataset","value":[],"id":[],"dimension":{}}`, `the dataset has no member "size"`},
	{"a member twice", `{"version":"2.0","version":"2.0"}`, `the member "version" is there twice`},
	{"sizes and dimensions of different number", cubeOf(`"size":[1,2]`), "names 3 dimensions and 2 sizes"},
	{"sizes that do not multiply", cubeOf(`"value":[1,2,3]`), "make 4 cells, and there are 3 values"},
	{"a size that is not that of the codes", cubeOf(`"size":[1,3,2]`), "line 6: the dimension geo has 2 codes and the size 3"},
	{"a position outside", cubeOf(`"value":{"4":1}`), "position 4 lies outside the cube of 4 cells"},
	{"a status outside", cubeOf(`"status":{"4":"p"}`), "position 4 lies outside the cube of 4 cells"},
	{"a position that is none", cubeOf(`"value":{"-1":1}`), `"-1" is not a position in the cube`},
	{"a position without digits", cubeOf(`"value":{"":1}`), `"" is not a position in the cube`},
	{"a position twice", cubeOf(`"value":{"1":1,"1":2}`), "two values have the same position"},
	{"a status twice", cubeOf(`"status":{"1":"p","1":"e"}`), "two statuses have the same position"},
	{"a hole in the index", cubeOf(dims(`{"AT11":0,"AT12":2}`, `["2020","2021"]`)), `line 7: the code "AT12" has position 2 of only 2`},
	{"two codes in one position", cubeOf(dims(`{"AT11":1,"AT12":1}`, `["2020","2021"]`)), `the codes "AT11" and "AT12" have the same position 1`},
	{"an empty code", cubeOf(dims(`["AT11",""]`, `["2020","2021"]`)), `"" is not a code`},
	{"a dimension not described", cubeOf(`"id":["freq","geo","when"]`), `the dimension "when" is not described`},
	{"a dimension twice", cubeOf(`"id":["freq","geo","geo"]`), `the dimension "geo" is named twice`},
	{"no time", cubeOf(`"id":["freq","geo"]`, `"size":[1,2]`, `"value":[1,2]`), "no dimension is called time"},
	{"a period that is none", cubeOf(dims(`["AT11","AT12"]`, `["2020","later"]`)), `line 7: "later" is not a period`},
	{"a period twice", cubeOf(dims(`["AT11","AT12"]`, `["2020","2020A1"]`)), "the period 2020 is there twice"},
	{"text in a number", cubeOf(`"value":{"0":"1.2 p"}`), `line 7: the text "1.2 p" stands where a number should be`},
	{"a number without end", cubeOf(`"value":[1e999,1,1,1]`), `"1e999" is not a number`},
	{"a number that is none", cubeOf(`"value":[1-2,1,1,1]`), `"1-2" is not a number`},
	{"an object among values", cubeOf(`"value":[{},1,1,1]`), `"{" stands where a number should be`},
	{"an unknown flag", cubeOf(`"status":{"0":"x"}`), `"x" is not a flag`},
	{"an unknown confidentiality mark", cubeOf(`"status":{"0":"p|confidential"}`), `"p|confidential" is not a flag`},
	{"cut off", cubeOf()[:60], "line 3: the document breaks off here"},
	{"cut off in a text", `{"version":"2`, "line 1: the document breaks off here"},
	{"cut off in an escape", `{"version":"2\`, "line 1: the document breaks off here"},
	{"something behind", cubeOf() + "\n{}", `line 8: "{" stands where the end of the document should be`},
	{"no comma", `{"version":"2.0" "class":"dataset"}`, `"\"" stands where a comma should be`},
	{"no colon", `{"version" "2.0"}`, `"\"" stands where ":" should be`},
	{"a line end in a text", "{\"version\":\"2\n.0\"}", "line 1: a text is not closed on its line"},
	{"a broken word", `{"x":nul}`, "a word stands where a value should be"},
	{"an unknown word", `{"x":yes}`, `"y" stands where a value should be`},
	{"a broken escape", `{"x":"\q"}`, `the text "\\q" cannot be read`},
	{"text that is not UTF-8", "{\"x\":\"\xff\"}", "is not UTF-8"},
	{"half a size", cubeOf(`"size":[1,2.5,2]`), "2.5 is not a number of codes"},
}

func TestRefuses(t *testing.T) {
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := read(strings.NewReader(c.in), "a.json")
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != fault.Invalid || f.Cure == "" || f.Place.File != "a.json" || f.Place.Line == 0 {
				t.Fatalf("got %v; want a fault with place and cure", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	many := func(n int) string { return strings.TrimSuffix(strings.Repeat("9,", n), ",") }
	for _, c := range []struct{ name, in, want string }{
		{"cells", cubeOf(`"size":[1,2,2]`, `"value":{"5000000":1}`), "more than 5000000 cells"},
		{"a size", cubeOf(`"size":[1,2,99999999]`), "99999999 is more than the 5000000 cells"},
		{"depth", `{"x":` + strings.Repeat("[", 100), "more than 64 deep"},
		{"text", `{"x":"` + strings.Repeat("x", 2<<20), "a text is longer than 1 MiB"},
		{"digits", `{"x":` + strings.Repeat("1", 1000), "a number has more than 400 digits"},
		{"sizes", `{"size":[` + many(200) + "]}", "a list has more than 100 entries"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := read(strings.NewReader(c.in), "a.json")
			if err == nil || fault.KindOf(err) != fault.TooLarge || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v; want %q, too large", err, c.want)
			}
		})
	}
}

// TestReaderFails: a reader's own error is passed on, a damaged gzip is named.
func TestReaderFails(t *testing.T) {
	broken := errors.New("the disk broke")
	for _, c := range []struct {
		err  error
		want string
	}{
		{broken, "a.json, line 2: the disk broke"},
		{io.ErrUnexpectedEOF, "a.json, line 2: the compressed file is damaged or breaks off here. Download the file again"},
		{fault.New(fault.Invalid, "x", "it is torn").Do("Mend it"), "a.json, line 2: it is torn. Mend it"},
	} {
		_, _, err := read(io.MultiReader(strings.NewReader("{\n"), iotest.ErrReader(c.err)), "a.json")
		if err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

func TestSpecimens(t *testing.T) {
	open := func(name string) (*stats.Header, []string, error) {
		b, err := os.ReadFile(sharedtest.Path(t, "data", "wire", "jsonstat", name))
		if err != nil {
			t.Fatal(err)
		}
		return read(bytes.NewReader(b), name)
	}
	h, rows, err := open("nama_10r_2gdp_2026_sparse_positions_with_no_data.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 15 || rows[4] != "A,MIO_EUR|ES43|2022=23486.5;2023=25192.6 p;2024=26583.5 p;" {
		t.Errorf("%d series: %s", len(rows), rows)
	}
	want := &stats.Header{
		Dataset: "nama_10r_2gdp", Title: "Gross domestic product (GDP) at current market prices by NUTS 2 region", Format: "JSON-stat 2.0",
		Dimensions: []string{"freq", "unit"}, RegionDimension: "geo", Updated: time.Date(2026, 2, 10, 10, 0, 0, 0, time.UTC),
		Notes: []string{"The file has no figure for geo NO08."},
	}
	if h.Labels["geo"]["TR10"] != "İstanbul" || len(h.Labels) != 3 {
		t.Errorf("labels %v", h.Labels)
	}
	h.Labels = nil
	if d := cmp.Diff(want, h); d != "" {
		t.Errorf("header (-want +got):\n%s", d)
	}
	_, rows, err = open("rd_e_gerdreg_2026_flags.json")
	if err != nil || !strings.Contains(strings.Join(rows, "\n"), "A,BES,PC_GDP|ES43|2022=0.2;2023=0.18;2024=NaN @C;") {
		t.Errorf("%v, %s", err, rows)
	}
	for _, old := range []string{"legacy_v1_eurostat-name_gpd_c.json", "legacy_v1_eurostat-name_gpd_c-geo_IT.json"} {
		if _, _, err := open(old); err == nil || !strings.Contains(err.Error(), "JSON-stat from before version 2.0") {
			t.Errorf("%s: %v", old, err)
		}
	}
}

// TestOrderOfDimensions writes one cube in every order of its dimensions, as
// an object and as an array, and reads the same figures back.
func TestOrderOfDimensions(t *testing.T) {
	codes := map[string][]string{"unit": {"E", "P"}, "geo": {"AT11", "AT12", "AT13"}, "time": {"2019", "2020", "2021", "2022"}}
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.Permutation([]string{"unit", "geo", "time"}).Draw(t, "ids")
		value := func(code map[string]string) float64 {
			return float64(len(code["unit"])) + 10*float64(code["unit"][0]) + 1000*float64(code["geo"][3]) + 1e6*float64(code["time"][3])
		}
		missing := rapid.SliceOfN(rapid.Bool(), 24, 24).Draw(t, "missing")
		var list, members, sizes, axes []string
		want := make(map[string]float64)
		for at := range 24 {
			code, rest := map[string]string{}, at
			for i := 2; i >= 0; i-- {
				c := codes[ids[i]]
				code[ids[i]], rest = c[rest%len(c)], rest/len(c)
			}
			if missing[at] {
				list = append(list, "null")
				continue
			}
			want[code["unit"]+code["geo"]+code["time"]] = value(code)
			list = append(list, fmt.Sprint(value(code)))
			members = append(members, fmt.Sprintf(`"%d":%v`, at, value(code)))
		}
		for _, id := range ids {
			sizes = append(sizes, fmt.Sprint(len(codes[id])))
			axes = append(axes, fmt.Sprintf(`"%s":%s`, id, dim(`["`+strings.Join(codes[id], `","`)+`"]`)))
		}
		for _, values := range []string{"[" + strings.Join(list, ",") + "]", "{" + strings.Join(members, ",") + "}"} {
			r, err := NewReader(strings.NewReader(fmt.Sprintf(`{"version":"2.0","class":"dataset","value":%s,"id":["%s"],"size":[%s],"dimension":{%s}}`,
				values, strings.Join(ids, `","`), strings.Join(sizes, ","), strings.Join(axes, ","))), "a.json")
			if err != nil {
				t.Fatal(err)
			}
			got := make(map[string]float64)
			var s stats.Series
			for r.Next(&s) == nil {
				for i := range s.Periods {
					got[s.Key[0]+s.Region+s.Periods[i].String()] = s.Values[i]
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func TestRecognises(t *testing.T) {
	for in, want := range map[string]bool{"{": true, "\ufeff\n {": true, "": false, "[": false, "geo,time": false, "<": false} {
		if Recognises([]byte(in)) != want {
			t.Errorf("Recognises(%q) = %v", in, !want)
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, c := range readable {
		f.Add([]byte(c.in))
	}
	for _, c := range refused {
		f.Add([]byte(c.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := NewReader(bytes.NewReader(in), "f.json")
		var s stats.Series
		for err == nil {
			if err = r.Next(&s); err != nil {
				break
			}
			if len(s.Key) != len(r.Header().Dimensions) || s.Len() == 0 || len(s.Values) != s.Len() || len(s.Flags) != s.Len() {
				t.Fatalf("a broken series: %+v", s)
			}
			for i := range s.Periods {
				if i > 0 && s.Periods[i-1] >= s.Periods[i] || math.IsNaN(s.Values[i]) && s.Flags[i] == 0 {
					t.Fatalf("a broken series: %+v", s)
				}
			}
		}
		if g, ok := errors.AsType[*fault.Error](err); err != io.EOF && (!ok || g.What == "" || g.Cure == "" || g.Place.Line == 0) {
			t.Fatalf("not a full sentence: %v", err)
		}
	})
}

// BenchmarkCube reads 200,000 values with flags.
func BenchmarkCube(b *testing.B) {
	var values, status, regions strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&values, `"%d":%d.5,`, i, i)
		if i%7 == 0 {
			fmt.Fprintf(&status, `"%d":"p",`, i)
		}
	}
	for i := range 10_000 {
		fmt.Fprintf(&regions, `"R%d",`, i)
	}
	years := `["2001","2002","2003","2004","2005","2006","2007","2008","2009","2010","2011","2012","2013","2014","2015","2016","2017","2018","2019","2020"]`
	trim := func(s *strings.Builder) string { return strings.TrimSuffix(s.String(), ",") }
	in := cubeOf(`"value":{`+trim(&values)+"}", `"status":{`+trim(&status)+"}", `"size":[1,10000,20]`, dims("["+trim(&regions)+"]", years))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewReader(strings.NewReader(in), "a.json")
		if err != nil {
			b.Fatal(err)
		}
		var s stats.Series
		n := 0
		for r.Next(&s) == nil {
			n += s.Len()
		}
		if n != 200_000 {
			b.Fatal(n)
		}
	}
}
