package catalogue

import (
	"context"
	"io/fs"
	"sync"
	"sync/atomic"
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

	indicators []*Indicator
	byCode     map[string]*Indicator

	regions  regionLists // of vintages, which never change
	state    atomic.Pointer[state]
	building sync.Mutex // held while a new state is made
}

// Open reads the catalogue's files (the embedded data/catalogue) and stands on
// an open database.
func Open(_ context.Context, store *db.DB, n *nuts.Nomenclature, files fs.FS, now func() time.Time) (*Catalogue, error) {
	indicators, err := ReadIndicators(files)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{store: store, nomenclature: n, now: now, indicators: indicators, byCode: make(map[string]*Indicator, len(indicators))}
	for _, i := range indicators {
		c.byCode[i.Code] = i
	}
	return c, nil
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
