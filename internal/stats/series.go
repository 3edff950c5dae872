// Package stats holds the words for figures: period, flags, observation,
// series, header, panel. Every format is read into them and every page is made
// from them. It knows no format, no database and no region. Start with Series.
package stats

import (
	"math"
	"time"
)

// Header is what a dataset file says of itself before its figures.
type Header struct {
	Dataset         string    // code in lower case ("nama_10r_3gdp"); empty where the file does not name it
	Title           string    // empty where the file does not say
	Format          string    // how it was read, for people: "Eurostat TSV", "SDMX-CSV 2.0"
	Dimensions      []string  // ids in lower case, in the file's order, without region and time
	RegionDimension string    // "geo", "metroreg"; "" where the file has no region
	Updated         time.Time // the publisher's last update, UTC; zero where not stated

	// Labels holds dimension → code → label where the format carries labels.
	// It may grow until the last series has been read. The region dimension
	// stands under RegionDimension.
	Labels map[string]map[string]string

	// Notes are English sentences on what was recognised and converted on the
	// way in ("years stand in descending order").
	Notes []string
}

// Series is one row of a dataset: all observations of one region under one
// combination of dimension codes. Periods ascend and are distinct. A value
// that is absent but flagged (": u", ": c") is NaN with its flags; a cell
// without value and flags is no observation and is left out.
type Series struct {
	Key     []string // codes in the order of Header.Dimensions
	Region  string   // code as in the file
	Periods []Period
	Values  []float64
	Flags   []Flags
}

// Observation is one value of a series.
type Observation struct {
	Period Period
	Value  float64 // NaN where absent
	Flags  Flags
}

// Source streams the series of one dataset.
//
// Next fills s, reusing its slices; the strings stay valid, the slices are
// overwritten by the next call. It returns io.EOF after the last series and a
// *fault.Error with file and line for input that cannot be read. A source may
// return several series with the same key and region where its file is not
// sorted; their periods must not overlap.
type Source interface {
	Header() *Header
	Next(s *Series) error
}

// Reset empties s and keeps its memory.
func (s *Series) Reset() {
	s.Key, s.Region = s.Key[:0], ""
	s.Periods, s.Values, s.Flags = s.Periods[:0], s.Values[:0], s.Flags[:0]
}

// Add appends one observation.
func (s *Series) Add(p Period, v float64, f Flags) {
	s.Periods = append(s.Periods, p)
	s.Values = append(s.Values, v)
	s.Flags = append(s.Flags, f)
}

// Len returns the number of observations.
func (s *Series) Len() int { return len(s.Periods) }

// At returns the i-th observation.
func (s *Series) At(i int) Observation { return Observation{s.Periods[i], s.Values[i], s.Flags[i]} }

// Find returns the observation of period p and whether there is one.
func (s *Series) Find(p Period) (Observation, bool) {
	lo, hi := 0, len(s.Periods)
	for lo < hi {
		mid := (lo + hi) / 2
		if s.Periods[mid] < p {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(s.Periods) && s.Periods[lo] == p {
		return s.At(lo), true
	}
	return Observation{}, false
}

// Latest returns the newest observation that has a value.
func (s *Series) Latest() (Observation, bool) {
	for i := len(s.Values) - 1; i >= 0; i-- {
		if !math.IsNaN(s.Values[i]) {
			return s.At(i), true
		}
	}
	return Observation{}, false
}

// Count returns the number of observations that have a value.
func (s *Series) Count() int {
	n := 0
	for _, v := range s.Values {
		if !math.IsNaN(v) {
			n++
		}
	}
	return n
}

// Clone returns a copy that shares no slice with s.
func (s *Series) Clone() *Series {
	return &Series{
		Key: append([]string(nil), s.Key...), Region: s.Region,
		Periods: append([]Period(nil), s.Periods...),
		Values:  append([]float64(nil), s.Values...),
		Flags:   append([]Flags(nil), s.Flags...),
	}
}
