package uncertainty

import (
	"context"

	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// Combinations returns how many variants there are, if that many can be gone
// through: every factor has levels, and there are at most MaxVariants.
func Combinations(factors []Factor) (n int, ok bool) {
	n = 1
	for _, f := range factors {
		if n *= len(f.Levels); n < 1 || n > MaxVariants {
			return 0, false
		}
	}
	return n, len(factors) > 0
}

// Enumerate computes every combination of levels once. Result.Exact is set:
// shares are probabilities under levels that are equally likely, not estimates.
// It refuses a continuous factor and more than MaxVariants combinations. Errors
// and the context as for MonteCarlo.
func Enumerate(ctx context.Context, m Model, o Options) (*Result, error) {
	a, n, err := prepareGrid(m, o)
	if err != nil {
		return nil, err
	}
	return a.count(ctx, n, true, func() points { return grid(a.factors) })
}

func prepareGrid(m Model, o Options) (*analysis, int, error) {
	a, err := prepare(m, o)
	if err != nil {
		return nil, 0, err
	}
	n, ok := Combinations(a.factors)
	if ok {
		return a, n, nil
	}
	for _, f := range a.factors {
		if len(f.Levels) == 0 {
			return nil, 0, fault.New(fault.Invalid, "engine.continuous", "the choice %q has no levels, so that its variants cannot be enumerated", f.Name).
				With("factor", f.Name).Do("Sample the choices instead, or give it levels")
		}
	}
	return nil, 0, fault.New(fault.TooLarge, "engine.too-many-variants", "there are more than %d combinations of choices", MaxVariants).
		With("most", MaxVariants).Do("Sample the choices instead, or take levels out")
}

// grid returns the combinations, the first factor varying fastest. A draw is the
// middle of its level's stretch.
func grid(factors []Factor) points {
	return func(i int, dst []float64) {
		for k, f := range factors {
			n := len(f.Levels)
			dst[k] = (float64(i%n) + 0.5) / float64(n)
			i /= n
		}
	}
}

// Anova computes every combination of levels and shares the variance of the
// target out between the choices, exactly (Sobol 1993): the first-order index of
// a factor is the variance of the means of its levels, the total index the mean
// variance along it, both as shares of the variance. Refuses what Enumerate
// refuses.
func Anova(ctx context.Context, m Model, o Options, target Target) (*Indices, error) {
	a, n, err := prepareGrid(m, o)
	if err != nil {
		return nil, err
	}
	y, workers := a.targets(a.team(n, func() points { return grid(a.factors) }), target)
	if err := run(ctx, n, o.Progress, workers); err != nil {
		return nil, err
	}
	ix := &Indices{Exact: true, Runs: n}
	all := sample.MomentsOf(y)
	ix.Mean, ix.Variance = all.Mean, all.M2/float64(n)
	if negligible(ix.Variance, ix.Mean) {
		ix.Variance = 0
	}
	stride := 1
	for _, f := range a.factors {
		first, total := 0.0, 0.0
		if ix.Variance > 0 && len(f.Levels) > 1 {
			first, total = effects(y, stride, len(f.Levels), ix.Mean)
			first, total = first/ix.Variance, total/ix.Variance
		}
		ix.Factors = append(ix.Factors, Index{
			Factor: f.Name, First: first, FirstLow: first, FirstHigh: first,
			Total: total, TotalLow: total, TotalHigh: total,
		})
		stride *= len(f.Levels)
	}
	return ix, nil
}

// effects returns the variance of the means of the levels of one factor, and the
// mean of the variances along it. Its levels are stride apart in y.
func effects(y []float64, stride, levels int, mean float64) (between, along float64) {
	sums := make([]float64, levels)
	line := make([]float64, levels)
	for from := 0; from < len(y); from += stride * levels {
		for at := from; at < from+stride; at++ {
			for l := range levels {
				line[l] = y[at+l*stride]
				sums[l] += line[l]
			}
			along += sample.MomentsOf(line).M2 / float64(levels)
		}
	}
	lines := float64(len(y) / levels)
	for _, s := range sums {
		d := s/lines - mean
		between += d * d
	}
	return between / float64(levels), along / lines
}

// negligible reports whether a variance is that of rounding alone.
func negligible(variance, mean float64) bool { return variance <= 1e-26*mean*mean }
