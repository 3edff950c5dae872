package profile

import (
	"math"

	"peerscape/internal/fault"
)

// Options are the thresholds of the rule. Start from Defaults.
type Options struct {
	// An asset is better than the median of a group by at least Effect, in the
	// scale of the comparison, and better than a random member with a
	// probability of at least Superiority. A challenge is the mirror image.
	Effect      float64 // above 0
	Superiority float64 // above 0.5, at most 1

	Confidence float64 // of every interval, between 0.5 and 1
	MinUnits   int     // fewer units in a group: no verdict and no part in a domain score
	Quorum     int     // groups that must agree on an asset or challenge; fewer if fewer can tell

	// Oldest is by how many years a value may lie behind the newest year of the
	// table and still be judged. Where it stands is told, but an old figure is no
	// asset of today, and counts in no domain score. 0: any age.
	Oldest int

	FalseDiscovery float64 // share of distinct findings that may be owed to chance, between 0 and 1

	Coverage     float64 // share of a domain's weight that must have values, 0 to 1
	YearCoverage float64 // a year is compared if it has this share of the units of the best year, 0 to 1

	MinYears int // values that a trend needs after the last break, at least 3
	Horizon  int // years within which a gap must close to be in sight

	// Noise of flagged values, as a standard deviation in the scale of the
	// group. No publisher states it: these are conventions of this package.
	NoiseEstimated  float64 // flags e, s, p, f, d
	NoiseUnreliable float64 // flags u, n
}

// Defaults returns the published rule.
func Defaults() Options {
	return Options{
		Effect: 0.5, Superiority: 0.75, Confidence: 0.95, MinUnits: 5, Quorum: 2, Oldest: 8, FalseDiscovery: 0.1,
		Coverage: 0.6, YearCoverage: 0.5, MinYears: 5, Horizon: 30,
		NoiseEstimated: 0.1, NoiseUnreliable: 0.25,
	}
}

// RuleVersion names the wording of the rule. It changes when a clause changes
// its meaning, not when a threshold changes its value.
const RuleVersion = "profile-rule-3"

// Clause is one threshold of the rule: a key for its sentence and its value.
type Clause struct {
	Key   string
	Value float64
}

// Rule is the rule by which a profile was made, for a page to print.
type Rule struct {
	Version string
	Clauses []Clause // in the order in which they are applied
}

// Rule returns the thresholds as data.
func (o Options) Rule() Rule {
	return Rule{Version: RuleVersion, Clauses: []Clause{
		{"year-coverage", o.YearCoverage},
		{"oldest", float64(o.Oldest)},
		{"min-units", float64(o.MinUnits)},
		{"effect", o.Effect},
		{"superiority", o.Superiority},
		{"confidence", o.Confidence},
		{"quorum", float64(o.Quorum)},
		{"false-discovery", o.FalseDiscovery},
		{"noise-estimated", o.NoiseEstimated},
		{"noise-unreliable", o.NoiseUnreliable},
		{"coverage", o.Coverage},
		{"min-years", float64(o.MinYears)},
		{"horizon", float64(o.Horizon)},
	}}
}

func (o *Options) check() error {
	for _, c := range []struct {
		name string
		ok   bool
		want string
	}{
		{"Effect", o.Effect > 0 && o.Effect <= largest, "a number above 0"},
		{"Superiority", o.Superiority > 0.5 && o.Superiority <= 1, "a probability above 0.5"},
		{"Confidence", o.Confidence > 0.5 && o.Confidence < 1, "a probability between 0.5 and 1"},
		{"MinUnits", o.MinUnits >= 1, "1 or more"},
		{"Quorum", o.Quorum >= 1, "1 or more"},
		{"Oldest", o.Oldest >= 0, "0 or more"},
		{"FalseDiscovery", o.FalseDiscovery > 0 && o.FalseDiscovery < 1, "a share between 0 and 1"},
		{"Coverage", o.Coverage >= 0 && o.Coverage <= 1, "a share from 0 to 1"},
		{"YearCoverage", o.YearCoverage >= 0 && o.YearCoverage <= 1, "a share from 0 to 1"},
		{"MinYears", o.MinYears >= 3, "3 or more"},
		{"Horizon", o.Horizon >= 1, "1 or more"},
		{"NoiseEstimated", o.NoiseEstimated >= 0 && o.NoiseEstimated <= 10, "a number from 0 to 10"},
		{"NoiseUnreliable", o.NoiseUnreliable >= 0 && o.NoiseUnreliable <= 10, "a number from 0 to 10"},
	} {
		if !c.ok {
			return fault.New(fault.Invalid, "engine.options", "the option %s of a profile must be %s", c.name, c.want).
				With("option", c.name).Do("Start from the default options and change one")
		}
	}
	return nil
}

// quantile returns the two-sided normal quantile of a confidence: 1.96 for 0.95.
func quantile(confidence float64) float64 { return math.Sqrt2 * math.Erfinv(confidence) }
