package chart

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"unicode/utf8"
)

// Label is a name that wants to stand near its circle.
type Label struct {
	Text, Sub string // second line smaller; may be empty
	X, Y, R   float64
	Size      float64 // of the text, units
}

// Placed is where a label stands: its box, and a line from the circle's edge
// to it, which is drawn where From and To differ.
type Placed struct {
	Left, Top, Width, Height float64
	FromX, FromY, ToX, ToY   float64
}

// overlaps reports whether two boxes are closer than pad.
func (p Placed) overlaps(q Placed, pad float64) bool {
	return p.Left < q.Left+q.Width+pad && q.Left < p.Left+p.Width+pad &&
		p.Top < q.Top+q.Height+pad && q.Top < p.Top+p.Height+pad
}

// PlaceLabels finds a place for each label: in the frame, apart from the
// others, crossing no other leader line, covering few circles, near its own. It
// descends from many beginnings, drawn from a fixed seed, and keeps the
// cheapest outcome: the result depends on nothing but the arguments.
func PlaceLabels(labels []Label, circles []Circle, f Frame) []Placed {
	c := newChoices(labels, circles, f)
	random := rand.New(rand.NewPCG(11, 53))
	best, cost := []int(nil), math.Inf(1)
	for range beginnings {
		at := make([]int, len(labels))
		for i := range at {
			at[i] = random.IntN(len(c.places[i]))
		}
		if k := c.descend(at); k < cost {
			best, cost = at, k
		}
	}
	out := make([]Placed, len(labels))
	for i, k := range best {
		out[i] = c.places[i][k]
	}
	return out
}

// beginnings is how often the search starts anew; considered is how many
// places of each label it looks at.
const beginnings, considered = 40, 80

// choices holds the places that labels may take, the cheapest first, what each
// costs alone, and what two cost together.
type choices struct {
	places [][]Placed
	alone  [][]float64
	both   []float32 // by label, place, label, place; negative: not yet known
}

func newChoices(labels []Label, circles []Circle, f Frame) *choices {
	c := &choices{places: make([][]Placed, len(labels)), alone: make([][]float64, len(labels))}
	for i := range labels {
		all := candidates(labels[i])
		cost := make(map[Placed]float64, len(all))
		for _, p := range all {
			cost[p] = price(i, p, labels, circles, f)
		}
		slices.SortStableFunc(all, func(a, b Placed) int { return cmp.Compare(cost[a], cost[b]) })
		c.places[i] = all[:min(considered, len(all))]
		for _, p := range c.places[i] {
			c.alone[i] = append(c.alone[i], cost[p])
		}
	}
	n := len(labels) * considered
	c.both = make([]float32, n*n)
	for i := range c.both {
		c.both[i] = -1
	}
	return c
}

// together is what place a of label i and place b of label j cost beside each
// other.
func (c *choices) together(i, a, j, b int) float64 {
	k := (i*considered+a)*len(c.places)*considered + j*considered + b
	if c.both[k] < 0 {
		c.both[k] = float32(clash(c.places[i][a], c.places[j][b]))
	}
	return float64(c.both[k])
}

// descend moves one label after the other to its cheapest place until none
// moves, and returns what the whole costs.
func (c *choices) descend(at []int) (total float64) {
	for range 20 {
		moved := false
		total = 0
		for i := range at {
			best, cost := at[i], math.Inf(1)
			for a := range c.places[i] {
				k := c.alone[i][a]
				for j, b := range at {
					if j != i && k < cost {
						k += c.together(i, a, j, b)
					}
				}
				if k < cost-1e-9 {
					best, cost = a, k
				}
			}
			moved = moved || best != at[i]
			at[i] = best
			total += cost
		}
		if !moved {
			break
		}
	}
	return total
}

// width estimates the width of a text in a bold sans face.
func width(s string, size float64) float64 { return 0.56 * size * float64(utf8.RuneCountInString(s)) }

func candidates(l Label) []Placed {
	w, h := max(width(l.Text, l.Size), width(l.Sub, 0.88*l.Size)), 1.15*l.Size
	if l.Sub != "" {
		h += 1.1 * l.Size
	}
	var out []Placed
	for _, d := range []float64{6, 18, 34, 52, 74, 100, 130, 165, 205, 250} {
		for a := range 24 {
			sin, cos := math.Sincos(float64(a) * math.Pi / 12)
			ex, ey := l.X+(l.R+d)*cos, l.Y+(l.R+d)*sin // the near point of the box
			p := Placed{Left: ex, Top: ey - h/2, Width: w, Height: h}
			switch {
			case math.Abs(cos) < 0.3:
				p.Left = ex - w/2
				p.Top = ey
				if sin < 0 {
					p.Top = ey - h
				}
			case cos < 0:
				p.Left = ex - w
			}
			if d >= 18 {
				p.FromX, p.FromY, p.ToX, p.ToY = l.X+(l.R+1.5)*cos, l.Y+(l.R+1.5)*sin, ex-2*cos, ey-2*sin
			}
			out = append(out, p)
		}
	}
	return out
}

// price is what a place costs alone: forbidden things much, covered circles
// some, distance little.
func price(i int, c Placed, labels []Label, circles []Circle, f Frame) float64 {
	cost := math.Hypot(c.Left+c.Width/2-labels[i].X, c.Top+c.Height/2-labels[i].Y) * 0.3
	if c.Left < 0 || c.Top < 0 || c.Left+c.Width > f.Size || c.Top+c.Height > f.Size {
		cost += 1e6
	}
	for j, l := range labels {
		if j == i {
			continue
		}
		if covers(c, l.X, l.Y, l.R+4) {
			cost += 400
		}
		if hits(c, l.X, l.Y, l.R+2) {
			cost += 150
		}
	}
	for _, o := range circles {
		if covers(c, o.X, o.Y, o.R) {
			cost += 30 + 3*o.R
		}
		if hits(c, o.X, o.Y, o.R) {
			cost += 5
		}
	}
	return cost
}

// clash is what two places cost beside each other.
func clash(p, q Placed) float64 {
	cost := 0.0
	if p.overlaps(q, 4) {
		cost += 1e5
	}
	if crosses(p, q) {
		cost += 2e4
	}
	if through(p, q) || through(q, p) {
		cost += 3e4
	}
	return cost
}

// covers reports whether the box touches a circle.
func covers(p Placed, x, y, r float64) bool {
	dx := x - min(max(x, p.Left), p.Left+p.Width)
	dy := y - min(max(y, p.Top), p.Top+p.Height)
	return dx*dx+dy*dy < r*r
}

// hits reports whether the leader line passes a circle.
func hits(p Placed, x, y, r float64) bool {
	ax, ay, bx, by := p.FromX, p.FromY, p.ToX, p.ToY
	d := (bx-ax)*(bx-ax) + (by-ay)*(by-ay)
	if d == 0 {
		return false
	}
	t := min(1, max(0, ((x-ax)*(bx-ax)+(y-ay)*(by-ay))/d))
	return math.Hypot(x-ax-t*(bx-ax), y-ay-t*(by-ay)) < r
}

// crosses reports whether two leader lines cross.
func crosses(p, q Placed) bool {
	side := func(ax, ay, bx, by, x, y float64) bool { return (bx-ax)*(y-ay)-(by-ay)*(x-ax) > 0 }
	return side(p.FromX, p.FromY, p.ToX, p.ToY, q.FromX, q.FromY) != side(p.FromX, p.FromY, p.ToX, p.ToY, q.ToX, q.ToY) &&
		side(q.FromX, q.FromY, q.ToX, q.ToY, p.FromX, p.FromY) != side(q.FromX, q.FromY, q.ToX, q.ToY, p.ToX, p.ToY)
}

// through reports whether the leader line of p passes the box of q.
func through(p, q Placed) bool {
	if p.FromX == p.ToX && p.FromY == p.ToY {
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
