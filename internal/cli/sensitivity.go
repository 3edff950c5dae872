package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/uncertainty"
	"peerscape/internal/fault"
)

// sensitivityCommand varies the choices behind an index.
type sensitivityCommand struct {
	indexFlags
	Samples       int    `default:"1000" help:"How many variants are drawn; where all combinations are fewer, each is computed once instead."`
	Seed          uint64 `default:"1" help:"Equal seeds give equal results on any machine size."`
	Workers       int    `default:"0" help:"Processors used; 0 uses all."`
	Choices       bool   `xor:"question" help:"Say how much each choice matters (Sobol indices) instead of what becomes of the ranks."`
	Against       string `xor:"question" placeholder:"UNIT" help:"Say in how many variants each other unit stands before this one."`
	Pairs         int    `xor:"question" placeholder:"N" help:"Say of the first N pairs of neighbours in rank in how many variants the one stands before the other."`
	Acceptability bool   `xor:"question" help:"Say in how many variants each unit takes each rank."`
	Unit          string `help:"Ask about one unit alone. With --choices: for its rank; left out, for the mean shift of all ranks."`
	Limit         int    `default:"0" help:"Print only so many of the first; 0 prints all."`
}

func (c *sensitivityCommand) Run(s *session) error {
	v, err := c.variation(s)
	if err != nil {
		return err
	}
	defer v.close()
	ask := v.ranks
	switch {
	case c.Choices:
		ask = v.choices
	case c.Against != "":
		ask = v.against
	case c.Pairs != 0:
		ask = v.pairs
	case c.Acceptability:
		ask = v.acceptability
	}
	t, err := ask()
	if stop, ok := errors.AsType[*uncertainty.Stopped](err); ok {
		if s.Terminal {
			fmt.Fprintln(s.Log) // leaves the line of the progress
		}
		s.say("Stopped after %d of %d variants; nothing was concluded from them.", stop.Done, stop.Of)
	}
	if err != nil {
		return err
	}
	return s.print(t)
}

// variation is an index with its choices, ready to be varied.
type variation struct {
	*indexView
	command *sensitivityCommand
	session *session
	model   *composite.Model
	nominal *composite.Result
	exact   bool // every combination is computed
	unit    int  // row of --unit, or -1
}

// variation reads what is to be varied.
func (c *sensitivityCommand) variation(s *session) (*variation, error) {
	view, err := c.load(s)
	if err != nil {
		return nil, err
	}
	v := &variation{indexView: view, command: c, session: s}
	if err := v.prepare(); err != nil {
		v.close()
		return nil, err
	}
	return v, nil
}

func (v *variation) prepare() (err error) {
	c := v.command
	if v.model, err = v.plan.Model(v.framework.Choices); err != nil {
		return err
	}
	if v.nominal, err = v.plan.Compute(); err != nil {
		return err
	}
	n, finite := uncertainty.Combinations(v.model.Factors())
	v.exact = finite && n <= c.Samples
	v.unit = -1
	switch {
	case c.Pairs < 0:
		return fault.New(fault.Invalid, "cli.pairs", "%d pairs cannot be printed", c.Pairs).Do("Give --pairs a positive number")
	case c.Pairs > 0 && c.Unit != "":
		return fault.New(fault.Invalid, "cli.pairs", "--pairs goes down the ranking and takes no --unit").
			Do("Compare two units by --unit and --against")
	case c.Unit != "":
		v.unit, err = v.row(v.nominal, c.Unit)
	}
	return err
}

// variants computes the variants.
func (v *variation) variants(pairs bool) (*uncertainty.Result, error) {
	run := uncertainty.MonteCarlo
	if v.exact {
		run = uncertainty.Enumerate
	}
	o := v.options()
	o.Pairs = pairs
	return run(v.session, v.model, o)
}

func (v *variation) options() uncertainty.Options {
	c := v.command
	return uncertainty.Options{N: c.Samples, Seed: c.Seed, Workers: c.Workers, Top: []int{topShown}, Progress: v.session.count("variants")}
}

// topShown is the k of the share of variants in the top k.
const topShown = 10

// listed returns the rows to print, by nominal rank: that of --unit, or the
// first --limit.
func (v *variation) listed() []int {
	if v.unit >= 0 {
		return []int{v.unit}
	}
	rows := v.byRank()
	if n := v.command.Limit; n > 0 && n < len(rows) {
		rows = rows[:n]
	}
	return rows
}

// byRank returns all rows by nominal rank, those without one last.
func (v *variation) byRank() []int {
	rows := make([]int, len(v.nominal.Rows))
	for i := range rows {
		rows[i] = i
	}
	r := v.nominal
	slices.SortStableFunc(rows, func(a, b int) int {
		return cmp.Or(last(r.Ranks[a], r.Ranks[b]), cmp.Compare(r.Rows[a].Unit, r.Rows[b].Unit))
	})
	return rows
}

func (v *variation) code(row int) string { return v.nominal.Rows[row].Unit }

// label names a row by code and name.
func (v *variation) label(row int) string {
	return strings.TrimSpace(v.code(row) + " " + v.name(v.code(row)))
}

// title names the index before what is said of it.
func (v *variation) title(what string) string {
	return v.element(v.nominal.Codes[len(v.nominal.Codes)-1]) + ": " + what
}

// notes say how the variants came about, and what the index stands on.
func (v *variation) notes(r *uncertainty.Result, first ...string) []string {
	how := fmt.Sprintf("%d variants drawn with seed %d.", r.N, v.command.Seed)
	if r.Exact {
		how = fmt.Sprintf("All %d combinations, exact.", r.N)
	}
	for _, f := range v.model.Factors() {
		levels := strconv.Itoa(len(f.Levels)) + " levels"
		if len(f.Levels) == 0 {
			levels = "continuous"
		}
		how += " " + f.Name + ": " + levels + "."
	}
	return append(append(first, how), v.sources(v.nominal)...)
}

// count tells on a terminal how far a run of more than a second is, once a
// second.
func (s *session) count(what string) func(done, of int) {
	if !s.Terminal {
		return nil
	}
	begun := s.Now()
	told := begun
	return func(done, of int) {
		now := s.Now()
		switch {
		case done == of && told != begun:
			fmt.Fprintf(s.Log, "\r%d of %d %s\n", done, of, what)
		case done < of && now.Sub(told) >= time.Second:
			told = now
			fmt.Fprintf(s.Log, "\r%d of %d %s", done, of, what)
		}
	}
}
