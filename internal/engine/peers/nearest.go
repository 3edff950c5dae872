package peers

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"peerscape/internal/nuts"
)

// Question asks for the peers of a unit.
type Question struct {
	Unit          nuts.ID
	Peers         int  // how many
	OwnCountry    bool // whether regions of its own country count
	Runs          int  // variants behind the stability of each; 0 for none
	Seed          uint64
	WeightNoise   float64 // weights are multiplied by 1 + U(-f, f); 0 means 0.25
	DropOne       bool    // each run leaves out a variable drawn at random
	MinCandidates int     // fewer known distances are refused; 0 means 1
}

// Peer is one near region.
type Peer struct {
	Unit      Unit
	Place     int     // in the set
	Distance  float64 // see Measure
	Known     float64 // share of the weight that both know
	Reasons   []Reason
	Stability float64 // share of runs in which it is among the peers; NaN without runs
}

// Reason is what one variable adds to a distance. The parts sum to the distance,
// under Euclidean to its square; the smallest come first: what the two share.
type Reason struct {
	Variable int
	Part     float64
	Apart    float64 // difference of the two in the measure's scale, with the sign of peer minus region
}

// Nearest returns the peers of a unit, the nearest first; equal distances are in
// the order of codes. Under Mahalanobis there are no reasons: its differences
// are of all variables at once.
func (s *Set) Nearest(q Question) ([]Peer, error) {
	me := slices.IndexFunc(s.Units, func(u Unit) bool { return u.ID == q.Unit })
	if me < 0 {
		return nil, refuse("engine.no-unit", "%s is not among the units", q.Unit).Do("Name a region of the set")
	}
	if q.Peers < 1 {
		return nil, refuse("engine.no-peers", "%d peers were asked for", q.Peers).Do("Ask for at least 1")
	}
	if q.Runs > 0 && s.measure == Mahalanobis {
		return nil, refuse("engine.no-weights", "the distance of Mahalanobis knows no weights to vary").Do("Take Gower's distance, or ask for no runs")
	}
	near := s.near(me, q, s.share)
	if len(near) < max(1, q.MinCandidates) {
		return nil, refuse("engine.no-candidate", "%s shares at least half of the variables with %d other regions", q.Unit, len(near)).
			Do("Give it more figures, or count regions of its own country")
	}
	out := make([]Peer, 0, min(q.Peers, len(near)))
	for _, c := range near[:min(q.Peers, len(near))] {
		p := Peer{Unit: s.Units[c.unit], Place: c.unit, Distance: c.distance, Known: c.known, Stability: math.NaN()}
		p.Reasons = s.reasons(me, c.unit, c.known)
		out = append(out, p)
	}
	if q.Runs > 0 {
		s.stability(me, q, out)
	}
	return out, nil
}

type candidate struct {
	unit            int
	distance, known float64
}

// near sorts all candidates by distance.
func (s *Set) near(me int, q Question, share []float64) []candidate {
	var out []candidate
	for u := range s.rows {
		if u == me || !q.OwnCountry && s.Units[u].Country == s.Units[me].Country {
			continue
		}
		if d, known := s.distance(s.rows[me], s.rows[u], share); d == d {
			out = append(out, candidate{u, d, known})
		}
	}
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(s.Units[a.unit].ID.Code, s.Units[b.unit].ID.Code))
	})
	return out
}

func (s *Set) reasons(me, other int, known float64) []Reason {
	if s.measure == Mahalanobis {
		return nil
	}
	var out []Reason
	for v := range s.share {
		d := s.difference(v, s.rows[me][v], s.rows[other][v])
		if d != d {
			continue
		}
		part := d
		if s.measure == Euclidean {
			part *= d
		}
		apart := math.Copysign(d, s.rows[other][v]-s.rows[me][v])
		out = append(out, Reason{v, s.share[v] * part / known, apart})
	}
	slices.SortStableFunc(out, func(a, b Reason) int { return cmp.Compare(a.Part, b.Part) })
	return out
}

// stability counts in how many runs each peer stays one. A run follows from the
// seed and its number alone.
func (s *Set) stability(me int, q Question, peers []Peer) {
	noise := q.WeightNoise
	if noise == 0 {
		noise = 0.25
	}
	stays := make([]int, len(peers))
	share := make([]float64, len(s.share))
	for run := range q.Runs {
		random := rand.New(rand.NewPCG(q.Seed, uint64(run)))
		for v := range share {
			share[v] = s.share[v] * (1 + noise*(2*random.Float64()-1))
		}
		if q.DropOne && len(share) > 2 {
			share[random.IntN(len(share))] = 0
		}
		near := s.near(me, q, share)
		for k, p := range peers {
			if slices.ContainsFunc(near[:min(q.Peers, len(near))], func(c candidate) bool { return c.unit == p.Place }) {
				stays[k]++
			}
		}
	}
	for k := range peers {
		peers[k].Stability = float64(stays[k]) / float64(q.Runs)
	}
}
