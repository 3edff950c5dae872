package sdmxml

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

// rows renders a message as "key|region|period=value flags …" a series.
func rows(src stats.Source) ([]string, error) {
	var out []string
	var s stats.Series
	for {
		err := src.Next(&s)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s|%s|", strings.Join(s.Key, ","), s.Region)
		for i := range s.Periods {
			value := ":"
			if !math.IsNaN(s.Values[i]) {
				value = fmt.Sprint(s.Values[i])
			}
			fmt.Fprintf(&b, " %s=%s%s", s.Periods[i], value, s.Flags[i])
		}
		out = append(out, b.String())
	}
}

func specimen(t testing.TB, elem ...string) *os.File {
	t.Helper()
	f, err := os.Open(sharedtest.Path(t, append([]string{"data", "wire"}, elem...)...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func golden(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

// The expected cells were read off the files by eye.
func TestDataSpecimens(t *testing.T) {
	tests := []struct {
		file   []string
		header stats.Header
		rows   []string
	}{
		{
			file: []string{"sdmx21", "rsdmx_Example_Eurostat_2.1_generic.xml"},
			header: stats.Header{
				Dataset: "cdh_e_fos", Format: "SDMX-ML 2.1 generic",
				Dimensions: []string{"unit", "y_grad", "fos07", "freq"}, RegionDimension: "geo",
			},
			rows: []string{"PC,Y_GE1990,FOS1,A|BE| 2009=43.75"}, // the other three cells are NaN with "na"
		},
		{
			file: []string{"sdmx21", "ESTAT_NAMA_10_GDP-ss.xml"},
			header: stats.Header{
				Dataset: "nama_10_gdp", Format: "SDMX-ML 2.1 structure-specific",
				Dimensions: []string{"na_item", "unit", "freq"}, RegionDimension: "geo",
			},
			rows: []string{"B1GQ,CP_MEUR,A|LU| 2012=46526.2 2013=49094.5 2014=51791.3 2015=54142.3"},
		},
		{
			file: []string{"sdmx30", "ECB_EXR_CA_structurespecific30.xml"},
			header: stats.Header{
				Dataset: "exr", Format: "SDMX-ML 3.0 structure-specific",
				Dimensions: []string{"freq", "currency", "currency_denom", "exr_type", "exr_suffix", "unit"},
				Notes: []string{
					"the field TIME_FORMAT was taken for an attribute, not for a dimension",
					"the field COLLECTION was taken for an attribute, not for a dimension",
					"the field DECIMALS was taken for an attribute, not for a dimension",
					"the field TITLE_COMPL was taken for an attribute, not for a dimension",
					"the field UNIT_MULT was taken for an attribute, not for a dimension",
					"the status J has no counterpart and was left out",
				},
			},
			// A and F; J, U and N; A
			rows: []string{"A,CAD,EUR,SP00,A,CAD|| 2017=1.46472274509804f 2018=1.529364705882353nu 2019=1.485477254901961"},
		},
		{
			file: []string{"sdmx21", "ESTAT_demography-xs.xml"},
			header: stats.Header{
				Dataset: "demography", Format: "SDMX-ML 2.1 structure-specific",
				Dimensions: []string{"freq", "sex", "country", "demo"},
				Notes: []string{
					"the observations of a series stand by demo; each was read as a series of its own",
					"a value marked as missing was kept, because a number stands there",
				},
			},
			rows: golden(t, "ESTAT_demography-xs.golden"), // made by another program
		},
	}
	for _, tt := range tests {
		t.Run(tt.file[1], func(t *testing.T) {
			r, err := NewReader(specimen(t, tt.file...), tt.file[1])
			if err != nil {
				t.Fatal(err)
			}
			got, err := rows(r)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.header, *r.Header()); d != "" {
				t.Errorf("header (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.rows, got); d != "" {
				t.Errorf("series (-want +got):\n%s", d)
			}
		})
	}
}

const genericHead = `<?xml version="1.0"?>
<GenericData xmlns:a="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message">
<Header><Structure dimensionAtObservation="%s"><Structure><Ref id="DSD_x" agencyID="ESTAT"/></Structure></Structure></Header>
`

const specificHead = `<StructureSpecificData xmlns:a="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message">
<Header><Structure dimensionAtObservation="%s"/><DataSetID>T</DataSetID></Header>
`

func specificDoc(body string) string {
	return fmt.Sprintf(specificHead, "TIME_PERIOD") + "<DataSet>" + body + "</DataSet></StructureSpecificData>"
}

func TestDataShapes(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{
			"eurostat flags and confidentiality", specificDoc(`<Series freq="A" geo="LU">
			<Obs TIME_PERIOD="2020" OBS_VALUE="1" OBS_FLAG="bp"/><Obs TIME_PERIOD="2021" OBS_FLAG="u"/>
			<Obs TIME_PERIOD="2022" OBS_VALUE="NaN" CONF_STATUS="C"/><Obs TIME_PERIOD="2023" CONF_STATUS="F"/></Series>`),
			"A|LU| 2020=1bp 2021=:u 2022=:@C",
		},
		{
			"standard S is a strike and not Eurostat's estimate", specificDoc(`<Series freq="A" geo="LU">
			<Obs TIME_PERIOD="2020" OBS_VALUE="1" OBS_STATUS="S"/><Obs TIME_PERIOD="2021" OBS_VALUE="2" OBS_STATUS="s"/></Series>`),
			"A|LU| 2020=1 2021=2s",
		},
		{
			"attribute order changes from series to series", specificDoc(`
			<Series freq="A" unit="EUR" geo="LU"><Obs TIME_PERIOD="2020" OBS_VALUE="1"/></Series>
			<Series geo="BE" freq="A" unit="PPS"><Obs OBS_VALUE="2" TIME_PERIOD="2020"/></Series>`),
			"A,EUR|LU| 2020=1;A,PPS|BE| 2020=2",
		},
		{
			"periods descend", specificDoc(`<Series freq="Q" geo="LU">
			<Obs TIME_PERIOD="2020-Q2" OBS_VALUE="2" OBS_FLAG="p"/><Obs TIME_PERIOD="2020-Q1" OBS_VALUE="1"/></Series>`),
			"Q|LU| 2020-Q1=1 2020-Q2=2p",
		},
		{
			"series without observations and without values", specificDoc(`
			<Series freq="A" geo="BE"/><Series freq="A" geo="FR"><Obs TIME_PERIOD="2020"/></Series>
			<Series freq="A" geo="LU"><Obs TIME_PERIOD="2020" OBS_VALUE="-1.5e3"/></Series>`),
			"A|LU| 2020=-1500",
		},
		{
			"flat structure-specific", fmt.Sprintf(specificHead, "AllDimensions") + `<DataSet>
			<Obs freq="A" geo="LU" TIME_PERIOD="2020" OBS_VALUE="1"/><Obs freq="A" geo="LU" TIME_PERIOD="2021" OBS_VALUE="2"/>
			<Obs TIME_PERIOD="2020" geo="BE" freq="A" OBS_VALUE="3"/></DataSet></StructureSpecificData>`,
			"A|LU| 2020=1 2021=2;A|BE| 2020=3",
		},
		{"flat generic", fmt.Sprintf(genericHead, "AllDimensions") + `<DataSet>
			<Obs><ObsKey><Value id="FREQ" value="A"/><Value id="GEO" value="LU"/><Value id="TIME_PERIOD" value="2020"/></ObsKey>
			<ObsValue value="7"/><Attributes><Value id="OBS_FLAG" value="e"/><Value id="NOTE" value="x"/></Attributes></Obs>
			</DataSet></GenericData>`, "A|LU| 2020=7e"},
		{"regions on the observations", fmt.Sprintf(genericHead, "geo") + `<DataSet><Series><SeriesKey>
			<Value id="freq" value="A"/><Value id="TIME_PERIOD" value="2020"/></SeriesKey>
			<Attributes><Value id="TITLE" value="t"/></Attributes>
			<Obs><ObsDimension value="LU"/><ObsValue value="1"/></Obs><Obs><ObsDimension value="BE"/><ObsValue value="2"/></Obs>
			</Series></DataSet></GenericData>`, "A|LU| 2020=1;A|BE| 2020=2"},
		{"groups and comments are passed over", specificDoc(`<Group freq="Q"/><!-- c --><Series freq="A" geo="LU"><!-- c -->
			<Obs TIME_PERIOD="2020" OBS_VALUE="1"><Comp id="TITLE"><Value>x</Value></Comp></Obs></Series>`), "A|LU| 2020=1"},
		{"suppressed", specificDoc(`<Series FREQ="A" GEO="LU"><Obs TIME_PERIOD="2020" OBS_STATUS="Q"/></Series>`), "A|LU| 2020=:c"},
		{"no data", specificDoc(""), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := NewReader(strings.NewReader(tt.doc), "t.xml")
			if err != nil {
				t.Fatal(err)
			}
			got, err := rows(r)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, strings.Join(got, ";")); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			var s stats.Series
			if err := r.Next(&s); err != io.EOF {
				t.Errorf("Next after the end = %v, want io.EOF", err)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	series := `<Series freq="A" geo="LU"><Obs TIME_PERIOD="2020" OBS_VALUE="1"/></Series>`
	whole := specificDoc("\n" + series)
	tests := []struct {
		name, doc string
		kind      fault.Kind
		line      int
		words     []string
	}{
		{"text in number", specificDoc("\n\n<Series freq='A' geo='LU'>\n<Obs TIME_PERIOD='2020' OBS_VALUE='12a'/></Series>"), fault.Invalid, 6, []string{`"12a"`, "number", "Correct"}},
		{"infinity", specificDoc("<Series freq='A' geo='LU'><Obs TIME_PERIOD='2020' OBS_VALUE='Inf'/></Series>"), fault.Invalid, 3, []string{`"Inf"`}},
		{"overflow", specificDoc("<Series freq='A' geo='LU'><Obs TIME_PERIOD='2020' OBS_VALUE='1e999'/></Series>"), fault.Invalid, 3, []string{`"1e999"`}},
		{"period", specificDoc("<Series freq='A' geo='LU'><Obs TIME_PERIOD='soon' OBS_VALUE='1'/></Series>"), fault.Invalid, 3, []string{`"soon"`, "year"}},
		{"no period", specificDoc("<Series freq='A' geo='LU'><Obs OBS_VALUE='1'/></Series>"), fault.Invalid, 3, []string{"period"}},
		{"period twice", specificDoc("<Series freq='A' geo='LU'>\n<Obs TIME_PERIOD='2020' OBS_VALUE='1'/><Obs TIME_PERIOD='2020' OBS_VALUE='2'/></Series>"), fault.Invalid, 4, []string{"2020", "twice"}},
		{"flag", specificDoc("<Series freq='A' geo='LU'><Obs TIME_PERIOD='2020' OBS_VALUE='1' OBS_FLAG='q'/></Series>"), fault.Invalid, 3, []string{`"q"`}},
		{"confidentiality", specificDoc("<Series freq='A' geo='LU'><Obs TIME_PERIOD='2020' OBS_VALUE='1' CONF_STATUS='secret'/></Series>"), fault.Invalid, 3, []string{`"secret"`}},
		{"dimension missing", specificDoc(series + "\n<Series freq='A'><Obs TIME_PERIOD='2020' OBS_VALUE='1'/></Series>"), fault.Invalid, 4, []string{"geo"}},
		{"dimension twice", specificDoc("<Series freq='A' geo='LU' geo='BE'><Obs TIME_PERIOD='2020' OBS_VALUE='1'/></Series>"), fault.Invalid, 3, []string{"geo", "twice"}},
		{"delete", strings.Replace(whole, "<DataSet>", "<DataSet action='Delete'>", 1), fault.Invalid, 3, []string{"delete"}},
		{"breaks off between tags", whole[:strings.Index(whole, "<Obs")], fault.Invalid, 4, []string{"breaks off", "Download"}},
		{"breaks off in a tag", whole[:strings.Index(whole, "OBS_VALUE")], fault.Invalid, 4, []string{"breaks off", "Download"}},
		{"breaks off after the data", strings.TrimSuffix(whole, "</StructureSpecificData>"), fault.Invalid, 4, []string{"breaks off"}},
		{"tags cross", strings.Replace(whole, "</Series>", "</Serie>", 1), fault.Invalid, 4, []string{"Serie"}},
		{"entities", `<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>` + whole, fault.Invalid, 1, []string{"document type"}},
		{"unknown entity", strings.Replace(whole, "LU", "&b;", 1), fault.Invalid, 4, []string{"well-formed"}},
		{"deep", specificDoc(strings.Repeat("<a>", 100)), fault.TooLarge, 3, []string{"deep"}},
		{"many attributes", specificDoc("<Series " + strings.Repeat("a='1' ", 300) + "/>"), fault.TooLarge, 3, []string{"attributes"}},
		{"long token", specificDoc("<Series geo='" + strings.Repeat("x", MaxToken+1) + "'/>"), fault.TooLarge, 3, []string{"MiB"}},
		{"long code", specificDoc("<Series freq='A' geo='" + strings.Repeat("x", 300) + "'><Obs TIME_PERIOD='2020'/></Series>"), fault.TooLarge, 3, []string{"geo"}},
		{"empty", "", fault.Invalid, 1, []string{"empty"}},
		{"html", "<!DOCTYPE html><html><body>Sorry</body></html>", fault.Invalid, 1, []string{"HTML"}},
		{"utf-16", "\xff\xfe<\x00", fault.Invalid, 1, []string{"UTF-16"}},
		{"latin-1", `<?xml version="1.0" encoding="ISO-8859-1"?>` + whole, fault.Invalid, 1, []string{"ISO-8859-1", "UTF-8"}},
		{"other xml", "<rss/>", fault.Invalid, 1, []string{"rss", "SDMX"}},
		{"old sdmx", `<CompactData xmlns="http://www.SDMX.org/resources/SDMXML/schemas/v2_0/message"/>`, fault.Invalid, 1, []string{"2.0"}},
		{"structure", `<Structure/>`, fault.Invalid, 1, []string{"structure message"}},
		{"no header", `<GenericData><DataSet/></GenericData>`, fault.Invalid, 1, []string{"header"}},
		{"no body", `<GenericData/>`, fault.Invalid, 1, []string{"empty"}},
		{"error footer after data", strings.Replace(whole, "</DataSet>", "</DataSet>\n<Footer><Message code='510'><Text>limit</Text></Message></Footer>", 1), fault.Invalid, 5, []string{"cut", "limit"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := NewReader(strings.NewReader(tt.doc), "t.xml")
			if err == nil {
				_, err = rows(r)
				var s stats.Series
				if again := r.Next(&s); again != err { //nolint:errorlint // the same error must stay
					t.Errorf("Next after the error = %v, want the same error", again)
				}
			}
			checkFault(t, err, tt.kind, tt.line, tt.words)
		})
	}
}

func checkFault(t *testing.T, err error, kind fault.Kind, line int, words []string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("error %v, want a fault", err)
	}
	if f.Kind != kind || f.Place.Line != line || f.Place.File == "" || f.Cure == "" {
		t.Errorf("fault %+v: kind %v at %v, want %v at line %d with a file and a cure", f, f.Kind, f.Place, kind, line)
	}
	for _, w := range words {
		if !strings.Contains(f.Error(), w) {
			t.Errorf("message %q does not name %q", f.Error(), w)
		}
	}
}

func TestSpecimensRefusedAsData(t *testing.T) {
	tests := []struct {
		file  []string
		words []string
	}{
		{[]string{"errors", "ESTAT_legacy_footer.xml"}, []string{"413", "ZIP", "http://ec.europa.eu/eurostat/SDMX/diss-web/file/wHsvjs7hQCy7Dqf4,"}},
		{[]string{"errors", "ESTAT_legacy_footer2.xml"}, []string{"413", "ZIP", "7JUdWyAy4fmjBSWT"}},
		{[]string{"errors", "async_queued_in_place_of_data.xml"}, []string{"queue", "SUBMITTED"}},
		{[]string{"errors", "async_status_submitted.xml"}, []string{"queue", "SUBMITTED"}},
		{[]string{"errors", "async_unknown_request.xml"}, []string{"UNKNOWN_REQUEST"}},
		{[]string{"errors", "async_data_not_yet_available.xml"}, []string{"DATA_NOT_YET_AVAILABLE"}},
		{[]string{"errors", "fault_100_not_found.xml"}, []string{"SOAP fault 100", "NO_SUCH"}},
		{[]string{"errors", "fault_140_filter_count.xml"}, []string{"SOAP fault 140", "filters"}},
		{[]string{"errors", "fault_150_dimension_value.xml"}, []string{"SOAP fault 150", "UNIT=NOTAUNIT"}},
		{[]string{"errors", "fault_413_extraction_too_big.xml"}, []string{"SOAP fault 413", "420709314"}},
		{[]string{"sdmx21", "ESTAT_CL_FREQ.xml"}, []string{"structure message"}},
		{[]string{"sdmx30", "dataflow30.xml"}, []string{"structure message"}},
	}
	for _, tt := range tests {
		t.Run(tt.file[1], func(t *testing.T) {
			r, err := NewReader(specimen(t, tt.file...), tt.file[1])
			if err == nil {
				_, err = rows(r)
			}
			f, ok := errors.AsType[*fault.Error](err)
			if !ok {
				t.Fatalf("error %v, want a fault", err)
			}
			for _, w := range tt.words {
				if !strings.Contains(f.Error(), w) {
					t.Errorf("message %q does not name %q", f.Error(), w)
				}
			}
		})
	}
}

func TestReadErrorIsKept(t *testing.T) {
	broken := errors.New("disk on fire")
	r := io.MultiReader(strings.NewReader(`<GenericData>`), errReader{broken})
	if _, err := NewReader(r, "t.xml"); !errors.Is(err, broken) {
		t.Errorf("error %v does not wrap the reader's", err)
	}
	gzipEnds := io.MultiReader(strings.NewReader(`<GenericData>`), errReader{io.ErrUnexpectedEOF})
	_, err := NewReader(gzipEnds, "t.xml")
	checkFault(t, err, fault.Invalid, 1, []string{"breaks off", "Download"})
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

// What is written in either layout reads back as it was.
func TestLayoutsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series := rapid.MapOfN(rapid.StringMatching(`[A-Z]{2}[0-9A-Z]{0,3}`),
			rapid.MapOfN(rapid.IntRange(1990, 2030), rapid.Float64Range(-1e9, 1e9), 1, 8), 1, 6).Draw(t, "series")
		var a, b strings.Builder
		fmt.Fprintf(&a, genericHead, "TIME_PERIOD")
		fmt.Fprintf(&b, specificHead, "TIME_PERIOD")
		a.WriteString("<DataSet>")
		b.WriteString("<DataSet>")
		want := map[string]map[int]float64{}
		for region, values := range series {
			want[region] = values
			fmt.Fprintf(&a, `<Series><SeriesKey><Value id="FREQ" value="A"/><Value id="GEO" value="%s"/></SeriesKey>`, region)
			fmt.Fprintf(&b, `<Series geo="%s" freq="A">`, region)
			for year, v := range values {
				fmt.Fprintf(&a, `<Obs><ObsDimension value="%d"/><ObsValue value="%v"/></Obs>`, year, v)
				fmt.Fprintf(&b, `<Obs OBS_VALUE="%v" TIME_PERIOD="%d"/>`, v, year)
			}
			a.WriteString("</Series>")
			b.WriteString("</Series>")
		}
		a.WriteString("</DataSet></GenericData>")
		b.WriteString("</DataSet></StructureSpecificData>")
		for _, doc := range []string{a.String(), b.String()} {
			if d := cmp.Diff(want, read(t, doc)); d != "" {
				t.Fatalf("(-want +got):\n%s", d)
			}
		}
	})
}

func read(t *rapid.T, doc string) map[string]map[int]float64 {
	r, err := NewReader(strings.NewReader(doc), "t.xml")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]map[int]float64{}
	var s stats.Series
	for {
		err := r.Next(&s)
		if err == io.EOF {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		if got[s.Region] == nil {
			got[s.Region] = map[int]float64{}
		}
		for i := range s.Periods {
			if i > 0 && s.Periods[i] <= s.Periods[i-1] {
				t.Fatalf("periods of %s do not ascend", s.Region)
			}
			got[s.Region][s.Periods[i].Year()] = s.Values[i]
		}
	}
}
