package partnership

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Organisation is a body that is, was or works with a partner.
type Organisation struct {
	Entry
	Name    string   `json:"name"`              // as it calls itself
	English string   `json:"english,omitempty"` // where that is another
	Country string   `json:"country"`           // as NUTS writes it; empty for one of no country
	Sort    string   `json:"sort"`              // one of Sorts
	Website string   `json:"website,omitempty"`
	Sources []Source `json:"sources,omitempty"`
}

// Sorts of organisations.
var Sorts = []string{"authority", "agency", "chamber", "university", "network", "firm", "association", "another"}

// Kind implements Part.
func (*Organisation) Kind() Kind { return OrganisationKind }

// Texts implements Part.
func (*Organisation) Texts() []TextField { return nil }

func (x *Organisation) order() string { return x.Name }

func (x *Organisation) check(p *Partnership) error {
	if err := checkLine("name", x.Name, mostName, true); err != nil {
		return err
	}
	if err := checkLine("english", x.English, mostName, false); err != nil {
		return err
	}
	if !slices.Contains(Sorts, x.Sort) {
		return fault.Unknown("partnership.sort", "sort of organisation", x.Sort, Sorts)
	}
	for _, o := range p.Organisations() {
		if o.ID != x.ID && o.Name == x.Name {
			return fault.New(fault.Conflict, "partnership.organisation-twice", "there already is an organisation %q", x.Name).
				With("name", x.Name).Do("Choose that one")
		}
	}
	if err := checkLink("website", x.Website); err != nil {
		return err
	}
	return checkSources(x.Sources)
}

// Role of a partner.
type Role string

// The roles of partners.
const (
	Lead     Role = "lead"
	Ordinary Role = "partner"
	Advisory Role = "advisory" // expertise, no instrument
)

// Roles lists the roles in the order in which partners are shown.
func Roles() []Role { return []Role{Lead, Ordinary, Advisory} }

// Partner is a seat in the partnership: it stays while the organisation that
// holds it, and its people, change.
type Partner struct {
	Entry
	Role    Role        `json:"role"`
	Span                // of the seat
	Holders []Holder    `json:"holders"`
	Regions []Territory `json:"regions,omitempty"`
	Sources []Source    `json:"sources,omitempty"`
}

// Holder is an organisation that holds a seat for a time. Two may hold it at
// once: an authority and its agency.
type Holder struct {
	Organisation string `json:"organisation"` // id
	Span
}

// Territory is a region that a partner acts for.
type Territory struct {
	Code    nuts.Code    `json:"code"`
	Version nuts.Version `json:"version"`
	Focus   bool         `json:"focus,omitempty"` // the part that it looks at most
}

// ID returns the region's name in the nomenclature.
func (t Territory) ID() nuts.ID { return nuts.ID{Code: t.Code, Version: t.Version} }

// Kind implements Part.
func (*Partner) Kind() Kind { return PartnerKind }

// Texts implements Part.
func (*Partner) Texts() []TextField { return nil }

func (x *Partner) order() string {
	return strconv.Itoa(slices.Index(Roles(), x.Role)) + x.From.First()
}

// Most holders of a seat over time, and regions of a partner.
const (
	mostHolders = 30
	mostRegions = 50
)

func (x *Partner) check(p *Partnership) error {
	if !slices.Contains(Roles(), x.Role) {
		return fault.New(fault.Invalid, "partnership.role", "a partner is lead, partner or advisory").Do("Choose one of them")
	}
	if err := x.Span.check("partner"); err != nil {
		return err
	}
	if err := p.holds(x.Span, "partner"); err != nil {
		return err
	}
	if len(x.Holders) == 0 {
		return missing("organisation")
	}
	if len(x.Holders) > mostHolders || len(x.Regions) > mostRegions {
		return tooMany("holders", mostHolders)
	}
	for _, h := range x.Holders {
		if _, err := p.Part(OrganisationKind, h.Organisation); err != nil {
			return unknownPart("organisation", err)
		}
		if err := h.Span.check("holder"); err != nil {
			return err
		}
	}
	return checkSources(x.Sources)
}

// unknownPart says that a part names another that is not there.
func unknownPart(field string, why error) error {
	return fault.New(fault.Conflict, "partnership.reference", "the field %s names something that is not, or no longer, part of the partnership", field).
		With("field", field).Do("Choose another, or bring it back from its history").Because(why)
}

// HeldBy lists the organisations that hold a seat on a day.
func (p *Partnership) HeldBy(x *Partner, day string) []*Organisation {
	var out []*Organisation
	for _, h := range x.Holders {
		if !h.Holds(day) {
			continue
		}
		if o, err := p.Part(OrganisationKind, h.Organisation); err == nil {
			out = append(out, o.(*Organisation))
		}
	}
	return out
}

// PartnersOn lists the seats that are taken on a day.
func (p *Partnership) PartnersOn(day string) []*Partner {
	return slices.DeleteFunc(p.Partners(), func(x *Partner) bool { return !x.Holds(day) })
}

// oneLead refuses two leads at a time.
func (p *Partnership) oneLead() error {
	var leads []*Partner
	for _, x := range p.Partners() {
		if x.Role == Lead {
			leads = append(leads, x)
		}
	}
	slices.SortFunc(leads, func(a, b *Partner) int { return cmp.Compare(a.From.First(), b.From.First()) })
	for i := 1; i < len(leads); i++ {
		if leads[i-1].Overlaps(leads[i].Span) {
			return fault.New(fault.Conflict, "partnership.two-leads", "there would be two lead partners at a time").
				Do("Say until when the first one led")
		}
	}
	return nil
}

// regionsOf returns the codes, in the current version where the nomenclature
// leads there, of the regions of partners.
func (r *Register) regionsOf(p *Partnership, partners []string) []nuts.Code {
	var out []nuts.Code
	for _, x := range p.Partners() {
		if !slices.Contains(partners, x.ID) {
			continue
		}
		for _, t := range x.Regions {
			out = append(out, r.Today(t))
		}
	}
	return out
}

// Today returns a territory's code in the current version: of the region that
// most of its people live in now.
func (r *Register) Today(t Territory) nuts.Code {
	if t.Version == nuts.Current {
		return t.Code
	}
	best := t.Code
	var most float64
	for _, piece := range r.Regions.Successors(t.ID(), nuts.Current) {
		if piece.OfPop > most {
			best, most = piece.ID.Code, piece.OfPop
		}
	}
	return best
}

// RegionsIn lists the regions that a partnership is about, each once, in the
// current version of the nomenclature.
func (r *Register) RegionsIn(p *Partnership) []nuts.Code {
	var all []string
	for _, x := range p.Partners() {
		all = append(all, x.ID)
	}
	out := r.regionsOf(p, all)
	slices.Sort(out)
	return slices.Compact(out)
}

// checkRegions refuses regions that the nomenclature does not have.
func (r *Register) checkRegions(p *Partnership) error {
	for _, x := range p.Partners() {
		for _, t := range x.Regions {
			if _, ok := r.Regions.Region(t.ID()); !ok {
				return fault.New(fault.Invalid, "partnership.region", "there is no region %s", fault.Clip(fmt.Sprint(t.ID()), 40)).
					With("code", fault.Clip(string(t.Code), 20)).With("version", int(t.Version)).Do("Search for the region by its name")
			}
		}
	}
	for _, o := range p.Organisations() {
		if o.Country == "" {
			continue
		}
		if x, ok := r.Regions.Newest(nuts.Code(o.Country)); !ok || x.Level != 0 {
			return fault.New(fault.Invalid, "partnership.country", "there is no country %q", fault.Clip(o.Country, 10)).
				With("code", fault.Clip(o.Country, 10)).Do("Write two letters as Eurostat does, such as FI or EL")
		}
	}
	return nil
}

// objects returns what a change of the part is done to: the partnership, or, for
// what belongs to regions, each of the regions.
func (r *Register) objects(p *Partnership, x Part) []people.Object {
	var partners []string
	switch x := x.(type) {
	case *Instrument:
		partners = x.Partners
	case *Group:
		if i, err := p.Part(InstrumentKind, x.Instrument); err == nil {
			partners = i.(*Instrument).Partners
		}
	}
	out := []people.Object{}
	for _, code := range r.regionsOf(p, partners) {
		out = append(out, people.Object{Partnership: p.ID, Region: code})
	}
	if len(out) == 0 {
		out = append(out, people.Object{Partnership: p.ID})
	}
	return out
}
