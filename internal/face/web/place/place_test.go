package place

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/data"
	"peerscape/internal/nuts"
)

func open(t *testing.T) *Gazetteer {
	t.Helper()
	n, err := nuts.Open(data.Nuts())
	if err != nil {
		t.Fatal(err)
	}
	f, err := data.Nuts().Open("countries.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	g, err := Open(n, f)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestPartnersAreThoseBesideAMetropolis(t *testing.T) {
	var got []string
	for _, p := range open(t).Partners() {
		s := string(p.Region.Code) + ":"
		for _, m := range p.Metros {
			if m.Inside() {
				s += " inside"
			} else {
				s += " " + m.Name + "=" + string(m.Compare.Code)
			}
		}
		got = append(got, s)
	}
	want := []string{
		"AT12: Vienna=AT13", "DE80: Hamburg=DE60 Berlin=DE30 Szczecin=PL42", "ES511: inside",
		"FI1C6: Helsinki=FI1B1", "IE063: Dublin=IE061", "PL84: Warsaw=PL91",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("partners (-want +got):\n%s", d)
	}
}

func TestPathNamesTheVersionOnlyWhereItMust(t *testing.T) {
	g := open(t)
	tests := map[nuts.ID]string{
		{Code: "FI1C6", Version: 2024}: "/regions/FI1C6",
		{Code: "FI1C3", Version: 2021}: "/regions/FI1C3?nuts=2021",
		{Code: "AT12", Version: 2021}:  "/regions/AT12?nuts=2021",
	}
	for id, want := range tests {
		if got := g.Path(id); got != want {
			t.Errorf("Path(%s) = %s, want %s", id, got, want)
		}
	}
	if got := g.IndicatorPath(nuts.ID{Code: "FI1C3", Version: 2021}, "gdp_pps"); got != "/regions/FI1C3/indicators/gdp_pps?nuts=2021" {
		t.Errorf("IndicatorPath = %s", got)
	}
}

func TestOpenRefusesABrokenTable(t *testing.T) {
	if _, err := Open(nil, strings.NewReader("code,en\nFI,\"Fin")); err == nil {
		t.Error("a table with an open quote was read")
	}
}
