package tsv

import (
	"slices"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// mostTurned bounds the cells held of one key; a key with more is given out in
// several parts.
const mostTurned = 1 << 20

// turned holds the rows of one key of a table with a period a row and a region
// a column, until they are given out with a series a region.
type turned struct {
	regions []string
	key     []string
	periods []stats.Period // of the rows held
	order   []int          // of the rows, by time
	seen    map[stats.Period]bool
	cells   []cell // row after row
	column  int    // the next to give out; len(regions) when done
	ahead   bool   // a row of the next key was read
	row     []byte
	end     error
}

func newTurned(l *layout) *turned {
	return &turned{regions: l.regions, column: len(l.regions), seen: make(map[stats.Period]bool)}
}

// nextTurned gives out the next region of the key at hand, reading the rows of
// the next key when all regions are done.
func (t *Reader) nextTurned(s *stats.Series) error {
	g := t.turned
	for {
		for g.column < len(g.regions) {
			column := g.column
			g.column++
			if g.give(column, s) {
				return nil
			}
		}
		if g.end != nil && !g.ahead {
			return g.end
		}
		if err := t.gather(); err != nil {
			return err
		}
	}
}

// give fills s with one column and reports whether it has an observation.
func (g *turned) give(column int, s *stats.Series) bool {
	s.Reset()
	for _, row := range g.order {
		if i := row*len(g.regions) + column; g.cells[i].there {
			s.Add(g.periods[row], g.cells[i].value, g.cells[i].flags)
		}
	}
	s.Key, s.Region = append(s.Key, g.key...), g.regions[column]
	return s.Len() > 0
}

// gather reads rows as long as their key stays the same.
func (t *Reader) gather() error {
	g := t.turned
	g.periods, g.cells = g.periods[:0], g.cells[:0]
	clear(g.seen)
	if g.ahead {
		g.ahead = false
		if err := t.hold(g.row); err != nil {
			return err
		}
	}
	for g.end == nil && len(g.cells) < mostTurned {
		row, err := t.row()
		if err != nil {
			g.end = err
			break
		}
		cells, err := t.key.read(row)
		if err != nil {
			g.end = at(err, t.lines, 0)
			break
		}
		if len(g.periods) > 0 && !slices.Equal(g.key, t.key.codes) {
			g.ahead, g.row = true, append(g.row[:0], cells...)
			break
		}
		if err := t.hold(cells); err != nil {
			return err
		}
	}
	g.column = 0
	g.order = g.order[:0]
	for i := range g.periods {
		g.order = append(g.order, i)
	}
	slices.SortFunc(g.order, func(a, b int) int { return int(g.periods[a]) - int(g.periods[b]) })
	return nil
}

// hold keeps the cells of one row, whose key was read last.
func (t *Reader) hold(row []byte) error {
	g := t.turned
	period, err := stats.ParsePeriod(t.key.time)
	if err != nil {
		return t.fail(wrong(0, "wire.period", "%q is not a period", fault.Clip([]byte(t.key.time), 40)).
			Do("Write periods such as 2020, 2020-Q1 or 2020-01"))
	}
	if g.seen[period] {
		return t.fail(wrong(0, "wire.period-twice", "the period %s stands in two rows of one key", period).
			Do("Delete one of the two rows, or download the file again"))
	}
	g.key = append(g.key[:0], t.key.codes...)
	g.seen[period] = true
	g.periods = append(g.periods, period)
	rest := row
	for i := range g.regions {
		if rest == nil {
			return t.fail(t.cells.miscounted(row))
		}
		var got cell
		if got, rest, err = t.cells.next(rest); err != nil {
			return t.fail(inColumn(err, i+1))
		}
		g.cells = append(g.cells, got)
	}
	if !t.cells.done(rest) {
		return t.fail(t.cells.miscounted(row))
	}
	t.remark()
	return nil
}

// fail places the error at the current row and makes it stay.
func (t *Reader) fail(err error) error {
	t.turned.end = at(err, t.lines, t.layout.keyColumns)
	t.turned.ahead = false
	t.turned.column = len(t.turned.regions)
	return t.turned.end
}
