package composite

import (
	"fmt"
	"math"

	"peerscape/internal/fault"
)

// AnchorError says why the rows of a group cannot be anchored.
type AnchorError struct {
	Why   AnchorReason
	Group string
	Row   int // a row of the group; of WeightUnknown the one without weight
}

// AnchorReason sorts the reasons.
type AnchorReason uint8

// The reasons.
const (
	GroupUnnamed  AnchorReason = iota // the row has no group
	WholeMissing                      // there is no score of the group as a whole
	WeightUnknown                     // a row's weight is missing, infinite or below zero
	WeightNone                        // the weights of the group's rows sum to zero
)

// Error implements error.
func (e *AnchorError) Error() string { return e.fault().Error() }

// Unwrap gives the fault that people see.
func (e *AnchorError) Unwrap() error { return e.fault() }

func (e *AnchorError) fault() *fault.Error {
	switch e.Why {
	case GroupUnnamed:
		return refuse("engine.anchor-group", "row %d has a score and no group to anchor it to", e.Row+1).Do("Name the group, such as the country")
	case WholeMissing:
		return refuse("engine.anchor-whole", "%s has no score as a whole to anchor its parts to", e.Group).Do("Compute its score, or leave its rows out")
	case WeightUnknown:
		return refuse("engine.anchor-weight", "row %d of %s has no weight of 0 or more", e.Row+1, e.Group).Do("Give its population, or leave the row out")
	}
	return refuse("engine.anchor-weight", "the weights of %s sum to zero", e.Group).Do("Give the population of its parts")
}

// Anchor shifts the scores of parts so that their weighted mean is the score of
// the whole, and writes them into dst, which may be scores:
//
//	dst = scores + whole - weighted mean of the group's scores
//
// A regional component is anchored so to the country's, with populations as
// weights, before components are aggregated (EU Social Progress Index 2020). It
// is for figures of which the country's is the better one: a regional sample is
// small, and some indicators are known for countries alone.
//
// scores, group and weight have one entry a row, whole one a group. A row without
// a score (NaN) gets none, needs nothing, and does not count in its group's mean.
// Differences within a group stay as they are; those between groups become those
// of the wholes. The error is an *AnchorError, or engine.ragged where the lengths
// differ; dst is void then.
func Anchor(dst, scores []float64, group []string, weight []float64, whole map[string]float64) error {
	n := len(scores)
	if len(dst) != n || len(group) != n || len(weight) != n {
		return refuse("engine.ragged", "%d scores are to be anchored with %d groups and %d weights", n, len(group), len(weight)).Do("Give each row a group and a weight")
	}
	type sums struct{ weight, score float64 }
	of := make(map[string]*sums, len(whole))
	for i, x := range scores {
		if math.IsNaN(x) {
			continue
		}
		if e := unanchored(i, group[i], weight[i], whole); e != nil {
			return e
		}
		s := of[group[i]]
		if s == nil {
			s = &sums{}
			of[group[i]] = s
		}
		s.weight += weight[i]
		s.score += weight[i] * x
	}
	for i, x := range scores {
		if dst[i] = x; math.IsNaN(x) {
			continue
		}
		s := of[group[i]]
		if s.weight == 0 {
			return &AnchorError{WeightNone, group[i], i}
		}
		dst[i] = x + (whole[group[i]] - s.score/s.weight)
	}
	return nil
}

// unanchored says what a row with a score lacks, nil if nothing.
func unanchored(row int, group string, weight float64, whole map[string]float64) error {
	score, ok := whole[group]
	switch {
	case group == "":
		return &AnchorError{GroupUnnamed, "", row}
	case !ok || math.IsNaN(score) || math.IsInf(score, 0):
		return &AnchorError{WholeMissing, group, row}
	case !(weight >= 0) || math.IsInf(weight, 1):
		return &AnchorError{WeightUnknown, group, row}
	}
	return nil
}

// String returns the reason in words.
func (r AnchorReason) String() string {
	names := [...]string{"no group", "no score of the whole", "no weight", "weights sum to zero"}
	if int(r) < len(names) {
		return names[r]
	}
	return fmt.Sprintf("reason(%d)", uint8(r))
}
