package chart

import "math"

// Size of a sparkline, pixels; the marks need a margin on all sides.
const (
	sparkWidth, sparkHeight = 120, 30
	sparkMargin             = 6
)

// Spark draws a series as a word-sized line on its own scale: a gap where a
// value is missing, a dash where the series breaks, a hollow end where the
// newest value is not final. It returns "" where there is nothing to draw.
func Spark(kind Kind, values []Value, alt string) string {
	lo, hi, n := math.Inf(1), math.Inf(-1), 0
	for _, v := range values {
		if !math.IsNaN(v.Y) {
			lo, hi, n = min(lo, v.Y), max(hi, v.Y), n+1
		}
	}
	if n == 0 {
		return ""
	}
	if lo == hi {
		lo, hi = lo-1, hi+1
	}
	x0, x1 := values[0].X, values[len(values)-1].X
	if x0 == x1 {
		x0--
	}
	x := func(v Value) float64 { return sparkMargin + (v.X-x0)/(x1-x0)*(sparkWidth-2*sparkMargin) }
	y := func(v Value) float64 { return sparkMargin + (hi-v.Y)/(hi-lo)*(sparkHeight-2*sparkMargin) }

	var w buffer
	w.raw(`<svg class="spark" width="120" height="30" viewBox="0 0 120 30" role="img" aria-label="`).text(alt).raw(`">`)
	runs(values, func(run []Value) {
		if len(run) == 1 {
			w.raw(`<circle class="dot-`).raw(string(kind)).raw(`" r="1.6" cx="`).num(x(run[0])).raw(`" cy="`).num(y(run[0])).raw(`"/>`)
			return
		}
		w.raw(`<polyline class="ln-`).raw(string(kind)).raw(`" points="`)
		for i, v := range run {
			if i > 0 {
				w.raw(" ")
			}
			w.num(x(v)).raw(",").num(y(v))
		}
		w.raw(`"/>`)
	})
	for _, v := range values {
		if v.Break && !math.IsNaN(v.Y) {
			w.raw(`<path class="brk" d="M`).num(x(v)).raw(" ").num(y(v) - 6).raw(`v12"/>`)
		}
	}
	if end, ok := last(values); ok {
		w.raw(`<g transform="translate(`).num(x(end)).raw(" ").num(y(end)).raw(`)">`)
		w.mark(kind, 3.4, end.Hollow)
		w.raw(`</g>`)
	}
	return w.raw(`</svg>`).String()
}
