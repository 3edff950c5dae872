package profile

import (
	"math"
	"slices"
	"sort"

	"peerscape/internal/engine/sample"
	"peerscape/internal/stats"
)

// Comparison holds a region's value against the other units of a group in the
// same year. Without a unit in the group all figures but N are NaN.
type Comparison struct {
	Group   Group
	N       int // other units with a value
	Flagged int // of these, estimated or unreliable

	Q1, Median, Q3 float64 // of the other units, type 7 of Hyndman and Fan (1996)

	// Percentile is the share of the other units with a lower value, equal ones
	// counted half, from 0 to 100. Its interval is Wilson's (1927), which reads
	// the group as a sample of such units; see Build for the part of flags.
	Percentile Interval

	// Superiority is the probability, from 0 to 1, of being better than a random
	// other unit, a tie counting half (Vargha and Delaney 2000): the percentile
	// turned by the indicator's direction. NaN for a context indicator.
	Superiority Interval

	// Effect is the difference from the median in units of Spread, positive where
	// the region is better, and for a context indicator where it is higher. NaN
	// where the group has no spread.
	Effect float64
	Scale  Scale
	Spread float64 // in natural units; NaN where there is none

	Verdict Verdict
	Reason  Reason // why the verdict is Undetermined
}

// blank returns a comparison that could not be made.
func blank(g Group, why Reason) Comparison {
	nan := math.NaN()
	none := Interval{nan, nan, nan}
	return Comparison{
		Group: g, Q1: nan, Median: nan, Q3: nan, Percentile: none, Superiority: none,
		Effect: nan, Spread: nan, Reason: why,
	}
}

// own is the value that is compared.
type own struct {
	value     float64
	flags     stats.Flags
	direction Direction
	member    bool // its value is among the column's and is left out
}

// compare holds a value against a column, in the logarithm of its length.
func (b *builder) compare(g Group, c *column, v own) Comparison {
	rest := others{all: c.sorted, hole: len(c.sorted)}
	below := lowest(c.sorted, v.value)
	equals := above(c.sorted, v.value) - below
	if v.member {
		rest.hole = below
		equals--
	}
	n := rest.len()
	if n == 0 {
		return blank(g, NoGroup)
	}
	out := Comparison{
		Group: g, N: n, Flagged: len(c.estimated) + len(c.unreliable),
		Q1: rest.quantile(0.25), Median: rest.quantile(0.5), Q3: rest.quantile(0.75),
	}
	if v.member && v.flags&(estimated|unreliable) != 0 {
		out.Flagged--
	}
	out.Scale, out.Spread = rest.scale(out.Median)
	share := b.share(c, &rest, v, out.Spread, (float64(below)+float64(equals)/2)/float64(n))
	out.Percentile = Interval{100 * share.Value, 100 * share.Low, 100 * share.High}
	out.Superiority = turn(share, v.direction)
	out.Effect = math.NaN()
	if out.Scale != NoScale {
		out.Effect = ratio(v.value-out.Median, out.Spread)
		if v.direction == LessIsBetter {
			out.Effect = -out.Effect
		}
	}
	out.Verdict, out.Reason = b.verdict(&out, v.direction)
	b.rest[g] = rest
	return out
}

// share gives a share of a group its interval. The region's own noise moves the
// value; the noise of flagged units may let those within its reach change sides,
// each with a variance of at most one quarter.
func (b *builder) share(c *column, rest *others, v own, spread, p float64) Interval {
	n := float64(rest.len())
	low, high := p, p
	if !(spread > 0) {
		spread = 0
	}
	if reach := b.z * b.noise(v.flags) * spread; reach > 0 {
		low, high = rest.midrank(v.value-reach), rest.midrank(v.value+reach)
	}
	wilsonLow, _ := wilson(low, n, b.z)
	_, wilsonHigh := wilson(high, n, b.z)
	unsure := within(c.estimated, v.value, b.z*b.o.NoiseEstimated*spread) +
		within(c.unreliable, v.value, b.z*b.o.NoiseUnreliable*spread)
	if v.member && b.noise(v.flags) > 0 && spread > 0 {
		unsure--
	}
	extra := b.z * math.Sqrt(float64(max(unsure, 0))) / (2 * n)
	return Interval{p, max(0, p-math.Hypot(p-wilsonLow, extra)), min(1, p+math.Hypot(wilsonHigh-p, extra))}
}

// noise returns the standard deviation of a value's noise, in spreads.
func (b *builder) noise(f stats.Flags) float64 {
	switch {
	case f&unreliable != 0:
		return b.o.NoiseUnreliable
	case f&estimated != 0:
		return b.o.NoiseEstimated
	}
	return 0
}

// verdict applies the rule to one comparison.
func (b *builder) verdict(c *Comparison, d Direction) (Verdict, Reason) {
	switch {
	case d == Context:
		return Undetermined, NotJudged
	case c.N < b.o.MinUnits:
		return Undetermined, TooFewUnits
	case math.IsNaN(c.Effect):
		return Undetermined, NoSpread
	}
	verdict, clear := Ordinary, true
	switch {
	case c.Effect >= b.o.Effect && c.Superiority.Value >= b.o.Superiority:
		verdict, clear = Asset, c.Superiority.Low > 0.5
	case -c.Effect >= b.o.Effect && c.Superiority.Value <= 1-b.o.Superiority:
		verdict, clear = Challenge, c.Superiority.High < 0.5
	}
	if !clear {
		return Undetermined, Straddles
	}
	return verdict, NoReason
}

// turn counts a share from the better end.
func turn(p Interval, d Direction) Interval {
	switch d {
	case MoreIsBetter:
		return p
	case LessIsBetter:
		return Interval{1 - p.Value, 1 - p.High, 1 - p.Low}
	}
	nan := math.NaN()
	return Interval{nan, nan, nan}
}

// wilson returns the score interval of a share p of n (Wilson 1927; recommended
// by Brown, Cai and DasGupta 2001). A share from midranks need not be a count.
func wilson(p, n, z float64) (low, high float64) {
	zz := z * z / n
	centre := (p + zz/2) / (1 + zz)
	half := z * math.Sqrt(p*(1-p)/n+zz/(4*n)) / (1 + zz)
	return min(p, max(0, centre-half)), max(p, min(1, centre+half))
}

// others is an ascending column with one place left out; hole is the column's
// length where none is.
type others struct {
	all  []float64
	hole int
}

func (o *others) len() int {
	if o.hole < len(o.all) {
		return len(o.all) - 1
	}
	return len(o.all)
}

func (o *others) at(i int) float64 {
	if i >= o.hole {
		i++
	}
	return o.all[i]
}

// quantile is type 7, as in package sample.
func (o *others) quantile(p float64) float64 {
	at := p * float64(o.len()-1)
	low := int(at)
	high := min(low+1, o.len()-1)
	a := o.at(low)
	return a + (at-float64(low))*(o.at(high)-a)
}

// midrank returns the share of the units below v, equal ones counted half.
func (o *others) midrank(v float64) float64 {
	low, high := lowest(o.all, v), above(o.all, v)
	if o.hole < low {
		low--
	}
	if o.hole < high {
		high--
	}
	return float64(low+high) / (2 * float64(o.len()))
}

// scale returns the scaled median absolute deviation or, where that is zero, the
// standard deviation.
func (o *others) scale(median float64) (Scale, float64) {
	n := o.len()
	mad := o.nearest(median, n/2)
	if n%2 == 0 {
		mad = (mad + o.nearest(median, n/2-1)) / 2
	}
	if mad > 0 {
		return ScaleMAD, 1.4826 * mad
	}
	m := sample.MomentsOf(o.values())
	if n > 1 && !m.Constant() {
		if sd := m.SD(); sd > 0 {
			return ScaleSD, sd
		}
	}
	return NoScale, math.NaN()
}

// nearest returns the k-th smallest distance from m, counted from 0. The k+1
// nearest values stand side by side, so the window that holds them is found by
// halving.
func (o *others) nearest(m float64, k int) float64 {
	last := o.len() - 1 - k
	from := sort.Search(last, func(i int) bool { return o.at(i+k)-m >= m-o.at(i) })
	best := max(o.at(from+k)-m, m-o.at(from))
	if from > 0 {
		best = min(best, max(o.at(from-1+k)-m, m-o.at(from-1)))
	}
	return best
}

// values returns the column without the hole, as a copy where there is one.
func (o *others) values() []float64 {
	if o.hole >= len(o.all) {
		return o.all
	}
	return slices.Concat(o.all[:o.hole], o.all[o.hole+1:])
}

// lowest returns how many values of a sorted column are below v.
func lowest(sorted []float64, v float64) int {
	low, high := 0, len(sorted)
	for low < high {
		if mid := (low + high) / 2; sorted[mid] < v {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// above returns how many values of a sorted column are not above v.
func above(sorted []float64, v float64) int {
	low, high := 0, len(sorted)
	for low < high {
		if mid := (low + high) / 2; sorted[mid] <= v {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// within counts the values of a sorted column no further than reach from v.
func within(sorted []float64, v, reach float64) int {
	if len(sorted) == 0 || !(reach > 0) {
		return 0
	}
	return above(sorted, v+reach) - lowest(sorted, v-reach)
}

// ratio divides; NaN where the result is not finite.
func ratio(a, b float64) float64 {
	if q := a / b; b != 0 && !math.IsInf(q, 0) {
		return q
	}
	return math.NaN()
}
