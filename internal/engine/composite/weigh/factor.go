package weigh

import "math"

// FactorCount is the rule for how many factors are kept. The first field that is
// not zero holds; where all are zero, MinVariance is 1.
type FactorCount struct {
	Number      int     // so many
	MinVariance float64 // those whose eigenvalue is at least this
	Share       float64 // the fewest that explain at least this share of the variance, up to 1
}

func (f FactorCount) check(members int) error {
	switch {
	case f.Number < 0 || f.Number > members:
		return refuse("engine.factor-count", "%d factors of %d members are asked for", f.Number, members).Do("Ask for 1 to %d", members)
	case !(f.MinVariance >= 0) || math.IsInf(f.MinVariance, 0):
		return refuse("engine.factor-count", "the smallest eigenvalue of a factor is %g", f.MinVariance).Do("Write a positive number, such as 1")
	case !(f.Share >= 0 && f.Share <= 1):
		return refuse("engine.factor-count", "factors shall explain %g of the variance", f.Share).Do("Write a share from 0 to 1, such as 0.8")
	}
	return nil
}

// keep returns how many of the components are kept, at least one and only those
// that have a variance. A relative slack of rounding favours keeping.
func (f FactorCount) keep(c Components) int {
	const slack = 1e-12
	n, real := 0, 0
	for real < len(c.Variances) && c.Variances[real] > negligible*c.Variances[0] {
		real++
	}
	switch {
	case f.Number > 0:
		n = f.Number
	case f.MinVariance == 0 && f.Share > 0:
		for sum := 0.0; n < len(c.Shares) && sum < f.Share-slack; n++ {
			sum += c.Shares[n]
		}
	default:
		least := f.MinVariance
		if least == 0 {
			least = 1
		}
		for n < len(c.Variances) && c.Variances[n] >= least*(1-slack) {
			n++
		}
	}
	return min(max(1, n), real)
}

// Loadings says how squared loadings become weights.
type Loadings uint8

const (
	// Dominant counts each member in the factor on which it loads most: its squared
	// loading by the factor's sum of squares, times the factor's share of the
	// variance (Nicoletti, Scarpetta and Boylaud 2000; Handbook, section 6.1).
	Dominant Loadings = iota

	// Shared counts each member in every factor. It comes to communality by the sum
	// of communalities, and does not depend on the rotation.
	Shared
)

// Factors are rotated factors of the members.
type Factors struct {
	Components    Components
	Unrotated     [][]float64 // [factor][member]
	Loadings      [][]float64 // [factor][member], after the rotation
	Communalities []float64   // by member: the variance that the factors explain
	Explained     []float64   // by factor: the sum of squared loadings after the rotation
}

// FactorsOf takes factors from principal components, keeps as many as the count
// says and rotates them by varimax with Kaiser's normalisation (Kaiser 1958).
// Factors stand in the order of the variance that they explain after the
// rotation; each has the sign that makes its loadings' sum positive. With one
// factor there is nothing to rotate. It refuses what ComponentsOf refuses.
func FactorsOf(t Table, kind Matrix, missing Missing, count FactorCount) (Factors, error) {
	if err := count.check(len(t.Columns)); err != nil {
		return Factors{}, err
	}
	c, err := ComponentsOf(t, kind, missing)
	if err != nil {
		return Factors{}, err
	}
	f := Factors{Components: c, Communalities: make([]float64, len(t.Columns))}
	for k := range count.keep(c) {
		f.Unrotated = append(f.Unrotated, c.Loadings(k))
		f.Loadings = append(f.Loadings, c.Loadings(k))
	}
	for _, l := range f.Unrotated {
		for j, v := range l {
			f.Communalities[j] += v * v
		}
	}
	varimax(f.Loadings, f.Communalities)
	sortFactors(f.Loadings)
	for _, l := range f.Loadings {
		f.Explained = append(f.Explained, squares(l))
	}
	return f, nil
}

// Weights returns the weights of the members, which sum to 1.
func (f Factors) Weights(how Loadings) []float64 {
	w := make([]float64, len(f.Communalities))
	if how == Shared {
		copy(w, f.Communalities)
	}
	for j := range w {
		if how == Dominant {
			// Scaling within the factor by Explained and between factors by Explained
			// over their sum leaves the square alone.
			l := f.Loadings[f.dominant(j)][j]
			w[j] = l * l
		}
	}
	total := 0.0
	for _, v := range w {
		total += v
	}
	for j := range w {
		w[j] /= total // some member has a loading, since factors have variance
	}
	return w
}

// dominant returns the factor on which a member loads most, the first of equals.
func (f Factors) dominant(member int) int {
	best := 0
	for k := range f.Loadings {
		if math.Abs(f.Loadings[k][member]) > math.Abs(f.Loadings[best][member]) {
			best = k
		}
	}
	return best
}

func squares(x []float64) (s float64) {
	for _, v := range x {
		s += v * v
	}
	return s
}

func (out *Result) fromFactors(r Rule, t Table) error {
	f, err := FactorsOf(t, r.Matrix, r.Missing, r.Factors)
	if err != nil {
		return err
	}
	out.Rotated, out.Coverage = &f, f.Components.Coverage
	out.noteFewUnits(len(t.Columns))
	out.noteImproper(f.Components)
	if r.Factors.Number > len(f.Loadings) {
		out.note("engine.fewer-factors", "only %s of the %d factors asked for have any variance", plural(len(f.Loadings), "factor"), r.Factors.Number).
			Do("Ask for fewer")
	}
	out.Weights = f.Weights(r.Loadings)
	return nil
}
