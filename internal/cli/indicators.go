package cli

import (
	"strconv"

	"peerscape/internal/exchange/catalogue"
)

// indicatorsCommand lists the catalogue.
type indicatorsCommand struct {
	Domain string `help:"Only this domain: economy, labour, digital, ..."`
	Lang   string `default:"en" help:"Language of names: en, fi, de, es, pl."`
}

type printedIndicator struct {
	Code      string             `json:"code"`
	Name      string             `json:"name"`
	Unit      string             `json:"unit"`
	Domain    string             `json:"domain"`
	Direction string             `json:"direction"`
	Level     int                `json:"level"`
	Sources   []catalogue.Source `json:"sources"`
	Formula   string             `json:"formula,omitempty"`
	Figures   bool               `json:"figures"`
}

func (c *indicatorsCommand) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	words, err := s.words(c.Lang)
	if err != nil {
		return err
	}
	covered, err := a.Catalogue.Covered(s)
	if err != nil {
		return err
	}
	t := &table{columns: []column{{name: "Code"}, {name: "Indicator"}, {name: "Unit"}, {name: "Domain"}, {name: "Better"}, {name: "Level", right: true}, {name: "Figures"}, {name: "Dataset and filter"}}}
	out := []printedIndicator{}
	with := 0
	for _, i := range a.Catalogue.Indicators() {
		if c.Domain != "" && i.Domain != c.Domain {
			continue
		}
		p := printedIndicator{Code: i.Code, Name: i.NameIn(c.Lang), Unit: i.Unit, Domain: i.Domain, Direction: string(i.Direction), Level: i.Level, Sources: i.Sources, Figures: covered[i.Code]}
		from := ""
		if i.Derived != nil {
			p.Formula = i.Derived.Formula()
			from = p.Formula
		} else if len(i.Sources) > 0 {
			from = i.Sources[0].Dataset + " " + i.Sources[0].Filter.String()
		}
		has := "none yet"
		if p.Figures {
			has = "yes"
			with++
		}
		t.add(i.Code, p.Name, words.T("unit."+i.Unit), words.T("domain."+i.Domain), words.T("direction."+p.Direction), strconv.Itoa(i.Level), has, from)
		out = append(out, p)
	}
	t.notes = []string{strconv.Itoa(with) + " of " + strconv.Itoa(len(out)) + " indicators have figures."}
	t.value = out
	return s.print(t)
}
