package cli

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
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
	Runs       int    `default:"500" help:"Variants of weights, variables and doubtful figures behind the stability of each peer; 0 for none."`
	Seed       uint64 `default:"1" help:"Equal seeds give equal results."`
	Why        string `placeholder:"CODE" help:"Say variable by variable how far the region lies from this one."`
	Groups     int    `default:"-1" help:"Part all regions of the level into so many groups around a real region each (k-medoids); 0 takes the number from 3 to 6 with the best silhouette."`
	Country    string `placeholder:"CODE" help:"With --groups: part the regions of this country alone."`
	Ward       bool   `help:"With --groups: join regions step by step (Ward) instead."`
	Lang       string `default:"en" help:"Language of names: en, fi, de, es, pl."`
}

func (c *peersCommand) Run(s *session) error {
	measure, err := peers.ParseMeasure(c.Measure)
	if err != nil {
		return err
	}
	if c.Groups < 0 && (c.Country != "" || c.Ward) {
		return fault.New(fault.Invalid, "peers.groups", "--country and --ward say how to make groups, and none were asked for").Do("Add --groups 0")
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
	set, err := territory.New(a.Catalogue, a.Regions).PeerSet(s, structure, r.ID, measure)
	if err != nil {
		return err
	}
	v := &peersView{app: a, region: set.Region, set: set, structure: structure, lang: c.Lang, measure: measure}
	t, err := v.answer(c)
	if err != nil {
		return err
	}
	return s.print(t)
}

// peersView is a set of regions seen from one of them.
type peersView struct {
	app       *app.App
	region    *nuts.Region
	set       *territory.PeerSet
	structure *territory.Structure
	measure   peers.Measure
	lang      string
}

func (v *peersView) answer(c *peersCommand) (*table, error) {
	switch {
	case c.Why != "":
		other, err := findRegion(v.app.Regions, c.Why, 0)
		if err != nil {
			return nil, err
		}
		return v.why(other)
	case c.Groups >= 0:
		return v.groups(c)
	}
	near, err := v.set.Nearest(peers.Question{
		Unit: v.region.ID, Peers: c.Peers, OwnCountry: c.OwnCountry, Runs: c.Runs, Seed: c.Seed, DropOne: true, Workers: runtime.NumCPU(),
	})
	if err != nil {
		return nil, err
	}
	return v.nearest(near, c), nil
}

// classNames are the names of the classes among the variables.
var classNames = map[string]string{
	"urban": "Urban-rural type", "metro": "Access to a metropolis", "coast": "Coast", "mountain": "Mountain", "border": "Border",
}

func (v *peersView) variable(i int) string { return v.name(v.set.Variables[i].Code) }

func (v *peersView) name(code string) string {
	if x, err := v.app.Catalogue.Indicator(code); err == nil {
		return x.NameIn(v.lang)
	}
	return cmp.Or(classNames[code], code)
}

// nearest lists peers with what is most and least alike.
func (v *peersView) nearest(near []peers.Peer, c *peersCommand) *table {
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
	out := printedPeers{printedSet: v.printed(), OwnCountry: c.OwnCountry, Runs: c.Runs, Seed: c.Seed, Peers: []printedPeer{}}
	for _, p := range near {
		peer, _ := v.app.Regions.Region(p.Unit.ID)
		o := printedPeer{
			Code: string(p.Unit.ID.Code), Name: peer.Name, Distance: p.Distance, Nearer: crowd.Share(p.Distance), Known: p.Known,
			Stability: pointer(p.Stability), Reasons: v.reasons(p.Reasons, p.Place),
		}
		alike, apart := "", ""
		if n := len(p.Reasons); n > 0 {
			alike, apart = v.variable(p.Reasons[0].Variable), v.variable(p.Reasons[n-1].Variable)
		}
		t.add(o.Code, o.Name, format(p.Distance, 3), percent(o.Nearer), percent(p.Known), percentOf(o.Stability), alike, apart)
		out.Peers = append(out.Peers, o)
	}
	t.notes = append(v.used(),
		"Nearer: share of all pairs of regions of this level that lie nearer together. Known: share of the weight that both have figures for.")
	if c.Runs > 0 {
		t.notes = append(t.notes, fmt.Sprintf("Stays: share of %d variants in which the region is among the %d. In each the weights vary by up to a quarter, one variable is left out, and flagged or converted figures move by their doubt.", c.Runs, c.Peers))
	}
	t.value = out
	return t
}

// used names the variables, and those that are not used with the reason.
func (v *peersView) used() []string {
	var used, reasons []string
	for i := range v.set.Variables {
		used = append(used, v.variable(i))
	}
	left := map[string][]string{}
	for _, l := range v.set.Left {
		if left[l.Why] == nil {
			reasons = append(reasons, l.Why)
		}
		left[l.Why] = append(left[l.Why], v.name(l.Code))
	}
	out := []string{"Structural variables: " + strings.Join(used, "; ") + "."}
	for _, why := range reasons {
		out = append(out, fmt.Sprintf("Not used, %s: %s.", why, strings.Join(left[why], "; ")))
	}
	return out
}

// why says variable by variable how far two regions lie apart, what sets them
// apart first.
func (v *peersView) why(other *nuts.Region) (*table, error) {
	a := v.set.Own
	b, err := v.set.Place(other.ID)
	if err != nil {
		return nil, err
	}
	distance, known := v.set.Distance(a, b)
	_, crowd := v.set.Pairs()
	t := &table{
		title: fmt.Sprintf("%s %s and %s %s: distance %s, %s of the weight known", v.region.Code, v.region.Name, other.Code, other.Name, format(distance, 3), percent(known)),
		columns: []column{
			{name: "Variable"},
			{name: "Context"},
			{name: string(v.region.Code), right: true},
			{name: string(other.Code), right: true},
			{name: "Difference", right: true},
			{name: "Adds", right: true},
		},
	}
	row := func(i int, adds string) {
		x, y := v.set.Columns[i][a], v.set.Columns[i][b]
		t.add(v.variable(i), v.set.Variables[i].Context, v.value(i, x), v.value(i, y), v.difference(i, x, y), adds)
	}
	reasons := v.set.Reasons(a, b)
	for _, x := range slices.Backward(reasons) {
		row(x.Variable, format(x.Part, 4))
	}
	for i := range v.set.Variables {
		if !slices.ContainsFunc(reasons, func(x peers.Reason) bool { return x.Variable == i }) {
			row(i, "–")
		}
	}
	nearer := math.NaN()
	if math.IsNaN(distance) {
		t.notes = []string{"There is no distance: both know less than half of the weight."}
	} else {
		nearer = crowd.Share(distance)
		t.notes = []string{v.sums(), percent(nearer) + " of all pairs of regions of this level lie nearer together."}
	}
	t.value = printedWhy{
		printedSet: v.printed(), Other: string(other.Code), OtherName: other.Name,
		Distance: pointer(distance), Nearer: pointer(nearer), Known: known, Reasons: v.reasons(reasons, b),
	}
	return t, nil
}

// sums says what the parts sum to.
func (v *peersView) sums() string {
	switch v.measure {
	case peers.Euclidean:
		return "What the variables add sums to the square of the distance; – stands where a figure is missing."
	case peers.Mahalanobis:
		return "What the variables add sums to the square of the distance, and is below 0 where the other variables let the difference expect; – stands where a figure is missing."
	}
	return "What the variables add sums to the distance; – stands where a figure is missing or less than half of a context is known."
}

// value writes a class in words and a number with three digits or more.
func (v *peersView) value(i int, x float64) string {
	if v.set.Sources[i] == nil && !math.IsNaN(x) {
		return territory.ClassWord(v.set.Variables[i].Code, x)
	}
	return shortest(x)
}

// difference of two values: how many times as large where logarithms are
// compared, same or not of a class.
func (v *peersView) difference(i int, own, other float64) string {
	switch d := other - own; {
	case math.IsNaN(d):
		return "–"
	case v.set.Sources[i] == nil && d == 0:
		return "same"
	case v.set.Sources[i] == nil:
		return "differs"
	case v.set.Variables[i].Log:
		return "× " + format(other/own, 2)
	case d > 0:
		return "+" + shortest(d)
	default:
		return strings.Replace(shortest(d), "-", "−", 1)
	}
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

func percentOf(share *float64) string {
	if share == nil {
		return "–"
	}
	return percent(*share)
}
