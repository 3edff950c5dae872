package peers

import (
	"math"
	"math/bits"
	"slices"
)

// All returns the distances of every two units; NaN where two know too little of
// each other.
//
// Under Gower it costs about a nanosecond a pair and variable on one core, gaps
// or not. Under Mahalanobis a pair with gaps costs the inverse of a matrix, kept
// for pairs with the same gaps: fill gaps first where there are many.
func (s *Set) All() *Triangle {
	t := &Triangle{n: len(s.rows), below: make([]float64, len(s.rows)*(len(s.rows)-1)/2)}
	if s.o.Measure == Gower {
		s.coded().fill(t)
		return t
	}
	kept := precisions{}
	for i := range s.rows {
		row := t.row(i)
		for j := range row {
			if s.o.Measure == Mahalanobis {
				row[j], _ = s.mahalanobis(i, j, kept)
			} else {
				row[j], _ = s.distance(s.rows[i], s.rows[j], s.share)
			}
		}
	}
	return t
}

// coded is a set in whole numbers, for Gower's distance alone. The weight is put
// into the values: two units differ by min(|a - b|, weight). Ranks and classes
// fit the same form, and sums of whole numbers are exact, so that a distance
// depends neither on the order of variables nor on which unit stands first.
//
// A gap stands far outside all values: a variable that one unit lacks adds its
// full weight, one that both lack adds nothing. Both are taken off afterwards by
// the weights known, so that the inner loop has no branch and no mask.
type coded struct {
	units, stride int
	values        []four  // by unit; each segment begins at a multiple of 8 places
	most          []four  // weight of each place, 0 where no variable stands
	known         []uint8 // by unit, a bit a place
	segments      []segment
}

// four places side by side are worked on at once.
type four [4]int64

// segment is the range of places of one context.
type segment struct {
	from, to int // in fours
	share    float64
	total    int64        // weight of all variables
	each     float64      // share of the contexts' weight that one of these units is worth
	slack    int64        // what rounding may take from a half of it
	own      []int64      // weight that each unit knows
	table    [][256]int64 // weight of a set of 8 places
}

// gap is the value of what is missing: the difference to any value exceeds every
// weight and fits into 64 bits.
const gap = math.MaxInt64/2 + 1

func (s *Set) coded() *coded {
	n := len(s.rows)
	c := &coded{units: n}
	fours := 0
	for _, x := range s.contexts {
		length := (len(x.variables) + 3) / 4
		c.segments = append(c.segments, segment{from: fours, to: fours + length, share: x.share, slack: int64(4 * length)})
		fours += (length + 1) &^ 1
	}
	c.stride = fours
	c.values, c.most = make([]four, n*fours), make([]four, fours)
	c.known = make([]uint8, n*fours/2)
	// A column is squeezed to n times its weight, and the weight is below one.
	unit := math.Ldexp(1, min(50, 60-bits.Len(uint(n))))
	column := make([]float64, n)
	for k := range c.segments {
		g := &c.segments[k]
		for at, v := range s.contexts[k].variables {
			place := 4*g.from + at
			weight := int64(math.Round(s.share[v] * unit))
			c.most[place/4][place%4] = weight
			g.total += weight
			for u := range column {
				column[u] = s.rows[u][v]
			}
			c.put(place, s.position(v, column))
		}
		g.each = g.share / float64(g.total)
		c.weigh(g)
	}
	return c
}

// position turns a scaled column into places on a line that is at most as long
// as there are units: classes become numbers, and stretches longer than 1 in
// which nobody stands are cut to 1, for a difference beyond 1 counts as 1.
func (s *Set) position(v int, x []float64) []float64 {
	most := slices.Max(append(sortedValues(x), 0))
	if s.Variables[v].Kind != Nominal && most <= float64(len(x)) {
		return x
	}
	at, sorted := map[float64]float64{}, sortedValues(x)
	for i, value := range sorted {
		switch {
		case i == 0:
			at[value] = 0
		case value == sorted[i-1]:
		case s.Variables[v].Kind == Nominal:
			at[value] = at[sorted[i-1]] + 1
		default:
			at[value] = at[sorted[i-1]] + min(1, value-sorted[i-1])
		}
	}
	out := make([]float64, len(x))
	for u, value := range x {
		out[u] = math.NaN()
		if value == value {
			out[u] = at[value]
		}
	}
	return out
}

// put writes a column of positions.
func (c *coded) put(place int, x []float64) {
	weight := float64(c.most[place/4][place%4])
	for u, p := range x {
		value := &c.values[u*c.stride+place/4][place%4]
		if p == p {
			*value = int64(math.Round(p * weight))
			c.known[u*c.stride/2+place/8] |= 1 << (place % 8)
		} else {
			*value = gap
		}
	}
}

// weigh prepares the sums of weights of a segment.
func (c *coded) weigh(g *segment) {
	first, last := g.from/2, (g.to+1)/2
	g.table = make([][256]int64, last-first)
	for b := range g.table {
		for set := range 256 {
			for bit := range 8 {
				if set>>bit&1 == 1 {
					g.table[b][set] += c.most[2*(first+b)+bit/4][bit%4]
				}
			}
		}
	}
	g.own = make([]int64, c.units)
	for u := range g.own {
		k := c.known[u*c.stride/2+first : u*c.stride/2+last]
		g.own[u] = g.shared(k, k)
	}
}

// shared is the weight of the places that both sets have.
func (g *segment) shared(a, b []uint8) (sum int64) {
	table := g.table
	a, b = a[:len(table)], b[:len(table)]
	for i := range table {
		sum += table[i][a[i]&b[i]]
	}
	return sum
}

// tile is how many units are held against all before them at once, so that they
// stay in the nearest memory.
const tile = 32

func (c *coded) fill(t *Triangle) {
	for top := 0; top < c.units; top += tile {
		end := min(top+tile, c.units)
		for j := range end {
			for i := max(top, j+1); i < end; i++ {
				t.row(i)[j] = c.distance(i, j)
			}
		}
	}
}

func (c *coded) distance(i, j int) float64 {
	a, b := c.values[i*c.stride:(i+1)*c.stride], c.values[j*c.stride:(j+1)*c.stride]
	ka, kb := c.known[i*c.stride/2:(i+1)*c.stride/2], c.known[j*c.stride/2:(j+1)*c.stride/2]
	if len(c.segments) == 1 {
		g := &c.segments[0]
		both := g.shared(ka, kb)
		if 2*both+g.slack < g.total {
			return math.NaN()
		}
		return float64(apart(a[:g.to], b, c.most)-g.own[i]-g.own[j]+2*both) / float64(both)
	}
	sum, counted, known := 0.0, 0.0, 0.0
	for k := range c.segments {
		g := &c.segments[k]
		both := g.shared(ka[g.from/2:], kb[g.from/2:])
		known += g.each * float64(both)
		if 2*both+g.slack < g.total {
			continue
		}
		d := apart(a[g.from:g.to], b[g.from:], c.most[g.from:]) - g.own[i] - g.own[j] + 2*both
		sum += g.share * (float64(d) / float64(both))
		counted += g.share
	}
	if known < least-slack {
		return math.NaN()
	}
	return min(1, sum/counted)
}

// apart is the sum of min(|a - b|, most), which compiles to conditional moves.
func apart(a, b, most []four) (sum int64) {
	b, most = b[:len(a)], most[:len(a)]
	for k := range a {
		x, y, w := &a[k], &b[k], &most[k]
		sum += size(x[0]-y[0], w[0])
		sum += size(x[1]-y[1], w[1])
		sum += size(x[2]-y[2], w[2])
		sum += size(x[3]-y[3], w[3])
	}
	return sum
}

func size(d, most int64) int64 {
	sign := d >> 63
	return min((d^sign)-sign, most)
}
