package tsv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

// read renders all that a table holds: the heading, the notes, then
// "codes region: period=value flags ...".
func read(text string) (h *stats.Header, rows []string, err error) {
	r, err := NewReader(strings.NewReader(text), "f.tsv")
	if err != nil {
		return nil, nil, err
	}
	var s stats.Series
	for {
		err := r.Next(&s)
		if err == io.EOF {
			return r.Header(), rows, nil
		}
		if err != nil {
			if _, again := r, r.Next(&s); !errors.Is(again, err) {
				return nil, nil, fmt.Errorf("the error does not stay: %v, then %v", err, again)
			}
			return nil, rows, err
		}
		rows = append(rows, render(&s))
	}
}

func render(s *stats.Series) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s:", strings.Join(s.Key, ","), s.Region)
	for i := range s.Len() {
		o := s.At(i)
		value := ":"
		if !math.IsNaN(o.Value) {
			value = strconv.FormatFloat(o.Value, 'g', -1, 64)
		}
		fmt.Fprintf(&b, " %v=%s%s", o.Period, value, o.Flags)
	}
	return b.String()
}

const (
	savedNote   = "The table was saved again by other software (commas between all columns)."
	noFreqNote  = "The file names no frequency."
	turnedNote  = "Regions stood in columns and were turned into rows."
	gluedNote   = "Flags stand next to their numbers without a space (100.0e); they were separated."
	emptyNote   = "Empty cells were read as missing."
	reverseNote = "Periods stood in descending order and were turned round."
)

func TestLayouts(t *testing.T) {
	for name, c := range map[string]struct {
		in     string
		header stats.Header
		rows   []string
	}{
		"today": {
			"freq,unit,geo\\TIME_PERIOD\t2020 \t2021 \nA,PC,AT\t1 \t2.5 p\nA,PC,AT1\t: \t: \nA,PC,BE\t: \t: c\n",
			stats.Header{Format: "Eurostat TSV", Dimensions: []string{"freq", "unit"}, RegionDimension: "geo"},
			[]string{"A,PC AT: 2020=1 2021=2.5p", "A,PC BE: 2021=:c"},
		},
		"CRLF and a mark": {
			"\ufefffreq,unit,geo\\TIME_PERIOD\t2020 \t2021 \r\nA,PC,AT\t1 \t-2 \r\n",
			stats.Header{Format: "Eurostat TSV", Dimensions: []string{"freq", "unit"}, RegionDimension: "geo"},
			[]string{"A,PC AT: 2020=1 2021=-2"},
		},
		"old layout": {
			"unit,geo\\time\t2021 \t2020 \nPC,AT\t1 \t2.5 p\n\n",
			stats.Header{
				Format: "Eurostat TSV, old layout", Dimensions: []string{"unit"}, RegionDimension: "geo",
				Notes: []string{noFreqNote, reverseNote},
			},
			[]string{"PC AT: 2020=2.5p 2021=1"},
		},
		"regions in columns": {
			"unit,time\\geo\tAT \tBE \nPC,2015\t1 \t: \nPC,2014\t3 u\t: u\nNR,2014\t5 \t6 \n",
			stats.Header{
				Format: "Eurostat TSV, old layout", Dimensions: []string{"unit"}, RegionDimension: "geo",
				Notes: []string{noFreqNote, turnedNote},
			},
			[]string{"PC AT: 2014=3u 2015=1", "PC BE: 2014=:u", "NR AT: 2014=5", "NR BE: 2014=6"},
		},
		"commas, flags glued": {
			"freq,unit,geo,2020,2021,2022\nA,PC,AT,100.0e,:,:c\nA,PC,BE,1.5bu,7,2p@C\n",
			stats.Header{
				Format: "Eurostat table, saved again", Dimensions: []string{"freq", "unit"}, RegionDimension: "geo",
				Notes: []string{savedNote, gluedNote},
			},
			[]string{"A,PC AT: 2020=100e 2022=:c", "A,PC BE: 2020=1.5bu 2021=7 2022=2p@C"},
		},
		"commas, heading as published": {
			"unit,geo\\TIME_PERIOD,2021,2020\nPC,AT,1,\nPC,BE,2,3\n",
			stats.Header{
				Format: "Eurostat table, saved again", Dimensions: []string{"unit"}, RegionDimension: "geo",
				Notes: []string{savedNote, noFreqNote, reverseNote, emptyNote},
			},
			[]string{"PC AT: 2021=1", "PC BE: 2020=3 2021=2"},
		},
		"quotation marks": {
			"\"freq,geo\\TIME_PERIOD\",\"2020 \"\r\n\"A,AT\",\"1.5 e\"\r\n",
			stats.Header{
				Format: "Eurostat table, saved again", Dimensions: []string{"freq"}, RegionDimension: "geo",
				Notes: []string{savedNote},
			},
			[]string{"A AT: 2020=1.5e"},
		},
		"tabs between dimensions": {
			"freq\tgeo\\TIME_PERIOD\t2020\nA\tAT\t1\n",
			stats.Header{
				Format: "Eurostat table, saved again", Dimensions: []string{"freq"}, RegionDimension: "geo",
				Notes: []string{"The table was saved again by other software (tabs between the dimensions)."},
			},
			[]string{"A AT: 2020=1"},
		},
		"empty columns at the end": {
			"freq,geo\\TIME_PERIOD,2020,,\nA,AT,1,,\nA,BE,2\n",
			stats.Header{
				Format: "Eurostat table, saved again", Dimensions: []string{"freq"}, RegionDimension: "geo",
				Notes: []string{savedNote},
			},
			[]string{"A AT: 2020=1", "A BE: 2020=2"},
		},
		"several geographic dimensions": {
			"freq,c_load,geo,unit\\TIME_PERIOD\t2020\nA,AT11,BE,PAS\t1\nA,AT11,BG,PAS\t2\nA,AT12,BG,PAS\t3\n",
			stats.Header{Format: "Eurostat TSV", Dimensions: []string{"freq", "c_load", "unit"}, RegionDimension: "geo"},
			[]string{"A,AT11,PAS BE: 2020=1", "A,AT11,PAS BG: 2020=2", "A,AT12,PAS BG: 2020=3"},
		},
		"metropolitan regions": {
			"freq,metroreg\\TIME_PERIOD\t2020\nA,AT001M\t1\n",
			stats.Header{Format: "Eurostat TSV", Dimensions: []string{"freq"}, RegionDimension: "metroreg"},
			[]string{"A AT001M: 2020=1"},
		},
		"no region": {
			"freq,currency\\TIME_PERIOD\t2020\nA,CHF\t1\n",
			stats.Header{Format: "Eurostat TSV", Dimensions: []string{"freq", "currency"}},
			[]string{"A,CHF : 2020=1"},
		},
		"all frequencies, old periods, no order": {
			"freq,geo\\time\t2020Q1\t2020M02\t2019\t2020-S1\t2020-W07\t2020-D031\nX,AT\t1\t2\t3\t4\t5\t6\n",
			stats.Header{
				Format: "Eurostat TSV, old layout", Dimensions: []string{"freq"}, RegionDimension: "geo",
				Notes: []string{"Periods stood in no order and were sorted."},
			},
			[]string{"X AT: 2019=3 2020-S1=4 2020-Q1=1 2020-02=2 2020-W07=5 2020-D031=6"},
		},
		"heading alone": {
			"freq,geo\\TIME_PERIOD\t2020\n",
			stats.Header{Format: "Eurostat TSV", Dimensions: []string{"freq"}, RegionDimension: "geo"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			first, _, _ := strings.Cut(c.in, "\n")
			if !Recognises([]byte(strings.TrimPrefix(first, "\ufeff"))) {
				t.Error("Recognises does not")
			}
			h, rows, err := read(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.header, *h); d != "" {
				t.Errorf("header (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.rows, rows); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
		})
	}
}

func TestCells(t *testing.T) {
	for in, want := range map[string]string{
		"1": "1", "1 ": "1", " 1": "1", "1.": "1", ".5": "0.5", "-0": "-0", "-0.0 p": "-0p", "+3": "3",
		"7.0 p@C": "7p@C", "7.0 @C": "7@C", "7 bep ": "7bep", "7 u p": "7pu", "3e": "3e", "3e5": "300000", "3E-2": "0.03",
		"100.0e": "100e", "1e b": "1be", "12345678901234567890": "1.2345678901234567e+19", "0.1": "0.1",
		"0.12345678901234567890123": "0.12345678901234568",
		":":                         "", ": ": "", " :": "", "": "", ": @F": "",
		": c": ":c", ": @C": ":@C", ": cp": ":cp", ":u": ":u", ": u ": ":u",
	} {
		t.Run(in, func(t *testing.T) {
			for _, sep := range []string{"\t", ","} {
				_, rows, err := read("freq" + sep + "geo\\TIME_PERIOD" + sep + "2020" + sep + "2021\nA" + sep + "AT" + sep + in + sep + "8\n")
				if err != nil {
					t.Fatal(err)
				}
				row := "A AT: 2020=" + want + " 2021=8"
				if want == "" {
					row = "A AT: 2021=8"
				}
				if d := cmp.Diff([]string{row}, rows); d != "" {
					t.Errorf("rows (-want +got):\n%s", d)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	const head = "freq,geo\\TIME_PERIOD\t2020\t2021\n"
	for name, c := range map[string]struct{ in, want string }{
		"empty":      {"\n \n", "f.tsv, line 2: the file is empty. Download the file again"},
		"web page":   {"\n<!DOCTYPE html>\n", "f.tsv, line 2: this is a web page or an XML file, not a table. Download the table itself as TSV and upload that file"},
		"semicolons": {"geo\\TIME_PERIOD;2020\n", "f.tsv, line 1: the columns are separated by semicolons, not by tabs. Save the table with tabs, or map its columns with peerscape import --map"},
		"spaces":     {"geo\\TIME_PERIOD 2020\n", "f.tsv, line 1: the heading has no tab, so the columns cannot be told apart. Save the table with tabs between the columns"},
		"own table":  {"region,2020\nA,1\n", "f.tsv, line 1: \"region,2020\" is not the heading of a Eurostat table. The first cell must name the dimensions, such as freq,unit,geo\\TIME_PERIOD"},
		"dimension":  {"freq,my unit,geo\\time\t2020\n", "f.tsv, line 1: \"my unit\" is not the name of a dimension. The first cell must name the dimensions, such as freq,unit,geo\\TIME_PERIOD"},
		"dimension twice": {
			"freq,geo,geo\\time\t2020\n",
			"f.tsv, line 1: the dimension geo is named twice. Download the file again",
		},
		"across":         {"geo,time\\unit\tPC\n", "f.tsv, line 1: the columns hold \"unit\", neither periods nor regions. Download the table with time in its columns"},
		"unknown period": {"freq,geo\\TIME_PERIOD\t2020\t20x1\n", "f.tsv, line 1, column 3: \"20x1\" is not a period. Write a year (2020), half-year (2020-S1), quarter (2020-Q1), month (2020-01), week (2020-W01) or day (2020-D001)"},
		"period twice":   {"freq,geo\\TIME_PERIOD\t2020Q1\t2020-Q1\n", "f.tsv, line 1, column 3: the period 2020-Q1 stands in two columns. Delete one of the two columns, or download the file again"},
		"no period":      {"freq,geo\\TIME_PERIOD\t\n", "f.tsv, line 1: the heading names no period. Download the table again, with at least one period"},
		"region twice":   {"time\\geo\tAT\tAT\n", "f.tsv, line 1, column 3: the region \"AT\" is empty or stands in two columns. Delete one of the two columns, or download the file again"},
		"too few cells":  {head + "A,AT\t1\t2\nA,BE\t1\n", "f.tsv, line 3: the row has 1 cells where the heading has 2. Check the row for missing or extra separators, or download the file again"},
		"too many cells": {head + "A,AT\t1\t2\t3\n", "f.tsv, line 2: the row has 3 cells where the heading has 2. Check the row for missing or extra separators, or download the file again"},
		"too few codes":  {head + "A,AT\t1\t2\nAT\t1\t2\n", "f.tsv, line 3, column 1: the key \"AT\" has 1 codes where the heading names 2. Check that the columns are separated as in the heading, or download the file again"},
		"too many codes": {head + "A,AT\t1\t2\nA,AT,X\t1\t2\n", "f.tsv, line 3, column 1: the key \"A,AT,X\" has 3 codes where the heading names 2. Check that the columns are separated as in the heading, or download the file again"},
		"no tab in row":  {head + "A,AT,1,2\n", "f.tsv, line 2: the row has no cells behind its key. Check that the columns are separated as in the heading, or download the file again"},
		"empty code":     {head + "A,\t1\t2\n", "f.tsv, line 2, column 1: the key has an empty code. Write the missing code, or download the file again"},
		"not UTF-8":      {head + "A,\xe9\t1\t2\n", "f.tsv, line 2, column 1: \"?\" is not a code. Save the file as UTF-8 text, or download it again"},
		"text":           {head + "A,AT\t1\tn/a\n", numberSentence("2, column 3", "n/a")},
		"decimal comma":  {head + "A,AT\t1,5\t2\n", numberSentence("2, column 2", "1,5")},
		"unknown flag":   {head + "A,AT\t1 x\t2\n", numberSentence("2, column 2", "1 x")},
		"thousands":      {head + "A,AT\t1 234\t2\n", numberSentence("2, column 2", "1 234")},
		"two points":     {head + "A,AT\t1.2.3\t2\n", numberSentence("2, column 2", "1.2.3")},
		"too great":      {head + "A,AT\t1e999\t2\n", numberSentence("2, column 2", "1e999")},
		"mark":           {head + "A,AT\t1 @c\t2\n", numberSentence("2, column 2", "1 @c")},
		"sign alone":     {head + "A,AT\t-\t2\n", numberSentence("2, column 2", "-")},
		"turned: number": {"time\\geo\tAT\tBE\n2020\t1\t2\n2021\tx\t2\n", numberSentence("3, column 2", "x")},
		"turned: period": {"time\\geo\tAT\tBE\nyear\t1\t2\n", "f.tsv, line 2: \"year\" is not a period. Write periods such as 2020, 2020-Q1 or 2020-01"},
		"turned: twice":  {"time\\geo\tAT\tBE\n2020\t1\t2\n2020\t1\t2\n", "f.tsv, line 3: the period 2020 stands in two rows of one key. Delete one of the two rows, or download the file again"},
		"turned: width":  {"time\\geo\tAT\tBE\n2020\t1\n", "f.tsv, line 2: the row has 1 cells where the heading has 2. Check the row for missing or extra separators, or download the file again"},
		"commas: code":   {"freq,geo,2020\nA,,1\n", "f.tsv, line 2, column 2: the key has an empty code. Write the missing code, or download the file again"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := read(c.in)
			if err == nil {
				t.Fatal("was accepted")
			}
			if err.Error() != c.want || fault.KindOf(err) != fault.Invalid {
				t.Errorf("got  %v: %v\nwant %s", fault.KindOf(err), err, c.want)
			}
		})
	}
}

func numberSentence(place, text string) string {
	return fmt.Sprintf("f.tsv, line %s: %q is not a number with flags. Write a number with a decimal point and no thousands separator, and a colon for a missing value", place, text)
}

func TestOthersAreNotRecognised(t *testing.T) {
	for _, first := range []string{
		"STRUCTURE,STRUCTURE_ID,freq,geo,TIME_PERIOD,OBS_VALUE", "geo,TIME_PERIOD,OBS_VALUE", "region,2020,2021",
		"freq,unit,geo,time,obs_value", "", "2020", "{", "<html>", "\xff\xfe",
	} {
		if Recognises([]byte(first)) {
			t.Errorf("Recognises(%q)", first)
		}
	}
}

// A number reads as strconv.ParseFloat reads it, bit by bit.
func TestNumbersAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`-?[0-9]{1,20}(\.[0-9]{0,25})?`),
			rapid.StringMatching(`-?[0-9]{1,3}\.[0-9]{1,14}`),
			rapid.Map(rapid.Float64(), func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }),
			rapid.Map(rapid.Float64(), func(f float64) string { return strconv.FormatFloat(f, 'e', -1, 64) }),
		).Draw(t, "text")
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Skip(text)
		}
		c := newCells(&layout{separator: '\t'})
		for _, row := range []string{text, text + " ", text + "\t1", text + " p\t1", " " + text} {
			got, _, err := c.next([]byte(row))
			if err != nil || math.Float64bits(got.value) != math.Float64bits(want) {
				t.Fatalf("%q: got %v %v, want %v", row, got.value, err, want)
			}
		}
	})
}

// What a table says does not depend on how it is laid out.
func TestLayoutsAgree(t *testing.T) {
	cellText := rapid.SampledFrom([]string{":", ": c", "1", "2.5 p", "-3 bu", "4.125", ": @C", "5 @C", "12345678.9 e"})
	rapid.Check(t, func(t *rapid.T) {
		years := rapid.IntRange(1, 6).Draw(t, "years")
		regions := rapid.IntRange(1, 4).Draw(t, "regions")
		grid := make([][]string, regions)
		for i := range grid {
			grid[i] = rapid.SliceOfN(cellText, years, years).Draw(t, "row")
		}
		var today, old, saved, across bytes.Buffer
		today.WriteString("unit,geo\\TIME_PERIOD")
		old.WriteString("unit,geo\\time")
		saved.WriteString("unit,geo")
		across.WriteString("unit,time\\geo")
		for y := range years {
			fmt.Fprintf(&today, "\t%d ", 2000+y)
			fmt.Fprintf(&old, "\t%d ", 1999+years-y)
			fmt.Fprintf(&saved, ",%d", 2000+y)
		}
		for r := range regions {
			fmt.Fprintf(&across, "\tR%d", r)
			fmt.Fprintf(&today, "\nX,R%d", r)
			fmt.Fprintf(&old, "\r\nX,R%d", r)
			fmt.Fprintf(&saved, "\nX,R%d", r)
			for y := range years {
				today.WriteString("\t" + grid[r][y])
				old.WriteString("\t" + grid[r][years-1-y] + " ")
				saved.WriteString("," + strings.ReplaceAll(grid[r][y], " ", ""))
			}
		}
		for y := range years {
			fmt.Fprintf(&across, "\nX,%d", 2000+y)
			for r := range regions {
				across.WriteString("\t" + grid[r][y])
			}
		}
		_, want, err := read(today.String())
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []string{old.String(), saved.String(), across.String()} {
			_, got, err := read(other)
			if d := cmp.Diff(want, got); err != nil || d != "" {
				t.Fatalf("%s\n%v\n%s", other, err, d)
			}
		}
	})
}

func FuzzReader(f *testing.F) {
	if dir, ok := sharedtest.Dir(); ok {
		files, err := os.ReadDir(dir + "/data/wire/tsv")
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range files {
			b, err := os.ReadFile(dir + "/data/wire/tsv/" + e.Name())
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b[:min(len(b), 700)])
		}
	}
	f.Add([]byte("freq,unit,geo,2020,2021\nA,PC,AT,100.0e,:c\n"))
	f.Add([]byte("time\\geo\tAT\tBE\n2020\t1\t2\n2019\t: u\t\n"))
	f.Add([]byte("\"freq,geo\\time\",\"2020\"\n\"A,AT\",\"-1.5e3 b\""))
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := NewReader(bytes.NewReader(in), "f")
		if err != nil {
			mustBeFault(t, err)
			return
		}
		var s stats.Series
		for {
			err := r.Next(&s)
			if err == io.EOF {
				return
			}
			if err != nil {
				mustBeFault(t, err)
				return
			}
			check(t, r, &s)
		}
	})
}

func mustBeFault(t *testing.T, err error) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Place.File == "" || f.Cure == "" {
		t.Fatalf("%v is no fault with a file and a cure", err)
	}
}

// check holds for every series of every source.
func check(t *testing.T, r *Reader, s *stats.Series) {
	t.Helper()
	if len(s.Key) != len(r.Header().Dimensions) || s.Len() == 0 ||
		len(s.Values) != s.Len() || len(s.Flags) != s.Len() {
		t.Fatalf("%d codes, %d periods, %d values, %d flags", len(s.Key), s.Len(), len(s.Values), len(s.Flags))
	}
	for i := range s.Len() {
		if i > 0 && s.Periods[i] <= s.Periods[i-1] {
			t.Fatalf("%v follows %v", s.Periods[i], s.Periods[i-1])
		}
		if math.IsInf(s.Values[i], 0) || math.IsNaN(s.Values[i]) && s.Flags[i] == 0 {
			t.Fatalf("value %v with flags %q", s.Values[i], s.Flags[i])
		}
	}
}
