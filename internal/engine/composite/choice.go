package composite

import (
	"fmt"

	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
)

// Choice is one thing that an uncertainty analysis varies. One of the fields
// below Name is set. A choice that can change nothing is refused when the
// analysis begins, with the reason.
type Choice struct {
	Name string

	Most      []int            // how many points are winsorised at most
	Treat     []treat.Rule     // the framework's treatment
	Normalise []normalise.Rule // the framework's normalisation
	Aggregate []aggregate.Rule // the framework's aggregation
	Impute    []impute.Rule    // the framework's imputation

	// Noise multiplies each weight at the levels by 1 + U(-Noise, Noise). With Sets
	// there are so many drawn sets to choose from, else every draw has its own.
	Noise  float64
	Levels []int
	Sets   int

	// Weights are whole sets, by element; an element that a set does not name keeps
	// its weight.
	Weights []map[string]float64

	// Doubt times the standard error of each flagged value is added to it, drawn
	// from a normal distribution.
	Doubt float64

	// Omit leaves out no indicator, or one, each as often as another.
	Omit bool
}

// kind names what the choice varies; empty where it is not exactly one thing.
func (c *Choice) kind() string {
	kind, n := "", 0
	for _, k := range []struct {
		name string
		set  bool
	}{
		{"most", len(c.Most) > 0},
		{"treat", len(c.Treat) > 0},
		{"normalise", len(c.Normalise) > 0},
		{"aggregate", len(c.Aggregate) > 0},
		{"impute", len(c.Impute) > 0},
		{"noise", c.Noise != 0},
		{"weights", len(c.Weights) > 0},
		{"doubt", c.Doubt != 0},
		{"omit", c.Omit},
	} {
		if k.set {
			kind, n = k.name, n+1
		}
	}
	if n != 1 {
		return ""
	}
	return kind
}

// levels names the alternatives of a discrete choice; nil for a continuous one.
func (p *Plan) levels(c *Choice) (out []string) {
	number := func(n int) {
		for k := range n {
			out = append(out, fmt.Sprintf("set %d", k+1))
		}
	}
	switch c.kind() {
	case "most":
		for _, n := range c.Most {
			out = append(out, fmt.Sprintf("at most %d", n))
		}
	case "treat":
		for k, r := range c.Treat {
			out = append(out, fmt.Sprintf("%d: %s", k+1, r))
		}
	case "normalise":
		for k, r := range c.Normalise {
			out = append(out, fmt.Sprintf("%d: %s", k+1, r.Method))
		}
	case "aggregate":
		for k, r := range c.Aggregate {
			out = append(out, fmt.Sprintf("%d: %s", k+1, r.Method))
		}
	case "impute":
		for k, r := range c.Impute {
			out = append(out, fmt.Sprintf("%d: %s", k+1, r.Method))
		}
	case "noise":
		number(c.Sets)
	case "weights":
		number(len(c.Weights))
	case "omit":
		out = append(out, "none")
		for _, j := range p.omittable() {
			out = append(out, p.tree.codes[j])
		}
	}
	return out
}
