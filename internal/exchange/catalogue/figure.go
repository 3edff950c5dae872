package catalogue

import (
	"time"

	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Basis says whose value a figure really is.
type Basis uint8

// Own: published for this region. Converted: estimated from regions of other
// boundaries. Inherited: the value of a region that contains this one.
const (
	Own Basis = iota
	Converted
	Inherited
)

// String returns "own", "converted" or "inherited", as the API writes it.
func (b Basis) String() string { return [...]string{"own", "converted", "inherited"}[b] }

// Figure is one indicator for one region: a series of points from one source,
// with everything a reader needs to trace it. All points share dataset, filter
// and vintage; two vintages are never joined.
type Figure struct {
	Indicator *Indicator
	Region    nuts.ID // the region that was asked for
	Basis     Basis
	Of        nuts.ID      // the region whose value it is; equals Region unless inherited
	Same      bool         // inherited from a region that covers exactly the same area
	Pieces    []nuts.Piece // converted: the regions it was made from and their shares
	Weight    string       // converted: "population 2021"
	Origin    Origin
	Points    []Point // ascending periods; at least one has a value
	Breaks    []Break
}

// Point is one value of a figure.
type Point struct {
	Period    stats.Period
	Value     float64 // NaN where withheld
	Flags     stats.Flags
	Estimated bool // by us: converted or derived from a converted value
}

// Break says that a figure's line must not be read across a period.
type Break struct {
	Period stats.Period // first period after the break
	Reason string       // "flag" or "territory"
	Area   float64      // km2 gained (negative: lost), for territory
	People float64
}

// Origin walks a number back to what was imported.
type Origin struct {
	Dataset   string
	Title     string
	Filter    Filter
	Vintage   Vintage
	NUTS      nuts.Version // version in which the dataset's region is counted
	Derived   []Origin     // for a derived indicator: where its parts come from
	Formula   string       // for a derived indicator: "births / population × 1 000"
	Publisher string       // "Eurostat"
	Licence   string       // one line
	Link      string       // the publisher's page of the dataset
	Note      string       // what the catalogue says of this source: "definition before 2021"
}

// Vintage is one state of a dataset as it was imported. Older ones are kept.
type Vintage struct {
	ID        int64
	Dataset   string
	Label     string    // "2024-02-19": the publisher's update, else the retrieval day
	Updated   time.Time // publisher's last update; zero if not stated
	Retrieved time.Time
	Imported  time.Time
	File      string // name of the file or address it came from
	SHA256    string
	Format    string
	NUTS      nuts.Version // main version of its region codes
	Series    int
	Values    int
	Current   bool
	Notes     []string
}

// Latest returns the newest point with a value.
func (f *Figure) Latest() Point {
	for i := len(f.Points) - 1; i >= 0; i-- {
		if v := f.Points[i].Value; v == v {
			return f.Points[i]
		}
	}
	return Point{}
}

// At returns the point of period p.
func (f *Figure) At(p stats.Period) (Point, bool) {
	for _, pt := range f.Points {
		if pt.Period == p {
			return pt, true
		}
	}
	return Point{}, false
}

// Map is one indicator for all regions of a level in one period, all from one
// source.
type Map struct {
	Indicator *Indicator
	Level     int
	Version   nuts.Version
	Period    stats.Period
	Periods   []stats.Period // those that can be chosen, ascending
	Origin    Origin
	Values    []MapValue // sorted by code
}

// MapValue is one region on a map.
type MapValue struct {
	Region *nuts.Region
	Basis  Basis // Own or Converted; a map shows no inherited value
	Point
}
