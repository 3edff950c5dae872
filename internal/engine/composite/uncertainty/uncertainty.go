// Package uncertainty asks what becomes of scores and ranks when the choices
// behind an index change: it varies the choices of any Model and sums up.
//
// MonteCarlo samples the choices, Enumerate goes through every combination of
// them, Sensitivity and Anova say which choice matters (by sampling, exactly).
// The package knows no indicator and no method of aggregation; a Model knows
// them. It refuses a variant that cannot be computed, by name, and never leaves
// one out. Equal seeds give equal results to the last bit on any number of
// workers. Start with Model and MonteCarlo.
package uncertainty

import (
	"runtime"
	"strings"

	"peerscape/internal/fault"
)

// Factor is one uncertain choice. Without levels it is continuous: the draw
// itself goes to the model (noise on weights, noise on flagged data).
type Factor struct {
	Name   string
	Levels []string
}

// Model computes one variant of an index. One goroutine uses a model; Fork makes
// another that shares with it only what is read.
type Model interface {
	Units() int
	Factors() []Factor
	// Run computes the scores of one variant. draw holds a number in [0,1) for
	// each factor, only to be read; the level of a discrete factor with n levels
	// is Level(draw, n). Run writes every score; NaN says that the unit has none
	// in this variant. An error says why the variant cannot be computed. Equal
	// draws give equal scores.
	Run(draw []float64, scores []float64) error
	Fork() Model
}

// Level returns the level, from 0 to n-1, of a draw u in [0,1) of a factor with
// n levels. Level k takes the draws from k/n up to (k+1)/n, whatever other draws
// there are.
func Level(u float64, n int) int {
	if n < 2 || !(u > 0) {
		return 0
	}
	k := min(int(u*float64(n)), n-1)
	switch { // the product is rounded, the edges are the quotients
	case k+1 < n && float64(k+1)/float64(n) <= u:
		return k + 1
	case float64(k)/float64(n) > u:
		return k - 1
	}
	return k
}

// Options of an analysis. The zero value of each but N is a sensible default.
type Options struct {
	N       int    // MonteCarlo: variants. Sensitivity: rows of the design. Enumerate and Anova do not read it
	Seed    uint64 // equal seeds give equal results, to the last bit
	Workers int    // goroutines; 0 means one a processor

	Top   []int // the k of the shares in Unit.Top
	Pairs bool  // count who beats whom: costs the square of the units, each variant
	Keep  int   // variants whose scores are kept for Result.Scores; 0 means as many as fit 32 MiB, -1 none

	Bootstrap int // Sensitivity: resamples behind the bands; 0 means 200

	// Progress, if set, hears how many variants are done. It is called in the
	// goroutine of the caller, with numbers that rise, the last time with done
	// equal to of if nothing fails.
	Progress func(done, of int)
}

// Limits. Memory is bounded by them: the counts of ranks take 4 bytes for each
// pair of units and worker.
const (
	MaxUnits    = 4096
	MaxVariants = 200_000     // of Enumerate and Anova
	MaxRuns     = 100_000_000 // of MonteCarlo
	maxTargets  = 20_000_000  // of Sensitivity, which keeps a number for each run
	maxSampled  = 256         // factors of Sensitivity
	keptValues  = 32 << 20 / 8
	maxResample = 10_000
)

// analysis is a model that has been found sound, with options.
type analysis struct {
	model   Model
	factors []Factor
	units   int
	opt     Options
	workers int
}

func prepare(m Model, o Options) (*analysis, error) {
	a := &analysis{model: m, factors: m.Factors(), units: m.Units(), opt: o, workers: o.Workers}
	if a.workers == 0 {
		a.workers = runtime.GOMAXPROCS(0)
	}
	switch {
	case a.units < 1:
		return nil, fault.New(fault.Invalid, "engine.no-unit", "there is no unit to score").Do("Give at least one unit")
	case a.units > MaxUnits:
		return nil, fault.New(fault.TooLarge, "engine.too-many-units", "%d units are too many for an analysis of ranks", a.units).
			With("units", a.units).Do("Give at most %d units", MaxUnits)
	case a.workers < 0:
		return nil, fault.New(fault.Invalid, "engine.workers", "%d workers cannot work", a.workers).Do("Give 0 for one a processor, or a positive number")
	case o.Keep < -1:
		return nil, fault.New(fault.Invalid, "engine.keep", "%d variants cannot be kept", o.Keep).Do("Give 0, -1 for none, or a positive number")
	}
	for _, k := range o.Top {
		if k < 1 {
			return nil, fault.New(fault.Invalid, "engine.top", "there is no top %d", k).With("top", k).Do("Give ranks from 1")
		}
	}
	return a, checkFactors(a.factors)
}

func checkFactors(factors []Factor) error {
	if len(factors) == 0 {
		return fault.New(fault.Invalid, "engine.no-factor", "nothing is uncertain: there is no choice to vary").Do("Name at least one choice")
	}
	names := make(map[string]bool, len(factors))
	for i, f := range factors {
		switch {
		case strings.TrimSpace(f.Name) == "":
			return fault.New(fault.Invalid, "engine.factor-name", "choice %d has no name", i+1).Do("Give it one")
		case names[f.Name]:
			return fault.New(fault.Invalid, "engine.factor-twice", "the choice %q is there twice", f.Name).
				With("factor", f.Name).Do("Give each choice a name of its own")
		}
		names[f.Name] = true
		levels := make(map[string]bool, len(f.Levels))
		for _, l := range f.Levels {
			switch {
			case strings.TrimSpace(l) == "":
				return fault.New(fault.Invalid, "engine.level-name", "the choice %q has a level without name", f.Name).
					With("factor", f.Name).Do("Name each level")
			case levels[l]:
				return fault.New(fault.Invalid, "engine.level-twice", "the choice %q has the level %q twice", f.Name, l).
					With("factor", f.Name).With("level", l).Do("Take one of them out")
			}
			levels[l] = true
		}
	}
	return nil
}
