package catalogue

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/fault"
)

func weightOf(w *float64) float64 {
	if w == nil {
		return 1
	}
	return *w
}

func (r groupRow) add(out *composite.Framework) error {
	g := composite.Group{Code: r.Code, Parent: r.Parent, Name: r.Name, Weight: weightOf(r.Weight)}
	if r.Aggregate != nil {
		rule, err := r.Aggregate.rule()
		if err != nil {
			return err
		}
		g.Aggregate = &rule
	}
	if r.Weigh != nil {
		rule, err := r.Weigh.rule()
		if err != nil {
			return err
		}
		g.Weigh, g.Attribute = rule, r.Weigh.Attribute
	}
	out.Groups = append(out.Groups, g)
	return nil
}

func (r memberRow) add(out *composite.Framework, directions func(string) Direction) error {
	i := composite.Indicator{
		Code: r.Code, Parent: r.Parent, Name: r.Name, Weight: weightOf(r.Weight),
		Denominator: r.Denominator, Factor: r.Factor, For: r.For,
	}
	direction := r.Direction
	if direction == "" && directions != nil {
		direction = directions(r.Code)
	}
	switch direction {
	case More:
		i.Direction = composite.MoreIsBetter
	case Less:
		i.Direction = composite.LessIsBetter
	default:
		return fault.New(fault.Invalid, "framework.direction", "the indicator %s has the direction %q", r.Code, string(direction)).
			Do(`Write direction = "more" or direction = "less"`)
	}
	if r.Treat != nil {
		rule, err := r.Treat.rule()
		if err != nil {
			return err
		}
		i.Treat = &rule
	}
	if r.Normalise != nil {
		rule, err := r.Normalise.rule()
		if err != nil {
			return err
		}
		i.Normalise = &rule
	}
	out.Indicators = append(out.Indicators, i)
	return nil
}

func (r imputeRow) rule() (impute.Rule, error) {
	m, err := impute.ParseMethod(cmp.Or(r.Method, impute.None.String()))
	return impute.Rule{Method: m, Value: r.Value, Limit: r.Limit, Tolerance: r.Tolerance, Iterations: r.Iterations}, err
}

func (r *treatRow) rule() (treat.Rule, error) {
	if r == nil {
		return treat.Rule{}, nil
	}
	then, err := treat.ParseTransform(cmp.Or(r.Then, treat.None.String()))
	if err != nil {
		return treat.Rule{}, err
	}
	return treat.Rule{
		Skew: r.Skew, Kurtosis: r.Kurtosis, Most: r.Most, Then: then, Always: r.Always, Lambda: r.Lambda, FindLambda: r.FindLambda,
	}, nil
}

func (r *normaliseRow) rule() (normalise.Rule, error) {
	if r == nil {
		return normalise.Rule{To: 100}, nil
	}
	m, err := normalise.ParseMethod(cmp.Or(r.Method, normalise.MinMax.String()))
	if err != nil {
		return normalise.Rule{}, err
	}
	out := normalise.Rule{
		Method: m, From: r.From, To: r.To, Mean: r.Mean, SD: r.SD, Population: r.Population, Subtract: r.Subtract, Divide: r.Divide,
		Low: r.Low, High: r.High, CapLow: r.CapLow, CapHigh: r.CapHigh, Reference: r.Unit, Share: r.Share, Quantiles: r.Quantiles, Scores: r.Scores,
	}
	if r.Target != nil {
		out.Target, out.HasTarget = *r.Target, true
	}
	return out, nil
}

func (r *aggregateRow) rule() (aggregate.Rule, error) {
	if r == nil {
		return aggregate.Rule{}, nil
	}
	m, err := aggregate.ParseMethod(cmp.Or(r.Method, aggregate.Arithmetic.String()))
	if err != nil {
		return aggregate.Rule{}, err
	}
	out := aggregate.Rule{Method: m, Alpha: r.Alpha, Beta: r.Beta, Reward: r.Reward, Positions: r.Positions, Threshold: r.Threshold}
	switch {
	case r.Order != nil:
		out.Order = *r.Order
	case m == aggregate.Power:
		return out, fault.New(fault.Invalid, "framework.order", "the power mean has no order").Do("Write order = 0.5, or whichever is meant")
	}
	return out, nil
}

func (r *weighRow) rule() (*weigh.Rule, error) {
	m, err := weigh.ParseMethod(r.Method)
	if err != nil {
		return nil, err
	}
	out := &weigh.Rule{Method: m, Given: r.Given, Comparisons: r.Comparisons, Target: r.Target}
	if r.Covariance {
		out.Matrix = weigh.Covariance
	}
	out.Factors = weigh.FactorCount{Number: r.Factors, MinVariance: r.Eigenvalue, Share: r.Explained}
	if r.Shared {
		out.Loadings = weigh.Shared
	}
	if r.Pairwise {
		out.Missing = weigh.Pairwise
	}
	for _, l := range r.Limits {
		out.Limits = append(out.Limits, weigh.Limit{Min: l[0], Max: l[1]})
	}
	for _, value := range slices.Sorted(maps.Keys(r.Sets)) {
		out.Sets = append(out.Sets, weigh.Set{Value: value, Weights: r.Sets[value]})
	}
	if m == weigh.ByAttribute && strings.TrimSpace(r.Attribute) == "" {
		return nil, fault.New(fault.Invalid, "framework.attribute", "the weighting by-attribute names no attribute").Do(`Write attribute = "country", or another column of text`)
	}
	return out, nil
}

func (r choiceRow) add(out *composite.Framework) error {
	c := composite.Choice{
		Name: r.Name, Most: r.Most, Noise: r.Noise, Levels: r.Levels, Sets: r.Sets, Weights: r.Weights, Doubt: r.Doubt, Omit: r.Omit,
	}
	for _, t := range r.Treat {
		rule, err := t.rule()
		if err != nil {
			return err
		}
		c.Treat = append(c.Treat, rule)
	}
	for _, n := range r.Normalise {
		rule, err := n.rule()
		if err != nil {
			return err
		}
		c.Normalise = append(c.Normalise, rule)
	}
	for _, a := range r.Aggregate {
		rule, err := a.rule()
		if err != nil {
			return err
		}
		c.Aggregate = append(c.Aggregate, rule)
	}
	for _, i := range r.Impute {
		rule, err := i.rule()
		if err != nil {
			return err
		}
		c.Impute = append(c.Impute, rule)
	}
	out.Choices = append(out.Choices, c)
	return nil
}

func (r *anchorRow) rule() (*composite.Anchoring, error) {
	switch {
	case r == nil:
		return nil, nil
	case r.Group == "" || r.Weight == "":
		return nil, fault.New(fault.Invalid, "framework.anchor", "the anchoring names no group or no weight").
			Do(`Write group = "country" and weight = "population", or other columns of the table`)
	}
	return &composite.Anchoring{Group: r.Group, Weight: r.Weight, Level: r.Level}, nil
}
