package peers

// Groups parts units.
type Groups struct {
	Of         []int     // group of each unit, from 0
	Medoids    []int     // the unit at the centre of each group, with the least sum of distances to the others
	Silhouette []float64 // of each unit: near 1 well placed, below 0 nearer to another group (Rousseeuw 1987)
	Mean       float64   // of the silhouettes
	Cost       float64   // sum of distances to the medoids
}

// checkGroups refuses a number of groups that tells nothing, and distances that
// are not all known.
func (t *Triangle) checkGroups(k int) error {
	if k < 2 || k > t.n-1 {
		return refuse("engine.groups", "%d units cannot be parted into %d groups", t.n, k).Do("Ask for 2 groups or more, and fewer than there are units")
	}
	return t.checkKnown()
}

func (t *Triangle) checkKnown() error {
	unknown := 0
	first := [2]int{}
	for i := range t.n {
		for j, d := range t.row(i) {
			if d != d {
				if unknown++; unknown == 1 {
					first = [2]int{j, i}
				}
			}
		}
	}
	if unknown == 0 {
		return nil
	}
	return refuse("engine.unknown-distance", "the distances of %d pairs are not known, the first that of units %d and %d", unknown, first[0]+1, first[1]+1).
		With("pairs", unknown).Do("Fill missing figures, or leave out units that have few")
}

// silhouette judges each unit: (b-a) / max(a, b), where a is its mean distance to
// its own group and b to the nearest other; 0 for a unit alone.
func (g *Groups) silhouette(t *Triangle, k int) {
	sums, size := rowsOf(t.n, k), make([]float64, k)
	for i, own := range g.Of {
		size[own]++
		for j, d := range t.row(i) {
			sums[i][g.Of[j]] += d
			sums[j][own] += d
		}
	}
	g.Silhouette = make([]float64, t.n)
	for i, own := range g.Of {
		if size[own] < 2 {
			continue
		}
		a, b, found := sums[i][own]/(size[own]-1), 0.0, false
		for other := range k {
			if mean := sums[i][other] / size[other]; other != own && size[other] > 0 && (!found || mean < b) {
				b, found = mean, true
			}
		}
		if m := max(a, b); found && m > 0 {
			g.Silhouette[i] = (b - a) / m
		}
		g.Mean += g.Silhouette[i] / float64(t.n)
	}
}

// Suggest parts the units into low to high groups, by Medoids or by cuts of Ward,
// and returns those with the highest mean silhouette; of equal ones the fewest
// groups. Numbers that are too many for the units are passed over.
func Suggest(t *Triangle, low, high int, part func(k int) (*Groups, error)) (best *Groups, err error) {
	if low < 2 || high < low {
		return nil, refuse("engine.groups", "%d to %d groups cannot be tried", low, high).Do("Ask for 2 groups or more, the smaller number first")
	}
	for k := low; k <= min(high, t.n-1); k++ {
		g, err := part(k)
		if err != nil {
			return nil, err
		}
		if best == nil || g.Mean > best.Mean {
			best = g
		}
	}
	if best == nil {
		return nil, refuse("engine.groups", "%d units are too few for %d groups", t.n, low).Do("Ask for fewer groups")
	}
	return best, nil
}
