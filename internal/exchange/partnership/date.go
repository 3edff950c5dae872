package partnership

import (
	"time"

	"peerscape/internal/fault"
)

// Date is a day, a month or a year, as precise as it is known: "2020-01-14",
// "2019-09", "2021". Empty: not known, or no end.
type Date string

var dateForms = map[int]string{10: time.DateOnly, 7: "2006-01", 4: "2006"}

// check refuses what is no date of our time.
func (d Date) check(field string) error {
	if d == "" {
		return nil
	}
	t, err := time.Parse(dateForms[len(d)], string(d))
	if err != nil || dateForms[len(d)] == "" || t.Year() < 1950 || t.Year() > 2100 {
		return fault.New(fault.Invalid, "partnership.date", "%q is no date", fault.Clip(string(d), 20)).
			With("date", fault.Clip(string(d), 20)).With("field", field).Do("Write year-month-day, or as much of it as is known")
	}
	return nil
}

// First returns the first day that the date may mean, empty for none.
func (d Date) First() string {
	switch len(d) {
	case 4:
		return string(d) + "-01-01"
	case 7:
		return string(d) + "-01"
	}
	return string(d)
}

// Last returns the last day that the date may mean, empty for none.
func (d Date) Last() string {
	form := dateForms[len(d)]
	t, err := time.Parse(form, string(d))
	if err != nil || form == "" {
		return string(d)
	}
	switch len(d) {
	case 4:
		t = t.AddDate(1, 0, -1)
	case 7:
		t = t.AddDate(0, 1, -1)
	}
	return t.Format(time.DateOnly)
}

// Span is a time from a first to a last day; an empty end is open.
type Span struct {
	From Date `json:"from,omitempty"`
	To   Date `json:"to,omitempty"`
}

func (s Span) check(field string) error {
	if err := s.From.check(field); err != nil {
		return err
	}
	if err := s.To.check(field); err != nil {
		return err
	}
	if s.To != "" && s.To.Last() < s.From.First() {
		return fault.New(fault.Invalid, "partnership.span", "%s ends (%s) before it begins (%s)", field, s.To, s.From).
			With("field", field).With("from", string(s.From)).With("to", string(s.To)).Do("Correct one of the two dates")
	}
	return nil
}

// Holds reports whether a day, "2006-01-02", may lie in the span.
func (s Span) Holds(day string) bool {
	return s.From.First() <= day && (s.To == "" || day <= s.To.Last())
}

// Within reports whether the span cannot lie outside another.
func (s Span) Within(o Span) bool {
	begins := s.From == "" || o.From == "" || s.From.Last() >= o.From.First()
	ends := o.To == "" || (s.To == "" && s.From.First() <= o.To.Last()) || (s.To != "" && s.To.First() <= o.To.Last())
	return begins && ends
}

// Overlaps reports whether both surely have a day in common.
func (s Span) Overlaps(o Span) bool {
	return (o.To == "" || s.From.Last() <= o.To.First()) && (s.To == "" || o.From.Last() <= s.To.First())
}
