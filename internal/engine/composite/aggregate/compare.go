package aggregate

import (
	"math"
	"slices"

	"peerscape/internal/engine/sample"
)

// compare scores units by comparing them with each other.
func (w *Workspace) compare(dst []float64, members [][]float64, r Rule) error {
	if r.Method == Wroclaw {
		return w.wroclaw(dst, members, r)
	}
	here := w.present(dst, members, r)
	part := make([][]float64, len(members))
	for j, m := range members {
		for _, i := range here {
			part[j] = append(part[j], m[i])
		}
	}
	scores := make([]float64, len(here))
	e := Comparisons(part, w.share)
	switch r.Method {
	case Outranking:
		for i := range e {
			scores[i] = sum(e[i]) / float64(max(1, len(e)-1))
		}
	case Copeland:
		copy(scores, Majority(e))
	case Kemeny:
		for place, i := range BestOrder(e).Units {
			scores[i] = float64(len(here) - place)
		}
	}
	for k, i := range here {
		dst[i] = scores[k]
	}
	return nil
}

// present lists the units with enough members and makes the others NaN.
func (w *Workspace) present(dst []float64, members [][]float64, r Rule) (here []int) {
	least := r.least(len(members))
	for i := range dst {
		n := 0
		for j, m := range members {
			if m[i] == m[i] && w.share[j] > 0 {
				n++
			}
		}
		if n >= least {
			here = append(here, i)
		} else {
			dst[i] = math.NaN()
		}
	}
	return here
}

// wroclaw returns the taxonomic distance of each unit to an ideal one that is
// best in everything, on standardised columns, as a share of mean plus two
// standard deviations of all distances (Hellwig 1968).
func (w *Workspace) wroclaw(dst []float64, members [][]float64, r Rule) error {
	here := w.present(dst, members, r)
	known := make([]float64, len(dst))
	for _, i := range here {
		dst[i] = 0
	}
	for j, m := range members {
		c := sample.MomentsOf(m)
		if c.N == 0 || w.share[j] == 0 {
			continue
		}
		sd := c.PopulationSD()
		if c.Constant() {
			sd = 1 // all are ideal
		}
		for i, x := range m {
			if x == x {
				d := (c.Max - x) / sd
				dst[i] += w.share[j] * d * d
				known[i] += w.share[j]
			}
		}
	}
	for i, d2 := range dst {
		dst[i] = math.NaN()
		if known[i] > 0 {
			dst[i] = math.Sqrt(d2 / known[i])
		}
	}
	all := sample.MomentsOf(dst)
	if limit := all.Mean + 2*all.PopulationSD(); limit > 0 {
		for i := range dst {
			dst[i] /= limit
		}
	}
	return nil
}

// Comparisons returns the outranking matrix: e[j][k] is the share of weight of
// the members in which unit j has more than unit k, plus half of the ties, among
// the members that both have; 0 on the diagonal, one half where they share none.
// For two units e[j][k] and e[k][j] sum to 1. Its cost is units² × members.
func Comparisons(members [][]float64, weights []float64) [][]float64 {
	n := 0
	if len(members) > 0 {
		n = len(members[0])
	}
	e := make([][]float64, n)
	for i := range e {
		e[i] = make([]float64, n)
	}
	for j := range n {
		for k := range j {
			var won, lost, tied float64
			for m, column := range members {
				switch a, b := column[j], column[k]; {
				case a > b:
					won += weights[m]
				case a < b:
					lost += weights[m]
				case a == b:
					tied += weights[m]
				}
			}
			e[j][k], e[k][j] = 0.5, 0.5
			if all := won + lost + tied; all > 0 && math.Abs(won-lost) > 1e-12*all {
				e[j][k] = (won + tied/2) / all
				e[k][j] = (lost + tied/2) / all
			}
		}
	}
	return e
}

// Majority returns Copeland's score of each unit: how many others it beats in
// most of the weight, minus how many beat it.
func Majority(e [][]float64) []float64 {
	out := make([]float64, len(e))
	for j := range e {
		for k := range e {
			if k != j && e[j][k] > 0.5 {
				out[j]++
			} else if k != j && e[j][k] < 0.5 {
				out[j]--
			}
		}
	}
	return out
}

// Order is an order of units, the best first.
type Order struct {
	Units []int
	Score float64 // sum of e[j][k] over all j that stand before k
	Exact bool    // whether no order has a higher score; else it is the best found
	Equal int     // how many orders share the score; 0 where the order is not exact
}

// mostExact is the largest number of units whose best order is searched whole:
// the memory and time double with each.
const mostExact = 16

// BestOrder returns the order that agrees most with all comparisons (Kemeny
// 1959, Young 1988): exact for up to 16 units, for more the best that moving
// single units reaches from the order of their net comparisons.
func BestOrder(e [][]float64) Order {
	if len(e) <= mostExact {
		return exactOrder(e)
	}
	return movedOrder(e)
}

// exactOrder fills, for each set of units, the best score of an order that
// begins with that set.
func exactOrder(e [][]float64) Order {
	n := len(e)
	best := make([]float64, 1<<n)
	ways := make([]int, 1<<n)
	ways[0] = 1
	for set := 1; set < 1<<n; set++ {
		best[set] = math.Inf(-1)
		for last := range n {
			if set&(1<<last) == 0 {
				continue
			}
			before := set &^ (1 << last)
			score := best[before]
			for j := range n {
				if before&(1<<j) != 0 {
					score += e[j][last]
				}
			}
			switch d := score - best[set]; {
			case d > 1e-9:
				best[set], ways[set] = score, ways[before]
			case d > -1e-9:
				ways[set] += ways[before]
			}
		}
	}
	o := Order{Units: make([]int, n), Score: best[1<<n-1], Exact: true, Equal: ways[1<<n-1]}
	for set, place := 1<<n-1, n-1; place >= 0; place-- {
		o.Units[place] = lastOf(e, best, set)
		set &^= 1 << o.Units[place]
	}
	return o
}

// lastOf returns the unit of the highest number that may stand last in a best
// order of the set.
func lastOf(e [][]float64, best []float64, set int) int {
	for last := len(e) - 1; last >= 0; last-- {
		if set&(1<<last) == 0 {
			continue
		}
		score := best[set&^(1<<last)]
		for j := range e {
			if j != last && set&(1<<j) != 0 {
				score += e[j][last]
			}
		}
		if score > best[set]-1e-9 {
			return last
		}
	}
	return -1
}

// movedOrder moves one unit at a time to its best place until none gains.
func movedOrder(e [][]float64) Order {
	o := Order{Units: make([]int, len(e))}
	net := make([]float64, len(e))
	for i := range e {
		o.Units[i], net[i] = i, sum(e[i])
	}
	slices.SortStableFunc(o.Units, func(a, b int) int {
		switch {
		case net[a] > net[b]:
			return -1
		case net[a] < net[b]:
			return 1
		}
		return 0
	})
	for moved := true; moved; {
		moved = false
		for from := range o.Units {
			moved = moveOne(e, o.Units, from) || moved
		}
	}
	for at, j := range o.Units {
		for _, k := range o.Units[at+1:] {
			o.Score += e[j][k]
		}
	}
	return o
}

// moveOne moves the unit at a place to where the order gains most.
func moveOne(e [][]float64, units []int, from int) bool {
	u, to, most := units[from], from, 1e-9
	for gain, at := 0.0, from-1; at >= 0; at-- {
		if gain += e[u][units[at]] - e[units[at]][u]; gain > most {
			to, most = at, gain
		}
	}
	for gain, at := 0.0, from+1; at < len(units); at++ {
		if gain += e[units[at]][u] - e[u][units[at]]; gain > most {
			to, most = at, gain
		}
	}
	if to < from {
		copy(units[to+1:from+1], units[to:from])
	} else {
		copy(units[from:to], units[from+1:to+1])
	}
	units[to] = u
	return to != from
}
