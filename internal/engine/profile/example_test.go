package profile_test

import (
	"fmt"

	"peerscape/internal/engine/profile"
	"peerscape/internal/nuts"
)

// A region, its metropolis and eight others: employment rates over five years.
func ExampleBuild() {
	region := func(code nuts.Code) nuts.ID { return nuts.ID{Code: code, Version: nuts.Current} }
	metro := region("FI1B1")
	table := profile.Table{
		Indicators: []profile.Indicator{{Code: "employment", Direction: profile.MoreIsBetter, Domain: "labour", Weight: 1, Unit: "percent"}},
		Years:      []int{2019, 2020, 2021, 2022, 2023},
		Values:     [][]float64{nil},
	}
	for i, values := range [][]float64{
		{71, 72, 73, 74, 75},
		{79, 79, 79, 79, 79},
		{70, 70, 70, 70, 71},
		{66, 66, 66, 67, 67},
		{64, 64, 64, 64, 65},
		{63, 63, 64, 64, 64},
		{62, 62, 62, 62, 63},
		{60, 60, 61, 61, 62},
		{61, 61, 61, 62, 62},
		{59, 60, 60, 60, 61},
	} {
		code := [...]nuts.Code{"FI1C6", "FI1B1", "FI196", "FI197", "FI193", "FI1C1", "FI1C2", "FI1D1", "FI1D2", "FI1D3"}[i]
		table.Units = append(table.Units, profile.Unit{ID: region(code), Country: "FI", EU: true, Metros: []nuts.ID{metro}})
		table.Values[0] = append(table.Values[0], values...)
	}
	reference, err := profile.Prepare(table)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := profile.Build(profile.Input{Reference: reference, Region: region("FI1C6")}, profile.Defaults())
	if err != nil {
		fmt.Println(err)
		return
	}
	r := p.Readings[0]
	c := r.Comparisons[profile.Country]
	fmt.Printf("%s by %v: percentile %.0f (%.0f to %.0f) of %d\n", r.Finding.Verdict, r.Finding.Assets.List(), c.Percentile.Value, c.Percentile.Low, c.Percentile.High, c.N)
	fmt.Printf("%s, %+.1f %s a year\n", r.Trend.Course, r.Trend.Slope.PerYear, r.Indicator.Unit)
	g := r.Gaps[0]
	fmt.Printf("%s: %.0f behind %s in %d, level in %.0f\n", g.Distance, g.Years[4].Gap, g.Metro, g.Years[4].Year, g.Crossing.Year)
	// Output:
	// asset by [country eu]: percentile 89 (57 to 98) of 9
	// improving, +1.0 percent a year
	// closing: 4 behind FI1B1 (NUTS 2024) in 2023, level in 2027
}
