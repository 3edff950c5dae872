package cli

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// revisionsCommand lists what a newer vintage revised.
type revisionsCommand struct {
	Dataset string   `arg:"" help:"Code of an imported dataset."`
	From    string   `help:"Older vintage, by its label; default: the one before."`
	To      string   `help:"Newer vintage, by its label; default: the current one."`
	Region  string   `help:"Only this region."`
	Filter  []string `help:"Only these codes, such as unit=MIO_EUR." sep:"none"`
	Limit   int      `default:"100" help:"Most revisions to list."`
}

type printedRevision struct {
	Region   string       `json:"region"`
	Key      []string     `json:"key"`
	Period   stats.Period `json:"period"`
	Kind     string       `json:"kind"`
	Old      *float64     `json:"old"`
	OldFlags string       `json:"oldFlags,omitempty"`
	New      *float64     `json:"new"`
	NewFlags string       `json:"newFlags,omitempty"`
}

func (c *revisionsCommand) Run(s *session) error {
	filter, err := parseFilter(c.Filter)
	if err != nil {
		return err
	}
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	d, err := a.Catalogue.Dataset(s, c.Dataset)
	if err != nil {
		return err
	}
	older, newer, err := c.vintages(d)
	if err != nil {
		return err
	}
	dims := d.Structure.IDs()
	list := []printedRevision{}
	t := &table{}
	r, err := a.Catalogue.Revisions(s, c.Dataset, catalogue.RevisionOptions{
		Old: older, New: newer, Region: c.Region, Limit: -1,
		Visit: func(x catalogue.Revision) error {
			if len(list) < c.Limit && picked(dims, x.Key, filter) {
				list = append(list, printedRevision{
					string(x.Region.Code), x.Key, x.Period, string(x.Change), pointer(x.Old.Value), x.Old.Flags.String(), pointer(x.New.Value), x.New.Flags.String(),
				})
				t.add(string(x.Region.Code), strings.Join(x.Key, ","), x.Period.String(), exact(x.Old.Value), x.Old.Flags.String(),
					exact(x.New.Value), x.New.Flags.String(), string(x.Change))
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	t.title = fmt.Sprintf("%s: vintage %s against %s", r.Dataset, r.New.Label, r.Old.Label)
	t.columns = []column{
		{name: "Region"},
		{name: strings.Join(r.Dimensions, ",")},
		{name: "Period"},
		{name: "Was", right: true},
		{name: "Was flag"},
		{name: "Is", right: true},
		{name: "Is flag"},
		{name: "Kind"},
	}
	t.notes = []string{fmt.Sprintf("In all: %d values stand in both; %d changed, %d added, %d withdrawn, %d with other flags only. Listed: %d.",
		r.Compared, r.Totals[catalogue.Changed], r.Totals[catalogue.Added], r.Totals[catalogue.Withdrawn], r.Totals[catalogue.Flagged], len(list))}
	t.value = map[string]any{"dataset": r.Dataset, "from": r.Old.Label, "to": r.New.Label, "compared": r.Compared, "totals": r.Totals, "revisions": list}
	return s.print(t)
}

// vintages finds the two vintages by their labels; 0 leaves the choice to the
// catalogue.
func (c *revisionsCommand) vintages(d *catalogue.Dataset) (older, newer int64, err error) {
	for _, want := range []struct {
		label string
		into  *int64
	}{{c.From, &older}, {c.To, &newer}} {
		var labels []string
		for _, v := range d.Vintages {
			labels = append(labels, v.Label)
			if v.Label == want.label && *want.into == 0 { // of two with one label the newer
				*want.into = v.ID
			}
		}
		if want.label != "" && *want.into == 0 {
			return 0, 0, fault.New(fault.Missing, "cli.vintage", "%s has no vintage %q", d.Code, want.label).Do("It has %s", strings.Join(labels, ", "))
		}
	}
	return older, newer, nil
}

// picked reports whether a key has the codes of a filter.
func picked(dims, key []string, filter map[string][]string) bool {
	for i, d := range dims {
		if codes, ok := filter[d]; ok && !slices.Contains(codes, key[i]) {
			return false
		}
	}
	return true
}

// exact writes a value with all its digits; absent is an en dash.
func exact(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
