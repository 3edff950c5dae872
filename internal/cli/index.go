package cli

import (
	"peerscape/internal/engine/composite"
)

// indexFlags say which index of which table.
type indexFlags struct {
	Framework string   `arg:"" optional:"" help:"Code of a bundled framework (attractiveness, soft_digitalisation), or a framework file."`
	Data      string   `placeholder:"FILE" help:"Your own table: a CSV file with one row a unit; left out, the figures of the database."`
	For       string   `placeholder:"WHOM" help:"Only what counts for residents, firms or visitors, as the framework says."`
	Set       []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a key of the framework for this run, such as treat.most=3 or group.economy.weight=2; may be given again."`
	Level     int      `default:"0" help:"NUTS level; 0 takes the framework's."`
	Country   []string `help:"Only regions of these countries, such as FI,EE."`
	Lang      string   `default:"en" help:"Language of names: en, fi, de, es, pl."`
}

// indexCommand computes a composite index.
type indexCommand struct {
	indexFlags
	Replay    string   `placeholder:"FILE" help:"Compute again what a run record tells of; --set and --without change it."`
	Without   []string `placeholder:"CODE" help:"Leave out an indicator or a group, and compare with the index that has it."`
	Compare   string   `xor:"print" placeholder:"FRAMEWORK" help:"Compare with another framework as it stands, over the same table; with --set, name the same one."`
	Explain   string   `xor:"print" placeholder:"UNIT" help:"Print what each indicator adds to a unit's index, and what would change its rank."`
	Strengths string   `xor:"print" placeholder:"UNIT" help:"Print in which indicators a unit stands first and last."`
	Check     bool     `xor:"print" help:"Print statistics of the indicators, correlations within groups, consistency, and what to look at."`
	Steps     bool     `xor:"print" help:"Print what was done on the way: cells filled, rows left out, outliers treated, scales."`
	Limit     int      `default:"0" help:"Print only so many of the first; 0 prints all."`
	Write     string   `placeholder:"FILE" help:"Write the table of figures as CSV, from which the index can be redone with --data."`
	Record    string   `placeholder:"FILE" help:"Write a run record: framework in full, table, versions, and the digest of the result."`
}

func (c *indexCommand) Run(s *session) error {
	record, err := c.replayed()
	if err != nil {
		return err
	}
	v, err := c.load(s)
	if err != nil {
		return err
	}
	defer v.close()
	if err := v.sameTable(record); err != nil {
		return err
	}
	all := v // with what --without leaves out
	if len(c.Without) > 0 {
		if v, err = all.without(c.Without); err != nil {
			return err
		}
	}
	r, err := v.plan.Compute()
	if err != nil {
		return err
	}
	if len(c.Set)+len(c.Without) == 0 && c.For == "" {
		if err := sameResult(record, r); err != nil {
			return err
		}
	}
	t, err := c.table(s, all, v, r)
	if err != nil {
		return err
	}
	if c.Write != "" {
		if err := v.write(c.Write); err != nil {
			return err
		}
	}
	if c.Record != "" {
		if err := c.record(v, r); err != nil {
			return err
		}
	}
	return s.print(t)
}

// table makes what was asked for.
func (c *indexCommand) table(s *session, all, v *indexView, r *composite.Result) (*table, error) {
	switch {
	case c.Explain != "":
		return v.explain(r, c.Explain)
	case c.Strengths != "":
		return v.strengths(r, c.Strengths)
	case c.Check:
		return v.check(r), nil
	case c.Steps:
		return v.steps(r), nil
	case c.Compare != "":
		other, err := c.other(s, all)
		if err != nil {
			return nil, err
		}
		return v.compare(other, r, c.Limit)
	case len(c.Without) > 0:
		return v.compare(all, r, c.Limit)
	}
	return v.scores(r, c.Limit), nil
}
