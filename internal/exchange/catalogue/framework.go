package catalogue

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/fault"
)

// Framework is a framework file: how an index is built, and at which NUTS level.
type Framework struct {
	composite.Framework
	Level int // NUTS level for which it is meant; 0 where it is not about regions
}

// Frameworks reads the framework files of a folder, sorted by code.
func Frameworks(files fs.FS, directions func(code string) Direction) ([]*Framework, error) {
	names, err := fs.Glob(files, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("list the frameworks: %w", err)
	}
	var out []*Framework
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		f, err := ReadFramework(name, string(b), directions)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *Framework) int { return cmp.Compare(a.Code, b.Code) })
	return out, nil
}

// The rows of a framework file.
type (
	frameworkFile struct {
		Code      string            `toml:"code"`
		Level     int               `toml:"level"`
		Name      map[string]string `toml:"name"`
		Note      map[string]string `toml:"note"`
		Impute    []imputeRow       `toml:"impute"`
		GroupBy   string            `toml:"group_by"`
		Screen    screenRow         `toml:"screen"`
		Treat     *treatRow         `toml:"treat"`
		Normalise *normaliseRow     `toml:"normalise"`
		Aggregate *aggregateRow     `toml:"aggregate"`
		PerYear   bool              `toml:"per_year"`
		Group     []groupRow        `toml:"group"`
		Indicator []memberRow       `toml:"indicator"`
		Choice    []choiceRow       `toml:"choice"`
	}
	imputeRow struct {
		Method     string  `toml:"method"`
		Value      float64 `toml:"value"`
		Limit      int     `toml:"limit"`
		Tolerance  float64 `toml:"tolerance"`
		Iterations int     `toml:"iterations"`
	}
	screenRow struct {
		Share         float64 `toml:"share"`
		ZeroIsMissing bool    `toml:"zero_is_missing"`
		Coverage      float64 `toml:"coverage"`
	}
	treatRow struct {
		Skew       float64 `toml:"skew"`
		Kurtosis   float64 `toml:"kurtosis"`
		Most       int     `toml:"most"`
		Then       string  `toml:"then"`
		Always     bool    `toml:"always"`
		Lambda     float64 `toml:"lambda"`
		FindLambda bool    `toml:"find_lambda"`
	}
	normaliseRow struct {
		Method     string    `toml:"method"`
		From       float64   `toml:"from"`
		To         float64   `toml:"to"`
		Mean       float64   `toml:"mean"`
		SD         float64   `toml:"sd"`
		Population bool      `toml:"population"`
		Subtract   float64   `toml:"subtract"`
		Divide     float64   `toml:"divide"`
		Low        float64   `toml:"low"`
		High       float64   `toml:"high"`
		CapLow     bool      `toml:"cap_low"`
		CapHigh    bool      `toml:"cap_high"`
		Target     *float64  `toml:"target"`
		Share      float64   `toml:"share"`
		Quantiles  []float64 `toml:"quantiles"`
		Scores     []float64 `toml:"scores"`
	}
	aggregateRow struct {
		Method    string    `toml:"method"`
		Order     *float64  `toml:"order"`
		Alpha     float64   `toml:"alpha"`
		Beta      float64   `toml:"beta"`
		Reward    bool      `toml:"reward"`
		Positions []float64 `toml:"positions"`
		Threshold float64   `toml:"threshold"`
	}
	weighRow struct {
		Method      string               `toml:"method"`
		Given       []float64            `toml:"given"`
		Comparisons [][]float64          `toml:"comparisons"`
		Covariance  bool                 `toml:"covariance"`
		Pairwise    bool                 `toml:"pairwise"`
		Limits      [][2]float64         `toml:"limits"`
		Target      []float64            `toml:"target"`
		Attribute   string               `toml:"attribute"`
		Sets        map[string][]float64 `toml:"sets"`
	}
	groupRow struct {
		Code      string            `toml:"code"`
		Parent    string            `toml:"parent"`
		Name      map[string]string `toml:"name"`
		Weight    *float64          `toml:"weight"`
		Aggregate *aggregateRow     `toml:"aggregate"`
		Weigh     *weighRow         `toml:"weigh"`
	}
	memberRow struct {
		Code        string            `toml:"code"`
		Parent      string            `toml:"parent"`
		Name        map[string]string `toml:"name"`
		Weight      *float64          `toml:"weight"`
		Direction   Direction         `toml:"direction"`
		Denominator string            `toml:"denominator"`
		Factor      float64           `toml:"factor"`
		Treat       *treatRow         `toml:"treat"`
		Normalise   *normaliseRow     `toml:"normalise"`
		For         []string          `toml:"for"`
	}
	choiceRow struct {
		Name      string               `toml:"name"`
		Most      []int                `toml:"most"`
		Treat     []treatRow           `toml:"treat"`
		Normalise []normaliseRow       `toml:"normalise"`
		Aggregate []aggregateRow       `toml:"aggregate"`
		Impute    []imputeRow          `toml:"impute"`
		Noise     float64              `toml:"noise"`
		Levels    []int                `toml:"levels"`
		Sets      int                  `toml:"sets"`
		Weights   []map[string]float64 `toml:"weights"`
		Doubt     float64              `toml:"doubt"`
		Omit      bool                 `toml:"omit"`
	}
)

// ReadFramework reads a framework file. An indicator without a direction takes
// that of the catalogue, which directions gives; nil or an empty answer refuses
// it. What the file says of the hierarchy is checked by composite.New.
func ReadFramework(name, text string, directions func(code string) Direction) (*Framework, error) {
	var f frameworkFile
	meta, err := toml.Decode(text, &f)
	if err != nil {
		bad := fault.New(fault.Invalid, "framework.syntax", "%v", err).Do("Correct the line").In(name, 0).Because(err)
		if p, ok := errors.AsType[toml.ParseError](err); ok {
			bad.What, bad.Place.Line = cmp.Or(p.Message, p.Error()), p.Position.Line
		}
		return nil, bad
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fault.New(fault.Invalid, "framework.key", "%s is not a key of a framework", unknown[0]).
			Do("Correct its spelling; docs/framework.md lists the keys").In(name, lineOf(text, unknown[0][len(unknown[0])-1]))
	}
	out := &Framework{Level: f.Level}
	if err := f.build(&out.Framework, directions); err != nil {
		return nil, placed(err, name)
	}
	return out, nil
}

// placed names the file in a fault that has no place.
func placed(err error, name string) error {
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Place.File == "" {
		e.Place.File = name
	}
	return err
}

// about names the element in a fault that does not.
func about(err error, element string) error {
	if e, ok := errors.AsType[*fault.Error](err); ok && !strings.Contains(e.What, element) {
		e.What = element + ": " + e.What
	}
	return err
}

func (f *frameworkFile) build(out *composite.Framework, directions func(string) Direction) (err error) {
	out.Code, out.Name, out.Note, out.GroupBy, out.PerYear = f.Code, f.Name, f.Note, f.GroupBy, f.PerYear
	out.Screen = impute.Screening{Share: f.Screen.Share, ZeroIsMissing: f.Screen.ZeroIsMissing}
	out.Coverage = f.Screen.Coverage
	if f.Code == "" {
		return fault.New(fault.Invalid, "framework.code", "the framework has no code").Do(`Write code = "..." at the top`)
	}
	for _, r := range f.Impute {
		rule, err := r.rule()
		if err != nil {
			return err
		}
		if rule.Method != impute.None {
			out.Impute = append(out.Impute, rule)
		}
	}
	if out.Treat, err = f.Treat.rule(); err != nil {
		return err
	}
	if out.Normalise, err = f.Normalise.rule(); err != nil {
		return err
	}
	if out.Aggregate, err = f.Aggregate.rule(); err != nil {
		return err
	}
	for _, r := range f.Group {
		if err := r.add(out); err != nil {
			return about(err, "group "+r.Code)
		}
	}
	for _, r := range f.Indicator {
		if err := r.add(out, directions); err != nil {
			return about(err, "indicator "+r.Code)
		}
	}
	for _, r := range f.Choice {
		if err := r.add(out); err != nil {
			return about(err, "choice "+r.Name)
		}
	}
	return nil
}

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
		Low: r.Low, High: r.High, CapLow: r.CapLow, CapHigh: r.CapHigh, Share: r.Share, Quantiles: r.Quantiles, Scores: r.Scores,
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
