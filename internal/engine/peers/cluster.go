package peers

import (
	"cmp"
	"math"
	"slices"
)

// Clusters parts units into groups.
type Clusters struct {
	Of         []int     // group of each unit, from 0
	Medoids    []int     // of k-medoids: the unit at the centre of each group; nil for Ward
	Silhouette []float64 // of each unit: near 1 well placed, below 0 nearer to another group (Rousseeuw 1987)
	Mean       float64   // of the silhouettes
	Cost       float64   // of k-medoids: sum of distances to the medoids
}

func checkCut(d [][]float64, k int) error {
	if k < 2 || k > len(d)-1 {
		return refuse("engine.groups", "%d units cannot be parted into %d groups", len(d), k).Do("Ask for 2 groups or more, and fewer than there are units")
	}
	for i, row := range d {
		for j, x := range row {
			if x != x {
				return refuse("engine.unknown-distance", "the distance of units %d and %d is not known", i+1, j+1).Do("Fill missing figures, or leave out units that have few")
			}
		}
	}
	return nil
}

// Medoids parts units by their distances around k of them (PAM, Kaufman and
// Rousseeuw 1990): a greedy beginning, then the best exchange of a medoid for
// another unit until none lowers the cost. It depends on nothing but d; each
// round costs k × units².
func Medoids(d [][]float64, k int) (*Clusters, error) {
	if err := checkCut(d, k); err != nil {
		return nil, err
	}
	var medoids []int
	for range k {
		medoids = append(medoids, bestAddition(d, medoids))
	}
	cost := costOf(d, medoids)
	for {
		best, at, by := cost-1e-12*max(1, cost), -1, -1
		for m := range medoids {
			old := medoids[m]
			for u := range d {
				if slices.Contains(medoids, u) {
					continue
				}
				medoids[m] = u
				if c := costOf(d, medoids); c < best {
					best, at, by = c, m, u
				}
				medoids[m] = old
			}
		}
		if at < 0 {
			break
		}
		medoids[at], cost = by, best
	}
	slices.Sort(medoids)
	c := &Clusters{Of: make([]int, len(d)), Medoids: medoids, Cost: cost}
	for u := range d {
		for m := range medoids {
			if d[u][medoids[m]] < d[u][medoids[c.Of[u]]] {
				c.Of[u] = m
			}
		}
	}
	c.silhouette(d, k)
	return c, nil
}

func bestAddition(d [][]float64, medoids []int) int {
	best, at := math.Inf(1), 0
	for u := range d {
		if slices.Contains(medoids, u) {
			continue
		}
		if c := costOf(d, append(medoids, u)); c < best {
			best, at = c, u
		}
	}
	return at
}

func costOf(d [][]float64, medoids []int) (cost float64) {
	for _, row := range d {
		near := math.Inf(1)
		for _, m := range medoids {
			near = min(near, row[m])
		}
		cost += near
	}
	return cost
}

// Merge is one step of a hierarchical clustering: two clusters become one. The
// units are clusters 0 to n-1, the result of merge i is cluster n+i.
type Merge struct {
	A, B   int
	Height float64
	Size   int
}

// Ward joins, step by step, the two clusters whose union adds least to the sum of
// squares within (Ward 1963, in the form of Murtagh and Legendre 2014 that R
// calls ward.D2): heights are on the scale of the distances. d is not changed;
// the cost is units³ at worst.
func Ward(d [][]float64) ([]Merge, error) {
	if err := checkCut(d, min(2, len(d)-1)); err != nil {
		return nil, err
	}
	n := len(d)
	squares := make([][]float64, n)
	for i := range d {
		squares[i] = make([]float64, n)
		for j, x := range d[i] {
			squares[i][j] = x * x
		}
	}
	id, size, live := make([]int, n), make([]float64, n), make([]bool, n)
	for i := range n {
		id[i], size[i], live[i] = i, 1, true
	}
	var out []Merge
	for len(out) < n-1 {
		a, b := nearestPair(squares, live)
		out = append(out, Merge{min(id[a], id[b]), max(id[a], id[b]), math.Sqrt(squares[a][b]), int(size[a] + size[b])})
		for c := range n { // Lance and Williams (1967)
			if live[c] && c != a && c != b {
				x := ((size[a]+size[c])*squares[a][c] + (size[b]+size[c])*squares[b][c] - size[c]*squares[a][b]) / (size[a] + size[b] + size[c])
				squares[a][c], squares[c][a] = x, x
			}
		}
		size[a] += size[b]
		live[b], id[a] = false, n+len(out)-1
	}
	return out, nil
}

func nearestPair(squares [][]float64, live []bool) (a, b int) {
	best := math.Inf(1)
	for i := range squares {
		if !live[i] {
			continue
		}
		for j := range i {
			if live[j] && squares[i][j] < best {
				best, a, b = squares[i][j], j, i
			}
		}
	}
	return a, b
}

// Cut parts the units of a hierarchical clustering into k groups, numbered by
// their first units, and judges the groups by the distances.
func Cut(merges []Merge, d [][]float64, k int) (*Clusters, error) {
	if err := checkCut(d, k); err != nil {
		return nil, err
	}
	n := len(d)
	cluster := make([]int, n)
	for i := range cluster {
		cluster[i] = i
	}
	for step, m := range merges[:n-k] {
		for i, c := range cluster {
			if c == m.A || c == m.B {
				cluster[i] = n + step
			}
		}
	}
	number := map[int]int{}
	c := &Clusters{Of: make([]int, n)}
	for i, id := range cluster {
		if _, ok := number[id]; !ok {
			number[id] = len(number)
		}
		c.Of[i] = number[id]
	}
	c.silhouette(d, k)
	return c, nil
}

// silhouette judges each unit: (b-a) / max(a, b), where a is its mean distance to
// its own group and b to the nearest other; 0 for a unit alone.
func (c *Clusters) silhouette(d [][]float64, k int) {
	c.Silhouette = make([]float64, len(d))
	size := make([]float64, k)
	for _, g := range c.Of {
		size[g]++
	}
	for i, row := range d {
		sums := make([]float64, k)
		for j, x := range row {
			sums[c.Of[j]] += x
		}
		own, other := c.Of[i], math.Inf(1)
		for g := range k {
			if g != own && size[g] > 0 {
				other = min(other, sums[g]/size[g])
			}
		}
		if size[own] > 1 {
			a := sums[own] / (size[own] - 1)
			if m := max(a, other); m > 0 {
				c.Silhouette[i] = (other - a) / m
			}
		}
		c.Mean += c.Silhouette[i] / float64(len(d))
	}
}

// Suggest returns the number of groups between low and high whose k-medoids have
// the highest mean silhouette, and those groups.
func Suggest(d [][]float64, low, high int) (best *Clusters, err error) {
	for k := low; k <= min(high, len(d)-1); k++ {
		c, err := Medoids(d, k)
		if err != nil {
			return nil, err
		}
		if best == nil || cmp.Compare(c.Mean, best.Mean) > 0 {
			best = c
		}
	}
	if best == nil {
		return nil, refuse("engine.groups", "%d units are too few for %d groups", len(d), low).Do("Ask for fewer groups")
	}
	return best, nil
}
