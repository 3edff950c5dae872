package partnership

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"peerscape/internal/exchange/content"
	"peerscape/internal/fault"
)

// Profile says what the partnership is.
type Profile struct {
	Entry
	Short     string       `json:"short"` // the name that people use
	Title     content.Text `json:"title"`
	Summary   content.Text `json:"summary"`
	Programme string       `json:"programme"`        // "Interreg Europe"
	Period    string       `json:"period"`           // of the programme: one of Periods
	Budget    *Money       `json:"budget,omitempty"` // nil: not stated
	Website   string       `json:"website,omitempty"`
	Themes    []string     `json:"themes,omitempty"` // codes, in the order of weight
	Span                   // as approved, prolongations included
	Sources   []Source     `json:"sources,omitempty"`
}

// Periods of the programmes.
var Periods = []string{"2014-2020", "2021-2027"}

// Money is an amount in whole units of a currency.
type Money struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"` // ISO 4217
}

// Source says where a statement comes from and how sure it is.
type Source struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Date  Date   `json:"date,omitempty"`
	Mark  Mark   `json:"mark"`
}

// Mark says how sure a statement is.
type Mark string

// The marks.
const (
	Verified    Mark = "verified"    // read in the source
	Derived     Mark = "derived"     // computed from its data
	Remembered  Mark = "remembered"  // from experience: plausible
	Unconfirmed Mark = "unconfirmed" // no source could be found
)

// Marks lists the marks.
func Marks() []Mark { return []Mark{Verified, Derived, Remembered, Unconfirmed} }

// Limits of texts and lists, in characters and entries.
const (
	mostShort   = 30
	mostName    = 160
	mostTitle   = 250
	mostSummary = 2000
	mostFacts   = 1500
	mostSources = 20
	mostThemes  = 25
)

// Kind implements Part.
func (*Profile) Kind() Kind { return ProfileKind }

// Texts implements Part.
func (x *Profile) Texts() []TextField {
	return []TextField{{"title", mostTitle, false, &x.Title}, {"summary", mostSummary, true, &x.Summary}}
}

func (*Profile) order() string { return "" }

func (x *Profile) check(*Partnership) error {
	if err := checkLine("short", x.Short, mostShort, true); err != nil {
		return err
	}
	if x.Title.IsZero() {
		return missing("title")
	}
	if err := checkLine("programme", x.Programme, mostName, false); err != nil {
		return err
	}
	if x.Period != "" && !slices.Contains(Periods, x.Period) {
		return fault.Unknown("partnership.period", "period", x.Period, Periods)
	}
	if x.From == "" {
		return missing("from")
	}
	if err := x.Span.check("partnership"); err != nil {
		return err
	}
	if m := x.Budget; m != nil && (m.Amount < 0 || len(m.Currency) != 3 || strings.ToUpper(m.Currency) != m.Currency) {
		return fault.New(fault.Invalid, "partnership.budget", "the budget is no amount of money").Do("Write a whole number and a currency such as EUR")
	}
	if len(x.Themes) > mostThemes {
		return tooMany("themes", mostThemes)
	}
	if err := checkLink("website", x.Website); err != nil {
		return err
	}
	return checkSources(x.Sources)
}

// checkLine refuses a plain line that is too long, not as it is stored, or
// missing where it is needed.
func checkLine(name, value string, most int, needed bool) error {
	if value == "" && needed {
		return missing(name)
	}
	clean, err := content.Field{Name: name, Most: most}.Clean(value)
	if err == nil && clean != value {
		err = fault.New(fault.Invalid, "content.text", "the text of %s is not as it is stored", name).With("field", name).Do("Copy it again as plain text")
	}
	return err
}

// checkLink refuses an address that no browser would follow, or that is none of
// the web.
func checkLink(name, link string) error {
	if link == "" {
		return nil
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(link) > 500 {
		return fault.New(fault.Invalid, "partnership.link", "%q is no address of the web", fault.Clip(link, 60)).
			With("link", fault.Clip(link, 60)).With("field", name).Do("Write it in full, with https://").Because(err)
	}
	return checkLine(name, link, 500, false)
}

func checkSources(all []Source) error {
	if len(all) > mostSources {
		return tooMany("sources", mostSources)
	}
	for _, s := range all {
		if err := checkLine("source", s.Title, mostTitle, true); err != nil {
			return err
		}
		if err := checkLink("source", s.URL); err != nil {
			return err
		}
		if err := s.Date.check("source"); err != nil {
			return err
		}
		if !slices.Contains(Marks(), s.Mark) {
			return fault.New(fault.Invalid, "partnership.mark", "a source is verified, derived, remembered or unconfirmed").Do("Choose one of them")
		}
	}
	return nil
}

func missing(field string) error {
	return fault.New(fault.Invalid, "partnership.missing", "the field %s is empty", field).With("field", field).Do("Fill it in")
}

func tooMany(field string, most int) error {
	return fault.New(fault.TooLarge, "partnership.list", "the field %s takes at most %d entries", field, most).
		With("field", field).With("most", most).Do("Keep those that matter most")
}

// Phase is a part of the partnership's time with a purpose of its own, such as
// exchange and follow-up.
type Phase struct {
	Entry
	Name    content.Text `json:"name"`
	Span                 // as it is or was
	Planned Date         `json:"planned,omitempty"` // last day as first planned, where it was prolonged
	Sources []Source     `json:"sources,omitempty"`
}

// Kind implements Part.
func (*Phase) Kind() Kind { return PhaseKind }

// Texts implements Part.
func (x *Phase) Texts() []TextField { return []TextField{{"name", mostName, false, &x.Name}} }

func (x *Phase) order() string { return x.From.First() }

func (x *Phase) check(p *Partnership) error {
	if x.Name.IsZero() {
		return missing("name")
	}
	if x.From == "" {
		return missing("from")
	}
	if err := x.Span.check("phase"); err != nil {
		return err
	}
	if err := x.Planned.check("planned"); err != nil {
		return err
	}
	if err := p.holds(x.Span, "phase"); err != nil {
		return err
	}
	return checkSources(x.Sources)
}

// holds refuses a span outside the partnership's.
func (p *Partnership) holds(s Span, field string) error {
	if whole := p.Profile().Span; !s.Within(whole) {
		return fault.New(fault.Invalid, "partnership.outside", "the %s lies outside the partnership's time (%s to %s)", field, whole.From, whole.To).
			With("field", field).With("from", string(whole.From)).With("to", string(whole.To)).Do("Correct the dates, or prolong the partnership first")
	}
	return nil
}

// Semester is a reporting period, mostly of six months.
type Semester struct {
	Entry
	Number int `json:"number"`
	Span
	Due Date `json:"due,omitempty"` // of the report
}

// Kind implements Part.
func (*Semester) Kind() Kind { return SemesterKind }

// Texts implements Part.
func (*Semester) Texts() []TextField { return nil }

func (x *Semester) order() string { return x.From.First() }

func (x *Semester) check(p *Partnership) error {
	if len(x.From) != 10 || len(x.To) != 10 {
		return fault.New(fault.Invalid, "partnership.semester-days", "a semester has a first and a last day").Do("Write both as year-month-day")
	}
	if err := x.Span.check("semester"); err != nil {
		return err
	}
	if err := x.Due.check("due"); err != nil {
		return err
	}
	if err := p.holds(x.Span, "semester"); err != nil {
		return err
	}
	for _, o := range p.Semesters() {
		if o.ID == x.ID {
			continue
		}
		if o.Number == x.Number || o.Overlaps(x.Span) {
			return fault.New(fault.Conflict, "partnership.semester-twice", "semester %d and semester %d share days or their number", o.Number, x.Number).
				With("first", o.Number).With("second", x.Number).Do("Correct one of them")
		}
	}
	return nil
}

// reportAfter is how many months after its end a semester's report is due, where
// nothing else is said: programmes set it anew, so it is a suggestion.
const reportAfter = 3

// Halves suggests the semesters of a time: steps of six months from its first
// day, the last one as long as what is left. An open end has none.
func Halves(whole Span) []*Semester {
	from, err := time.Parse(time.DateOnly, whole.From.First())
	end, err2 := time.Parse(time.DateOnly, whole.To.Last())
	if err != nil || err2 != nil {
		return nil
	}
	var out []*Semester
	for n := 1; !from.After(end) && n <= 40; n++ {
		next := from.AddDate(0, 6, 0)
		last := next.AddDate(0, 0, -1)
		if last.After(end) {
			last = end
		}
		out = append(out, &Semester{
			Number: n, Span: Span{Date(from.Format(time.DateOnly)), Date(last.Format(time.DateOnly))},
			Due: Date(last.AddDate(0, reportAfter, 0).Format(time.DateOnly)),
		})
		from = next
	}
	return out
}
