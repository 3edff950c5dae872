package weigh

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"peerscape/internal/engine/sample"
)

// Matrix is what principal components and factors are taken from.
type Matrix uint8

// The matrices. Correlation gives each member the same say; Covariance gives it
// by spread, for members on one scale.
const (
	Correlation Matrix = iota
	Covariance
)

// matrix returns the correlations or covariances (divisor n-1) of columns.
func matrix(columns [][]float64, kind Matrix) *mat.SymDense {
	m := mat.NewSymDense(len(columns), nil)
	for j, a := range columns {
		for k := range j + 1 {
			v := 1.0
			switch {
			case kind == Covariance:
				v = covariance(a, columns[k])
			case k < j:
				v = sample.Pearson(a, columns[k])
			}
			m.SetSym(j, k, v)
		}
	}
	return m
}

// covariance returns the covariance of x and y over the units that have both;
// NaN below two.
func covariance(x, y []float64) float64 {
	n, mx, my := 0.0, 0.0, 0.0
	for i := range x {
		if s := x[i] + y[i]; s == s {
			n, mx, my = n+1, mx+x[i], my+y[i]
		}
	}
	if n < 2 {
		return math.NaN()
	}
	mx, my = mx/n, my/n
	s := 0.0
	for i := range x {
		if d := (x[i] - mx) * (y[i] - my); d == d {
			s += d
		}
	}
	return s / (n - 1)
}
