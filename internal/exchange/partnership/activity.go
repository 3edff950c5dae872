package partnership

import (
	"slices"

	"peerscape/internal/exchange/content"
	"peerscape/internal/fault"
)

// Activity is something that the partnership held, or took part in.
type Activity struct {
	Entry
	Name    content.Text `json:"name"`
	Sort    string       `json:"sort"` // one of ActivitySorts
	Span                 // day or days; a month or a year where no more is known
	Place   string       `json:"place,omitempty"`
	Online  bool         `json:"online,omitempty"`
	Host    string       `json:"host,omitempty"`   // id of a partner
	People  int          `json:"people,omitempty"` // who took part; 0: not known
	AtLeast bool         `json:"at_least,omitempty"`
	Facts   content.Text `json:"facts"`
	Sources []Source     `json:"sources,omitempty"`
}

// ActivitySorts are the sorts of activities.
var ActivitySorts = []string{"policy-learning-event", "study-visit", "workshop", "stakeholder-meeting", "peer-review", "staff-exchange", "conference", "partner-meeting", "another"}

// Kind implements Part.
func (*Activity) Kind() Kind { return ActivityKind }

// Texts implements Part.
func (x *Activity) Texts() []TextField {
	return []TextField{{"name", mostTitle, false, &x.Name}, {"facts", mostFacts, true, &x.Facts}}
}

func (x *Activity) order() string { return x.From.First() }

func (x *Activity) check(p *Partnership) error {
	if x.Name.IsZero() {
		return missing("name")
	}
	if !slices.Contains(ActivitySorts, x.Sort) {
		return fault.Unknown("partnership.activity-sort", "sort of activity", x.Sort, ActivitySorts)
	}
	if x.From == "" {
		return missing("from")
	}
	if err := x.Span.check("activity"); err != nil {
		return err
	}
	if err := checkLine("place", x.Place, mostName, false); err != nil {
		return err
	}
	if x.Host != "" {
		if _, err := p.Part(PartnerKind, x.Host); err != nil {
			return unknownPart("host", err)
		}
	}
	if x.People < 0 || x.People > 1_000_000 {
		return fault.New(fault.Invalid, "partnership.people", "%d is no number of people", x.People).With("number", x.People).Do("Write how many took part, or leave it empty")
	}
	return checkSources(x.Sources)
}

// Result is what a partner changed because of what it learned from others.
type Result struct {
	Entry
	Learner    string       `json:"learner"`              // id of a partner
	From       string       `json:"from,omitempty"`       // id of the partner it learned from; empty: the exchange as a whole
	Instrument string       `json:"instrument,omitempty"` // id of what was changed
	Inspired   content.Text `json:"inspired"`             // by which practice or policy
	Change     content.Text `json:"change"`
	Types      []int        `json:"types"` // 1 new projects, 2 management or governance, 3 strategic focus
	Sources    []Source     `json:"sources,omitempty"`
}

// Kind implements Part.
func (*Result) Kind() Kind { return ResultKind }

// Texts implements Part.
func (x *Result) Texts() []TextField {
	return []TextField{{"inspired", mostTitle, false, &x.Inspired}, {"change", mostFacts, true, &x.Change}}
}

func (x *Result) order() string { return x.Learner }

func (x *Result) check(p *Partnership) error {
	if _, err := p.Part(PartnerKind, x.Learner); err != nil {
		return unknownPart("learner", err)
	}
	if x.From != "" {
		if _, err := p.Part(PartnerKind, x.From); err != nil {
			return unknownPart("from", err)
		}
	}
	if x.Instrument != "" {
		if _, err := p.Part(InstrumentKind, x.Instrument); err != nil {
			return unknownPart("instrument", err)
		}
	}
	if x.Change.IsZero() {
		return missing("change")
	}
	if len(x.Types) > 3 || slices.ContainsFunc(x.Types, func(t int) bool { return t < 1 || t > 3 }) {
		return fault.New(fault.Invalid, "partnership.types", "the type of a change is 1, 2 or 3").Do("1 new projects, 2 management or governance, 3 strategic focus")
	}
	return checkSources(x.Sources)
}
