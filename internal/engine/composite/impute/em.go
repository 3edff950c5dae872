package impute

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"peerscape/internal/engine/sample"
	"peerscape/internal/stats"
)

// Fit reports how EM went in one period.
type Fit struct {
	Period     stats.Period // 0 where the table is no panel
	Units      int          // rows with at least one value
	Iterations int
	Change     float64 // of the parameters in the last round, in standard deviations

	// LogLikelihood of the observed values under the fitted normal distribution; a
	// density, so that it depends on the units of measurement. NaN where nothing was
	// missing and the units were too few to fit a distribution.
	LogLikelihood float64

	// Ridge was added to the variances, in units of them, because the covariance
	// was singular; 0 where none was needed. With a ridge the fit is no longer the
	// one of greatest likelihood.
	Ridge float64

	Mean       []float64   // by column; nil where nothing was fitted, as Covariance
	Covariance [][]float64 // by column and column, divided by the number of units
}

const (
	emTolerance  = 1e-8
	emIterations = 10_000
	emRidge      = 1e-6  // of the variance; ten times more at each further need
	emLargest    = 1e100 // squares of what is let in stay finite
	emSmallest   = 1e-12 // least share of its variance that a column may keep given the others
)

// em fills by expectation and maximisation for a multivariate normal
// distribution (Dempster, Laird and Rubin 1977; Little and Rubin 2002, chapter
// 11), each period by itself.
func (f *filler) em(r Rule) error {
	for _, rows := range f.data.strata() {
		if err := f.emWithin(rows, r); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) emWithin(rows []int, r Rule) error {
	m, empty, err := f.newModel(rows)
	if err != nil {
		return err
	}
	fit, err := m.run(r)
	if err != nil {
		return err
	}
	for _, i := range empty {
		for j := range f.data.Table {
			if f.missing(i, j) {
				f.leave(i, j, EM, NoObservation)
			}
		}
	}
	for _, p := range m.patterns {
		for _, u := range p.units {
			for _, j := range p.missing {
				if i := m.rows[u]; f.missing(i, j) {
					f.fill(i, j, m.x[u][j]*m.scale[j]+m.shift[j], EM)
				}
			}
		}
	}
	f.result.EM = append(f.result.EM, fit)
	return nil
}

// model is the state of EM over one period. Columns are standardised by their
// observed mean and spread, so that the fit does not depend on units.
type model struct {
	period       stats.Period
	rows         []int       // of the data
	x            [][]float64 // a row a unit; missing cells hold their expected values
	shift, scale []float64
	patterns     []pattern

	mean   []float64
	cov    *mat.SymDense
	ridge  float64
	sum    []float64     // of the expected values
	square *mat.SymDense // of their products
}

// pattern is a set of units that have the same columns.
type pattern struct {
	observed, missing []int
	units             []int
}

// newModel standardises the rows and sorts them by what they have. empty lists
// rows without a value: they say nothing and get nothing.
func (f *filler) newModel(rows []int) (m *model, empty []int, err error) {
	d, p := f.data, len(f.data.Table)
	m = &model{shift: make([]float64, p), scale: make([]float64, p)}
	where := ""
	if d.panel() {
		m.period = d.Rows[rows[0]].Period
		where = " in " + m.period.String()
	}
	for j := range d.Table {
		moments := sample.MomentsOf(pick(d.Table[j], rows))
		if moments.N == 0 {
			return nil, nil, refuse("engine.all-missing", "%s has no value%s, so EM cannot fill it", d.column(j), where).
				With("column", d.column(j)).Do("Import figures for it, or leave the indicator out")
		}
		if !(max(moments.Max, -moments.Min) <= emLargest) {
			return nil, nil, refuse("engine.too-large", "%s has values beyond %g%s", d.column(j), emLargest, where).
				With("column", d.column(j)).Do("Give it in a larger unit")
		}
		m.shift[j], m.scale[j] = moments.Mean, 1
		if sd := moments.PopulationSD(); !moments.Constant() && sd > 0 {
			m.scale[j] = sd
		}
	}
	place := map[string]int{}
	complete := true
	for _, i := range rows {
		x, key, some := make([]float64, p), make([]byte, p), false
		for j := range x {
			v := d.Table[j][i]
			x[j] = (v - m.shift[j]) / m.scale[j]
			if v == v {
				key[j], some = 1, true
			}
		}
		if !some {
			empty, complete = append(empty, i), false
			continue
		}
		at, ok := place[string(key)]
		if !ok {
			at = len(m.patterns)
			place[string(key)] = at
			m.patterns = append(m.patterns, newPattern(key))
		}
		complete = complete && len(m.patterns[at].missing) == 0
		m.patterns[at].units = append(m.patterns[at].units, len(m.x))
		m.x, m.rows = append(m.x, x), append(m.rows, i)
	}
	if n := len(m.x); n <= p && !complete {
		return nil, nil, refuse("engine.few-units", "EM has %d units with a value%s and needs more than the %d columns", n, where, p).
			With("units", n).With("columns", p).Do("Take fewer columns at a time, or fill by mean or median")
	}
	m.mean, m.sum = make([]float64, p), make([]float64, p)
	m.cov, m.square = mat.NewSymDense(p, nil), mat.NewSymDense(p, nil)
	for j := range p {
		m.cov.SetSym(j, j, 1)
	}
	return m, empty, nil
}

func newPattern(key []byte) (p pattern) {
	for j, has := range key {
		if has == 1 {
			p.observed = append(p.observed, j)
		} else {
			p.missing = append(p.missing, j)
		}
	}
	return p
}

func pick(x []float64, rows []int) []float64 {
	out := make([]float64, len(rows))
	for to, from := range rows {
		out[to] = x[from]
	}
	return out
}

// run repeats the two steps until the parameters stand still.
func (m *model) run(r Rule) (Fit, error) {
	tolerance, most := r.Tolerance, r.Iterations
	if tolerance == 0 {
		tolerance = emTolerance
	}
	if most == 0 {
		most = emIterations
	}
	fit := Fit{Period: m.period, Units: len(m.x), Change: math.Inf(1)}
	if len(m.x) <= len(m.mean) { // complete, or newModel would have refused it
		fit.Change, fit.LogLikelihood = 0, math.NaN()
		return fit, nil
	}
	for fit.Change > tolerance {
		if fit.Iterations == most {
			return fit, refuse("engine.no-convergence", "EM still moves by %.2g standard deviations after %d rounds", fit.Change, most).
				Do("Allow more rounds or a wider tolerance, or take columns that are less alike")
		}
		if _, err := m.expect(); err != nil {
			return fit, err
		}
		fit.Change = m.maximise()
		fit.Iterations++
	}
	last, err := m.expect() // the values expected under the last parameters
	fit.LogLikelihood, fit.Ridge = last, m.ridge
	m.describe(&fit)
	return fit, err
}

// expect puts the expected values into the missing cells, sums them and their
// products, and returns the log-likelihood of the observed values.
func (m *model) expect() (float64, error) {
	for {
		clear(m.sum)
		m.square.Zero()
		total, ok := 0.0, true
		for k := range m.patterns {
			var one float64
			if one, ok = m.expectPattern(&m.patterns[k]); !ok {
				break
			}
			total += one
		}
		if ok {
			return total, nil
		}
		if m.ridge >= 1 {
			return 0, refuse("engine.singular", "the columns depend on each other so strongly that EM cannot tell them apart").
				Do("Leave out columns that are made of others")
		}
		m.stiffen()
	}
}

// stiffen adds a ridge to the variances, ten times as large as the last.
func (m *model) stiffen() {
	before := m.ridge
	m.ridge = max(emRidge, 10*m.ridge)
	for j := range m.mean {
		m.cov.SetSym(j, j, m.cov.At(j, j)+m.ridge-before)
	}
}

// expectPattern is expect for units that have the same columns: with Σ parted
// by observed (o) and missing (m) columns, the missing part of a unit is
// expected at μm + Σmo Σoo⁻¹ (xo - μo), with covariance Σmm - Σmo Σoo⁻¹ Σom.
func (m *model) expectPattern(p *pattern) (logLikelihood float64, ok bool) {
	var chol mat.Cholesky
	part := mat.NewSymDense(len(p.observed), nil)
	for a, i := range p.observed {
		for b, j := range p.observed[:a+1] {
			part.SetSym(a, b, m.cov.At(i, j))
		}
	}
	if !chol.Factorize(part) || tooSmall(&chol, part) {
		return 0, false
	}
	across := mat.NewDense(len(p.observed), max(len(p.missing), 1), nil)
	for a, i := range p.observed {
		for b, j := range p.missing {
			across.Set(a, b, m.cov.At(i, j))
		}
	}
	var slope mat.Dense
	if err := chol.SolveTo(&slope, across); err != nil {
		return 0, false
	}
	constant := float64(len(p.observed))*math.Log(2*math.Pi) + chol.LogDet()
	for _, j := range p.observed {
		constant += 2 * math.Log(m.scale[j])
	}
	off, white := mat.NewVecDense(len(p.observed), nil), mat.NewVecDense(len(p.observed), nil)
	for _, u := range p.units {
		x := m.x[u]
		for a, j := range p.observed {
			off.SetVec(a, x[j]-m.mean[j])
		}
		for b, j := range p.missing {
			v := m.mean[j]
			for a := range p.observed {
				v += slope.At(a, b) * off.AtVec(a)
			}
			x[j] = v
		}
		if err := chol.SolveVecTo(white, off); err != nil {
			return 0, false
		}
		logLikelihood -= (constant + mat.Dot(off, white)) / 2
		m.add(x)
	}
	m.addSpread(p, across, &slope)
	return logLikelihood, true
}

// tooSmall reports a factor whose pivots are lost in rounding.
func tooSmall(chol *mat.Cholesky, of *mat.SymDense) bool {
	var l mat.TriDense
	chol.LTo(&l)
	for a := range of.SymmetricDim() {
		if pivot := l.At(a, a); pivot*pivot <= emSmallest*max(of.At(a, a), emSmallest) {
			return true
		}
	}
	return false
}

// add takes a unit into the sums.
func (m *model) add(x []float64) {
	for i, v := range x {
		m.sum[i] += v
		for j, w := range x[:i+1] {
			m.square.SetSym(i, j, m.square.At(i, j)+v*w)
		}
	}
}

// addSpread takes the covariance of what is missing into the sum of products.
func (m *model) addSpread(p *pattern, across, slope *mat.Dense) {
	n := float64(len(p.units))
	for b, i := range p.missing {
		for c, j := range p.missing[:b+1] {
			v := m.cov.At(i, j)
			for a := range p.observed {
				v -= across.At(a, b) * slope.At(a, c)
			}
			m.square.SetSym(i, j, m.square.At(i, j)+n*v)
		}
	}
}

// maximise sets mean and covariance from the sums and returns the largest change.
func (m *model) maximise() (change float64) {
	n := float64(len(m.x))
	for j := range m.mean {
		v := m.sum[j] / n
		change = max(change, math.Abs(v-m.mean[j]))
		m.mean[j] = v
	}
	for i := range m.mean {
		for j := range m.mean[:i+1] {
			v := m.square.At(i, j)/n - m.mean[i]*m.mean[j]
			if i == j {
				v += m.ridge
			}
			change = max(change, math.Abs(v-m.cov.At(i, j)))
			m.cov.SetSym(i, j, v)
		}
	}
	return change
}

// describe puts mean and covariance into the fit in the units of the data.
func (m *model) describe(fit *Fit) {
	fit.Mean = make([]float64, len(m.mean))
	fit.Covariance = make([][]float64, len(m.mean))
	for i := range m.mean {
		fit.Mean[i] = m.mean[i]*m.scale[i] + m.shift[i]
		fit.Covariance[i] = make([]float64, len(m.mean))
		for j := range m.mean {
			fit.Covariance[i][j] = m.cov.At(i, j) * m.scale[i] * m.scale[j]
		}
	}
}
