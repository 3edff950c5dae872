package territory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"sync"

	"github.com/BurntSushi/toml"

	"peerscape/internal/engine/peers"
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
	Variable []struct {
		Indicator string  `toml:"indicator"`
		Class     string  `toml:"class"`
		Context   string  `toml:"context"`
		Weight    float64 `toml:"weight"`
		Log       bool    `toml:"log"`
	} `toml:"variable"`
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
	return &s, nil
}

// PeerSet is a set of regions with what its variables hold.
type PeerSet struct {
	*peers.Set
	Columns [][]float64               // natural values, by variable and unit
	Sources []*catalogue.ColumnSource // of each variable; nil for classes
	Left    []string                  // variables without figures at this level

	all   sync.Once
	pairs *peers.Triangle
	crowd *peers.Crowd
}

// Pairs returns the distances of every two regions and where a distance stands
// among them. They are computed once.
func (p *PeerSet) Pairs() (*peers.Triangle, *peers.Crowd) {
	p.all.Do(func() {
		p.pairs = p.Set.All()
		p.crowd = p.pairs.Crowd()
	})
	return p.pairs, p.crowd
}

// PeerSet makes the set of all regions of a level of the current NUTS version.
// Variables without figures at the level are left out and listed.
func (a *Analyst) PeerSet(ctx context.Context, s *Structure, level int, m peers.Measure) (*PeerSet, error) {
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
	out := &PeerSet{}
	var variables []peers.Variable
	at := 0
	for _, v := range s.Variable {
		x := peers.Variable{Code: v.Class, Kind: peers.Nominal, Weight: v.Weight, Structural: true}
		if m == peers.Gower {
			x.Context = v.Context
		}
		column, known := a.class(v.Class, regions)
		var source *catalogue.ColumnSource
		if v.Indicator != "" {
			x.Code, x.Kind, x.Log = v.Indicator, peers.Numeric, v.Log
			column, source = c.Table.Columns[at].Values, &c.Sources[at]
			known = source.Values
			at++
			for i := range column {
				if v.Log && column[i] <= 0 { // nobody lives on Jan Mayen
					column[i] = math.NaN()
				}
			}
		} else if column == nil {
			return nil, fault.New(fault.Invalid, "structure.class", "there is no class %q of regions", v.Class).Do("Write urban, coast, mountain or metro")
		}
		if known < 2 {
			out.Left = append(out.Left, x.Code)
			continue
		}
		variables = append(variables, x)
		out.Columns, out.Sources = append(out.Columns, column), append(out.Sources, source)
	}
	o := peers.Options{Measure: m}
	if m == peers.Gower {
		for _, c := range s.Context {
			o.Contexts = append(o.Contexts, peers.Context{Code: c.Code, Weight: c.Weight})
		}
	}
	out.Set, err = peers.NewWith(units, variables, out.Columns, o)
	return out, err
}

// class returns a class of regions as numbers, and how many regions have one.
func (a *Analyst) class(name string, regions []*nuts.Region) (column []float64, known int) {
	of := func(r *nuts.Region) int {
		switch name {
		case "urban":
			return int(r.Urban)
		case "coast":
			return int(r.Coast)
		case "mountain":
			return int(r.Mountain)
		}
		return 0
	}
	switch name {
	case "urban", "coast", "mountain", "metro":
	default:
		return nil, 0
	}
	for _, r := range regions {
		x := math.NaN()
		if v := of(r); v > 0 {
			x = float64(v)
		}
		if name == "metro" { // every region is next to a metropolis or is not
			x = 0
			if len(a.regions.SuggestMetros(r.ID)) > 0 {
				x = 1
			}
		}
		if x == x {
			known++
		}
		column = append(column, x)
	}
	return column, known
}

// NearestPeers returns the codes of the structurally nearest regions of other
// countries.
func (a *Analyst) NearestPeers(ctx context.Context, s *Structure, id nuts.ID, n int) ([]nuts.ID, error) {
	r, err := a.current(id)
	if err != nil {
		return nil, err
	}
	set, err := a.PeerSet(ctx, s, r.Level, peers.Gower)
	if err != nil {
		return nil, err
	}
	near, err := set.Nearest(peers.Question{Unit: r.ID, Peers: n})
	if err != nil {
		return nil, err
	}
	var out []nuts.ID
	for _, p := range near {
		out = append(out, p.Unit.ID)
	}
	return out, nil
}
