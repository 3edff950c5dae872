package sdmxcsv

import (
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// role is what a column is for.
type role uint8

const (
	ignored role = iota
	dimension
	region
	period
	value
	flag         // Eurostat's letters or the standard's
	status       // the same, where the file has both columns
	confidential // confidentiality letter
	structure    // dataset id
	title
	action
	updated
	label     // label of the codes in another column
	attribute // left out, with a note
)

// sdmxNames are the columns that SDMX-CSV and Eurostat name, as they write them.
var sdmxNames = map[string]role{
	"STRUCTURE": ignored, "STRUCTURE_ID": structure, "STRUCTURE_NAME": title, "ACTION": action,
	"DATAFLOW": structure, "LAST UPDATE": updated, "SERIES_KEY": ignored, "OBS_KEY": ignored,
	"TIME_PERIOD": period, "OBS_VALUE": value,
	"OBS_FLAG": flag, "OBS_STATUS": status, "CONF_STATUS": confidential,
}

// plainNames are the columns of plain long tables, in lower case.
var plainNames = map[string]role{
	"time": period, "time_period": period, "year": period,
	"values": value, "value": value, "obs_value": value,
	"flags": flag, "flag": flag, "obs_flag": flag, "obs_status": status, "conf_status": confidential,
}

// regionNames are the dimensions that name a region, in order of preference.
var regionNames = []string{"geo", "metroreg", "cities", "terrtypo", "ref_area"}

// column says what one column is for. of is, for a label, the column of the codes.
type column struct {
	name string // as in the heading, without glued label and brackets
	id   string // in lower case, for dimensions
	role role
	of   int
}

// layout is what a heading says of the rows under it.
type layout struct {
	separator byte
	version   string // of SDMX-CSV; "" for a plain table
	spare     bool   // the heading ends in empty cells, so rows may too
	columns   []column
	period    int // its column; -1 while unknown
	frequency int // its column; -1 if there is none

	dimensions []string
	regionName string
	guessed    string // the column that was taken for the time, if none is called so
}

// parseLayout reads a heading.
func parseLayout(cells []string, separator byte) (*layout, error) {
	l := &layout{separator: separator, period: -1, frequency: -1}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells, l.spare = cells[:len(cells)-1], true
	}
	for i, c := range cells {
		l.columns = append(l.columns, column{name: bareName(c)})
		if c == "" && i > 0 {
			f := wrong("wire.heading", "a column has no name")
			f.Place.Column = i + 1
			return nil, f.Do("Name the column, or delete it")
		}
	}
	if len(cells) == 0 {
		return nil, wrong("wire.heading", "the first row is empty").
			Do("The first row must name the columns, such as freq,unit,geo,TIME_PERIOD,OBS_VALUE")
	}
	switch first := l.columns[0].name; {
	case first == "STRUCTURE" || l.has("STRUCTURE_ID"):
		l.version = "2.0"
	case l.has("DATAFLOW"):
		l.version = "1.0"
	}
	var err error
	if l.version != "" || l.has("TIME_PERIOD") && l.has("OBS_VALUE") {
		err = l.nameSDMX()
	} else {
		err = l.namePlain()
	}
	if err != nil {
		return nil, err
	}
	return l, l.check()
}

// bareName strips a column's glued label ("DIM_1: Dimension 1") and the mark of
// several values ("ATTR_1[en;fr]").
func bareName(cell string) string {
	if id, _, ok := strings.Cut(cell, ":"); ok && isID(strings.TrimSpace(id)) {
		cell = id
	}
	if i := strings.IndexByte(cell, '['); i > 0 {
		cell = cell[:i]
	}
	return strings.TrimSpace(cell)
}

func (l *layout) has(name string) bool {
	return slices.ContainsFunc(l.columns, func(c column) bool { return c.name == name })
}

// nameSDMX gives roles by the names of SDMX-CSV. Ids are all in lower case (as
// Eurostat writes dimensions) or all in upper case; other names are labels of
// the column before.
func (l *layout) nameSDMX() error {
	lower := slices.ContainsFunc(l.columns, func(c column) bool { return isLower(c.name) })
	measured := false
	for i := range l.columns {
		c := &l.columns[i]
		known, ok := sdmxNames[c.name]
		switch {
		case ok:
			c.role = known
		case strings.HasPrefix(c.name, "OBS_VALUE") && !l.has("OBS_VALUE"):
			c.role = value
		case isLower(c.name) || isID(c.name) && !measured && (!lower || wellKnown(c.name)):
			c.role, c.id = dimension, strings.ToLower(c.name)
		case l.labels(i) && (!isID(c.name) || !measured): // a label may be an acronym
			c.role, c.of = label, i-1
		case isID(c.name) && !measured:
			c.role, c.id = dimension, strings.ToLower(c.name)
		case isID(c.name):
			c.role = attribute
		default:
			return l.unknown(i)
		}
		measured = measured || c.role == value
	}
	return nil
}

// wellKnown reports a dimension that is one however it is written.
func wellKnown(name string) bool {
	name = strings.ToLower(name)
	return name == "freq" || slices.Contains(regionNames, name)
}

// labels reports whether column i can hold the labels of the column before.
func (l *layout) labels(i int) bool {
	if i == 0 {
		return false
	}
	switch l.columns[i-1].role {
	case dimension, region, period, value, flag, status, confidential, attribute:
		return true
	}
	return false
}

// unknown says why a column cannot be read.
func (l *layout) unknown(i int) error {
	f := wrong("wire.heading", "the column %q is neither a code nor the label of the column before", fault.Clip([]byte(l.columns[i].name), 40)).
		Do("Name it as Eurostat does, such as freq, unit, geo, TIME_PERIOD, OBS_VALUE, or delete it")
	if !l.has("OBS_VALUE") || !l.has("TIME_PERIOD") {
		f = labelsOnly("the columns carry labels and no codes")
	}
	f.Place.Column = i + 1
	return f
}

func labelsOnly(what string) *fault.Error {
	return wrong("wire.labels-only", "%s, and labels alone cannot be imported", what).
		Do("Download the file again with codes (labels=both or labels=id), or map its columns with peerscape import --map")
}

// namePlain gives roles by the names that analysts use, in any case.
func (l *layout) namePlain() error {
	for i := range l.columns {
		c := &l.columns[i]
		name := strings.ToLower(c.name)
		known, ok := plainNames[name]
		switch {
		case ok:
			c.role = known
		case i == 0 && (name == "" || strings.HasPrefix(name, "unnamed")):
			c.role = ignored // row numbers of R and Python
		case isLower(name):
			c.role, c.id = dimension, name
		case l.labels(i):
			c.role, c.of = label, i-1
		default:
			return l.unknownPlain(i)
		}
	}
	return nil
}

func (l *layout) unknownPlain(i int) error {
	f := wrong("wire.heading", "the column %q is not the name of a dimension", fault.Clip([]byte(l.columns[i].name), 40)).
		Do("Name the columns like freq, unit, geo, time, values, or map them with peerscape import --map")
	f.Place.Column = i + 1
	return f
}

// check finds what is missing and what is there twice, and the region.
func (l *layout) check() error {
	if err := l.twice(); err != nil {
		return err
	}
	measures := l.named(value)
	switch {
	case len(measures) > 1:
		return wrong("wire.measures", "the file has %d measures (%s)", len(measures), strings.Join(measures, ", ")).
			Do("Keep one of these columns, call it OBS_VALUE, and import one file for each")
	case len(measures) == 0:
		return wrong("wire.no-value", "no column is called OBS_VALUE, so it is not known where the figures stand").
			Do("Name the column with the figures OBS_VALUE, or map the columns with peerscape import --map")
	}
	l.period = slices.IndexFunc(l.columns, func(c column) bool { return c.role == period })
	if l.period < 0 && l.version == "" {
		return noTime()
	}
	l.findRegion()
	if l.regionName == "" && l.version == "" {
		return wrong("wire.no-region", "no column is called geo, so it is not known which region a row is about").
			Do("Name the column with the region codes geo, or map the columns with peerscape import --map")
	}
	return nil
}

func noTime() *fault.Error {
	return wrong("wire.no-time", "no column is called TIME_PERIOD, so it is not known when a figure was observed").
		Do("Name the column with the periods TIME_PERIOD, or map the columns with peerscape import --map")
}

// twice refuses two columns of one name, or two columns for one purpose.
func (l *layout) twice() error {
	for i, c := range l.columns {
		for _, d := range l.columns[:i] {
			same := c.role == dimension && d.id == c.id || c.role == d.role && (c.role == period || c.role == structure || c.role == flag)
			if same || c.role != label && c.role != ignored && c.name == d.name {
				f := wrong("wire.heading", "the columns %s and %s name the same thing", d.name, c.name).
					Do("Delete one of the two columns")
				f.Place.Column = i + 1
				return f
			}
		}
	}
	return nil
}

func (l *layout) named(r role) (names []string) {
	for _, c := range l.columns {
		if c.role == r {
			names = append(names, c.name)
		}
	}
	return names
}

func (l *layout) findRegion() {
	for _, want := range regionNames {
		for i := range l.columns {
			if c := &l.columns[i]; c.role == dimension && c.id == want {
				c.role, l.regionName = region, want
				return
			}
		}
	}
}

// needTime finds the time by the first row where no column is called
// TIME_PERIOD: the one dimension whose code is a period.
func (l *layout) needTime(rows *records) error {
	if l.period >= 0 {
		return nil
	}
	for i, c := range l.columns {
		if c.role != dimension {
			continue
		}
		text, _, _ := cutGlue(rows.text(i))
		if _, err := stats.ParsePeriod(string(text)); err != nil {
			continue
		}
		if l.period >= 0 {
			return noTime()
		}
		l.period = i
	}
	if l.period < 0 {
		return noTime()
	}
	l.columns[l.period].role, l.guessed = period, l.columns[l.period].name
	return nil
}

// number lists the dimensions once all roles are known.
func (l *layout) number() {
	for i, c := range l.columns {
		if c.role == dimension {
			l.dimensions = append(l.dimensions, c.id)
			if c.id == "freq" {
				l.frequency = i
			}
		}
	}
}

func (l *layout) format() string {
	if l.version == "" {
		return "CSV, one value a row"
	}
	return "SDMX-CSV " + l.version
}

// remarks are the notes that follow from the heading.
func (l *layout) remarks() (notes []string) {
	switch l.separator {
	case ';':
		notes = append(notes, "The columns are separated by semicolons.")
	case '\t':
		notes = append(notes, "The columns are separated by tabs.")
	}
	if l.version == "" {
		notes = append(notes, "The file does not name its dataset.")
	}
	if l.frequency < 0 {
		notes = append(notes, "The file names no frequency.")
	}
	if l.guessed != "" {
		notes = append(notes, "No column is called TIME_PERIOD; the periods were taken from "+l.guessed+".")
	}
	if left := l.named(attribute); len(left) > 0 {
		notes = append(notes, "Columns that are neither dimensions nor flags were left out: "+strings.Join(left, ", ")+".")
	}
	return notes
}

// isLower reports an id as Eurostat writes dimensions.
func isLower(s string) bool { return isID(s) && s == strings.ToLower(s) }

// isID reports an id: letters of one case, digits, underscores.
func isID(s string) bool {
	if s == "" || len(s) > 64 || (s[0]|0x20) < 'a' || (s[0]|0x20) > 'z' {
		return false
	}
	upper, lower := false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= 'A' && c <= 'Z':
			upper = true
		case (c < '0' || c > '9') && c != '_':
			return false
		}
	}
	return upper != lower
}
