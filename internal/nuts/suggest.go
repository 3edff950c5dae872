package nuts

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Suggestion is a link that was computed, not stated. Source says so.
type Suggestion struct {
	Relation
	Distance float64 // km between the representative points
	Reason   string  // in words
}

// The bounds of the suggestion: the people that make a metropolis are those of
// Eurostat's metro regions; the reach stands for about ninety minutes of road or
// rail from the nearest part of the region, which no table here can tell.
const (
	corePeople = 250_000
	reach      = 150.0 // km
	suggested  = 5     // at most so many
)

// computed is the Source of every suggestion.
const computed = "computed from borders, distance, urban-rural class and people"

// findCores lists the predominantly urban NUTS 3 regions with enough people.
// Where the current files leave the class out, that of the same area in an older
// version stands in.
func (n *Nomenclature) findCores() []*Region {
	var cores []*Region
	for _, r := range n.Regions(Current, 3) {
		if r.Population >= corePeople && n.urbanClass(r) == PredominantlyUrban {
			cores = append(cores, r)
		}
	}
	return cores
}

func (n *Nomenclature) urbanClass(r *Region) Urban {
	for i := len(Versions) - 1; i >= 0; i-- {
		for _, s := range n.sharesOf(r.ID, Versions[i]) {
			if same := n.regions[s.To]; same.Urban != 0 && n.Unchanged(r.ID, s.To) {
				return same.Urban
			}
		}
	}
	return 0
}

// SuggestMetros proposes metropolises for a region of level 1 to 3: urban cores
// inside it, bordering it, or within 150 km of its nearest NUTS 3 part. The
// strongest come first (people over squared distance, as in a gravity model); of
// cores that border each other only the strongest is named. People decide: a
// suggestion is not stored. A region whose area is not in the current version
// has none.
func (n *Nomenclature) SuggestMetros(id ID) []Suggestion {
	r, ok := n.current(id)
	if !ok || r.Level == 0 {
		return nil
	}
	parts := n.leaves(r)
	var all []Suggestion
	for _, core := range n.cores {
		if s, ok := n.suggest(r, parts, core); ok {
			s.Region = id
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(n.pull(b), n.pull(a)), cmp.Compare(a.Metro.Code, b.Metro.Code))
	})
	return n.onePerCity(all)
}

// leaves returns the regions of the lowest level that r consists of: NUTS 3, in
// Bosnia and Herzegovina NUTS 2.
func (n *Nomenclature) leaves(r *Region) []*Region {
	children := n.Children(r.ID)
	if len(children) == 0 {
		return []*Region{r}
	}
	var parts []*Region
	for _, c := range children {
		parts = append(parts, n.leaves(c)...)
	}
	return parts
}

// suggest judges one core for a region; false if it is out of reach.
func (n *Nomenclature) suggest(r *Region, parts []*Region, core *Region) (Suggestion, bool) {
	s := Suggestion{
		Relation: Relation{Metro: core.ID, Name: core.Name, Source: computed},
		Distance: math.Round(kilometres(r, core)),
	}
	within := func(code Code) bool {
		return slices.ContainsFunc(parts, func(p *Region) bool { return p.Code == code })
	}
	around := n.neighbours[core.Code]
	borders := slices.ContainsFunc(around, within)
	var how string
	switch {
	case within(core.Code):
		s.Kind, how = Inside, "lies in the region"
		if core == r {
			how = "is the region itself"
		}
	case core.Country != r.Country && borders:
		s.Kind, how = CrossBorder, "borders the region from another country"
	case borders && len(around) > 1 && !slices.ContainsFunc(around, func(c Code) bool { return !within(c) }):
		s.Kind, how = Ring, "is surrounded by the region"
	case borders:
		s.Kind, how = Adjacent, "borders the region"
	default:
		nearest := slices.MinFunc(parts, func(a, b *Region) int { return cmp.Compare(kilometres(a, core), kilometres(b, core)) })
		if kilometres(nearest, core) > reach {
			return s, false
		}
		s.Kind, how = Corridor, "is within reach"
		if core.Country != r.Country {
			s.Kind, how = CrossBorder, "is within reach in another country"
		}
		if nearest != r {
			how += fmt.Sprintf(" of %s", nearest.Name)
		}
	}
	s.Reason = fmt.Sprintf("%s (%s) %s; it is predominantly urban, has %s people (2021) and is %.0f km away, point to point",
		core.Name, core.Code, how, thousands(core.Population), s.Distance)
	return s, true
}

// pull is the strength of a suggestion. Nearer than 20 km counts as 20, as the
// points stand for whole regions.
func (n *Nomenclature) pull(s Suggestion) float64 {
	d := max(s.Distance, 20)
	return n.regions[s.Metro].Population / (d * d)
}

// onePerCity drops cores that border a stronger one: the boroughs of a large
// city are NUTS 3 regions of their own.
func (n *Nomenclature) onePerCity(all []Suggestion) []Suggestion {
	var kept []Suggestion
	var covered []Code
	for _, s := range all {
		if slices.Contains(covered, s.Metro.Code) {
			continue
		}
		covered = append(append(covered, s.Metro.Code), n.neighbours[s.Metro.Code]...)
		if kept = append(kept, s); len(kept) == suggested {
			break
		}
	}
	return kept
}

// kilometres is the great-circle distance between two representative points
// (haversine formula, mean radius of the Earth).
func kilometres(a, b *Region) float64 {
	const radius, degree = 6371.0088, math.Pi / 180
	dLat, dLon := (b.Lat-a.Lat)*degree, (b.Lon-a.Lon)*degree
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(a.Lat*degree)*math.Cos(b.Lat*degree)*math.Pow(math.Sin(dLon/2), 2)
	return 2 * radius * math.Asin(math.Sqrt(min(1, h)))
}

// thousands writes a whole number with commas: 1,659,703.
func thousands(v float64) string {
	s := strconv.FormatFloat(math.Round(v), 'f', 0, 64)
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
