package catalogue

import (
	"context"
	"math"
	"slices"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/sample"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Columns is a table of regions by indicators, each in the newest period that
// covers most regions, and where each column comes from.
type Columns struct {
	composite.Table
	Level   int
	Version nuts.Version
	Sources []ColumnSource // one a column, in their order
	Absent  []*Indicator   // asked for, but without a figure at this level
}

// ColumnSource says what a column holds.
type ColumnSource struct {
	Indicator *Indicator
	Period    stats.Period
	Origin    Origin
	Values    int // regions with a value
	Doubtful  int // of them flagged or estimated
}

// Attributes of regions in a table of columns.
const (
	AttributeCountry = "country"
	AttributeUrban   = "urban"
)

// doubts is how unsure a value is by its flags, as a share of the standard
// deviation of its column over all regions: a rule of ours for uncertainty
// analysis, because publishers give no standard errors with regional figures.
// The largest counts.
var doubts = []struct {
	flag  stats.Flags
	share float64
}{
	{stats.Unreliable, 0.20},
	{stats.Estimated, 0.05},
	{stats.EurostatEst, 0.05},
	{stats.Forecast, 0.10},
	{stats.Provisional, 0.03},
	{stats.Definition, 0.05},
}

// converted is the doubt of a value that we estimated from other boundaries.
const converted = 0.10

// Columns makes a table of the regions of a level in the current NUTS version,
// of the countries given, or of all. It holds published and converted values; a
// value inherited from a larger region would count that region many times and
// is missing. An indicator without any figure has a column of gaps.
func (c *Catalogue) Columns(ctx context.Context, codes []string, level int, countries []nuts.Code) (*Columns, error) {
	out := &Columns{Level: level, Version: nuts.Current}
	row := map[nuts.Code]int{}
	country, urban := composite.Attribute{Code: AttributeCountry}, composite.Attribute{Code: AttributeUrban}
	for _, r := range c.nomenclature.Regions(nuts.Current, level) {
		if len(countries) > 0 && !slices.Contains(countries, r.Country) {
			continue
		}
		row[r.Code] = len(out.Rows)
		out.Rows = append(out.Rows, composite.Row{Unit: string(r.Code)})
		country.Values, urban.Values = append(country.Values, string(r.Country)), append(urban.Values, r.Urban.String())
	}
	if len(out.Rows) == 0 {
		return nil, fault.New(fault.Missing, "columns.no-region", "there is no region of NUTS level %d in these countries", level).
			Do("Write country codes such as FI, and a level from 0 to 3")
	}
	out.Attributes = []composite.Attribute{country, urban}
	for _, code := range codes {
		if err := c.addColumn(ctx, out, row, code); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Catalogue) addColumn(ctx context.Context, out *Columns, row map[nuts.Code]int, code string) error {
	i, err := c.Indicator(code)
	if err != nil {
		return err
	}
	column := composite.Column{Code: code, Values: make([]float64, len(out.Rows)), Doubt: make([]float64, len(out.Rows))}
	for n := range column.Values {
		column.Values[n] = math.NaN()
	}
	source := ColumnSource{Indicator: i}
	m, err := c.Map(ctx, code, out.Level, 0)
	switch {
	case err != nil && fault.KindOf(err) != fault.Missing:
		return err
	case err != nil:
		out.Absent = append(out.Absent, i)
	default:
		source.Period, source.Origin = m.Period, m.Origin
		spread := spreadOf(m)
		for _, v := range m.Values {
			n, ok := row[v.Region.Code]
			if !ok || math.IsNaN(v.Value) {
				continue
			}
			column.Values[n] = v.Value
			source.Values++
			if column.Doubt[n] = doubt(v) * spread; column.Doubt[n] > 0 {
				source.Doubtful++
			}
		}
	}
	out.Table.Columns = append(out.Table.Columns, column)
	out.Sources = append(out.Sources, source)
	return nil
}

// doubt returns how unsure a value is, as a share of its column's spread.
func doubt(v MapValue) (most float64) {
	for _, d := range doubts {
		if v.Flags.Has(d.flag) {
			most = max(most, d.share)
		}
	}
	if v.Estimated {
		most = max(most, converted)
	}
	return most
}

// spreadOf returns the standard deviation of a map's values; 0 for one alone.
func spreadOf(m *Map) float64 {
	values := make([]float64, len(m.Values))
	for n, v := range m.Values {
		values[n] = v.Value
	}
	if sd := sample.MomentsOf(values).SD(); sd > 0 {
		return sd
	}
	return 0
}
