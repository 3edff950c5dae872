package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"peerscape/internal/fault"
	"peerscape/internal/wire/sheet"
)

// unsorted reports an error that is not a fault with a sentence and a file.
func unsorted(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return !ok || f.What == "" || f.Kind == fault.Internal
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"geo,2021,2022\nFI1C6,5.4,1234.5\nSE110,6 b,:\n",
		"geo;time;value;flag\nFI1C6;2021;5,4;b\nSE110;2021;1.234,5;\n",
		"NUTS\tname\n(of it)\tJanuary\tFebruary\nFI1C6\t\"a\"\"b\"\t1\t2\n",
		"a,2021,,2022,\n,men,women,men,women\nDec-01,1,2,3,4\nFI1C6,1,2,3,4\n\nNote: x\n",
		"\xff\xfeg\x00e\x00o\x00,\x002\x000\x002\x001\x00\n\x00F\x00I\x00,\x001\x00\n\x00",
		"region,FI19,SE11\n2020,1,2\n2021,3,4\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := sheet.Propose(strings.NewReader(string(b)), "t.csv", sheet.Options{})
		if err != nil {
			if unsorted(err) {
				t.Fatalf("proposal: %v", err)
			}
			return
		}
		if p.Mapping.Fixed == "" {
			p.Mapping.Fixed = "2020"
		}
		if err := p.Mapping.Validate(); err != nil {
			if unsorted(err) {
				t.Fatalf("the proposal is refused without a kind: %v\n%+v", err, p.Mapping)
			}
			return // two columns under one heading: a person decides which is meant
		}
		r, err := sheet.NewReader(strings.NewReader(string(b)), "t.csv", p.Mapping, sheet.Options{})
		if err == nil {
			defer r.Close()
			err = eachOnce(r)
		}
		if err != nil && unsorted(err) {
			t.Fatalf("reader: %v", err)
		}
	})
}

func FuzzMapping(f *testing.F) {
	f.Add("decimal = \".\"\nregion = 1\nheader_row = 1\nmissing = []\nfixed_period = \"2020\"\n[[value]]\ncolumn = 2\n")
	f.Add("decimal = \",\"\nregion = 1\nperiod = 2\nmissing = [\":\"]\n[[value]]\ncolumn = 3\ndimension = \"sex\"\ncode = \"M\"\n[codes]\n\"Dec-01\" = \"DEC01\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := sheet.ReadMapping(strings.NewReader(text), "m.toml")
		if err != nil {
			if unsorted(err) {
				t.Fatal(err)
			}
			return
		}
		var b strings.Builder
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := sheet.ReadMapping(strings.NewReader(b.String()), "m.toml")
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		if fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", m) {
			t.Fatalf("%+v\n%+v", m, again)
		}
		if r, err := sheet.NewReader(strings.NewReader("geo,2021,x\nFI1C6,1,2\n"), "t.csv", m, sheet.Options{}); err == nil {
			_ = eachOnce(r)
			_ = r.Close()
		}
	})
}

func FuzzWorkbook(f *testing.F) {
	f.Add(made(f, [][2]string{{"A1", "B1"}}, [][]any{{"Title"}, {"geo", 2021}, {"FI1C6", 7}}))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := sheet.Propose(bytes.NewReader(b), "t.xlsx", sheet.Options{})
		if err == nil {
			p.Mapping.Fixed = "2020"
			_, err = told(b, "t.xlsx", p.Mapping)
		}
		if err != nil && unsorted(err) {
			t.Fatal(err)
		}
	})
}
