package nuts

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/sharedtest"
)

func TestKind(t *testing.T) {
	n := open(t)
	for kind, codes := range map[Kind][]Code{
		Territorial: {"FI", "FI1C6", "FI1C3", "UKI", "FR30", "XK", "UA", "TR100"},
		ExtraRegio:  {"ESZZ", "FIZ", "FIZZ", "FIZZZ", "CZZ", "CZZZZ", "FRX", "FRXX", "ALXXX", "UKZ"},
		Aggregate: {
			"EU27_2020", "EU28", "EU15", "EU27_2007", "EU", "EU_V", "EA", "EA19", "EA20", "EA22", "EEA", "EEA30_2007", "EFTA",
			"DE_TOT", "CPC1", "FX", "FI19_20",
		},
		Unknown: {"", "F", "US", "JP", "ZZ", "ZZZ", "QQZZ", "ESZY", "FIZZZZ", "EUX", "EU2_2020", "EU27_20", "EL11", "F1030", "confidential"},
	} {
		for _, code := range codes {
			if got := n.Kind(code); got != kind {
				t.Errorf("Kind(%q) = %s, want %s", code, got, kind)
			}
		}
	}
}

func TestDetect(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		name   string
		codes  []Code
		main   Version
		unique map[Version]int
	}{
		{"nothing", nil, 2024, map[Version]int{}},
		{"codes of all versions", []Code{"AT12", "PL84"}, 2024, map[Version]int{}},
		{"no regions", []Code{"EU27_2020", "US", ""}, 2024, map[Version]int{}},
		{"countries say nothing", []Code{"AT", "UK", "XK"}, 2024, map[Version]int{}},
		{"a code that came in 2024", []Code{"AT12", "PT19"}, 2024, map[Version]int{2024: 1}},
		{"mixed: the newest code wins", []Code{"PT19", "PT16", "UKI", "FR10"}, 2024, map[Version]int{2024: 1}},
		// HR02 came in 2021 and is there in 2024; PT16 ended with 2021.
		{"no code of one version alone", []Code{"HR02", "PT16"}, 2021, map[Version]int{}},
		{"new in 2016, gone by 2021", []Code{"FRE1", "HR041"}, 2016, map[Version]int{}},
		{"only 2013", []Code{"FR30", "FR41"}, 2013, map[Version]int{2013: 2}},
		{"countries that got codes late are no evidence", []Code{"FR30", "RS110", "XK001"}, 2013, map[Version]int{2013: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			main, unique := n.Detect(c.codes)
			if diff := cmp.Diff(c.unique, unique); diff != "" || main != c.main {
				t.Errorf("main %d, want %d: %s", main, c.main, diff)
			}
		})
	}
}

// The versions are those that spec and publishers give for the files; a file
// that mixes versions counts as its newest.
func TestDetectOnRealDatasets(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		folder, file string
		want         Version
	}{
		{"eucohesion_chappuis5", "eurostat_tgs00042_gerd_rd_expenditure.csv.gz", 2024},
		{"eucohesion_chappuis5", "eurostat_nama_10r_2gdp.csv.gz", 2024},
		{"eucohesion_chappuis5", "eurostat_nama_10r_2gvagr_gva.csv.gz", 2024},
		{"eucohesion_chappuis5", "eurostat_tgs00007_employment_rate.csv.gz", 2024},
		{"kohesio_clementlefevre", "estat_nama_10r_3gdp.tsv.gz", 2021},
		{"vds_2023w", "estat_demo_r_pjangrp3.tsv.gz", 2021},
		{"vds_2023w", "tran_r_vehst.tsv.gz", 2021},
		{"wzb_unemployment", "tgs00010.tsv", 2016},
		{"euhackathon2017", "nama_10r_2gdp.tsv.gz", 2013},
		{"euhackathon2017", "nama_10r_2hhinc.tsv.gz", 2013},
		{"euhackathon2017", "lfst_r_lfe2emp.tsv.gz", 2013},
	} {
		t.Run(c.folder+"/"+c.file, func(t *testing.T) {
			codes := regionsOf(t, sharedtest.Path(t, "data", "eurostat", c.folder, c.file))
			got, unique := n.Detect(codes)
			if got != c.want {
				t.Errorf("%d codes: NUTS %d, want %d (codes of one version only: %v)", len(codes), got, c.want, unique)
			}
			for _, code := range codes {
				id, kind := n.Resolve(code, got)
				if _, ok := n.Region(id); ok != (kind == Territorial) {
					t.Errorf("%s resolves to %s, %s", code, id, kind)
				}
			}
		})
	}
}

// regionsOf reads the distinct geo codes of a Eurostat TSV or CSV file.
func regionsOf(t *testing.T, path string) []Code {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[Code]bool{}
	if strings.Contains(path, ".csv") {
		rows, err := csv.NewReader(in).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		geo := slices.Index(rows[0], "geo")
		for _, row := range rows[1:] {
			seen[Code(row[geo])] = true
		}
	} else {
		lines := bufio.NewScanner(in)
		for first := true; lines.Scan(); first = false {
			key, _, _ := strings.Cut(lines.Text(), "\t")
			if !first {
				seen[Code(key[strings.LastIndexByte(key, ',')+1:])] = true
			}
		}
		if lines.Err() != nil {
			t.Fatal(lines.Err())
		}
	}
	var codes []Code
	for c := range seen {
		codes = append(codes, c)
	}
	return codes
}

func TestResolve(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		code Code
		main Version
		want ID
		kind Kind
	}{
		{"FI1C6", 2024, ID{"FI1C6", 2024}, Territorial},
		{"FI1C3", 2024, ID{"FI1C3", 2021}, Territorial},
		{"FI1C3", 2016, ID{"FI1C3", 2016}, Territorial},
		{"FR30", 2024, ID{"FR30", 2013}, Territorial},
		{"FI1C6", 2016, ID{"FI1C6", 2024}, Territorial},
		{"FRE1", 2013, ID{"FRE1", 2016}, Territorial},
		{"EU27_2020", 2021, ID{"EU27_2020", 2021}, Aggregate},
		{"ESZZ", 2021, ID{"ESZZ", 2021}, ExtraRegio},
		{"US", 2024, ID{"US", 2024}, Unknown},
	} {
		if id, kind := n.Resolve(c.code, c.main); id != c.want || kind != c.kind {
			t.Errorf("Resolve(%s, %d) = %s, %s; want %s, %s", c.code, c.main, id, kind, c.want, c.kind)
		}
	}
}
