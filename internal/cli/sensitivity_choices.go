package cli

import (
	"fmt"

	"peerscape/internal/engine/composite/uncertainty"
)

// choices says how much each choice matters: for the rank of --unit, or for the
// mean shift of all ranks.
func (v *variation) choices() (*table, error) {
	target := uncertainty.RankShift(v.nominal.Index())
	if v.unit >= 0 {
		target = uncertainty.RankOf(v.unit)
	}
	run := uncertainty.Sensitivity
	if v.exact {
		run = uncertainty.Anova
	}
	x, err := run(v.session, v.model, v.options(), target)
	if err != nil {
		return nil, err
	}
	t := &table{
		columns: []column{{name: "Choice"}, {name: "Alone", right: true}, {name: "5-95 %", right: true}, {name: "With all others", right: true}, {name: "5-95 %", right: true}},
		value:   x,
		notes:   []string{fmt.Sprintf("%d computations; mean of the target %.4g, variance %.4g. Alone: first-order Sobol index; with all others: total index.", x.Runs, x.Mean, x.Variance)},
	}
	for _, f := range x.Factors {
		alone, all := fmt.Sprintf("%.3f–%.3f", f.FirstLow, f.FirstHigh), fmt.Sprintf("%.3f–%.3f", f.TotalLow, f.TotalHigh)
		if x.Exact {
			alone, all = "exact", "exact"
		}
		t.add(f.Factor, format(f.First, 3), alone, format(f.Total, 3), all)
		if f.Wide {
			t.notes = append(t.notes, "The band of "+f.Factor+" is wide: draw more samples before relying on it.")
		}
	}
	return t, nil
}
