package profile

import "peerscape/internal/stats"

// Trend is the course of a region's series after its last break.
type Trend struct {
	Course  Course
	Slope   Slope // per year in natural units, whatever the direction
	Stretch Stretch
}

// Stretch is the part of a series that is read: all values from the last break on.
type Stretch struct {
	From, To int   // first and last year with a value; 0 without any
	Begins   Break // what stands at its beginning
	Dropped  int   // values before the break, left out
	Missing  int   // years of the table between From and To without a value
}

// trend fits a line to the region's series.
func (b *builder) trend(j int) Trend {
	values := b.r.table.row(j, b.unit)
	begin, why := b.r.lastBreak(j, b.unit, lastValue(values))
	t := Trend{Stretch: b.feed(begin, why, func(y int) float64 { return values[y] })}
	t.Slope = b.sen.fit()
	direction := float64(b.r.table.Indicators[j].Direction)
	switch {
	case t.Slope.N < b.o.MinYears:
		t.Course = TooFewYears
	case !(t.Slope.Low > 0) && !(t.Slope.High < 0):
		t.Course = NoTrend
	case direction == 0 && t.Slope.Low > 0:
		t.Course = Rising
	case direction == 0:
		t.Course = Falling
	case t.Slope.PerYear*direction > 0:
		t.Course = Improving
	default:
		t.Course = Worsening
	}
	return t
}

// feed hands the values from a year on to the line and describes them.
func (b *builder) feed(begin int, why Break, at func(year int) float64) Stretch {
	s := Stretch{Begins: why}
	gap := 0
	for y, year := range b.r.table.Years {
		v := at(y)
		switch {
		case v != v:
			gap++
			continue
		case y < begin:
			s.Dropped++
			continue
		case s.From == 0:
			s.From = year
		default:
			s.Missing += gap
		}
		s.To, gap = year, 0
		b.sen.add(year, v)
	}
	return s
}

// lastBreak returns the year, as a position, in which the last unbroken stretch
// of a series begins: no break after the last value counts. A flag b stands at
// the first value after the break, and may stand where that value is missing.
func (r *Reference) lastBreak(indicator, unit, last int) (int, Break) {
	t := &r.table
	begin, why := 0, Unbroken
	if f := t.flags(indicator, unit); f != nil {
		for y := last; y > 0; y-- {
			if f[y].Has(stats.Break) {
				begin, why = y, ByFlag
				break
			}
		}
	}
	for _, i := range r.changed[unit] {
		c := &t.Changes[i]
		if c.Indicator != "" && c.Indicator != t.Indicators[indicator].Code {
			continue
		}
		for y := last; y > begin; y-- {
			if t.Years[y-1] < c.Year && c.Year <= t.Years[y] {
				begin, why = y, ByTerritory
				break
			}
		}
	}
	return begin, why
}

// lastValue returns the position of the last value, -1 without any.
func lastValue(values []float64) int {
	for y := len(values) - 1; y >= 0; y-- {
		if v := values[y]; v == v {
			return y
		}
	}
	return -1
}
