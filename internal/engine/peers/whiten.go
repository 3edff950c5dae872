package peers

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"peerscape/internal/engine/sample"
)

// whiten turns columns so that plain Euclidean distance between them is the
// distance of Mahalanobis (1936): along the principal components of the
// covariance, each divided by its standard deviation. Components without
// variance are left out, which is the pseudo-inverse; Rank says how many are
// left. It refuses what is not numeric and what has gaps.
func (s *Set) whiten(columns [][]float64) ([][]float64, error) {
	k := len(columns)
	for v, x := range s.Variables {
		if x.Kind != Numeric {
			return nil, refuse("engine.not-numeric", "%s is no number, and the distance of Mahalanobis wants numbers", x.Code).Do("Take Gower's distance")
		}
		if sample.Count(columns[v]) < len(s.Units) {
			return nil, refuse("engine.gaps", "%s is missing for some units, and the distance of Mahalanobis wants all figures", x.Code).Do("Fill it first, or take Gower's distance")
		}
	}
	cov := mat.NewSymDense(k, nil)
	for a := range k {
		for b := range a + 1 {
			cov.SetSym(a, b, covariance(columns[a], columns[b]))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(cov, true) {
		return nil, refuse("engine.singular", "the covariance of the variables cannot be decomposed").Do("Take Gower's distance")
	}
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	var out [][]float64
	for c, l := range values {
		if l <= 1e-10*values[k-1] {
			continue
		}
		column := make([]float64, len(s.Units))
		for u := range column {
			for v := range k {
				column[u] += vectors.At(v, c) * columns[v][u] / math.Sqrt(l)
			}
		}
		out = append(out, column)
	}
	s.rank = len(out)
	return out, nil
}

func covariance(x, y []float64) float64 {
	mx, my, sum := sample.Mean(x), sample.Mean(y), 0.0
	for i := range x {
		sum += (x[i] - mx) * (y[i] - my)
	}
	return sum / float64(len(x)-1)
}
