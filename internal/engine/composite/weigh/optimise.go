package weigh

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"peerscape/internal/engine/sample"
)

// Optimum is the outcome of optimising weights on correlations. Where no weights
// give correlations with a positive sum, as of two members that mirror each
// other, Influence and Residual are NaN and the weights equal.
type Optimum struct {
	Weights      []float64
	Target       []float64 // influence asked for; sums to 1
	Influence    []float64 // influence reached: correlations with the index, by their sum; may be negative
	Correlations []float64 // of each member with the index; NaN where the index or the member does not vary
	Residual     float64   // root of the mean squared difference of Influence and Target
	Coverage     Coverage
}

// reached is the residual up to which the target counts as met.
const reached = 1e-6

// targetFor returns the target on a scale that sums to 1.
func targetFor(target []float64, names []string) ([]float64, error) {
	if len(target) == 0 {
		return Even(len(names)), nil
	}
	return FromGiven(target, names)
}

// Optimise looks for weights under which the members' correlations with the
// index, once scaled to sum to 1, come nearest to a target: equal where it is
// empty, else in proportion to it. index computes the index from weights that
// sum to 1; nil is the weighted mean of what is present.
//
// It starts from the exact answer for a weighted mean without gaps and looks on
// by the simplex search of Nelder and Mead (1965) from there and from equal
// weights. It is deterministic and, however small the table, gives the best
// weights found with what they miss. It refuses members without spread.
func Optimise(t Table, target []float64, index func(dst, weights []float64) error) (Optimum, error) {
	want, err := targetFor(target, t.names())
	if err != nil {
		return Optimum{}, err
	}
	if _, _, err := t.counted(Pairwise, 0); err != nil {
		return Optimum{}, err
	}
	s := search{columns: t.Columns, target: want, index: index, scores: make([]float64, t.rows()), corr: make([]float64, len(want))}
	if s.index == nil {
		s.index = s.mean
	}
	if err := s.run(); err != nil {
		return Optimum{}, err
	}
	return s.outcome(t)
}

// search is one optimisation: what is looked for, and the best weights so far.
type search struct {
	columns [][]float64
	target  []float64
	index   func(dst, weights []float64) error
	scores  []float64
	corr    []float64
	best    []float64
	value   float64
	without int   // units that have no score under equal weights
	failed  error // of index, which ends the search
}

// gain is by how much a mean squared difference must be lower to count, so that
// of weights that do equally well those found first stay: equal ones.
const gain = 1e-20

func (s *search) run() error {
	s.value = math.Inf(1)
	n := len(s.target)
	s.without = len(s.scores)
	s.try(Even(n))
	s.best = Even(n) // also where they give no index that varies
	s.without -= sample.Count(s.scores)
	starts := [][]float64{s.linear(), Even(n)}
	s.try(starts[0])
	for _, start := range starts {
		if n > 1 && s.failed == nil && s.value > gain && usable(start) {
			nelderMead(start, 400*n, s.try)
		}
	}
	return s.failed
}

// linear returns the weights that meet the target where the index is a weighted
// mean without gaps. With u = w * sd the correlations are in proportion to R u,
// so that R u = target; with u >= 0 it is a problem of least squares, solved by
// going round the coordinates.
func (s *search) linear() []float64 {
	r := matrix(s.columns, Correlation)
	n := len(s.target)
	var gram mat.Dense
	gram.Mul(r, r)
	u, g := Even(n), mat.NewVecDense(n, nil)
	g.MulVec(r, mat.NewVecDense(n, s.target))
	var exact mat.VecDense
	if exact.SolveVec(r, mat.NewVecDense(n, s.target)) == nil && mat.Min(&exact) >= 0 {
		copy(u, exact.RawVector().Data)
	} else {
		descend(u, &gram, g)
	}
	for j, c := range s.columns {
		u[j] /= sample.MomentsOf(c).SD()
	}
	return u
}

// usable reports whether weights have a positive finite sum.
func usable(w []float64) bool {
	total := 0.0
	for _, v := range w {
		total += v
	}
	return total > 0 && !math.IsInf(total, 0)
}

// descend lowers u'Gu/2 - g'u over u >= 0, one coordinate after the other.
func descend(u []float64, gram *mat.Dense, g *mat.VecDense) {
	const rounds = 2000
	for range rounds {
		moved := 0.0
		for j := range u {
			row := gram.RawRowView(j)
			next := max(0, u[j]-(dot(row, u)-g.AtVec(j))/row[j])
			moved = max(moved, math.Abs(next-u[j]))
			u[j] = next
		}
		if moved < 1e-14 {
			return
		}
	}
}

// try scores weights in proportion to the sizes of x, and keeps them where they
// are the best so far.
func (s *search) try(x []float64) float64 {
	w, total := make([]float64, len(x)), 0.0
	for k, v := range x {
		w[k] = math.Abs(v)
		total += w[k]
	}
	if s.failed != nil || !usable(w) {
		return math.Inf(1)
	}
	for k := range w {
		w[k] /= total
	}
	if s.failed = s.index(s.scores, w); s.failed != nil {
		return math.Inf(1)
	}
	if len(s.scores)-sample.Count(s.scores) > s.without { // weights of zero must not drop units
		return math.Inf(1)
	}
	v := s.miss()
	if v < s.value-gain {
		s.best, s.value = w, v
	}
	return v
}

// miss returns the mean squared difference of influence and target for the
// scores at hand.
func (s *search) miss() float64 {
	total := 0.0
	for j, c := range s.columns {
		s.corr[j] = sample.Pearson(c, s.scores)
		total += s.corr[j]
	}
	if !(total > negligible) { // also where a correlation is not there
		return math.Inf(1)
	}
	sum := 0.0
	for j, r := range s.corr {
		d := r/total - s.target[j]
		sum += d * d
	}
	return sum / float64(len(s.corr))
}

// mean is the weighted mean of the members that a unit has.
func (s *search) mean(dst, w []float64) error {
	for i := range dst {
		sum, weight := 0.0, 0.0
		for j, c := range s.columns {
			if v := c[i]; v == v {
				sum, weight = sum+w[j]*v, weight+w[j]
			}
		}
		dst[i] = sum / weight // NaN where there is none
	}
	return nil
}

func (s *search) outcome(t Table) (Optimum, error) {
	o := Optimum{Weights: s.best, Target: s.target, Influence: make([]float64, len(s.target)), Correlations: make([]float64, len(s.target))}
	if err := s.index(s.scores, s.best); err != nil {
		return Optimum{}, err
	}
	o.Residual = math.Sqrt(s.miss())
	copy(o.Correlations, s.corr)
	if math.IsInf(o.Residual, 0) {
		o.Residual = math.NaN()
	}
	total := 0.0
	for _, r := range s.corr {
		total += r
	}
	for j, r := range s.corr {
		o.Influence[j] = r/total + 0*o.Residual // NaN where that is
	}
	o.Coverage.Missing = Pairwise
	o.Coverage.Units, o.Coverage.Fewest = t.pairs()
	return o, nil
}

func (out *Result) fromOptimum(r Rule, t Table) error {
	o, err := Optimise(t, r.Target, r.Index)
	if err != nil {
		return err
	}
	out.Weights, out.Optimum, out.Coverage = o.Weights, &o, o.Coverage
	switch {
	case math.IsNaN(o.Residual):
		out.note("engine.no-influence", "no weights give the members an influence that can be scaled, and they are equal").
			Do("Look for members that go against each other, and turn one round")
	case o.Residual > reached:
		out.note("engine.target-missed", "no weights give the members the influence asked for: the nearest miss it by %.3g", o.Residual).
			Do("Look for members that go against the others, or relax the target")
	}
	return nil
}
