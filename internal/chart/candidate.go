package chart

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"
)

// width estimates the width of a text in a bold sans face.
func width(s string, size float64) float64 { return 0.56 * size * float64(utf8.RuneCountInString(s)) }

// distances are how far a label may stand from its circle, units; the first
// needs no line.
var distances = []float64{6, 14, 20, 27, 34, 42, 52, 63, 74, 87, 100, 115, 130, 147, 165, 185, 205, 227, 250}

// box returns width and height of a label.
func (l Label) box() (w, h float64) {
	w, h = max(width(l.Text, l.Size), width(l.Sub, 0.88*l.Size)), 1.15*l.Size
	if l.Sub != "" {
		h += 1.1 * l.Size
	}
	return w, h
}

// priced is a place and what it costs alone.
type priced struct {
	Placed
	cost float64
}

// cheapest returns the cheapest places of label i in one direction from its
// circle, at most inEach.
func (s *scene) cheapest(i, direction int) []priced {
	l := s.labels[i]
	w, h := l.box()
	sin, cos := math.Sincos(2 * math.Pi * float64(direction) / directions)
	var out []priced
	for _, d := range distances {
		if len(out) == inEach && stretch(d) >= out[inEach-1].cost {
			break
		}
		ex, ey := l.X+(l.R+d)*cos, l.Y+(l.R+d)*sin // the near point of the box
		for _, at := range ends(cos, sin) {
			p := Placed{Left: ex - at[0]*w, Top: ey - at[1]*h, Width: w, Height: h}
			if d > distances[0] {
				p.FromX, p.FromY, p.ToX, p.ToY = l.X+(l.R+1.5)*cos, l.Y+(l.R+1.5)*sin, ex-2*cos, ey-2*sin
			}
			limit := math.Inf(1)
			if len(out) == inEach {
				limit = out[inEach-1].cost
			}
			one := priced{p, s.price(i, p, stretch(d), limit)}
			n, _ := slices.BinarySearchFunc(out, one, func(a, b priced) int { return cmp.Compare(a.cost, b.cost) })
			if n < inEach {
				out = slices.Insert(out[:min(len(out), inEach-1)], min(n, len(out)), one)
			}
		}
	}
	return out
}

// ends lists where on its box a line of a direction may end, as shares of width
// and height: the middle of the near side, and along a near upper or lower edge.
func ends(cos, sin float64) [][2]float64 {
	near := func(v float64) float64 {
		if v < 0 {
			return 1
		}
		return 0
	}
	var out [][2]float64
	if math.Abs(cos) >= 0.3 {
		out = append(out, [2]float64{near(cos), 0.5})
	}
	if math.Abs(sin) >= 0.5 {
		for _, x := range []float64{0.15, 0.5, 0.85} {
			out = append(out, [2]float64{x, near(sin)})
		}
	}
	return out
}

// scene is what a label must look out for; the circles are in order of x.
type scene struct {
	labels  []Label
	circles []Circle
	widest  float64
	frame   Frame
}

func newScene(labels []Label, circles []Circle, f Frame) *scene {
	s := &scene{labels: labels, circles: slices.Clone(circles), frame: f}
	slices.SortStableFunc(s.circles, func(a, b Circle) int { return cmp.Compare(a.X, b.X) })
	for _, c := range circles {
		s.widest = max(s.widest, c.R)
	}
	return s
}

// What a place costs, by kind of trouble. A circle struck through is worse than
// a longer line, two are worse than a long one.
const (
	outside   = 1e6  // of the frame
	masking   = 400  // a labelled circle under the text
	striking  = 150  // a labelled circle under the line
	covering  = 30   // another circle under the text, and
	coveringR = 3    // for each unit of its radius
	passing   = 24   // another circle under the line, and
	passingC  = 1    // for each unit of the line on it
	off       = 0.05 // each unit from the circle to the middle of the text
)

// stretch is what a distance between circle and text costs.
func stretch(d float64) float64 { return 0.2*d + 0.0008*d*d }

// price is what a place of label i costs alone, beginning with cost; it stops
// counting at limit.
func (s *scene) price(i int, p Placed, cost, limit float64) float64 {
	if p.Left < 0 || p.Top < 0 || p.Left+p.Width > s.frame.Size || p.Top+p.Height > s.frame.Size {
		return outside
	}
	own := s.labels[i]
	cost += off * math.Hypot(p.Left+p.Width/2-own.X, p.Top+p.Height/2-own.Y)
	line := p.line()
	for j, l := range s.labels {
		if j == i {
			continue
		}
		if covers(p, l.X, l.Y, l.R+4) {
			cost += masking
		}
		if line.chord(l.X, l.Y, l.R+2) > 0 {
			cost += striking
		}
	}
	left, right := p.Left, p.Left+p.Width
	if p.leads() {
		left, right = min(left, p.FromX), max(right, p.FromX)
	}
	first, _ := slices.BinarySearchFunc(s.circles, left-s.widest, func(c Circle, x float64) int { return cmp.Compare(c.X, x) })
	for _, o := range s.circles[first:] {
		if o.X > right+s.widest || cost >= limit {
			break
		}
		if covers(p, o.X, o.Y, o.R) {
			cost += covering + coveringR*o.R
		}
		if c := line.chord(o.X, o.Y, o.R); c > 0 {
			cost += passing + passingC*c
		}
	}
	return cost
}

// clashes says how two places are in each other's way; 0 is not yet known.
type clashes uint8

const (
	known    clashes = 1 << iota
	touching         // box and box
	crossed          // line and line
	struck           // line and box
)

// cost is what two places cost beside each other.
func (c clashes) cost() float64 {
	cost := 0.0
	if c&touching != 0 {
		cost += 1e5
	}
	if c&crossed != 0 {
		cost += 2e4
	}
	if c&struck != 0 {
		cost += 3e4
	}
	return cost
}

func clash(p, q Placed) clashes {
	c := known
	if p.overlaps(q, 4) {
		c |= touching
	}
	if crosses(p, q) {
		c |= crossed
	}
	if through(p, q) || through(q, p) {
		c |= struck
	}
	return c
}

// overlaps reports whether two boxes are closer than pad.
func (p Placed) overlaps(q Placed, pad float64) bool {
	return p.Left < q.Left+q.Width+pad && q.Left < p.Left+p.Width+pad &&
		p.Top < q.Top+q.Height+pad && q.Top < p.Top+p.Height+pad
}

// leads reports whether a line leads to the label.
func (p Placed) leads() bool { return p.FromX != p.ToX || p.FromY != p.ToY }

// covers reports whether the box touches a circle.
func covers(p Placed, x, y, r float64) bool {
	dx := x - min(max(x, p.Left), p.Left+p.Width)
	dy := y - min(max(y, p.Top), p.Top+p.Height)
	return dx*dx+dy*dy < r*r
}

// segment is a leader line: where it begins, where it leads, how long it is.
type segment struct{ x, y, dx, dy, long float64 }

func (p Placed) line() segment {
	s := segment{x: p.FromX, y: p.FromY, long: math.Hypot(p.ToX-p.FromX, p.ToY-p.FromY)}
	if s.long > 0 {
		s.dx, s.dy = (p.ToX-p.FromX)/s.long, (p.ToY-p.FromY)/s.long
	}
	return s
}

// chord returns how much of the line lies on a circle.
func (s *segment) chord(x, y, r float64) float64 {
	beside := (x-s.x)*s.dy - (y-s.y)*s.dx // how far the middle of the circle is from the line
	if s.long == 0 || beside >= r || beside <= -r {
		return 0
	}
	along := (x-s.x)*s.dx + (y-s.y)*s.dy
	if along < -r || along > s.long+r {
		return 0
	}
	half := math.Sqrt(r*r - beside*beside)
	return max(0, min(s.long, along+half)-max(0, along-half))
}

// crosses reports whether two leader lines cross.
func crosses(p, q Placed) bool {
	side := func(ax, ay, bx, by, x, y float64) bool { return (bx-ax)*(y-ay)-(by-ay)*(x-ax) > 0 }
	return side(p.FromX, p.FromY, p.ToX, p.ToY, q.FromX, q.FromY) != side(p.FromX, p.FromY, p.ToX, p.ToY, q.ToX, q.ToY) &&
		side(q.FromX, q.FromY, q.ToX, q.ToY, p.FromX, p.FromY) != side(q.FromX, q.FromY, q.ToX, q.ToY, p.ToX, p.ToY)
}

// through reports whether the leader line of p passes the box of q.
func through(p, q Placed) bool {
	if !p.leads() {
		return false
	}
	for s := range 17 {
		t := float64(s) / 16
		x, y := p.FromX+t*(p.ToX-p.FromX), p.FromY+t*(p.ToY-p.FromY)
		if x > q.Left-2 && x < q.Left+q.Width+2 && y > q.Top-2 && y < q.Top+q.Height+2 {
			return true
		}
	}
	return false
}
