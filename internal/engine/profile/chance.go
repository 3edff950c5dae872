package profile

import (
	"cmp"
	"math"
	"slices"
)

// Chance sets the findings of a family of indicators beside those of chance. The
// yardstick is a region whose values are each drawn at random from those of the
// EU regions, held against the same groups.
//
// The rule describes: a quarter of all regions is in the best quarter, so that
// any region has assets and challenges. Two figures say how many mean more.
// Assets and Challenges are how many the rule would find in the drawn region.
// Distinct are the findings that stand when the false discovery rate is
// controlled over the family (Benjamini and Hochberg 1995): of those, at most
// the share Rate is owed to chance, on average.
type Chance struct {
	Tested             int     // indicators with a P
	Assets, Challenges float64 // expected in the drawn region
	Distinct           int     // assets and challenges with Finding.Distinct
	Rate               float64 // Options.FalseDiscovery
}

// Luck is how an indicator would fare by chance.
type Luck struct {
	Asset, Challenge float64 // probability that the drawn value is found to be one

	// P is the probability that a value drawn at random from the region's own and
	// those of the EU is as far out as the region's, at either end; NaN for a
	// context indicator, a dated value, and without a value or Options.MinUnits EU regions. It
	// takes no note of flags.
	P float64
	Q float64 // P adjusted for the family: the lowest rate at which the indicator is distinct
}

// Family adjusts the P of all readings that are shown together, sets their Q and
// Distinct, and sums up. Build calls it with the readings of its table; who puts
// readings of several profiles together calls it again.
func Family(readings []*Reading, o Options) Chance {
	c := Chance{Rate: o.FalseDiscovery}
	var tested []*Reading
	for _, r := range readings {
		f := &r.Finding
		f.Q, f.Distinct = math.NaN(), false
		c.Assets += f.Luck.Asset
		c.Challenges += f.Luck.Challenge
		if !math.IsNaN(f.P) {
			tested = append(tested, r)
		}
	}
	slices.SortStableFunc(tested, func(a, b *Reading) int { return cmp.Compare(b.Finding.P, a.Finding.P) })
	c.Tested = len(tested)
	q := 1.0
	for k, r := range tested { // from the largest P to the smallest
		f := &r.Finding
		q = min(q, f.P*float64(c.Tested)/float64(c.Tested-k))
		f.Q = q
		better := r.Comparisons[EU].Superiority.Value > 0.5
		if f.Distinct = q <= o.FalseDiscovery && (f.Verdict == Asset && better || f.Verdict == Challenge && !better); f.Distinct {
			c.Distinct++
		}
	}
	return c
}

// luck says how an indicator would fare by chance. It must follow the comparisons.
func (b *builder) luck(read *Reading) Luck {
	l := Luck{P: math.NaN(), Q: math.NaN()}
	eu := &b.rest[EU]
	if b.dated(read) || read.Indicator.Direction == Context || read.Comparisons[EU].N < b.o.MinUnits {
		return l
	}
	n := eu.len()
	below, upto := lowest(eu.all, read.Value), above(eu.all, read.Value)
	if eu.hole < len(eu.all) {
		upto--
	}
	l.P = min(1, 2*float64(1+min(upto, n-below))/float64(n+1))
	low, high := b.ends(read)
	l.Asset, l.Challenge = float64(high)/float64(len(eu.all)), float64(low)/float64(len(eu.all))
	if read.Indicator.Direction == LessIsBetter {
		l.Asset, l.Challenge = l.Challenge, l.Asset
	}
	return l
}

// ends counts the values of the EU that would be found at the low end and at the
// high end, were they the region's: far out in a quorum of groups at that end,
// and in none at the other. Groups that cannot tell are left out; the noise of
// flags, which takes findings away, is not reckoned with.
func (b *builder) ends(read *Reading) (low, high int) {
	var lows, highs [groups]int
	tell := 0
	all := b.rest[EU].all
	for g := range groups {
		c := &read.Comparisons[g]
		if c.N < b.o.MinUnits || c.Scale == NoScale {
			continue
		}
		lows[tell], highs[tell] = b.far(&b.rest[g], c, all)
		tell++
	}
	if tell == 0 {
		return 0, 0
	}
	slices.Sort(lows[:tell])
	slices.Sort(highs[:tell])
	quorum := min(b.o.Quorum, tell)
	low = min(lows[tell-quorum], highs[0])               // below the quorum's threshold, and below every high end
	high = len(all) - max(highs[quorum-1], lows[tell-1]) // likewise from above
	return max(0, low), max(0, high)
}

// far returns the places in an ascending column at which one group's low end
// stops and its high end begins.
func (b *builder) far(rest *others, c *Comparison, all []float64) (low, high int) {
	n := float64(c.N)
	clear := 0.5 + b.z/(2*math.Sqrt(n)) // the share above which Wilson's interval is clear of one half
	enough := func(p float64) bool { return p >= b.o.Superiority && p > clear }
	k := max(1, int(math.Ceil(max(b.o.Superiority, clear)*n)))
	for k <= c.N && !enough(float64(k)/n) {
		k++
	}
	if k > c.N {
		return 0, len(all)
	}
	from, to := rest.at(k-1), rest.at(c.N-k)
	if high = above(all, from); enough(rest.midrank(from)) {
		high = lowest(all, from)
	}
	if low = lowest(all, to); enough(1 - rest.midrank(to)) {
		low = above(all, to)
	}
	reach := b.o.Effect * c.Spread
	return min(low, above(all, c.Median-reach)), max(high, lowest(all, c.Median+reach))
}
