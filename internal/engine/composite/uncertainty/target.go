package uncertainty

import (
	"math"

	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// Variant is what a Target looks at. It is only valid during the call.
type Variant struct {
	Scores []float64 // NaN: the unit has no score
	Ranks  []uint16  // 1 for the largest score, ties share the minimum; 0: the unit has no score
}

// Target is the one number of a variant whose variance is shared out between the
// choices. It may be called from several goroutines at once, and says by an
// error why a variant has no such number.
type Target func(Variant) (float64, error)

// RankShift returns the target of the Handbook (OECD/JRC 2008, step 7): how far
// a unit's rank is from its rank by the nominal scores, the mean of the absolute
// differences over the units that have a score in both.
func RankShift(nominal []float64) Target {
	ranks := make([]float64, len(nominal))
	new(sample.Ranker).Rank(ranks, nominal, sample.Descending, sample.TiesMin)
	return func(v Variant) (float64, error) {
		if len(v.Ranks) != len(ranks) {
			return 0, fault.New(fault.Invalid, "engine.nominal", "the nominal ranking has %d units, the variant %d", len(ranks), len(v.Ranks)).
				Do("Give one nominal score a unit")
		}
		n, sum := 0, 0.0
		for i, r := range v.Ranks {
			if r > 0 && ranks[i] > 0 {
				n++
				sum += math.Abs(float64(r) - ranks[i])
			}
		}
		if n == 0 {
			return 0, fault.New(fault.Invalid, "engine.no-rank-shift", "no unit has a score both here and in the nominal ranking").
				Do("Lower the data thresholds, or take the choice out")
		}
		return sum / float64(n), nil
	}
}

// ScoreOf returns the target that is the score of one unit.
func ScoreOf(unit int) Target {
	return func(v Variant) (float64, error) {
		if err := v.has(unit); err != nil {
			return 0, err
		}
		return v.Scores[unit], nil
	}
}

// RankOf returns the target that is the rank of one unit.
func RankOf(unit int) Target {
	return func(v Variant) (float64, error) {
		if err := v.has(unit); err != nil {
			return 0, err
		}
		return float64(v.Ranks[unit]), nil
	}
}

// has refuses a unit that is not there or has no score.
func (v Variant) has(unit int) error {
	if unit < 0 || unit >= len(v.Ranks) {
		return fault.New(fault.Invalid, "engine.unit", "there is no unit %d among %d", unit+1, len(v.Ranks)).With("unit", unit).Do("Name a unit of the model")
	}
	if v.Ranks[unit] == 0 {
		return fault.New(fault.Invalid, "engine.unit-without-score", "unit %d has no score in this variant", unit+1).
			With("unit", unit).Do("Choose a unit that has a score in every variant, or take the choice out")
	}
	return nil
}

// targets computes the target of every variant.
func (a *analysis) targets(team []*variants, target Target) (y []float64, workers []func(int) error) {
	y = make([]float64, team[0].of)
	for _, v := range team {
		o := newOrder(a.units)
		workers = append(workers, func(i int) error {
			if err := v.run(i); err != nil {
				return err
			}
			for unit, s := range v.scores {
				if math.IsInf(s, 0) {
					return v.infinite(i, unit)
				}
			}
			o.rank(v.scores)
			value, err := target(Variant{v.scores, o.ranks})
			if err == nil && value-value != 0 {
				err = fault.New(fault.Invalid, "engine.target", "the target is %v", value).Do("Choose a target that has a value in every variant")
			}
			if err != nil {
				return v.fails(i, err)
			}
			y[i] = value
			return nil
		})
	}
	return y, workers
}
