package uncertainty

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"peerscape/internal/fault"
)

// points writes the draws of variant i into dst. Each worker has its own.
type points func(i int, dst []float64)

// random returns independent draws. The generator starts anew at each variant
// from the seed and the variant's number, so that it does not matter who
// computes which.
func random(seed uint64) points {
	var pcg rand.PCG
	return func(i int, dst []float64) {
		pcg.Seed(mix(seed), mix(uint64(i)+1))
		for k := range dst {
			dst[k] = float64(pcg.Uint64()>>11) * 0x1p-53
		}
	}
}

// mix spreads the bits of x (the finaliser of SplitMix64; Steele, Lea and Flood
// 2014), so that neighbouring seeds and numbers have nothing in common.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// variants is one worker's way of computing variants.
type variants struct {
	a      *analysis
	model  Model
	at     points
	of     int
	draw   []float64
	scores []float64
}

// team makes a worker's variants for each worker that finds work among so many.
// The first works on the model itself, the others on forks of it.
func (a *analysis) team(of int, at func() points) []*variants {
	team := make([]*variants, min(a.workers, of))
	for i := range team {
		m := a.model
		if i > 0 {
			m = a.model.Fork()
		}
		team[i] = &variants{a, m, at(), of, make([]float64, len(a.factors)), make([]float64, a.units)}
	}
	return team
}

// run computes the scores of variant i.
func (v *variants) run(i int) error {
	v.at(i, v.draw)
	if err := v.model.Run(v.draw, v.scores); err != nil {
		return v.fails(i, err)
	}
	return nil
}

// fails names the variant in which something went wrong. The sentence of a
// fault is passed on, with its kind and cure; another error's text is for the
// log.
func (v *variants) fails(i int, cause error) error {
	name := nameOf(v.a.factors, v.draw)
	e := fault.New(fault.Internal, "engine.variant", "variant %d of %d (%s) cannot be computed", i+1, v.of, name)
	if f, ok := errors.AsType[*fault.Error](cause); ok {
		e.Kind, e.Cure = f.Kind, f.Cure
		e.What += ": " + f.What
		e.With("reason", f.Key)
	}
	return e.With("variant", name).Because(cause)
}

// infinite refuses a score that is not finite.
func (v *variants) infinite(i, unit int) error {
	return v.fails(i, fault.New(fault.Invalid, "engine.infinite-score", "the score of unit %d is infinite", unit+1).
		With("unit", unit).Do("Look for a division by nearly nothing"))
}

// nameOf says which levels a variant has: "norm = z-score, noise = 0.412".
func nameOf(factors []Factor, draw []float64) string {
	const most = 12
	var parts []string
	for k, f := range factors {
		if k == most && len(factors) > most+1 {
			parts = append(parts, fmt.Sprintf("and %d more", len(factors)-most))
			break
		}
		if n := len(f.Levels); n > 0 {
			parts = append(parts, f.Name+" = "+f.Levels[Level(draw[k], n)])
		} else {
			parts = append(parts, fmt.Sprintf("%s = %.4g", f.Name, draw[k]))
		}
	}
	return strings.Join(parts, ", ")
}
