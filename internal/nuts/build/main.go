// Command build makes the tables in data/nuts from the reference material that
// lies beside the repository. Run it from the repository's root:
//
//	go run ./internal/nuts/build -shared ../shared -out data/nuts
//
// It is deterministic: the same material gives the same bytes. It writes
// regions.csv, lineage.csv, borders.csv and countries.csv and leaves the tables
// kept by hand (metros.csv, names.csv, aggregates.csv) alone. From the GISCO
// outlines it keeps one point a region and, where no grid total exists, the
// area: never a boundary. Start with run.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	shared := flag.String("shared", "../shared", "folder of the reference material")
	out := flag.String("out", "data/nuts", "folder to write the tables to")
	flag.Parse()
	if err := run(*shared, *out); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// run reads the material, derives the facts and writes the four tables.
func run(shared, out string) error {
	codes, err := readCodes(filepath.Join(shared, "data", "nuts"))
	if err != nil {
		return err
	}
	rows, err := readCrosswalk(filepath.Join(shared, "data", "nuts", "nuts_crosswalk", "cross_walks.csv.gz"))
	if err != nil {
		return err
	}
	l := newLineage(rows, codes)
	if err := codes.readTypology2013(filepath.Join(shared, "data", "nuts", "urb_rur_typo_nuts2013.csv")); err != nil {
		return err
	}
	codes.spell(l)
	codes.measure(l)
	if err := codes.place(filepath.Join(shared, "data", "geo", "gisco"), l); err != nil {
		return err
	}
	if err := codes.check(); err != nil {
		return err
	}
	borders, err := readBorders(filepath.Join(shared, "data", "nuts"), codes)
	if err != nil {
		return err
	}
	for _, t := range []table{codes.table(), l.table(), borders, countryNames(codes)} {
		if err := t.write(out); err != nil {
			return err
		}
	}
	return nil
}
