package profile

import (
	"math"
	"slices"

	"peerscape/internal/fault"
)

// Slope is a straight line through a series, and the test of whether it rises.
type Slope struct {
	N       int     // values
	PerYear float64 // median of the slopes of all pairs (Theil 1950, Sen 1968); NaN below two values

	// Low and High bound the slope (Sen 1968). Both are NaN where so few values
	// allow no interval at the confidence asked for: below 5 at 95 %.
	Low, High float64

	S     int     // Kendall's S: pairs that rise less pairs that fall
	P     float64 // two-sided probability of such an S without trend (Mann 1945, Kendall 1975); NaN below two values
	Exact bool    // interval and P come from the exact distribution of S, not from the normal one
}

// TheilSen fits a line to a series by years, which must ascend. Missing values
// are left out.
//
// Up to 30 values without ties the interval and the test rest on the exact
// distribution of Kendall's S; else on the normal one with the variance
// corrected for ties, and for continuity in the test. The interval is widened to
// whole ranks, so that it covers at least what it says. The cost is n² log n.
func TheilSen(years []int, values []float64, confidence float64) (Slope, error) {
	if len(years) != len(values) {
		return Slope{}, fault.New(fault.Invalid, "engine.shape", "%d years have %d values", len(years), len(values)).
			Do("Give one value a year, NaN where it is missing")
	}
	if !(confidence > 0.5 && confidence < 1) {
		return Slope{}, fault.New(fault.Invalid, "engine.options", "%v is no confidence", confidence).
			Do("Give a probability between 0.5 and 1")
	}
	s := newSen(confidence, len(years))
	for i, v := range values {
		if i > 0 && years[i] <= years[i-1] {
			return Slope{}, fault.New(fault.Invalid, "engine.years", "year %d follows %d", years[i], years[i-1]).
				Do("Give the years in ascending order, each once")
		}
		if math.Abs(v) > largest {
			return Slope{}, fault.New(fault.Invalid, "engine.not-finite", "the value of %d is %v", years[i], v).
				Do("Give a finite number below 1e100, or NaN where it is missing")
		}
		s.add(years[i], v)
	}
	return s.fit(), nil
}

// mostExact is the largest number of values for which the distribution of S is
// counted out.
const mostExact = 30

// sen fits lines to one series after the other. It keeps its memory and belongs
// to one goroutine.
type sen struct {
	z     float64
	alpha float64 // in each tail
	x, y  []float64
	slope []float64

	// below[n][d] is the probability that n values in random order have at most
	// d pairs that fall.
	below [][]float64
}

func newSen(confidence float64, most int) *sen {
	s := &sen{z: quantile(confidence), alpha: (1 - confidence) / 2}
	s.x, s.y = make([]float64, 0, most), make([]float64, 0, most)
	s.slope = make([]float64, 0, most*(most-1)/2)
	s.below = inversions(min(most, mostExact))
	return s
}

// inversions returns the cumulative distribution of the number of inversions of
// a random permutation, for every length to most: the n-th item adds 0 to n-1 of
// them, each as likely (Kendall 1975).
func inversions(most int) [][]float64 {
	below := make([][]float64, most+1)
	for n := range below {
		below[n] = make([]float64, n*(n-1)/2+1)
		if n < 2 {
			below[n][0] = 1
			continue
		}
		sum, prior := 0.0, below[n-1]
		at := func(d int) float64 { return prior[min(d, len(prior)-1)] }
		for d := range below[n] {
			p := at(d)
			if d >= n {
				p -= at(d - n)
			}
			sum += p / float64(n)
			below[n][d] = min(sum, 1)
		}
	}
	return below
}

func (s *sen) reset() { s.x, s.y = s.x[:0], s.y[:0] }

// add takes the value of a year, which must follow those before; NaN is left out.
func (s *sen) add(year int, v float64) {
	if v == v {
		s.x, s.y = append(s.x, float64(year)), append(s.y, v)
	}
}

// fit fits a line to what was added and forgets it.
func (s *sen) fit() Slope {
	defer s.reset()
	n, nan := len(s.x), math.NaN()
	out := Slope{N: n, PerYear: nan, Low: nan, High: nan, P: nan}
	if n < 2 {
		return out
	}
	s.slope = s.slope[:0]
	tied := false
	for j := 1; j < n; j++ {
		for i := range j {
			d := s.y[j] - s.y[i]
			switch {
			case d > 0:
				out.S++
			case d < 0:
				out.S--
			default:
				tied = true
			}
			s.slope = append(s.slope, d/(s.x[j]-s.x[i]))
		}
	}
	slices.Sort(s.slope)
	pairs := len(s.slope)
	out.PerYear = (s.slope[(pairs-1)/2] + s.slope[pairs/2]) / 2
	var trim int
	out.Exact, out.P, trim = s.kendall(n, out.S, tied)
	if trim >= 1 {
		out.Low, out.High = s.slope[trim-1], s.slope[pairs-trim]
	}
	return out
}

// kendall returns the probability of S without trend and the rank, from either
// end of the sorted slopes, of the bounds of the interval; below 1 there is none.
func (s *sen) kendall(n, score int, tied bool) (exact bool, p float64, rank int) {
	pairs := n * (n - 1) / 2
	if score < 0 {
		score = -score
	}
	if !tied && n < len(s.below) {
		return true, min(1, 2*s.below[n][(pairs-score)/2]), s.exactRank(n)
	}
	variance := n * (n - 1) * (2*n + 5)
	if tied {
		variance -= s.ties()
	}
	if variance == 0 { // all tied: every slope is zero, and any rank will do
		return false, 1, s.exactRank(n)
	}
	sd := math.Sqrt(float64(variance) / 18)
	p = 1
	if score > 1 {
		p = math.Erfc(float64(score-1) / sd / math.Sqrt2)
	}
	return false, p, max(0, int((float64(pairs)-s.z*sd)/2))
}

// ties returns the sum of t(t-1)(2t+5) over the groups of t equal values, and
// sorts the values on the way.
func (s *sen) ties() int {
	slices.Sort(s.y)
	sum := 0
	for i := 0; i < len(s.y); {
		j := i + 1
		for j < len(s.y) && s.y[j] == s.y[i] {
			j++
		}
		t := j - i
		sum += t * (t - 1) * (2*t + 5)
		i = j
	}
	return sum
}

// exactRank returns the rank of the bounds for n values without ties: at most
// rank-1 pairs fall with a probability within the tail.
func (s *sen) exactRank(n int) int {
	if n >= len(s.below) {
		return 1
	}
	rank := 0
	for rank < len(s.below[n]) && s.below[n][rank] <= s.alpha {
		rank++
	}
	return rank
}
