package sdmxcsv

import (
	"fmt"
	"math"
	"sort"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// mostPeriods is far above the periods of any series: 170 years of days.
const mostPeriods = 1 << 16

// gather collects rows into one series.
type gather struct {
	lines  []int // of the observations
	sorted bool
	note   func(string)
}

func (g *gather) reset() { g.lines, g.sorted = g.lines[:0], true }

// add appends the observation of one line. A row without value and flags is none.
func (g *gather) add(s *stats.Series, o observation, line int) error {
	flags := o.flags | o.status
	if o.conf != 0 {
		flags = flags.WithConf(o.conf.Conf())
	}
	if flags == 0 && math.IsNaN(o.value) {
		return nil
	}
	if n := s.Len(); n > 0 && o.period <= s.Periods[n-1] {
		g.sorted = false
	}
	s.Add(o.period, o.value, flags)
	g.lines = append(g.lines, line)
	if len(g.lines) < mostPeriods {
		return nil
	}
	if err := g.settle(s); err != nil {
		return err
	}
	if len(g.lines) > mostPeriods/2 {
		return fault.New(fault.TooLarge, "wire.periods", "more than %d periods share one key", mostPeriods/2).
			Do("Check that the columns of codes are complete")
	}
	return nil
}

// settle puts the observations of s in the order of time and takes out
// repetitions.
func (g *gather) settle(s *stats.Series) error {
	if g.sorted {
		return nil
	}
	sort.Stable(byPeriod{s, g.lines})
	kept := 0
	for i := range s.Periods {
		if i > 0 && s.Periods[i] == s.Periods[kept] {
			if err := g.repeated(s, kept, i); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			kept++
		}
		s.Periods[kept], s.Values[kept], s.Flags[kept], g.lines[kept] = s.Periods[i], s.Values[i], s.Flags[i], g.lines[i]
	}
	kept++
	s.Periods, s.Values, s.Flags, g.lines = s.Periods[:kept], s.Values[:kept], s.Flags[:kept], g.lines[:kept]
	g.sorted = true
	return nil
}

// repeated judges two observations of one period.
func (g *gather) repeated(s *stats.Series, a, b int) error {
	if s.Flags[a] == s.Flags[b] && (s.Values[a] == s.Values[b] || math.IsNaN(s.Values[a]) && math.IsNaN(s.Values[b])) {
		g.note("Some rows stand in the file twice with the same figure; they were read once.")
		return nil
	}
	f := wrong("wire.period-twice", "%s stands on lines %d and %d with different figures (%s and %s)",
		s.Periods[a], g.lines[a], g.lines[b], figure(s.At(a)), figure(s.At(b))).
		Do("Delete the wrong row; if both are right, a column that tells them apart is missing")
	f.Place.Line = g.lines[b]
	return f
}

func figure(o stats.Observation) string {
	if o.Flags == 0 {
		return fmt.Sprint(o.Value)
	}
	return fmt.Sprint(o.Value, " ", o.Flags)
}

type byPeriod struct {
	*stats.Series
	lines []int
}

func (b byPeriod) Less(i, j int) bool { return b.Periods[i] < b.Periods[j] }

func (b byPeriod) Swap(i, j int) {
	b.Periods[i], b.Periods[j] = b.Periods[j], b.Periods[i]
	b.Values[i], b.Values[j] = b.Values[j], b.Values[i]
	b.Flags[i], b.Flags[j] = b.Flags[j], b.Flags[i]
	b.lines[i], b.lines[j] = b.lines[j], b.lines[i]
}
