package weigh

import (
	"fmt"
	"math"
)

// Effective returns the weight that each element of a hierarchy has in the
// index: the product of its share of the weights of its siblings and the shares
// of all above it. parent holds the number of each element's parent, -1 for the
// index, in any order; weight holds the weights within the parents, where the
// index's own has no meaning. The weights of each level below the index sum to 1
// where every branch reaches it.
//
// It refuses a negative weight, siblings whose weights sum to zero, a parent
// that does not exist, more than one index and a circle, naming elements by
// their names, or by number where names is nil.
func Effective(parent []int, weight []float64, names []string) ([]float64, error) {
	if len(parent) != len(weight) {
		panic(fmt.Sprintf("weigh: %d parents, %d weights", len(parent), len(weight)))
	}
	name := func(i int) string { return nameOr(names, i, "element") }
	top, root, siblings := make([]float64, len(parent)), -1, make([]float64, len(parent))
	for i, p := range parent {
		switch {
		case p == -1 && root >= 0:
			return nil, refuse("engine.many-roots", "%s and %s have no parent, and only the index itself may have none", name(root), name(i)).Do("Give one of them a parent")
		case p == -1:
			root = i
		case p < 0 || p >= len(parent):
			return nil, refuse("engine.no-parent", "the parent of %s does not exist", name(i)).Do("Name an element of the hierarchy")
		case !(weight[i] >= 0) || math.IsInf(weight[i], 0):
			return nil, negativeWeight(name(i), weight[i])
		default:
			top[p] = max(top[p], weight[i])
		}
	}
	for i, p := range parent {
		if p >= 0 && top[p] > 0 {
			siblings[p] += weight[i] / top[p]
		}
	}
	out := make([]float64, len(parent))
	for i := range parent {
		out[i] = 1
		steps := 0
		for at := i; parent[at] >= 0; at = parent[at] {
			p := parent[at]
			if top[p] == 0 {
				return nil, refuse("engine.no-weight", "the weights of the members of %s sum to zero", name(p)).Do("Give at least one of them a weight above 0")
			}
			if steps++; steps > len(parent) {
				return nil, refuse("engine.cycle", "the hierarchy goes in a circle at %s", name(at)).Do("Give it another parent; the index has none")
			}
			out[i] *= weight[at] / top[p] / siblings[p]
		}
	}
	return out, nil
}
