package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// panel is one source's slice of the current vintage, ready to be asked.
type panel struct {
	dataset *Dataset
	source  Source
	*stats.Panel
	rows map[nuts.ID]int // territorial regions only
}

// state is what figures are made from: the current vintages and their panels.
// A new one replaces it when a vintage has been added; readers of the old one
// are not disturbed.
type state struct {
	newest   int64 // id of the newest vintage that it knows
	datasets map[string]*Dataset
	panels   sync.Map // dataset and key → func() (*panel, error); each is built once
	columns  sync.Map // columnKey → func() (column, error), of maps; read only
}

// Revision names the figures as they are: what was made of them is still right
// while it stays the same.
func (c *Catalogue) Revision(ctx context.Context) (int64, error) {
	return newestVintage(ctx, c.store.Read())
}

// current returns the state of the newest vintages.
func (c *Catalogue) current(ctx context.Context) (*state, error) {
	newest, err := newestVintage(ctx, c.store.Read())
	if err != nil {
		return nil, err
	}
	if st := c.state.Load(); st != nil && st.newest == newest {
		return st, nil
	}
	c.building.Lock()
	defer c.building.Unlock()
	if st := c.state.Load(); st != nil && st.newest >= newest {
		return st, nil
	}
	all, err := c.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	st := &state{newest: newest, datasets: make(map[string]*Dataset, len(all))}
	for i := range all {
		d := &all[i]
		if d.Structure, err = selectStructure(ctx, c.store.Read(), d.Current().ID); err != nil {
			return nil, err
		}
		st.datasets[d.Code] = d
	}
	c.state.Store(st)
	return st, nil
}

// panel returns the slice that a source names, nil where the dataset or the
// slice is not there.
func (c *Catalogue) panel(ctx context.Context, st *state, src Source) (*panel, error) {
	d := st.datasets[src.Dataset]
	if d == nil {
		return nil, nil
	}
	key, ok := src.keyIn(&d.Structure)
	if !ok {
		return nil, nil
	}
	name := src.Dataset + codeMark + strings.Join(key, codeMark)
	build, ok := st.panels.Load(name)
	if !ok {
		build, _ = st.panels.LoadOrStore(name, sync.OnceValues(func() (*panel, error) {
			return c.buildPanel(context.WithoutCancel(ctx), d, src, key)
		}))
	}
	p, err := build.(func() (*panel, error))()
	if err != nil {
		st.panels.Delete(name) // the next reader tries again
		return nil, fmt.Errorf("read %s: %w", src.Dataset, err)
	}
	if len(p.rows) == 0 {
		return nil, nil
	}
	return p, nil
}

func (c *Catalogue) buildPanel(ctx context.Context, d *Dataset, src Source, key []string) (*panel, error) {
	p := &panel{dataset: d, source: src, rows: map[nuts.ID]int{}}
	var rows []*stats.Series
	err := c.Slice(ctx, d.Current().ID, key, func(region nuts.ID, kind nuts.Kind, _ string, s *stats.Series) error {
		if kind == nuts.Territorial {
			p.rows[region] = len(rows)
			rows = append(rows, s.Clone())
		}
		return nil
	})
	p.Panel = stats.NewPanel(rows)
	return p, err
}

// keyIn returns the source's key in a dataset's structure: codes of the filter,
// and for a dimension that the filter leaves open the only code it has. A
// filter on freq is ignored where the file has no such dimension, as old files
// have none.
func (s Source) keyIn(st *Structure) ([]string, bool) {
	ids := st.IDs()
	for d := range s.Filter {
		if d != "freq" && !slices.Contains(ids, d) {
			return nil, false
		}
	}
	key := make([]string, len(ids))
	for i, d := range st.Dimensions {
		code, ok := s.Filter[d.ID]
		switch {
		case ok && d.Has(code):
			key[i] = code
		case !ok && len(d.Codes) == 1:
			key[i] = d.Codes[0]
		default:
			return nil, false
		}
	}
	return key, true
}

// row returns the row of a region: its own, or that of a region of another
// version that is the same area.
func (p *panel) row(n *nuts.Nomenclature, id nuts.ID) (row int, counted nuts.ID, ok bool) {
	if row, ok = p.rows[id]; ok {
		return row, id, true
	}
	for _, v := range slices.Backward(nuts.Versions[:]) {
		if v == id.Version {
			continue
		}
		if same, ok := sameArea(n, id, v); ok {
			if row, ok := p.rows[same]; ok {
				return row, same, true
			}
		}
	}
	return 0, id, false
}
