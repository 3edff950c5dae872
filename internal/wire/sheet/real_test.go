package sheet

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

var update = flag.Bool("update", false, "rewrite the golden files from what is read now; check them by hand")

func yearbookFile(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(sharedtest.Path(t, "data", "eurostat", "eurostat_map_ryb2026", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// values counts the values of a source and the regions that have one.
func values(t *testing.T, s stats.Source) (n, regions int) {
	t.Helper()
	seen := map[string]bool{}
	var x stats.Series
	for {
		err := s.Next(&x)
		if errors.Is(err, io.EOF) {
			return n, len(seen)
		}
		if err != nil {
			t.Fatal(err)
		}
		if n += x.Count(); x.Count() > 0 {
			seen[x.Region] = true
		}
	}
}

// TestRealTables proposes a mapping for each table of the yearbook folder,
// answers what a person would, and counts the values. The counts of CSV files
// are those of the table beside the files; those of the workbook were counted
// apart.
func TestRealTables(t *testing.T) {
	for _, c := range []struct {
		file, sheet, encoding, separator string
		values, dates                    int
	}{
		{"CH10_data_M02_DOMESTIC.csv", "", "utf-8", "comma", 3204, 0},
		{"CH10_data_M02_INTERNATIONAL.csv", "", "windows-1252", "comma", 3204, 0},
		{"CH10_data_M06_DOMESTIC.csv", "", "utf-8", "comma", 3106, 0},
		{"CH10_data_M06_INTERNATIONAL.csv", "", "utf-8", "comma", 3108, 0},
		{"URE_CH02_M01_projpopchang.csv", "", "utf-8", "comma", 1193, 6},
		{"URE_CH07_M01_gdp_change.csv", "", "utf-8", "comma", 1177, 6},
		{"URE_CH08_M01_avg_popchange.csv", "", "utf-8", "comma", 1200, 6},
		{"URE_CH08_M02_oldage_deprat.csv", "", "utf-8", "comma", 1206, 6},
		{"URE_CH08_M03_avgcrudrate_natchange.csv", "", "utf-8", "comma", 1192, 6},
		{"URE_CH08_M04_avgcruderate_netmig.csv", "", "utf-8", "comma", 1192, 6},
		{"RYB2026_CH10_Tourism-for_maps.xlsx", "", "", "", 2469, 0},
		{"RYB2026_CH10_Tourism-for_maps.xlsx", "CH10M2", "", "", 3228, 0},
		{"RYB2026_CH10_Tourism-for_maps.xlsx", "CH10M3", "", "", 269, 0},
		{"RYB2026_CH10_Tourism-for_maps.xlsx", "CH10M4", "", "", 1227, 0},
		{"RYB2026_CH10_Tourism-for_maps.xlsx", "CH10M5", "", "", 1253, 0},
	} {
		t.Run(c.file+c.sheet, func(t *testing.T) {
			p, err := Propose(yearbookFile(t, c.file), c.file, Options{Sheet: c.sheet})
			if err != nil {
				t.Fatal(err)
			}
			if p.Mapping.Encoding != c.encoding || p.Mapping.Separator != c.separator {
				t.Errorf("encoding %q, separator %q", p.Mapping.Encoding, p.Mapping.Separator)
			}
			m := p.Mapping
			m.Fixed = "2024"
			if c.dates > 0 {
				r, err := NewReader(yearbookFile(t, c.file), c.file, m, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := drain(r); err == nil || !strings.Contains(err.Error(), `"Dec-01" is a date`) {
					t.Errorf("the date was taken without a yes: %v", err)
				}
			}
			dates := 0
			for _, q := range p.Questions {
				if q.Find != "" {
					m.Codes[q.Find] = q.Replace
					dates++
				}
			}
			r, err := NewReader(yearbookFile(t, c.file), c.file, m, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := values(t, r); n != c.values || dates != c.dates {
				t.Errorf("%d values, %d dates; want %d, %d", n, dates, c.values, c.dates)
			}
		})
	}
}

// TestGoldenProposals compares what a person is shown.
func TestGoldenProposals(t *testing.T) {
	known := Options{
		Known:   func(c string) bool { return c != "UA" && c != "BE100" },
		Suggest: func(c string) []string { return []string{c + "1"} },
	}
	for _, file := range []string{
		"CH10_data_M02_INTERNATIONAL.csv", "URE_CH07_M01_gdp_change.csv", "RYB2026_CH10_Tourism-for_maps.xlsx",
	} {
		t.Run(file, func(t *testing.T) {
			p, err := Propose(yearbookFile(t, file), file, known)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			if err := p.Mapping.Write(&b); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "\nrows %d, regions %d\n", p.Rows, p.Regions)
			for _, row := range p.Sample {
				fmt.Fprintf(&b, "sample %s\n", strings.Join(row, " | "))
			}
			for _, n := range p.Notes {
				fmt.Fprintf(&b, "note %s\n", n)
			}
			for _, q := range p.Questions {
				fmt.Fprintf(&b, "question %s %v\n", q.Text, q.Rows)
			}
			for _, u := range p.Unknown {
				fmt.Fprintf(&b, "unknown %s in row %d, near %v\n", u.Code, u.Row, u.Near)
			}
			golden := filepath.Join("testdata", file+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
