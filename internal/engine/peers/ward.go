package peers

import (
	"cmp"
	"math"
	"slices"
)

// Merge is one step of a hierarchical clustering: two clusters become one. The
// units are clusters 0 to n-1, the result of merge i is cluster n+i.
type Merge struct {
	A, B   int // A below B
	Height float64
	Size   int
}

// Ward joins, step by step, the two clusters whose union adds least to the sum of
// squares within (Ward 1963, in the form of Murtagh and Legendre 2014 that R
// calls ward.D2): heights are on the scale of the distances, and where those are
// Euclidean half the sum of their squares is the total sum of squares. The
// distances are not changed; the cost is their number times a small constant
// (nearest-neighbour chain, Murtagh 1983).
func Ward(t *Triangle) ([]Merge, error) {
	if t.n < 2 {
		return nil, refuse("engine.groups", "%d units cannot be joined", t.n).Do("Give at least two")
	}
	if err := t.checkKnown(); err != nil {
		return nil, err
	}
	w := &chain{t: NewTriangle(t.n, func(i, j int) float64 { d := t.At(i, j); return d * d }), size: make([]float64, t.n)}
	for i := range w.size {
		w.size[i] = 1
	}
	for len(w.joins) < t.n-1 {
		w.step()
	}
	return w.merges(), nil
}

// chain is the state of the search: each cluster on it is the nearest of the one
// before. Clusters go by the unit that stands for them; size 0 is gone.
type chain struct {
	t     *Triangle // squares
	size  []float64
	links []int
	joins []join
}

type join struct {
	a, b   int // units that stand for the clusters; b goes
	square float64
}

// step lengthens the chain by the nearest cluster of its last, or joins the last
// two where they are nearest to each other. Of equally near clusters the one
// before in the chain is taken, so that the chain ends, else the first.
func (w *chain) step() {
	if len(w.links) == 0 {
		w.links = append(w.links, slices.IndexFunc(w.size, func(s float64) bool { return s > 0 }))
	}
	last, before := w.links[len(w.links)-1], -1
	best := math.Inf(1)
	if len(w.links) > 1 {
		before = w.links[len(w.links)-2]
		best = w.t.At(last, before)
	}
	next := before
	for c, size := range w.size {
		if size > 0 && c != last {
			if d := w.t.At(last, c); d < best {
				best, next = d, c
			}
		}
	}
	if next != before {
		w.links = append(w.links, next)
		return
	}
	w.links = w.links[:len(w.links)-2]
	w.join(min(last, before), max(last, before), best)
}

// join makes a and b one, by the formula of Lance and Williams (1967).
func (w *chain) join(a, b int, square float64) {
	for c, size := range w.size {
		if size > 0 && c != a && c != b {
			x := ((w.size[a]+size)*w.t.At(a, c) + (w.size[b]+size)*w.t.At(b, c) - size*square) / (w.size[a] + w.size[b] + size)
			w.t.set(a, c, max(0, x))
		}
	}
	w.size[a] += w.size[b]
	w.size[b] = 0
	w.joins = append(w.joins, join{a, b, square})
}

func (t *Triangle) set(i, j int, d float64) {
	i, j = max(i, j), min(i, j)
	t.below[i*(i-1)/2+j] = d
}

// merges sorts the joins by height and names the clusters by their steps. A join
// never comes before those of its parts: its height is not below theirs, and the
// order of equal ones is kept.
func (w *chain) merges() []Merge {
	highest := make([]float64, w.t.n) // of the cluster that a unit stands for
	for k := range w.joins {          // rounding may turn equal heights round
		j := &w.joins[k]
		j.square = max(j.square, highest[j.a], highest[j.b])
		highest[j.a] = j.square
	}
	slices.SortStableFunc(w.joins, func(x, y join) int { return cmp.Compare(x.square, y.square) })
	name, size := make([]int, w.t.n), make([]int, w.t.n)
	for i := range name {
		name[i], size[i] = i, 1
	}
	out := make([]Merge, len(w.joins))
	for k, j := range w.joins {
		size[j.a] += size[j.b]
		out[k] = Merge{min(name[j.a], name[j.b]), max(name[j.a], name[j.b]), math.Sqrt(j.square), size[j.a]}
		name[j.a] = w.t.n + k
	}
	return out
}

// Cut parts the units of a hierarchical clustering into k groups, numbered by
// their first units, and judges the groups by the distances. Each is named after
// its medoid, of equal ones the first.
func Cut(merges []Merge, t *Triangle, k int) (*Groups, error) {
	if err := t.checkGroups(k); err != nil {
		return nil, err
	}
	if len(merges) != t.n-1 {
		return nil, refuse("engine.ragged", "%d merges do not join %d units", len(merges), t.n).Do("Give the merges of the same distances")
	}
	cluster := make([]int, 2*t.n-1) // that each cluster became part of
	for i := range cluster {
		cluster[i] = i
	}
	for step, m := range merges[:t.n-k] {
		cluster[m.A], cluster[m.B] = t.n+step, t.n+step
	}
	for i := len(cluster) - 1; i >= 0; i-- { // what a cluster became part of stands after it
		cluster[i] = cluster[cluster[i]]
	}
	number := map[int]int{}
	g := &Groups{Of: make([]int, t.n)}
	for i := range g.Of {
		at, ok := number[cluster[i]]
		if !ok {
			at = len(number)
			number[cluster[i]] = at
		}
		g.Of[i] = at
	}
	g.centre(t, k)
	g.silhouette(t, k)
	return g, nil
}

// centre finds the medoid of each group.
func (g *Groups) centre(t *Triangle, k int) {
	sums := make([]float64, t.n)
	for i := range t.n {
		for j, d := range t.row(i) {
			if g.Of[i] == g.Of[j] {
				sums[i] += d
				sums[j] += d
			}
		}
	}
	g.Medoids = slices.Repeat([]int{-1}, k)
	for i, group := range g.Of {
		if m := g.Medoids[group]; m < 0 || sums[i] < sums[m] {
			g.Medoids[group] = i
		}
	}
	for _, m := range g.Medoids {
		g.Cost += sums[m]
	}
}
