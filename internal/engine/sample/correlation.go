package sample

import "math"

// Pearson returns the correlation of x and y over the units that have both;
// NaN below two pairs and where one of them has no spread.
func Pearson(x, y []float64) float64 {
	n, mx, my := 0.0, 0.0, 0.0
	first, onX, onY := 0, false, false
	for i := range x {
		if s := x[i] + y[i]; s == s {
			if n == 0 {
				first = i
			}
			n, mx, my = n+1, mx+x[i], my+y[i]
			onX, onY = onX || x[i] != x[first], onY || y[i] != y[first]
		}
	}
	if !onX || !onY { // asked of the values: their mean may be rounded
		return math.NaN()
	}
	mx, my = mx/n, my/n
	var xx, yy, xy float64
	for i := range x {
		if s := x[i] + y[i]; s == s {
			dx, dy := x[i]-mx, y[i]-my
			xx, yy, xy = xx+dx*dx, yy+dy*dy, xy+dx*dy
		}
	}
	if xx == 0 || yy == 0 { // too small for their squares
		return math.NaN()
	}
	return min(1, max(-1, xy/(math.Sqrt(xx)*math.Sqrt(yy))))
}

// Spearman returns the correlation of the ranks (ties share their mean rank) of
// x and y over the units that have both; NaN as for Pearson.
func Spearman(x, y []float64) float64 {
	a, b := pairs(x, y)
	var r Ranker
	r.Rank(a, a, Ascending, TiesMean)
	r.Rank(b, b, Ascending, TiesMean)
	return Pearson(a, b)
}

// Kendall returns Kendall's tau-b of x and y over the units that have both; NaN
// as for Pearson. Its cost is the square of the number of pairs.
func Kendall(x, y []float64) float64 {
	a, b := pairs(x, y)
	var agree, onX, onY float64
	for i := range a {
		for j := range i {
			sx, sy := sign(a[i]-a[j]), sign(b[i]-b[j])
			agree, onX, onY = agree+sx*sy, onX+sx*sx, onY+sy*sy
		}
	}
	if onX == 0 || onY == 0 {
		return math.NaN()
	}
	return agree / math.Sqrt(onX*onY)
}

func sign(d float64) float64 {
	switch {
	case d > 0:
		return 1
	case d < 0:
		return -1
	}
	return 0
}

// pairs copies the values of the units that have both.
func pairs(x, y []float64) (a, b []float64) {
	for i := range x {
		if s := x[i] + y[i]; s == s {
			a, b = append(a, x[i]), append(b, y[i])
		}
	}
	return a, b
}

// Correlations returns Pearson's correlation of every two columns of a table,
// symmetric, with 1 on the diagonal of a column that has spread and NaN in the
// row and column of one that has none.
func Correlations(table [][]float64) [][]float64 {
	out := make([][]float64, len(table))
	for i := range out {
		out[i] = make([]float64, len(table))
	}
	for i := range table {
		for j := range i {
			r := Pearson(table[i], table[j])
			out[i][j], out[j][i] = r, r
		}
		out[i][i] = 1
		if MomentsOf(table[i]).Constant() {
			out[i][i] = math.NaN()
		}
	}
	return out
}
