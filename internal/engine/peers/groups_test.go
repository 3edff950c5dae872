package peers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/fault"
)

// points makes a triangle of Euclidean distances.
func points(at ...[]float64) *Triangle {
	return NewTriangle(len(at), func(i, j int) float64 {
		sum := 0.0
		for k := range at[i] {
			sum += (at[i][k] - at[j][k]) * (at[i][k] - at[j][k])
		}
		return math.Sqrt(sum)
	})
}

func line(at ...float64) *Triangle {
	return NewTriangle(len(at), func(i, j int) float64 { return math.Abs(at[i] - at[j]) })
}

func byMedoids(t *Triangle) func(int) (*Groups, error) {
	return func(k int) (*Groups, error) { return Medoids(t, k) }
}

func TestMedoids(t *testing.T) {
	d := line(0, 1, 2, 20, 21, 22)
	want := []int{0, 0, 0, 1, 1, 1}
	g, err := Medoids(d, 2)
	if err != nil || !slices.Equal(g.Of, want) || !slices.Equal(g.Medoids, []int{1, 4}) || g.Cost != 4 {
		t.Errorf("%+v, %v", g, err)
	}
	// By hand. Unit 0: a = (1+2)/2, b = (20+21+22)/3. Unit 1: a = 1, b = 20.
	for u, s := range []float64{(21 - 1.5) / 21, (20 - 1) / 20., (19 - 1.5) / 19, (19 - 1.5) / 19, (20 - 1) / 20., (21 - 1.5) / 21} {
		if math.Abs(g.Silhouette[u]-s) > 1e-12 {
			t.Errorf("silhouette of unit %d is %v, want %v", u, g.Silhouette[u], s)
		}
	}
	if mean := (2*(19.5/21) + 2*(19./20) + 2*(17.5/19)) / 6; math.Abs(g.Mean-mean) > 1e-12 {
		t.Errorf("mean silhouette %v, want %v", g.Mean, mean)
	}
	if g, err := Suggest(d, 2, 5, byMedoids(d)); err != nil || len(g.Medoids) != 2 {
		t.Errorf("%+v, %v", g, err)
	}
	three := line(0, 1, 10, 11, 30, 31, 32)
	if g, err := Suggest(three, 2, 6, byMedoids(three)); err != nil || len(g.Medoids) != 3 {
		t.Errorf("%+v, %v", g, err)
	}
	// A unit alone has silhouette 0.
	if g, err := Medoids(line(0, 0.5, 100), 2); err != nil || g.Silhouette[2] != 0 || g.Silhouette[0] < 0.99 {
		t.Errorf("%+v, %v", g, err)
	}
	// Units that are equal leave no group empty.
	if g, err := Medoids(line(5, 5, 5, 5), 3); err != nil || slices.Max(g.Of) != 2 || g.Cost != 0 {
		t.Errorf("%+v, %v", g, err)
	}
}

// No exchange of one medoid for another unit lowers the cost, and each unit is in
// the group of its nearest medoid.
func TestMedoidsAreBestAgainstOneExchange(t *testing.T) {
	best := 0
	rapid.Check(t, func(t *rapid.T) {
		n, k := rapid.IntRange(4, 9).Draw(t, "units"), rapid.IntRange(2, 3).Draw(t, "groups")
		at := make([]float64, n)
		for i := range at {
			at[i] = float64(rapid.IntRange(0, 60).Draw(t, "at"))
		}
		d := line(at...)
		g, err := Medoids(d, k)
		if err != nil {
			t.Fatal(err)
		}
		cost := func(medoids []int) (sum float64) {
			for u := range n {
				near := math.Inf(1)
				for _, m := range medoids {
					near = min(near, d.At(u, m))
				}
				sum += near
			}
			return sum
		}
		if math.Abs(cost(g.Medoids)-g.Cost) > 1e-9 {
			t.Fatalf("cost %v, by the plain sum %v", g.Cost, cost(g.Medoids))
		}
		for m := range g.Medoids {
			for u := range n {
				other := slices.Clone(g.Medoids)
				if other[m] = u; cost(other) < g.Cost-1e-9 {
					t.Fatalf("%v costs %v, %v costs %v", g.Medoids, g.Cost, other, cost(other))
				}
			}
		}
		for u, own := range g.Of {
			for m, medoid := range g.Medoids {
				if d.At(u, medoid) < d.At(u, g.Medoids[own]) {
					t.Fatalf("unit %d is in group %d and nearer to %d", u, own, m)
				}
			}
			if s := g.Silhouette[u]; !(s >= -1 && s <= 1) {
				t.Fatalf("silhouette %v", s)
			}
		}
		best++
	})
	t.Logf("%d random cases", best)
}

// Small dendrograms by hand, and one that is widely printed: the twelve points
// of the documentation of SciPy's ward (1.9), whose heights are those of R's
// hclust with ward.D2. Pairs at 1; a third point joins at sqrt(4/3 · 5/4); corners
// and the whole follow in the same way.
func TestWard(t *testing.T) {
	corners := points([]float64{0, 0}, []float64{0, 1}, []float64{1, 0}, []float64{0, 4}, []float64{0, 3}, []float64{1, 4},
		[]float64{4, 0}, []float64{3, 0}, []float64{4, 1}, []float64{4, 4}, []float64{3, 4}, []float64{4, 3})
	third, two, four := math.Sqrt(4./3*1.25), math.Sqrt(100./3), math.Sqrt(200./3)
	for _, c := range []struct {
		name    string
		d       *Triangle
		heights []float64
		cut     int
		of      []int
	}{
		{"two points", line(1, 4), []float64{3}, 0, nil},
		{"three points", line(0, 2, 7), []float64{2, math.Sqrt(4./3) * 6}, 2, []int{0, 0, 1}},
		{"two pairs", line(0, 1, 6, 7), []float64{1, 1, math.Sqrt(2) * 6}, 2, []int{0, 0, 1, 1}},
		{"two clouds", line(0, 1, 2, 20, 21, 22), []float64{1, 1, math.Sqrt(3), math.Sqrt(3), 20 * math.Sqrt(3)}, 2, []int{0, 0, 0, 1, 1, 1}},
		{"four corners, SciPy 1.9", corners, []float64{1, 1, 1, 1, third, third, third, third, two, two, four}, 4, []int{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}},
		{"equal points", line(3, 3, 3), []float64{0, 0}, 2, []int{0, 0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			merges, err := Ward(c.d)
			if err != nil {
				t.Fatal(err)
			}
			worst := 0.0
			for k, m := range merges {
				worst = max(worst, math.Abs(m.Height-c.heights[k]))
			}
			t.Logf("%d heights, largest error %.2g (tolerance 1e-12)", len(merges), worst)
			if worst > 1e-12 || len(merges) != len(c.heights) || merges[len(merges)-1].Size != c.d.Len() {
				t.Errorf("merges %+v, want heights %v", merges, c.heights)
			}
			if c.cut == 0 {
				return
			}
			if g, err := Cut(merges, c.d, c.cut); err != nil || !slices.Equal(g.Of, c.of) {
				t.Errorf("cut %+v, %v; want %v", g, err, c.of)
			}
		})
	}
}

// The chain finds what a search for the nearest pair of all finds, step by step;
// and half the sum of the squared heights is the total sum of squares.
func TestWardAgainstThePlainSearch(t *testing.T) {
	worst := 0.0
	rapid.Check(t, func(t *rapid.T) {
		n, k := rapid.IntRange(2, 14).Draw(t, "units"), rapid.IntRange(1, 3).Draw(t, "columns")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		at := rowsOf(n, k)
		for i := range at {
			for j := range at[i] {
				at[i][j] = random.NormFloat64()
			}
		}
		d := points(at...)
		merges, err := Ward(d)
		if err != nil {
			t.Fatal(err)
		}
		want := plainWard(d)
		squares := 0.0
		for i, m := range merges {
			if m.A >= m.B || m.A != want[i].A || m.B != want[i].B || m.Size != want[i].Size || math.Abs(m.Height-want[i].Height) > 1e-9 {
				t.Fatalf("merge %d is %+v, want %+v", i, m, want[i])
			}
			worst = max(worst, math.Abs(m.Height-want[i].Height))
			squares += m.Height * m.Height / 2
		}
		total := 0.0
		for j := range k {
			mean := 0.0
			for i := range at {
				mean += at[i][j] / float64(n)
			}
			for i := range at {
				total += (at[i][j] - mean) * (at[i][j] - mean)
			}
		}
		if math.Abs(squares-total) > 1e-9*max(1, total) {
			t.Fatalf("heights give %v, total sum of squares %v", squares, total)
		}
	})
	t.Logf("largest difference of a height %.2g", worst)
}

// plainWard joins the nearest of all pairs, one after another.
func plainWard(d *Triangle) (out []Merge) {
	n := d.Len()
	type cluster struct{ name, size int }
	live := make([]*cluster, n)
	square := rowsOf(n, n)
	for i := range n {
		live[i] = &cluster{i, 1}
		for j := range n {
			square[i][j] = d.At(i, j) * d.At(i, j)
		}
	}
	for step := range n - 1 {
		a, b := -1, -1
		for i := range n {
			for j := range i {
				if live[i] != nil && live[j] != nil && (a < 0 || square[i][j] < square[a][b]) {
					a, b = i, j
				}
			}
		}
		x, y := float64(live[a].size), float64(live[b].size)
		out = append(out, Merge{min(live[a].name, live[b].name), max(live[a].name, live[b].name), math.Sqrt(square[a][b]), live[a].size + live[b].size})
		for c := range n {
			if live[c] != nil && c != a && c != b {
				z := float64(live[c].size)
				s := ((x+z)*square[a][c] + (y+z)*square[b][c] - z*square[a][b]) / (x + y + z)
				square[a][c], square[c][a] = s, s
			}
		}
		live[a] = &cluster{n + step, live[a].size + live[b].size}
		live[b] = nil
	}
	return out
}

// The heights of Ward do not depend on the order of units. Medoids may: in a group
// of two either unit can stand for both at the same cost.
func TestWardDoesNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 12).Draw(t, "units")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 6))
		at := make([][]float64, n)
		for i := range at {
			at[i] = []float64{random.NormFloat64(), random.NormFloat64()}
		}
		moved := make([][]float64, n)
		for to, from := range random.Perm(n) {
			moved[to] = at[from]
		}
		x, errX := Ward(points(at...))
		y, errY := Ward(points(moved...))
		if errX != nil || errY != nil {
			t.Fatal(errX, errY)
		}
		for i := range x {
			if math.Abs(x[i].Height-y[i].Height) > 1e-9 {
				t.Fatalf("merge %d at %v, in another order at %v", i, x[i].Height, y[i].Height)
			}
		}
	})
}

func TestGroupsRefuse(t *testing.T) {
	gap := line(0, 1, 2, 3)
	gap.set(3, 1, nan)
	merges, _ := Ward(line(0, 1, 2))
	for _, c := range []struct {
		name, key string
		call      func() error
	}{
		{"one group", "engine.groups", func() error { _, err := Medoids(line(0, 1, 2), 1); return err }},
		{"as many groups as units", "engine.groups", func() error { _, err := Medoids(line(0, 1, 2), 3); return err }},
		{"one unit", "engine.groups", func() error { _, err := Ward(line(0)); return err }},
		{"no unit", "engine.groups", func() error { _, err := Ward(line()); return err }},
		{"unknown distance, medoids", "engine.unknown-distance", func() error { _, err := Medoids(gap, 2); return err }},
		{"unknown distance, Ward", "engine.unknown-distance", func() error { _, err := Ward(gap); return err }},
		{"merges of another set", "engine.ragged", func() error { _, err := Cut(merges, line(0, 1, 2, 3), 2); return err }},
		{"a range upside down", "engine.groups", func() error { _, err := Suggest(line(0, 1, 2), 4, 3, nil); return err }},
		{"too few units", "engine.groups", func() error { _, err := Suggest(line(0, 1, 2), 3, 6, byMedoids(line(0, 1, 2))); return err }},
	} {
		t.Run(c.name, func(t *testing.T) { wantFault(t, c.call(), c.key) })
	}
}

func TestCrowd(t *testing.T) {
	d := NewTriangle(4, func(i, j int) float64 { return []float64{0.1, 0.2, 0.2, 0.3, nan, 0.4}[i*(i-1)/2+j] })
	c := d.Crowd()
	for _, x := range []struct{ d, want float64 }{{0, 0}, {0.1, 0}, {0.2, 0.2}, {0.25, 0.6}, {0.4, 0.8}, {1, 1}} {
		if got := c.Share(x.d); math.Abs(got-x.want) > 1e-15 {
			t.Errorf("%v of the pairs lie nearer than %v, want %v", got, x.d, x.want)
		}
	}
	if got := NewTriangle(1, nil).Crowd().Share(1); got != 0 {
		t.Errorf("a single unit has share %v", got)
	}
}

func wantFault(t testing.TB, err error, key string) {
	t.Helper()
	f, ok := err.(*fault.Error)
	if !ok || f.Kind != fault.Invalid || f.Key != key || f.What == "" || f.Cure == "" {
		t.Fatalf("got %v, want the fault %s with a cure", err, key)
	}
	t.Log(fmt.Sprint(err))
}

func TestComplete(t *testing.T) {
	d := line(0, 1, 2, 3, 4)
	d.set(3, 1, nan)
	d.set(4, 1, nan)
	d.set(2, 1, nan)
	d.set(4, 3, nan)
	got := d.Complete()
	if !slices.Equal(got, []int{0, 2, 4}) && !slices.Equal(got, []int{0, 2, 3}) {
		t.Errorf("kept %v", got)
	}
	for _, i := range got {
		for _, j := range got {
			if x := d.At(i, j); x != x {
				t.Errorf("the distance of %d and %d is not known", i, j)
			}
		}
	}
	if got := line(0, 1).Complete(); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("kept %v of two that are known", got)
	}
}
