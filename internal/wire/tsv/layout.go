package tsv

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// layout is what a heading says of the rows under it.
type layout struct {
	separator  byte // between cells
	between    byte // between the codes of the key
	quoted     bool
	spare      bool // the heading ends in empty cells, so rows may too
	keyColumns int  // columns of the file before the first cell

	codes      int      // of the key, region or time included
	dimensions []string // without region and time
	region     int      // index in the key; -1 where there is none or it stands in columns
	regionName string

	periods []stats.Period // of the columns
	order   order
	time    int      // index of the time in the key, where regions stand in columns; else -1
	regions []string // of the columns, where regions stand there

	old    bool // the time is called "time", as until 2023
	format string
	notes  []string
}

// regionNames are the dimensions that name a region when there is no "geo".
var regionNames = []string{"geo", "metroreg", "cities", "terrtypo"}

// timeNames are the names of the time dimension, today's and the old one.
var timeNames = []string{"time_period", "time"}

// Recognises reports whether a first line looks like the heading of such a
// table. NewReader may still refuse it, with a better reason than others have.
func Recognises(first []byte) bool {
	head := strings.ToLower(strings.ReplaceAll(string(first[:min(len(first), 4096)]), `"`, ""))
	for _, name := range timeNames {
		if strings.Contains(head, `\`+name) || strings.Contains(head, name+`\`) {
			return true
		}
	}
	fields := strings.Split(head, ",")
	i := firstPeriod(fields)
	return i > 0 && i < len(fields) && slices.Contains(regionNames, strings.TrimSpace(fields[i-1]))
}

func firstPeriod(fields []string) int {
	return slices.IndexFunc(fields, func(f string) bool {
		_, err := stats.ParsePeriod(strings.ToUpper(strings.TrimSpace(f)))
		return err == nil
	})
}

// parseLayout reads a heading.
func parseLayout(head []byte) (*layout, error) {
	if text := bytes.ToLower(bytes.TrimSpace(head)); bytes.HasPrefix(text, []byte("<")) {
		return nil, wrong(0, "wire.html", "this is a web page or an XML file, not a table").
			Do("Download the table itself as TSV and upload that file")
	}
	l := &layout{region: -1, time: -1, quoted: bytes.IndexByte(head, '"') >= 0}
	if l.quoted {
		head = unquote(nil, head)
	}
	names, columns, err := l.split(string(head))
	if err != nil {
		return nil, err
	}
	across, err := l.name(names)
	if err != nil {
		return nil, err
	}
	for len(columns) > 0 && columns[len(columns)-1] == "" {
		columns, l.spare = columns[:len(columns)-1], true
	}
	if len(columns) == 0 {
		return nil, wrong(0, "wire.no-periods", "the heading names no period").
			Do("Download the table again, with at least one period")
	}
	if slices.Contains(timeNames, across) {
		err = l.takePeriods(columns)
	} else {
		err = l.takeRegions(columns)
	}
	l.describe()
	return l, err
}

// split divides the heading into the names of the key and the columns after it,
// and finds out the separators.
func (l *layout) split(head string) (names, columns []string, err error) {
	switch {
	case strings.Contains(head, "\t"):
		l.separator = '\t'
	case strings.Contains(head, ";"):
		return nil, nil, wrong(0, "wire.delimiter", "the columns are separated by semicolons, not by tabs").
			Do("Save the table with tabs, or map its columns with peerscape import --map")
	case strings.Contains(head, ","):
		l.separator = ','
	default:
		return nil, nil, wrong(0, "wire.delimiter", "the heading has no tab, so the columns cannot be told apart").
			Do("Save the table with tabs between the columns")
	}
	fields := strings.Split(head, string(l.separator))
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	last := slices.IndexFunc(fields, func(f string) bool { return strings.Contains(f, `\`) })
	if last < 0 {
		last = firstPeriod(fields) - 1
		if last >= 0 && !slices.Contains(regionNames, strings.ToLower(fields[last])) {
			last = -1
		}
	}
	if last < 0 {
		return nil, nil, wrong(0, "wire.heading", "%q is not the heading of a Eurostat table", fault.Clip([]byte(head), 40)).
			Do(`The first cell must name the dimensions, such as freq,unit,geo\TIME_PERIOD`)
	}
	l.between, l.keyColumns = l.separator, last+1
	names = fields[:last+1]
	if last == 0 && l.separator == '\t' {
		l.between, names = ',', strings.Split(fields[0], ",")
	}
	return names, fields[last+1:], nil
}

// name reads the names of the key and returns what runs across the columns.
func (l *layout) name(names []string) (across string, err error) {
	names = slices.Clone(names)
	across = timeNames[0]
	last := len(names) - 1
	if down, right, ok := strings.Cut(names[last], `\`); ok {
		names[last], across = down, strings.ToLower(strings.TrimSpace(right))
	}
	for i, n := range names {
		n = strings.ToLower(strings.TrimSpace(n))
		if !isID(n) {
			return "", wrong(0, "wire.dimension", "%q is not the name of a dimension", fault.Clip([]byte(n), 40)).
				Do(`The first cell must name the dimensions, such as freq,unit,geo\TIME_PERIOD`)
		}
		if slices.Contains(names[:i], n) || n == across {
			return "", wrong(0, "wire.dimension", "the dimension %s is named twice", n).
				Do("Download the file again")
		}
		names[i] = n
	}
	l.codes = len(names)
	l.old = across == timeNames[1] || slices.Contains(names, timeNames[1])
	if slices.Contains(timeNames, across) {
		l.region = regionOf(names)
		if l.region >= 0 {
			l.regionName = names[l.region]
		}
	} else {
		l.time = slices.IndexFunc(names, func(n string) bool { return slices.Contains(timeNames, n) })
		l.regionName = across
		if l.time < 0 || !slices.Contains(regionNames, across) {
			return "", wrong(0, "wire.across", "the columns hold %q, neither periods nor regions", fault.Clip([]byte(across), 40)).
				Do("Download the table with time in its columns")
		}
	}
	for i, n := range names {
		if i != l.region && i != l.time {
			l.dimensions = append(l.dimensions, n)
		}
	}
	return across, nil
}

// regionOf returns the index of the region dimension: "geo", or else a last
// dimension of regions; -1 if there is none. Others, such as the regions where
// passengers board, stay ordinary dimensions.
func regionOf(names []string) int {
	if i := slices.Index(names, regionNames[0]); i >= 0 {
		return i
	}
	if last := len(names) - 1; slices.Contains(regionNames, names[last]) {
		return last
	}
	return -1
}

func isID(s string) bool {
	if s == "" || len(s) > 64 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

func (l *layout) takePeriods(columns []string) error {
	seen := make(map[stats.Period]bool, len(columns))
	for i, c := range columns {
		p, err := stats.ParsePeriod(c)
		if err != nil {
			bad := wrong(l.keyColumns+i+1, "wire.period", "%q is not a period", fault.Clip([]byte(c), 40))
			if f, ok := err.(*fault.Error); ok {
				bad.Cure = f.Cure
			}
			return bad
		}
		if seen[p] {
			return wrong(l.keyColumns+i+1, "wire.period-twice", "the period %s stands in two columns", p).
				Do("Delete one of the two columns, or download the file again")
		}
		seen[p] = true
		l.periods = append(l.periods, p)
	}
	l.order = orderOf(l.periods)
	return nil
}

func (l *layout) takeRegions(columns []string) error {
	seen := make(map[string]bool, len(columns))
	for i, c := range columns {
		if c == "" || seen[c] {
			return wrong(l.keyColumns+i+1, "wire.region-twice", "the region %q is empty or stands in two columns", fault.Clip([]byte(c), 40)).
				Do("Delete one of the two columns, or download the file again")
		}
		seen[c] = true
		l.regions = append(l.regions, c)
	}
	return nil
}

func (l *layout) turned() bool { return l.time >= 0 }

// describe sets the format's name and the notes that follow from the heading.
func (l *layout) describe() {
	switch {
	case l.saved() != "":
		l.format = "Eurostat table, saved again"
	case l.old:
		l.format = "Eurostat TSV, old layout"
	default:
		l.format = "Eurostat TSV"
	}
	if l.saved() != "" {
		l.notes = append(l.notes, "The table was saved again by other software ("+l.saved()+").")
	}
	if !slices.Contains(l.dimensions, "freq") {
		l.notes = append(l.notes, "The file names no frequency.")
	}
	if l.turned() {
		l.notes = append(l.notes, "Regions stood in columns and were turned into rows.")
	}
	switch l.order {
	case descending:
		l.notes = append(l.notes, "Periods stood in descending order and were turned round.")
	case shuffled:
		l.notes = append(l.notes, "Periods stood in no order and were sorted.")
	}
}

// saved says by what a copy made by other software shows; "" for none.
func (l *layout) saved() string {
	switch {
	case l.separator == ',':
		return "commas between all columns"
	case l.between == '\t':
		return "tabs between the dimensions"
	case l.quoted:
		return "quotation marks"
	}
	return ""
}

// order is how the periods of the columns follow each other.
type order uint8

const (
	ascending order = iota
	descending
	shuffled
)

func orderOf(p []stats.Period) order {
	switch {
	case slices.IsSorted(p):
		return ascending
	case slices.IsSortedFunc(p, func(a, b stats.Period) int { return int(b) - int(a) }):
		return descending
	}
	return shuffled
}

// apply puts the observations of s, which stand in the columns' order, into
// the order of time.
func (o order) apply(s *stats.Series) {
	switch o {
	case descending:
		slices.Reverse(s.Periods)
		slices.Reverse(s.Values)
		slices.Reverse(s.Flags)
	case shuffled:
		sort.Sort(byPeriod{s})
	}
}

type byPeriod struct{ *stats.Series }

func (b byPeriod) Less(i, j int) bool { return b.Periods[i] < b.Periods[j] }

func (b byPeriod) Swap(i, j int) {
	b.Periods[i], b.Periods[j] = b.Periods[j], b.Periods[i]
	b.Values[i], b.Values[j] = b.Values[j], b.Values[i]
	b.Flags[i], b.Flags[j] = b.Flags[j], b.Flags[i]
}
