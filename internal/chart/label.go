package chart

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
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

// PlaceLabels finds a place for each label: in the frame, apart from the others,
// near its circle, covering few others; its leader line passes few and crosses
// no line. It descends from many beginnings, drawn from a fixed seed, and keeps
// the cheapest outcome: the result depends on nothing but the arguments.
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
// places of each label it looks at: the cheapest few in each direction, so that
// a label that must give way finds another side.
const beginnings, directions, inEach = 40, 96, 2

const considered = directions * inEach

// choices holds the places that labels may take, the cheapest first, what each
// costs alone, and what two cost together.
type choices struct {
	places [][]Placed
	alone  [][]float64
	both   []clashes // by label, place, label, place
}

func newChoices(labels []Label, circles []Circle, f Frame) *choices {
	c := &choices{places: make([][]Placed, len(labels)), alone: make([][]float64, len(labels))}
	s := newScene(labels, circles, f)
	for i := range labels {
		var kept []priced
		for d := range directions {
			kept = append(kept, s.cheapest(i, d)...)
		}
		slices.SortStableFunc(kept, func(a, b priced) int { return cmp.Compare(a.cost, b.cost) })
		for _, p := range kept {
			c.places[i], c.alone[i] = append(c.places[i], p.Placed), append(c.alone[i], p.cost)
		}
	}
	n := len(labels) * considered
	c.both = make([]clashes, n*n)
	return c
}

// together is what place a of label i and place b of label j cost beside each
// other.
func (c *choices) together(i, a, j, b int) float64 {
	k := &c.both[(i*considered+a)*len(c.places)*considered+j*considered+b]
	if *k == 0 {
		*k = clash(c.places[i][a], c.places[j][b])
	}
	return k.cost()
}

// descend moves one label after the other to its cheapest place until none
// moves, and returns what the whole costs.
func (c *choices) descend(at []int) (total float64) {
	for range 20 {
		moved := false
		total = 0
		for i := range at {
			best, cost := at[i], math.Inf(1)
			for a, k := range c.alone[i] {
				if k >= cost {
					break // and so are all that follow
				}
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
