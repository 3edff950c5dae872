package uncertainty

import (
	"math"
	"slices"
)

// Result is what became of scores and ranks over all variants. It is read only:
// any number of goroutines may use it.
type Result struct {
	N     int    // variants
	Exact bool   // every combination of levels once: shares are probabilities, not estimates
	Kept  int    // variants whose scores are kept
	Units []Unit // one a unit, in the order of the model

	ranks []uint32 // [unit][rank], rank 0 for no score
	beats []uint32 // [i][j] doubled; nil if not asked for
	kept  []float64
}

// Unit sums up one unit. Figures of ranks and scores are over the variants in
// which it has a score; where there is none, they are NaN.
type Unit struct {
	Scored int // variants in which the unit has a score

	MeanRank, MedianRank float64 // exact, from counts
	RankQ05, RankQ95     float64 // quantiles of type 7, exact
	MeanScore, ScoreSD   float64 // divisor N-1 for a sample (NaN for one variant), N where the result is exact

	Top []float64 // share of all variants in which the rank is at most k, for each k of Options.Top
}

func (a *analysis) newResult(of int, exact bool, t *tally) *Result {
	r := &Result{N: of, Exact: exact, Kept: t.kept.keep, ranks: t.ranks, beats: t.beats, kept: t.kept.scores}
	r.Units = make([]Unit, a.units)
	for i := range r.Units {
		u := &r.Units[i]
		u.Scored = of - int(r.row(i)[0])
		u.MeanRank = r.meanRank(i)
		u.MedianRank, u.RankQ05, u.RankQ95 = r.RankQuantile(i, 0.5), r.RankQuantile(i, 0.05), r.RankQuantile(i, 0.95)
		u.MeanScore, u.ScoreSD = t.sums.moments(i, u.Scored, exact)
		for _, k := range a.opt.Top {
			u.Top = append(u.Top, r.Top(i, k))
		}
	}
	return r
}

// moments adds the blocks up.
func (s *sums) moments(unit, n int, exact bool) (mean, sd float64) {
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	var sum, squa float64
	for at := unit; at < len(s.sum); at += len(s.shift) {
		sum, squa = sum+s.sum[at], squa+s.squa[at]
	}
	mean = sum / float64(n)
	m2 := max(0, squa-sum*mean)
	if !exact {
		n--
	}
	return mean + s.shift[unit], math.Sqrt(m2 / float64(n))
}

// row returns how often a unit takes each rank; row[0] is how often it has none.
func (r *Result) row(unit int) []uint32 {
	n := len(r.Units) + 1
	return r.ranks[unit*n:][:n]
}

func (r *Result) meanRank(unit int) float64 {
	n, sum := 0, 0
	for rank, c := range r.row(unit)[1:] {
		n, sum = n+int(c), sum+(rank+1)*int(c)
	}
	if n == 0 {
		return math.NaN()
	}
	return float64(sum) / float64(n)
}

// RankQuantile returns the quantile of order p, from 0 to 1, of a unit's ranks
// (type 7 of Hyndman and Fan 1996), exact from the counts; NaN where the unit
// never has a score.
func (r *Result) RankQuantile(unit int, p float64) float64 {
	n := r.N - int(r.row(unit)[0])
	if n == 0 {
		return math.NaN()
	}
	at := min(max(p, 0), 1) * float64(n-1)
	low := int(at)
	x := r.ordered(unit, low)
	y := r.ordered(unit, min(low+1, n-1))
	return x + (at-float64(low))*(y-x)
}

// ordered returns the k-th smallest rank of a unit, from 0.
func (r *Result) ordered(unit, k int) float64 {
	below := 0
	for rank, c := range r.row(unit)[1:] {
		if below += int(c); k < below {
			return float64(rank + 1)
		}
	}
	return math.NaN()
}

// Top returns the share of all variants in which a unit has a rank of at most k.
func (r *Result) Top(unit, k int) float64 {
	n := 0
	for _, c := range r.row(unit)[1:][:min(max(k, 0), len(r.Units))] {
		n += int(c)
	}
	return float64(n) / float64(r.N)
}

// Beats returns how likely unit i has a larger score than unit j: the share of
// the variants in which both have a score, ties counted half. ok is false where
// there is no such variant or Options.Pairs was not set.
func (r *Result) Beats(i, j int) (p float64, ok bool) {
	if r.beats == nil {
		return 0, false
	}
	n := len(r.Units)
	won, lost := uint64(r.beats[i*n+j]), uint64(r.beats[j*n+i])
	if won+lost == 0 {
		return 0, false
	}
	return float64(won) / float64(won+lost), true
}

// Scores returns the kept scores of a unit in ascending order, in new memory,
// for quantiles and densities. All variants are kept where Kept equals N, and
// quantiles are then exact; otherwise they are those of a fair sample of Kept
// variants, one of each stretch of equal length.
func (r *Result) Scores(unit int) []float64 {
	out := make([]float64, 0, r.Kept)
	for at := unit; at < len(r.kept); at += len(r.Units) {
		if v := r.kept[at]; v == v {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}
