// Package figure writes figures for a reader: the value with its unit and
// time, what flags and basis say, where it comes from, and the marks of its
// series.
//
// It computes no figure; package catalogue does. Start with Teller.
package figure

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/place"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Teller writes figures.
type Teller struct {
	Places *place.Gazetteer
}

// Value returns a value as text with its unit: "8.9 %".
func Value(ctx context.Context, i *catalogue.Indicator, v float64) string {
	return locale.From(ctx).Amount(v, i.Decimals, i.Unit)
}

// Plain returns a value as text without unit.
func Plain(ctx context.Context, i *catalogue.Indicator, v float64) string {
	return locale.Number(ctx, v, i.Decimals)
}

// Unit returns the unit in words for heads of tables and charts: "% of GDP".
func Unit(ctx context.Context, i *catalogue.Indicator) string {
	return locale.From(ctx).Or("unit."+i.Unit, i.Unit)
}

// Difference returns the distance between two values without sign: "55 points"
// for indices and percentages, else an amount.
func Difference(ctx context.Context, i *catalogue.Indicator, d float64) string {
	d = math.Abs(d)
	if Points(i) {
		n := locale.Number(ctx, d, i.Decimals)
		return locale.N(ctx, "amount.points", plural(d, i.Decimals), "V", n)
	}
	return Value(ctx, i, d)
}

// plural returns a count by which a language picks the form for d: fractions
// take that of several.
func plural(d float64, decimals int) int {
	if decimals > 0 && d != math.Trunc(d) {
		return 5
	}
	return int(math.Round(d))
}

// Points reports whether differences of the indicator are counted in points.
func Points(i *catalogue.Indicator) bool {
	return strings.HasPrefix(i.Unit, "index") || strings.HasPrefix(i.Unit, "percent")
}

// Total reports whether an indicator counts a whole, so that regions of
// different size cannot be compared by it.
func Total(i *catalogue.Indicator) bool {
	return i.Convert == catalogue.Sum || i.Convert == "sum_area"
}

// Rounded returns v as it is shown.
func Rounded(i *catalogue.Indicator, v float64) float64 {
	p := math.Pow(10, float64(i.Decimals))
	return math.Round(v*p) / p
}

// Period returns a period as readers write it.
func Period(p stats.Period) string { return p.String() }

// Span returns the first and last period of a figure: "2000–2021".
func Span(f *catalogue.Figure) string {
	first, last := f.Points[0].Period.String(), f.Latest().Period.String()
	if first == last {
		return last
	}
	return first + "–" + last
}

// Flags returns the flags of one point and the basis of the figure, in words.
func (t *Teller) Flags(ctx context.Context, f *catalogue.Figure, p catalogue.Point) []component.Flag {
	out := t.Basis(ctx, f)
	return append(out, Letters(ctx, p.Flags)...)
}

// Basis returns whose value a figure is, if it is not the region's own.
func (t *Teller) Basis(ctx context.Context, f *catalogue.Figure) []component.Flag {
	switch f.Basis {
	case catalogue.Inherited:
		name := t.Places.NameOf(ctx, f.Of)
		if f.Same {
			return []component.Flag{{Text: locale.T(ctx, "basis.same", "Name", name), Title: locale.T(ctx, "basis.same-long", "Name", name, "Code", string(f.Of.Code))}}
		}
		return []component.Flag{{
			Text: locale.T(ctx, "basis.inherited", "Name", name), Parent: true,
			Title: locale.T(ctx, "basis.inherited-long", "Name", name, "Code", string(f.Of.Code)),
		}}
	case catalogue.Converted:
		return []component.Flag{{
			Text:  locale.T(ctx, "basis.converted", "Codes", Codes(ctx, f.Pieces)),
			Title: locale.T(ctx, "basis.converted-long", "Codes", Codes(ctx, f.Pieces)),
		}}
	default:
		return nil
	}
}

// Codes joins the codes of pieces as a list of words: "FI1C3 and FI1C4".
func Codes(ctx context.Context, pieces []nuts.Piece) string {
	var codes []string
	for _, p := range pieces {
		if c := string(p.Code); !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	return locale.List(ctx, codes)
}

// Letters returns Eurostat's flags in words, the letter in the title.
func Letters(ctx context.Context, f stats.Flags) []component.Flag {
	var out []component.Flag
	for _, l := range f.Letters() {
		out = append(out, component.Flag{
			Text:  locale.T(ctx, "flag."+string(l)),
			Title: locale.T(ctx, "flag.title", "Letter", string(l)),
		})
	}
	if c := f.Conf(); c != 0 && !f.Has(stats.Confidential) {
		out = append(out, component.Flag{Text: locale.T(ctx, "flag.c"), Title: locale.T(ctx, "flag.conf", "Letter", string(rune(c)))})
	}
	return out
}

// Source returns "nama_10r_3gdp · 2021 · NUTS 3".
func (t *Teller) Source(ctx context.Context, f *catalogue.Figure, p catalogue.Point) string {
	return fmt.Sprintf("%s · %s · %s", Datasets(f.Origin), p.Period, t.Level(ctx, f))
}

// Level returns the level of the region whose value a figure is.
func (t *Teller) Level(ctx context.Context, f *catalogue.Figure) string {
	if r, ok := t.Places.Regions.Region(f.Of); ok {
		return place.LevelName(ctx, r.Level)
	}
	return ""
}

// Datasets names the datasets of an origin: its own, or those of its parts.
func Datasets(o catalogue.Origin) string { return strings.Join(Codelist(o), ", ") }

// Codelist returns the codes of the datasets of an origin, each once.
func Codelist(o catalogue.Origin) []string {
	var codes []string
	if o.Dataset != "" {
		codes = append(codes, o.Dataset)
	}
	for _, part := range o.Derived {
		for _, c := range Codelist(part) {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
	}
	return codes
}

// Published returns the published origins of a figure: its own, or those of
// its parts.
func Published(o catalogue.Origin) []catalogue.Origin {
	if len(o.Derived) == 0 {
		return []catalogue.Origin{o}
	}
	var out []catalogue.Origin
	for _, d := range o.Derived {
		for _, p := range Published(d) {
			if !slices.ContainsFunc(out, func(q catalogue.Origin) bool { return q.Dataset == p.Dataset && q.Vintage.ID == p.Vintage.ID }) {
				out = append(out, p)
			}
		}
	}
	return out
}

// Kind returns the mark of a figure of the region itself.
func Kind(f *catalogue.Figure) chart.Kind {
	if f.Basis == catalogue.Inherited && !f.Same {
		return chart.Parent
	}
	return chart.Own
}

// doubtful are the flags of a value that may still change or was estimated.
const doubtful = stats.Provisional | stats.Estimated | stats.EurostatEst | stats.Forecast

// Year returns a period as a place on an axis of years.
func Year(p stats.Period) float64 {
	y := float64(p.Year())
	switch p.Frequency() {
	case stats.Semester:
		y += float64(p.Sub()-1) / 2
	case stats.Quarterly:
		y += float64(p.Sub()-1) / 4
	case stats.Monthly:
		y += float64(p.Sub()-1) / 12
	case stats.Weekly:
		y += float64(p.Sub()-1) / 53
	case stats.Daily:
		y += float64(p.Sub()-1) / 366
	}
	return y
}

// Values returns the marks of a figure from its first to its last point.
// Periods that are absent become gaps.
func Values(ctx context.Context, f *catalogue.Figure) []chart.Value {
	broken := map[stats.Period]string{}
	for _, b := range f.Breaks {
		note := ""
		if b.Reason == "territory" && math.Abs(b.Area) >= 0.5 {
			note = locale.From(ctx).Signed(math.Round(b.Area), 0) + " km²"
		}
		broken[b.Period] = note
	}
	var out []chart.Value
	var next stats.Period
	for _, p := range f.Points {
		if next != 0 && p.Period > next {
			out = append(out, chart.Value{X: Year(next), Y: math.NaN()})
		}
		next = p.Period.Next()
		note, breaks := broken[p.Period]
		out = append(out, chart.Value{
			X: Year(p.Period), Y: p.Value, Break: breaks || p.Flags.Has(stats.Break), Note: note,
			Hollow: p.Flags&doubtful != 0 || p.Estimated,
		})
	}
	return out
}

// Told describes a series in a sentence for those who do not see it: ends and
// extremes.
func Told(ctx context.Context, f *catalogue.Figure) string {
	var first, low, high, last catalogue.Point
	n := 0
	for _, p := range f.Points {
		if math.IsNaN(p.Value) {
			continue
		}
		if n == 0 {
			first, low, high = p, p, p
		}
		if p.Value < low.Value {
			low = p
		}
		if p.Value > high.Value {
			high = p
		}
		last = p
		n++
	}
	i := f.Indicator
	if n < 2 {
		return locale.T(ctx, "told.single", "Value", Value(ctx, i, last.Value), "Year", last.Period.String())
	}
	return locale.T(
		ctx, "told.series",
		"First", Value(ctx, i, first.Value), "FirstYear", first.Period.String(), "Last", Value(ctx, i, last.Value), "LastYear", last.Period.String(),
		"Low", Value(ctx, i, low.Value), "LowYear", low.Period.String(), "High", Value(ctx, i, high.Value), "HighYear", high.Period.String(),
	)
}
