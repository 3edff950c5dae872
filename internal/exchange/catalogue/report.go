package catalogue

import (
	"cmp"
	"slices"
)

// SnapshotReport says what a snapshot holds and what it lacks.
type SnapshotReport struct {
	Datasets []ShippedDataset
	Bytes    int
	Covered  []string // published indicators with figures
	Computed []string // derived indicators whose parts have figures
	Missing  []string // indicators without figures
	Why      []Reason // for every missing one
}

// Reason says why indicators have no figures.
type Reason struct {
	Text       string
	Indicators []string
}

// ShippedDataset is one line of the report.
type ShippedDataset struct {
	Code           string
	Series, Values int
	Dropped        int // series of regions that may not be shipped
}

// count says which indicators have figures.
func (r *SnapshotReport) count(indicators []*Indicator, covered map[string]bool) {
	computable(indicators, covered)
	for _, i := range indicators {
		switch {
		case !covered[i.Code]:
			r.Missing = append(r.Missing, i.Code)
		case i.Derived != nil:
			r.Computed = append(r.Computed, i.Code)
		default:
			r.Covered = append(r.Covered, i.Code)
		}
	}
}

// explain groups the missing indicators by the reason.
func (r *SnapshotReport) explain(indicators []*Indicator, absent map[string]string) {
	for _, i := range indicators {
		if !slices.Contains(r.Missing, i.Code) {
			continue
		}
		text := "no file in the folder holds its dataset"
		if i.Derived != nil {
			text = "a part of its formula has no figures"
		}
		for _, s := range i.Sources {
			text = cmp.Or(absent[s.Dataset], text)
		}
		at := slices.IndexFunc(r.Why, func(w Reason) bool { return w.Text == text })
		if at < 0 {
			at, r.Why = len(r.Why), append(r.Why, Reason{Text: text})
		}
		r.Why[at].Indicators = append(r.Why[at].Indicators, i.Code)
	}
}
