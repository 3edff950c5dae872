package weigh

import (
	"math"

	"peerscape/internal/fault"
)

// Limit bounds a member's share of the sum of a unit's weights. The zero Limit
// bounds nothing.
type Limit struct {
	Min float64 // from 0
	Max float64 // up to 1; 0 means 1
}

// limitsFor returns one limit a member, or a fault where no weights meet them.
func limitsFor(limits []Limit, names []string) ([]Limit, error) {
	if n := len(limits); n > 1 && n != len(names) {
		return nil, refuse("engine.share-count", "%s of shares for %s", plural(n, "limit"), plural(len(names), "member")).Do("Write none, one for all, or one for each member")
	}
	out, least, most := make([]Limit, len(names)), 0.0, 0.0
	for j := range out {
		switch len(limits) {
		case 0:
		case 1:
			out[j] = limits[0]
		default:
			out[j] = limits[j]
		}
		if out[j].Max == 0 {
			out[j].Max = 1
		}
		if l := out[j]; !(l.Min >= 0 && l.Max <= 1 && l.Min <= l.Max) {
			return nil, refuse("engine.share", "the share of %s is limited to %g to %g", names[j], l.Min, l.Max).
				Do("Write shares from 0 to 1, the smaller one first").With("member", names[j])
		}
		least, most = least+out[j].Min, most+out[j].Max
	}
	const slack = 1e-9 // ten shares of a tenth may sum to a little less than 1
	if least > 1+slack || most < 1-slack {
		return nil, refuse("engine.share-sum", "the limits of the shares allow sums from %g to %g, and shares sum to 1", least, most).
			Do("Lower the smallest shares or raise the largest")
	}
	if most <= 1+slack { // the largest shares leave no choice
		for j := range out {
			out[j].Min = out[j].Max
		}
	}
	return out, nil
}

// Doubt is the outcome of the benefit of the doubt.
type Doubt struct {
	Scores   []float64   // by unit, from 0 to 1
	Weights  [][]float64 // [member][unit], each unit's scaled to sum to 1
	Coverage Coverage    // units with every figure
}

// nearBest is how near a score must be to 1 to count as 1.
const nearBest = 1e-9

// BenefitOfTheDoubt gives each unit the weights under which it does best, where
// under the same weights no unit may score above 1 (Melyn and Moesen 1991;
// Cherchye and others 2007): maximise sum w x of the unit over w >= 0 subject to
// sum w x <= 1 for every unit, and to limits on w by the sum of w. Scores are
// unique, and at least one is 1; weights need not be unique, and one of the best
// sets is given. A unit whose figures are all zero scores 0.
//
// Units with a missing figure have no score and set no bound: NaN. It refuses
// negative figures, figures that are all zero, and counting pair by pair.
func BenefitOfTheDoubt(t Table, limits []Limit, missing Missing) (Doubt, error) {
	each, err := limitsFor(limits, t.names())
	if err != nil {
		return Doubt{}, err
	}
	if missing == Pairwise {
		return Doubt{}, refuse("engine.pairwise", "benefit of the doubt compares whole units, and cannot leave figures out pair by pair").
			Do("Count units that have every figure, or fill the gaps")
	}
	columns, units := t.complete()
	if err := checkDoubt(t, columns, units); err != nil {
		return Doubt{}, err
	}
	d := Doubt{Scores: make([]float64, t.rows()), Weights: make([][]float64, len(columns)), Coverage: Coverage{Units: units, Fewest: units}}
	for j := range d.Weights {
		d.Weights[j] = make([]float64, t.rows())
	}
	best, at, w := newBestWeights(columns, each), 0, make([]float64, len(columns))
	for i := range d.Scores {
		if !t.full(i) {
			d.Scores[i] = math.NaN()
			for j := range w {
				d.Weights[j][i] = math.NaN()
			}
			continue
		}
		if d.Scores[i], err = best.find(w, at); err != nil {
			fault.Wrap(&err, "benefit of the doubt for %s", t.unit(i))
			return Doubt{}, err
		}
		for j, v := range w {
			d.Weights[j][i] = v
		}
		at++
	}
	return d, nil
}

func checkDoubt(t Table, columns [][]float64, units int) error {
	if units == 0 {
		return refuse("engine.too-few-units", "no unit has every figure, and benefit of the doubt needs one at least").Do("Fill missing figures or leave out the member with the most gaps")
	}
	positive := false
	for j, c := range columns {
		for _, v := range c {
			if v < 0 {
				return refuse("engine.negative", "%s has the negative figure %g, and benefit of the doubt needs figures of 0 or more", t.name(j), v).
					Do("Normalise with a method that gives no negative values, such as min-max")
			}
			positive = positive || v > 0
		}
	}
	if !positive {
		return refuse("engine.all-zero", "every figure is zero").Do("Look at the normalisation")
	}
	return nil
}

// bestWeights is the linear programme that all units share: they differ only in
// what is maximised, so that each starts from the answer of the one before.
//
// A weight is w = v + min * s, where s is the sum of weights and v >= 0. Then s
// is sum v / (1 - sum of min), and the lower limits are gone.
type bestWeights struct {
	columns [][]float64
	limits  []Limit
	free    float64   // 1 - sum of smallest shares
	scale   []float64 // by member: the programme's variable is v * scale, so that its cells are up to 1
	lp      *programme
	goal    []float64
}

func newBestWeights(columns [][]float64, limits []Limit) *bestWeights {
	b := &bestWeights{columns: columns, limits: limits, free: 1, goal: make([]float64, len(columns))}
	for _, l := range limits {
		b.free -= l.Min
	}
	if b.free <= 1e-9 { // the smallest shares leave no choice
		b.free = 0
		return b
	}
	b.rescale()
	rows := make([][]float64, 0, len(columns[0])+len(columns))
	var bounds []float64
	for i := range columns[0] {
		rows, bounds = append(rows, b.coefficients(nil, i)), append(bounds, 1)
	}
	for j, l := range limits {
		if l.Max-l.Min >= b.free { // the others' smallest shares say as much
			continue
		}
		row := make([]float64, len(columns))
		for k := range row {
			row[k] = -(l.Max - l.Min) / b.free / b.scale[k]
		}
		row[j] += 1 / b.scale[j]
		rows, bounds = append(rows, row), append(bounds, 0)
	}
	b.lp = newProgramme(rows, bounds)
	return b
}

// rescale finds the largest cell of each variable.
func (b *bestWeights) rescale() {
	b.scale = make([]float64, len(b.columns))
	for j := range b.scale {
		b.scale[j] = 1
	}
	largest := make([]float64, len(b.columns))
	for i := range b.columns[0] {
		for j, v := range b.coefficients(b.goal[:0], i) {
			largest[j] = max(largest[j], v)
		}
	}
	for j, v := range largest {
		if v > 0 {
			b.scale[j] = v
		}
	}
}

// coefficients returns what each variable of the programme adds to a unit's
// score.
func (b *bestWeights) coefficients(dst []float64, unit int) []float64 {
	base := 0.0
	for j, c := range b.columns {
		base += b.limits[j].Min * c[unit]
	}
	for j, c := range b.columns {
		dst = append(dst, (c[unit]+base/b.free)/b.scale[j])
	}
	return dst
}

// find puts the weights of a unit, scaled to sum to 1, into w and returns its
// score.
func (b *bestWeights) find(w []float64, unit int) (float64, error) {
	if b.free == 0 {
		return b.fixed(w, unit), nil
	}
	b.goal = b.coefficients(b.goal[:0], unit)
	v, score, err := b.lp.maximise(b.goal)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for j := range v {
		v[j] /= b.scale[j]
		sum += v[j]
	}
	if sum == 0 { // a unit without any positive figure: every weight is best
		for j, l := range b.limits {
			w[j] = l.Min + b.free*(l.Max-l.Min)/b.room()
		}
		return 0, nil
	}
	for j, x := range v {
		w[j] = x*b.free/sum + b.limits[j].Min
	}
	if score > 1-nearBest {
		score = 1
	}
	return max(0, score), nil
}

// room is how far all shares together may rise above their smallest.
func (b *bestWeights) room() (sum float64) {
	for _, l := range b.limits {
		sum += l.Max - l.Min
	}
	return sum
}

// fixed scores a unit where the limits leave one set of weights.
func (b *bestWeights) fixed(w []float64, unit int) float64 {
	best, own := 0.0, 0.0
	for i := range b.columns[0] {
		s := 0.0
		for j, c := range b.columns {
			s += b.limits[j].Min * c[i]
		}
		best = max(best, s)
		if i == unit {
			own = s
		}
	}
	for j, l := range b.limits {
		w[j] = l.Min
	}
	if best == 0 {
		return 0
	}
	return own / best
}

func (out *Result) fromDoubt(r Rule, t Table) error {
	d, err := BenefitOfTheDoubt(t, r.Limits, r.Missing)
	if err != nil {
		return err
	}
	out.Scores, out.ByUnit, out.Coverage = d.Scores, d.Weights, d.Coverage
	if len(r.Limits) == 0 {
		out.note("engine.no-share-limit", "without limits on shares a unit may rest its score on a single member").Do("Limit the shares, for example to between 0.1 and 0.15")
	}
	return nil
}
