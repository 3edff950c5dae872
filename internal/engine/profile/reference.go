package profile

import (
	"math"
	"slices"

	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Reference is a table made ready: every column of every group in ascending
// order. Any number of profiles may be built from it at the same time; it does
// not change. It keeps the table's slices and about as much memory again for each
// of the three kinds of group.
type Reference struct {
	table   Table
	rows    map[nuts.ID]int
	changed map[int][]int // unit → positions in table.Changes
	domains []domain

	// columns[g][indicator*years+year] for the fixed groups; memberOf[g'][unit]
	// is the fixed group of a unit by Country, Class, EU, or -1.
	columns  [][]column
	memberOf [groups][]int32

	spread [][]float64 // standard deviation of EU, by indicator and year; NaN if none
	shown  [][]int     // units with a value that are not Outside, by indicator and year
	most   []int       // the largest of shown, by indicator
}

// column is one group's values of one indicator in one year, ascending, and
// beside them those that are flagged.
type column struct{ sorted, estimated, unreliable []float64 }

// domain is the judged indicators of one domain.
type domain struct {
	name   string
	listed []int
	judged []int
	weight float64 // of the judged
}

// Prepare checks a table and sorts its columns. It refuses, with one sentence
// each, tables that mix NUTS versions, name a unit or an indicator twice, have
// the wrong shape, hold an infinity or hold nothing. It costs about 0.2 s for
// 1,345 units, 60 indicators and 10 years.
func Prepare(t Table) (*Reference, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	r := &Reference{table: t, rows: make(map[nuts.ID]int, len(t.Units)), changed: map[int][]int{}}
	for i := range t.Units {
		r.rows[t.Units[i].ID] = i
	}
	for i := range t.Units {
		for _, metro := range t.Units[i].Metros {
			if _, err := r.row(metro); err != nil {
				return nil, err
			}
		}
	}
	for i := range t.Changes {
		unit, err := r.row(t.Changes[i].Unit)
		if err != nil {
			return nil, err
		}
		r.changed[unit] = append(r.changed[unit], i)
	}
	r.listDomains()
	r.fillGroups(r.formGroups())
	r.countYears()
	return r, nil
}

// row returns the row of a unit.
func (r *Reference) row(id nuts.ID) (int, error) {
	i, ok := r.rows[id]
	if ok {
		return i, nil
	}
	if err := sameVersion([]nuts.ID{r.table.Units[0].ID, id}); err != nil {
		return 0, err
	}
	return 0, fault.New(fault.Missing, "engine.unknown-unit", "%s is not in the table", id).
		With("unit", id.String()).Do("Add its row, with NaN where it has no value")
}

func (r *Reference) listDomains() {
	for j := range r.table.Indicators {
		d := &r.table.Indicators[j]
		if d.Domain == "" {
			continue
		}
		at := slices.IndexFunc(r.domains, func(k domain) bool { return k.name == d.Domain })
		if at < 0 {
			at = len(r.domains)
			r.domains = append(r.domains, domain{name: d.Domain})
		}
		k := &r.domains[at]
		k.listed = append(k.listed, j)
		if d.Direction != Context {
			k.judged = append(k.judged, j)
			k.weight += d.Weight
		}
	}
}

// formGroups gives every unit its fixed groups and returns their members:
// first EU, then the three classes, then the countries.
func (r *Reference) formGroups() [][]int32 {
	units := r.table.Units
	members := make([][]int32, 1+int(nuts.PredominantlyRural))
	for _, g := range []Group{Country, Class, EU} {
		r.memberOf[g] = make([]int32, len(units))
	}
	countries := map[nuts.Code]int32{}
	join := func(kind Group, unit int, group int32) {
		r.memberOf[kind][unit] = group
		if group >= 0 && !units[unit].Outside {
			members[group] = append(members[group], int32(unit))
		}
	}
	for i := range units {
		u := &units[i]
		country := int32(-1)
		if u.Country != "" {
			known := false
			if country, known = countries[u.Country]; !known {
				country = int32(len(members))
				countries[u.Country] = country
				members = append(members, nil)
			}
		}
		join(Country, i, country)
		eu, class := int32(-1), int32(-1)
		if u.Urban >= nuts.PredominantlyUrban && u.Urban <= nuts.PredominantlyRural {
			class = int32(u.Urban)
		}
		if u.EU {
			eu = 0
			join(EU, i, eu)
			join(Class, i, class)
		} else { // measured by the EU without being part of it
			r.memberOf[EU][i], r.memberOf[Class][i] = 0, class
		}
	}
	return members
}

// fillGroups sorts the columns of the groups. The columns of one group lie one
// after the other in shared memory.
func (r *Reference) fillGroups(members [][]int32) {
	t := &r.table
	years := len(t.Years)
	r.columns = make([][]column, len(members))
	for g, units := range members {
		r.columns[g] = make([]column, len(t.Indicators)*years)
		all := column{sorted: make([]float64, 0, len(units)*len(t.Indicators)*years)}
		for at := range r.columns[g] {
			j, y := at/years, at%years
			from := all
			for _, u := range units {
				all.add(t.Values[j][int(u)*years+y], t.flag(j, int(u), y))
			}
			r.columns[g][at] = all.since(&from)
			r.columns[g][at].sort()
		}
	}
	r.spread = make([][]float64, len(t.Indicators))
	for j := range r.spread {
		r.spread[j] = make([]float64, years)
		for y := range years {
			r.spread[j][y] = sample.MomentsOf(r.columns[0][j*years+y].sorted).SD()
		}
	}
}

// add takes a value, unless it is missing.
func (c *column) add(v float64, f stats.Flags) {
	if v != v {
		return
	}
	c.sorted = append(c.sorted, v)
	switch {
	case f&unreliable != 0:
		c.unreliable = append(c.unreliable, v)
	case f&estimated != 0:
		c.estimated = append(c.estimated, v)
	}
}

// since returns what was added after an earlier state of the column.
func (c *column) since(from *column) column {
	tail := func(all, before []float64) []float64 { return all[len(before):len(all):len(all)] }
	return column{tail(c.sorted, from.sorted), tail(c.estimated, from.estimated), tail(c.unreliable, from.unreliable)}
}

func (c *column) sort() {
	slices.Sort(c.sorted)
	slices.Sort(c.estimated)
	slices.Sort(c.unreliable)
}

func (r *Reference) countYears() {
	t := &r.table
	years := len(t.Years)
	r.shown, r.most = make([][]int, len(t.Indicators)), make([]int, len(t.Indicators))
	for j := range t.Indicators {
		r.shown[j] = make([]int, years)
		for i := range t.Units {
			if t.Units[i].Outside {
				continue
			}
			for y, v := range t.row(j, i) {
				if v == v {
					r.shown[j][y]++
				}
			}
		}
		r.most[j] = slices.Max(r.shown[j])
	}
}

// year returns the year in which a unit is compared: the newest in which it has
// a value and at least the given share of the units of the best year have one
// too; failing that, the newest in which it has a value; -1 without any.
func (r *Reference) year(indicator, unit int, share float64) int {
	row, newest := r.table.row(indicator, unit), -1
	need := share * float64(r.most[indicator])
	for y := len(row) - 1; y >= 0; y-- {
		if math.IsNaN(row[y]) {
			continue
		}
		if float64(r.shown[indicator][y]) >= need {
			return y
		}
		if newest < 0 {
			newest = y
		}
	}
	return newest
}
