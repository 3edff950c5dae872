package uncertainty_test

import (
	"math"
	"testing"

	"peerscape/internal/engine/composite/uncertainty"
)

// Functions whose indices are known: estimates at N = 10,000 come within 0.02.
func TestSensitivityOfKnownFunctions(t *testing.T) {
	for _, c := range []struct {
		name  string
		model func() (m uncertainty.Model, first, total []float64)
	}{
		{"Ishigami and Homma 1990, a = 7, b = 0.1", ishigami},
		{"g-function of Sobol, a = 0 1 4.5 9 99 99", gFunction},
		{"linear, coefficients 1 2 3", func() (uncertainty.Model, []float64, []float64) { return linear(1, 2, 3) }},
		{"linear, 40 equal coefficients", func() (uncertainty.Model, []float64, []float64) {
			return linear(make([]float64, 40)...)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, first, total := c.model()
			var error far
			for seed := range uint64(3) {
				ix, err := uncertainty.Sensitivity(bg, m, uncertainty.Options{N: 10_000, Seed: seed, Bootstrap: 20}, uncertainty.ScoreOf(0))
				if err != nil {
					t.Fatal(err)
				}
				for k, f := range ix.Factors {
					error.see(f.First, first[k])
					error.see(f.Total, total[k])
				}
			}
			error.within(t, "first and total indices, 3 seeds", 0.02)
		})
	}
}

func ishigami() (uncertainty.Model, []float64, []float64) {
	const a, b = 7, 0.1
	p4 := math.Pow(math.Pi, 4)
	v1, v2, v13 := 0.5*(1+b*p4/5)*(1+b*p4/5), a*a/8., b*b*p4*p4*(1/18.-1/50.)
	v := v1 + v2 + v13
	return scalar(3, func(u []float64) float64 {
		x := func(k int) float64 { return math.Pi * (2*u[k] - 1) }
		return math.Sin(x(0)) + a*math.Pow(math.Sin(x(1)), 2) + b*math.Pow(x(2), 4)*math.Sin(x(0))
	}), []float64{v1 / v, v2 / v, 0}, []float64{(v1 + v13) / v, v2 / v, v13 / v}
}

func gFunction() (uncertainty.Model, []float64, []float64) {
	a := []float64{0, 1, 4.5, 9, 99, 99}
	all := 1.0
	part := func(k int) float64 { return 1 / (3 * (1 + a[k]) * (1 + a[k])) }
	for k := range a {
		all *= 1 + part(k)
	}
	var first, total []float64
	for k := range a {
		first = append(first, part(k)/(all-1))
		total = append(total, part(k)*all/(1+part(k))/(all-1))
	}
	return scalar(len(a), func(u []float64) float64 {
		y := 1.0
		for k, v := range u {
			y *= (math.Abs(4*v-2) + a[k]) / (1 + a[k])
		}
		return y
	}), first, total
}

// linear has the given coefficients; where all are 0, they are 1.
func linear(c ...float64) (uncertainty.Model, []float64, []float64) {
	sum := 0.0
	for _, v := range c {
		sum += v * v
	}
	shares := make([]float64, len(c))
	for k := range c {
		if sum == 0 {
			shares[k] = 1 / float64(len(c))
		} else {
			shares[k] = c[k] * c[k] / sum
		}
	}
	return scalar(len(c), func(u []float64) float64 {
		y := 0.0
		for k, v := range u {
			if sum == 0 {
				y += v
			} else {
				y += c[k] * v
			}
		}
		return y
	}), shares, shares
}

// By hand: y is 0, 1, 2, 4 at (0,0), (1,0), (0,1), (1,1). Mean 1.75, variance
// 2.1875, of the means of the first factor 0.5625, of the second 1.5625, which
// leaves 0.0625 to both together. The third factor has one level.
func TestAnovaByHand(t *testing.T) {
	m := &formula{units: 1, factors: []uncertainty.Factor{levels("a", 2), levels("b", 2), levels("only", 1)}}
	m.run = func(draw, scores []float64) error {
		a, b := uncertainty.Level(draw[0], 2), uncertainty.Level(draw[1], 2)
		scores[0] = float64(a + 2*b + a*b)
		return nil
	}
	ix, err := uncertainty.Anova(bg, m, uncertainty.Options{}, uncertainty.ScoreOf(0))
	if err != nil {
		t.Fatal(err)
	}
	var all far
	all.see(ix.Mean, 1.75)
	all.see(ix.Variance, 2.1875)
	for k, want := range [][2]float64{{0.5625, 0.625}, {1.5625, 1.625}, {0, 0}} {
		all.see(ix.Factors[k].First, want[0]/2.1875)
		all.see(ix.Factors[k].Total, want[1]/2.1875)
	}
	all.within(t, "indices", 1e-15)
	if f := ix.Factors[2]; f.First != 0 || f.Total != 0 {
		t.Errorf("a factor with one level has %+v, want zero", f)
	}
}

// A factor with one level has no influence, and a target that never changes
// leaves none to any factor: zero, not NaN.
func TestSensitivityOfNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		score func(draw []float64) float64
		still []int // factors that must have zero
	}{
		{"one level", func(u []float64) float64 { return u[1] }, []int{0}},
		{"constant", func([]float64) float64 { return 0.1 }, []int{0, 1}},
		{"constant but for rounding", func(u []float64) float64 { return 0.1 + 1e-16*u[1] }, []int{0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &formula{units: 1, factors: []uncertainty.Factor{levels("only", 1), levels("b", 3)}}
			m.run = func(draw, scores []float64) error {
				scores[0] = c.score(draw)
				return nil
			}
			sampled, err := uncertainty.Sensitivity(bg, m, uncertainty.Options{N: 100}, uncertainty.ScoreOf(0))
			if err != nil {
				t.Fatal(err)
			}
			exact, err := uncertainty.Anova(bg, m, uncertainty.Options{}, uncertainty.ScoreOf(0))
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range c.still {
				for _, f := range []uncertainty.Index{sampled.Factors[k], exact.Factors[k]} {
					if f != (uncertainty.Index{Factor: f.Factor}) {
						t.Errorf("%+v, want zero", f)
					}
				}
			}
		})
	}
}
