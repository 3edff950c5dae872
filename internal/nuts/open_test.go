package nuts

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"peerscape/data"
	"peerscape/internal/fault"
)

// tables opens the real tables once for all tests.
var tables = sync.OnceValues(func() (*Nomenclature, error) { return Open(data.Nuts()) })

func open(t testing.TB) *Nomenclature {
	t.Helper()
	n, err := tables()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const head = "version,code,level,parent,country,name,native,urban,coast,mountain,lon,lat,area,pop21,pop11\n"

// withTable returns the real tables with one of them replaced.
func withTable(t *testing.T, file, text string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"regions.csv", "lineage.csv", "borders.csv", "aggregates.csv", "metros.csv", "countries.csv", "names.csv"} {
		b, err := fs.ReadFile(data.Nuts(), name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: b}
	}
	fsys[file] = &fstest.MapFile{Data: []byte(text)}
	return fsys
}

func TestOpenRefusesBrokenTables(t *testing.T) {
	for _, c := range []struct {
		name, file, text, want string
	}{
		{"no rows above a ditto", "regions.csv", head + "2021,AT,0,,AT,=,,,,,1,1,1,1,1\n", `regions.csv, line 2: `},
		{"no header", "regions.csv", "", `regions.csv, line 1: `},
		{"a column is missing", "regions.csv", "version,code\n2024,AT\n", `column "level" is missing`},
		{"a level out of range", "regions.csv", head + "2024,AT,7,,AT,A,,,,,1,1,1,1,1\n", "level 7 is none of 0 to 3"},
		{"a number with a comma", "regions.csv", head + `2024,AT,0,,AT,A,,,,,"1,5",1,1,1,1` + "\n", `column "lon" holds "1,5", which is no number`},
		{"an unknown class", "regions.csv", head + "2024,AT,0,,AT,A,,4,,,1,1,1,1,1\n", `column "urban" holds "4", which is no class`},
		{"an unknown version", "regions.csv", head + "2010,AT,0,,AT,A,,,,,1,1,1,1,1\n", `column "version" holds "2010"`},
		{"an unknown region", "lineage.csv", "from_version,to_version,from,to,area,pop21,pop11\n2021,2024,QQ,AT,1,1,1\n", "QQ (NUTS 2021) to AT (NUTS 2024)"},
		{"an unknown neighbour", "borders.csv", "a,b\nAT12,QQ\n", "AT12, QQ"},
		{"an unknown kind", "metros.csv", "region,region_version,metro,metro_version,kind,name,since,source,note\nAT12,2024,AT130,2024,near,Vienna,,x,\n", `"near": an unknown region or kind`},
		{"a torn quote", "names.csv", "code,names\nAT,\"Austria\n", "names.csv, line 2: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(withTable(t, c.file, c.text))
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Place.File != c.file || !strings.Contains(err.Error(), c.want) || f.Cure == "" {
				t.Errorf("got %v, want a fault with %q", err, c.want)
			}
		})
	}
	if _, err := Open(fstest.MapFS{}); err == nil {
		t.Error("no tables at all must be an error")
	}
}

// BenchmarkOpen shows what a start of the program pays: it should stay under
// 60 ms.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(data.Nuts()); err != nil {
			b.Fatal(err)
		}
	}
}
