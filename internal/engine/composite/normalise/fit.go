package normalise

import (
	"math"

	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
)

// Fit makes a scale from a column and its moments. It allocates nothing for the
// methods whose scale is a line. The faults are of kind Invalid.
func (r *Rule) Fit(scale *Scale, x []float64, m *sample.Moments) error {
	if err := r.fit(scale, x, m); err != nil {
		return err
	}
	if size := math.Abs(scale.slope); !(size > 0 && size <= math.MaxFloat64) {
		return r.cannot("engine.too-large", "meets figures too large or too close together to compute with", "Write the indicator in another unit, or leave it out")
	}
	return nil
}

func (r *Rule) fit(scale *Scale, x []float64, m *sample.Moments) error {
	*scale = Scale{shape: line, slope: 1, low: math.Inf(-1), high: math.Inf(1)}
	if m.N == 0 {
		return fault.New(fault.Invalid, "engine.all-missing", "there is no value at all").Do("Leave the indicator out, or import its dataset")
	}
	low, high, mean, sign := m.Min, m.Max, m.Mean, 1.0
	if r.Turn {
		if r.Method.ratio() {
			return r.cannot("engine.no-turn", "cannot be turned round for an indicator of which less is better", "Take min-max, a z-score or goalposts")
		}
		low, high, mean, sign = -m.Max, -m.Min, -m.Mean, -1
	}
	if r.spread() && m.Constant() {
		return fault.New(fault.Invalid, "engine.constant", "all %d values are %g, so that nothing can be told apart", m.N, m.Min).
			Do("Leave the indicator out, or take goalposts")
	}
	switch r.Method {
	case MinMax:
		from, to := r.ends()
		scale.through(sign, low, (to-from)/(high-low), from)
	case ZScore:
		return r.fitZ(scale, sign, mean, m)
	case Scaled:
		scale.through(sign, sign*r.Subtract, 1/r.Divide, 0)
	case DistanceMax:
		scale.through(sign, low, 1/(high-low), 0)
	case DistanceReference, DistanceTarget:
		return r.fitDistance(scale, x, sign, low)
	case RatioMean, RatioMax, RatioMin, ChangeMean, ChangeMin:
		return r.fitRatio(scale, m)
	case Goalposts, LogGoalposts:
		return r.fitGoalposts(scale, m)
	case AMPI:
		reference := mean
		if r.HasTarget {
			reference = sign * r.Target
		}
		scale.through(sign, reference, 60/(high-low), 100)
	default:
		r.fitOrder(scale, x, sign, mean, m)
	}
	return nil
}

// spread reports whether the method needs two different values.
func (r *Rule) spread() bool {
	switch r.Method {
	case Scaled, Goalposts, LogGoalposts, RatioMean, RatioMax, RatioMin, ChangeMean, ChangeMin:
		return false
	}
	return true
}

func (r *Rule) cannot(key, what, cure string) error {
	return fault.New(fault.Invalid, key, "the normalisation %s %s", r.Method, what).Do("%s", cure)
}

func (r *Rule) fitZ(scale *Scale, sign, mean float64, m *sample.Moments) error {
	sd := m.SD()
	if r.Population {
		sd = m.PopulationSD()
	}
	if !(sd > 0) {
		return r.cannot("engine.constant", "needs a standard deviation, and there is none", "Leave the indicator out, or take goalposts")
	}
	wanted := r.SD
	if wanted == 0 {
		wanted = 1
	}
	scale.through(sign, mean, wanted/sd, r.Mean)
	return nil
}

func (r *Rule) fitDistance(scale *Scale, x []float64, sign, low float64) error {
	best := sign * r.Target
	if r.Method == DistanceReference {
		if r.Unit < 0 || r.Unit >= len(x) || math.IsNaN(x[r.Unit]) {
			return r.cannot("engine.no-reference", "has no value of the unit that it measures from", "Name a unit that has a value, or fill it first")
		}
		best = sign * x[r.Unit]
	}
	if !(best > low) {
		return r.cannot("engine.worst-reference", "measures from a value that is not better than the worst", "Choose another reference or target")
	}
	scale.through(sign, low, 1/(best-low), 0)
	if r.CapHigh {
		scale.cap(sign, math.Inf(-1), best)
	}
	return nil
}

func (r *Rule) fitRatio(scale *Scale, m *sample.Moments) error {
	by := m.Mean
	switch r.Method {
	case RatioMax:
		by = m.Max
	case RatioMin, ChangeMin:
		by = m.Min
	}
	if !(by > 0) {
		return r.cannot("engine.not-positive", "divides by a value that is not positive", "Take min-max or a z-score")
	}
	from := 0.0
	if r.Method == ChangeMean || r.Method == ChangeMin {
		from = -1
	}
	scale.through(1, 0, 1/by, from)
	return nil
}

// fitGoalposts works in the indicator's own unit: turning exchanges the posts.
func (r *Rule) fitGoalposts(scale *Scale, m *sample.Moments) error {
	low, high := r.Low, r.High
	if r.Turn && low < high {
		low, high = high, low
	}
	from, to := r.ends()
	if r.Method == LogGoalposts {
		if !(m.Min > 0) && !(r.CapLow && low < high || r.CapHigh && low > high) {
			return r.cannot("engine.not-positive", "cannot take the logarithm of a value that is not positive", "Take plain goalposts, or cap the lower end")
		}
		scale.shape = logarithm
		scale.through(1, math.Log(low), (to-from)/(math.Log(high)-math.Log(low)), from)
	} else {
		scale.through(1, low, (to-from)/(high-low), from)
	}
	worst, best := math.Inf(-1), math.Inf(1)
	if low > high {
		worst, best = best, worst
	}
	if r.CapLow {
		worst = low
	}
	if r.CapHigh {
		best = high
	}
	scale.low, scale.high = min(worst, best), max(worst, best)
	return nil
}

// fitOrder makes the scales that are steps.
func (r *Rule) fitOrder(scale *Scale, x []float64, sign, mean float64, m *sample.Moments) {
	scale.shape, scale.sign, scale.n = ranks, sign, float64(m.N)
	scale.sorted = make([]float64, 0, m.N)
	for _, v := range x {
		scale.sorted = append(scale.sorted, sign*v)
	}
	scale.sorted = sample.Sorted(make([]float64, 0, m.N), scale.sorted)
	scale.slope = 1
	switch r.Method {
	case PercentileRank:
		scale.slope, scale.from = 1/(scale.n-1), 0
		scale.shift = 1
	case HandbookPercentile:
		scale.slope = 100 / scale.n
	case Borda:
		scale.shift = 1
	case MeanBands:
		scale.shape, scale.bands = steps, true
		width := r.Share * math.Abs(mean)
		scale.limits, scale.scores = []float64{mean - width, mean + width}, []float64{-1, 0, 1}
	case QuantileBands:
		scale.shape, scale.bands = steps, true
		scale.limits = []float64{sample.Quantile(scale.sorted, r.Share), sample.Quantile(scale.sorted, 1-r.Share)}
		scale.scores = []float64{-1, 0, 1}
	case Categorical:
		scale.shape = steps
		for _, q := range r.Quantiles {
			scale.limits = append(scale.limits, sample.Quantile(scale.sorted, q))
		}
		scale.scores = r.Scores
	}
}
