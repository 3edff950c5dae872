// Package partnership knows what a programme project is: organisations of
// several regions that learn from each other for some years. Its parts are the
// profile, phases, semesters, organisations, partners, policy instruments,
// stakeholder groups, activities held and results.
//
// It refuses a part that names another which is not there, dates outside the
// partnership's, two leads at a time, and every change by somebody without the
// role for it. A change of a part is a version (package content): nothing that
// was true once is lost. Partners are seats: organisations come and go in them.
// Start with Partnership and Part, then Register.
package partnership

import (
	"cmp"
	"slices"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
)

// Partnership is a project with all its parts, as one reader may see it.
type Partnership struct {
	ID       string
	Slug     string // in addresses; never changes
	Public   bool   // visitors see its public face
	Internal bool   // the reader sees what is internal
	parts    []Part
}

// Kind names the kinds of parts: in the database, in addresses, in messages.
type Kind string

// The kinds.
const (
	ProfileKind      Kind = "profile"
	PhaseKind        Kind = "phases"
	SemesterKind     Kind = "semesters"
	OrganisationKind Kind = "organisations"
	PartnerKind      Kind = "partners"
	InstrumentKind   Kind = "instruments"
	GroupKind        Kind = "groups"
	ActivityKind     Kind = "activities"
	ResultKind       Kind = "results"
)

// kinds is what there is to know of each kind.
var kinds = []struct {
	kind     Kind
	make     func() Part
	act      people.Act // that changes it
	internal bool       // only people with a role see it
	most     int        // in one partnership
}{
	{ProfileKind, func() Part { return new(Profile) }, people.EditPartnership, false, 1},
	{PhaseKind, func() Part { return new(Phase) }, people.EditPartnership, false, 20},
	{SemesterKind, func() Part { return new(Semester) }, people.EditPartnership, true, 40},
	{OrganisationKind, func() Part { return new(Organisation) }, people.EditPartnership, false, 300},
	{PartnerKind, func() Part { return new(Partner) }, people.EditPartnership, false, 100},
	{InstrumentKind, func() Part { return new(Instrument) }, people.EditInstrument, false, 100},
	{GroupKind, func() Part { return new(Group) }, people.EditInstrument, false, 100},
	{ActivityKind, func() Part { return new(Activity) }, people.EditPartnership, false, 1000},
	{ResultKind, func() Part { return new(Result) }, people.EditPartnership, false, 500},
}

// Kinds lists all kinds, the profile first.
func Kinds() []Kind {
	out := make([]Kind, len(kinds))
	for i := range kinds {
		out[i] = kinds[i].kind
	}
	return out
}

func indexOf(k Kind) int {
	for i := range kinds {
		if kinds[i].kind == k {
			return i
		}
	}
	return -1
}

// New returns an empty part of a kind, a fault of kind Missing if there is no
// such kind.
func New(k Kind) (Part, error) {
	i := indexOf(k)
	if i < 0 {
		return nil, fault.New(fault.Missing, "partnership.kind", "there is no kind of part %q", fault.Clip(string(k), 40)).Do("Check the address")
	}
	return kinds[i].make(), nil
}

// Act returns what somebody must be allowed to do to change parts of the kind.
func (k Kind) Act() people.Act { return kinds[indexOf(k)].act }

// Part is one thing that a partnership is made of, with a history of its own.
type Part interface {
	// Kind returns its kind.
	Kind() Kind
	// Texts lists the texts that people write in several languages.
	Texts() []TextField
	// Self returns which part it is and which version this is.
	Self() *Entry
	// check refuses what cannot be within the partnership, which holds it already.
	check(p *Partnership) error
}

// Entry says which part it is. A new one has none of both.
type Entry struct {
	ID      string `json:"-"`
	Version int    `json:"-"`
}

// Self implements Part.
func (e *Entry) Self() *Entry { return e }

// TextField is a text of a part, to be shown, translated and bounded.
type TextField struct {
	Name  string // as in the JSON form
	Most  int    // characters
	Lines bool
	Text  *content.Text
}

// of returns the parts of a type.
func of[T Part](p *Partnership) []T {
	var out []T
	for _, x := range p.parts {
		if x, ok := x.(T); ok {
			out = append(out, x)
		}
	}
	return out
}

// Part returns the part of an id, a fault of kind Missing if it is not there.
func (p *Partnership) Part(k Kind, id string) (Part, error) {
	if k == ProfileKind && id == "" {
		id = p.ID
	}
	for _, x := range p.parts {
		if x.Kind() == k && x.Self().ID == id {
			return x, nil
		}
	}
	return nil, fault.New(fault.Missing, "partnership.part", "this is not, or no longer, part of the partnership").Do("Look at its history, or go back to the partnership")
}

// All lists the parts of a kind in their order.
func (p *Partnership) All(k Kind) []Part {
	var out []Part
	for _, x := range p.parts {
		if x.Kind() == k {
			out = append(out, x)
		}
	}
	return out
}

// put adds a part, or sets it in the place of the one of its id, and keeps the
// order.
func (p *Partnership) put(x Part) {
	p.drop(x.Self().ID)
	p.parts = append(p.parts, x)
	slices.SortStableFunc(p.parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(indexOf(a.Kind()), indexOf(b.Kind())), cmp.Compare(a.(ordered).order(), b.(ordered).order()), cmp.Compare(a.Self().ID, b.Self().ID))
	})
}

// ordered parts say where they stand among those of their kind.
type ordered interface{ order() string }

func (p *Partnership) drop(id string) {
	p.parts = slices.DeleteFunc(p.parts, func(x Part) bool { return x.Self().ID == id })
}

// check holds every part against all others.
func (p *Partnership) check() error {
	count := map[Kind]int{}
	for _, x := range p.parts {
		count[x.Kind()]++
		if most := kinds[indexOf(x.Kind())].most; count[x.Kind()] > most {
			return fault.New(fault.TooLarge, "partnership.too-many", "a partnership has at most %d %s", most, x.Kind()).
				With("most", most).Do("Remove one that is not needed")
		}
		if err := checkTexts(x); err != nil {
			return err
		}
		if err := x.check(p); err != nil {
			return err
		}
	}
	return p.oneLead()
}

// checkTexts refuses wordings that are too long or not as they are stored.
func checkTexts(x Part) error {
	for _, f := range x.Texts() {
		for _, w := range f.Text.Wordings() {
			if _, err := (content.Field{Name: f.Name, Most: f.Most, Lines: f.Lines}).Clean(w.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// Profile returns the profile.
func (p *Partnership) Profile() *Profile {
	for _, x := range of[*Profile](p) {
		return x
	}
	return &Profile{}
}

// Phases lists the phases by their beginning.
func (p *Partnership) Phases() []*Phase { return of[*Phase](p) }

// Semesters lists the semesters by their number.
func (p *Partnership) Semesters() []*Semester { return of[*Semester](p) }

// Organisations lists the organisations by name.
func (p *Partnership) Organisations() []*Organisation { return of[*Organisation](p) }

// Partners lists the seats: the lead first, then partners, then advisory ones.
func (p *Partnership) Partners() []*Partner { return of[*Partner](p) }

// Instruments lists the policy instruments.
func (p *Partnership) Instruments() []*Instrument { return of[*Instrument](p) }

// Groups lists the stakeholder groups.
func (p *Partnership) Groups() []*Group { return of[*Group](p) }

// Activities lists what was held, by date.
func (p *Partnership) Activities() []*Activity { return of[*Activity](p) }

// Results lists what came of it.
func (p *Partnership) Results() []*Result { return of[*Result](p) }
