package peers

import (
	"cmp"
	"math"
	"slices"

	"peerscape/internal/nuts"
)

// Question asks for the peers of a unit.
type Question struct {
	Unit          nuts.ID
	Peers         int  // how many
	OwnCountry    bool // whether regions of its own country count
	MinCandidates int  // fewer known distances are refused; 0 means 1

	// Stability. Each run multiplies the weights by 1 + U(-WeightNoise, WeightNoise),
	// leaves out a variable drawn at random with DropOne, and moves the values that
	// have a doubt (Options.Doubt) by a normal error.
	Runs        int // 0 for none
	Seed        uint64
	WeightNoise float64 // from 0 to 1; 0 means 0.25
	DropOne     bool
	Workers     int // that share the runs; 0 means one. The result does not depend on it
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
// under Euclidean and Mahalanobis to its square; the smallest come first: what the
// two share. Under Mahalanobis a part may be negative: the difference is one that
// the others let expect. Variables that one of the two lacks have no reason.
type Reason struct {
	Variable int
	Part     float64
	Apart    float64 // difference of the two in the measure's scale, with the sign of peer minus region
}

// Nearest returns the peers of a unit, the nearest first; equal distances are in
// the order of codes.
func (s *Set) Nearest(q Question) ([]Peer, error) {
	me := slices.IndexFunc(s.Units, func(u Unit) bool { return u.ID == q.Unit })
	if me < 0 {
		return nil, refuse("engine.no-unit", "%s is not among the units", q.Unit).Do("Name a region of the set")
	}
	if err := s.checkQuestion(q, me); err != nil {
		return nil, err
	}
	v := s.newView()
	near := v.near(me, q)
	if len(near) < max(1, q.MinCandidates) {
		return nil, refuse("engine.no-candidate", "%s shares at least half of the variables with %d other regions", q.Unit, len(near)).
			Do("Give it more figures, or count regions of its own country")
	}
	out := make([]Peer, 0, min(q.Peers, len(near)))
	for _, c := range near[:min(q.Peers, len(near))] {
		p := Peer{Unit: s.Units[c.unit], Place: c.unit, Distance: c.distance, Known: c.known, Stability: math.NaN()}
		p.Reasons = s.Reasons(me, c.unit)
		out = append(out, p)
	}
	if q.Runs > 0 {
		s.stability(me, q, out)
	}
	return out, nil
}

func (s *Set) checkQuestion(q Question, me int) error {
	switch {
	case q.Peers < 1:
		return refuse("engine.no-peers", "%d peers were asked for", q.Peers).Do("Ask for at least 1")
	case !q.OwnCountry && s.Units[me].Country == "":
		return refuse("engine.no-country", "the country of %s is not known, so its own regions cannot be left out", q.Unit).
			Do("Name the country of each unit, or count regions of its own country")
	case !(q.WeightNoise >= 0 && q.WeightNoise <= 1):
		return refuse("engine.noise", "the noise of the weights is %g", q.WeightNoise).Do("Write a share from 0 to 1, such as 0.25")
	case q.Runs < 0 || q.Workers < 0:
		return refuse("engine.runs", "%d runs by %d workers were asked for", q.Runs, q.Workers).Do("Ask for 0 or more")
	case q.Runs > 0 && s.o.Measure == Mahalanobis && !q.DropOne && s.doubt == nil:
		return refuse("engine.no-weights", "the distance of Mahalanobis knows no weights, and nothing else was given to vary").
			Do("Leave out a variable in each run, take Gower's distance, or ask for no runs")
	}
	return nil
}

// view is a set as one run sees it: with weights of its own, one variable less,
// moved values. It is not safe for use by several goroutines.
type view struct {
	s       *Set
	share   []float64
	rows    [][]float64
	leftOut int // -1 for none
	kept    precisions
	found   []candidate
}

func (s *Set) newView() *view {
	return &view{s: s, share: s.share, rows: s.rows, leftOut: -1, kept: precisions{}}
}

type candidate struct {
	unit            int
	distance, known float64
}

// near sorts all candidates by distance. The result is overwritten by the next
// call.
func (v *view) near(me int, q Question) []candidate {
	s, out := v.s, v.found[:0]
	for u := range v.rows {
		if u == me || !q.OwnCountry && s.Units[u].Country == s.Units[me].Country {
			continue
		}
		if d, known := v.distance(me, u); d == d {
			out = append(out, candidate{u, d, known})
		}
	}
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(rounded(a.distance), rounded(b.distance)), cmp.Compare(s.Units[a.unit].ID.Code, s.Units[b.unit].ID.Code))
	})
	v.found = out
	return out
}

// rounded takes off what the order of additions may add, so that equal distances
// are equal: those that agree to 1e-13.
func rounded(d float64) float64 { return math.Round(d * 1e13) }

func (v *view) distance(i, j int) (distance, known float64) {
	switch {
	case v.s.o.Measure != Mahalanobis:
		return v.s.distance(v.rows[i], v.rows[j], v.share)
	case v.leftOut < 0 && v.s.doubt == nil:
		return v.s.mahalanobis(i, j, v.kept)
	}
	square, known, _ := v.s.quadratic(v.rows[i], v.rows[j], v.leftOut, v.kept)
	return math.Sqrt(square), known
}

// Reasons says what each variable that both units know adds to their distance,
// the smallest part first; nil where they have no distance. Distance and sum
// agree within 1e-12 of the sizes of the parts.
func (s *Set) Reasons(me, other int) []Reason {
	a, b := s.rows[me], s.rows[other]
	if s.o.Measure == Mahalanobis {
		return s.quadraticReasons(me, other)
	}
	var out []Reason
	counted := 0.0
	for _, c := range s.contexts {
		has, first := 0.0, len(out)
		for _, v := range c.variables {
			if d := s.difference(v, a[v], b[v]); d == d {
				has += s.share[v]
				out = append(out, Reason{v, c.share * s.share[v] * d, b[v] - a[v]})
			}
		}
		if has < least-slack { // the context is not counted
			out = out[:first]
			continue
		}
		for k := range out[first:] {
			out[first+k].Part /= has
		}
		counted += c.share
	}
	if d, _ := s.Distance(me, other); d != d {
		return nil
	}
	for k := range out {
		r := &out[k]
		r.Part /= counted
		if s.Variables[r.Variable].Kind == Nominal || s.o.Measure == Gower {
			r.Apart = math.Copysign(s.difference(r.Variable, a[r.Variable], b[r.Variable]), r.Apart)
		}
	}
	return sortReasons(out)
}

// quadraticReasons are the parts of Mahalanobis' distance. They come from another
// form of the same sum, so that rounding, large where variables nearly repeat each
// other, is shared out among them.
func (s *Set) quadraticReasons(me, other int) (out []Reason) {
	a, b := s.rows[me], s.rows[other]
	d, _ := s.Distance(me, other)
	square, _, parts := s.quadratic(a, b, -1, precisions{})
	mend := 1.0
	if square > 0 {
		mend = d * d / square
	}
	for _, p := range parts {
		out = append(out, Reason{p.variable, mend * p.square, b[p.variable] - a[p.variable]})
	}
	return sortReasons(out)
}

func sortReasons(out []Reason) []Reason {
	slices.SortStableFunc(out, func(a, b Reason) int { return cmp.Compare(a.Part, b.Part) })
	return out
}
