package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
	"peerscape/internal/wire/sheet"
)

// made writes a workbook of a sheet for each table; merged cells of the first.
func made(t testing.TB, merged [][2]string, tables ...[][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, rows := range tables {
		name := fmt.Sprintf("Sheet%d", i+1)
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for n, row := range rows {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", n+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, m := range merged {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// told writes what a table holds: "FI1C6 men 2021 1.5".
func told(b []byte, name string, m sheet.Mapping) (out []string, err error) {
	r, err := sheet.NewReader(bytes.NewReader(b), name, m, sheet.Options{})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	err = eachSeries(r, func(s *stats.Series) {
		for i := range s.Len() {
			o := s.At(i)
			out = append(out, strings.Join(append(append([]string{s.Region}, s.Key...), o.Period.String(), fmt.Sprint(o.Value)), " "))
		}
	})
	return out, err
}

func TestWorkbooks(t *testing.T) {
	twoRows := [][]any{
		{"NUTS", "name", 2021, "", 2022, ""},
		{"", "", "men", "women", "men", "women"},
		{"FI1C6", "Päijät-Häme", 1.5, 2.25, 3, 4},
		{"SE110", "Stockholm", 5, 6, 7, nil},
	}
	twoRowsSay := []string{
		"FI1C6 men 2021 1.5", "FI1C6 men 2022 3", "FI1C6 women 2021 2.25", "FI1C6 women 2022 4",
		"SE110 men 2021 5", "SE110 men 2022 7", "SE110 women 2021 6",
	}
	plain := [][]any{{"geo", 2021}, {"FI1C6", 0.1}, {"SE110", "1.5 b"}}
	for name, c := range map[string]struct {
		merged [][2]string
		tables [][][]any
		sheet  string
		want   []string
	}{
		"merged over two rows":  {[][2]string{{"C1", "D1"}, {"E1", "F1"}, {"A1", "A2"}, {"B1", "B2"}}, [][][]any{twoRows}, "", twoRowsSay},
		"numbers and text":      {nil, [][][]any{plain}, "", []string{"FI1C6 2021 0.1", "SE110 2021 1.5"}},
		"the first of two":      {nil, [][][]any{plain, {{"geo", 2019}, {"FI1C6", 9}}}, "", []string{"FI1C6 2021 0.1", "SE110 2021 1.5"}},
		"title merged":          {[][2]string{{"A1", "B1"}}, [][][]any{{{"Unemployment"}, {}, {"geo", 2021}, {"FI1C6", 7}}}, "", []string{"FI1C6 2021 7"}},
		"empty rows and a note": {nil, [][][]any{{{"geo", 2021}, {"FI1C6", 7}, {}, {}, {"Source: own"}}}, "", []string{"FI1C6 2021 7"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := made(t, c.merged, c.tables...)
			p := proposedBook(t, b)
			got, err := told(b, "t.xlsx", p.Mapping)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s\n%+v", d, p.Mapping)
			}
		})
	}
	t.Run("the second of two", func(t *testing.T) {
		b := made(t, nil, plain, [][]any{{"geo", 2019}, {"FI1C6", 9}})
		m := sheet.Mapping{Sheet: "Sheet2", Decimal: ".", HeaderRow: 1, Region: 1, Values: []sheet.ValueColumn{{Column: 2, Period: "2019"}}}
		got, err := told(b, "t.xlsx", m)
		if d := cmp.Diff([]string{"FI1C6 2019 9"}, got); err != nil || d != "" {
			t.Errorf("%v\n%s", err, d)
		}
	})
}

// zeros is an endless reader of one byte.
type zeros struct{ left int64 }

func (z *zeros) Read(b []byte) (int, error) {
	n := min(int64(len(b)), z.left)
	clear(b[:n])
	if z.left -= n; n == 0 {
		return 0, io.EOF
	}
	return int(n), nil
}

func TestZipBombIsRefused(t *testing.T) {
	b := made(t, nil, [][]any{{"geo", 2021}, {"FI1C6", 7}})
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var bomb bytes.Buffer
	w := zip.NewWriter(&bomb)
	for _, f := range z.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.Create("xl/media/image1.bin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(part, &zeros{left: 300 << 20}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = sheet.Propose(bytes.NewReader(bomb.Bytes()), "t.xlsx", sheet.Options{})
	if err == nil || fault.KindOf(err) != fault.TooLarge {
		t.Errorf("proposal of %d bytes: %v", bomb.Len(), err)
	}
	m := sheet.Mapping{Decimal: ".", HeaderRow: 1, Region: 1, Values: []sheet.ValueColumn{{Column: 2, Period: "2019"}}}
	if _, err := told(bomb.Bytes(), "t.xlsx", m); err == nil || fault.KindOf(err) != fault.TooLarge {
		t.Errorf("reader: %v", err)
	}
}

func TestRegionsThatAreDatesAreRefused(t *testing.T) {
	b := made(t, nil, [][]any{{"geo", 2021}, {"FI1C6", 1}, {45992, 2}, {"SE110", 3}})
	m := sheet.Mapping{Decimal: ".", HeaderRow: 1, Region: 1, Values: []sheet.ValueColumn{{Column: 2, Period: "2021"}}}
	_, err := told(b, "t.xlsx", m)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Place.Line != 3 || !strings.Contains(err.Error(), "45992") {
		t.Errorf("a date's number among the codes: %v", err)
	}
	m.Codes = map[string]string{"45992": "DEC01"}
	got, err := told(b, "t.xlsx", m)
	if d := cmp.Diff([]string{"FI1C6 2021 1", "DEC01 2021 2", "SE110 2021 3"}, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
}

func TestNotAWorkbook(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if _, err := w.Create("readme.txt"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := sheet.Propose(&b, "t.xlsx", sheet.Options{})
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Invalid || f.Cure == "" {
		t.Errorf("got %v", err)
	}
}

// eachOnce reads all series and checks what a source promises: periods ascend,
// and no observation comes twice.
func eachOnce(s stats.Source) error {
	var broken error
	seen := map[string]bool{}
	err := eachSeries(s, func(x *stats.Series) {
		if len(x.Key) != len(s.Header().Dimensions) || x.Region == "" || x.Len() == 0 || !slices.IsSorted(x.Periods) {
			broken = fmt.Errorf("a broken series: %+v", x)
		}
		for _, p := range x.Periods {
			id := fmt.Sprintf("%q %s %s", x.Key, x.Region, p)
			if seen[id] {
				broken = fmt.Errorf("%s comes twice", id)
			}
			seen[id] = true
		}
	})
	if broken != nil {
		return broken
	}
	return err
}

// eachSeries visits all series of a source.
func eachSeries(s stats.Source, visit func(*stats.Series)) error {
	var x stats.Series
	for {
		switch err := s.Next(&x); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		visit(&x)
	}
}

func proposedBook(t testing.TB, b []byte) *sheet.Proposal {
	t.Helper()
	p, err := sheet.Propose(bytes.NewReader(b), "t.xlsx", sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
