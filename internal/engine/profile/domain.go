package profile

import "math"

// Domain sums up the judged indicators of one domain.
type Domain struct {
	Name       string
	Indicators []int // positions in Profile.Readings, context indicators too
	Scores     [groups]DomainScore
}

// DomainScore is the weighted mean of the percentiles in one group, counted from
// the better end: 50 is the middle, 100 better than all.
//
// The ends of its interval are the means of the ends of the percentiles'
// intervals: what follows if all indicators err to the same side, which is the
// widest it can be. All three are NaN where the score is withheld.
type DomainScore struct {
	Score    Interval
	Coverage float64 // share of the judged weight that has a percentile, 0 to 1
	Missing  []int   // judged indicators without one, as positions in Profile.Readings
	Reason   Reason  // why it is withheld: LowCoverage, or NotJudged without a judged indicator
}

// slack forgives the rounding of a coverage that is a sum of weights.
const slack = 1e-12

func (b *builder) score(readings []Reading) []Domain {
	out := make([]Domain, len(b.r.domains))
	for i := range out {
		k := &b.r.domains[i]
		out[i] = Domain{Name: k.name, Indicators: append([]int(nil), k.listed...)}
		for g := range groups {
			out[i].Scores[g] = b.scoreIn(g, k, readings)
		}
	}
	return out
}

func (b *builder) scoreIn(g Group, k *domain, readings []Reading) DomainScore {
	var s DomainScore
	sum := 0.0
	for _, j := range k.judged {
		c := &readings[j].Comparisons[g]
		if c.N < b.o.MinUnits || b.dated(&readings[j]) {
			s.Missing = append(s.Missing, j)
			continue
		}
		w := readings[j].Indicator.Weight
		sum += w
		s.Score.Value += w * 100 * c.Superiority.Value
		s.Score.Low += w * 100 * c.Superiority.Low
		s.Score.High += w * 100 * c.Superiority.High
	}
	if k.weight > 0 {
		s.Coverage = min(1, sum/k.weight)
	}
	switch {
	case len(k.judged) == 0:
		s.Reason = NotJudged
	case sum == 0 || s.Coverage < b.o.Coverage-slack:
		s.Reason = LowCoverage
	}
	if s.Reason != NoReason {
		sum = math.NaN()
	}
	s.Score = Interval{s.Score.Value / sum, s.Score.Low / sum, s.Score.High / sum}
	return s
}
