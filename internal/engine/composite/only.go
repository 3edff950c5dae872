package composite

import (
	"slices"
	"strings"

	"peerscape/internal/fault"
)

// Only returns the framework as it is for one group of people: the indicators
// that count for all or name the group, and what of the hierarchy they need. It
// refuses a group that no indicator names.
func (f *Framework) Only(group string) (*Framework, error) {
	var known []string
	for _, i := range f.Indicators {
		for _, g := range i.For {
			if !slices.Contains(known, g) {
				known = append(known, g)
			}
		}
	}
	if !slices.Contains(known, group) {
		return nil, refuse("engine.no-audience", "no indicator of %s says that it counts for %q", f.Code, group).
			Do("Choose one of %s", strings.Join(known, ", "))
	}
	return f.keep(func(i *Indicator) bool { return len(i.For) == 0 || slices.Contains(i.For, group) }), nil
}

// Without returns the framework without an indicator, or without a group and all
// below it. Groups that it leaves empty go too. It refuses a code that there is
// not, the index, and what would leave nothing.
func (f *Framework) Without(code string) (*Framework, error) {
	codes := f.Codes()
	if !slices.Contains(codes, code) {
		return nil, fault.Unknown("engine.no-element", "indicator or group", code, codes)
	}
	parent := f.parents()
	out := f.keep(func(i *Indicator) bool {
		at := i.Code
		for range codes { // a path is no longer, unless it goes in a circle
			if at == code {
				return false
			}
			at = parent[at]
		}
		return true
	})
	if len(out.Indicators) == 0 {
		return nil, refuse("engine.no-indicator", "nothing is left of %s without %s", f.Code, code).Do("Leave out a part of it")
	}
	return out, nil
}

// Codes lists the codes of all elements, indicators first.
func (f *Framework) Codes() []string {
	out := make([]string, 0, len(f.Indicators)+len(f.Groups))
	for _, i := range f.Indicators {
		out = append(out, i.Code)
	}
	for _, g := range f.Groups {
		out = append(out, g.Code)
	}
	return out
}

// parents returns the parent of each element.
func (f *Framework) parents() map[string]string {
	out := make(map[string]string, len(f.Indicators)+len(f.Groups))
	for _, g := range f.Groups {
		out[g.Code] = g.Parent
	}
	for _, i := range f.Indicators {
		out[i.Code] = i.Parent
	}
	return out
}

// keep returns the framework with some of its indicators, and the groups that
// they need.
func (f *Framework) keep(wanted func(*Indicator) bool) *Framework {
	out := *f
	out.Indicators, out.Groups = nil, nil
	needed, parent := map[string]bool{}, f.parents()
	for j := range f.Indicators {
		i := &f.Indicators[j]
		if !wanted(i) {
			continue
		}
		out.Indicators = append(out.Indicators, *i)
		for code := i.Parent; code != "" && !needed[code]; code = parent[code] {
			needed[code] = true
		}
	}
	for _, g := range f.Groups {
		if needed[g.Code] {
			out.Groups = append(out.Groups, g)
		}
	}
	return &out
}
