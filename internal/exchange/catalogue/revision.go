package catalogue

import (
	"context"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// RevisionOptions choose what is compared and how much is listed.
type RevisionOptions struct {
	Old, New int64                // vintages; 0: the newest, and the one before New
	Region   string               // only this region; empty for all
	Limit    int                  // how many are listed; 0: 1,000; negative: none
	Visit    func(Revision) error // called for every one, listed or not; may be nil
}

// Change says what became of a figure.
type Change string

// The changes. Flagged: the value stayed and its flags did not.
const (
	Changed   Change = "changed"
	Added     Change = "added"
	Withdrawn Change = "withdrawn"
	Flagged   Change = "flagged"
)

// Revision is one figure that differs between two vintages.
type Revision struct {
	Change   Change
	Key      []string // codes in the order of the newer vintage's dimensions
	Region   nuts.ID  // version 0 where the code is no region
	Period   stats.Period
	Old, New stats.Observation // value NaN and no flags where there is none
}

// Revisions is the comparison of two vintages. The totals count all
// differences, whatever the limit.
type Revisions struct {
	Dataset    string
	Dimensions []string
	Old, New   Vintage
	Compared   int // figures that both vintages have
	Totals     map[Change]int
	List       []Revision // by key, region and period; at most Limit
}

// Revisions compares two vintages of a dataset.
func (c *Catalogue) Revisions(ctx context.Context, dataset string, o RevisionOptions) (*Revisions, error) {
	return nil, nil
}
