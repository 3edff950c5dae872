// Package chart draws the marks of Peerscape as SVG and computes where they
// stand: series, sparklines, strips, class limits, and the atlas of circles
// that do not overlap.
//
// It refuses colours, words and languages: marks carry classes of the style
// sheet, and every label arrives as text. Start with Plot for lines, Dorling
// for the map.
package chart

import (
	"html"
	"math"
	"strconv"
)

// Kind is what a mark stands for. Each kind has one hue and one shape.
type Kind string

// The kinds, as the style sheet names them.
const (
	Own     Kind = "own"     // my region: disc
	Parent  Kind = "ownp"    // value of a region that holds mine: dashed ring
	Metro   Kind = "metro"   // the metropolis: diamond
	Second  Kind = "metro2"  // a further metropolis: hollow diamond, dashed line
	Country Kind = "country" // the country: grey square, thin line
	Peer    Kind = "peer"    // a peer region: small ring
	Asset   Kind = "asset"   // reads as a strength: triangle up
	Weak    Kind = "chal"    // reads as a challenge: triangle down
)

// buffer collects SVG text.
type buffer struct{ b []byte }

func (w *buffer) raw(s string) *buffer { w.b = append(w.b, s...); return w }

// text writes s escaped for element content and attributes.
func (w *buffer) text(s string) *buffer { w.b = append(w.b, html.EscapeString(s)...); return w }

// num writes v with one decimal place at most.
func (w *buffer) num(v float64) *buffer { w.b = appendNumber(w.b, v, 10); return w }

// pct writes v, 0 to 100, as a percentage with two decimal places at most.
func (w *buffer) pct(v float64) *buffer {
	w.b = append(appendNumber(w.b, v, 100), '%')
	return w
}

func appendNumber(b []byte, v, unit float64) []byte {
	v = math.Round(v*unit) / unit
	if v == 0 {
		v = 0 // no negative zero
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

func (w *buffer) String() string { return string(w.b) }

// mark writes the shape of a kind around the origin. hollow marks a value that
// is provisional or revised.
func (w *buffer) mark(k Kind, r float64, hollow bool) {
	switch k {
	case Metro, Second:
		class := "metro"
		if k == Second || hollow {
			class = "metrop"
		}
		r++
		w.raw(`<path d="M0-`).num(r).raw("L").num(r).raw(" 0 0 ").num(r).raw("-").num(r).raw(` 0Z" class="`).raw(class).raw(`"/>`)
	case Asset:
		w.raw(`<path class="f-asset" d="M0-5L5.5 4.5h-11Z"/>`)
	case Weak:
		w.raw(`<path class="f-chal" d="M0 5L5.5-4.5h-11Z"/>`)
	case Country:
		w.raw(`<rect class="land-k" x="-`).num(r - 1).raw(`" y="-`).num(r - 1).raw(`" width="`).num(2*r - 2).raw(`" height="`).num(2*r - 2).raw(`"/>`)
	default:
		class := string(k)
		if k == Own && hollow {
			class = "own hollow"
		}
		w.raw(`<circle r="`).num(r).raw(`" class="`).raw(class).raw(`"/>`)
	}
}

// at opens a point at x and y per cent in which units are pixels.
func (w *buffer) at(x, y float64) *buffer {
	return w.raw(`<svg x="`).pct(x).raw(`" y="`).pct(y).raw(`" overflow="visible" width="1" height="1">`)
}

// Key returns the sign of a kind for a legend, 14 pixels wide.
func Key(k Kind) string {
	var w buffer
	w.raw(`<svg class="gl" width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">`)
	w.mark(k, 5, false)
	w.raw(`</svg>`)
	return w.String()
}

// barLength is how long the longest bar is, pixels.
const barLength = 48

// Bar returns a bar before a number, per cent of the longest long.
func Bar(per int) string {
	var w buffer
	w.raw(`<svg class="gl" height="10" width="`).num(barLength).raw(`" aria-hidden="true"><rect class="bar" height="10" width="`).num(barLength * float64(per) / 100).raw(`"/></svg>`)
	return w.String()
}
