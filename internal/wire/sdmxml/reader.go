// Package sdmxml reads SDMX-ML: data messages (2.1 generic, 2.1 and 3.0
// structure-specific) as a stats.Source, structure messages as code lists, data
// structures, dataflows and constraints, and the notices that Eurostat's
// service sends in place of either.
//
// It walks the tags one by one and holds one series at a time. It refuses
// document types, SDMX-ML before 2.1, and anything that is not all there. It
// knows no region and no indicator. Start with NewReader for figures,
// ReadStructure for structures, ReadFault and ReadAsync for notices.
package sdmxml

import (
	"io"
	"math"
	"slices"
	"sort"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// What one data message may hold.
const (
	maxDimensions = 64
	maxPeriods    = 1 << 16 // of one series: daily for 179 years
	maxNotes      = 32
	maxCode       = 256     // bytes of one code
	maxInterned   = 1 << 16 // codes kept to share their text
)

// regionDimensions in order of preference. A message has one region dimension:
// the first of these that it has.
var regionDimensions = [...]string{"geo", "metroreg", "cities", "ref_area"}

// Reader streams the series of one data message. It implements stats.Source.
type Reader struct {
	scan   *scanner
	header stats.Header
	layout layout
	atObs  string // the dimension on the observations, upper case: mostly TIME_PERIOD
	failed error  // for good; io.EOF after the last observation

	ids    []string       // all dimensions in the file's order, lower case; nil before the first key
	slot   map[string]int // id as written → index in ids; -1: an attribute
	region int            // index in ids, -1 where there is none

	series cell     // what stands on the series
	obs    cell     // the observation read last
	key    []string // of obs, in the order of ids
	first  []string // the key of the series being collected
	flat   bool     // obs stands in no series
	held   bool     // obs was read and not yet handed out

	seen   map[string]bool   // notes already made
	intern map[string]string // codes by their text
}

// cell is what the file says of one series or one observation, as text.
type cell struct {
	ids, codes []string // dimension ids as written, and their codes
	period     string
	value      string
	status     []string // OBS_STATUS and OBS_FLAG
	conf       string
}

func (c *cell) reset() {
	*c = cell{ids: c.ids[:0], codes: c.codes[:0], status: c.status[:0]}
}

// layout is what differs between generic and structure-specific data: where
// the components of a series and of an observation stand.
type layout interface {
	// series reads the components of the Series element just opened; those that
	// stand in child elements come before the first observation.
	series(r *Reader) error
	// observation reads the Obs element just opened to its end.
	observation(r *Reader) error
	// dimension reports whether a component of the first key is a dimension.
	dimension(r *Reader, id, code string) bool
}

// NewReader reads a message up to its first observation. name is the file's
// name for messages. Structure-specific data do not say which fields of a
// series are dimensions: see specific.dimension for how they are told apart.
func NewReader(r io.Reader, name string) (*Reader, error) {
	s, p, err := open(r, name)
	if err != nil {
		return nil, err
	}
	kind, ok := layouts[p.root]
	if !ok {
		return nil, notData(s, p)
	}
	d := &Reader{
		scan: s, region: -1, layout: generic{}, atObs: "TIME_PERIOD",
		slot: map[string]int{}, seen: map[string]bool{}, intern: map[string]string{},
	}
	if kind != "generic" {
		d.layout = specific{}
	}
	if err := d.start(p); err != nil {
		return nil, err
	}
	d.header.Dataset, d.header.Format = p.name(), p.format(kind)
	return d, nil
}

// start reads the header and the first observation.
func (r *Reader) start(p *preamble) error {
	if err := r.body(p); err != nil {
		return err
	}
	if p.atObs != "" {
		r.atObs = strings.ToUpper(p.atObs)
	}
	if err := r.advance(); err != nil && err != io.EOF {
		return err
	}
	return nil
}

// body reads the header and stops on the first element after it.
func (r *Reader) body(p *preamble) error {
	for {
		if err := r.scan.next(); err != nil {
			return err
		}
		switch {
		case r.scan.kind == startTag && r.scan.local == "Header":
			return p.header(r.scan)
		case r.scan.kind == startTag:
			return r.scan.wrong("wire.sdmx-header", "the message has no header").Do("Download the file again")
		case r.scan.kind == endTag:
			return r.scan.wrong("wire.sdmx-header", "the message is empty").Do("Download the file again")
		}
	}
}

// notData names what stands in place of a data message.
func notData(s *scanner, p *preamble) error {
	if p.root == "Structure" {
		return s.wrong("wire.sdmx-structure", "this is an SDMX-ML structure message (code lists, data structures), not figures").
			Do("Import the data message or the TSV file of the dataset")
	}
	return s.wrong("wire.sdmx-root", "%s is not an SDMX-ML data message", fault.Clip(p.root, 60)).
		Do("Take the dataset as TSV, SDMX-CSV or SDMX-ML 2.1")
}

// Header returns what the message says of itself. Notes may grow until the
// last series has been read.
func (r *Reader) Header() *stats.Header { return &r.header }

// Next fills s with the next series, its periods in ascending order.
// Observations of the same key that follow one another are one series; a
// series without any value or flag is left out.
func (r *Reader) Next(s *stats.Series) error {
	for {
		s.Reset()
		if !r.held {
			return r.failed
		}
		if err := r.collect(s); err != nil {
			r.held, r.failed = false, err
			return err
		}
		if s.Len() > 0 {
			return nil
		}
	}
}

// collect reads the observations that share the key of the held one.
func (r *Reader) collect(s *stats.Series) error {
	s.Key, s.Region = r.dimensions(s.Key)
	r.first = append(r.first[:0], r.key...)
	line := r.scan.line()
	for r.held && slices.Equal(r.first, r.key) {
		if err := r.add(s); err != nil {
			return err
		}
		if err := r.advance(); err != nil && err != io.EOF {
			return err
		}
	}
	return r.order(s, line)
}

// dimensions appends the codes of the present key without the region's.
func (r *Reader) dimensions(key []string) (codes []string, region string) {
	for i, code := range r.key {
		if i == r.region {
			region = code
		} else {
			key = append(key, code)
		}
	}
	return key, region
}

// add appends the held observation to s, unless it says nothing.
func (r *Reader) add(s *stats.Series) error {
	period, err := stats.ParsePeriod(r.obs.period)
	if err != nil {
		f := r.scan.wrong("wire.period", "%q is not a period", fault.Clip(r.obs.period, 60)).Because(err)
		return f.Do("Write a year (2020), half-year (2020-S1), quarter (2020-Q1), month (2020-01), week or day")
	}
	value, flags, err := r.figure()
	if err != nil {
		return err
	}
	if math.IsNaN(value) && flags == 0 {
		return nil
	}
	if s.Len() == maxPeriods {
		return r.scan.tooMuch("a series has more than %d observations", maxPeriods)
	}
	s.Add(period, value, flags)
	return nil
}

// order sorts s by period and refuses a period that occurs twice.
func (r *Reader) order(s *stats.Series, line int) error {
	if !slices.IsSorted(s.Periods) {
		sort.Sort(byPeriod{s})
	}
	for i := 1; i < s.Len(); i++ {
		if s.Periods[i] == s.Periods[i-1] {
			return fault.New(fault.Invalid, "wire.period-twice", "the period %s occurs twice in one series", s.Periods[i]).
				In(r.scan.name, line).Do("Download the file again")
		}
	}
	return nil
}

// byPeriod sorts the three slices of a series together.
type byPeriod struct{ *stats.Series }

func (b byPeriod) Less(i, j int) bool { return b.Periods[i] < b.Periods[j] }
func (b byPeriod) Swap(i, j int) {
	b.Periods[i], b.Periods[j] = b.Periods[j], b.Periods[i]
	b.Values[i], b.Values[j] = b.Values[j], b.Values[i]
	b.Flags[i], b.Flags[j] = b.Flags[j], b.Flags[i]
}

// advance reads up to the end of the next observation and holds it. At the end
// of the message it returns io.EOF. Errors stay.
func (r *Reader) advance() error {
	r.held = false
	if r.failed != nil {
		return r.failed
	}
	r.failed = r.find()
	r.held = r.failed == nil
	return r.failed
}

// find looks for the next observation.
func (r *Reader) find() error {
	for {
		if err := r.scan.next(); err != nil {
			return err
		}
		if r.scan.kind != startTag {
			continue
		}
		done, err := r.element()
		if done || err != nil {
			return err
		}
	}
}

// element reads one element of the body; done means that it was an observation.
func (r *Reader) element() (done bool, err error) {
	switch r.scan.local {
	case "DataSet":
		r.series.reset()
		if r.scan.get("action") == "Delete" {
			return false, r.scan.wrong("wire.sdmx-delete", "the message asks to delete figures").
				Do("Download the whole dataset")
		}
	case "Series":
		r.series.reset()
		return false, r.layout.series(r)
	case "SeriesKey":
		return false, values(r, &r.series)
	case "Obs":
		if r.flat = r.scan.parent() != "Series"; r.flat {
			r.series.reset()
		}
		r.obs.reset()
		if err := r.layout.observation(r); err != nil {
			return false, err
		}
		return true, r.settle()
	case "Footer":
		return false, footer(r.scan, r.note)
	default:
		return false, r.scan.skip()
	}
	return false, nil
}

// note records once what was recognised on the way in.
func (r *Reader) note(text string) {
	if !r.seen[text] && len(r.header.Notes) < maxNotes {
		r.seen[text] = true
		r.header.Notes = append(r.header.Notes, text)
	}
}
