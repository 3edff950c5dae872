package jsonstat

import (
	"fmt"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// cube says what a position means. Positions in the document are row-major
// over the dimensions, the last one fastest; order turns them into positions
// where the time is fastest and ascends.
type cube struct {
	ids     []string // in lower case, with region and time
	axes    []*axis
	time    int
	region  int // -1 if there is none
	cells   int // the product of the sizes
	inner   int // positions between two neighbouring periods
	periods []stats.Period
	rank    []int32 // of the document's periods among periods
	strides []int   // of each dimension in the number of a series; 0 for the time
}

// regionNames are the dimensions that name a region, in order of preference.
var regionNames = []string{"geo", "metroreg", "cities", "terrtypo", "ref_area"}

func newCube(d *document) (*cube, error) {
	c := &cube{cells: 1}
	if len(d.ids) != len(d.sizes) {
		return nil, d.wrong("wire.sizes", "the dataset names %d dimensions and %d sizes", len(d.ids), len(d.sizes)).
			Do("Download the file again")
	}
	for i, id := range d.ids {
		if err := c.add(d, id, d.sizes[i]); err != nil {
			return nil, err
		}
	}
	if err := c.findTime(d); err != nil {
		return nil, err
	}
	c.findRegion(d)
	c.inner = 1
	for _, a := range c.axes[c.time+1:] {
		c.inner *= len(a.codes)
	}
	c.strides = make([]int, len(c.axes))
	next := 1
	for i := len(c.axes) - 1; i >= 0; i-- {
		if i != c.time {
			c.strides[i] = next
			next *= len(c.axes[i].codes)
		}
	}
	if d.values >= 0 && d.values != c.cells {
		return nil, d.wrong("wire.sizes", "the sizes of the dimensions make %d cells, and there are %d values", c.cells, d.values).
			Do("Download the file again")
	}
	return c, nil
}

// add appends one dimension.
func (c *cube) add(d *document, id string, size int) error {
	a := d.axes[id]
	name := strings.ToLower(strings.TrimSpace(id))
	switch {
	case a == nil:
		return d.wrong("wire.dimension", "the dimension %q is not described", fault.Clip(id, 60)).Do("Download the file again")
	case name == "" || slices.Contains(c.ids, name):
		return d.wrong("wire.dimension", "the dimension %q is named twice or has no name", fault.Clip(id, 60)).Do("Download the file again")
	}
	if len(a.codes) == 0 && len(a.labels) == 1 { // one code needs no index
		a.codes = []string{a.only}
	}
	if len(a.codes) != size {
		return at(a, d.wrong("wire.sizes", "the dimension %s has %d codes and the size %d", fault.Clip(id, 60), len(a.codes), size).
			Do("Download the file again"))
	}
	c.ids, c.axes = append(c.ids, name), append(c.axes, a)
	if c.cells *= size; c.cells > mostCells {
		return d.tooLarge("the cube has more than %d cells", mostCells)
	}
	return nil
}

// at moves a fault to the line of a dimension's codes.
func at(a *axis, f *fault.Error) *fault.Error {
	f.Place.Line = a.line
	return f
}

// findTime finds the time dimension and the order of its periods.
func (c *cube) findTime(d *document) error {
	c.time = slices.Index(c.ids, "time")
	if c.time < 0 {
		c.time = slices.Index(c.ids, "time_period")
	}
	if roles := d.roles["time"]; c.time < 0 && len(roles) == 1 {
		c.time = slices.Index(c.ids, strings.ToLower(strings.TrimSpace(roles[0])))
	}
	if c.time < 0 {
		return d.wrong("wire.no-time", "no dimension is called time, so it is not known when a figure was observed").
			Do("Download the dataset with its time dimension")
	}
	a := c.axes[c.time]
	var inFile []stats.Period
	for _, code := range a.codes {
		p, err := stats.ParsePeriod(code)
		if err != nil {
			bad := at(a, d.wrong("wire.period", "%q is not a period", fault.Clip(code, 60)).Do("Download the file again"))
			return bad.Because(err)
		}
		inFile = append(inFile, p)
	}
	c.periods = slices.Sorted(slices.Values(inFile))
	for i := 1; i < len(c.periods); i++ {
		if c.periods[i] == c.periods[i-1] {
			return at(a, d.wrong("wire.period-twice", "the period %s is there twice", c.periods[i]).Do("Download the file again"))
		}
	}
	c.rank = make([]int32, len(a.codes))
	for i, p := range inFile {
		rank, _ := slices.BinarySearch(c.periods, p)
		c.rank[i] = int32(rank)
	}
	return nil
}

func (c *cube) findRegion(d *document) {
	for _, name := range regionNames {
		if c.region = slices.Index(c.ids, name); c.region >= 0 {
			return
		}
	}
	if roles := d.roles["geo"]; len(roles) == 1 {
		if c.region = slices.Index(c.ids, strings.ToLower(strings.TrimSpace(roles[0]))); c.region != c.time {
			return
		}
	}
	c.region = -1
}

// order gives values and status their new positions and sorts them.
func (c *cube) order(d *document) error {
	for i := range d.cells {
		if int(d.cells[i].at) >= c.cells {
			return c.outside(d, d.cells[i].at)
		}
		d.cells[i].at = c.turn(d.cells[i].at)
	}
	for i := range d.marks {
		if int(d.marks[i].at) >= c.cells {
			return c.outside(d, d.marks[i].at)
		}
		d.marks[i].at = c.turn(d.marks[i].at)
	}
	inOrder(d.cells, func(c cell) int32 { return c.at })
	inOrder(d.marks, func(m mark) int32 { return m.at })
	for i := 1; i < len(d.cells); i++ {
		if d.cells[i].at == d.cells[i-1].at {
			return c.twice(d, "values")
		}
	}
	for i := 1; i < len(d.marks); i++ {
		if d.marks[i].at == d.marks[i-1].at {
			return c.twice(d, "statuses")
		}
	}
	return nil
}

func (c *cube) outside(d *document, at int32) error {
	return d.wrong("wire.position", "position %d lies outside the cube of %d cells", at, c.cells).
		Do("Download the file again")
}

func (c *cube) twice(d *document, what string) error {
	return d.wrong("wire.position", "two %s have the same position", what).Do("Download the file again")
}

// turn moves the time to the end of a position and puts its periods in order.
func (c *cube) turn(at int32) int32 {
	inner, periods := int32(c.inner), int32(len(c.periods))
	rest := at % inner
	period := at / inner % periods
	outer := at / inner / periods
	return (outer*inner+rest)*periods + c.rank[period]
}

// name gives s the codes of a series.
func (c *cube) name(series int, s *stats.Series) {
	for i, a := range c.axes {
		if i == c.time {
			continue
		}
		code := a.codes[series/c.strides[i]%len(a.codes)]
		if i == c.region {
			s.Region = code
		} else {
			s.Key = append(s.Key, code)
		}
	}
}

// header describes the dataset.
func (c *cube) header(d *document) stats.Header {
	h := stats.Header{
		Dataset: datasetOf(d.dataset), Title: strings.Join(strings.Fields(d.title), " "),
		Format: "JSON-stat 2.0", Updated: d.updated, Labels: make(map[string]map[string]string), Notes: d.notes,
	}
	for i, id := range c.ids {
		if i == c.time {
			continue
		}
		if i == c.region {
			h.RegionDimension = id
		} else {
			h.Dimensions = append(h.Dimensions, id)
		}
		if len(c.axes[i].labels) > 0 {
			h.Labels[id] = c.axes[i].labels
		}
	}
	h.Notes = append(h.Notes, c.remarks(d, h.Dataset)...)
	return h
}

func (c *cube) remarks(d *document, dataset string) (notes []string) {
	if dataset == "" {
		notes = append(notes, "The file does not name its dataset.")
	}
	if !slices.Contains(c.ids, "freq") {
		notes = append(notes, "The file names no frequency.")
	}
	if !slices.IsSorted(c.rank) {
		notes = append(notes, "Periods stood in no ascending order and were sorted.")
	}
	if c.cells == 0 {
		notes = append(notes, "The cube is empty: no code that was asked for exists.")
	}
	for i, id := range d.ids {
		if names := namesOf(c.axes[i].codes, d.empty[id]); names != "" {
			notes = append(notes, "The file has no figure for "+c.ids[i]+" "+names+".")
		}
	}
	return notes
}

// datasetOf returns the dataset's code in lower case, without the view and the
// number of a custom selection.
func datasetOf(id string) string {
	id, _, _ = strings.Cut(id, "$")
	id, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(id)), "__custom_")
	if len(id) > 100 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789_@.-") != "" {
		return ""
	}
	return id
}

// namesOf lists the codes at positions for a note, the first few by name.
func namesOf(codes []string, at []int) string {
	const most = 8
	var names []string
	for _, i := range at {
		if i < len(codes) && !slices.Contains(names, codes[i]) && len(names) < most {
			names = append(names, codes[i])
		}
	}
	text := strings.Join(names, ", ")
	if len(at) > len(names) && len(names) == most {
		text += fmt.Sprintf(" and %d more", len(at)-len(names))
	}
	return text
}
