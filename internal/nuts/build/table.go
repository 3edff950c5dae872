package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// table is one file of data/nuts.
type table struct {
	name string
	head []string
	rows [][]string
}

func (t table) write(dir string) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(t.head); err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	if err := w.WriteAll(t.rows); err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, t.name), b.Bytes(), 0o644)
}

func decimal(v float64, places int) string {
	return strconv.FormatFloat(round(v, places)+0, 'f', places, 64)
}

// significant writes an area with one decimal below 100 km² and none above,
// people as a whole number, and nothing for an amount that is not known.
func significant(v float64) string {
	switch {
	case v <= 0:
		return ""
	case v < 100:
		return decimal(v, 1)
	}
	return decimal(math.Round(v), 0)
}

// ditto stands for "as in the next newer version that has the code". Most
// regions never change: without it the table were twice as long.
const ditto = "="

func (codes codeList) table() table {
	t := table{name: "regions.csv", head: []string{
		"version", "code", "level", "parent", "country", "name", "native", "urban", "coast", "mountain", "lon", "lat", "area", "pop21", "pop11",
	}}
	newer := map[string][]string{}
	for _, r := range codes.sorted() {
		full := r.cells()
		row := slices.Clone(full)
		for i, cell := range newer[r.code] {
			if i >= 3 && cell == row[i] && cell != "" {
				row[i] = ditto
			}
		}
		newer[r.code] = full
		t.rows = append(t.rows, row)
	}
	return t
}

func (r *region) cells() []string {
	native := r.native
	if native == r.name {
		native = ""
	}
	pop21, pop11 := "", ""
	if r.pop21 > 0 {
		pop21, pop11 = decimal(r.pop21, 0), decimal(r.pop11, 0)
	}
	return []string{
		r.version, r.code, strconv.Itoa(r.level), r.parent(), r.country, r.name, native, r.urban, r.coast, r.mountain,
		strconv.FormatFloat(r.lon, 'f', -1, 64), strconv.FormatFloat(r.lat, 'f', -1, 64),
		significant(r.area), pop21, pop11,
	}
}

// readBorders joins the two files of neighbours; a pair stands once.
func readBorders(dir string, codes codeList) (table, error) {
	t := table{name: "borders.csv", head: []string{"a", "b"}}
	for _, level := range []string{"2", "3"} {
		err := file(filepath.Join(dir, "adjacency_nuts"+level+"_2024.csv"), func(cell func(string) string) error {
			a, b := cell("a"), cell("b")
			if codes[key{"2024", a}] == nil || codes[key{"2024", b}] == nil {
				return fmt.Errorf("%s, %s: not in NUTS 2024", a, b)
			}
			t.rows = append(t.rows, []string{min(a, b), max(a, b)})
			return nil
		})
		if err != nil {
			return t, err
		}
	}
	return t, nil
}
