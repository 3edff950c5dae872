package catalogue_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
	"peerscape/internal/wire/tsv"
)

// table is a source made in a test: one series a row.
type table struct {
	header stats.Header
	rows   []stats.Series
	next   int
	fail   error // in place of io.EOF
}

func (t *table) Header() *stats.Header { return &t.header }

func (t *table) Next(s *stats.Series) error {
	if t.next == len(t.rows) {
		if t.fail != nil {
			return t.fail
		}
		return io.EOF
	}
	r := t.rows[t.next]
	t.next++
	s.Reset()
	s.Key, s.Region = append(s.Key, r.Key...), r.Region
	for i := range r.Periods {
		s.Add(r.Periods[i], r.Values[i], r.Flags[i])
	}
	return nil
}

// rows makes a source of lines such as "A.T FI1C3 2020=5.5 2021=6p 2022=:c".
func rows(t testing.TB, lines ...string) *table {
	src := &table{header: stats.Header{Format: "test", Dimensions: []string{"freq", "sex"}, RegionDimension: "geo"}}
	for _, line := range lines {
		f := strings.Fields(line)
		s := stats.Series{Key: strings.Split(f[0], "."), Region: f[1]}
		for _, cell := range f[2:] {
			period, text, _ := strings.Cut(cell, "=")
			p, err := stats.ParsePeriod(period)
			if err != nil {
				t.Fatal(err)
			}
			number := strings.TrimRight(text, "bcdefnprsuz")
			flags, err := stats.ParseFlags(text[len(number):])
			if err != nil {
				t.Fatal(err)
			}
			v := math.NaN()
			if number != ":" {
				if _, err := fmt.Sscan(number, &v); err != nil {
					t.Fatal(err)
				}
			}
			s.Add(p, v, flags)
		}
		src.rows = append(src.rows, s)
	}
	return src
}

// line is the reverse of rows, without the key.
func line(s *stats.Series) string {
	parts := []string{s.Region}
	for i := range s.Periods {
		value := ":"
		if !math.IsNaN(s.Values[i]) {
			value = fmt.Sprint(s.Values[i])
		}
		parts = append(parts, fmt.Sprintf("%s=%s%s", s.Periods[i], value, s.Flags[i]))
	}
	return strings.Join(parts, " ")
}

func clock() time.Time { return time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC) }

func openCatalogue(t testing.TB, d *db.DB) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Open(t.Context(), d, regions(t), noIndicators, clock)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func onBoth(t *testing.T, f func(t *testing.T, d *db.DB, c *catalogue.Catalogue)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, d, openCatalogue(t, d)) })
}

func mustImport(t testing.TB, c *catalogue.Catalogue, src stats.Source, o catalogue.ImportOptions) *catalogue.Imported {
	t.Helper()
	if o.Dataset == "" {
		o.Dataset = "demo"
	}
	got, err := c.Import(t.Context(), src, o)
	if err != nil {
		t.Fatalf("Import: %v", err)
	}
	return got
}

func day(n int) time.Time { return time.Date(2024, 1, n, 11, 0, 0, 0, time.UTC) }

// dump is everything that the database holds, as text.
func dump(t testing.TB, d *db.DB) string {
	t.Helper()
	var b strings.Builder
	for _, query := range []string{
		"SELECT code, title, publisher, licence, link FROM dataset ORDER BY code LIMIT 1000000",
		`SELECT id, dataset, label, updated, retrieved, imported, file, sha256, content, format, nuts, series, figures, last,
			notes, structure FROM vintage ORDER BY id LIMIT 1000000`,
		"SELECT vintage, codes, block, first FROM slice ORDER BY vintage, codes, block LIMIT 1000000",
		"SELECT vintage, code, number, nuts, kind, label FROM vintage_region ORDER BY vintage, code LIMIT 1000000",
		"SELECT id, body FROM series ORDER BY id LIMIT 1000000",
	} {
		rows, err := d.Read().Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		for rows.Next() {
			if err := rows.Scan(cells...); err != nil {
				t.Fatal(err)
			}
			for _, c := range cells {
				fmt.Fprintf(&b, "%v|", *c.(*any))
			}
			b.WriteByte('\n')
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
		b.WriteByte('\n')
	}
	return b.String()
}

func slice(t testing.TB, c *catalogue.Catalogue, vintage int64, key ...string) []string {
	t.Helper()
	var all []string
	err := c.Slice(t.Context(), vintage, key, func(region nuts.ID, kind nuts.Kind, code string, s *stats.Series) error {
		if code != s.Region || !slices.Equal(key, s.Key) {
			t.Errorf("visited %s with a series of %s %s", code, s.Region, s.Key)
		}
		all = append(all, fmt.Sprintf("%s %d %s", line(s), region.Version, kind))
		return nil
	})
	if err != nil {
		t.Fatalf("Slice: %v", err)
	}
	return all
}

func TestImportAndReadBack(t *testing.T) {
	onBoth(t, func(t *testing.T, _ *db.DB, c *catalogue.Catalogue) {
		src := rows(t,
			"A.T FI1C3 2020=5.5 2021=6p 2022=:c",
			"A.T GR30 2020=1",
			"A.F EL30 2020=2",
			"A.T EU27_2020 2020=3",
			"A.T ESZZ 2020=4",
			"A.T AT001C 2020=5",
			"A.T ATLANTIS 1999-Q3=6")
		src.header.Labels = map[string]map[string]string{"sex": {"T": "Total", "X": "does not occur"}, "geo": {"ATLANTIS": "Sunk"}}
		src.header.Notes = []string{"A note."}
		got := mustImport(t, c, src, catalogue.ImportOptions{
			Dataset: " DEMO ", Title: "A title", File: "f.tsv", SHA256: "AB", Publisher: "Eurostat", Licence: "free", Link: "https://x",
			Retrieved: day(3), Updated: day(2),
		})
		want := &catalogue.Dataset{
			Code: "demo", Title: "A title", Publisher: "Eurostat", Licence: "free", Link: "https://x",
			Structure: catalogue.Structure{
				Dimensions:      []catalogue.Dimension{{ID: "freq", Codes: []string{"A"}}, {ID: "sex", Codes: []string{"F", "T"}, Labels: map[string]string{"T": "Total"}}},
				RegionDimension: "geo",
			},
			Vintages: []catalogue.Vintage{{
				Dataset: "demo", Label: "2024-01-02", Updated: day(2), Retrieved: day(3), Imported: clock(), File: "f.tsv", SHA256: "ab",
				Format: "test", NUTS: 2021, Series: 7, Values: 8, Current: true,
				Notes: []string{
					"A note.", "Codes of Greece and the United Kingdom that begin with GR and GB are stored as EL and UK.",
					"Kept, but in no list of regions from NUTS 2013 on: ATLANTIS.",
				},
			}},
		}
		d, err := c.Dataset(t.Context(), "Demo")
		if err != nil {
			t.Fatal(err)
		}
		ignore := cmpopts.IgnoreFields(catalogue.Structure{}, "Coverage")
		if diff := cmp.Diff(want, d, ignore, cmpopts.IgnoreFields(catalogue.Vintage{}, "ID")); diff != "" {
			t.Errorf("Dataset (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(got, &catalogue.Imported{Vintage: d.Vintages[0], Structure: d.Structure}); diff != "" {
			t.Errorf("what Import returned is not what Dataset returns:\n%s", diff)
		}
		cover := d.Structure.Coverage
		quarter, err := stats.ParsePeriod("1999-Q3")
		if err != nil {
			t.Fatal(err)
		}
		if cover.First != quarter || cover.Last != stats.Year(2022) || cover.Levels != [4]int{0, 0, 1, 1} || !slices.Equal(cover.Unknown, []string{"ATLANTIS"}) {
			t.Errorf("coverage %+v", cover)
		}
		id := d.Current().ID
		if diff := cmp.Diff([]string{
			"AT001C 2020=5 0 unknown", "ATLANTIS 1999-Q3=6 0 unknown", "EL30 2020=1 2021 territorial", "ESZZ 2020=4 0 extra-regio",
			"EU27_2020 2020=3 0 aggregate", "FI1C3 2020=5.5 2021=6p 2022=:c 2021 territorial",
		}, slice(t, c, id, "A", "T")); diff != "" {
			t.Errorf("Slice (-want +got):\n%s", diff)
		}
		if got := slice(t, c, id, "A", "X"); len(got) != 0 {
			t.Errorf("a slice that does not occur: %q", got)
		}
		s, err := c.Series(t.Context(), id, []string{"A", "F"}, "gr30")
		if err != nil || line(s) != "EL30 2020=2" || !slices.Equal(s.Key, []string{"A", "F"}) {
			t.Errorf("Series: %+v, %v", s, err)
		}
		if v, err := c.CurrentVintage(t.Context(), "demo"); err != nil || v.ID != id {
			t.Errorf("CurrentVintage: %+v, %v", v, err)
		}
		for name, err := range map[string]error{
			"dataset": second(c.Dataset(t.Context(), "nothing")),
			"current": second(c.CurrentVintage(t.Context(), "nothing")),
			"series":  second(c.Series(t.Context(), id, []string{"A", "F"}, "FI1C3")),
			"region":  second(c.Series(t.Context(), id, []string{"A", "T"}, "XX99")),
			"vintage": second(c.Series(t.Context(), id+1, []string{"A", "T"}, "FI1C3")),
		} {
			if err == nil || fault.KindOf(err) != fault.Missing {
				t.Errorf("a %s that is not there: %v, want kind missing", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestImportTwiceWritesNothing(t *testing.T) {
	lines := []string{"A.T FI1C3 2020=5.5 2021=6", "A.T EL30 2020=1", "A.F FI1C3 2021=2"}
	parts := []string{"A.T FI1C3 2021=6", "A.T EL30 2020=1", "A.T FI1C3 2020=5.5", "A.F FI1C3 2021=2", "A.T EL30 2020=1"}
	onBoth(t, func(t *testing.T, d *db.DB, c *catalogue.Catalogue) {
		first := mustImport(t, c, rows(t, lines...), catalogue.ImportOptions{SHA256: "a1", Updated: day(2)})
		before := dump(t, d)
		backwards := slices.Clone(lines)
		slices.Reverse(backwards)
		for name, again := range map[string]struct {
			lines []string
			o     catalogue.ImportOptions
		}{
			"same file, not read":        {[]string{"A.T FI1C3 2020=99"}, catalogue.ImportOptions{SHA256: "a1"}},
			"same figures":               {lines, catalogue.ImportOptions{Updated: day(2)}},
			"in another order":           {backwards, catalogue.ImportOptions{SHA256: "b2", Updated: day(2)}},
			"with a newer date":          {lines, catalogue.ImportOptions{SHA256: "c3", Updated: day(9)}},
			"with an older date":         {lines, catalogue.ImportOptions{SHA256: "d4", Updated: day(1)}},
			"written out while reading":  {backwards, catalogue.ImportOptions{Updated: day(2), Hold: 1}},
			"in parts":                   {parts, catalogue.ImportOptions{Updated: day(2)}},
			"in parts, written out":      {parts, catalogue.ImportOptions{Updated: day(2), Hold: 1}},
			"Greece by its other letter": {[]string{lines[0], "A.T GR30 2020=1", lines[2]}, catalogue.ImportOptions{Updated: day(2)}},
		} {
			got := mustImport(t, c, rows(t, again.lines...), again.o)
			if !got.Unchanged || got.Vintage.ID != first.Vintage.ID {
				t.Errorf("%s: %+v", name, got)
			}
			if diff := cmp.Diff(before, dump(t, d)); diff != "" {
				t.Errorf("%s changed the database:\n%s", name, diff)
			}
		}
		if got := mustImport(t, c, rows(t, lines...), catalogue.ImportOptions{SHA256: "a1", Updated: day(2), NUTS: 2016}); got.Unchanged {
			t.Error("the same file read as another NUTS version was taken for the same")
		}
	})
}

func TestVintagesStandInOrderOfTime(t *testing.T) {
	onBoth(t, func(t *testing.T, _ *db.DB, c *catalogue.Catalogue) {
		for _, step := range []struct {
			value   int
			o       catalogue.ImportOptions
			current bool
			want    string // values of the vintages, newest first
		}{
			{1, catalogue.ImportOptions{Title: "first", Updated: day(5)}, true, "1"},
			{2, catalogue.ImportOptions{Title: "newer", Updated: day(8), Retrieved: day(9)}, true, "2 1"},
			{3, catalogue.ImportOptions{Title: "older", Retrieved: day(6)}, false, "2 3 1"},
			{1, catalogue.ImportOptions{Updated: day(20)}, true, "1 2 3 1"}, // taken back: a vintage of its own
			{4, catalogue.ImportOptions{Updated: day(20)}, true, "4 1 2 3 1"},
			{5, catalogue.ImportOptions{Updated: day(1)}, false, "4 1 2 3 1 5"},
		} {
			got := mustImport(t, c, rows(t, fmt.Sprintf("A.T FI1C3 2020=%d", step.value)), step.o)
			d, err := c.Dataset(t.Context(), "demo")
			if err != nil {
				t.Fatal(err)
			}
			var values []string
			for i, v := range d.Vintages {
				s, err := c.Series(t.Context(), v.ID, []string{"A", "T"}, "FI1C3")
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, fmt.Sprint(s.Values[0]))
				if v.Current != (i == 0) {
					t.Errorf("vintage %d of %d: current %v", i, len(d.Vintages), v.Current)
				}
			}
			if s := strings.Join(values, " "); s != step.want || got.Vintage.Current != step.current || got.Unchanged {
				t.Errorf("after %+v: vintages %s, want %s; %+v", step.o, s, step.want, got)
			}
			if d.Title != "first" && d.Title != "newer" {
				t.Errorf("an older vintage gave the title %q", d.Title)
			}
		}
	})
}

func TestImportMergesWhatIsNotSorted(t *testing.T) {
	onBoth(t, func(t *testing.T, _ *db.DB, c *catalogue.Catalogue) {
		for _, hold := range []int{0, 1, 40} {
			got := mustImport(t, c, rows(t,
				"A.T FI1C3 2021=2", "A.F EL30 2020=7", "A.T EL30 2020=1", "A.T FI1C3 2019=0",
				"A.T FI1C3 2020=:c 2021=2", "A.F EL30 2021=8b", "A.T EL30 2020=1"),
				catalogue.ImportOptions{Dataset: fmt.Sprint("hold", hold), Hold: hold})
			if got.Vintage.Series != 3 || got.Vintage.Values != 5 {
				t.Errorf("hold %d: %d series, %d values; want 3, 5", hold, got.Vintage.Series, got.Vintage.Values)
			}
			all := append(slice(t, c, got.Vintage.ID, "A", "T"), slice(t, c, got.Vintage.ID, "A", "F")...)
			if diff := cmp.Diff([]string{
				"EL30 2020=1 2021 territorial", "FI1C3 2019=0 2020=:c 2021=2 2021 territorial", "EL30 2020=7 2021=8b 2021 territorial",
			}, all); diff != "" {
				t.Errorf("hold %d (-want +got):\n%s", hold, diff)
			}
		}
	})
}

// TestManyRegions: more regions than one block of numbers holds.
func TestManyRegions(t *testing.T) {
	long(t)
	onBoth(t, func(t *testing.T, _ *db.DB, c *catalogue.Catalogue) {
		var lines []string
		for i := range 9000 {
			lines = append(lines, fmt.Sprintf("A.T P%05d 2020=%d", i, i))
			if i%1000 == 7 {
				lines = append(lines, fmt.Sprintf("A.F P%05d 2020=%d", i, -i))
			}
		}
		id := mustImport(t, c, rows(t, lines...), catalogue.ImportOptions{}).Vintage.ID
		if all := slice(t, c, id, "A", "T"); len(all) != 9000 || all[8999] != "P08999 2020=8999 0 unknown" {
			t.Errorf("%d regions, the last %s", len(all), all[len(all)-1])
		}
		if all := slice(t, c, id, "A", "F"); len(all) != 9 || all[8] != "P08007 2020=-8007 0 unknown" {
			t.Errorf("%q", all)
		}
		if s, err := c.Series(t.Context(), id, []string{"A", "F"}, "P08007"); err != nil || s.Values[0] != -8007 {
			t.Errorf("Series: %+v, %v", s, err)
		}
	})
}

// long skips a test of many figures and no goroutines where little time is
// given, as it is under the race detector.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skipf("SKIPPED: %s takes long", t.Name())
	}
}

// openTSV opens a packed table of the reference material.
func openTSV(t testing.TB, path string) stats.Source {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	src, err := tsv.NewReader(z, path)
	if err != nil {
		t.Fatal(err)
	}
	return src
}
