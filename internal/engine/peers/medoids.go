package peers

import (
	"math"
	"slices"
)

// Medoids parts units by their distances around k of them, each a real unit that
// the group can be named after (PAM, Kaufman and Rousseeuw 1990): a greedy
// beginning, then the best exchange of a medoid for another unit until none lowers
// the cost. Of equal choices the unit that stands first is taken, so that it
// depends on nothing but the distances. A round costs the square of the units,
// for any k (Schubert and Rousseeuw 2019).
func Medoids(t *Triangle, k int) (*Groups, error) {
	if err := t.checkGroups(k); err != nil {
		return nil, err
	}
	p := &pam{t: t, first: make([]int, t.n), second: make([]float64, t.n), near: make([]float64, t.n)}
	for u := range p.near {
		p.near[u], p.second[u] = math.Inf(1), math.Inf(1)
	}
	for range k {
		p.build()
	}
	for p.swap() {
	}
	slices.Sort(p.medoids)
	p.assign()
	g := &Groups{Of: p.first, Medoids: p.medoids, Cost: p.cost()}
	g.silhouette(t, k)
	return g, nil
}

// pam is the state of the search.
type pam struct {
	t       *Triangle
	medoids []int
	first   []int     // place among the medoids of each unit's nearest one
	near    []float64 // distance to it
	second  []float64 // distance to the next nearest
}

// build adds the unit that lowers the cost most.
func (p *pam) build() {
	best, at := math.Inf(1), -1
	for u := range p.t.n {
		if slices.Contains(p.medoids, u) {
			continue
		}
		cost := 0.0
		for o := range p.t.n {
			cost += min(p.near[o], p.t.At(u, o))
		}
		if cost < best {
			best, at = cost, u
		}
	}
	p.medoids = append(p.medoids, at)
	p.assign()
}

// assign finds the two nearest medoids of each unit.
func (p *pam) assign() {
	for u := range p.t.n {
		p.near[u], p.second[u] = math.Inf(1), math.Inf(1)
		for m, medoid := range p.medoids {
			switch d := p.t.At(u, medoid); {
			case d < p.near[u] || u == medoid: // a medoid is its own, whoever is equal to it
				p.second[u] = p.near[u]
				p.near[u], p.first[u] = d, m
			case d < p.second[u]:
				p.second[u] = d
			}
		}
	}
}

func (p *pam) cost() (sum float64) {
	for _, d := range p.near {
		sum += d
	}
	return sum
}

// swap makes the exchange that lowers the cost most and reports whether there was
// one. What a unit would bring is found for all medoids in one pass: alone it
// lowers the cost of those that it is nearer to, whichever medoid goes, and each
// medoid that goes sends its own units to the new one or to their second.
func (p *pam) swap() bool {
	best, out, in := -1e-12*max(1, p.cost()), -1, -1
	change := make([]float64, len(p.medoids))
	for u := range p.t.n {
		if slices.Contains(p.medoids, u) {
			continue
		}
		clear(change)
		always := 0.0
		for o := range p.t.n {
			d := p.t.At(u, o)
			if d < p.near[o] {
				always += d - p.near[o]
			}
			change[p.first[o]] += min(d, p.second[o]) - min(d, p.near[o])
		}
		for m, c := range change {
			if c += always; c < best {
				best, out, in = c, m, u
			}
		}
	}
	if out < 0 {
		return false
	}
	p.medoids[out] = in
	p.assign()
	return true
}
