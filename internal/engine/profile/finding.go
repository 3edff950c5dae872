package profile

import (
	"cmp"
	"slices"
)

// Finding puts the groups' verdicts on one indicator together.
//
// It is an asset if at least Options.Quorum groups find one (all that can tell,
// where fewer can) and none finds a challenge; a challenge likewise; mixed if
// some find one and some the other; undetermined if no group can tell; else
// ordinary.
type Finding struct {
	Verdict Verdict
	Reason  Reason // why it is Undetermined: the reason of the widest group

	// The evidence: which groups say what.
	Assets, Challenges, Ordinary, Undetermined Groups

	// Strength is the mean size of the effect over the groups that agree with an
	// Asset or Challenge, 0 otherwise. It orders lists and is no test.
	Strength float64

	Luck
	Distinct bool // an Asset or Challenge that stands out of chance too; see Chance
}

// find applies the rule over the groups.
func (b *builder) find(read *Reading) Finding {
	var f Finding
	for g := range groups {
		bit := Groups(1) << g
		switch read.Comparisons[g].Verdict {
		case Asset:
			f.Assets |= bit
		case Challenge:
			f.Challenges |= bit
		case Ordinary:
			f.Ordinary |= bit
		default:
			f.Undetermined |= bit
		}
	}
	tell := (f.Assets | f.Challenges | f.Ordinary).count()
	quorum := min(b.o.Quorum, tell)
	switch {
	case tell == 0:
		f.Reason = read.Comparisons[EU].Reason
	case f.Assets != 0 && f.Challenges != 0:
		f.Verdict = Mixed
	case f.Assets.count() >= quorum:
		f.Verdict = Asset
		f.Strength = read.strength(f.Assets)
	case f.Challenges.count() >= quorum:
		f.Verdict = Challenge
		f.Strength = read.strength(f.Challenges)
	default:
		f.Verdict = Ordinary
	}
	return f
}

// strength returns the mean size of the effect over some groups that have one.
func (r *Reading) strength(s Groups) float64 {
	sum := 0.0
	for g := range groups {
		if s.Has(g) {
			sum += max(r.Comparisons[g].Effect, -r.Comparisons[g].Effect) / float64(s.count())
		}
	}
	return sum
}

// Marked reports whether the value stands far enough out for a page to mark it in
// a row of all regions: outside the middle half of the EU regions, or beyond ten
// of twelve peers at either end.
func (r *Reading) Marked() bool {
	eu, peers := &r.Comparisons[EU], &r.Comparisons[Peers]
	const beyond = 100 * 10. / 12
	return r.Value < eu.Q1 || r.Value > eu.Q3 || peers.Percentile.Value >= beyond || peers.Percentile.Value <= 100-beyond
}

// strongest lists the readings with a verdict, the strongest first, equal ones
// in the table's order.
func (p *Profile) strongest(v Verdict) []int {
	var list []int
	for j := range p.Readings {
		if p.Readings[j].Finding.Verdict == v {
			list = append(list, j)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Compare(p.Readings[b].Finding.Strength, p.Readings[a].Finding.Strength)
	})
	return list
}
