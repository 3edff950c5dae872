package profile

import (
	"math"
	"testing"

	"peerscape/internal/engine/sample"
	"peerscape/internal/nuts"
	"peerscape/internal/sharedtest"
)

// rciRow is one region and year of the reference case; z is in hundredths, as
// the file prints two decimals, so that signs and ranks can be told exactly.
type rciRow struct {
	country, code string
	year, z       int
	capital       bool
	missing       bool       // no z is printed
	differences   [3]float64 // 2019-2016, 2016-2013, 2013-2010; NaN where not printed
}

var rciYears = []int{2010, 2013, 2016, 2019}

func readRCI(t *testing.T) []rciRow {
	c := sharedtest.CSV(t, "cases", "rci-evolution", "rci_2010_2019.csv")
	country, code, capital := c.Text("country"), c.Text("nuts2016"), c.Text("capital")
	year, z := c.Numbers("year"), c.Numbers("rci_z")
	differences := c.Columns("d2019_2016", "d2016_2013", "d2013_2010")
	var rows []rciRow
	for i := range c.Rows {
		r := rciRow{
			country: country[i], code: code[i], capital: capital[i] == "capital region", year: int(year[i]),
			z: int(math.Round(100 * z[i])), missing: math.IsNaN(z[i]),
		}
		for k := range r.differences {
			r.differences[k] = differences[k][i]
		}
		rows = append(rows, r)
	}
	return rows
}

// rciTable makes a table of the case: every region that was ever flagged as the
// capital region of its country is a metropolis of the others.
func rciTable(rows []rciRow) Table {
	t := Table{
		Indicators: []Indicator{{Code: "rci_z", Direction: MoreIsBetter, Domain: "rci", Weight: 1, Unit: "points"}},
		Years:      rciYears, Values: [][]float64{nil},
	}
	at, capitals := map[string]int{}, map[string][]nuts.ID{}
	for _, r := range rows {
		i, ok := at[r.code]
		if !ok {
			i = len(t.Units)
			at[r.code] = i
			whole := len(r.code) == 2 // a country, which is no region of itself
			t.Units = append(t.Units, Unit{
				ID: nuts.ID{Code: nuts.Code(r.code), Version: 2016}, Country: nuts.Code(r.country), EU: !whole, Outside: whole,
			})
			for range rciYears {
				t.Values[0] = append(t.Values[0], math.NaN())
			}
		}
		for y, year := range rciYears {
			if year == r.year && !r.missing {
				t.Values[0][i*len(rciYears)+y] = float64(r.z) / 100
			}
		}
		if id := t.Units[i].ID; r.capital {
			known := false
			for _, c := range capitals[r.country] {
				known = known || c == id
			}
			if !known {
				capitals[r.country] = append(capitals[r.country], id)
			}
		}
	}
	for i := range t.Units {
		t.Units[i].Metros = capitals[string(t.Units[i].Country)]
	}
	return t
}

func TestRCIDifferences(t *testing.T) {
	rows := readRCI(t)
	at := map[string]map[int]rciRow{}
	for _, r := range rows {
		if r.missing {
			continue
		}
		if at[r.code] == nil {
			at[r.code] = map[int]rciRow{}
		}
		at[r.code][r.year] = r
	}
	for i, pair := range [][2]int{{2016, 2019}, {2013, 2016}, {2010, 2013}} {
		worst, n := 0.0, 0
		for code, years := range at {
			from, ok1 := years[pair[0]]
			to, ok2 := years[pair[1]]
			if !ok1 || !ok2 || math.IsNaN(to.differences[i]) {
				continue
			}
			s, err := TheilSen(pair[:], []float64{float64(from.z) / 100, float64(to.z) / 100}, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			n++
			got := s.PerYear * float64(pair[1]-pair[0])
			if off := math.Abs(got - to.differences[i]); off > worst {
				worst = off
				if off > 0.011 {
					t.Errorf("%s: %d to %d is %v, printed %v", code, pair[0], pair[1], got, to.differences[i])
				}
			}
		}
		t.Logf("%d to %d: %d pairs, largest difference %.4f, tolerance 0.011", pair[0], pair[1], n, worst)
		if want := [...]int{282, 280, 277}[i]; n != want {
			t.Errorf("%d to %d: %d pairs, want %d", pair[0], pair[1], n, want)
		}
	}
}

func TestRCIGapsToTheCapital(t *testing.T) {
	rows := readRCI(t)
	table := rciTable(rows)
	r, err := Prepare(table)
	if err != nil {
		t.Fatal(err)
	}
	profiles := map[string]*Profile{}
	for i := range table.Units {
		u := &table.Units[i]
		if profiles[string(u.ID.Code)], err = Build(Input{Reference: r, Region: u.ID}, Defaults()); err != nil {
			t.Fatal(err)
		}
	}
	flagged, valued, gaps, ahead, ranks := 0, 0, 0, 0, 0
	var ranker sample.Ranker
	for _, capital := range rows {
		if !capital.capital {
			continue
		}
		flagged++
		if capital.missing {
			continue
		}
		valued++
		var got, want []float64
		for _, row := range rows {
			if row.country != capital.country || row.year != capital.year || row.code == capital.code || row.missing || len(row.code) == 2 {
				continue
			}
			year, ok := gapIn(profiles[row.code], nuts.Code(capital.code), row.year)
			if !ok {
				t.Fatalf("%s has no gap to %s in %d", row.code, capital.code, row.year)
			}
			cents := capital.z - row.z
			if math.Round(100*year.Gap) != float64(cents) || (year.Gap < 0) != (cents < 0) || (year.Gap == 0) != (cents == 0) {
				t.Errorf("%s to %s in %d: gap %v, want %d hundredths", row.code, capital.code, row.year, year.Gap, cents)
			}
			gaps++
			if cents < 0 {
				ahead++
			}
			got, want = append(got, year.Gap), append(want, float64(cents))
		}
		ranker.Rank(got, got, sample.Descending, sample.TiesMin)
		ranker.Rank(want, want, sample.Descending, sample.TiesMin)
		for i := range got {
			ranks++
			if got[i] != want[i] {
				t.Errorf("%s in %d: region %d has rank %v, want %v", capital.country, capital.year, i+1, got[i], want[i])
			}
		}
	}
	t.Logf("%d rows with the capital flag, %d of them with a value; %d gaps, %d of them negative (region ahead of its capital), %d ranks: all exact",
		flagged, valued, gaps, ahead, ranks)
	if flagged != 85 {
		t.Errorf("%d rows carry the capital flag, want 85", flagged)
	}
}

// gapIn finds the gap of a region to a capital in one year.
func gapIn(p *Profile, capital nuts.Code, year int) (GapYear, bool) {
	for _, g := range p.Readings[0].Gaps {
		for _, y := range g.Years {
			if g.Metro.Code == capital && y.Year == year {
				return y, true
			}
		}
	}
	return GapYear{}, false
}
