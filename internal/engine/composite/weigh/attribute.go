package weigh

import (
	"math"

	"peerscape/internal/fault"
)

// Set holds the weights of the units that have one value of an attribute, such
// as a stage of development.
type Set struct {
	Value   string
	Weights []float64 // one a member, on any scale
}

// checkSets refuses an empty list, a value that stands twice and weights that
// are none.
func checkSets(sets []Set, names []string) error {
	if len(sets) == 0 {
		return refuse("engine.no-weight-set", "there is no set of weights to pick by the attribute").Do("Write one for each value of the attribute")
	}
	seen := make(map[string]bool, len(sets))
	for _, s := range sets {
		if seen[s.Value] {
			return refuse("engine.weight-set-twice", "there are two sets of weights for %q", fault.Clip(s.Value, 60)).Do("Keep one of them")
		}
		seen[s.Value] = true
		if _, err := FromGiven(s.Weights, names); err != nil {
			fault.Wrap(&err, "weights for %q", fault.Clip(s.Value, 60))
			return err
		}
	}
	return nil
}

// PickSets returns the weights of each unit by its attribute, [member][unit],
// which sum to 1 over the members. It refuses a unit whose value has no set.
func PickSets(sets []Set, t Table) ([][]float64, error) {
	names := t.names()
	if err := checkSets(sets, names); err != nil {
		return nil, err
	}
	if len(t.Attribute) != t.rows() {
		return nil, refuse("engine.no-attribute", "the attribute has %s for %s", plural(len(t.Attribute), "value"), plural(t.rows(), "unit")).Do("Give each unit one value")
	}
	byValue, values := make(map[string][]float64, len(sets)), make([]string, len(sets))
	for k, s := range sets {
		values[k] = s.Value
		w, err := FromGiven(s.Weights, names)
		if err != nil {
			return nil, err
		}
		byValue[s.Value] = w
	}
	out := make([][]float64, len(t.Columns))
	for j := range out {
		out[j] = make([]float64, t.rows())
	}
	for i, value := range t.Attribute {
		w, ok := byValue[value]
		if !ok {
			e := fault.Unknown("engine.weight-set", "set of weights for the value", value, values)
			e.What = t.unit(i) + ": " + e.What
			return nil, e.With("unit", t.unit(i))
		}
		for j := range out {
			out[j][i] = w[j]
		}
	}
	return out, nil
}

// Mean returns the weights of the units' mean: what a chart of weights shows
// where each unit has its own. Units without weights are left out; nil where no
// unit has any.
func (r Result) Mean() []float64 {
	if r.ByUnit == nil {
		return r.Weights
	}
	out := make([]float64, len(r.ByUnit))
	for j, column := range r.ByUnit {
		n := 0.0
		for _, v := range column {
			if !math.IsNaN(v) {
				out[j], n = out[j]+v, n+1
			}
		}
		if n == 0 {
			return nil
		}
		out[j] /= n
	}
	return out
}
