package cli

import (
	"peerscape/internal/engine/peers"
	"peerscape/internal/exchange/territory"
)

// What --json prints of peers. A value that is not known is null.
type printedSet struct {
	Region    string            `json:"region"`
	Name      string            `json:"name"`
	NUTS      int               `json:"nuts"`
	Level     int               `json:"level"`
	Measure   string            `json:"measure"`
	Contexts  []printedContext  `json:"contexts"`
	Variables []printedVariable `json:"variables"`
	NotUsed   []printedLeft     `json:"not_used"`
}

type printedContext struct {
	Code   string  `json:"code"`
	Weight float64 `json:"weight"`
}

type printedVariable struct {
	Code     string  `json:"code"`
	Name     string  `json:"name"`
	Kind     string  `json:"kind"`
	Context  string  `json:"context,omitempty"`
	Weight   float64 `json:"weight"` // within its context
	Log      bool    `json:"log,omitempty"`
	Period   string  `json:"period,omitempty"`
	Dataset  string  `json:"dataset,omitempty"`
	Vintage  string  `json:"vintage,omitempty"`
	Doubtful int     `json:"doubtful,omitempty"` // values that are flagged or converted
}

type printedLeft struct {
	Code string `json:"code"`
	Why  string `json:"why"`
}

type printedPeers struct {
	printedSet
	OwnCountry bool          `json:"own_country"`
	Runs       int           `json:"runs"`
	Seed       uint64        `json:"seed"`
	Peers      []printedPeer `json:"peers"`
}

type printedPeer struct {
	Code      string          `json:"code"`
	Name      string          `json:"name"`
	Distance  float64         `json:"distance"`
	Nearer    float64         `json:"nearer"` // share of all pairs that lie nearer together
	Known     float64         `json:"known"`
	Stability *float64        `json:"stability"`
	Reasons   []printedReason `json:"reasons"`
}

type printedWhy struct {
	printedSet
	Other     string          `json:"other"`
	OtherName string          `json:"other_name"`
	Distance  *float64        `json:"distance"`
	Nearer    *float64        `json:"nearer"`
	Known     float64         `json:"known"`
	Reasons   []printedReason `json:"reasons"`
}

type printedReason struct {
	Variable   string   `json:"variable"`
	Context    string   `json:"context,omitempty"`
	Part       float64  `json:"part"`
	Apart      float64  `json:"apart"` // in the measure's scale, other minus own
	Own        *float64 `json:"own"`
	Other      *float64 `json:"other"`
	OwnClass   string   `json:"own_class,omitempty"`
	OtherClass string   `json:"other_class,omitempty"`
}

type printedGroups struct {
	printedSet
	Method        string         `json:"method"`
	Country       string         `json:"country,omitempty"`
	Suggested     bool           `json:"suggested"` // the number of groups is the program's
	Mean          float64        `json:"silhouette"`
	Own           string         `json:"own,omitempty"` // the region that its group is named after
	OwnSilhouette *float64       `json:"own_silhouette"`
	Left          []string       `json:"left"` // regions of which too little is known
	Groups        []printedGroup `json:"groups"`
}

type printedGroup struct {
	Like       string   `json:"like"` // the region in its middle
	Name       string   `json:"name"`
	Silhouette float64  `json:"silhouette"`
	Regions    []string `json:"regions"`
}

var kinds = [...]string{peers.Numeric: "numeric", peers.Nominal: "nominal", peers.Ordinal: "ordinal"}

func (v *peersView) printed() printedSet {
	out := printedSet{
		Region: string(v.region.Code), Name: v.region.Name, NUTS: int(v.region.Version), Level: v.region.Level,
		Measure: v.measure.String(), NotUsed: []printedLeft{}, Contexts: []printedContext{},
	}
	for _, c := range v.structure.Context {
		if v.measure == peers.Gower { // the others know no contexts
			out.Contexts = append(out.Contexts, printedContext{c.Code, c.Weight})
		}
	}
	for i, x := range v.set.Variables {
		p := printedVariable{Code: x.Code, Name: v.variable(i), Kind: kinds[x.Kind], Context: x.Context, Weight: x.Weight, Log: x.Log}
		if source := v.set.Sources[i]; source != nil {
			p.Period, p.Dataset, p.Vintage, p.Doubtful = source.Period.String(), source.Origin.Dataset, source.Origin.Vintage.Label, source.Doubtful
		}
		out.Variables = append(out.Variables, p)
	}
	for _, l := range v.set.Left {
		out.NotUsed = append(out.NotUsed, printedLeft(l))
	}
	return out
}

func (v *peersView) reasons(all []peers.Reason, other int) []printedReason {
	out := []printedReason{}
	for _, x := range all {
		variable := v.set.Variables[x.Variable]
		own, its := v.set.Columns[x.Variable][v.set.Own], v.set.Columns[x.Variable][other]
		out = append(out, printedReason{
			Variable: variable.Code, Context: variable.Context, Part: x.Part, Apart: x.Apart, Own: pointer(own), Other: pointer(its),
			OwnClass: territory.ClassWord(variable.Code, own), OtherClass: territory.ClassWord(variable.Code, its),
		})
	}
	return out
}
