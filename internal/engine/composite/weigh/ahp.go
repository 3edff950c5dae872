package weigh

import (
	"math"

	"peerscape/internal/fault"
)

// Comparison is what a matrix of comparisons says (Saaty 1980).
type Comparison struct {
	Weights    []float64 // principal eigenvector; sums to 1
	Eigenvalue float64   // principal; the number of members where nothing contradicts
	Index      float64   // consistency index (eigenvalue - n)/(n - 1); 0 for one member
	Ratio      float64   // index by that of random comparisons; 0 below three members
}

// Consistent reports whether the comparisons contradict each other little enough
// for the weights to be used: a ratio of 0.1 at most.
func (c Comparison) Consistent() bool { return c.Ratio <= 0.1 }

// randomIndex is the mean consistency index of random reciprocal matrices, by
// number of members (Saaty 1980, scale 1/9 to 9).
var randomIndex = [...]float64{0, 0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59}

// Bounds of a comparison, and how far a cell times its mirror image may be from
// 1: people write 0.33 for a third and 0.17 for a sixth.
const (
	largestComparison = 1e6
	reciprocalSlack   = 0.025
)

// Steps towards the principal eigenvector: a squaring doubles the number of
// exact digits, a multiplication takes rounding away.
const (
	squaringsAtMost = 60
	multiplications = 20
	settled         = 1e-13
)

// Compare returns the weights that a reciprocal matrix of comparisons implies;
// m[i][j] says how many times more i matters than j. It refuses a matrix that is
// not square, a cell that is not positive, a diagonal that is not 1 and a pair
// of cells that are not each other's inverse, naming the cell. Of a pair the
// cell above 1 counts, since the other one is rounded.
func Compare(m [][]float64, names []string) (Comparison, error) {
	if err := checkComparisons(m, names); err != nil {
		return Comparison{}, err
	}
	n := len(m)
	exact := make([][]float64, n)
	for i := range m {
		exact[i] = make([]float64, n)
		for j, a := range m[i] {
			exact[i][j] = a
			switch mirror := m[j][i]; {
			case mirror > a:
				exact[i][j] = 1 / mirror
			case mirror == a: // both are 1, or were rounded from it
				exact[i][j] = 1
			}
		}
	}
	c := Comparison{Weights: principalVector(exact)}
	for i, row := range exact {
		for j, a := range row {
			c.Eigenvalue += a * c.Weights[j] / c.Weights[i] / float64(n)
		}
	}
	c.Eigenvalue = max(c.Eigenvalue, float64(n)) // never below; rounding apart
	if n > 1 {
		c.Index = (c.Eigenvalue - float64(n)) / float64(n-1)
	}
	if n > 2 {
		c.Ratio = c.Index / randomIndex[n]
	}
	return c, nil
}

func checkComparisons(m [][]float64, names []string) error {
	n := len(names)
	if n >= len(randomIndex) {
		return refuse("engine.comparison-size", "%d members cannot be compared pair by pair with known consistency", n).
			Do("Put them into groups of at most %d, and compare within groups and between them", len(randomIndex)-1)
	}
	square := len(m) == n
	for _, row := range m {
		square = square && len(row) == n
	}
	if !square {
		return refuse("engine.comparison-shape", "the comparisons of %d members are not a table of %d rows and %d columns", n, n, n).
			Do("Compare each member with each, itself included")
	}
	cell := func(key string, i, j int, what, cure string) error {
		return refuse(key, "the comparison of %s with %s (row %d, column %d) is %g, %s", names[i], names[j], i+1, j+1, m[i][j], what).Do("%s", cure)
	}
	for i, row := range m {
		for j, a := range row {
			switch {
			case !(a > 0):
				return cell("engine.comparison-not-positive", i, j, "which is not positive", "Write how many times more the row matters than the column: 3, or 1/3 for the reverse")
			case a > largestComparison || a < 1/largestComparison:
				return cell("engine.comparison-range", i, j, "which is out of range", "Write a number from 1/9 to 9")
			case i == j && a != 1:
				return cell("engine.comparison-diagonal", i, j, "and a member matters as much as itself", "Write 1")
			case j < i && math.Abs(a*m[j][i]-1) > reciprocalSlack:
				return refuse("engine.comparison-not-reciprocal", "the comparison of %s with %s (row %d, column %d) is %g, and its reverse %g is not its inverse",
					names[i], names[j], i+1, j+1, a, m[j][i]).Do("Write %.4g in one of the two cells or correct the other", 1/m[j][i])
			}
		}
	}
	return nil
}

// principalVector returns the eigenvector of the largest eigenvalue of a matrix
// with positive cells, by squaring it until every column is that vector. No
// step subtracts, so that small weights keep all their digits.
func principalVector(m [][]float64) []float64 {
	power, w := m, rowSums(m)
	for range squaringsAtMost {
		power = squared(power)
		next, far := rowSums(power), 0.0
		for i := range next {
			far = max(far, math.Abs(next[i]/w[i]-1))
		}
		w = next
		if far <= settled {
			break
		}
	}
	for range multiplications {
		weighted := make([][]float64, len(m))
		for i, row := range m {
			weighted[i] = make([]float64, len(m))
			for j, a := range row {
				weighted[i][j] = a * w[j]
			}
		}
		w = rowSums(weighted)
	}
	return w
}

// squared returns m times m, scaled so that the largest cell is 1.
func squared(m [][]float64) [][]float64 {
	out, top := make([][]float64, len(m)), 0.0
	for i := range m {
		out[i] = make([]float64, len(m))
		for k, a := range m[i] {
			for j, b := range m[k] {
				out[i][j] += a * b
			}
		}
		for _, v := range out[i] {
			top = max(top, v)
		}
	}
	for i := range out {
		for j := range out[i] {
			out[i][j] /= top
		}
	}
	return out
}

// rowSums returns the sums of the rows, scaled to sum to 1.
func rowSums(m [][]float64) []float64 {
	w, total := make([]float64, len(m)), 0.0
	for i, row := range m {
		for _, a := range row {
			w[i] += a
		}
		total += w[i]
	}
	for i := range w {
		w[i] /= total
	}
	return w
}

func (out *Result) fromComparison(r Rule, t Table) error {
	c, err := Compare(r.Comparisons, t.names())
	if err != nil {
		return err
	}
	out.Weights, out.Comparison = c.Weights, &c
	if !c.Consistent() {
		out.note("engine.comparison-inconsistent", "the comparisons contradict each other: their consistency ratio is %.3f, above 0.1", c.Ratio).
			Do("Compare the members anew, the most surprising pair first")
	}
	return nil
}

// note adds a warning to the result.
func (out *Result) note(key, format string, args ...any) *fault.Error {
	n := refuse(key, format, args...)
	out.Notes = append(out.Notes, n)
	return n
}
