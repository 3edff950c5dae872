package atlas

import (
	"context"
	"math"
	"strings"

	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
)

// euAverage is the value of an index whose reference is the Union.
const euAverage = 100

// limits returns the class limits of a map, round numbers.
func limits(m *catalogue.Map) []float64 {
	var values []float64
	for _, v := range m.Values {
		values = append(values, figure.Rounded(m.Indicator, v.Value))
	}
	anchor := math.NaN()
	if strings.HasPrefix(m.Indicator.Unit, "index") {
		anchor = euAverage
	}
	return chart.Limits(values, math.Pow(10, -float64(m.Indicator.Decimals)), anchor)
}

// classLabels says what each class holds: "under 60", "60–79", "150 up".
func classLabels(ctx context.Context, i *catalogue.Indicator, limits []float64) []string {
	if len(limits) == 0 {
		return nil
	}
	plain := func(v float64) string { return figure.Plain(ctx, i, v) }
	step := math.Pow(10, -float64(i.Decimals))
	out := []string{locale.T(ctx, "scale.under", "V", plain(limits[0]))}
	for n, low := range limits[:len(limits)-1] {
		high := limits[n+1] - step
		switch {
		case high <= low+step/2:
			out = append(out, plain(low))
		case low < 0:
			out = append(out, locale.T(ctx, "scale.between", "Low", plain(low), "High", plain(high)))
		default:
			out = append(out, plain(low)+"–"+plain(high))
		}
	}
	return append(out, locale.T(ctx, "scale.up", "V", plain(limits[len(limits)-1])))
}
