package wire

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
	"peerscape/internal/wire/line"
)

func packed(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// drain reads a source to its end and returns the number of observations.
func drain(source stats.Source) (n int, err error) {
	var s stats.Series
	for {
		if err := source.Next(&s); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n += s.Len()
	}
}

func read(name string, r io.Reader) (n int, err error) {
	source, err := Open(name, r)
	if err != nil {
		return 0, err
	}
	return drain(source)
}

const table = "freq,geo\\TIME_PERIOD\t2020 \t2021 \nA,AT\t1 \t2 p\nA,BE\t3 \t: \n"

func TestFormatsAreFound(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"TSV":                     {table, "Eurostat TSV"},
		"TSV after a mark":        {"\ufeff" + table, "Eurostat TSV"},
		"TSV after blank lines":   {"\r\n\n" + table, "Eurostat TSV"},
		"gzip":                    {string(packed(t, table)), "Eurostat TSV"},
		"gzip in two members":     {string(packed(t, table[:40])) + string(packed(t, table[40:])), "Eurostat TSV"},
		"saved again":             {"unit,geo,2020,2021\nPC,AT,1,2e\n", "Eurostat table, saved again"},
		"long table":              {"geo,TIME_PERIOD,OBS_VALUE\nAT,2020,1\n", "CSV"},
		"long table of R":         {"\"geo\",\"time\",\"values\"\n\"AT\",2020,1\n", "CSV"},
		"SDMX-CSV 1.0":            {"DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\nESTAT:X(1.0),10/02/26 11:00:00,A,AT,2020,1,p\n", "SDMX-CSV 1.0"},
		"SDMX-CSV 2.0":            {"STRUCTURE,STRUCTURE_ID,freq,geo,TIME_PERIOD,OBS_VALUE\ndataflow,ESTAT:X(1.0),A,AT,2020,1\n", "SDMX-CSV 2.0"},
		"JSON-stat after a space": {" \n{\"version\":\"2.0\",\"class\":\"dataset\",\"id\":[\"geo\",\"time\"],\"size\":[1,1],\"dimension\":{\"geo\":{\"category\":{\"index\":[\"AT\"]}},\"time\":{\"category\":{\"index\":[\"2020\"]}}},\"value\":[1]}", "JSON-stat 2.0"},
	} {
		t.Run(name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"at once": strings.NewReader(c.in), "byte by byte": iotest.OneByteReader(strings.NewReader(c.in)),
			} {
				source, err := Open("f", r)
				if err != nil {
					t.Fatalf("%s: %v", how, err)
				}
				if got := source.Header().Format; !strings.HasPrefix(got, c.want) && !strings.Contains(got, c.want) {
					t.Errorf("%s: read as %q, want %q", how, got, c.want)
				}
				if n, err := drain(source); n == 0 || err != nil {
					t.Errorf("%s: %d observations, %v", how, n, err)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	const other = "Download the dataset as TSV, SDMX-CSV, SDMX-ML or JSON-stat 2.0 and upload that file"
	for name, c := range map[string]struct{ in, want string }{
		"empty":         {"", "f, line 1: the file is empty. Download the file again"},
		"blank":         {"\ufeff \r\n ", "f, line 1: the file is empty. Download the file again"},
		"empty in gzip": {string(packed(t, "")), "f, line 1: the file is empty. Download the file again"},
		"workbook":      {"PK\x03\x04....", "f, line 1: this is a ZIP archive or a workbook. Unpack the archive and upload the table inside, or name the workbook's columns with peerscape import --map"},
		"UTF-16":        {"\xff\xfef\x00", "f, line 1: the file is written in UTF-16. Save it again as UTF-8"},
		"binary":        {"GIF89a\x00\x01", "f, line 1: there is a zero byte, so this is no text file. Upload the text file itself, not a program's own file"},
		"web page":      {"<!-- x --><!DOCTYPE HTML><p>", "f, line 1: this is a web page (HTML), not a dataset. " + other},
		"web page, bare": {
			"<html lang='en'>", "f, line 1: this is a web page (HTML), not a dataset. " + other,
		},
		"schedule":        {"<?xml version='1.0'?>\n<schedule>\n<version/>", "f, line 1: this is a conference schedule (schedule.xml), not a dataset. Import it as the programme of an event"},
		"schedule, JSON":  {"{\"schedule\":{}}", "f, line 1: this is a conference schedule (schedule.json), not a dataset. Import it as the programme of an event"},
		"XML 0":           {"<?xml version='0'?><a/>", "f, line 1: the file is not well-formed XML (unsupported version \"0\"; only version 1.0 is supported). Download the file again"},
		"own table":       {"Region;Jahr;Wert\nWien;2020;1,5\n", "f, line 1: this looks like a table of one's own, whose columns are not known. Name its columns with peerscape import --map"},
		"own wide table":  {"region,2020,2021\nAT,1,2\n", "f, line 1: this looks like a table of one's own, whose columns are not known. Name its columns with peerscape import --map"},
		"text":            {"Dear all\n", "f, line 1: this is no format that is read. " + other},
		"gzip, no more":   {"\x1f\x8b", "f: the compressed file is damaged or breaks off here. Download the file again"},
		"gzip, bad start": {"\x1f\x8b\x07\x00\x00\x00\x00\x00\x00\x00", "f: the compressed file is damaged or breaks off here. Download the file again"},
		"gzip, cut":       {string(packed(t, table)[:30]), "f, line 1: the compressed file is damaged or breaks off here. Download the file again"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read("f", strings.NewReader(c.in))
			if err == nil {
				t.Fatal("was accepted")
			}
			if err.Error() != c.want || fault.KindOf(err) != fault.Invalid {
				t.Errorf("got  %v: %v\nwant %s", fault.KindOf(err), err, c.want)
			}
		})
	}
}

// TestCutFiles: a real file cut anywhere names the line that was reached.
func TestCutFiles(t *testing.T) {
	for _, path := range [][]string{
		{"vds_2023w", "estat_hlth_rs_physreg.tsv.gz"},
		{"eucohesion_chappuis5", "eurostat_tgs00010_unemployment_rate.csv.gz"},
	} {
		t.Run(path[1], func(t *testing.T) {
			whole, err := os.ReadFile(sharedtest.Path(t, append([]string{"data", "eurostat"}, path...)...))
			if err != nil {
				t.Fatal(err)
			}
			for _, keep := range []int{len(whole) / 2, len(whole) - 100, len(whole) - 4} {
				_, err := read("cut.gz", bytes.NewReader(whole[:keep]))
				f, ok := errors.AsType[*fault.Error](err)
				if !ok || f.Place.Line < 2 || f.Place.File != "cut.gz" || f.Cure != "Download the file again" {
					t.Errorf("%d of %d bytes: %v", keep, len(whole), err)
				}
			}
		})
	}
}

// TestCutReplies: what is read whole or tag by tag says so too.
func TestCutReplies(t *testing.T) {
	for _, path := range [][]string{
		{"jsonstat", "nama_10r_2gdp_2026_sparse_positions_with_no_data.json"}, {"sdmx21", "ESTAT_NAMA_10_GDP-ss.xml"},
	} {
		t.Run(path[1], func(t *testing.T) {
			whole, err := os.ReadFile(sharedtest.Path(t, append([]string{"data", "wire"}, path...)...))
			if err != nil {
				t.Fatal(err)
			}
			z := packed(t, string(whole))
			_, err = read("cut.gz", bytes.NewReader(z[:len(z)-20]))
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Place.Line == 0 || f.Key != "wire.broken-off" || f.Cure != "Download the file again" {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestErrorsOfTheReader(t *testing.T) {
	lost := errors.New("connection lost")
	if _, err := read("f", iotest.ErrReader(lost)); !errors.Is(err, lost) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("before the first byte: %v", err)
	}
	limit := fault.New(fault.TooLarge, "k", "the upload is too large")
	if _, err := read("f", iotest.ErrReader(limit)); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a fault of the reader: %v", err)
	}
	later := io.MultiReader(strings.NewReader(table), iotest.ErrReader(lost))
	if n, err := read("f", later); !errors.Is(err, lost) || n != 3 {
		t.Errorf("behind the table: %d observations, %v", n, err)
	}
	z := packed(t, strings.Repeat(table, 3))
	if _, err := read("f", io.MultiReader(bytes.NewReader(z[:len(z)-9]), iotest.ErrReader(lost))); !errors.Is(err, lost) {
		t.Errorf("inside gzip: %v", err)
	}
}

// endless is a line that never ends.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '1'
	}
	e.read += len(p)
	return len(p), nil
}

func TestLinesWithoutEnd(t *testing.T) {
	for name, head := range map[string]string{
		"TSV":      "freq,geo\\TIME_PERIOD\t2020\nA,AT\t",
		"SDMX-CSV": "STRUCTURE,STRUCTURE_ID,freq,geo,TIME_PERIOD,OBS_VALUE\ndataflow,ESTAT:X(1.0),A,AT,2020,",
	} {
		t.Run(name, func(t *testing.T) {
			e := &endless{}
			_, err := read("f", io.MultiReader(strings.NewReader(head), e))
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != fault.TooLarge || f.Place.Line != 2 {
				t.Errorf("got %v, want a fault of kind too-large in line 2", err)
			}
			if e.read > 2*line.MaxLine {
				t.Errorf("%d bytes were read", e.read)
			}
		})
	}
}

func FuzzOpen(f *testing.F) {
	if dir, ok := sharedtest.Dir(); ok {
		files, err := filepath.Glob(filepath.Join(dir, "data", "wire", "*", "*"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b[:min(len(b), 1500)])
		}
	}
	f.Add([]byte(table))
	f.Add(packed(f, table))
	f.Fuzz(func(t *testing.T, in []byte) {
		_, err := read("f", bytes.NewReader(in))
		if err == nil {
			return
		}
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.Place.File == "" || e.What == "" {
			t.Fatalf("%v is no fault that names the file", err)
		}
	})
}
