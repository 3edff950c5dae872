package main

import (
	"cmp"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// overlap is one row of the crosswalk: what of from lies in to.
type overlap struct {
	from, to           key
	area, pop21, pop11 float64
}

// corrected maps codes of the crosswalk that the version's code list does not
// have: Norway and Northern Ireland stand there as they were before the
// amendments of 2018 and 2016.
var corrected = map[key]string{
	{"2016", "NO061"}: "NO060",
	{"2016", "NO062"}: "NO060",
	{"2016", "UKN1"}:  "UKN0",
}

func readCrosswalk(path string) ([]overlap, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	var rows []overlap
	err = records(z, filepath.Base(path), func(cell func(string) string) error {
		o := overlap{from: crosswalkKey(cell, "from"), to: crosswalkKey(cell, "to")}
		if !slices.Contains(versions, o.from.version) || !slices.Contains(versions, o.to.version) {
			return nil
		}
		for column, to := range map[string]*float64{"areaKm": &o.area, "pop21": &o.pop21, "pop11": &o.pop11} {
			if *to, err = strconv.ParseFloat(cell(column), 64); err != nil {
				return fmt.Errorf("%s: %w", column, err)
			}
		}
		rows = append(rows, o)
		return nil
	})
	return rows, err
}

func crosswalkKey(cell func(string) string, side string) key {
	k := key{cell(side + "_version"), cell(side + "_code")}
	if code, ok := corrected[k]; ok {
		k.code = code
	}
	return k
}

// lineage holds the crosswalk by pair of versions.
type lineage struct {
	rows     map[[2]key]*overlap
	leaving  map[key]map[string][]*overlap // by the other version
	arriving map[key]map[string][]*overlap
	own      map[key]*overlap // the rows from a version to itself
}

// newLineage merges rows that corrected codes made equal and drops extra-regio
// codes (ELZ), which are no regions.
func newLineage(rows []overlap, codes codeList) *lineage {
	l := &lineage{
		rows: map[[2]key]*overlap{}, leaving: map[key]map[string][]*overlap{}, arriving: map[key]map[string][]*overlap{},
		own: map[key]*overlap{},
	}
	for i := range rows {
		o := &rows[i]
		if codes[o.from] == nil || codes[o.to] == nil {
			continue
		}
		if same, ok := l.rows[[2]key{o.from, o.to}]; ok {
			same.area, same.pop21, same.pop11 = same.area+o.area, same.pop21+o.pop21, same.pop11+o.pop11
			continue
		}
		l.rows[[2]key{o.from, o.to}] = o
		if o.from == o.to {
			l.own[o.from] = o
			continue
		}
		add(l.leaving, o.from, o.to.version, o)
		add(l.arriving, o.to, o.from.version, o)
	}
	return l
}

func add(m map[key]map[string][]*overlap, k key, version string, o *overlap) {
	if m[k] == nil {
		m[k] = map[string][]*overlap{}
	}
	m[k][version] = append(m[k][version], o)
}

// alone reports whether o is the only row that leaves its origin and the only
// one that arrives at its end: then the region is unchanged.
func (l *lineage) alone(o *overlap) bool {
	return len(l.leaving[o.from][o.to.version]) == 1 && len(l.arriving[o.to][o.from.version]) == 1
}

// unchanged returns the region of version that is the same area as k, by the
// crosswalk or, in countries that it leaves out, by the same code.
func (l *lineage) unchanged(k key, version string, codes codeList) (key, bool) {
	same := key{version, k.code}
	if k.version == version {
		return k, true
	}
	if rows := l.leaving[k][version]; len(rows) == 1 && l.alone(rows[0]) {
		return rows[0].to, true
	} else if len(rows) > 0 {
		return key{}, false
	}
	return same, codes[same] != nil && len(l.arriving[same][k.version]) == 0
}

// table writes each pair of versions once, older first (the crosswalk is
// symmetric), and leaves out regions that keep both code and area.
func (l *lineage) table() table {
	t := table{name: "lineage.csv", head: []string{"from_version", "to_version", "from", "to", "area", "pop21", "pop11"}}
	var kept []*overlap
	for _, o := range l.rows {
		if o.from.version < o.to.version && (o.from.code != o.to.code || !l.alone(o)) {
			kept = append(kept, o)
		}
	}
	slices.SortFunc(kept, func(a, b *overlap) int {
		return cmp.Or(cmp.Compare(a.from.version, b.from.version), cmp.Compare(a.to.version, b.to.version),
			cmp.Compare(a.from.code, b.from.code), cmp.Compare(a.to.code, b.to.code))
	})
	for _, o := range kept {
		t.rows = append(t.rows, []string{
			o.from.version, o.to.version, o.from.code, o.to.code,
			decimal(o.area, 2), decimal(o.pop21, 0), decimal(o.pop11, 0),
		})
	}
	return t
}
