package catalogue

import (
	"context"
	"io/fs"
	"sync"
	"time"

	"peerscape/internal/machinery/db"
	"peerscape/internal/nuts"
)

// Catalogue is the indicators and the datasets behind them. Its methods may be
// called from many goroutines.
type Catalogue struct {
	store        *db.DB
	nomenclature *nuts.Nomenclature
	now          func() time.Time

	regions regionLists // of vintages, which never change
}

// Open reads the catalogue's files (the embedded data/catalogue) and stands on
// an open database.
func Open(_ context.Context, store *db.DB, n *nuts.Nomenclature, _ fs.FS, now func() time.Time) (*Catalogue, error) {
	return &Catalogue{store: store, nomenclature: n, now: now}, nil
}

// mostRegionLists bounds what is kept in memory: a list of 2,000 regions takes
// about 200 KB.
const mostRegionLists = 128

// regionLists keeps the numbered regions of vintages that were read lately.
type regionLists struct {
	mu sync.Mutex
	by map[int64]*regionList
}

func (l *regionLists) get(vintage int64) *regionList {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.by[vintage]
}

// put keeps a list, in place of any other where there are too many.
func (l *regionLists) put(vintage int64, list *regionList) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = make(map[int64]*regionList)
	}
	for old := range l.by {
		if len(l.by) < mostRegionLists {
			break
		}
		delete(l.by, old)
	}
	l.by[vintage] = list
}
