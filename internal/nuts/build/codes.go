package main

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// versions are the NUTS versions of the tables, oldest first.
var versions = []string{"2013", "2016", "2021", "2024"}

// region is one row of regions.csv while it is being put together.
type region struct {
	version, code, country string
	level                  int
	name, native           string
	urban, coast, mountain string // as in the table: a class number, "y" or nothing
	lon, lat               float64
	area, pop21, pop11     float64
	outlined               bool // the area is that of the outline
}

// key names a region: a code and a version.
type key struct{ version, code string }

// codeList is every region of every version.
type codeList map[key]*region

// records reads a CSV file with a header and calls visit with each row's cells
// by column name.
func records(r io.Reader, name string, visit func(cell func(string) string) error) error {
	c := csv.NewReader(r)
	c.ReuseRecord = true
	c.FieldsPerRecord = -1
	head, err := c.Read()
	if err != nil {
		return fmt.Errorf("%s: read the header: %w", name, err)
	}
	at := map[string]int{}
	for i, h := range head {
		at[strings.TrimPrefix(h, "\ufeff")] = i
	}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		cell := func(column string) string {
			i, ok := at[column]
			if !ok || i >= len(row) {
				return ""
			}
			return row[i]
		}
		if err := visit(cell); err != nil {
			line, _ := c.FieldPos(0)
			return fmt.Errorf("%s, line %d: %w", name, line, err)
		}
	}
}

// file is records for a file on disk.
func file(path string, visit func(cell func(string) string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return records(f, filepath.Base(path), visit)
}

func readCodes(dir string) (codeList, error) {
	codes := codeList{}
	for _, v := range versions {
		err := file(filepath.Join(dir, "nuts_"+v+"_codes_typologies.csv"), func(cell func(string) string) error {
			level := strings.Index("0123", cell("level"))
			if level < 0 || cell("nuts_id") == "" {
				return fmt.Errorf("level %q of %q is none of 0 to 3", cell("level"), cell("nuts_id"))
			}
			r := &region{
				version: v, code: cell("nuts_id"), country: cell("country"), level: level,
				name: oneLine(cell("name_latn")), native: oneScript(oneLine(cell("nuts_name"))),
				urban: class(cell("urbn_type")), coast: flagged(v, cell("coast_type")), mountain: flagged(v, cell("mount_type")),
			}
			if level < 3 { // stray classes of Serbia and Svalbard
				r.urban, r.coast, r.mountain = "", "", ""
			}
			codes[key{v, r.code}] = r
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// class drops the 0 that some versions write for "not classified".
func class(s string) string {
	if s == "0" {
		return ""
	}
	return s
}

// flagged is class, but writes the 1 of the 2024 files as "y": it is the only
// value there, so it says yes and tells no classes apart; an empty cell says
// nothing.
func flagged(version, s string) string {
	if version == "2024" && s == "1" {
		return "y"
	}
	return class(s)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (codes codeList) readTypology2013(path string) error {
	classes := map[string]string{"urb": "1", "int": "2", "rur": "3"}
	return file(path, func(cell func(string) string) error {
		c, ok := classes[cell("urban_rural")]
		r := codes[key{"2013", cell("NUTS_ID_2013")}]
		if !ok || r == nil {
			return fmt.Errorf("%q, %q: unknown class or region", cell("NUTS_ID_2013"), cell("urban_rural"))
		}
		r.urban = c
		return nil
	})
}

// sorted returns the regions by version, newest first, then by code.
func (codes codeList) sorted() []*region {
	all := make([]*region, 0, len(codes))
	for _, r := range codes {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *region) int {
		return cmp.Or(cmp.Compare(b.version, a.version), cmp.Compare(a.code, b.code))
	})
	return all
}

// parent returns the code one level up: the code without its last character,
// except in Northern Ireland 2016, where UKN10 to UKN16 lie in UKN0. check makes
// sure.
func (r *region) parent() string {
	if r.level == 0 {
		return ""
	}
	up := key{r.version, r.code[:len(r.code)-1]}
	if code, ok := corrected[up]; ok {
		return code
	}
	return up.code
}

// check refuses tables that a reader of data/nuts would misunderstand.
func (codes codeList) check() error {
	var errs []error
	for _, r := range codes.sorted() {
		if up := codes[key{r.version, r.parent()}]; r.level > 0 && (up == nil || up.level != r.level-1) {
			errs = append(errs, fmt.Errorf("%s (NUTS %s): %q is not its parent", r.code, r.version, r.parent()))
		}
		if r.name == "" || r.native == "" {
			errs = append(errs, fmt.Errorf("%s (NUTS %s) has no name", r.code, r.version))
		}
		if r.area <= 0 || r.lon == 0 && r.lat == 0 {
			errs = append(errs, fmt.Errorf("%s (NUTS %s) has no area or no point", r.code, r.version))
		}
		if capitals(r.name) || capitals(r.native) {
			errs = append(errs, fmt.Errorf("%s (NUTS %s): %q stands in capitals; add its spelling to properNames", r.code, r.version, r.name))
		}
	}
	return errors.Join(errs...)
}
