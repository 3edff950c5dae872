package figure

import (
	"context"
	"math"
	"strconv"

	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/locale"
)

// Axes fits the axes to the series.
func Axes(ctx context.Context, i *catalogue.Indicator, p *chart.Plot) {
	lo, hi, from, to := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, s := range p.Series {
		for _, v := range s.Values {
			if !math.IsNaN(v.Y) {
				lo, hi, from, to = min(lo, v.Y), max(hi, v.Y), min(from, v.X), max(to, v.X)
			}
		}
	}
	grid := chart.Ticks(lo, hi, 6)
	decimals := i.Decimals
	for _, v := range grid {
		if v != math.Trunc(v) {
			decimals = max(decimals, 1)
		}
	}
	for _, v := range grid {
		t := chart.Tick{At: v, Label: locale.Number(ctx, v, decimals), Zero: v == 0}
		if i.Unit == "index_eu" && v == 100 {
			t.Label, t.Zero = locale.T(ctx, "chart.eu", "V", t.Label), true
		}
		p.Grid = append(p.Grid, t)
	}
	if from == to {
		from, to = from-1, to+1
	}
	p.X0, p.X1, p.Y0, p.Y1 = from, to, grid[0], grid[len(grid)-1]
	step := 1.0
	for _, s := range []float64{1, 2, 5, 10} {
		step = s
		if (to-from)/s <= 8 {
			break
		}
	}
	for y := math.Ceil(from/step) * step; y <= to; y += step {
		p.Years = append(p.Years, chart.Tick{At: y, Label: strconv.Itoa(int(y))})
	}
}
