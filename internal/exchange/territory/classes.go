package territory

import (
	"math"
	"slices"

	"peerscape/internal/nuts"
)

// classes of regions that may be structural variables. levels is their number
// where they have an order, from 1; 0 where they have none.
var classes = map[string]struct {
	levels int
	words  []string // of class 1 and on
	of     func(*nuts.Nomenclature, *nuts.Region) int
}{
	"urban": {3, []string{"predominantly urban", "intermediate", "predominantly rural"}, ofMostPeople(func(r *nuts.Region) int { return int(r.Urban) })},
	"coast": {3, []string{"on the coast", "near the coast", "inland"}, ofMostPeople(func(r *nuts.Region) int {
		if r.Coast == nuts.CoastalFlag { // says yes, but not which
			return 0
		}
		return int(r.Coast)
	})},
	"mountain": {0, []string{"mountain", "no mountain"}, ofMostPeople(func(r *nuts.Region) int {
		switch r.Mountain {
		case nuts.MountainSurface, nuts.MountainPeople, nuts.MountainBoth:
			return 1
		case nuts.NotMountain:
			return 2
		}
		return 0
	})},
	"metro":  {4, []string{"holds one", "borders one", "within reach of one", "beyond reach"}, access},
	"border": {0, []string{"on a land border", "on none"}, border},
}

// ClassWord returns a class in words, empty for what is none.
func ClassWord(class string, value float64) string {
	if words := classes[class].words; value >= 1 && int(value) <= len(words) {
		return words[int(value)-1]
	}
	return ""
}

// class returns a class of regions as numbers; NaN where it is not known.
func (a *Analyst) class(name string, regions []*nuts.Region) []float64 {
	out := make([]float64, len(regions))
	for i, r := range regions {
		out[i] = math.NaN()
		if c := classes[name].of(a.regions, r); c > 0 {
			out[i] = float64(c)
		}
	}
	return out
}

// classified is the NUTS version whose lists state every class, the no among
// them: an empty cell of 2024 is not a no.
const classified nuts.Version = 2021

// ofMostPeople gives a region the class in which most of its people live, by its
// parts of level 3, and a part that is not classified that of the regions of 2021
// that it was made from. It is not known where half of the people are in none.
func ofMostPeople(of func(*nuts.Region) int) func(*nuts.Nomenclature, *nuts.Region) int {
	return func(n *nuts.Nomenclature, r *nuts.Region) int {
		var people [8]float64
		count(n, r, of, &people)
		most, all := 0, people[0]
		for c := 1; c < len(people); c++ {
			all += people[c]
			if people[c] > 0 && (most == 0 || people[c] > people[most]) {
				most = c
			}
		}
		if people[0] > all/2 {
			return 0
		}
		return most
	}
}

// count adds the people of each class, those in none at 0.
func count(n *nuts.Nomenclature, r *nuts.Region, of func(*nuts.Region) int, people *[8]float64) {
	if parts := n.Children(r.ID); len(parts) > 0 {
		for _, part := range parts {
			count(n, part, of, people)
		}
		return
	}
	if c := of(r); c > 0 {
		people[c] += size(r)
		return
	}
	before := n.Origins(r.ID, classified)
	if len(before) == 0 {
		people[0] += size(r)
	}
	for _, piece := range before {
		if old, ok := n.Region(piece.ID); ok {
			people[of(old)] += piece.OfPop * size(old)
		}
	}
}

// size weighs a region: its people, or its area where they are not counted.
func size(r *nuts.Region) float64 {
	if r.Population > 0 {
		return r.Population
	}
	return max(r.Area, 1)
}

// access to a metropolis: 1 in the region, 2 beside it, 3 within reach, 4 beyond.
// One in another country is within reach; a country as a whole has none.
func access(n *nuts.Nomenclature, r *nuts.Region) int {
	if r.Level == 0 {
		return 0
	}
	near := 4
	for _, s := range n.SuggestMetros(r.ID) {
		switch s.Kind {
		case nuts.Inside:
			near = min(near, 1)
		case nuts.Ring, nuts.Adjacent:
			near = min(near, 2)
		default:
			near = min(near, 3)
		}
	}
	return near
}

// border is 1 for a land border with another country and 2 for none; borders are
// known at levels 2 and 3.
func border(n *nuts.Nomenclature, r *nuts.Region) int {
	if r.Level < 2 {
		return 0
	}
	if slices.ContainsFunc(n.Neighbours(r.ID), func(c nuts.Code) bool {
		other, ok := n.Region(nuts.ID{Code: c, Version: r.Version})
		return ok && other.Country != r.Country
	}) {
		return 1
	}
	return 2
}
