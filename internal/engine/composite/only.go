package composite

import (
	"slices"
	"strings"
)

// Only returns the framework as it is for one group of people: the indicators
// that count for all or name the group, and what of the hierarchy they need. It
// refuses a group that no indicator names.
func (f *Framework) Only(group string) (*Framework, error) {
	var known []string
	out := *f
	out.Indicators, out.Groups = nil, nil
	for _, i := range f.Indicators {
		for _, g := range i.For {
			if !slices.Contains(known, g) {
				known = append(known, g)
			}
		}
		if len(i.For) == 0 || slices.Contains(i.For, group) {
			out.Indicators = append(out.Indicators, i)
		}
	}
	if !slices.Contains(known, group) {
		return nil, refuse("engine.no-audience", "no indicator of %s says that it counts for %q", f.Code, group).
			Do("Choose one of %s", strings.Join(known, ", "))
	}
	needed := map[string]bool{}
	parent := map[string]string{}
	for _, g := range f.Groups {
		parent[g.Code] = g.Parent
	}
	for _, i := range out.Indicators {
		for code := i.Parent; code != "" && !needed[code]; code = parent[code] {
			needed[code] = true
		}
	}
	for _, g := range f.Groups {
		if needed[g.Code] {
			out.Groups = append(out.Groups, g)
		}
	}
	return &out, nil
}
