package partnership

import (
	"context"
	"slices"

	"peerscape/internal/exchange/content"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Instrument is a strategy, programme or law that partners want to improve.
type Instrument struct {
	Entry
	Name        content.Text `json:"name"`
	About       content.Text `json:"about"`
	Sort        string       `json:"sort"`                  // one of InstrumentSorts
	Authority   string       `json:"authority,omitempty"`   // managing authority, where it has one
	Responsible string       `json:"responsible,omitempty"` // who is in charge of it
	Partners    []string     `json:"partners"`              // ids of those that address it
	Indicator   Indicator    `json:"indicator"`
	Sources     []Source     `json:"sources,omitempty"`
}

// InstrumentSorts are the sorts of instruments.
var InstrumentSorts = []string{"erdf", "eu-other", "national", "regional", "local"}

// Indicator is what the partners themselves measure the instrument by. It is
// zero where none is defined.
type Indicator struct {
	Name     content.Text `json:"name"`
	Unit     string       `json:"unit,omitempty"`
	Baseline *Figure      `json:"baseline,omitempty"`
	Target   *Figure      `json:"target,omitempty"`
	Current  *Figure      `json:"current,omitempty"`
}

// Figure is a value of a year.
type Figure struct {
	Value float64 `json:"value"`
	Year  int     `json:"year"`
}

// Kind implements Part.
func (*Instrument) Kind() Kind { return InstrumentKind }

// Texts implements Part.
func (x *Instrument) Texts() []TextField {
	return []TextField{{"name", mostTitle, false, &x.Name}, {"about", mostFacts, true, &x.About}, {"indicator-name", mostTitle, false, &x.Indicator.Name}}
}

func (x *Instrument) order() string { return x.Name.Original().Value }

func (x *Instrument) check(p *Partnership) error {
	if x.Name.IsZero() {
		return missing("name")
	}
	if !slices.Contains(InstrumentSorts, x.Sort) {
		return fault.Unknown("partnership.instrument-sort", "sort of instrument", x.Sort, InstrumentSorts)
	}
	for _, line := range []struct{ name, value string }{{"authority", x.Authority}, {"responsible", x.Responsible}, {"unit", x.Indicator.Unit}} {
		if err := checkLine(line.name, line.value, mostName, false); err != nil {
			return err
		}
	}
	if len(x.Partners) > mostHolders {
		return tooMany("partners", mostHolders)
	}
	for _, id := range x.Partners {
		if _, err := p.Part(PartnerKind, id); err != nil {
			return unknownPart("partner", err)
		}
	}
	for _, f := range []*Figure{x.Indicator.Baseline, x.Indicator.Target, x.Indicator.Current} {
		switch {
		case f == nil:
		case x.Indicator.Name.IsZero():
			return missing("indicator-name")
		case f.Year < 1990 || f.Year > 2100:
			return fault.New(fault.Invalid, "partnership.year", "%d is no year of a figure", f.Year).With("year", f.Year).Do("Write four digits")
		}
	}
	return checkSources(x.Sources)
}

// Group is the stakeholder group of an instrument: the organisations around it.
type Group struct {
	Entry
	Instrument string       `json:"instrument"` // id; one group an instrument
	About      content.Text `json:"about"`
	Members    []Member     `json:"members,omitempty"`
	Sources    []Source     `json:"sources,omitempty"`
}

// Member is an organisation in a group; a person of it only where she agreed to
// have an account here.
type Member struct {
	Organisation string `json:"organisation"` // its name
	Sort         string `json:"sort"`
	Account      string `json:"account,omitempty"` // id; shown to people with a role only
	Span
}

// mostMembers of a group over time.
const mostMembers = 200

// Kind implements Part.
func (*Group) Kind() Kind { return GroupKind }

// Texts implements Part.
func (x *Group) Texts() []TextField { return []TextField{{"about", mostFacts, true, &x.About}} }

func (x *Group) order() string { return x.Instrument }

func (x *Group) check(p *Partnership) error {
	if _, err := p.Part(InstrumentKind, x.Instrument); err != nil {
		return unknownPart("instrument", err)
	}
	for _, o := range p.Groups() {
		if o.ID != x.ID && o.Instrument == x.Instrument {
			return fault.New(fault.Conflict, "partnership.group-twice", "this instrument already has its stakeholder group").Do("Add the organisations to that group")
		}
	}
	if len(x.Members) > mostMembers {
		return tooMany("members", mostMembers)
	}
	for _, m := range x.Members {
		if err := checkLine("organisation", m.Organisation, mostName, true); err != nil {
			return err
		}
		if !slices.Contains(Sorts, m.Sort) {
			return fault.Unknown("partnership.sort", "sort of organisation", m.Sort, Sorts)
		}
		if err := m.Span.check("member"); err != nil {
			return err
		}
	}
	return checkSources(x.Sources)
}

// checkMembers refuses people of a stakeholder group who have, and had, no role in
// the partnership: a group names nobody who has not joined herself.
func checkMembers(ctx context.Context, q db.Querier, p *Partnership, x Part) error {
	g, ok := x.(*Group)
	if !ok {
		return nil
	}
	for _, m := range g.Members {
		if m.Account == "" {
			continue
		}
		joined, err := hasJoined(ctx, q, p.ID, m.Account)
		if err != nil {
			return err
		}
		if !joined {
			return fault.New(fault.Invalid, "partnership.member", "the person of %s does not belong to the partnership", m.Organisation).With("organisation", m.Organisation).
				Do("Invite her first, or leave the person out")
		}
	}
	return nil
}

// GroupOf returns the stakeholder group of an instrument, nil where it has none.
func (p *Partnership) GroupOf(instrument string) *Group {
	for _, g := range p.Groups() {
		if g.Instrument == instrument {
			return g
		}
	}
	return nil
}
