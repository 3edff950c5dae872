package weigh

import (
	"cmp"
	"math"
	"slices"
)

// rotations bounds the rounds over all pairs of factors; a dozen are enough in
// practice. Angles below stillAngle count as none.
const (
	rotations  = 1000
	stillAngle = 1e-14
)

// varimax rotates factors, loadings[factor][member], in place so that the
// variance of their squared loadings is as large as plane rotations make it
// (Kaiser 1958). Each member's loadings are first divided by the root of its
// communality, and multiplied again at the end.
func varimax(loadings [][]float64, communalities []float64) {
	if len(loadings) < 2 {
		return
	}
	root := make([]float64, len(communalities))
	for j, h := range communalities {
		if root[j] = math.Sqrt(h); root[j] == 0 {
			root[j] = 1
		}
		for _, l := range loadings {
			l[j] /= root[j]
		}
	}
	for range rotations {
		turned := false
		for a := range loadings {
			for b := range a {
				turned = turn(loadings[b], loadings[a]) || turned
			}
		}
		if !turned {
			break
		}
	}
	for j := range root {
		for _, l := range loadings {
			l[j] *= root[j]
		}
	}
}

// turn rotates two factors by the angle that is best for them, and reports
// whether it did.
func turn(x, y []float64) bool {
	var a, b, c, d float64
	for j := range x {
		u, v := x[j]*x[j]-y[j]*y[j], 2*x[j]*y[j]
		a, b, c, d = a+u, b+v, c+u*u-v*v, d+2*u*v
	}
	n := float64(len(x))
	angle := math.Atan2(d-2*a*b/n, c-(a*a-b*b)/n) / 4
	if math.Abs(angle) < stillAngle || math.IsNaN(angle) {
		return false
	}
	sin, cos := math.Sincos(angle)
	for j := range x {
		x[j], y[j] = cos*x[j]+sin*y[j], cos*y[j]-sin*x[j]
	}
	return true
}

// sortFactors puts the factors in the order of what they explain and gives them
// their signs.
func sortFactors(loadings [][]float64) {
	slices.SortStableFunc(loadings, func(a, b []float64) int { return cmp.Compare(squares(b), squares(a)) })
	for _, l := range loadings {
		orient(l)
	}
}
