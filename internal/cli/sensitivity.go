package cli

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"peerscape/internal/engine/composite/uncertainty"
)

// sensitivityCommand varies the choices behind an index.
type sensitivityCommand struct {
	indexFlags
	Samples int    `default:"1000" help:"How many variants are drawn; where all combinations are fewer, each is computed once instead."`
	Seed    uint64 `default:"1" help:"Equal seeds give equal results on any machine size."`
	Workers int    `default:"0" help:"Processors used; 0 uses all."`
	Choices bool   `help:"Say how much each choice matters (Sobol indices) instead of what becomes of the ranks."`
	Unit    string `help:"With --choices: for the rank of one unit; left out, for the mean shift of all ranks."`
	Limit   int    `default:"0" help:"Print only so many of the first; 0 prints all."`
}

func (c *sensitivityCommand) Run(s *session) error {
	v, err := c.load(s)
	if err != nil {
		return err
	}
	defer v.close()
	m, err := v.plan.Model(v.framework.Choices)
	if err != nil {
		return err
	}
	nominal, err := v.plan.Compute()
	if err != nil {
		return err
	}
	o := uncertainty.Options{N: c.Samples, Seed: c.Seed, Workers: c.Workers, Top: []int{10}, Progress: s.count("variants")}
	n, finite := uncertainty.Combinations(m.Factors())
	exact := finite && n <= c.Samples
	if c.Choices {
		target := uncertainty.RankShift(nominal.Index())
		if c.Unit != "" {
			row, err := v.row(nominal, c.Unit)
			if err != nil {
				return err
			}
			target = uncertainty.RankOf(row)
		}
		run := uncertainty.Sensitivity
		if exact {
			run = uncertainty.Anova
		}
		indices, err := run(s, m, o, target)
		if err != nil {
			return err
		}
		return s.print(choiceTable(indices))
	}
	run := uncertainty.MonteCarlo
	if exact {
		run = uncertainty.Enumerate
	}
	result, err := run(s, m, o)
	if err != nil {
		return err
	}
	t := &table{
		title: v.element(nominal.Codes[len(nominal.Codes)-1]) + ": ranks under other choices",
		columns: []column{
			{name: "Rank", right: true},
			{name: "Unit"},
			{name: "Name"},
			{name: "Median", right: true},
			{name: "5-95 %", right: true},
			{name: "Mean", right: true},
			{name: "In top 10", right: true},
			{name: "Score", right: true},
			{name: "Its sd", right: true},
		},
	}
	order := make([]int, len(nominal.Rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return last(nominal.Ranks[a], nominal.Ranks[b]) })
	out := []printedRanks{}
	for _, i := range order {
		if c.Limit > 0 && len(out) == c.Limit {
			break
		}
		u, unit := result.Units[i], nominal.Rows[i].Unit
		t.add(format(nominal.Ranks[i], 0), unit, v.name(unit), format(u.MedianRank, 0), format(u.RankQ05, 0)+"–"+format(u.RankQ95, 0),
			format(u.MeanRank, 1), percent(u.Top[0]), format(u.MeanScore, 1), format(u.ScoreSD, 1))
		out = append(out, printedRanks{
			Unit: unit, Rank: pointer(nominal.Ranks[i]), Median: pointer(u.MedianRank), Q05: pointer(u.RankQ05), Q95: pointer(u.RankQ95),
			Mean: pointer(u.MeanRank), Top10: u.Top[0], Score: pointer(u.MeanScore), SD: pointer(u.ScoreSD),
		})
	}
	how := fmt.Sprintf("%d variants drawn with seed %d.", result.N, c.Seed)
	if result.Exact {
		how = fmt.Sprintf("All %d combinations, exact.", result.N)
	}
	for _, f := range m.Factors() {
		levels := strconv.Itoa(len(f.Levels)) + " levels"
		if len(f.Levels) == 0 {
			levels = "continuous"
		}
		how += " " + f.Name + ": " + levels + "."
	}
	t.notes, t.value = append([]string{how}, v.sources(nominal)...), out
	return s.print(t)
}

// printedRanks is what --json prints of a unit under other choices.
type printedRanks struct {
	Unit   string   `json:"unit"`
	Rank   *float64 `json:"rank"`
	Median *float64 `json:"median"`
	Q05    *float64 `json:"q05"`
	Q95    *float64 `json:"q95"`
	Mean   *float64 `json:"mean"`
	Top10  float64  `json:"top10"`
	Score  *float64 `json:"score"`
	SD     *float64 `json:"sd"`
}

func choiceTable(x *uncertainty.Indices) *table {
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
	return t
}

// count tells on a terminal how far a long run is, once a second at most.
func (s *session) count(what string) func(done, of int) {
	if !s.Terminal {
		return nil
	}
	var told time.Time
	return func(done, of int) {
		if now := s.Now(); done == of || now.Sub(told) >= time.Second {
			told = now
			fmt.Fprintf(s.Log, "\r%d of %d %s", done, of, what)
			if done == of {
				fmt.Fprintln(s.Log)
			}
		}
	}
}
