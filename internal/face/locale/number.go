package locale

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	minus   = "\u2212" // true minus
	thin    = "\u202f" // narrow no-break space, between thousands
	missing = "\u2013" // en dash: no value
)

// Number writes v with a fixed count of decimals as the reader writes numbers;
// NaN becomes an en dash.
func Number(ctx context.Context, v float64, decimals int) string {
	return From(ctx).Number(v, decimals)
}

// Number is the method behind Number.
func (r *Reader) Number(v float64, decimals int) string {
	if math.IsNaN(v) {
		return missing
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, part, _ := strings.Cut(s, ".")
	var b strings.Builder
	if v < 0 && strings.Trim(s, "0.") != "" {
		b.WriteString(minus)
	}
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 && len(whole) > 3 {
			b.WriteString(thin)
		}
		b.WriteRune(d)
	}
	if part != "" {
		b.WriteString(r.point())
		b.WriteString(part)
	}
	return b.String()
}

func (r *Reader) point() string {
	if r.Lang.Code == "en" {
		return "."
	}
	return ","
}

// Signed writes v with its sign, so that gains and losses are told apart.
func (r *Reader) Signed(v float64, decimals int) string {
	s := r.Number(v, decimals)
	if v > 0 && strings.Trim(s, "0.,") != "" {
		return "+" + s
	}
	return s
}

// Amount writes v with its unit ("unit.<unit>" of the messages): "8.9 %",
// "EUR 31 200". A unit that the messages do not know stands as it is.
func (r *Reader) Amount(v float64, decimals int, unit string) string {
	n := r.Number(v, decimals)
	if n == missing {
		return n
	}
	if unit == "percent_change" {
		n = r.Signed(v, decimals)
	}
	return r.Or("amount."+unit, n, "V", n)
}

// Date writes a day: "12 January 2020" in the reader's language.
func (r *Reader) Date(t time.Time) string {
	if t.IsZero() {
		return missing
	}
	return r.T("date.long", "Day", strconv.Itoa(t.Day()), "Month", r.T("month."+strconv.Itoa(int(t.Month()))), "Year", strconv.Itoa(t.Year()))
}

// Moment writes a day and the time of day: "12 January 2020, 14:05" in the
// reader's language and in the zone of t.
func (r *Reader) Moment(t time.Time) string {
	return r.Date(t) + ", " + r.Clock(t)
}

// Clock writes the time of day: "14:05" in the reader's language and in the zone
// of t.
func (r *Reader) Clock(t time.Time) string {
	return r.T("date.clock", "Hour", t.Format("15"), "Minute", t.Format("04"))
}

// Word writes a small number as a word where sentences begin with it ("Five");
// above twelve as figures.
func (r *Reader) Word(n int) string {
	if n < 1 || n > 12 {
		return r.Number(float64(n), 0)
	}
	return r.T("number." + strconv.Itoa(n))
}
