package composite

import (
	"math"

	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// Statistic describes an indicator as it was prepared, before treatment.
type Statistic struct {
	Element  int
	Moments  sample.Moments
	Missing  int
	Outliers bool // fails the test of skewness and kurtosis: the framework's, or 2 and 3.5 where it tests none
}

// Association is how two members of a group go together, by Pearson's
// correlation of their scores.
type Association struct {
	Group, A, B int // elements
	R           float64
}

// Negative and Redundant are the bounds from which a correlation is warned of
// (OECD/JRC Handbook, step 4): members of a group that pull apart cancel each
// other, and those that say the same count twice.
const (
	Negative  = 0.0
	Redundant = 0.9
)

// Warning says what is wrong with an association, empty where nothing is.
func (a Association) Warning() string {
	switch {
	case a.R < Negative:
		return "they pull apart"
	case a.R > Redundant:
		return "they say the same"
	}
	return ""
}

// Consistency is Cronbach's alpha of a group's members.
type Consistency struct {
	Group int
	Alpha float64      // NaN where there is none
	Units int          // with all figures
	Why   *fault.Error // why there is none; nil where there is one
}

// Checked is what a statistician looks at before trusting an index.
type Checked struct {
	Statistics    []Statistic   // by indicator
	Associations  []Association // of all pairs of members with figures, by group
	Consistencies []Consistency // by group with two members or more
}

// Check computes statistics of the indicators, correlations within groups and
// the consistency of groups. Correlations are of scores: after treatment, in the
// indicators' directions, of rows that are no wholes.
func (r *Result) Check() Checked {
	t, c := r.plan.tree, Checked{}
	for j := range t.leaves {
		m := sample.MomentsOf(r.Prepared[j])
		c.Statistics = append(c.Statistics, Statistic{j, m, len(r.Rows) - m.N, r.plan.outlying(j, m)})
	}
	for g := t.leaves; g < len(t.codes); g++ {
		var members []int
		for _, m := range t.members[g] {
			if r.plan.figures(m) {
				members = append(members, m)
			}
		}
		if len(members) < 2 {
			continue
		}
		columns := make([][]float64, len(members))
		names := make([]string, len(members))
		for k, m := range members {
			columns[k], names[k] = r.compared(m), t.codes[m]
			for i := range k {
				c.Associations = append(c.Associations, Association{g, members[i], m, sample.Pearson(columns[i], columns[k])})
			}
		}
		c.Consistencies = append(c.Consistencies, r.consistency(g, weigh.Table{Columns: columns, Names: names}))
	}
	return c
}

func (r *Result) consistency(g int, t weigh.Table) Consistency {
	alpha, coverage, err := weigh.Alpha(t, weigh.Listwise)
	if err != nil {
		f := refuse("engine.no-alpha", "%v", err)
		return Consistency{Group: g, Alpha: math.NaN(), Why: f.Because(err)}
	}
	return Consistency{Group: g, Alpha: alpha, Units: coverage.Units}
}

// compared returns the scores of an element without those of wholes.
func (r *Result) compared(e int) []float64 {
	out := append([]float64(nil), r.Scores[e]...)
	r.plan.anchoring.silence(out)
	return out
}

// outlying applies the test of an indicator's treatment.
func (p *Plan) outlying(j int, m sample.Moments) bool {
	skew, kurtosis := p.base.treat[j].Skew, p.base.treat[j].Kurtosis
	if skew == 0 {
		skew, kurtosis = 2, 3.5
	}
	return m.N >= 4 && !m.Constant() && math.Abs(m.Skewness()) >= skew && m.Kurtosis() >= kurtosis
}
