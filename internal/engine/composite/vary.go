package composite

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/uncertainty"
)

// Model is a plan with its choices, for package uncertainty. Every run treats,
// normalises, aggregates and ranks anew; nothing is kept from one run to the
// next. A model is used by one goroutine.
type Model struct {
	plan    *Plan
	choices []Choice
	factors []uncertainty.Factor
	tables  [][][]float64      // of each imputation that can be chosen
	sets    [][][]float64      // of each choice that has drawn or given weight sets
	scales  [][]normalise.Rule // of each normalisation that can be chosen, by indicator

	v      variant
	w      *work
	source [][]float64 // columns before doubt is added
	noisy  []bool      // columns of the model's own memory, to which doubt is added
	draw   *rand.PCG
}

// Units implements uncertainty.Model.
func (m *Model) Units() int { return len(m.plan.rows) }

// Factors implements uncertainty.Model.
func (m *Model) Factors() []uncertainty.Factor { return m.factors }

// Fork implements uncertainty.Model: the copy shares tables and weight sets,
// which are read only, and has memory of its own.
func (m *Model) Fork() uncertainty.Model {
	f := *m
	f.own()
	return &f
}

// own gives the model memory that it may write.
func (m *Model) own() {
	b := &m.plan.base
	m.source = b.table
	m.v = variant{
		table: slices.Clone(b.table), treat: slices.Clone(b.treat), normalise: slices.Clone(b.normalise),
		aggregate: slices.Clone(b.aggregate), weights: slices.Clone(b.weights),
	}
	m.noisy = make([]bool, len(b.table))
	for _, c := range m.choices {
		if c.Doubt != 0 {
			for _, d := range m.plan.doubts {
				m.noisy[d.indicator] = true
				m.v.table[d.indicator] = make([]float64, len(m.plan.rows))
			}
		}
	}
	m.w = m.plan.newWork()
	m.draw = rand.NewPCG(0, 0)
}

// Model makes a model of the framework's choices, or of others. A choice that
// can change nothing is refused.
func (p *Plan) Model(choices []Choice) (*Model, error) {
	if p.panel {
		return nil, refuse("engine.panel-uncertainty", "the table is a panel, in which a unit has several ranks").Do("Analyse one period")
	}
	m := &Model{plan: p, choices: choices, sets: make([][][]float64, len(choices))}
	seen := map[string]string{}
	for k := range choices {
		c := &choices[k]
		kind := c.kind()
		if kind == "" {
			return nil, refuse("engine.choice", "the choice %q does not vary exactly one thing", c.Name).
				Do("Give it one of most, treat, normalise, aggregate, impute, noise, weights, doubt, omit")
		}
		if other, twice := seen[kind]; twice {
			return nil, refuse("engine.choice-twice", "the choices %q and %q vary the same thing", other, c.Name).Do("Join them into one")
		}
		seen[kind] = c.Name
		if err := m.prepare(k, kind); err != nil {
			return nil, err
		}
		m.factors = append(m.factors, uncertainty.Factor{Name: c.Name, Levels: p.levels(c)})
	}
	m.own()
	return m, nil
}

// prepare checks that a choice can change something, and makes what its levels
// need.
func (m *Model) prepare(k int, kind string) error {
	c, p := &m.choices[k], m.plan
	useless := func(why, cure string) error {
		return refuse("engine.choice-idle", "the choice %q can change nothing: %s", c.Name, why).Do("%s", cure)
	}
	switch kind {
	case "most", "treat":
		if p.ownTreat == p.tree.leaves {
			return useless("every indicator has a treatment of its own", "Remove the choice, or those treatments")
		}
		if kind == "most" && p.framework.Treat.Skew == 0 {
			return useless("the framework treats no outliers", "Give it a treatment, or remove the choice")
		}
		return m.treatments(c)
	case "normalise":
		if p.ownNormalise == p.tree.leaves {
			return useless("every indicator has a normalisation of its own", "Remove the choice, or those normalisations")
		}
		return m.normalisations(c)
	case "aggregate":
		if p.ownAggregate == len(p.tree.codes)-p.tree.leaves {
			return useless("every group has an aggregation of its own", "Remove the choice, or those aggregations")
		}
		return m.aggregations(c)
	case "impute":
		return m.imputations(c, useless)
	case "noise":
		return m.noise(k, useless)
	case "weights":
		return m.weightSets(k)
	case "doubt":
		if !(c.Doubt > 0) || math.IsInf(c.Doubt, 1) {
			return refuse("engine.doubt", "the choice %q takes standard errors %g times", c.Name, c.Doubt).Do("Write a number above 0; 1 takes them as they are")
		}
		if len(p.doubts) == 0 {
			return useless("no value is flagged as uncertain", "Give the table standard errors, or remove the choice")
		}
	case "omit":
		if len(p.omittable()) == 0 {
			return useless("no indicator with figures has a sibling with figures", "Remove the choice")
		}
	}
	return nil
}

// treatments checks the treatments of a choice.
func (m *Model) treatments(c *Choice) error {
	rules := slices.Clone(c.Treat)
	for _, most := range c.Most {
		rule := m.plan.framework.Treat
		rule.Most = most
		rules = append(rules, rule)
	}
	for _, r := range rules {
		if err := r.Check(); err != nil {
			err = named(err, fmt.Sprintf("choice %q", c.Name))
			return err
		}
	}
	return nil
}

// aggregations checks that each group without an aggregation of its own can take
// each of a choice.
func (m *Model) aggregations(c *Choice) error {
	t := m.plan.tree
	for _, r := range c.Aggregate {
		for g := t.leaves; g < len(t.codes); g++ {
			if t.groups[g].Aggregate != nil {
				continue
			}
			if err := m.plan.checkGroup(g, r); err != nil {
				err = named(err, fmt.Sprintf("choice %q, %s", c.Name, t.codes[g]))
				return err
			}
		}
	}
	return nil
}

// normalisations hands each rule of a choice to the indicators.
func (m *Model) normalisations(c *Choice) error {
	for k := range c.Normalise {
		if err := c.Normalise[k].Check(); err != nil {
			err = named(err, fmt.Sprintf("choice %q", c.Name))
			return err
		}
		rules := slices.Clone(m.plan.base.normalise)
		for j := range rules {
			if m.plan.framework.Indicators[j].Normalise == nil {
				rules[j] = m.plan.directed(c.Normalise[k], j)
				if err := m.plan.refer(&rules[j]); err != nil {
					return named(err, fmt.Sprintf("choice %q", c.Name))
				}
			}
		}
		m.scales = append(m.scales, rules)
	}
	return nil
}

// noise draws the weight sets of a choice that has a number of them.
func (m *Model) noise(k int, useless func(why, cure string) error) error {
	c, p := &m.choices[k], m.plan
	if !(c.Noise > 0 && c.Noise <= 1) {
		return refuse("engine.noise", "the noise of the choice %q is %g", c.Name, c.Noise).Do("Write a share above 0 and up to 1, such as 0.25")
	}
	hit := false
	for e, level := range p.tree.level {
		siblings := p.tree.parent[e] >= 0 && len(p.tree.members[p.tree.parent[e]]) > 1
		hit = hit || siblings && c.noisy(level)
	}
	if !hit {
		return useless("no element of these levels has a sibling", "Name levels of the hierarchy: 1 are the indicators")
	}
	for s := range c.Sets {
		set := slices.Clone(p.base.weights)
		m.perturb(set, c, rand.NewPCG(uint64(s), noiseStream))
		m.sets[k] = append(m.sets[k], set)
	}
	return nil
}

// noiseStream keeps the numbers drawn for weights apart from others of one seed.
const noiseStream, doubtStream = 0x77656967687473, 0x646f756274

func (c *Choice) noisy(level int) bool { return len(c.Levels) == 0 || slices.Contains(c.Levels, level) }

// perturb multiplies the weights at the choice's levels by 1 + U(-f, f).
func (m *Model) perturb(weights []float64, c *Choice, source *rand.PCG) {
	for e, level := range m.plan.tree.level {
		if e != m.plan.tree.root() && c.noisy(level) {
			u := float64(source.Uint64()>>11) / (1 << 53)
			weights[e] *= 1 + c.Noise*(2*u-1)
		}
	}
}

// weightSets puts the given sets into the plan's order.
func (m *Model) weightSets(k int) error {
	c, p := &m.choices[k], m.plan
	for n, given := range c.Weights {
		set := slices.Clone(p.base.weights)
		for code, w := range given {
			e := slices.Index(p.tree.codes, code)
			if e < 0 {
				return refuse("engine.no-element", "set %d of the choice %q names %s, which is no element", n+1, c.Name, code).Do("Write the code of an indicator or a group")
			}
			set[e] = w
		}
		if err := p.tree.checkWeights(set); err != nil {
			err = named(err, fmt.Sprintf("set %d of the choice %q", n+1, c.Name))
			return err
		}
		m.sets[k] = append(m.sets[k], set)
	}
	return nil
}

// imputations fills the table anew by each rule of a choice.
func (m *Model) imputations(c *Choice, useless func(why, cure string) error) error {
	p := m.plan
	if len(p.framework.Impute) == 0 {
		return useless("the framework imputes nothing", "Give it an imputation, or remove the choice")
	}
	if len(p.report.Filled)+len(p.report.Open) == 0 {
		return useless("no cell is missing", "Remove the choice")
	}
	for k, r := range c.Impute {
		columns, err := p.filled(p.divided, []impute.Rule{r}, false)
		if err != nil {
			err = named(err, fmt.Sprintf("choice %q, %d", c.Name, k+1))
			return err
		}
		m.tables = append(m.tables, impute.Keep(columns, p.kept))
	}
	return nil
}

// omittable lists the indicators that count, have figures, and have a sibling that
// does too: nothing is omitted that a group cannot do without.
func (p *Plan) omittable() (out []int) {
	for j := range p.tree.leaves {
		siblings := 0
		for _, m := range p.tree.members[p.tree.parent[j]] {
			if m != j && p.tree.weight[m] > 0 && p.figures(m) {
				siblings++
			}
		}
		if !p.absent[j] && p.tree.weight[j] > 0 && siblings > 0 {
			out = append(out, j)
		}
	}
	return out
}

// figures reports whether an indicator, or any below a group, has figures.
func (p *Plan) figures(e int) bool {
	if e < p.tree.leaves {
		return !p.absent[e]
	}
	return slices.ContainsFunc(p.tree.members[e], p.figures)
}

// Run implements uncertainty.Model.
func (m *Model) Run(draw, scores []float64) error {
	copy(m.v.weights, m.plan.base.weights)
	for k := range m.choices {
		m.apply(k, draw[k])
	}
	for k := range m.choices { // what changes what others chose
		switch c := &m.choices[k]; {
		case c.Doubt != 0:
			m.doubt(c, draw[k])
		case c.Omit:
			out := m.plan.omittable()
			if at := uncertainty.Level(draw[k], len(out)+1); at > 0 {
				m.v.weights[out[at-1]] = 0
			}
		}
	}
	if err := m.plan.compute(m.w, &m.v, nil); err != nil {
		return err
	}
	root := m.plan.tree.root()
	copy(scores, m.w.scores[root])
	m.plan.anchoring.silence(scores)
	if m.v.aggregate[root].Method.SmallerIsBetter() {
		for i := range scores {
			scores[i] = -scores[i]
		}
	}
	return nil
}

// doubt adds to each flagged value a normal deviate times its standard error. The
// deviates follow from the draw alone.
func (m *Model) doubt(c *Choice, u float64) {
	m.draw.Seed(math.Float64bits(u), doubtStream)
	for _, d := range m.plan.doubts {
		to, from := m.v.table[d.indicator], m.source[d.indicator]
		for i, e := range d.error {
			if to[i] = from[i]; e > 0 {
				half := (float64(m.draw.Uint64()>>11) + 0.5) / (1 << 53)
				to[i] += c.Doubt * e * math.Sqrt2 * math.Erfinv(2*half-1)
			}
		}
	}
}

// apply sets the variant to what a draw says of one choice.
func (m *Model) apply(k int, u float64) {
	c, p := &m.choices[k], m.plan
	at := func(n int) int { return uncertainty.Level(u, n) }
	switch {
	case len(c.Most) > 0:
		most := c.Most[at(len(c.Most))]
		for j := range m.v.treat {
			if p.framework.Indicators[j].Treat == nil {
				m.v.treat[j].Most = most
			}
		}
	case len(c.Treat) > 0:
		rule := c.Treat[at(len(c.Treat))]
		for j := range m.v.treat {
			if p.framework.Indicators[j].Treat == nil {
				m.v.treat[j] = rule
			}
		}
	case len(c.Normalise) > 0:
		m.v.normalise = m.scales[at(len(c.Normalise))]
	case len(c.Aggregate) > 0:
		rule := c.Aggregate[at(len(c.Aggregate))]
		for g := p.tree.leaves; g < len(p.tree.codes); g++ {
			if p.tree.groups[g].Aggregate == nil {
				m.v.aggregate[g] = rule
			}
		}
	case len(c.Impute) > 0:
		m.impute(m.tables[at(len(c.Impute))])
	case len(m.sets[k]) > 0:
		copy(m.v.weights, m.sets[k][at(len(m.sets[k]))])
	case c.Noise > 0:
		m.draw.Seed(math.Float64bits(u), noiseStream)
		m.perturb(m.v.weights, c, m.draw)
	}
}

// impute takes another filled table, but for the columns that doubt will write.
func (m *Model) impute(table [][]float64) {
	m.source = table
	for j := range table {
		if !m.noisy[j] {
			m.v.table[j] = table[j]
		}
	}
}
