package profile

import (
	"math"

	"peerscape/internal/nuts"
)

// Gap is the distance from a region to one of its metropolises over the years.
type Gap struct {
	Metro    nuts.ID
	Distance Distance
	Years    []GapYear // ascending; the years in which both have a value, before a break too

	// Slope is the change of GapYear.Behind a year after the last break of either
	// series: negative where the region catches up. For a context indicator it is
	// the change of GapYear.Gap.
	Slope   Slope
	Stretch Stretch

	Crossing Crossing // where Distance is Closing
}

// GapYear is the gap in one year.
type GapYear struct {
	Year       int
	Own, Metro float64
	Gap        float64 // metropolis minus region, in natural units
	InSD       float64 // Gap in standard deviations (n-1) of all EU units in that year; NaN without spread
	Behind     float64 // Gap where more is better, -Gap where less is: positive where the region is behind; NaN for context
}

// Crossing says when the gap is closed if it goes on closing at the present pace:
// the last gap divided by the slope. Early and Late are the same for the ends of
// the slope's interval. Years with fractions; zero where there is no crossing.
type Crossing struct {
	Year, Early, Late float64
	Open              bool // Late lies beyond the horizon: do not print it
}

// gap measures the distance to one metropolis.
func (b *builder) gap(j, metro int) Gap {
	t := &b.r.table
	g := Gap{Metro: t.Units[metro].ID}
	if metro == b.unit {
		g.Distance, g.Slope = Itself, b.sen.fit()
		return g
	}
	direction := t.Indicators[j].Direction
	own, theirs := t.row(j, b.unit), t.row(j, metro)
	g.Years, b.years = b.gapYears(j, own, theirs)
	if len(g.Years) == 0 {
		g.Slope = b.sen.fit()
		return g
	}
	begin, why := b.r.gapBreak(j, b.unit, metro, own, theirs)
	sign := float64(direction)
	if direction == Context {
		sign = 1
	}
	g.Stretch = b.feed(begin, why, func(y int) float64 { return sign * (theirs[y] - own[y]) })
	g.Slope = b.sen.fit()
	g.Distance, g.Crossing = b.distance(&g, direction)
	return g
}

// gapYears lists the common years in what is left of the builder's memory, and
// returns what is left then.
func (b *builder) gapYears(j int, own, theirs []float64) (years, rest []GapYear) {
	t := &b.r.table
	years = b.years
	for y := range own {
		gap := theirs[y] - own[y]
		if gap != gap {
			continue
		}
		entry := GapYear{
			Year: t.Years[y], Own: own[y], Metro: theirs[y], Gap: gap,
			InSD: ratio(gap, b.r.spread[j][y]), Behind: gap,
		}
		switch t.Indicators[j].Direction {
		case LessIsBetter:
			entry.Behind = -gap
		case Context:
			entry.Behind = math.NaN()
		}
		years = append(years, entry)
	}
	return years[:len(years):len(years)], years[len(years):]
}

// gapBreak returns the later of the last breaks of two series. No break after
// the last common year counts.
func (r *Reference) gapBreak(j, unit, metro int, own, theirs []float64) (int, Break) {
	last := len(own) - 1
	for last >= 0 && math.IsNaN(theirs[last]-own[last]) {
		last--
	}
	begin, why := r.lastBreak(j, unit, last)
	if other, reason := r.lastBreak(j, metro, last); other > begin {
		return other, reason
	}
	return begin, why
}

// distance says where the gap is going, and when it ends.
func (b *builder) distance(g *Gap, d Direction) (Distance, Crossing) {
	last, slope := g.Years[len(g.Years)-1], &g.Slope
	switch {
	case d == Context:
		return GapNotJudged, Crossing{}
	case last.Behind <= 0:
		return Ahead, Crossing{}
	case slope.N < b.o.MinYears:
		return GapTooShort, Crossing{}
	case slope.Low > 0:
		return Widening, Crossing{}
	case !(slope.High < 0):
		return Steady, Crossing{}
	}
	from, horizon := float64(last.Year), float64(b.o.Horizon)
	if !(last.Behind/-slope.PerYear <= horizon) {
		return NotInSight, Crossing{}
	}
	late := last.Behind / -slope.High
	c := Crossing{Year: from - last.Behind/slope.PerYear, Early: from - last.Behind/slope.Low, Late: from + late}
	if !(late <= horizon) {
		c.Open, c.Late = true, from+horizon
	}
	return Closing, c
}
