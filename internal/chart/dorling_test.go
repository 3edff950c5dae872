package chart

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// overlap returns the worst overlap of any two circles, with the gap counted.
func overlap(circles []Circle, gap float64) (worst float64, which string) {
	for i, a := range circles {
		for _, b := range circles[:i] {
			if o := a.R + b.R + gap - math.Hypot(a.X-b.X, a.Y-b.Y); o > worst {
				worst, which = o, a.ID+" and "+b.ID
			}
		}
	}
	return worst, which
}

// crowd is a dense group of n points of falling weight.
func crowd(n int) []Point {
	var out []Point
	for i := range n {
		a := float64(i) * 2.399963
		r := 4 * math.Sqrt(float64(i))
		out = append(out, Point{ID: fmt.Sprint(i), X: 300 + r*math.Cos(a), Y: 300 + r*math.Sin(a), Weight: 1 + float64(n-i)})
	}
	return out
}

func TestDorlingKeepsEveryGap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "n")
		points := make([]Point, n)
		for i := range points {
			points[i] = Point{
				ID:     fmt.Sprint(i),
				X:      rapid.Float64Range(0, 100).Draw(t, "x"),
				Y:      rapid.Float64Range(0, 100).Draw(t, "y"),
				Weight: rapid.Float64Range(0, 400).Draw(t, "weight"),
			}
		}
		s := Spread{Radius: 1, Least: 1, Gap: 0.7, Rounds: 40}
		got := Dorling(points, s)
		if len(got) != n {
			t.Fatalf("%d circles for %d points", len(got), n)
		}
		if o, which := overlap(got, s.Gap); o > 1e-9 {
			t.Fatalf("circles %s overlap by %g", which, o)
		}
		if d := cmp.Diff(got, Dorling(points, s)); d != "" {
			t.Fatalf("the same points gave other circles:\n%s", d)
		}
	})
}

func TestDorlingInTheSamePlace(t *testing.T) {
	points := make([]Point, 30)
	for i := range points {
		points[i] = Point{ID: fmt.Sprint(i), X: 5, Y: 5, Weight: 1}
	}
	got := Dorling(points, Spread{Radius: 3, Gap: 0.7, Rounds: 3})
	if o, which := overlap(got, 0.7); o > 1e-9 {
		t.Errorf("circles %s overlap by %g", which, o)
	}
}

func TestDorlingStaysNearHome(t *testing.T) {
	points := crowd(300)
	got := Dorling(points, Spread{Radius: 0.4, Gap: 0.7})
	var far float64
	for i, c := range got {
		far = max(far, math.Hypot(c.X-points[i].X, c.Y-points[i].Y))
	}
	if far > 80 {
		t.Errorf("a circle stands %.0f units from its home", far)
	}
	lone := Dorling([]Point{{ID: "a", X: 10, Y: 20, Weight: 9}}, Spread{Radius: 2})
	if d := cmp.Diff([]Circle{{ID: "a", X: 10, Y: 20, R: 6}}, lone, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 0.02 })); d != "" {
		t.Errorf("a lone circle moved (-want +got):\n%s", d)
	}
}

func BenchmarkDorling(b *testing.B) {
	points := crowd(1400)
	for b.Loop() {
		Dorling(points, Spread{Radius: 0.15, Gap: 0.7})
	}
}
