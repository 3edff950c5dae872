package eurostat

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

func download(t *testing.T, c *Client, q Query) []File {
	t.Helper()
	files, err := c.Download(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func checkContent(t *testing.T, f File, want []byte) {
	t.Helper()
	got, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("%s has %d bytes, want the %d that were sent", f.Path, len(got), len(want))
	}
	sum := sha256.Sum256(want)
	if f.SHA256 != hex.EncodeToString(sum[:]) || f.Size != int64(len(want)) {
		t.Errorf("file %+v: wrong checksum or size", f)
	}
}

// checkRefused looks at a fault: its kind, that it names the words and what to
// do about it.
func checkRefused(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("error %v, want a fault", err)
	}
	if f.Kind != kind || f.Cure == "" {
		t.Errorf("fault %q of kind %v, want %v with a cure", f, f.Kind, kind)
	}
	for _, w := range words {
		if !strings.Contains(f.Error(), w) {
			t.Errorf("message %q does not name %q", f, w)
		}
	}
}

func TestWholeDataset(t *testing.T) {
	f := newFake(t)
	// the content type is wrong on purpose: the bytes count
	sent := gdp(t, f, fakeReply{header: map[string]string{"Content-Type": "text/html", "ETag": `"v1"`}})
	var phases []Phase
	c, k := newClient(t, f, func(c *Config) {
		c.Progress = func(p Progress) {
			if p.Dataset != "nama_10r_3gdp" || p.Part != 1 || p.Parts != 1 {
				t.Errorf("progress %+v", p)
			}
			if len(phases) == 0 || phases[len(phases)-1] != p.Phase {
				phases = append(phases, p.Phase)
			}
		}
	})
	files := download(t, c, Query{Dataset: "nama_10r_3gdp"})
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	checkContent(t, files[0], sent)
	if got := files[0]; got.URL != f.server.URL+gdpData || !got.Updated.Equal(time.Date(2026, 2, 10, 10, 0, 0, 0, time.UTC)) ||
		!got.Retrieved.Equal(start.Add(time.Second)) || !strings.HasSuffix(got.Path, ".tsv.gz") {
		t.Errorf("file %+v", got)
	}
	if d := cmp.Diff([]Phase{Asking, Downloading, Asking, Downloading, Checking}, phases); d != "" {
		t.Errorf("phases (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]time.Duration{time.Second}, k.slept); d != "" {
		t.Errorf("pauses between two requests (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]bool{"Peerscape/test (test@example.eu)": true}, f.agents); d != "" {
		t.Errorf("user agents (-want +got):\n%s", d)
	}

	t.Run("unchanged", func(t *testing.T) {
		again := download(t, c, Query{Dataset: "NAMA_10R_3GDP"})
		if d := cmp.Diff(files, again); d != "" {
			t.Errorf("(-first +again):\n%s", d)
		}
		if err := os.WriteFile(files[0].Path, []byte("spoilt"), 0o644); err != nil {
			t.Fatal(err)
		}
		checkContent(t, download(t, c, Query{Dataset: "nama_10r_3gdp"})[0], sent)
	})
	leftovers, err := filepath.Glob(filepath.Join(c.Cache, "*.part*"))
	if err != nil || len(leftovers) > 0 {
		t.Errorf("left behind: %v, %v", leftovers, err)
	}
}

func TestUncompressedAnswer(t *testing.T) {
	f := newFake(t)
	gdp(t, f, specimenReply(t, "tsv", "current_nama_10r_3gdp.tsv"))
	c, _ := newClient(t, f, nil)
	files := download(t, c, Query{Dataset: "nama_10r_3gdp"})
	checkContent(t, files[0], wire(t, "tsv", "current_nama_10r_3gdp.tsv"))
	if !strings.HasSuffix(files[0].Path, ".tsv") {
		t.Errorf("a file that is not compressed is called %s", files[0].Path)
	}
}

func TestAddresses(t *testing.T) {
	filter := map[string][]string{"GEO": {"el", "BE", "EL"}, "unit": {"PC_GDP"}}
	q1, err := stats.SubPeriod(2020, stats.Quarterly, 1)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		query Query
		want  string
		body  []byte
	}{
		{"TSV", Query{Filter: filter, Since: q1}, govData + "/.PC_GDP....EL+BE" + tsv + "&startPeriod=2020-Q1", wire(t, "tsv", "live2026_crlf_nama_10_gdp.tsv")},
		{"CSV", Query{Filter: filter, Until: stats.Year(2021), API: CSV}, govData + "/.PC_GDP....EL+BE?format=SDMX-CSV&compressed=true&endPeriod=2021", []byte("DATAFLOW,LAST UPDATE,freq\n")},
		{
			"labelled CSV",
			Query{Filter: filter, Since: stats.Year(2020), Until: stats.Year(2023), API: LabelledCSV},
			"/sdmx/3.0/data/dataflow/ESTAT/GOV_10Q_GGNFA/1.0?c%5Bunit%5D=PC_GDP&c%5Bgeo%5D=EL%2CBE&c%5BTIME_PERIOD%5D=ge%3A2020%2Ble%3A2023&format=csvdata&formatVersion=2.0&labels=both&lang=en&compress=true",
			wire(t, "sdmxcsv", "sdmxcsv2_labels_both_eurostat_nama_10r_2gdp.csv"),
		},
		{
			"Statistics",
			Query{Filter: filter, Since: stats.Year(2020), Until: stats.Year(2023), API: Statistics},
			"/statistics/1.0/data/GOV_10Q_GGNFA?format=JSON&lang=EN&unit=PC_GDP&geo=EL&geo=BE&sinceTimePeriod=2020&untilTimePeriod=2023",
			wire(t, "jsonstat", "nama_10r_2gdp_2026_sparse_positions_with_no_data.json"),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.on(govFull, specimenReply(t, "sdmx21", "ESTAT_GOV_10Q_GGNFA.xml"))
			f.on(tt.want, fakeReply{body: tt.body})
			c, _ := newClient(t, f, nil)
			tt.query.Dataset = "gov_10q_ggnfa"
			files := download(t, c, tt.query)
			checkContent(t, files[0], tt.body)
			if !files[0].Updated.Equal(time.Date(2023, 1, 23, 10, 0, 0, 0, time.UTC)) {
				t.Errorf("updated %v", files[0].Updated)
			}
		})
	}
}

func TestQueriesRefusedWithoutAsking(t *testing.T) {
	tests := []struct {
		name  string
		query Query
		words []string
	}{
		{"path in the code", Query{Dataset: "../x"}, []string{`"../x"`, "nama_10r_3gdp"}},
		{"no code", Query{}, []string{`""`}},
		{"slash in a filter", Query{Dataset: "a", Filter: map[string][]string{"geo": {"A/B"}}}, []string{"A/B", "geo"}},
		{"periods turned round", Query{Dataset: "a", Since: stats.Year(2021), Until: stats.Year(2020)}, []string{"2021", "2020"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := newClient(t, newFake(t), nil)
			_, err := c.Download(t.Context(), tt.query)
			checkRefused(t, err, fault.Invalid, tt.words...)
		})
	}
}

func TestFilterIsCheckedAgainstTheStructure(t *testing.T) {
	tests := []struct {
		name   string
		filter map[string][]string
		words  []string
	}{
		{"dimension", map[string][]string{"sex": {"T"}}, []string{"gov_10q_ggnfa", "no dimension sex", "freq, unit, s_adj, sector, na_item, geo"}},
		{"code", map[string][]string{"unit": {"NOTAUNIT"}}, []string{"unit of gov_10q_ggnfa", "NOTAUNIT", "MIO_EUR, MIO_NAC, PC_GDP"}},
	}
	f := newFake(t)
	f.on(govFull, specimenReply(t, "sdmx21", "ESTAT_GOV_10Q_GGNFA.xml"))
	c, _ := newClient(t, f, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.Download(t.Context(), Query{Dataset: "gov_10q_ggnfa", Filter: tt.filter})
			checkRefused(t, err, fault.Invalid, tt.words...)
		})
	}
	if got := f.asked(); len(got) != 1 {
		t.Errorf("asked %q, want the structure once", got)
	}
}

func TestSplit(t *testing.T) {
	big := fakeReply{status: http.StatusRequestEntityTooLarge, body: wire(t, "errors", "fault_413_extraction_too_big.xml")}
	twoTimes := fakeReply{status: http.StatusRequestEntityTooLarge, body: []byte(
		`<S:Fault><faultcode>413</faultcode><faultstring>EXTRACTION_TOO_BIG: The requested extraction is too big, estimated 9000000 rows, max authorised is 5000000, please change</faultstring></S:Fault>`)}
	data := func(s string) fakeReply {
		return fakeReply{body: []byte("freq,geo\\TIME_PERIOD\t2020 \n" + s + "\t1 \n")}
	}
	prepare := func(t *testing.T) (*fake, *Client) {
		f := newFake(t)
		f.on(govFlow, dataflow("GOV_10Q_GGNFA", "2026-02-10T11:00:00+0100"))
		f.on(govFull, specimenReply(t, "sdmx21", "ESTAT_GOV_10Q_GGNFA.xml"))
		f.on(govConstraint, constraint(map[string][]string{"GEO": {"BE", "BG", "DE", "EL", "FR"}, "FREQ": {"Q"}}))
		c, _ := newClient(t, f, func(c *Config) { c.MaxParts = 5 })
		return f, c
	}
	run := func(t *testing.T, f *fake, c *Client, q Query, want ...string) {
		t.Helper()
		q.Dataset = "gov_10q_ggnfa"
		files := download(t, c, q)
		var got []string
		for _, file := range files {
			got = append(got, strings.TrimPrefix(file.URL, f.server.URL+govData))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("parts (-want +got):\n%s", d)
		}
	}

	t.Run("by the largest dimension, in the order of its codes, and again", func(t *testing.T) {
		f, c := prepare(t)
		// na_item has more codes in its list than the five regions that occur
		f.on(govConstraint, constraint(map[string][]string{"GEO": {"BE", "BG", "DE", "EL", "FR"}, "NA_ITEM": {"B9"}, "UNIT": {"PC_GDP"}}))
		f.on(govData+tsv, twoTimes)
		f.on(govData+"/.....BE+BG+DE"+tsv, twoTimes)
		f.on(govData+"/.....BE+BG"+tsv, data("1"))
		f.on(govData+"/.....DE"+tsv, data("2"))
		f.on(govData+"/.....EL+FR"+tsv, data("3"))
		run(t, f, c, Query{}, "/.....BE+BG"+tsv, "/.....DE"+tsv, "/.....EL+FR"+tsv)
	})
	t.Run("into as many parts as the estimate asks for", func(t *testing.T) {
		f, c := prepare(t)
		c.MaxParts = 3
		q := Query{Filter: map[string][]string{"na_item": {"B9"}, "unit": {"PC_GDP"}, "sector": {"S13"}, "s_adj": {"NSA"}, "geo": {"BE", "BG", "DE", "EL", "FR", "EE"}}}
		f.on(govData+"/.PC_GDP.NSA.S13.B9.BE+BG+DE+EL+FR+EE"+tsv, big)
		f.on(govData+"/.PC_GDP.NSA.S13.B9.BE+BG"+tsv, data("1"))
		f.on(govData+"/.PC_GDP.NSA.S13.B9.DE+EL"+tsv, data("2"))
		f.on(govData+"/.PC_GDP.NSA.S13.B9.FR+EE"+tsv, data("3"))
		run(t, f, c, q, "/.PC_GDP.NSA.S13.B9.BE+BG"+tsv, "/.PC_GDP.NSA.S13.B9.DE+EL"+tsv, "/.PC_GDP.NSA.S13.B9.FR+EE"+tsv)
	})
	t.Run("in time where no dimension has two codes", func(t *testing.T) {
		f, c := prepare(t)
		single := map[string][]string{"na_item": {"B9"}, "unit": {"PC_GDP"}, "sector": {"S13"}, "s_adj": {"NSA"}, "geo": {"BE"}}
		key := "/.PC_GDP.NSA.S13.B9.BE" + tsv
		f.on(govData+key, twoTimes)
		f.on(govData+key+"&endPeriod=2001", data("1")) // the dataflow says 1980-Q1 to 2022-Q3
		f.on(govData+key+"&startPeriod=2002", data("2"))
		run(t, f, c, Query{Filter: single}, key+"&endPeriod=2001", key+"&startPeriod=2002")
	})
	t.Run("a single figure that is still too large", func(t *testing.T) {
		f, c := prepare(t)
		single := map[string][]string{"na_item": {"B9"}, "unit": {"PC_GDP"}, "sector": {"S13"}, "s_adj": {"NSA"}, "geo": {"BE"}}
		f.on(govData+"/.PC_GDP.NSA.S13.B9.BE"+tsv+"&startPeriod=2020&endPeriod=2020", big)
		_, err := c.Download(t.Context(), Query{Dataset: "gov_10q_ggnfa", Filter: single, Since: stats.Year(2020), Until: stats.Year(2020)})
		checkRefused(t, err, fault.TooLarge, "420709314", "5000000", "gov_10q_ggnfa")
	})
	t.Run("too many parts", func(t *testing.T) {
		f, c := prepare(t)
		c.MaxParts = 2
		f.on(govConstraint, constraint(map[string][]string{"GEO": {"BE", "BG", "DE"}, "NA_ITEM": {"B9"}, "UNIT": {"PC_GDP"}}))
		f.on(govData+tsv, twoTimes)
		f.on(govData+"/.....BE+BG"+tsv, twoTimes)
		_, err := c.Download(t.Context(), Query{Dataset: "gov_10q_ggnfa"})
		checkRefused(t, err, fault.TooLarge, "more than 2 files")
	})
	t.Run("an address that is refused on the way for its length", func(t *testing.T) {
		f, c := prepare(t)
		f.on(govConstraint, fakeReply{status: 404, body: wire(t, "errors", "fault_100_not_found.xml")})
		f.on(govData+"/Q.PC_GDP.NSA.S13.B9.BE+BG"+tsv, fakeReply{status: http.StatusRequestURITooLong})
		f.on(govData+"/Q.PC_GDP.NSA.S13.B9.BE"+tsv, data("1"))
		f.on(govData+"/Q.PC_GDP.NSA.S13.B9.BG"+tsv, data("2"))
		q := Query{Filter: map[string][]string{"freq": {"Q"}, "na_item": {"B9"}, "unit": {"PC_GDP"}, "sector": {"S13"}, "s_adj": {"NSA"}, "geo": {"BE", "BG"}}}
		run(t, f, c, q, "/Q.PC_GDP.NSA.S13.B9.BE"+tsv, "/Q.PC_GDP.NSA.S13.B9.BG"+tsv)
	})
}

// A filter that makes an address too long is split before anything is asked.
func TestLongAddressIsNeverSent(t *testing.T) {
	var codes []string
	for i := range 2000 {
		codes = append(codes, "R"+string([]byte{'0' + byte(i/1000), '0' + byte(i/100%10), '0' + byte(i/10%10), '0' + byte(i%10)}))
	}
	a := &ask{Query: Query{Dataset: "x"}, dims: []string{"freq", "geo"}, filter: map[string][]string{"geo": codes}}
	c, _ := newClient(t, newFake(t), nil)
	if _, err := c.one(t.Context(), a); !errors.As(err, new(*tooBig)) {
		t.Fatalf("one with an address of %d bytes = %v, want it refused as too big", len(a.address()), err)
	}
	if n := c.pieces(codes, &tooBig{}); n < 4 {
		t.Errorf("12000 bytes of codes are cut into %d pieces", n)
	}
}
