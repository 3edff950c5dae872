package wire

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

// unstated holds the number of values of files whose row in the README beside
// them states none, counted with grep.
var unstated = map[string]int{
	"vds_2023w/severe_material_and_social_deprivation.tsv.gz": 1844,
}

const ownTable = "this looks like a table of one's own"

// foreign lists the files and folders that are in no format of Eurostat, with
// a part of the sentence that refuses them.
var foreign = map[string]string{
	"ballatore/eu_all_geo_data.csv.gz":                             "labels alone cannot be imported", // 22 tables under one another
	"ballatore/eu_all_tables_toc.csv.gz":                           ownTable,
	"ballatore/eu_eurostat_variables.tsv":                          ownTable,
	"eucohesion_chappuis5/controls.csv.gz":                         ownTable,
	"eucohesion_chappuis5/eligibility_categories_2014_2020.csv.gz": ownTable,
	"eucohesion_chappuis5/treatment_erdf.csv.gz":                   ownTable,
	"eurostat_map_ryb2026":                                         ownTable, // inputs of maps, a value a region
	"rci_competitivenessdata":                                      ownTable,
	"vds_2023w/ESTAT_ICD10_5.1_EN.tsv.gz":                          ownTable, // a code list
}

// refusalOf returns what a file's refusal must say; "" for a file that is read.
func refusalOf(file string) string {
	if sentence, ok := foreign[file]; ok {
		return sentence
	}
	return foreign[filepath.Dir(file)]
}

// TestRealFiles reads every published file that has a format of Eurostat,
// compares the number of its values with the one stated beside the files, and
// packs each series and reads it back. The other files must be refused.
func TestRealFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: reads 100 MB of tables")
	}
	root := sharedtest.Path(t, "data", "eurostat")
	for file, stated := range statedValues(t, filepath.Join(root, "README.md")) {
		t.Run(file, func(t *testing.T) {
			n, err := countValues(filepath.Join(root, file))
			if sentence := refusalOf(file); sentence != "" {
				if err == nil || fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), sentence) {
					t.Errorf("got %v, want a refusal with %q", err, sentence)
				}
				return
			}
			if want, ok := unstated[file]; ok {
				stated = want
			}
			if err != nil || n != stated {
				t.Errorf("%d values, %v; want %d", n, err, stated)
			}
		})
	}
}

// statedValues reads the column "values" of the table of files; -1 where it is
// empty.
func statedValues(t *testing.T, readme string) map[string]int {
	t.Helper()
	f, err := os.Open(readme)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]int{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "|")
		if len(cells) < 12 {
			continue
		}
		name := strings.TrimSpace(cells[1])
		if !strings.Contains(name, "/") {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(cells[4]))
		if err != nil {
			n = -1
		}
		out[name] = n
	}
	if err := lines.Err(); err != nil || len(out) < 60 {
		t.Fatalf("%d files in the table, %v", len(out), err)
	}
	return out
}

// same reports whether two series hold the same bits.
func same(a, b *stats.Series) bool {
	return slices.Equal(a.Periods, b.Periods) && slices.Equal(a.Flags, b.Flags) &&
		slices.EqualFunc(a.Values, b.Values, func(x, y float64) bool {
			return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
		})
}

func countValues(path string) (n int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	source, err := Open(filepath.Base(path), f)
	if err != nil {
		return 0, err
	}
	var s, back stats.Series
	var packed []byte
	for {
		if err := source.Next(&s); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n += s.Count()
		packed = s.AppendPacked(packed[:0])
		if err := stats.Unpack(packed, &back); err != nil {
			return n, err
		}
		if !same(&s, &back) {
			return n, fmt.Errorf("%v %s does not come back from its packed form", s.Key, s.Region)
		}
	}
}
