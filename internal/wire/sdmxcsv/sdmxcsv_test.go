package sdmxcsv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	"peerscape/internal/wire/line"
)

// read returns the header and the series as "key|region|period=value flags …".
func read(r io.Reader, name string) (h *stats.Header, rows []string, err error) {
	t, err := NewReader(r, name)
	if err != nil {
		return nil, nil, err
	}
	var s stats.Series
	for {
		if err := t.Next(&s); err != nil {
			if err == io.EOF {
				err = nil
			}
			return t.Header(), rows, err
		}
		rows = append(rows, render(&s))
	}
}

func render(s *stats.Series) string {
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
	return b.String()
}

const (
	two  = "STRUCTURE,STRUCTURE_ID,freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\n"
	both = "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,freq,Time frequency,sex,Sex,geo,Geopolitical entity (reporting)," +
		"TIME_PERIOD,Time,OBS_VALUE,Observation value,OBS_FLAG,Observation status (Flag) V2 structure,CONF_STATUS,Confidentiality status (flag)\n"
	gdp = "dataflow,ESTAT:NAMA_10R_2GDP$DEFAULTVIEW(1.0),"
)

var readable = []struct {
	name, in string
	want     []string
	notes    []string
}{
	{
		"a series a key", two + gdp + "A,MIO_EUR,AT11,2020,1.5,,\n" + gdp + "A,MIO_EUR,AT11,2021,2,bu,\n" + gdp + "A,MIO_EUR,AT12,2020,-3e2,p,C\n",
		[]string{"A,MIO_EUR|AT11|2020=1.5;2021=2 bu;", "A,MIO_EUR|AT12|2020=-300 p@C;"},
		nil,
	},
	{
		"CRLF, byte order mark, no line end", "\ufeff" + strings.ReplaceAll(two, "\n", "\r\n") + gdp + "A,MIO_EUR,AT11,2020,1,,\r\n\r\n" + gdp + "A,MIO_EUR,AT11,2021,2,,",
		[]string{"A,MIO_EUR|AT11|2020=1;2021=2;"},
		nil,
	},
	{
		"no value with and without flag", two + gdp + "A,MIO_EUR,AT11,2019,,,\n" + gdp + "A,MIO_EUR,AT11,2020,,u,\n" + gdp + "A,MIO_EUR,AT11,2021,,,C\n" + gdp + "A,MIO_EUR,AT11,2022,NaN,,F\n",
		[]string{"A,MIO_EUR|AT11|2020=NaN u;2021=NaN @C;"},
		nil,
	},
	{
		"labels behind codes, commas and breaks in quotation marks", both +
			"dataflow,ESTAT:TGS00010(1.0),\"Rate, by region\",A,Annual,T,Total,AT11,\"Burgenland\n(A\"\"T)\",2020,,4.2,,bu,\"break in time series, low reliability\",,\n" +
			"dataflow,ESTAT:TGS00010(1.0),\"Rate, by region\",A,Annual,T,Total,AT11,\"Burgenland\n(A\"\"T)\",2021,,4.3,,,,C,confidential\n",
		[]string{"A,T|AT11|2020=4.2 bu;2021=4.3 @C;"},
		nil,
	},
	{
		"a label that is an acronym", "STRUCTURE_ID,freq,FREQUENCY,geo,NUTS,TIME_PERIOD,OBS_VALUE\nESTAT:X(1.0),A,Annual,AT11,Burgenland,2020,1\n",
		[]string{"A|AT11|2020=1;"},
		nil,
	},
	{
		"code and label in one cell", "DATAFLOW,LAST UPDATE,freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\n" +
			"ESTAT:TGS00010(1.0),10/02/26 11:00:00,A:Annual,PC: Percentage,AT11:Burgenland,2020,4.2,b: break,C: confidential\n",
		[]string{"A,PC|AT11|2020=4.2 b@C;"},
		[]string{"Codes and labels stood in one cell and were separated."},
	},
	{
		"columns in another order, one of each case", "OBS_VALUE,TIME_PERIOD,geo,unit,STRUCTURE_ID\n1,2020,AT11,PC,ESTAT:X(1.0)\n2,2021,AT11,PC,ESTAT:X(1.0)\n3,2021,AT11,NR,ESTAT:X(1.0)\n",
		[]string{"PC|AT11|2020=1;2021=2;", "NR|AT11|2021=3;"},
		[]string{"The file names no frequency."},
	},
	{
		"all names in capitals, statuses of the standard", "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,Area,TIME_PERIOD,OBS_VALUE,OBS_STATUS,DECIMALS,Decimals\n" +
			"dataflow,OECD:DSD_REG@DF(2.0),I,A,AT11,Burgenland,2020,1,A,1,One\ndataflow,OECD:DSD_REG@DF(2.0),I,A,AT11,Burgenland,2021,2,BE,1,One\ndataflow,OECD:DSD_REG@DF(2.0),I,A,AT11,Burgenland,2022,,M,1,One\n",
		[]string{"A|AT11|2020=1;2021=2 be;"},
		[]string{
			"Columns that are neither dimensions nor flags were left out: DECIMALS.",
			"Observation statuses without a counterpart among Eurostat's flags were left out.",
		},
	},
	{
		"flag and status both", "STRUCTURE_ID,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,OBS_STATUS\nESTAT:X(1.0),A,AT11,2020,1,b,P\n",
		[]string{"A|AT11|2020=1 bp;"},
		nil,
	},
	{
		"semicolons and decimal commas", "freq;geo;time;values\nA;AT11;2020;1,5\nA;AT11;2021;-0,25\nA;AT11;2022;7\n",
		[]string{"A|AT11|2020=1.5;2021=-0.25;2022=7;"},
		[]string{
			"The columns are separated by semicolons.", "The file does not name its dataset.", "Decimal commas were read as decimal points.",
		},
	},
	{"tabs", "freq\tgeo\ttime\tvalues\nA\tAT11\t2020\t1.5\n", []string{"A|AT11|2020=1.5;"}, []string{
		"The columns are separated by tabs.", "The file does not name its dataset.",
	}},
	{
		"saved from R with row numbers and dates", "\"\",\"freq\",\"unit\",\"geo\",\"TIME_PERIOD\",\"values\"\n\"1\",\"A\",\"PC\",\"AT11\",2019-01-01,1\n\"2\",\"A\",\"PC\",\"AT11\",2020-01-01,NA\n\"3\",\"Q\",\"PC\",\"AT11\",2020-04-01,3\n\"4\",\"M\",\"PC\",\"AT11\",2020-04-01,4\n\"5\",\"S\",\"PC\",\"AT11\",2020-07-01,5\n\"6\",\"W\",\"PC\",\"AT11\",2021-01-01,6\n\"7\",\"D\",\"PC\",\"AT11\",2020-02-01,7\n",
		[]string{"A,PC|AT11|2019=1;", "Q,PC|AT11|2020-Q2=3;", "M,PC|AT11|2020-04=4;", "S,PC|AT11|2020-S2=5;", "W,PC|AT11|2020-W53=6;", "D,PC|AT11|2020-D032=7;"},
		[]string{"The file does not name its dataset.", "Dates were read as the periods of the frequency in which they lie."},
	},
	{
		"saved from Python", "Unnamed: 0,Geo,Region name,Year,Value,flags\n0,AT11,Burgenland,2019.0,1,\n1,AT11,Burgenland,2020.0,,u\n",
		[]string{"|AT11|2019=1;2020=NaN u;"},
		[]string{
			"The file does not name its dataset.", "The file names no frequency.", "Years such as 2013.0 were read as 2013.",
		},
	},
	{
		"periods sorted, repeated rows once", "geo,time,values\nAT11,2021,2\nAT11,2020,1\nAT11,2021,2\nAT12,2020,3\nAT11,2022,4\n",
		[]string{"|AT11|2020=1;2021=2;", "|AT12|2020=3;", "|AT11|2022=4;"},
		[]string{
			"The file does not name its dataset.", "The file names no frequency.",
			"Some rows stand in the file twice with the same figure; they were read once.",
		},
	},
	{
		"rows that differ only in an early column", "time,geo,freq,values\n2020,AT11,A,1\n2021,AT11,A,1\n2021,AT12,A,1\n",
		[]string{"A|AT11|2020=1;2021=1;", "A|AT12|2021=1;"},
		[]string{"The file does not name its dataset."},
	},
	{"a heading like its first row", "geo,time,values\ngeo,2020,1\n", []string{"|geo|2020=1;"}, []string{"The file does not name its dataset.", "The file names no frequency."}},
	{"empty columns at the end", "geo,time,values,,\nAT11,2020,1,,\nAT12,2020,1,\n", []string{"|AT11|2020=1;", "|AT12|2020=1;"}, []string{"The file does not name its dataset.", "The file names no frequency."}},
	{"a heading alone", two, nil, []string{"The file has a heading and no rows."}},
	{"labels in Windows-1252", "freq;geo;Region name;time;values\nA;AT33;Tirol \xfcber;2020;1\n", []string{"A|AT33|2020=1;"}, []string{
		"The columns are separated by semicolons.", "The file does not name its dataset.", "Labels are not UTF-8 and were read as Windows-1252.",
	}},
	{
		"a day, where no frequency turns it into something else", "STRUCTURE,STRUCTURE_ID,DIM_1,DIM_3,OBS_VALUE\ndataflow,ESTAT:X(1.0),A,2014-02-01,1\n",
		[]string{"A||2014-D032=1;"},
		[]string{"The file names no frequency.", "No column is called TIME_PERIOD; the periods were taken from DIM_3."},
	},
}

func TestReads(t *testing.T) {
	for _, c := range readable {
		t.Run(c.name, func(t *testing.T) {
			h, rows, err := read(strings.NewReader(c.in), "a.csv")
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, rows); d != "" {
				t.Errorf("series (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.notes, h.Notes); d != "" {
				t.Errorf("notes (-want +got):\n%s", d)
			}
			_, again, err := read(iotest.OneByteReader(strings.NewReader(c.in)), "a.csv")
			if d := cmp.Diff(rows, again); d != "" || err != nil {
				t.Errorf("byte by byte: %v\n%s", err, d)
			}
		})
	}
}

func TestHeader(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     stats.Header
	}{
		{
			"2.0 with labels",
			both + "dataflow,ESTAT:TGS00010__CUSTOM_1234$DEFAULTVIEW(1.0),\"Rate, by region\",A,Annual,T,Total,AT11,Burgenland,2020,,4.2,,b,break,,\n" +
				"dataflow,ESTAT:TGS00010__CUSTOM_1234$DEFAULTVIEW(1.0),\"Rate, by region\",A,Annual,F,Females,AT12,\"Lower\nAustria\",2020,,4.2,,b,break,,\n",
			stats.Header{
				Dataset: "tgs00010", Title: "Rate, by region", Format: "SDMX-CSV 2.0", Dimensions: []string{"freq", "sex"}, RegionDimension: "geo",
				Labels: map[string]map[string]string{"freq": {"A": "Annual"}, "sex": {"T": "Total", "F": "Females"}, "geo": {"AT11": "Burgenland", "AT12": "Lower Austria"}},
			},
		},
		{
			"1.0 in winter",
			"DATAFLOW,LAST UPDATE,freq,metroreg,TIME_PERIOD,OBS_VALUE,OBS_FLAG\nESTAT:MET_10R_3GDP(1.0): GDP of metropolitan regions,10/02/26 11:00:00,A: Annual,AT001M,2020,1,\n",
			stats.Header{
				Dataset: "met_10r_3gdp", Title: "GDP of metropolitan regions", Format: "SDMX-CSV 1.0", Dimensions: []string{"freq"}, RegionDimension: "metroreg",
				Updated: time.Date(2026, 2, 10, 10, 0, 0, 0, time.UTC), Labels: map[string]map[string]string{"freq": {"A": "Annual"}},
				Notes: []string{"Codes and labels stood in one cell and were separated."},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _, err := read(strings.NewReader(c.in), "a.csv")
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(&c.want, h); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestLastUpdate(t *testing.T) {
	for in, want := range map[string]string{
		"10/02/26 11:00:00": "2026-02-10T10:00:00Z", "10/07/26 23:00:00": "2026-07-10T21:00:00Z",
		"29/03/2026 01:59:59": "2026-03-29T00:59:59Z", "29/03/26 03:00:00": "2026-03-29T01:00:00Z",
		"25/10/26 02:59:59": "2026-10-25T00:59:59Z", "25/10/26 03:00:00": "2026-10-25T02:00:00Z",
		"2026-02-10T11:00:00+0100": "2026-02-10T10:00:00Z", "2021-01-22T13:15:41Z": "2021-01-22T13:15:41Z",
		"02/13/26 11:00:00": "0001-01-01T00:00:00Z",
	} {
		var f flow
		noted := false
		f.lastUpdate([]byte(in), func(string) { noted = true })
		if got := f.updated.Format(time.RFC3339); got != want || noted != f.updated.IsZero() {
			t.Errorf("lastUpdate(%s) = %s, want %s; noted %v", in, got, want, noted)
		}
	}
}

var refused = []struct {
	name, in string
	want     string // after "a.csv, "
}{
	{"empty", "", "a.csv: the file is empty"},
	{"only empty cells", ",,\n", "line 1: the first row is empty"},
	{"a web page", "\n  <!DOCTYPE html>\n", "line 2: this is a web page"},
	{"no separators", "hello\n", "line 1: the heading has no comma"},
	{"labels only", "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,Time frequency,Unit,Time,Observation value\n", "line 1, column 4: the columns carry labels and no codes"},
	{"labels in the columns of codes", "DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE\nESTAT:X(1.0),,Annual,Wien,2020,1\n", `line 2, column 3: "Annual" in the column freq is a label`},
	{"names of regions", "geo,time,values\nWien,2020,1\n", `line 2, column 1: "Wien" in the column geo is a label`},
	{"a label with spaces", "unit,geo,time,values\nMillion euro,AT11,2020,1\n", `line 2, column 1: "Million euro" in the column unit is a label`},
	{"unknown heading", "freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,x,A b,C d\nA\n", `line 1, column 8: the column "C d" is neither`},
	{"unknown plain heading", "Country name,geo,time,values\n", `line 1, column 1: the column "Country name" is not the name`},
	{"a column without a name", "geo,,time,values\n", "line 1, column 2: a column has no name"},
	{"no time", "STRUCTURE,STRUCTURE_ID,freq,geo,OBS_VALUE\ndataflow,ESTAT:X(1.0),A,AT11,1\n", "line 2: no column is called TIME_PERIOD"},
	{"two candidates for the time", "STRUCTURE,STRUCTURE_ID,d,e,OBS_VALUE\ndataflow,ESTAT:X(1.0),2020,2021,1\n", "line 2: no column is called TIME_PERIOD"},
	{"no time in a plain table", "freq,geo,values\nA,AT11,1\n", "line 1: no column is called TIME_PERIOD"},
	{"no region in a plain table", "freq,time,values\nA,2020,1\n", "line 1: no column is called geo"},
	{"no value", "freq,geo,time,perc\nA,AT11,2020,1\n", "line 1: no column is called OBS_VALUE"},
	{"two measures", "STRUCTURE,STRUCTURE_ID,OBS_VALUE1,OBS_VALUE2,D\n", "line 1: the file has 2 measures (OBS_VALUE1, OBS_VALUE2)"},
	{"a name twice", "unit,geo,UNIT,time,values\n", "line 1, column 3: the columns unit and UNIT name the same thing"},
	{"two times", "geo,year,time,values\n", "line 1, column 3: the columns year and time name the same thing"},
	{"two datasets", two + gdp + "A,E,AT11,2020,1,,\ndataflow,ESTAT:NAMA_10R_2GDP(1.1),A,E,AT11,2021,1,,\n", "line 3, column 2: the file holds two datasets"},
	{"no dataset", two + "dataflow,GDP by region,A,E,AT11,2020,1,,\n", `line 2, column 2: "GDP by region" does not name a dataset`},
	{"an action that deletes", "STRUCTURE,STRUCTURE_ID,ACTION,geo,TIME_PERIOD,OBS_VALUE\ndataflow,ESTAT:X(1.0),D,AT11,2020,1\n", "line 2, column 3: the row asks to delete"},
	{"an unknown action", "STRUCTURE,STRUCTURE_ID,ACTION,geo,TIME_PERIOD,OBS_VALUE\ndataflow,ESTAT:X(1.0),Q,AT11,2020,1\n", `line 2, column 3: "Q" is not an action`},
	{"text in a number", two + gdp + "A,E,AT11,2020,1,,\n" + gdp + "A,E,AT11,2021,1.2e,,\n", `line 3, column 7: "1.2e" is not a number`},
	{"a decimal comma between commas", "geo,time,values\nAT11,2020,\"1,5\"\n", `line 2, column 3: "1,5" is not a number`},
	{"decimal comma and point", "geo;time;values\nAT11;2020;1.5\nAT11;2021;1,5\n", `line 3, column 3: "1,5" does not fit`},
	{"thousands separators", "geo;time;values\nAT11;2020;1.234,5\n", `line 2, column 3: "1.234,5" does not fit`},
	{"a hexadecimal number", "geo,time,values\nAT11,2020,0x1p4\n", "is not a number"},
	{"a number without end", "geo,time,values\nAT11,2020,1e999\n", "is not a number"},
	{"infinity", "geo,time,values\nAT11,2020,Inf\n", "is not a number"},
	{"unterminated quotation mark", "geo,time,values\nAT11,2020,1\n\"AT12,2020,1\nAT13,2020,1\n", "line 3, column 1: the quotation mark that opens here is never closed"},
	{"text behind a quotation mark", "geo,time,values\n\"AT11\"x,2020,1\n", "line 2, column 1: text follows the closing quotation mark"},
	{"too few cells", "geo,time,values\nAT11,2020\n", "line 2: the row has 2 cells where the heading has 3"},
	{"too many cells", "geo,time,values\nAT11,2020,1,5\n", "line 2: the row has 4 cells where the heading has 3"},
	{"too many cells beside spare ones", "geo,time,values,\nAT11,2020,1,5\n", "line 2: the row has 4 cells where the heading has 3"},
	{"an unknown flag", two + gdp + "A,E,AT11,2020,1,x,\n", `line 2, column 8: "x" is not a flag`},
	{"a flag in words", two + gdp + "A,E,AT11,2020,1,provisional,\n", `line 2, column 8: "provisional" is not a flag`},
	{"an unknown confidentiality mark", two + gdp + "A,E,AT11,2020,1,,confidential\n", `line 2, column 9: "confidential" is not a confidentiality mark`},
	{"a code that is missing", two + gdp + "A,,AT11,2020,1,,\n", "line 2, column 4: the code of unit is missing"},
	{"no period", two + gdp + "A,E,AT11,next year,1,,\n", `line 2, column 6: "next year" is not a period`},
	{"an empty period", two + gdp + "A,E,AT11,,1,,\n", "line 2, column 6: the period is missing"},
	{"a date without frequency", "geo,time,values\nAT11,2013-01-01,1\n", `line 2, column 2: "2013-01-01" does not say whether`},
	{"two figures of one period", "geo,time,values\nAT11,2020,1\nAT11,2021,1\nAT11,2020,2\n", "line 4: 2020 stands on lines 2 and 4 with different figures (1 and 2)"},
	{"two flags of one period", "geo,time,values,flags\nAT11,2020,1,b\nAT11,2020,1,\n", "line 3: 2020 stands on lines 2 and 3 with different figures (1 b and 1)"},
	{"text that is not UTF-8", "geo,time,values\nAT1\xff,2020,1\n", "is a label, not a code"},
}

func TestRefuses(t *testing.T) {
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := read(strings.NewReader(c.in), "a.csv")
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != fault.Invalid || f.Cure == "" {
				t.Fatalf("got %v; want a fault with a cure", err)
			}
			if !strings.Contains(err.Error(), c.want) || f.Place.File != "a.csv" || f.Place.Line == 0 && c.in != "" {
				t.Errorf("got  %v\nwant a.csv, %s", err, c.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	days := func(from, to int) string {
		var b strings.Builder
		b.WriteString("STRUCTURE_ID,freq,geo,TIME_PERIOD,OBS_VALUE\n")
		for y := from; y < to; y++ {
			for d := 1; d <= 366; d++ {
				fmt.Fprintf(&b, "ESTAT:X(1.0),D,AT11,%04d-D%03d,%d\n", y, d, d)
			}
		}
		return b.String()
	}
	repeated := days(2000, 2001) + strings.Repeat("ESTAT:X(1.0),D,AT11,2000-D366,366\n", 3*mostPeriods)
	for _, c := range []struct{ name, in, want string }{
		{"a long line", "geo,time,values\nAT11,2020," + strings.Repeat(" ", line.MaxLine) + "\n", "line 2: the line is longer than 4 MiB"},
		{"a long quoted cell", "geo,time,values\nAT11,2020,\"" + strings.Repeat(strings.Repeat("x", 1000)+"\n", 5000), "line 2, column 3: the quotation mark that opens here is not closed within 4 MiB"},
		{"many columns", strings.Repeat("a,", 5000) + "\n", "more than 1000 cells"},
		{"many periods", days(1000, 1200), "more than 32768 periods share one key"},
		{"many repetitions", repeated, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := read(strings.NewReader(c.in), "a.csv")
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || fault.KindOf(err) != fault.TooLarge || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v; want %q, too large", err, c.want)
			}
		})
	}
}

func TestErrorsStay(t *testing.T) {
	r, err := NewReader(strings.NewReader("geo,time,values\nAT11,2020,1\nAT12,2020,x\nAT13,2020,1\n"), "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	var s stats.Series
	first := r.Next(&s)
	if second := r.Next(&s); first == nil || first != second {
		t.Errorf("Next = %v, then %v", first, second)
	}
}

func TestRecognises(t *testing.T) {
	for _, first := range []string{
		both, two, "\ufeff" + two, "STRUCTURE[;],STRUCTURE_ID,ACTION,DIM_1", "STRUCTURE[|];STRUCTURE_ID;ACTION", "DATAFLOW,LAST UPDATE,freq",
		`"unit","geo","time","values"`, "geo;Year;Value", "freq,unit,geo,time,obs_value",
	} {
		if !Recognises([]byte(first)) {
			t.Errorf("Recognises(%q) = false", first)
		}
	}
	for _, first := range []string{"", "freq,unit,geo\\TIME_PERIOD\t2020", "NUTS,perc,urt,class", "{", "<html>", "freq,unit,geo,2020,2021", "structures of Europe"} {
		if Recognises([]byte(first)) {
			t.Errorf("Recognises(%q) = true", first)
		}
	}
}

// TestSpecimens reads the specimens of the standard and of Eurostat.
func TestSpecimens(t *testing.T) {
	for _, c := range []struct {
		path     string
		rows     int
		dataset  string
		dims     string
		contains string
		err      string
	}{
		{"sdmxcsv/sdmxcsv2_labels_both_eurostat_tgs00042_gerd_rd_expenditure.csv", 14, "tgs00042", "freq,sectperf,unit", "A,TOTAL,PC_GDP|AT11|2013=0.89 b;2015=0.99;2017=0.85;", ""},
		{"sdmxcsv/sdmxcsv2_labels_both_eurostat_tgs00010_unemployment_rate.csv", 14, "tgs00010", "freq,isced11,sex,age,unit", "2018=4.2 u;", ""},
		{"sdmx30/sdmxcsv2_example-01.csv", 1, "na_main", "dim_1,dim_2", "A,B||2014-01=12.4;2014-02=10.8;", ""},
		{"sdmx30/sdmxcsv2_example-02.csv", 0, "", "", "", "2 measures"},
		{"sdmx30/sdmxcsv2_example-03.csv", 0, "", "", "", "2 measures"},
		{"sdmx30/sdmxcsv2_example-04.csv", 1, "na_main", "dim_1,dim_2", "A,B||2014-01=12.4;2014-02=10.8;", ""},
		{"sdmx30/sdmxcsv2_example-05.csv", 1, "na_main", "dim_1,dim_2", "A,B||2014-D001=12.4;2014-D032=10.8;", ""},
		{"sdmx30/sdmxcsv2_example-08.csv", 0, "", "", "", "two datasets"},
	} {
		t.Run(c.path, func(t *testing.T) {
			b, err := os.ReadFile(sharedtest.Path(t, "data", "wire", c.path))
			if err != nil {
				t.Fatal(err)
			}
			h, rows, err := read(bytes.NewReader(b), c.path)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v, want %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != c.rows || h.Dataset != c.dataset || strings.Join(h.Dimensions, ",") != c.dims {
				t.Errorf("%d series of %s by %v", len(rows), h.Dataset, h.Dimensions)
			}
			if !strings.Contains(strings.Join(rows, "\n"), c.contains) {
				t.Errorf("no %s in %s", c.contains, rows)
			}
		})
	}
}

// TestNumbersAreExact compares the fast path with the library's.
func TestNumbersAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{0,9}(\.[0-9]{0,9})?`).Draw(t, "number")
		if got, ok := fast([]byte(text)); ok {
			var want float64
			if _, err := fmt.Sscan(text, &want); err != nil || got != want {
				t.Fatalf("fast(%s) = %v, want %v (%v)", text, got, want, err)
			}
		}
	})
}

// TestRoundTrip writes series with quotation marks and reads them back: cutting
// only the cells that changed must give what cutting all would.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in, want strings.Builder
		in.WriteString("freq,unit,geo,Region name,time,values\n")
		label := rapid.StringMatching(`[a-z,;"\n ]{0,6}`)
		seen := ""
		for range rapid.IntRange(1, 12).Draw(t, "rows") {
			unit := rapid.SampledFrom([]string{"E", "EUR", "EUR_HAB"}).Draw(t, "unit")
			geo := rapid.SampledFrom([]string{"A", "AT1", "AT11", "AT112"}).Draw(t, "geo")
			year := rapid.IntRange(1, 9).Draw(t, "year")
			key := fmt.Sprintf("A,%s|%s|", unit, geo)
			if strings.HasPrefix(seen, key) {
				continue // a second figure for a period is another test
			}
			seen = key
			text := strings.ReplaceAll(label.Draw(t, "label"), `"`, `""`)
			if rapid.Bool().Draw(t, "quoted") {
				unit, geo = `"`+unit+`"`, `"`+geo+`"`
			}
			fmt.Fprintf(&in, "A,%s,%s,\"%s\",200%d,%d\n", unit, geo, text, year, year)
			fmt.Fprintf(&want, "%s200%d=%d;\n", key, year, year)
		}
		_, rows, err := read(strings.NewReader(in.String()), "a.csv")
		if got := strings.Join(rows, "\n") + "\n"; err != nil || got != want.String() {
			t.Fatalf("%v\n%s\n%s", err, in.String(), cmp.Diff(want.String(), got))
		}
	})
}

func FuzzReader(f *testing.F) {
	for _, c := range readable {
		f.Add([]byte(c.in))
	}
	for _, c := range refused {
		f.Add([]byte(c.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := NewReader(bytes.NewReader(in), "f.csv")
		var s stats.Series
		for err == nil {
			if err = r.Next(&s); err != nil {
				break
			}
			if len(s.Key) != len(r.Header().Dimensions) || s.Len() == 0 || len(s.Values) != s.Len() || len(s.Flags) != s.Len() {
				t.Fatalf("a broken series: %+v", s)
			}
			for i := 1; i < s.Len(); i++ {
				if s.Periods[i-1] >= s.Periods[i] {
					t.Fatalf("periods do not ascend: %v", s.Periods)
				}
			}
		}
		if g, ok := errors.AsType[*fault.Error](err); err != io.EOF && (!ok || g.What == "" || g.Cure == "" || g.Place.Line == 0 && g.Key != "wire.empty") {
			t.Fatalf("not a full sentence: %v", err)
		}
	})
}
