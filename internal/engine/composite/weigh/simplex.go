package weigh

import (
	"math"

	"peerscape/internal/fault"
)

// programme is a linear programme, maximise c x subject to A x <= b and x >= 0
// with b >= 0, kept solved: the answer for one c is the start for the next, which
// takes few steps where goals are alike. x = 0 meets the constraints, so that no
// search for a start is needed, and every c must be bounded.
//
// The tableau holds basic variables in terms of the others,
// basic[r] = rhs[r] - sum over q of cell[r][q] * other[q].
type programme struct {
	rows   [][]float64 // as given
	bounds []float64
	cell   [][]float64
	rhs    []float64
	basic  []int // variable of a row: below n one of x, else the slack of row variable-n
	other  []int // variable of a column
	goal   []float64
	x      []float64
}

const (
	pivotFloor = 1e-9  // smaller cells are rounding, not pivots
	goalFloor  = 1e-11 // of the largest coefficient: smaller gains are none
	feasible   = 1e-9  // by how much an answer may miss a constraint
	stalled    = 50    // steps without gain after which Bland's rule takes over
)

func newProgramme(rows [][]float64, bounds []float64) *programme {
	p := &programme{rows: rows, bounds: bounds}
	p.restart()
	return p
}

// restart goes back to x = 0.
func (p *programme) restart() {
	n := len(p.rows[0])
	p.cell, p.rhs = make([][]float64, len(p.rows)), append([]float64(nil), p.bounds...)
	p.basic, p.other, p.goal, p.x = make([]int, len(p.rows)), make([]int, n), make([]float64, n), make([]float64, n)
	for r, row := range p.rows {
		p.cell[r], p.basic[r] = append([]float64(nil), row...), n+r
	}
	for q := range p.other {
		p.other[q] = q
	}
}

// maximise returns the x, which the next call overwrites, and the value.
// Rounding grows with the steps of a long run: an answer that misses a
// constraint is found again from the beginning.
func (p *programme) maximise(c []float64) (x []float64, value float64, err error) {
	if p.solve(c) && p.holds() {
		return p.x, dot(c, p.x), nil
	}
	p.restart()
	if p.solve(c) && p.holds() {
		return p.x, dot(c, p.x), nil
	}
	return nil, 0, fault.New(fault.Invalid, "engine.no-optimum", "no best weights were found").
		Do("Look for figures of very different size in the members, and normalise them")
}

// solve takes steps until none gains, and reports whether it got there.
func (p *programme) solve(c []float64) bool {
	floor := p.price(c)
	idle := 0
	for range 200 * (len(p.rows) + len(c)) {
		q := p.entering(floor, idle > stalled)
		if q < 0 {
			p.read()
			return true
		}
		r := p.leaving(q)
		if r < 0 {
			return false
		}
		if p.rhs[r] > feasible {
			idle = 0
		} else {
			idle++
		}
		p.pivot(r, q)
	}
	return false
}

// price writes the goal in terms of the variables that are not basic, and
// returns the gain below which a variable gains nothing.
func (p *programme) price(c []float64) (floor float64) {
	clear(p.goal)
	for _, v := range c {
		floor = max(floor, math.Abs(v)*goalFloor)
	}
	for q, v := range p.other {
		if v < len(c) {
			p.goal[q] += c[v]
		}
	}
	for r, v := range p.basic {
		if v < len(c) {
			for q, a := range p.cell[r] {
				p.goal[q] -= c[v] * a
			}
		}
	}
	return floor
}

// entering returns the column that gains most, or under Bland's rule, which
// cannot go in circles, the one with the first variable that gains; -1 for none.
func (p *programme) entering(floor float64, bland bool) int {
	best := -1
	for q, g := range p.goal {
		switch {
		case g <= floor:
		case best < 0, bland && p.other[q] < p.other[best], !bland && g > p.goal[best]:
			best = q
		}
	}
	return best
}

// leaving returns the row that bounds a column most, the first variable of
// equals; -1 for none.
func (p *programme) leaving(q int) int {
	best, least := -1, math.Inf(1)
	for r := range p.cell {
		a := p.cell[r][q]
		if a <= pivotFloor {
			continue
		}
		if ratio := p.rhs[r] / a; ratio < least || ratio == least && p.basic[r] < p.basic[best] {
			best, least = r, ratio
		}
	}
	return best
}

// pivot exchanges the variables of row r and column q.
func (p *programme) pivot(r, q int) {
	row, inverse := p.cell[r], 1/p.cell[r][q]
	for k := range row {
		row[k] *= inverse
	}
	row[q] = inverse
	p.rhs[r] *= inverse
	for i, other := range p.cell {
		a := other[q]
		if i == r || a == 0 {
			continue
		}
		subtract(other, row, a)
		other[q] = -a * inverse
		p.rhs[i] = max(0, p.rhs[i]-a*p.rhs[r])
	}
	g := p.goal[q]
	subtract(p.goal, row, g)
	p.goal[q] = -g * inverse
	p.basic[r], p.other[q] = p.other[q], p.basic[r]
}

// subtract takes a times row from dst.
func subtract(dst, row []float64, a float64) {
	for k, v := range row {
		dst[k] -= a * v
	}
}

// read takes x from the tableau.
func (p *programme) read() {
	clear(p.x)
	for r, v := range p.basic {
		if v < len(p.x) {
			p.x[v] = p.rhs[r]
		}
	}
}

// holds reports whether x meets the constraints as they were given.
func (p *programme) holds() bool {
	for r, row := range p.rows {
		if dot(row, p.x) > p.bounds[r]+feasible {
			return false
		}
	}
	return true
}

func dot(a, b []float64) (s float64) {
	for k, v := range a {
		s += v * b[k]
	}
	return s
}
