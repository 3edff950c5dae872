package profile

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

const version = nuts.Current

func id(code string) nuts.ID { return nuts.ID{Code: nuts.Code(code), Version: version} }

// wantFault fails unless err is a fault of the kind and key.
func wantFault(t testing.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("error %v, want a fault %s", err, key)
	}
	if f.Kind != kind || f.Key != key || f.What == "" || f.Cure == "" {
		t.Errorf("fault %s %s (%q, cure %q), want %s %s", f.Kind, f.Key, f.What, f.Cure, kind, key)
	}
	t.Log(err)
}

// series makes a table of one indicator: a row of values a unit. Units are
// called U00, U01, ... in countries of five, all in the EU and of one class.
func series(years []int, d Direction, rows ...[]float64) Table {
	t := Table{
		Indicators: []Indicator{{Code: "one", Direction: d, Domain: "economy", Weight: 1, Unit: "percent"}},
		Years:      years, Values: [][]float64{nil},
	}
	for i, row := range rows {
		t.Units = append(t.Units, Unit{
			ID: id(fmt.Sprintf("U%02d", i)), Country: nuts.Code(fmt.Sprintf("C%d", i/5)), Urban: nuts.Intermediate, EU: true,
		})
		t.Values[0] = append(t.Values[0], row...)
	}
	return t
}

// oneYear makes a table of one indicator and one year.
func oneYear(d Direction, values ...float64) Table {
	rows := make([][]float64, len(values))
	for i, v := range values {
		rows[i] = []float64{v}
	}
	return series([]int{2020}, d, rows...)
}

func build(t testing.TB, table Table, region string, o Options, peers ...string) *Profile {
	t.Helper()
	p, err := tryBuild(table, region, o, peers...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tryBuild(table Table, region string, o Options, peers ...string) (*Profile, error) {
	r, err := Prepare(table)
	if err != nil {
		return nil, err
	}
	in := Input{Reference: r, Region: id(region)}
	for _, p := range peers {
		in.Peers = append(in.Peers, id(p))
	}
	return Build(in, o)
}

// europe makes a table as large as the NUTS 3 regions: units in 37 countries and
// three classes, two metropolises each, a tenth of the values missing, a fifth
// flagged, a break here and there.
func europe(units, indicators, years int) Table {
	rng := rand.New(rand.NewPCG(1, 2))
	t := Table{Years: yearsFrom(2014, years)}
	for i := range units {
		t.Units = append(t.Units, Unit{
			ID: id(fmt.Sprintf("R%04d", i)), Country: nuts.Code(fmt.Sprintf("K%02d", i%37)),
			Urban: nuts.Urban(1 + i%3), EU: i%37 < 27,
			Metros: []nuts.ID{id(fmt.Sprintf("R%04d", (i+1)%units)), id(fmt.Sprintf("R%04d", (i+7)%units))},
		})
	}
	for j := range indicators {
		t.Indicators = append(t.Indicators, Indicator{
			Code: fmt.Sprintf("i%02d", j), Direction: Direction(1 - j%5/4*2), Domain: fmt.Sprintf("d%d", j%8), Weight: 1 + float64(j%3), Unit: "percent",
		})
		values, flags := make([]float64, units*years), make([]stats.Flags, units*years)
		for i := range units {
			level, slope := 50+12*rng.NormFloat64(), 0.4*rng.NormFloat64()
			for y := range years {
				at := i*years + y
				values[at] = math.Round(10*(level+slope*float64(y)+rng.NormFloat64())) / 10
				switch draw := rng.IntN(100); {
				case draw < 10:
					values[at] = math.NaN()
				case draw < 26:
					flags[at] = stats.Provisional
				case draw < 30:
					flags[at] = stats.Unreliable
				case draw < 31:
					flags[at] = stats.Break
				}
			}
		}
		t.Values, t.Flags = append(t.Values, values), append(t.Flags, flags)
	}
	return t
}
