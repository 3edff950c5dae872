package cli

import (
	"fmt"
	"strconv"

	"peerscape/internal/app"
	"peerscape/internal/stats"
)

// valuesCommand prints one indicator: for all regions of a level, or for one
// region over time.
type valuesCommand struct {
	Indicator string `arg:"" help:"Indicator code, such as gdp_pps; see \"peerscape indicators\"."`
	Region    string `help:"One region, over time."`
	NUTS      int    `name:"nuts" default:"0" enum:"0,2013,2016,2021,2024" help:"NUTS version of the region's code."`
	Level     int    `default:"2" help:"NUTS level 0 to 3."`
	Period    string `help:"Year or part of a year; left out, the newest that covers most regions."`
	Lang      string `default:"en" help:"Language of names."`
}

type printedValue struct {
	Region    string   `json:"region"`
	Name      string   `json:"name"`
	Period    string   `json:"period"`
	Value     *float64 `json:"value"`
	Flags     string   `json:"flags,omitempty"`
	Basis     string   `json:"basis"`
	Estimated bool     `json:"estimated,omitempty"`
	Dataset   string   `json:"dataset"`
	Vintage   string   `json:"vintage"`
}

func (c *valuesCommand) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if c.Region != "" {
		return c.series(s, a)
	}
	return c.level(s, a)
}

func (c *valuesCommand) level(s *session, a *app.App) error {
	var period stats.Period
	if c.Period != "" {
		var err error
		if period, err = stats.ParsePeriod(c.Period); err != nil {
			return err
		}
	}
	m, err := a.Catalogue.Map(s, c.Indicator, c.Level, period)
	if err != nil {
		return err
	}
	t := &table{
		title:   fmt.Sprintf("%s, %s, NUTS %d level %d", m.Indicator.NameIn(c.Lang), m.Period, m.Version, m.Level),
		columns: []column{{name: "Region"}, {name: "Name"}, {name: "Value", right: true}, {name: "Flag"}, {name: "Basis"}},
		notes:   []string{source(m.Origin.Publisher, m.Origin.Dataset, m.Origin.Vintage.Label, m.Origin.Filter.String()), m.Origin.Licence},
	}
	out := []printedValue{}
	for _, v := range m.Values {
		t.add(string(v.Region.Code), v.Region.Name, format(v.Value, m.Indicator.Decimals), v.Flags.Words(), v.Basis.String())
		out = append(out, printedValue{
			Region: string(v.Region.Code), Name: v.Region.Name, Period: v.Period.String(), Value: pointer(v.Value), Flags: v.Flags.String(),
			Basis: v.Basis.String(), Estimated: v.Estimated, Dataset: m.Origin.Dataset, Vintage: m.Origin.Vintage.Label,
		})
	}
	t.value = out
	return s.print(t)
}

func (c *valuesCommand) series(s *session, a *app.App) error {
	r, err := findRegion(a.Regions, c.Region, c.NUTS)
	if err != nil {
		return err
	}
	f, err := a.Catalogue.Figure(s, r.ID, c.Indicator)
	if err != nil {
		return err
	}
	t := &table{
		title:   fmt.Sprintf("%s %s: %s", r.Code, r.Name, f.Indicator.NameIn(c.Lang)),
		columns: []column{{name: "Period"}, {name: "Value", right: true}, {name: "Flag"}, {name: "Remark"}},
		notes:   []string{"Whose value: " + whose(a.Regions, f), source(f.Origin.Publisher, f.Origin.Dataset, f.Origin.Vintage.Label, f.Origin.Filter.String()), f.Origin.Licence},
	}
	breaks := map[stats.Period]string{}
	for _, b := range f.Breaks {
		breaks[b.Period] = "break"
		if b.Reason == "territory" {
			breaks[b.Period] = "break: territory changed by " + strconv.FormatFloat(b.Area, 'f', 0, 64) + " km²"
		}
	}
	out := []printedValue{}
	for _, p := range f.Points {
		remark := breaks[p.Period]
		if p.Estimated && remark == "" {
			remark = "estimate"
		}
		t.add(p.Period.String(), format(p.Value, f.Indicator.Decimals), p.Flags.Words(), remark)
		out = append(out, printedValue{
			Region: string(r.Code), Name: r.Name, Period: p.Period.String(), Value: pointer(p.Value), Flags: p.Flags.String(),
			Basis: f.Basis.String(), Estimated: p.Estimated, Dataset: f.Origin.Dataset, Vintage: f.Origin.Vintage.Label,
		})
	}
	t.value = out
	return s.print(t)
}

func source(publisher, dataset, vintage, filter string) string {
	return fmt.Sprintf("%s %s, vintage %s, %s", publisher, dataset, vintage, filter)
}
