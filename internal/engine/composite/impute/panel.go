package impute

import (
	"slices"

	"peerscape/internal/stats"
)

// panel fills within each unit, from its observed years alone.
func (f *filler) panel(r Rule) error {
	d := f.data
	if !d.panel() {
		return refuse("engine.no-period", "the imputation %s needs a panel and the rows have no period", r.Method).
			Do("Give every row its year, or choose a method for one year")
	}
	for i := range d.Rows {
		if d.Rows[i].Period.Frequency() != stats.Annual {
			return refuse("engine.period", "the imputation %s counts in years and %s is not a year", r.Method, d.Rows[i]).
				Do("Give the rows whole years")
		}
	}
	for _, rows := range d.histories() {
		for j := range d.Table {
			f.panelUnit(rows, j, r)
		}
	}
	return nil
}

// histories returns the rows of each unit by year, units in order of their first
// row.
func (d *Data) histories() [][]int {
	place := map[string]int{}
	var out [][]int
	for i, r := range d.Rows {
		at, ok := place[r.Unit]
		if !ok {
			at = len(out)
			place[r.Unit], out = at, append(out, nil)
		}
		out[at] = append(out[at], i)
	}
	for _, rows := range out {
		slices.SortFunc(rows, func(a, b int) int { return d.Rows[a].Period.Year() - d.Rows[b].Period.Year() })
	}
	return out
}

// panelUnit fills one column of one unit, whose rows are given by year.
func (f *filler) panelUnit(rows []int, j int, r Rule) {
	x := f.data.Table[j]
	var seen []int // rows with a value, by year
	for _, i := range rows {
		if x[i] == x[i] {
			seen = append(seen, i)
		}
	}
	next := 0 // in seen: the first with a later year
	for _, i := range rows {
		if x[i] == x[i] {
			next++
			continue
		}
		if !f.missing(i, j) {
			continue
		}
		if v, why, ok := f.guess(i, x, seen, next, r); ok {
			f.fill(i, j, v, r.Method)
		} else {
			f.leave(i, j, r.Method, why)
		}
	}
}

// guess computes the value of row i between the observed rows seen[next-1] and
// seen[next], or says why there is none.
func (f *filler) guess(i int, x []float64, seen []int, next int, r Rule) (float64, Reason, bool) {
	year := func(i int) int { return f.data.Rows[i].Period.Year() }
	at := next // the row that is carried
	switch {
	case len(seen) == 0:
		return 0, NoObservation, false
	case r.Method == Interpolate && len(seen) == 1:
		return 0, OneObservation, false
	case r.Method == Interpolate && (next == 0 || next == len(seen)):
		return 0, OutsideYears, false
	case r.Method == Interpolate:
		before, after := seen[next-1], seen[next]
		return line(float64(year(before)), x[before], float64(year(after)), x[after], float64(year(i))), 0, true
	case r.Method == CarryForward:
		at--
	}
	if at < 0 || at >= len(seen) {
		return 0, OutsideYears, false
	}
	if far := year(i) - year(seen[at]); max(far, -far) > r.Limit {
		return 0, BeyondLimit, false
	}
	return x[seen[at]], 0, true
}

// line returns the height at t of the line through (t0, a) and (t1, b), between
// a and b whatever the rounding.
func line(t0, a, t1, b, t float64) float64 {
	share := (t - t0) / (t1 - t0)
	v := a*(1-share) + b*share
	return min(max(v, min(a, b)), max(a, b))
}
