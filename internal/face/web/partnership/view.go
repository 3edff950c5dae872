package partnership

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"peerscape/internal/exchange/content"
	exchange "peerscape/internal/exchange/partnership"
	"peerscape/internal/face/locale"
)

// said chooses the wording of a text for the reader.
func said(ctx context.Context, t content.Text) content.Shown {
	return t.For(content.Lang(locale.Code(ctx)))
}

// tongue is the attributes of a wording in another language than the page's.
func tongue(ctx context.Context, w content.Shown) templ.Attributes {
	if w.Value == "" || string(w.Lang) == locale.Code(ctx) {
		return nil
	}
	return templ.Attributes{"lang": string(w.Lang)}
}

// origin says how a wording came about, where that is not by its author; empty
// else.
func origin(ctx context.Context, w content.Shown) string {
	switch {
	case w.Value == "":
		return ""
	case w.Mark == content.Machine:
		return locale.T(ctx, "content.machine")
	case w.Outdated:
		return locale.T(ctx, "content.outdated")
	}
	return ""
}

// when writes a date as precisely as it is known.
func when(ctx context.Context, d exchange.Date) string {
	switch len(d) {
	case 10:
		if t, err := time.Parse(time.DateOnly, string(d)); err == nil {
			return locale.From(ctx).Date(t)
		}
	case 7:
		if t, err := time.Parse("2006-01", string(d)); err == nil {
			return locale.T(ctx, "date.month", "Number", strconv.Itoa(int(t.Month())), "Year", strconv.Itoa(t.Year()))
		}
	}
	return string(d)
}

// span writes a time from a first to a last day.
func span(ctx context.Context, s exchange.Span) string {
	switch {
	case s.From == "" && s.To == "":
		return ""
	case s.From == s.To:
		return when(ctx, s.From)
	case s.To == "":
		return locale.T(ctx, "people.since", "Day", when(ctx, s.From))
	case s.From == "":
		return locale.T(ctx, "people.until", "Day", when(ctx, s.To))
	}
	return locale.T(ctx, "people.from-to", "From", when(ctx, s.From), "To", when(ctx, s.To))
}

// moment writes the time of an activity: a day, days, or the month or the year in
// which it was.
func moment(ctx context.Context, s exchange.Span) string {
	if s.To == "" {
		return when(ctx, s.From)
	}
	return span(ctx, s)
}

// figureText writes a value and its year.
func figureText(ctx context.Context, f *exchange.Figure, unit string) string {
	if f == nil {
		return ""
	}
	text := strings.TrimSpace(locale.From(ctx).Number(f.Value, decimals(f.Value)) + " " + unit)
	if f.Year == 0 {
		return text
	}
	return text + " (" + strconv.Itoa(f.Year) + ")"
}

func decimals(v float64) int {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if i := strings.IndexByte(s, '.'); i >= 0 {
		return min(len(s)-i-1, 4)
	}
	return 0
}

// headcount says how many people took part.
func headcount(ctx context.Context, x *exchange.Activity) string {
	switch {
	case x.People == 0:
		return ""
	case x.AtLeast:
		return locale.N(ctx, "partnership.at-least", x.People)
	}
	return locale.N(ctx, "partnership.people", x.People)
}

// paragraphs splits a text at its empty lines.
func paragraphs(s string) []string { return strings.Split(s, "\n\n") }

// spanOr writes a span, and nothing where it is the whole's.
func spanOr(ctx context.Context, s, whole exchange.Span) string {
	if s == whole {
		return ""
	}
	return span(ctx, s)
}

// now marks the row of the present.
func now(s exchange.Span, today string) templ.Attributes {
	if s.Holds(today) {
		return templ.Attributes{"class": "me", "aria-current": "date"}
	}
	return nil
}

// typesOf says in words what sort of change a result is.
func typesOf(ctx context.Context, x *exchange.Result) string {
	var words []string
	for _, t := range x.Types {
		words = append(words, locale.T(ctx, "partnership.type."+strconv.Itoa(t)))
	}
	return strings.Join(words, ", ")
}

// partName names a part for those who hear the page.
func partName(ctx context.Context, p *exchange.Partnership, x exchange.Part) string {
	for _, f := range x.Texts() {
		if w := said(ctx, *f.Text); w.Value != "" {
			return w.Value
		}
	}
	switch x := x.(type) {
	case *exchange.Partner:
		return seatName(p, x)
	case *exchange.Organisation:
		return x.Name
	case *exchange.Semester:
		return strconv.Itoa(x.Number)
	}
	return locale.T(ctx, "partnership.kind."+string(x.Kind()))
}
