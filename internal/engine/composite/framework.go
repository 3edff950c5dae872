// Package composite computes composite indices as the OECD/JRC Handbook (2008)
// describes them: a Framework says how, a Table holds the figures, a Plan is the
// two made to fit, and a Result is every step on the way to the scores.
//
// The steps are denominate, impute, screen, treat, normalise with direction,
// aggregate level by level, rank. Each has a package of its own below this one.
// What cannot apply is refused with the reason; nothing is skipped in silence.
// The package reads no file and knows no region. Start with Framework and New.
package composite

import (
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/composite/weigh"
)

// Framework says which indicators make up an index, and how.
type Framework struct {
	Code string
	Name map[string]string // by language
	Note map[string]string

	Indicators []Indicator
	Groups     []Group // the one without parent is the index

	Impute  []impute.Rule // tried one after the other on what is still missing
	GroupBy string        // attribute within which a group mean or median is taken
	Screen  impute.Screening

	// Coverage is the share of indicators, from 0 to 1, that must have figures at
	// all. Those without are left out and reported; below the share there is no
	// index. Zero refuses any indicator without figures.
	Coverage float64

	// Treat and Normalise hold for every indicator, and Aggregate for every group,
	// that has none of its own.
	Treat     treat.Rule
	Normalise normalise.Rule
	Aggregate aggregate.Rule

	// PerYear treats and scales each period of a panel by itself. Scores of different
	// periods then cannot be compared, and results say so. TreatPerYear treats each
	// period by itself and scales all together: scores can be compared but where an
	// indicator was transformed in some periods alone, which results name.
	PerYear, TreatPerYear bool

	// Anchor shifts the scores of parts to those of the whole; nil does not.
	Anchor *Anchoring

	// Choices are what an uncertainty analysis varies.
	Choices []Choice
}

// Direction says which end of an indicator is good.
type Direction int8

// The directions. The zero Direction is invalid: a framework states it.
const (
	LessIsBetter Direction = -1
	MoreIsBetter Direction = 1
)

// Indicator is a leaf of the hierarchy: a column of the table.
type Indicator struct {
	Code        string
	Parent      string // code of a group
	Name        map[string]string
	Weight      float64 // within the parent, 0 or more
	Direction   Direction
	Denominator string  // code of a column that it is divided by; empty for none
	Factor      float64 // of the quotient: 1000 for "per thousand"; 0 means 1

	Treat     *treat.Rule     // nil: the framework's
	Normalise *normalise.Rule // nil: the framework's

	// For names whom the indicator counts for: "residents", "firms", "visitors".
	// Empty means all.
	For []string
}

// Group is an inner element of the hierarchy: a dimension, a domain, the index.
type Group struct {
	Code   string
	Parent string // empty for the index
	Name   map[string]string
	Weight float64 // within the parent, 0 or more; of no meaning for the index

	Aggregate *aggregate.Rule // nil: the framework's

	// Weigh finds the weights of the members; what it finds is multiplied with the
	// members' own weights. Nil takes those alone.
	Weigh     *weigh.Rule
	Attribute string // of the rows, for weights that depend on one
}
