package peers

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"peerscape/internal/engine/sample"
)

// deviations checks the variables for Mahalanobis, completes the covariance from
// the set where none is given, and returns the standard deviations in it.
func (s *Set) deviations(columns [][]float64) ([]float64, error) {
	k := len(columns)
	for v, x := range s.Variables {
		switch {
		case x.Kind != Numeric:
			return nil, refuse("engine.not-numeric", "%s is no number, and the distance of Mahalanobis wants numbers", x.Code).Do("Take Gower's distance")
		case sample.Count(columns[v]) == 0:
			return nil, refuse("engine.all-missing", "%s has no value", x.Code).With("variable", x.Code).Do("Import figures for it, or take it out")
		}
	}
	given := s.o.Covariance
	if given == nil {
		var err error
		if given, err = s.covariance(columns); err != nil {
			return nil, err
		}
	}
	cov := mat.NewSymDense(k, nil)
	for i := range k {
		if len(given) != k || len(given[i]) != k {
			return nil, refuse("engine.covariance", "the covariance has not %d rows and columns, one a variable", k).Do("Give one of the set's variables, in their order")
		}
		for j := range i + 1 {
			a, b := given[i][j], given[j][i]
			if !(math.Abs(a-b) <= 1e-9*(math.Abs(a)+math.Abs(b))) || math.Abs(a) > largest {
				return nil, refuse("engine.covariance", "the covariance of %s and %s is %g one way and %g the other", s.Variables[i].Code, s.Variables[j].Code, a, b).
					Do("Give a symmetric matrix of numbers")
			}
			cov.SetSym(i, j, a)
		}
	}
	by := make([]float64, k)
	for v := range by {
		if by[v] = math.Sqrt(cov.At(v, v)); !(by[v] > 0) {
			return nil, constant(s.Variables[v].Code)
		}
	}
	used := s.used()
	part := mat.NewSymDense(len(used), nil)
	for a, i := range used {
		for b, j := range used[:a+1] {
			part.SetSym(a, b, cov.At(i, j)/by[i]/by[j])
		}
	}
	var ok bool
	if s.precise, ok = invert(part); !ok {
		return nil, refuse("engine.covariance", "the covariance is none: some mixture of the variables has a negative variance").
			Do("Compute it from units that have all variables")
	}
	s.precise.correlation = part
	return by, nil
}

// used lists the variables of positive weight.
func (s *Set) used() []int { return s.contexts[0].variables }

// covariance of the columns over the units that lack nothing.
func (s *Set) covariance(columns [][]float64) ([][]float64, error) {
	var complete []int
	for u := range s.Units {
		whole := true
		for _, x := range columns {
			whole = whole && x[u] == x[u]
		}
		if whole {
			complete = append(complete, u)
		}
	}
	if len(complete) < 2 {
		return nil, refuse("engine.gaps", "%d units have all variables, and a covariance wants at least two", len(complete)).
			Do("Fill gaps first, give a covariance, or take Gower's distance")
	}
	k, out := len(columns), rowsOf(len(columns), len(columns))
	off := rowsOf(k, len(complete))
	for v, x := range columns {
		mean := 0.0
		for _, u := range complete {
			mean += x[u] / float64(len(complete))
		}
		for at, u := range complete {
			off[v][at] = x[u] - mean
		}
		for w := range v + 1 {
			sum := 0.0
			for at := range complete {
				sum += off[v][at] * off[w][at]
			}
			out[v][w] = sum / float64(len(complete)-1)
			out[w][v] = out[v][w]
		}
	}
	return out, nil
}

// precision is the pseudo-inverse of a correlation matrix, in two forms.
type precision struct {
	correlation *mat.SymDense
	inverse     *mat.SymDense
	root        [][]float64 // by component: root'root is the inverse
	rank        int
}

// invert returns the pseudo-inverse; ok is false where the matrix has a negative
// eigenvalue that is no rounding. Components below 1e-10 of the largest count as
// none.
func invert(m *mat.SymDense) (p *precision, ok bool) {
	k := m.SymmetricDim()
	var eigen mat.EigenSym
	if !eigen.Factorize(m, true) {
		return nil, false
	}
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	floor := 1e-10 * values[k-1]
	p = &precision{inverse: mat.NewSymDense(k, nil)}
	for c, l := range values {
		if l < -1e-8*values[k-1] {
			return nil, false
		}
		if l <= floor {
			continue
		}
		component := make([]float64, k)
		for v := range component {
			component[v] = vectors.At(v, c) / math.Sqrt(l)
		}
		p.root = append(p.root, component)
	}
	p.rank = len(p.root)
	for _, c := range p.root {
		for i := range k {
			for j := range i + 1 {
				p.inverse.SetSym(i, j, p.inverse.At(i, j)+c[i]*c[j])
			}
		}
	}
	return p, true
}

// whiten turns the rows that lack nothing so that plain Euclidean distance
// between them is that of Mahalanobis.
func (s *Set) whiten() {
	used := s.used()
	s.white = make([][]float64, len(s.rows))
	for u, row := range s.rows {
		out, whole := make([]float64, s.precise.rank), true
		for c, component := range s.precise.root {
			for a, v := range used {
				out[c] += component[a] * row[v]
				whole = whole && row[v] == row[v]
			}
		}
		if whole {
			s.white[u] = out
		}
	}
}

// precisions keeps the pseudo-inverses of parts of the variables, so that pairs
// with the same gaps share one. It is not safe for use by several goroutines.
type precisions map[string]*precision

// mostKept bounds the memory of precisions.
const mostKept = 4096

// of returns the pseudo-inverse over some of the used variables.
func (p precisions) of(s *Set, parts []int) *precision {
	if len(parts) == s.precise.correlation.SymmetricDim() {
		return s.precise
	}
	key := make([]byte, 0, 2*len(parts))
	for _, a := range parts {
		key = append(key, byte(a), byte(a>>8))
	}
	if out := p[string(key)]; out != nil {
		return out
	}
	m := mat.NewSymDense(len(parts), nil)
	for i, a := range parts {
		for j, b := range parts[:i+1] {
			m.SetSym(i, j, s.precise.correlation.At(a, b))
		}
	}
	out, ok := invert(m)
	if !ok { // a part of a matrix without negative eigenvalues has none
		out = &precision{inverse: mat.NewSymDense(len(parts), nil)}
	}
	if len(p) < mostKept {
		p[string(key)] = out
	}
	return out
}

func (s *Set) mahalanobis(i, j int, kept precisions) (distance, known float64) {
	if a, b := s.white[i], s.white[j]; a != nil && b != nil {
		sum := 0.0
		for c := range a {
			sum += (a[c] - b[c]) * (a[c] - b[c])
		}
		return math.Sqrt(sum), 1
	}
	square, known, _ := s.quadratic(s.rows[i], s.rows[j], -1, kept)
	return math.Sqrt(square), known
}

// part is what a variable adds to a square.
type part struct {
	variable int
	square   float64
}

// quadratic is the square of Mahalanobis' distance over what both rows know but
// for one variable left out (-1 for none), with what each variable adds to it.
func (s *Set) quadratic(a, b []float64, leftOut int, kept precisions) (square, known float64, parts []part) {
	at := make([]int, 0, len(s.used()))
	parts = make([]part, 0, len(s.used()))
	total := 0.0
	for place, v := range s.used() {
		if v == leftOut {
			continue
		}
		total += s.share[v]
		if d := a[v] - b[v]; d == d {
			at, parts = append(at, place), append(parts, part{variable: v})
			known += s.share[v]
		}
	}
	known = min(1, known/total)
	if !(known >= least-slack) {
		return math.NaN(), known, nil
	}
	p := kept.of(s, at)
	if p.rank == 0 {
		return math.NaN(), known, nil
	}
	whole := s.precise.rank
	if leftOut >= 0 {
		whole = min(whole, len(s.used())-1)
	}
	enlarge := float64(whole) / float64(p.rank)
	for i := range parts {
		sum := 0.0
		for j, other := range parts {
			sum += p.inverse.At(i, j) * (a[other.variable] - b[other.variable])
		}
		v := parts[i].variable
		parts[i].square = enlarge * sum * (a[v] - b[v])
		square += parts[i].square
	}
	return max(0, square), known, parts
}
