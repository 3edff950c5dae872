package composite

import (
	"math"
	"slices"

	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// Result is every step on the way to an index. Slices by element hold the
// indicators first, in the framework's order, then the groups, each after its
// members, the index last. It is read only.
type Result struct {
	Rows      []Row
	Codes     []string  // by element
	Parent    []int     // by element, -1 for the index
	Level     []int     // by element: 1 for indicators
	Effective []float64 // by element: its weight in the index, were all figures known; NaN where units have weights of their own

	Prepared [][]float64 // by indicator: denominated, filled, screened
	Treated  [][]float64 // by indicator
	Scores   [][]float64 // by element; NaN where there is none
	Ranks    []float64   // of the index, 1 is best, ties share the better rank; within the period of a panel; NaN for a whole
	Whole    []bool      // rows that others are anchored to; nil where nothing is anchored

	Report     Report
	Treatments []treat.Report
	Scales     []normalise.Scale

	// Years are the treatments and scales of each period of a panel, where the
	// framework treats or scales it by itself; else nil. Treatments sum them up then,
	// and Scales are those of the last period where each has its own.
	Years []Year

	// Notes are warnings: periods that cannot be compared; of weights that were found
	// by the figures, comparisons that contradict each other or a target that is out
	// of reach. The argument "group" names the group that one is about, if any.
	Notes []*fault.Error

	plan    *Plan
	weights [][]float64 // by element and row, within the parent; nil where given
	shifts  [][]float64 // by element and row; nil where nothing is anchored
}

// Compute computes the index as the framework says.
func (p *Plan) Compute() (*Result, error) {
	w, t := p.newWork(), p.tree
	r := &Result{
		Rows: p.rows, Codes: t.codes, Parent: t.parent, Level: t.level,
		Prepared: p.base.table, Treated: w.treated, Scores: w.scores, Report: p.report,
		Treatments: make([]treat.Report, t.leaves), Scales: make([]normalise.Scale, t.leaves), plan: p, weights: w.weights, shifts: w.shifts,
	}
	if p.years != nil {
		w.years = p.newYears()
	}
	if err := p.compute(w, &p.base, func(j int, report *treat.Report, scale *normalise.Scale) {
		r.Treatments[j], r.Scales[j] = *report, *scale
	}); err != nil {
		return nil, err
	}
	r.Years, r.Notes = w.years, append(p.panelNotes(w.years), w.notes...)
	if p.anchoring != nil {
		r.Whole = p.anchoring.whole
	}
	r.rank()
	return r, r.effective()
}

// Index returns the scores of the index, one a row.
func (r *Result) Index() []float64 { return r.Scores[len(r.Scores)-1] }

// Element returns the place of a code among the elements, -1 where there is none.
func (r *Result) Element(code string) int {
	for e, c := range r.Codes {
		if c == code {
			return e
		}
	}
	return -1
}

// ranked returns the index of the rows that are ranked, NaN for wholes.
func (r *Result) ranked() []float64 {
	index := slices.Clone(r.Index())
	r.plan.anchoring.silence(index)
	return index
}

// rank ranks the rows of each period.
func (r *Result) rank() {
	index := r.ranked()
	r.Ranks = make([]float64, len(index))
	order := sample.Descending
	if r.plan.base.aggregate[r.plan.tree.root()].Method.SmallerIsBetter() {
		order = sample.Ascending
	}
	var ranker sample.Ranker
	if !r.plan.panel {
		ranker.Rank(r.Ranks, index, order, sample.TiesMin)
		return
	}
	column := make([]float64, len(index))
	for i := range index {
		for k := range index {
			column[k] = math.NaN()
			if r.Rows[k].Period == r.Rows[i].Period {
				column[k] = index[k]
			}
		}
		ranker.Rank(column, column, order, sample.TiesMin)
		r.Ranks[i] = column[i]
	}
}

// effective fills the effective weights.
func (r *Result) effective() (err error) {
	t := r.plan.tree
	weight := make([]float64, len(t.weight))
	for e := range weight {
		if weight[e] = r.weightOf(e, 0); r.weights[e] == nil {
			continue
		}
		for i := range r.Rows {
			if r.weights[e][i] != weight[e] {
				r.Effective = make([]float64, len(t.weight))
				for k := range r.Effective {
					r.Effective[k] = math.NaN()
				}
				return nil
			}
		}
	}
	r.Effective, err = weigh.Effective(t.parent, weight, t.codes)
	return err
}

// weightOf returns an element's weight within its parent for a row.
func (r *Result) weightOf(e, row int) float64 {
	if w := r.weights[e]; w != nil {
		return w[row]
	}
	return r.plan.base.weights[e]
}
