package cli

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"peerscape/data"
	"peerscape/internal/app"
	"peerscape/internal/engine/peers"
	"peerscape/internal/exchange/territory"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
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
	Why        string `placeholder:"CODE" help:"Say variable by variable how far the region lies from this one."`
	Groups     int    `default:"-1" help:"Part all regions of the level into so many groups around a real region each (k-medoids); 0 takes the number from 3 to 6 with the best silhouette."`
	Lang       string `default:"en" help:"Language of names: en, fi, de, es, pl."`
}

// printedPeer is what --json prints of a peer.
type printedPeer struct {
	Code      string          `json:"code"`
	Name      string          `json:"name"`
	Distance  float64         `json:"distance"`
	Nearer    float64         `json:"nearer"` // share of all pairs that lie nearer together
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
	set, err := territory.New(a.Catalogue, a.Regions).PeerSet(s, structure, r.Level, measure)
	if err != nil {
		return err
	}
	v := &peersView{app: a, region: r, set: set, lang: c.Lang}
	switch {
	case c.Why != "":
		other, err := findRegion(a.Regions, c.Why, int(r.Version))
		if err != nil {
			return err
		}
		t, err := v.why(other)
		if err != nil {
			return err
		}
		return s.print(t)
	case c.Groups >= 0:
		t, err := v.groups(c.Groups)
		if err != nil {
			return err
		}
		return s.print(t)
	}
	near, err := set.Nearest(peers.Question{
		Unit: r.ID, Peers: c.Peers, OwnCountry: c.OwnCountry, Runs: c.Runs, Seed: c.Seed, DropOne: true, Workers: runtime.NumCPU(),
	})
	if err != nil {
		return err
	}
	return s.print(v.nearest(near, c))
}

// peersView is a set of regions seen from one of them.
type peersView struct {
	app    *app.App
	region *nuts.Region
	set    *territory.PeerSet
	lang   string
}

// classes are the names of the classes among the variables.
var classes = map[string]string{
	"urban": "Urban-rural type", "metro": "Next to a metropolis", "coast": "On the coast", "mountain": "In the mountains",
}

func (v *peersView) variable(i int) string {
	code := v.set.Variables[i].Code
	if x, err := v.app.Catalogue.Indicator(code); err == nil {
		return x.NameIn(v.lang)
	}
	return cmp.Or(classes[code], code)
}

// place finds a region in the set.
func (v *peersView) place(id nuts.ID) (int, error) {
	for u := range v.set.Units {
		if v.set.Units[u].ID == id {
			return u, nil
		}
	}
	return 0, fault.New(fault.Missing, "peers.level", "%s is not among the regions of its level and version", id).Do("Name a region of the same NUTS level and version")
}

// nearest lists peers with what is most and least alike.
func (v *peersView) nearest(near []peers.Peer, c *peersCommand) *table {
	own, _ := v.place(v.region.ID) // Nearest has found it
	_, crowd := v.set.Pairs()
	t := &table{
		title: "Peers of " + regionTitle(v.app.Regions, v.region),
		columns: []column{
			{name: "Code"},
			{name: "Name"},
			{name: "Distance", right: true},
			{name: "Nearer", right: true},
			{name: "Known", right: true},
			{name: "Stays", right: true},
			{name: "Most alike"},
			{name: "Least alike"},
		},
	}
	out := []printedPeer{}
	for _, p := range near {
		peer, _ := v.app.Regions.Region(p.Unit.ID)
		o := printedPeer{
			Code: string(p.Unit.ID.Code), Name: peer.Name, Distance: p.Distance, Nearer: crowd.Share(p.Distance), Known: p.Known,
			Stability: pointer(p.Stability), Reasons: v.reasons(p.Reasons, own, p.Place),
		}
		alike, apart := "", ""
		if n := len(p.Reasons); n > 0 {
			alike, apart = v.variable(p.Reasons[0].Variable), v.variable(p.Reasons[n-1].Variable)
		}
		t.add(o.Code, o.Name, format(p.Distance, 3), percent(o.Nearer), percent(p.Known), percentOf(o.Stability), alike, apart)
		out = append(out, o)
	}
	t.notes = []string{
		v.used(),
		"Nearer: share of all pairs of regions of this level that lie nearer together.",
	}
	if c.Runs > 0 {
		t.notes = append(t.notes, fmt.Sprintf("Stays: share of %d variants of the weights, each without one variable, in which the region is among the %d.", c.Runs, c.Peers))
	}
	t.value = out
	return t
}

// used names the variables.
func (v *peersView) used() string {
	var used []string
	for i := range v.set.Variables {
		used = append(used, v.variable(i))
	}
	out := "Structural variables: " + strings.Join(used, "; ") + "."
	if len(v.set.Left) > 0 {
		out += " Without figures at this level: " + strings.Join(v.set.Left, ", ") + "."
	}
	return out
}

func (v *peersView) reasons(all []peers.Reason, own, other int) []printedReason {
	out := []printedReason{}
	for _, x := range all {
		column := v.set.Columns[x.Variable]
		out = append(out, printedReason{v.set.Variables[x.Variable].Code, x.Part, pointer(column[own]), pointer(column[other])})
	}
	return out
}

// why says variable by variable how far two regions lie apart.
func (v *peersView) why(other *nuts.Region) (*table, error) {
	a, err := v.place(v.region.ID)
	if err != nil {
		return nil, err
	}
	b, err := v.place(other.ID)
	if err != nil {
		return nil, err
	}
	distance, known := v.set.Distance(a, b)
	_, crowd := v.set.Pairs()
	t := &table{
		title: fmt.Sprintf("%s %s and %s %s: distance %s, %s of the weight known", v.region.ID.Code, v.region.Name, other.ID.Code, other.Name, format(distance, 3), percent(known)),
		columns: []column{
			{name: "Variable"}, {name: "Context"}, {name: string(v.region.ID.Code), right: true}, {name: string(other.ID.Code), right: true}, {name: "Adds", right: true},
		},
	}
	reasons := v.set.Reasons(a, b)
	for _, x := range reasons {
		column := v.set.Columns[x.Variable]
		t.add(v.variable(x.Variable), v.set.Variables[x.Variable].Context, shortest(column[a]), shortest(column[b]), format(x.Part, 4))
	}
	for i := range v.set.Variables {
		if !slices.ContainsFunc(reasons, func(x peers.Reason) bool { return x.Variable == i }) {
			t.add(v.variable(i), v.set.Variables[i].Context, shortest(v.set.Columns[i][a]), shortest(v.set.Columns[i][b]), "–")
		}
	}
	t.notes = []string{"What the variables add sums to the distance, or to its square where the measure is not gower; – stands where one of the two is unknown."}
	if !math.IsNaN(distance) {
		t.notes = append(t.notes, percent(crowd.Share(distance))+" of all pairs lie nearer together.")
	}
	t.value = struct {
		Distance *float64        `json:"distance"`
		Known    float64         `json:"known"`
		Reasons  []printedReason `json:"reasons"`
	}{pointer(distance), known, v.reasons(reasons, a, b)}
	return t, nil
}

// shortest writes a natural value with three digits or more.
func shortest(x float64) string {
	decimals := 2
	switch {
	case math.Abs(x) >= 1000:
		decimals = 0
	case math.Abs(x) >= 10:
		decimals = 1
	}
	return format(x, decimals)
}

// printedGroup is what --json prints of a group of regions.
type printedGroup struct {
	Like       string   `json:"like"` // the region in its middle
	Name       string   `json:"name"`
	Silhouette float64  `json:"silhouette"`
	Regions    []string `json:"regions"`
}

// groups parts the regions around real ones; regions of which too little is known
// are left out.
func (v *peersView) groups(k int) (*table, error) {
	pairs, _ := v.set.Pairs()
	kept := pairs.Complete()
	part := peers.NewTriangle(len(kept), func(i, j int) float64 { return pairs.At(kept[i], kept[j]) })
	var g *peers.Groups
	var err error
	if k == 0 {
		g, err = peers.Suggest(part, 3, 6)
	} else {
		g, err = peers.Medoids(part, k)
	}
	if err != nil {
		return nil, err
	}
	out := make([]printedGroup, len(g.Medoids))
	own := ""
	for at, m := range g.Medoids {
		r, _ := v.app.Regions.Region(v.set.Units[kept[m]].ID)
		out[at].Like, out[at].Name = string(r.ID.Code), r.Name
	}
	for i, at := range g.Of {
		id := v.set.Units[kept[i]].ID
		out[at].Regions = append(out[at].Regions, string(id.Code))
		out[at].Silhouette += g.Silhouette[i]
		if id == v.region.ID {
			own = out[at].Name
		}
	}
	t := &table{
		title:   fmt.Sprintf("%d groups of NUTS %d regions", len(out), v.region.Level),
		columns: []column{{name: "Regions like"}, {name: "Name"}, {name: "Regions", right: true}, {name: "Silhouette", right: true}, {name: "Among them"}},
		notes:   []string{fmt.Sprintf("Mean silhouette %.2f: near 1 the groups are well apart, near 0 they run into each other.", g.Mean), v.used()},
	}
	for at := range out {
		o := &out[at]
		o.Silhouette /= float64(len(o.Regions))
		t.add(o.Like, o.Name, strconv.Itoa(len(o.Regions)), format(o.Silhouette, 2), strings.Join(o.Regions[:min(8, len(o.Regions))], " "))
	}
	if n := len(v.set.Units) - len(kept); n > 0 {
		t.notes = append(t.notes, fmt.Sprintf("%d regions of which too little is known are left out.", n))
	}
	if own != "" {
		t.notes = append(t.notes, fmt.Sprintf("%s is among regions like %s.", v.region.Name, own))
	}
	t.value = out
	return t, nil
}

func percentOf(share *float64) string {
	if share == nil {
		return "–"
	}
	return percent(*share)
}
