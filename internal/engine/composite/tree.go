package composite

import (
	"fmt"
	"slices"
	"strings"

	"peerscape/internal/fault"
)

// tree is the hierarchy in the order of computation: indicators first, in the
// framework's order, then groups, each after its members; the index is last.
type tree struct {
	codes   []string
	parent  []int // -1 for the index
	members [][]int
	level   []int // 1 for indicators; a group stands one above its highest member
	weight  []float64
	groups  []*Group // by element; nil for indicators
	leaves  int
}

func (t *tree) root() int { return len(t.codes) - 1 }

// newTree puts the elements in order, or says why they are no hierarchy.
func newTree(f *Framework) (*tree, error) {
	if len(f.Indicators) == 0 {
		return nil, refuse("engine.no-indicator", "the framework %s has no indicator", f.Code).Do("Name at least one")
	}
	n := len(f.Indicators) + len(f.Groups)
	t := &tree{
		codes: make([]string, n), parent: make([]int, n), members: make([][]int, n),
		level: make([]int, n), weight: make([]float64, n), groups: make([]*Group, n), leaves: len(f.Indicators),
	}
	order, err := sortGroups(f)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, n)
	for i, x := range f.Indicators {
		at[x.Code], t.codes[i], t.weight[i], t.level[i] = i, x.Code, x.Weight, 1
	}
	for k, g := range order {
		i := t.leaves + k
		at[g.Code], t.codes[i], t.weight[i], t.groups[i] = i, g.Code, g.Weight, g
	}
	for i := range n {
		up := ""
		if i < t.leaves {
			up = f.Indicators[i].Parent
		} else {
			up = t.groups[i].Parent
		}
		t.parent[i] = -1
		if i == t.root() {
			continue
		}
		p := at[up]
		t.parent[i] = p
		t.members[p] = append(t.members[p], i)
		t.level[p] = max(t.level[p], t.level[i]+1)
	}
	return t, t.checkWeights(t.weight)
}

// sortGroups returns the groups so that each stands after those below it, in
// the framework's order where it leaves a choice.
func sortGroups(f *Framework) ([]*Group, error) {
	byCode, err := elements(f)
	if err != nil {
		return nil, err
	}
	waiting := make(map[string]int, len(f.Groups)) // members that are not yet in order
	roots := []string{}
	for i := range f.Groups {
		if g := &f.Groups[i]; g.Parent == "" {
			roots = append(roots, g.Code)
		} else {
			waiting[g.Parent]++
		}
	}
	if len(roots) != 1 {
		return nil, rootFault(f, roots)
	}
	for _, i := range f.Indicators {
		waiting[i.Parent] += 0 // a group with indicators alone waits for nothing
	}
	for i := range f.Groups {
		if _, ok := waiting[f.Groups[i].Code]; !ok {
			return nil, refuse("engine.empty-group", "the group %s has no member", f.Groups[i].Code).Do("Name it as the parent of an indicator or a group, or remove it")
		}
	}
	var order []*Group
	for done := map[string]bool{}; len(order) < len(f.Groups); {
		before := len(order)
		for i := range f.Groups {
			g := &f.Groups[i]
			if !done[g.Code] && waiting[g.Code] == 0 && (g.Parent != "" || len(order) == len(f.Groups)-1) {
				done[g.Code], order = true, append(order, g)
				waiting[g.Parent]--
			}
		}
		if len(order) == before {
			return nil, cycleFault(f, byCode, done)
		}
	}
	return order, nil
}

// elements checks that codes are there, differ, and name parents that exist.
func elements(f *Framework) (map[string]*Group, error) {
	groups := make(map[string]*Group, len(f.Groups))
	seen := make(map[string]bool, len(f.Groups)+len(f.Indicators))
	add := func(noun, code string) error {
		switch {
		case code == "":
			return refuse("engine.no-code", "%s of the framework %s has no code", noun, f.Code).Do("Give each element a code")
		case seen[code]:
			return refuse("engine.twice", "the code %s stands twice in the framework %s", code, f.Code).Do("Give each element a code of its own")
		}
		seen[code] = true
		return nil
	}
	var names []string
	for i := range f.Groups {
		if err := add("a group", f.Groups[i].Code); err != nil {
			return nil, err
		}
		groups[f.Groups[i].Code] = &f.Groups[i]
		names = append(names, f.Groups[i].Code)
	}
	parent := func(code, up string) error {
		if groups[up] != nil {
			return nil
		}
		return refuse("engine.no-parent", "%s has the parent %q, which is no group", code, up).
			Do("The nearest groups are %s", strings.Join(fault.NearestOrFirst(up, names, 4), ", "))
	}
	for _, i := range f.Indicators {
		if err := add("an indicator", i.Code); err != nil {
			return nil, err
		}
		if err := parent(i.Code, i.Parent); err != nil {
			return nil, err
		}
	}
	for _, g := range f.Groups {
		if g.Parent == "" {
			continue
		}
		if err := parent(g.Code, g.Parent); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

func rootFault(f *Framework, roots []string) error {
	if len(roots) > 1 {
		return refuse("engine.many-roots", "%s have no parent, and only the index itself may have none", strings.Join(roots, " and ")).
			Do("Give all but one a parent")
	}
	if len(f.Groups) == 0 {
		return refuse("engine.no-root", "the framework %s has no group", f.Code).Do("Add one without parent: the index")
	}
	if err := cycleFault(f, nil, nil); err != nil {
		return err
	}
	return nil
}

// cycleFault follows parents from a group that cannot be put in order until one
// comes back.
func cycleFault(f *Framework, byCode map[string]*Group, done map[string]bool) error {
	if byCode == nil {
		byCode = make(map[string]*Group, len(f.Groups))
		for i := range f.Groups {
			byCode[f.Groups[i].Code] = &f.Groups[i]
		}
	}
	for i := range f.Groups {
		var path []string
		for g := &f.Groups[i]; g != nil && !done[g.Code]; g = byCode[g.Parent] {
			if at := slices.Index(path, g.Code); at >= 0 {
				return refuse("engine.cycle", "the hierarchy goes in a circle: %s", strings.Join(append(path[at:], g.Code), " is part of ")).
					Do("Give one of them another parent; the index has none")
			}
			path = append(path, g.Code)
		}
	}
	return refuse("engine.cycle", "the hierarchy of %s does not end in one index", f.Code).Do("Give every group but one a parent")
}

// checkWeights checks weights by element: none below 0, and some in each group.
func (t *tree) checkWeights(weights []float64) error {
	for i, w := range weights {
		if i != t.root() && !(w >= 0 && w <= 1e300) {
			return refuse("engine.weight", "the weight of %s is %g", t.codes[i], w).Do("Write a weight of 0 or more")
		}
	}
	for i, members := range t.members {
		if i < t.leaves {
			continue
		}
		total := 0.0
		for _, m := range members {
			total += weights[m]
		}
		if total <= 0 {
			return refuse("engine.no-weight", "the weights of the members of %s sum to zero", t.codes[i]).Do("Give at least one of them a weight above 0")
		}
	}
	return nil
}

func refuse(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, "%s", fmt.Sprintf(format, args...))
}
