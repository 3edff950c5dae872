package chart

import "math"

// Place is one region's value on a strip.
type Place struct {
	Kind  Kind
	Value float64
}

// Strip shows where a value stands among all regions of its level: the light
// band holds nine in ten, the dark band the middle half, the line the median.
type Strip struct {
	Alt    string
	Sorted []float64 // values of all regions, ascending; at least two
	Places []Place   // drawn in order, my region last
	Own    string    // label under my value
	Lo, Hi string    // labels of the ends of the scale; see Ends
}

// Ends returns the scale of the strip: round numbers around the values of nine
// in ten regions and around every place.
func (s *Strip) Ends() (lo, hi float64) {
	lo, hi = Quantile(s.Sorted, 0.05), Quantile(s.Sorted, 0.95)
	for _, p := range s.Places {
		if !math.IsNaN(p.Value) {
			lo, hi = min(lo, p.Value), max(hi, p.Value)
		}
	}
	t := Ticks(lo, hi, 10)
	return t[0], t[len(t)-1]
}

// SVG draws the strip.
func (s *Strip) SVG() string {
	lo, hi := s.Ends()
	x := func(v float64) float64 { return 100 * (v - lo) / (hi - lo) }
	var w buffer
	w.raw(`<svg role="img" aria-label="`).text(s.Alt).raw(`">`)
	band := func(class string, a, b float64) {
		a, b = x(Quantile(s.Sorted, a)), x(Quantile(s.Sorted, b))
		w.raw(`<rect class="`).raw(class).raw(`" y="16" height="8" x="`).pct(a).raw(`" width="`).pct(max(b-a, 0.3)).raw(`"/>`)
	}
	band("band", 0.05, 0.95)
	band("band2", 0.25, 0.75)
	m := x(Quantile(s.Sorted, 0.5))
	w.raw(`<line class="med" y1="11" y2="29" x1="`).pct(m).raw(`" x2="`).pct(m).raw(`"/>`)
	own := math.NaN()
	for _, p := range s.Places {
		if math.IsNaN(p.Value) {
			continue
		}
		w.raw(`<svg x="`).pct(x(p.Value)).raw(`" y="20" overflow="visible" width="1" height="1">`)
		r := 5.0
		switch p.Kind {
		case Own, Parent:
			r, own = 6.5, x(p.Value)
		case Peer:
			r = 4
		}
		w.mark(p.Kind, r, false)
		w.raw(`</svg>`)
	}
	end := func(at, anchor, label string, clear bool) {
		if clear {
			w.raw(`<text class="t-3" y="43" x="`).raw(at).raw(`" text-anchor="`).raw(anchor).raw(`">`).text(label).raw(`</text>`)
		}
	}
	end("0", "start", s.Lo, !(own < 18))
	end("100%", "end", s.Hi, !(own > 82))
	if !math.IsNaN(own) {
		anchor := "middle"
		if own < 6 {
			anchor = "start"
		} else if own > 94 {
			anchor = "end"
		}
		w.raw(`<text class="t-b" y="43" text-anchor="`).raw(anchor).raw(`" x="`).pct(own).raw(`">`).text(s.Own).raw(`</text>`)
	}
	return w.raw(`</svg>`).String()
}
