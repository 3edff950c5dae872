package territory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/BurntSushi/toml"

	"peerscape/internal/engine/peers"
	"peerscape/internal/engine/sample"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Structure is the list of structural variables and of the contexts that they
// belong to.
type Structure struct {
	Context []struct {
		Code   string  `toml:"code"`
		Weight float64 `toml:"weight"`
	} `toml:"context"`
	Variable []Structural `toml:"variable"`
}

// Structural is one variable: an indicator, or a class of the nomenclature.
type Structural struct {
	Indicator string  `toml:"indicator"`
	Class     string  `toml:"class"`
	Context   string  `toml:"context"`
	Weight    float64 `toml:"weight"`
	Log       bool    `toml:"log"`
}

// ReadStructure reads structure.toml of the catalogue's folder.
func ReadStructure(files fs.FS) (*Structure, error) {
	const name = "structure.toml"
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read the structural variables: %w", err)
	}
	var s Structure
	meta, err := toml.Decode(string(b), &s)
	if err != nil {
		f := fault.New(fault.Invalid, "structure.syntax", "%v", err).Do("Correct the line").In(name, 0).Because(err)
		if p, ok := errors.AsType[toml.ParseError](err); ok {
			f.What, f.Place.Line = p.Message, p.Position.Line
		}
		return nil, f
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fault.New(fault.Invalid, "structure.key", "%s is not a key of a variable", unknown[0]).In(name, 0).Do("Write indicator or class, context, weight, log")
	}
	return &s, s.check(name)
}

func (s *Structure) check(name string) error {
	for n, v := range s.Variable {
		_, known := classes[v.Class]
		switch {
		case (v.Indicator == "") == (v.Class == ""):
			return fault.New(fault.Invalid, "structure.variable", "variable %d has to name an indicator or a class, one of the two", n+1).In(name, 0).Do("Write one of them")
		case v.Class != "" && !known:
			return fault.Unknown("structure.class", "class of regions", v.Class, slices.Sorted(maps.Keys(classes))).In(name, 0)
		}
	}
	return nil
}

// PeerSet is all regions of a level of the current NUTS version with what their
// structural variables hold, seen from one of them.
type PeerSet struct {
	*structured
	Region *nuts.Region
	Own    int // place of Region among the units
}

// structured is all regions of a level with their structural variables. It does
// not change.
type structured struct {
	*peers.Set
	Columns [][]float64               // natural values, by variable and unit; classes as numbers
	Sources []*catalogue.ColumnSource // of each variable; nil for classes
	Left    []Left

	all   sync.Once
	pairs *peers.Triangle
	crowd *peers.Crowd
}

// Left is a variable that is not used.
type Left struct{ Code, Why string }

// Pairs returns the distances of every two regions and where a distance stands
// among them. They are computed once.
func (p *structured) Pairs() (*peers.Triangle, *peers.Crowd) {
	p.all.Do(func() {
		p.pairs = p.Set.All()
		p.crowd = p.pairs.Crowd()
	})
	return p.pairs, p.crowd
}

// Place returns the place of a region among the units.
func (p *PeerSet) Place(id nuts.ID) (int, error) {
	if at := slices.IndexFunc(p.Units, func(u peers.Unit) bool { return u.ID == id }); at >= 0 {
		return at, nil
	}
	return 0, fault.New(fault.Missing, "peers.level", "%s is not among the regions of NUTS %d level %d", id, p.Region.Version, p.Region.Level).
		Do("Name a region of the same level and version as %s", p.Region.Code)
}

// fewest is the share of regions of a level that must have a variable: one that
// few have says nothing of most pairs and makes each of them known less.
const fewest = 1.0 / 3

// PeerSet makes the set of a region's level. A variable that fewer than a third
// of the regions have is left out and listed, and so is a class where the measure
// wants numbers.
func (a *Analyst) PeerSet(ctx context.Context, s *Structure, id nuts.ID, m peers.Measure) (*PeerSet, error) {
	region, err := a.current(id)
	if err != nil {
		return nil, err
	}
	set, err := a.structured(ctx, s, region.Level, m)
	if err != nil {
		return nil, err
	}
	out := &PeerSet{structured: set, Region: region}
	out.Own, err = out.Place(region.ID)
	return out, err
}

func (a *Analyst) makeStructured(ctx context.Context, s *Structure, level int, m peers.Measure) (*structured, error) {
	var codes []string
	for _, v := range s.Variable {
		if v.Indicator != "" {
			codes = append(codes, v.Indicator)
		}
	}
	c, err := a.catalogue.Columns(ctx, codes, level, nil)
	if err != nil {
		return nil, err
	}
	regions := a.regions.Regions(nuts.Current, level)
	units := make([]peers.Unit, len(regions))
	for i, r := range regions {
		units[i] = peers.Unit{ID: r.ID, Country: r.Country}
	}
	out := &structured{}
	t := &peerTable{measure: m, set: out, units: len(units)}
	at := 0
	for _, v := range s.Variable {
		if v.Class != "" {
			t.addClass(v, a.class(v.Class, regions))
			continue
		}
		t.addIndicator(v, c.Table.Columns[at].Values, c.Table.Columns[at].Doubt, &c.Sources[at])
		at++
	}
	out.Set, err = peers.NewWith(units, t.variables, out.Columns, t.options(s))
	return out, err
}

// peerTable gathers the variables of a set.
type peerTable struct {
	measure   peers.Measure
	set       *structured
	units     int
	variables []peers.Variable
	doubt     [][]float64
}

func (t *peerTable) addClass(v Structural, column []float64) {
	x := peers.Variable{Code: v.Class, Kind: peers.Nominal}
	if n := classes[v.Class].levels; n > 0 {
		x.Kind, x.Levels = peers.Ordinal, n
	}
	if t.measure == peers.Mahalanobis {
		t.set.Left = append(t.set.Left, Left{v.Class, "a class, no number"})
		return
	}
	t.add(x, v, column, nil, nil)
}

func (t *peerTable) addIndicator(v Structural, column, doubt []float64, source *catalogue.ColumnSource) {
	if v.Log {
		doubt = logged(column, doubt)
	}
	t.add(peers.Variable{Code: v.Indicator, Kind: peers.Numeric, Log: v.Log}, v, column, doubt, source)
}

func (t *peerTable) add(x peers.Variable, v Structural, column, doubt []float64, source *catalogue.ColumnSource) {
	known := sample.Count(column)
	switch {
	case known == 0:
		t.set.Left = append(t.set.Left, Left{x.Code, "no figures at this level"})
		return
	case float64(known) < fewest*float64(t.units):
		t.set.Left = append(t.set.Left, Left{x.Code, fmt.Sprintf("known of %d of %d regions", known, t.units)})
		return
	case sample.MomentsOf(column).Constant():
		t.set.Left = append(t.set.Left, Left{x.Code, "the same in all regions of this level"})
		return
	}
	x.Weight, x.Structural = v.Weight, true
	if t.measure == peers.Gower {
		x.Context = v.Context
	}
	t.variables, t.doubt = append(t.variables, x), append(t.doubt, doubt)
	t.set.Columns, t.set.Sources = append(t.set.Columns, column), append(t.set.Sources, source)
}

// logged makes gaps of what has no logarithm (nobody lives on Jan Mayen) and
// returns the doubt of the rest. The catalogue's rule gives a share of the spread
// of the column; of sizes that would drown the small, so that here it is the same
// share of the spread of the logarithms.
func logged(column, doubt []float64) []float64 {
	natural := sample.MomentsOf(column).SD()
	logs := make([]float64, len(column))
	for u, x := range column {
		if x <= 0 {
			column[u] = math.NaN()
		}
		logs[u] = math.Log(column[u])
	}
	spread, out := sample.MomentsOf(logs).SD(), make([]float64, len(column))
	for u, e := range doubt {
		if x := column[u]; e > 0 && x > 0 {
			out[u] = e / natural * spread * x
		}
	}
	return out
}

func (t *peerTable) options(s *Structure) peers.Options {
	o := peers.Options{Measure: t.measure, Doubt: t.doubt}
	if !slices.ContainsFunc(t.doubt, func(e []float64) bool { return len(e) > 0 && slices.Max(e) > 0 }) {
		o.Doubt = nil
	}
	for _, c := range s.Context {
		if t.measure == peers.Gower {
			o.Contexts = append(o.Contexts, peers.Context{Code: c.Code, Weight: c.Weight})
		}
	}
	return o
}

// NearestPeers returns the codes of the structurally nearest regions of other
// countries.
func (a *Analyst) NearestPeers(ctx context.Context, s *Structure, id nuts.ID, n int) ([]nuts.ID, error) {
	set, err := a.PeerSet(ctx, s, id, peers.Gower)
	if err != nil {
		return nil, err
	}
	near, err := set.Nearest(peers.Question{Unit: set.Region.ID, Peers: n})
	if err != nil {
		return nil, err
	}
	var out []nuts.ID
	for _, p := range near {
		out = append(out, p.Unit.ID)
	}
	return out, nil
}
