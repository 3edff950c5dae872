package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// parse fails unless svg is well-formed, and returns how many elements of each
// name and class it has.
func parse(t *testing.T, svg string) map[string]int {
	t.Helper()
	count := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return count
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		if e, ok := tok.(xml.StartElement); ok {
			count[e.Name.Local]++
			for _, a := range e.Attr {
				if a.Name.Local == "class" {
					for _, c := range strings.Fields(a.Value) {
						count["."+c]++
					}
				}
				if a.Name.Local == "style" || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("<%s %s=%q>", e.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
}

var nan = math.NaN()

func TestPlotDrawsWhatIsThere(t *testing.T) {
	p := Plot{
		Alt: `Helsinki & "others" <fell>`, Height: 120, X0: 2000, X1: 2010, Y0: 0, Y1: 200,
		Grid:  []Tick{{At: 0, Label: "0"}, {At: 100, Label: "EU 100", Zero: true}},
		Years: []Tick{{At: 2000, Label: "2000"}, {At: 2010, Label: "2010"}},
		Series: []Series{
			{Kind: Metro, Label: "Helsinki 142", Values: []Value{{X: 2000, Y: 160}, {X: 2003, Y: 151}, {X: 2005, Y: 150}, {X: 2008, Y: 145}, {X: 2010, Y: 142}}},
			{Kind: Own, Label: "Lahti 87", Values: []Value{{X: 2000, Y: 96}, {X: 2003, Y: nan}, {X: 2005, Y: 90}, {X: 2008, Y: 88, Break: true, Note: "break"}, {X: 2010, Y: 87, Hollow: true}}},
		},
		Shade: true,
		Gaps:  []Gap{{X: 2010, From: 87, To: 142, Label: "55 points"}},
	}
	got := parse(t, p.SVG())
	want := map[string]int{".gapfill": 2, ".ln-own": 2, ".ln-metro": 1, ".brk": 1, ".hollow": 1, ".metro": 1, ".ax0": 1, ".gapbar": 1}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%d of %s, want %d\n%s", got[k], k, n, p.SVG())
		}
	}
	if len(p.SVG()) > 20<<10 {
		t.Error("a chart is under 20 kB")
	}
}

func TestPlotNamesWhatLeavesTheScale(t *testing.T) {
	p := Plot{Height: 100, X1: 1, Y1: 100, Series: []Series{{Kind: Metro, Label: "Dublin 358", Values: []Value{{X: 0, Y: 50}, {X: 1, Y: 358}}}}}
	svg := p.SVG()
	if got := parse(t, svg); got[".metro"] != 0 || !strings.Contains(svg, `text-anchor="end"`) {
		t.Errorf("the mark of a value off the scale is drawn, or its label is not inside:\n%s", svg)
	}
}

func TestPlotKeepsTheLabelOfALeavingLineClearOfIt(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []Value
		want   string // where the label stands
	}{
		{"up at once", []Value{{X: 0, Y: 5}, {X: 1, Y: 300}}, `y="16%"`},
		{"up, near the edge before", []Value{{X: 0, Y: 88}, {X: 1, Y: 300}}, `y="28%"`},
		{"down, near the edge before", []Value{{X: 0, Y: 10}, {X: 1, Y: -300}}, `y="83%"`},
	} {
		p := Plot{Height: 100, X1: 1, Y1: 100, Series: []Series{{Kind: Metro, Label: "Dublin 358", Values: c.values}}}
		if svg := p.SVG(); !strings.Contains(svg, c.want+`>Dublin`) {
			t.Errorf("%s: the label is not at %s:\n%s", c.name, c.want, svg)
		}
	}
}

func TestPlotMarksYearsThatASmallScreenLeavesOut(t *testing.T) {
	for n, want := range map[int]int{3: 0, 4: 0, 5: 2, 9: 4} {
		p := Plot{Height: 100, X1: 10, Y1: 1}
		for i := range n {
			p.Years = append(p.Years, Tick{At: float64(i), Label: fmt.Sprint(i)})
		}
		if got := parse(t, p.SVG())[".roomy"]; got != want {
			t.Errorf("%d of %d years are marked, want %d", got, n, want)
		}
	}
}

func TestPlotKeepsALongLabelOffTheAxis(t *testing.T) {
	for label, want := range map[string]string{"Dublin 358": `dx="-4"`, "Dublin 358, asteikon ulkopuolella": `dx="54.6"`, strings.Repeat("long", 30): `dx="60"`} {
		p := Plot{Height: 100, X1: 1, Y1: 100, Series: []Series{{Label: label, Values: []Value{{X: 0, Y: 5}, {X: 1, Y: 300}}}}}
		if svg := p.SVG(); !strings.Contains(svg, want) {
			t.Errorf("%s: not %s\n%s", label, want, svg)
		}
	}
}

func TestSparkShowsGapsBreaksAndDoubt(t *testing.T) {
	values := []Value{{X: 1, Y: 1}, {X: 2, Y: 2}, {X: 3, Y: nan}, {X: 4, Y: 3}, {X: 5, Y: nan}, {X: 6, Y: 2, Break: true}, {X: 7, Y: 4, Hollow: true}}
	got := parse(t, Spark(Own, values, "from 1 to 4"))
	for k, n := range map[string]int{".ln-own": 2, ".dot-own": 1, ".brk": 1, ".hollow": 1} {
		if got[k] != n {
			t.Errorf("%d of %s, want %d\n%s", got[k], k, n, Spark(Own, values, ""))
		}
	}
	if s := Spark(Own, []Value{{X: 1, Y: nan}}, ""); s != "" {
		t.Errorf("a line without values: %s", s)
	}
	parse(t, Spark(Parent, []Value{{X: 1, Y: 5}}, "one value"))
}

func TestStrip(t *testing.T) {
	s := Strip{Alt: "a & b", Sorted: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, Places: []Place{{Metro, 12}, {Country, nan}, {Own, 4}}, Own: "4"}
	got := parse(t, s.SVG())
	for k, n := range map[string]int{".band": 1, ".band2": 1, ".med": 1, ".own": 1, ".metro": 1, ".land-k": 0} {
		if got[k] != n {
			t.Errorf("%d of %s, want %d\n%s", got[k], k, n, s.SVG())
		}
	}
	if lo, hi := s.Ends(); lo > 1.45 || hi < 12 {
		t.Errorf("Ends() = %g, %g: a place lies off the scale", lo, hi)
	}
}

func TestLimits(t *testing.T) {
	var gdp []float64
	for v := 30.0; v < 200; v += 1.7 {
		gdp = append(gdp, v)
	}
	tests := []struct {
		name   string
		values []float64
		least  float64
		anchor float64
		want   []float64
	}{
		{"spread", gdp, 1, 100, []float64{60, 100, 120, 140, 180}},
		{"none", nil, 0, 0, nil},
		{"all equal", []float64{3, 3, 3}, 0, nan, nil},
		{"two values", []float64{1, 2, nan}, 0, nan, []float64{2}},
		{"no narrower than shown", []float64{1, 2, nan}, 1, nan, []float64{2}},
		{"small", []float64{1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7}, 0.1, nan, []float64{1.2, 1.3, 1.4, 1.5, 1.6}},
	}
	for _, tt := range tests {
		if d := cmp.Diff(tt.want, Limits(tt.values, tt.least, tt.anchor)); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, d)
		}
	}
}

func TestLimitsAscendAndLeaveNoClassEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 80).Draw(t, "values")
		limits := Limits(values, 0, nan)
		if len(limits) > Classes-1 {
			t.Fatalf("%d limits", len(limits))
		}
		count := make([]int, len(limits)+2)
		for _, v := range values {
			count[Class(limits, v)]++
		}
		for c, n := range count[1:] {
			if n == 0 {
				t.Fatalf("class %d of %v is empty", c+1, limits)
			}
		}
	})
}

func TestTicksSpanTheValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Float64Range(-1e5, 1e5).Draw(t, "lo")
		hi := lo + rapid.Float64Range(0.01, 1e5).Draw(t, "width")
		n := rapid.IntRange(2, 8).Draw(t, "n")
		got := Ticks(lo, hi, n)
		slack := 1e-6 + 1e-8*(hi-lo)
		if len(got) < 2 || len(got) > n+1 || got[0] > lo+slack || got[len(got)-1] < hi-slack {
			t.Fatalf("Ticks(%g, %g, %d) = %v", lo, hi, n, got)
		}
	})
}

func TestPlaceLabels(t *testing.T) {
	f := AtlasFrame()
	names := []string{"Päijät-Häme 93", "Helsinki 131", "Podlaskie 60", "Warszawa 155", "Wien 138", "Niederösterreich 98", "Mecklenburg-Vorpommern 87", "Hamburg 189", "Berlin 123"}
	at := [][2]float64{{493, 158}, {492, 176}, {498, 324}, {482, 357}, {428, 445}, {410, 438}, {367, 324}, {347, 321}, {389, 338}}
	var labels []Label
	for i, n := range names {
		labels = append(labels, Label{Text: n, X: at[i][0], Y: at[i][1], R: 8, Size: 13})
	}
	labels[0].Sub = "value of Etelä-Suomi"
	got := PlaceLabels(labels, Dorling(crowd(250), Spread{Radius: 0.4, Gap: 0.7}), f)
	for i, p := range got {
		if p.Left < 0 || p.Top < 0 || p.Left+p.Width > f.Size || p.Top+p.Height > f.Size {
			t.Errorf("%s leaves the frame: %+v", names[i], p)
		}
		for j, q := range got[:i] {
			if p.overlaps(q, 0) {
				t.Errorf("%s and %s overlap", names[i], names[j])
			}
			if crosses(p, q) {
				t.Errorf("the leader lines of %s and %s cross", names[i], names[j])
			}
		}
	}
	if d := cmp.Diff(got, PlaceLabels(labels, Dorling(crowd(250), Spread{Radius: 0.4, Gap: 0.7}), f)); d != "" {
		t.Errorf("not the same twice:\n%s", d)
	}
}
