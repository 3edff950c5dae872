package component

import (
	"math"

	"github.com/a-h/templ"

	"peerscape/internal/chart"
)

// Example is a component in one of its states, for the gallery and the tests.
type Example struct {
	ID, Name, Use string
	Show          templ.Component
}

// Examples lists every component with the states that pages use. The figures
// are GDP per head in purchasing power standards, EU = 100: Päijät-Häme (FI1C3)
// and Helsinki-Uusimaa (FI1B1) in Eurostat's nama_10r_3gdp of February 2024, the
// nine regions of Austria in nama_10r_2gdp for 2023. Where a state needs it, a
// year is left out or a break is put in; the example's use says so.
func Examples() []Example {
	text := func(s string) templ.Component { return templ.Raw(templ.EscapeString(s)) }
	own := []chart.Value{{X: 2016, Y: 90}, {X: 2017, Y: 89}, {X: 2018, Y: 87}, {X: 2019, Y: 84}, {X: 2020, Y: 88}, {X: 2021, Y: 87}}
	metro := []chart.Value{{X: 2016, Y: 146}, {X: 2017, Y: 146}, {X: 2018, Y: 144}, {X: 2019, Y: 143}, {X: 2020, Y: 147}, {X: 2021, Y: 142}}
	gap := append([]chart.Value(nil), own...)
	gap[2].Y, gap[4].Break, gap[5].Hollow = math.NaN(), true, true
	plot := chart.Plot{
		Alt: "Helsinki from 146 in 2016 to 142 in 2021, Päijät-Häme from 90 to 87.", Height: 124, X0: 2016, X1: 2021, Y0: 70, Y1: 160, Shade: true,
		Grid: []chart.Tick{{At: 100, Label: "EU 100", Zero: true}, {At: 150, Label: "150"}}, Years: []chart.Tick{{At: 2016, Label: "2016"}, {At: 2021, Label: "2021"}},
		Series: []chart.Series{{Kind: chart.Metro, Label: "Helsinki 142", Values: metro}, {Kind: chart.Own, Label: "87", Values: own}},
	}
	strip := chart.Strip{
		Alt: "Lower Austria 98; median of the nine regions 124.", Sorted: []float64{84, 98, 108, 112, 124, 126, 126, 138, 147},
		Places: []chart.Place{{Kind: chart.Metro, Value: 138}, {Kind: chart.Own, Value: 98}}, Own: "98", Lo: "80", Hi: "150",
	}
	return []Example{
		{"flags", "Flag", "A short word in a box. Dashed: the value of a region that contains this one.", Flags([]Flag{
			{Text: "value of Etelä-Suomi", Title: "Published for Etelä-Suomi (FI1C), which contains this region", Parent: true},
			{Text: "estimate from FI1C3 and FI1C4"},
			{Text: "provisional", Title: "Eurostat's flag p"},
		})},
		{"number", "Number with source", "Dotted underline; opens where the number comes from.", Sourced(Number{Text: "87", Href: "/regions/FI1C6/indicators/gdp_pps"})},
		{"crumbs", "Breadcrumb", "On every page below the first level.", Crumbs([]Crumb{{"Atlas", "/"}, {"Finland", "/regions/FI"}, {"Päijät-Häme", ""}})},
		{"facts", "Facts", "Terms and what is known.", Facts([]Fact{{"Parent", text("Etelä-Suomi (FI1C)")}, {"Type", text("intermediate")}})},
		{"find", "Search for a region", "Works without script; suggests while typing.", FindRegion(Find{ID: "example-find"})},
		{"scale", "Scale", "Six classes, round limits, low to high.", Legend(Scale{[]string{"under 60", "60–79", "80–99", "100–119", "120–149", "150 up"}})},
		{"key", "Key", "Only where a mark repeats over many charts.", Key([]KeyEntry{
			{chart.Key(chart.Own), "my region"},
			{chart.Key(chart.Parent), "value of a wider region"},
			{chart.Key(chart.Metro), "metropolis"},
			{chart.Key(chart.Country), "country"},
			{chart.Key(chart.Asset), "reads as a strength"},
			{chart.Key(chart.Weak), "reads as a challenge"},
		})},
		{"choice", "Choice", "A native list.", Choose(Choice{ID: "example-choice", Name: "year", Label: "Year", Groups: []Group{{Options: []Option{{Value: "2021", Text: "2021", Chosen: true}, {Value: "2020", Text: "2020", Chosen: false}}}}})},
		{"spark", "Sparkline", "On its own scale.", templ.Raw(chart.Spark(chart.Own, own, "From 90 in 2016 to 87 in 2021, lowest 84 in 2019, highest 90 in 2016."))},
		{"spark-gap", "Sparkline with a gap and a break", "A missing year stays open; a dash marks a break; a hollow end is not final. The gap, the break and the doubt are put in.", templ.Raw(chart.Spark(chart.Own, gap, "From 90 in 2016 to 87 in 2021, no value for 2018, break in 2020."))},
		{"strip", "Strip", "My region and its metropolis among all regions: nine in ten, middle half, median.", stripExample(strip.SVG())},
		{"plot", "Gap chart", "Two lines and the distance between them.", plotExample(plot.SVG())},
		{"failure", "Failure", "What is wrong, where, what to do.", failureExample()},
	}
}
