package uncertainty

import (
	"context"

	"peerscape/internal/fault"
)

// MonteCarlo computes o.N variants with independent draws and sums up what
// became of scores and ranks. Its cost is linear in N; its memory does not grow
// with N beyond the scores that are kept (see Options.Keep). The model is run
// N+1 times: the first variant serves as a trial.
//
// A variant that fails ends the analysis with an error that names it, the first
// in order if several fail. A context that ends is met between two variants; the
// error is a *Stopped.
func MonteCarlo(ctx context.Context, m Model, o Options) (*Result, error) {
	a, err := prepare(m, o)
	if err != nil {
		return nil, err
	}
	if o.N < 1 || o.N > MaxRuns {
		return nil, fault.New(fault.Invalid, "engine.draws", "%d variants cannot be drawn", o.N).
			With("n", o.N).Do("Give a number from 1 to %d; 1,000 is usual", MaxRuns)
	}
	return a.count(ctx, o.N, false, func() points { return random(o.Seed) })
}

// count computes so many variants and sums them up.
func (a *analysis) count(ctx context.Context, of int, exact bool, at func() points) (*Result, error) {
	team := a.team(of, at)
	if err := ctx.Err(); err != nil {
		return nil, &Stopped{0, of, err}
	}
	if err := team[0].run(0); err != nil {
		return nil, err
	}
	shared := a.newSums(of, team[0].scores)
	kept := a.newKeeper(of)
	tallies := make([]*tally, len(team))
	workers := make([]func(int) error, len(team))
	for w, v := range team {
		t := newTally(a.units, shared, kept, a.opt.Pairs)
		tallies[w] = t
		workers[w] = func(i int) error {
			if err := v.run(i); err != nil {
				return err
			}
			if unit := t.add(i, v.scores); unit >= 0 {
				return v.infinite(i, unit)
			}
			return nil
		}
	}
	if err := run(ctx, of, a.opt.Progress, workers); err != nil {
		return nil, err
	}
	for _, t := range tallies[1:] {
		tallies[0].merge(t)
	}
	return a.newResult(of, exact, tallies[0]), nil
}

// newSums makes room for the sums. The scores of the trial are near all others.
func (a *analysis) newSums(of int, trial []float64) *sums {
	size := blockSize(of)
	rows := (of + size - 1) / size
	s := &sums{
		block: size, shift: make([]float64, a.units),
		sum: make([]float64, rows*a.units), squa: make([]float64, rows*a.units),
	}
	for i, v := range trial {
		if v-v == 0 {
			s.shift[i] = v
		}
	}
	return s
}

func (a *analysis) newKeeper(of int) *keeper {
	keep := a.opt.Keep
	switch keep {
	case -1:
		keep = 0
	case 0:
		keep = max(1, keptValues/a.units)
	}
	keep = min(keep, of)
	return &keeper{keep: keep, of: of, seed: a.opt.Seed, scores: make([]float64, keep*a.units)}
}
