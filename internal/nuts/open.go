// Package nuts knows the regions of Europe: codes in four versions, names,
// classes, what became of each region from one version to the next, who borders
// whom, and which metropolis a region lives beside.
//
// A region is a code and a version, never a code alone. The package refuses to
// guess: a code it does not know is Unknown, an area that the tables do not
// cover is not converted, and what it computes itself is labelled as computed.
// It holds no boundaries and no statistics. Start with Open and Region; the
// tables stand in data/nuts and are made by internal/nuts/build.
package nuts

import (
	"io/fs"
	"slices"
)

// Nomenclature is the whole of the tables, read-only and safe for concurrent use.
type Nomenclature struct {
	regions    map[ID]*Region
	pop11      map[ID]float64
	byLevel    [len(Versions)][5][]*Region // by version; all levels, then 0 to 3
	children   map[ID][]*Region
	overlaps   map[edge][]Share
	neighbours map[Code][]Code // of Current
	aggregates map[Code]string
	relations  []Relation
	cores      []*Region // of Current: what SuggestMetros takes for a metropolis
	index      index
}

// Open reads the tables from fsys (the embedded data/nuts). It takes some tens
// of milliseconds; a table that cannot be read is a *fault.Error with file and
// line.
func Open(fsys fs.FS) (*Nomenclature, error) {
	n := &Nomenclature{
		regions: make(map[ID]*Region, 8192), pop11: make(map[ID]float64, 8192), children: make(map[ID][]*Region, 2048),
		overlaps: make(map[edge][]Share, 4096), neighbours: make(map[Code][]Code, 2048), aggregates: map[Code]string{},
	}
	spellings := map[Code][]string{}
	for _, step := range []func() error{
		func() error { return n.readRegions(fsys) },
		func() error { return n.readLineage(fsys) },
		func() error { return n.readBorders(fsys) },
		func() error { return n.readAggregates(fsys) },
		func() error { return n.readMetros(fsys) },
		func() error { return readSpellings(fsys, spellings) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	n.cores = n.findCores()
	n.index = n.buildIndex(spellings)
	return n, nil
}

// arrange fills the lists that Regions and Children return.
func (n *Nomenclature) arrange() {
	for _, r := range n.regions {
		lists := &n.byLevel[r.Version.index()]
		lists[0] = append(lists[0], r)
		lists[r.Level+1] = append(lists[r.Level+1], r)
	}
	for v := range n.byLevel {
		for level := range n.byLevel[v] {
			slices.SortFunc(n.byLevel[v][level], byCode)
		}
		for _, r := range n.byLevel[v][0] {
			if r.Level > 0 {
				up := ID{r.Parent, r.Version}
				n.children[up] = append(n.children[up], r)
			}
		}
	}
}
