package chart

import (
	"math"
	"slices"
	"unicode/utf8"
)

// Value is one point of a series.
type Value struct {
	X, Y   float64 // Y is NaN where there is no value: the line has a gap
	Hollow bool    // provisional, revised or estimated
	Break  bool    // the line must not be read across the time before X
	Note   string  // beside the dash of a break: "break", "+687 km²"; may be empty
}

// Series is one line of a plot.
type Series struct {
	Kind   Kind
	Label  string // at the end of the line: "Helsinki 142"
	Values []Value
}

// Tick is a labelled place on an axis.
type Tick struct {
	At    float64
	Label string
	Zero  bool // the line of reference: EU = 100, zero
}

// Gap is a distance between two series, written beside a vertical bar.
type Gap struct {
	X, From, To float64
	Label       string
}

// Plot is a chart of lines over time. Places are in per cent, so that it
// scales without script; text is in pixels.
type Plot struct {
	Alt            string // the finding, the ends and the extremes in a sentence
	Height         int    // pixels
	X0, X1, Y0, Y1 float64
	Grid, Years    []Tick
	Series         []Series // the last is drawn on top
	Shade          bool     // fill between the first two series
	Gaps           []Gap
}

func (p *Plot) x(v float64) float64 { return 100 * (v - p.X0) / (p.X1 - p.X0) }
func (p *Plot) y(v float64) float64 { return 100 * (p.Y1 - v) / (p.Y1 - p.Y0) }

// SVG draws the plot. X1 must exceed X0 and Y1 must exceed Y0.
func (p *Plot) SVG() string {
	var w buffer
	w.raw(`<svg class="draw" height="`).num(float64(p.Height)).raw(`" role="img" aria-label="`).text(p.Alt).raw(`">`)
	for _, t := range p.Grid {
		class := "ax"
		if t.Zero {
			class = "ax0"
		}
		w.raw(`<line class="`).raw(class).raw(`" x1="0" x2="100%" y1="`).pct(p.y(t.At)).raw(`" y2="`).pct(p.y(t.At)).raw(`"/>`)
		w.raw(`<text class="t-3" x="0" dx="-8" dy="4" text-anchor="end" y="`).pct(p.y(t.At)).raw(`">`).text(t.Label).raw(`</text>`)
	}
	w.raw(`<svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">`)
	if p.Shade && len(p.Series) > 1 {
		p.shade(&w)
	}
	for _, s := range p.Series {
		p.line(&w, s)
	}
	w.raw(`</svg>`)
	for _, s := range p.Series {
		p.breaks(&w, s)
	}
	p.ends(&w)
	for _, g := range p.Gaps {
		p.gap(&w, g)
	}
	for i, t := range p.Years {
		w.raw(`<text class="`).raw(yearClass(i, len(p.Years))).raw(`" y="100%" dy="20" x="`).pct(p.x(t.At)).raw(`" text-anchor="`).raw(anchorOf(i, len(p.Years), p.x(t.At))).raw(`">`).text(t.Label).raw(`</text>`)
	}
	return w.raw(`</svg>`).String()
}

// yearClass marks every second of many years, which a small screen leaves out.
func yearClass(i, n int) string {
	const many = 5
	if n >= many && i%2 == 1 {
		return "t-3 roomy"
	}
	return "t-3"
}

func anchorOf(i, n int, at float64) string {
	switch {
	case i == 0 && at < 2:
		return "start"
	case i == n-1 && at > 98:
		return "end"
	}
	return "middle"
}

// runs calls do with each stretch of consecutive values.
func runs(values []Value, do func([]Value)) {
	from := -1
	for i, v := range values {
		switch absent := math.IsNaN(v.Y); {
		case absent && from >= 0:
			do(values[from:i])
			from = -1
		case !absent && from < 0:
			from = i
		}
	}
	if from >= 0 {
		do(values[from:])
	}
}

func (p *Plot) line(w *buffer, s Series) {
	runs(s.Values, func(run []Value) {
		if len(run) == 1 { // a value between two gaps is a dot of the line's own width
			run = []Value{run[0], run[0]}
		}
		w.raw(`<polyline class="ln-`).raw(string(s.Kind)).raw(`" points="`)
		for i, v := range run {
			if i > 0 {
				w.raw(" ")
			}
			w.num(p.x(v.X)).raw(",").num(p.y(v.Y))
		}
		w.raw(`"/>`)
	})
}

// shade fills the distance between the first two series where both have values.
func (p *Plot) shade(w *buffer) {
	other, here := map[float64]float64{}, map[float64]float64{}
	var years []float64
	for i, of := range []map[float64]float64{here, other} {
		for _, v := range p.Series[i].Values {
			of[v.X] = v.Y
			years = append(years, v.X)
		}
	}
	slices.Sort(years)
	var both []Value
	for _, x := range slices.Compact(years) {
		v := Value{X: x, Y: math.NaN()}
		a, okA := here[x]
		if b, okB := other[x]; okA && okB && !math.IsNaN(b) {
			v.Y = a
		}
		both = append(both, v)
	}
	runs(both, func(run []Value) {
		w.raw(`<polygon class="gapfill" points="`)
		for _, v := range run {
			w.num(p.x(v.X)).raw(",").num(p.y(v.Y)).raw(" ")
		}
		for _, v := range slices.Backward(run) {
			w.num(p.x(v.X)).raw(",").num(p.y(other[v.X])).raw(" ")
		}
		w.raw(`"/>`)
	})
}

// breaks draws a short dash through the line before each break. Two dashes are
// never less than half a step apart, so they do not merge.
func (p *Plot) breaks(w *buffer, s Series) {
	for _, v := range s.Values {
		if !v.Break || math.IsNaN(v.Y) {
			continue
		}
		x, y := p.x(v.X), clamp(p.y(v.Y))
		w.at(x, y).raw(`<path class="brk" d="M0-9V9"/></svg>`)
		if v.Note != "" {
			w.raw(`<text class="t-3 halo" text-anchor="middle" dy="-13" x="`).pct(x).raw(`" y="`).pct(y).raw(`">`).text(v.Note).raw(`</text>`)
		}
	}
}

func clamp(v float64) float64 { return min(100, max(0, v)) }

// last returns the newest value of a series.
func last(values []Value) (Value, bool) {
	for _, v := range slices.Backward(values) {
		if !math.IsNaN(v.Y) {
			return v, true
		}
	}
	return Value{}, false
}

// clear returns how far down, per cent, the label of a line that leaves the scale
// stands: next to the edge that it leaves by, clear of what of the line is near.
func (p *Plot) clear(s *Series, below bool) float64 {
	edge := 0.0
	for _, v := range s.Values {
		y := p.y(v.Y)
		if below {
			y = 100 - y
		}
		if y > edge && y <= 50 {
			edge = y
		}
	}
	px := 100 / float64(p.Height)
	if below {
		return 100 - edge - 7*px
	}
	return edge + lineHeight*px
}

// inward is how many pixels a label inside the plot stands off the end of its
// line: a long one reaches into the room beyond the line, rather than over the
// ticks of the axis where the plot is small.
func inward(label string) float64 {
	const smallest, room, letter = 150, 60, 6.2
	return min(room, max(-4, letter*float64(utf8.RuneCountInString(label))-smallest))
}

// lineHeight is the least distance between two labels, pixels.
const lineHeight = 16

// ends draws the newest value of each series with its label, pushed apart. A
// line that leaves the scale is labelled inside, at the edge.
func (p *Plot) ends(w *buffer) {
	type end struct {
		s      *Series
		x, y   float64 // per cent
		py     float64 // of the label, pixels
		hollow bool
		inside bool
	}
	var all []end
	for i := range p.Series {
		v, ok := last(p.Series[i].Values)
		if !ok {
			continue
		}
		y := p.y(v.Y)
		e := end{s: &p.Series[i], x: p.x(v.X), y: y, hollow: v.Hollow, inside: y < 0 || y > 100}
		e.py = clamp(y) * float64(p.Height) / 100
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b end) int { return int(math.Round(a.py - b.py)) })
	for i := 1; i < len(all); i++ {
		if !all[i].inside && !all[i-1].inside {
			all[i].py = max(all[i].py, all[i-1].py+lineHeight)
		}
	}
	for _, e := range all {
		class := "t-b"
		if e.s.Kind == Metro || e.s.Kind == Second {
			class = "t-m"
		} else if e.s.Kind == Country {
			class = "t-3"
		}
		if e.inside {
			w.raw(`<text class="`).raw(class).raw(` halo" text-anchor="end" dx="`).num(inward(e.s.Label)).raw(`" x="`).pct(e.x).raw(`" y="`).pct(p.clear(e.s, e.y > 100)).raw(`">`).text(e.s.Label).raw(`</text>`)
			continue
		}
		w.at(e.x, e.y)
		w.mark(e.s.Kind, 4.5, e.hollow)
		w.raw(`</svg><text class="`).raw(class).raw(` halo" dx="9" dy="4" x="`).pct(e.x).raw(`" y="`).pct(100 * e.py / float64(p.Height)).raw(`">`).text(e.s.Label).raw(`</text>`)
	}
}

func (p *Plot) gap(w *buffer, g Gap) {
	x := p.x(g.X)
	anchor, dx := "start", 8.0
	if x > 50 {
		anchor, dx = "end", -8
	}
	w.raw(`<line class="gapbar" x1="`).pct(x).raw(`" x2="`).pct(x).raw(`" y1="`).pct(clamp(p.y(g.From))).raw(`" y2="`).pct(clamp(p.y(g.To))).raw(`"/>`)
	w.raw(`<text class="t-b halo" dy="4" dx="`).num(dx).raw(`" text-anchor="`).raw(anchor).raw(`" x="`).pct(x).raw(`" y="`).pct((clamp(p.y(g.From)) + clamp(p.y(g.To))) / 2).raw(`">`).text(g.Label).raw(`</text>`)
}
