package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// regionsCommand lists or searches regions.
type regionsCommand struct {
	Query   []string `arg:"" optional:"" help:"A name in any spelling, or a code of any version."`
	Level   int      `default:"-1" help:"NUTS level 0 to 3."`
	NUTS    int      `name:"nuts" default:"2024" enum:"2013,2016,2021,2024" help:"NUTS version (${enum})."`
	Country string   `help:"Country code, such as FI."`
}

// listedRegion is what --json prints of a region.
type listedRegion struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
	Level   int    `json:"level"`
	Name    string `json:"name"`
	Native  string `json:"native"`
	Country string `json:"country"`
	Why     string `json:"why,omitempty"`
}

func (c *regionsCommand) Run(s *session) error {
	regions, err := openRegions()
	if err != nil {
		return err
	}
	t := &table{columns: []column{{name: "Code"}, {name: "NUTS", right: true}, {name: "Level", right: true}, {name: "Name"}, {name: "Found by"}}}
	out := []listedRegion{}
	keep := func(r *nuts.Region, why string) {
		if c.Level >= 0 && r.Level != c.Level || c.Country != "" && r.Country != nuts.Canonical(c.Country) {
			return
		}
		out = append(out, listedRegion{string(r.Code), int(r.Version), r.Level, r.Name, r.Native, string(r.Country), why})
		t.add(string(r.Code), strconv.Itoa(int(r.Version)), strconv.Itoa(r.Level), r.Name, why)
	}
	if q := strings.Join(c.Query, " "); q != "" {
		for _, m := range regions.Search(q, 20) {
			keep(m.Region, m.Why)
		}
		if len(out) == 0 {
			return fault.New(fault.Missing, "nuts.no-match", "no region matches %q", q).
				Do("Try a part of the name, or a code such as FI1C6")
		}
	} else {
		t.columns = t.columns[:4]
		for _, r := range regions.Regions(nuts.Version(c.NUTS), -1) {
			keep(r, "")
		}
		for i := range t.rows {
			t.rows[i] = t.rows[i][:4]
		}
	}
	t.value = out
	return s.print(t)
}

// regionCommand prints a region's figures.
type regionCommand struct {
	Code   string `arg:"" help:"NUTS code of any version, such as FI1C6."`
	NUTS   int    `name:"nuts" default:"0" enum:"0,2013,2016,2021,2024" help:"NUTS version (${enum}); 0 takes the newest that has the code."`
	Lang   string `default:"en" help:"Language of indicator names: en, fi, de, es, pl."`
	Domain string `help:"Only indicators of this domain."`
}

// printedFigure is what --json prints of a figure.
type printedFigure struct {
	Indicator string   `json:"indicator"`
	Name      string   `json:"name"`
	Unit      string   `json:"unit"`
	Period    string   `json:"period"`
	Value     *float64 `json:"value"`
	Flags     string   `json:"flags,omitempty"`
	Basis     string   `json:"basis"`
	Of        string   `json:"of"`
	Estimated bool     `json:"estimated,omitempty"`
	How       string   `json:"how,omitempty"`
	Dataset   string   `json:"dataset"`
	Vintage   string   `json:"vintage"`
}

func (c *regionCommand) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	r, err := findRegion(a.Regions, c.Code, c.NUTS)
	if err != nil {
		return err
	}
	figures, err := a.Catalogue.Figures(s, r.ID)
	if err != nil {
		return err
	}
	words, err := s.words(c.Lang)
	if err != nil {
		return err
	}
	t := &table{
		title:   regionTitle(a.Regions, r),
		columns: []column{{name: "Indicator"}, {name: "Value", right: true}, {name: "Unit"}, {name: "Period"}, {name: "Flag"}, {name: "Whose value"}, {name: "Source"}},
	}
	out := []printedFigure{}
	for _, f := range figures {
		if c.Domain != "" && f.Indicator.Domain != c.Domain {
			continue
		}
		p := f.Latest()
		t.add(f.Indicator.NameIn(c.Lang), format(p.Value, f.Indicator.Decimals), words.T("unit."+f.Indicator.Unit), p.Period.String(),
			p.Flags.Words(), whose(a.Regions, f), f.Origin.Dataset+" "+f.Origin.Vintage.Label)
		out = append(out, printedFigure{
			Indicator: f.Indicator.Code, Name: f.Indicator.NameIn(c.Lang), Unit: f.Indicator.Unit, Period: p.Period.String(),
			Value: pointer(p.Value), Flags: p.Flags.String(), Basis: f.Basis.String(), Of: string(f.Of.Code), Estimated: p.Estimated,
			How: whose(a.Regions, f), Dataset: f.Origin.Dataset, Vintage: f.Origin.Vintage.Label,
		})
	}
	t.notes = []string{fmt.Sprintf("%d figures. Eurostat data, modified where marked as an estimate; Eurostat bears no responsibility for it.", len(out))}
	t.value = out
	return s.print(t)
}

// regionTitle says the code's history in one line.
func regionTitle(n *nuts.Nomenclature, r *nuts.Region) string {
	title := fmt.Sprintf("%s  %s, NUTS %d level %d", r.Code, r.Name, r.Version, r.Level)
	change, ok := n.Change(r.ID)
	if !ok {
		return title
	}
	var from []string
	for _, p := range change.Pieces {
		from = append(from, fmt.Sprintf("%s (%s of its people)", p.Code, percent(p.OfPop)))
	}
	return title + "\nMade in " + strconv.Itoa(int(r.Version)) + " from " + strings.Join(from, " and ")
}

// whose says in words whose value a figure is.
func whose(n *nuts.Nomenclature, f *catalogue.Figure) string {
	switch f.Basis {
	case catalogue.Converted:
		var from []string
		for _, p := range f.Pieces {
			share := p.OfPop
			if f.Weight == "area" {
				share = p.OfArea
			}
			from = append(from, fmt.Sprintf("%s of %s", percent(share), p.Code))
		}
		return "estimate from " + strings.Join(from, " and ") + " by " + f.Weight
	case catalogue.Inherited:
		name := string(f.Of.Code)
		if r, ok := n.Region(f.Of); ok {
			name = r.Name + " " + name
		}
		if f.Same {
			return "value of " + name + ", the same area"
		}
		return "value of " + name
	case catalogue.Own:
		if f.Indicator.Derived != nil {
			return "own, computed"
		}
	}
	return "own"
}

func percent(share float64) string {
	if share > 0.9995 {
		return "100 %"
	}
	return strconv.FormatFloat(share*100, 'f', 1, 64) + " %"
}

// format writes a value with the given places; absent is an en dash.
func format(v float64, places int) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', places, 64)
}

func pointer(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

// findRegion finds a code in a version, or its newest version for 0.
func findRegion(n *nuts.Nomenclature, code string, version int) (*nuts.Region, error) {
	c := nuts.Canonical(code)
	r, ok := n.Newest(c)
	if version != 0 {
		r, ok = n.Region(nuts.ID{Code: c, Version: nuts.Version(version)})
	}
	if ok {
		return r, nil
	}
	what := "a NUTS region"
	if version != 0 {
		what = fmt.Sprintf("NUTS %d", version)
	}
	f := fault.New(fault.Missing, "nuts.unknown", "%q is not a code of %s", code, what)
	if near := nearCodes(n, code); len(near) > 0 {
		f = f.Do("Did you mean %s?", strings.Join(near, ", "))
	}
	return nil, f
}

// nearCodes returns what a wrong code may mean: regions that the search finds
// under it (an old code, a name), else those with nearly the same code.
func nearCodes(n *nuts.Nomenclature, code string) []string {
	var near []string
	for _, m := range n.Search(code, 3) {
		near = append(near, fmt.Sprintf("%s %s", m.Region.Code, m.Region.Name))
	}
	if len(near) > 0 {
		return near
	}
	for _, r := range n.Near(nuts.Canonical(code), 3) {
		near = append(near, fmt.Sprintf("%s %s", r.Code, r.Name))
	}
	return near
}
