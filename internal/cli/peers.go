package cli

import (
	"fmt"
	"strings"

	"peerscape/data"
	"peerscape/internal/engine/peers"
	"peerscape/internal/exchange/territory"
)

// peersCommand finds the regions that are built like a region.
type peersCommand struct {
	Code       string `arg:"" help:"NUTS code, such as FI1C6."`
	NUTS       int    `name:"nuts" default:"0" enum:"0,2013,2016,2021,2024" help:"NUTS version (${enum}); 0 takes the newest that has the code."`
	Peers      int    `default:"12" help:"How many."`
	OwnCountry bool   `help:"Count regions of its own country too."`
	Measure    string `default:"gower" help:"Measure of distance: gower, euclidean, mahalanobis."`
	Runs       int    `default:"500" help:"Variants of weights and variables behind the stability of each peer; 0 for none."`
	Seed       uint64 `default:"1" help:"Equal seeds give equal results."`
	Lang       string `default:"en" help:"Language of names: en, fi, de, es, pl."`
}

// printedPeer is what --json prints of a peer.
type printedPeer struct {
	Code      string          `json:"code"`
	Name      string          `json:"name"`
	Distance  float64         `json:"distance"`
	Known     float64         `json:"known"`
	Stability *float64        `json:"stability"`
	Reasons   []printedReason `json:"reasons"`
}

type printedReason struct {
	Variable string   `json:"variable"`
	Part     float64  `json:"part"`
	Own      *float64 `json:"own"`
	Peer     *float64 `json:"peer"`
}

func (c *peersCommand) Run(s *session) error {
	measure, err := peers.ParseMeasure(c.Measure)
	if err != nil {
		return err
	}
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	r, err := findRegion(a.Regions, c.Code, c.NUTS)
	if err != nil {
		return err
	}
	structure, err := territory.ReadStructure(data.Catalogue())
	if err != nil {
		return err
	}
	analyst := territory.New(a.Catalogue, a.Regions)
	set, err := analyst.PeerSet(s, structure, r.Level, measure)
	if err != nil {
		return err
	}
	near, err := set.Nearest(peers.Question{Unit: r.ID, Peers: c.Peers, OwnCountry: c.OwnCountry, Runs: c.Runs, Seed: c.Seed, DropOne: true})
	if err != nil {
		return err
	}
	name := func(variable int) string {
		code := set.Variables[variable].Code
		if i, err := a.Catalogue.Indicator(code); err == nil {
			return i.NameIn(c.Lang)
		}
		return code
	}
	own := 0
	for u := range set.Units {
		if set.Units[u].ID == r.ID {
			own = u
		}
	}
	t := &table{
		title:   "Peers of " + regionTitle(a.Regions, r),
		columns: []column{{name: "Code"}, {name: "Name"}, {name: "Distance", right: true}, {name: "Known", right: true}, {name: "Stays", right: true}, {name: "Most alike"}, {name: "Least alike"}},
	}
	var out []printedPeer
	for _, p := range near {
		peer, _ := a.Regions.Region(p.Unit.ID)
		o := printedPeer{Code: string(p.Unit.ID.Code), Name: peer.Name, Distance: p.Distance, Known: p.Known, Stability: pointer(p.Stability), Reasons: []printedReason{}}
		for _, x := range p.Reasons {
			o.Reasons = append(o.Reasons, printedReason{set.Variables[x.Variable].Code, x.Part, pointer(set.Columns[x.Variable][own]), pointer(set.Columns[x.Variable][p.Place])})
		}
		alike, apart := "", ""
		if n := len(p.Reasons); n > 0 {
			alike, apart = name(p.Reasons[0].Variable), name(p.Reasons[n-1].Variable)
		}
		t.add(o.Code, o.Name, format(p.Distance, 3), percent(p.Known), percentOf(o.Stability), alike, apart)
		out = append(out, o)
	}
	var used []string
	for v := range set.Variables {
		used = append(used, name(v))
	}
	t.notes = []string{
		"Structural variables: " + strings.Join(used, "; ") + ".",
		fmt.Sprintf("Stays: share of %d variants of the weights, each without one variable, in which the region is among the %d.", c.Runs, c.Peers),
	}
	if len(set.Left) > 0 {
		t.notes = append(t.notes, "Without figures at this level: "+strings.Join(set.Left, ", ")+".")
	}
	t.value = out
	return s.print(t)
}

func percentOf(share *float64) string {
	if share == nil {
		return "–"
	}
	return percent(*share)
}
