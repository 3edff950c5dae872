package composite_test

import (
	"math"
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/normalise"
)

// doubted flags the first two figures of income.
func doubted(_ *composite.Framework, t *composite.Table) {
	t.Columns[0].Doubt = []float64{2, 1, 0, 0}
}

// Doubt moves flagged figures alone, about as far as their standard errors say;
// under goalposts nobody else's score changes.
func TestDoubtMovesFlaggedFigures(t *testing.T) {
	posts := func(f *composite.Framework, table *composite.Table) {
		doubted(f, table)
		f.Normalise = normalise.Rule{Method: normalise.Goalposts, High: 100, To: 100}
	}
	m, sure := model(t, posts, composite.Choice{Name: "doubt", Doubt: 2}), nominal(t, posts)
	const n = 4000
	sum, square := make([]float64, 4), make([]float64, 4)
	for k := range n {
		for i, x := range run(t, m, (float64(k)+0.5)/n) {
			sum[i] += x - sure[i]
			square[i] += (x - sure[i]) * (x - sure[i])
		}
	}
	// Income weighs 1/8 in the index; doubt is twice the standard errors of 2 and 1.
	for i, sd := range []float64{2 * 2. / 8, 2 * 1. / 8, 0, 0} {
		got := math.Sqrt(square[i] / n)
		t.Logf("row %d: standard deviation %.4f, want %.4f +-5 %%; mean %.4f", i, got, sd, sum[i]/n)
		if math.Abs(got-sd) > 0.05*sd || math.Abs(sum[i]/n) > 0.1*sd {
			t.Errorf("row %d: standard deviation %g, want %g; mean %g, want 0", i, got, sd, sum[i]/n)
		}
	}
}

// A denominator divides standard errors too.
func TestDoubtIsDenominated(t *testing.T) {
	posts := func(f *composite.Framework, table *composite.Table) {
		doubted(f, table)
		f.Indicators[0].Denominator, f.Indicators[0].Factor = "people", 100
		f.Normalise = normalise.Rule{Method: normalise.Goalposts, High: 100, To: 100}
	}
	m, sure := model(t, posts, composite.Choice{Name: "doubt", Doubt: 1}), nominal(t, posts)
	plain := func(f *composite.Framework, table *composite.Table) {
		posts(f, table)
		f.Indicators[0].Denominator = ""
	}
	whole, sureWhole := model(t, plain, composite.Choice{Name: "doubt", Doubt: 1}), nominal(t, plain)
	a, b := run(t, m, 0.37), run(t, whole, 0.37)
	for i, share := range []float64{1, 0.5} { // 100 of 100 people, 100 of 200
		if got, want := a[i]-sure[i], share*(b[i]-sureWhole[i]); math.Abs(got-want) > 1e-12 || got == 0 {
			t.Errorf("row %d moves by %g, want %g", i, got, want)
		}
	}
}

// A figure of zero may be unsure like any other.
func TestDoubtOfZero(t *testing.T) {
	for _, denominator := range []string{"", "people"} {
		posts := func(f *composite.Framework, table *composite.Table) {
			f.Indicators[0].Denominator, f.Indicators[0].Factor = denominator, 100
			f.Normalise = normalise.Rule{Method: normalise.Goalposts, High: 100, To: 100}
			table.Columns[0].Values[0], table.Columns[0].Doubt = 0, []float64{2, gap, 0, 0}
		}
		m, sure := model(t, posts, composite.Choice{Name: "doubt", Doubt: 1}), nominal(t, posts)
		got := run(t, m, 0.37)
		if got[0] == sure[0] || math.IsNaN(got[0]) {
			t.Errorf("divided by %q: a zero with a standard error stays at %g", denominator, got[0])
		}
		equal(t, "the sure ones", got[1:], sure[1:])
	}
}
