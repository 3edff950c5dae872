package profile

import "peerscape/internal/stats"

// Group is a set of units that a region is held against.
type Group uint8

// The groups, from near to far. A region is never a member of its own group.
const (
	Peers   Group = iota // the regions named in Input.Peers
	Country              // the other regions of its country
	Class                // the other EU regions of its urban-rural class
	EU                   // the other EU regions
	groups               // how many there are
)

// Verdict says what a comparison makes of an indicator.
type Verdict uint8

// The verdicts. Undetermined has a Reason beside it. Mixed occurs only where
// several groups are put together.
const (
	Undetermined Verdict = iota
	Ordinary             // compared, and neither of the two
	Asset
	Challenge
	Mixed // an asset by one group, a challenge by another
)

// Reason says why there is no verdict or no score.
type Reason uint8

// The reasons. The zero value stands where nothing is withheld.
const (
	NoReason    Reason = iota
	NotJudged          // the indicator is context: neither end is better
	NoValue            // the region has no value
	NoGroup            // the region belongs to no such group, or the group is empty
	TooFewUnits        // the group has fewer units with a value than Options.MinUnits
	NoSpread           // the units of the group do not differ
	Straddles          // the thresholds are passed, but the interval reaches the middle
	LowCoverage        // too few of the domain's indicators have a value
	Dated              // the value is older than Options.Oldest allows
)

// Scale says what an effect size is counted in.
type Scale uint8

// The scales. ScaleSD is used where more than half of the units share one value
// and the median absolute deviation is therefore zero.
const (
	NoScale  Scale = iota
	ScaleMAD       // 1.4826 times the median absolute deviation from the median
	ScaleSD        // the standard deviation (n-1)
)

// Course says where a series is going.
type Course uint8

// The courses. Rising and Falling are said of context indicators alone.
const (
	TooFewYears Course = iota // fewer values in the last unbroken stretch than Options.MinYears
	NoTrend                   // the slope's interval holds zero, or none can be given
	Improving
	Worsening
	Rising
	Falling
)

// Break says what begins a stretch.
type Break uint8

// The breaks.
const (
	Unbroken Break = iota // the first year of the series
	ByFlag                // a value flagged b
	ByTerritory
)

// Distance says where a gap to a metropolis is going.
type Distance uint8

// The distances. Behind and ahead follow the indicator's direction.
const (
	NoGap        Distance = iota // the two have no year in common
	GapNotJudged                 // the indicator is context: the gap is given, nothing is said of it
	Itself                       // the region is the metropolis
	Ahead                        // in the last common year the region is level or ahead
	GapTooShort                  // behind, and too few years since the last break of either
	Steady                       // behind, and the slope's interval holds zero: no motion can be told
	Widening                     // behind, and falling further behind
	Closing                      // behind, and catching up within Options.Horizon years
	NotInSight                   // behind, and catching up, but not within Options.Horizon years
)

var (
	groupKeys    = [...]string{"peers", "country", "class", "eu"}
	verdictKeys  = [...]string{"undetermined", "ordinary", "asset", "challenge", "mixed"}
	reasonKeys   = [...]string{"", "not-judged", "no-value", "no-group", "too-few-units", "no-spread", "straddles", "low-coverage", "dated"}
	scaleKeys    = [...]string{"", "mad", "sd"}
	courseKeys   = [...]string{"too-few-years", "no-trend", "improving", "worsening", "rising", "falling"}
	breakKeys    = [...]string{"unbroken", "flag", "territory"}
	distanceKeys = [...]string{"no-gap", "not-judged", "itself", "ahead", "too-few-years", "steady", "widening", "closing", "not-in-sight"}
)

// String returns the group's stable key: "peers", "country", "class", "eu".
func (g Group) String() string { return key(groupKeys[:], int(g)) }

// String returns the verdict's stable key.
func (v Verdict) String() string { return key(verdictKeys[:], int(v)) }

// String returns the reason's stable key, empty where there is none.
func (r Reason) String() string { return key(reasonKeys[:], int(r)) }

// String returns the scale's stable key, empty where there is none.
func (s Scale) String() string { return key(scaleKeys[:], int(s)) }

// String returns the course's stable key.
func (c Course) String() string { return key(courseKeys[:], int(c)) }

// String returns the break's stable key.
func (b Break) String() string { return key(breakKeys[:], int(b)) }

// String returns the distance's stable key.
func (d Distance) String() string { return key(distanceKeys[:], int(d)) }

func key(keys []string, i int) string {
	if i < len(keys) {
		return keys[i]
	}
	return "unknown"
}

// Groups is a set of groups.
type Groups uint8

// Has reports whether g is in the set.
func (s Groups) Has(g Group) bool { return s>>g&1 == 1 }

// List returns the members, from near to far.
func (s Groups) List() []Group {
	var out []Group
	for g := range groups {
		if s.Has(g) {
			out = append(out, g)
		}
	}
	return out
}

func (s Groups) count() int {
	n := 0
	for ; s != 0; s &= s - 1 {
		n++
	}
	return n
}

// Interval is an estimate with the ends of its interval. Where there is no
// estimate all three are NaN.
type Interval struct{ Value, Low, High float64 }

// The flags that make a value noisy. A value with flags of both kinds counts as
// unreliable.
const (
	estimated  = stats.Estimated | stats.EurostatEst | stats.Provisional | stats.Forecast | stats.Definition
	unreliable = stats.Unreliable | stats.NotSignificant
)
