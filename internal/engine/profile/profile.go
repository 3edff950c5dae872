// Package profile reads one region's figures against those of others: where it
// stands in each group, which indicators are its assets and challenges by a
// published rule, where its series go, and whether the gap to a metropolis closes.
//
// The rule describes one indicator at a time; how many assets and challenges
// chance alone would bring, and which findings stand when the rate of false ones
// is controlled over all indicators, stands beside it (see Chance).
//
// Outcomes are typed and have stable keys; the sentences are made by the pages. A
// Table is prepared once into a Reference, from which the profile of any region
// costs well under a millisecond. The package refuses to compare codes of
// different NUTS versions, to judge by rank alone, to give a domain score on too
// few indicators, and to read a trend across a break. It knows no dataset, no
// file and no clock. Start with Prepare and Build.
package profile

import (
	"math"
	"slices"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Input asks for the profile of one region of a prepared table.
type Input struct {
	Reference *Reference
	Region    nuts.ID
	Peers     []nuts.ID // rows of the table; may be empty
}

// Profile is what Build makes of a region. It shares nothing with the Reference
// but strings.
type Profile struct {
	Region     nuts.ID
	Rule       Rule
	Readings   []Reading // one an indicator, in the table's order
	Domains    []Domain  // in the order of their first indicators
	Assets     []int     // positions in Readings, the strongest first
	Challenges []int     // likewise
	Chance     Chance    // of all readings
}

// Reading is one indicator of the region.
type Reading struct {
	Indicator   Indicator
	Year        int         // in which it is compared; 0 without a value
	Value       float64     // NaN without a value
	Flags       stats.Flags // of the value
	Comparisons [groups]Comparison
	Finding     Finding
	Trend       Trend
	Gaps        []Gap // one a metropolis, in the order of Unit.Metros
}

// Build makes the profile of a region.
//
// Each indicator is compared in one year, the same for all groups: the newest in
// which the region has a value and Options.YearCoverage of the best year's units
// have one. The region is left out of every group.
//
// Flagged values are noisy by Options.NoiseEstimated and NoiseUnreliable times
// the spread of the group: the region's own noise moves the value before the
// Wilson interval of either end is taken; the noise of others adds the variance
// of those within reach, which may stand on either side. Both are added in full,
// so that the interval errs on the wide side.
//
// It returns a fault where the region or a peer is not in the table or an option
// is out of range. A region without values has a profile that says so.
//
// It takes a few hundred microseconds for 60 indicators, 10 years and two
// metropolises, whatever the number of units, and may be called by any number of
// goroutines at the same time.
func Build(in Input, o Options) (*Profile, error) {
	b, err := newBuilder(in, o)
	if err != nil {
		return nil, err
	}
	t := &b.r.table
	p := &Profile{Region: in.Region, Rule: o.Rule(), Readings: make([]Reading, len(t.Indicators))}
	family := make([]*Reading, len(p.Readings))
	gaps := make([]Gap, len(t.Indicators)*len(b.metros))
	for j := range p.Readings {
		read := &p.Readings[j]
		family[j] = read
		read.Indicator = t.Indicators[j]
		b.compareAll(read, j)
		read.Finding = b.find(read)
		read.Finding.Luck = b.luck(read)
		read.Trend = b.trend(j)
		n := len(b.metros)
		read.Gaps = gaps[j*n : (j+1)*n : (j+1)*n]
		for m, metro := range b.metros {
			read.Gaps[m] = b.gap(j, metro)
		}
	}
	p.Chance = Family(family, o)
	p.Assets, p.Challenges = p.strongest(Asset), p.strongest(Challenge)
	p.Domains = b.score(p.Readings)
	return p, nil
}

// builder makes one profile; its memory is reused from indicator to indicator.
type builder struct {
	r      *Reference
	o      Options
	z      float64
	unit   int
	peers  []int
	metros []int
	column column         // of the peers
	rest   [groups]others // of the indicator at hand; valid where its comparison has a unit
	sen    *sen
	years  []GapYear // what is left of the memory for all gaps
}

func newBuilder(in Input, o Options) (*builder, error) {
	if in.Reference == nil {
		return nil, fault.New(fault.Invalid, "engine.no-reference", "a profile needs a prepared table").Do("Call Prepare first")
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	r := in.Reference
	unit, err := r.row(in.Region)
	if err != nil {
		return nil, err
	}
	b := &builder{r: r, o: o, z: quantile(o.Confidence), unit: unit}
	for _, id := range in.Peers {
		peer, err := r.row(id)
		if err != nil {
			return nil, err
		}
		if peer == unit || slices.Contains(b.peers, peer) {
			return nil, fault.New(fault.Invalid, "engine.peer", "%s cannot be a peer of %s: it is the region itself or named twice",
				id, in.Region).With("unit", id.String()).Do("Name each other region once")
		}
		b.peers = append(b.peers, peer)
	}
	for _, id := range r.table.Units[unit].Metros {
		b.metros = append(b.metros, r.rows[id]) // Prepare saw to it that it is there
	}
	years := len(r.table.Years)
	b.sen = newSen(o.Confidence, years)
	b.years = make([]GapYear, 0, len(r.table.Indicators)*len(b.metros)*years)
	return b, nil
}

// dated reports whether a reading is too old to be judged.
func (b *builder) dated(read *Reading) bool {
	years := b.r.table.Years
	return b.o.Oldest > 0 && read.Year > 0 && years[len(years)-1]-read.Year > b.o.Oldest
}

// compareAll holds the region's value against every group.
func (b *builder) compareAll(read *Reading, j int) {
	t := &b.r.table
	year := b.r.year(j, b.unit, b.o.YearCoverage)
	if year < 0 {
		read.Value = math.NaN()
		for g := range groups {
			read.Comparisons[g] = blank(g, NoValue)
		}
		return
	}
	read.Year, read.Value, read.Flags = t.Years[year], t.row(j, b.unit)[year], t.flag(j, b.unit, year)
	v := own{value: read.Value, flags: read.Flags, direction: t.Indicators[j].Direction}
	read.Comparisons[Peers] = b.compare(Peers, b.peerColumn(j, year), v)
	me := &t.Units[b.unit]
	for _, g := range []Group{Country, Class, EU} {
		group := b.r.memberOf[g][b.unit]
		if group < 0 {
			read.Comparisons[g] = blank(g, NoGroup)
			continue
		}
		v.member = !me.Outside && (g == Country || me.EU)
		read.Comparisons[g] = b.compare(g, &b.r.columns[group][j*len(t.Years)+year], v)
	}
	if b.dated(read) {
		for g := range groups {
			if c := &read.Comparisons[g]; c.Reason != NotJudged && c.N > 0 {
				c.Verdict, c.Reason = Undetermined, Dated
			}
		}
	}
}

// peerColumn gathers the peers' values.
func (b *builder) peerColumn(j, year int) *column {
	c := &b.column
	c.sorted, c.estimated, c.unreliable = c.sorted[:0], c.estimated[:0], c.unreliable[:0]
	for _, peer := range b.peers {
		c.add(b.r.table.row(j, peer)[year], b.r.table.flag(j, peer, year))
	}
	c.sort()
	return c
}
