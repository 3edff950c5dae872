package catalogue

import (
	"context"
	"math"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// RevisionOptions choose what is compared and how much is listed.
type RevisionOptions struct {
	Old, New int64                // vintages; 0: the newest, and the one before New
	Region   string               // only this region; empty for all
	Limit    int                  // how many are listed; 0: 1,000; negative: none
	Visit    func(Revision) error // called for every one, listed or not; may be nil
}

// listed is how many revisions are listed where no limit is given.
const listed = 1000

// Change says what became of a figure.
type Change string

// The changes. Flagged: the value stayed and its flags did not.
const (
	Changed   Change = "changed"
	Added     Change = "added"
	Withdrawn Change = "withdrawn"
	Flagged   Change = "flagged"
)

// Revision is one figure that differs between two vintages.
type Revision struct {
	Change   Change
	Key      []string // codes in the order of Revisions.Dimensions
	Code     string   // of the region
	Region   nuts.ID  // version 0 where the code is no region
	Period   stats.Period
	Old, New stats.Observation // value NaN and no flags where there is none
}

// Revisions is the comparison of two vintages. The totals count all
// differences, whatever the limit.
type Revisions struct {
	Dataset    string
	Dimensions []string // of the newer vintage
	Old, New   Vintage
	Compared   int // figures that have a value in both vintages
	Totals     map[Change]int
	List       []Revision // by key, region and period; at most Limit
}

// Revisions compares two vintages of a dataset, a slice at a time. A code that
// stands for another area in the newer vintage is another region: its figures
// are withdrawn and added. A dimension that only one vintage has is passed over
// if it has one code.
//
// It is a fault of kind Missing if there is no such dataset or vintage, and
// Conflict if there is nothing to compare with or the dimensions differ. An
// error of Visit ends the comparison and is returned.
func (c *Catalogue) Revisions(ctx context.Context, dataset string, o RevisionOptions) (_ *Revisions, err error) {
	dataset = strings.ToLower(dataset)
	defer fault.Wrap(&err, "compare vintages of %s", dataset)
	if o.Limit == 0 {
		o.Limit = listed
	}
	r := &Revisions{Dataset: dataset, Totals: make(map[Change]int)}
	if err := c.chooseVintages(ctx, r, o); err != nil {
		return nil, err
	}
	old, err := c.openSide(ctx, r.Old)
	if err != nil {
		return nil, err
	}
	now, err := c.openSide(ctx, r.New)
	if err != nil {
		return nil, err
	}
	r.Dimensions = now.structure.IDs()
	if err := old.turnTo(&now.structure); err != nil {
		return nil, err
	}
	cmp := &comparison{Catalogue: c, o: o, to: r, old: old, new: now, only: nuts.Canonical(o.Region)}
	return r, cmp.run(ctx)
}

func (c *Catalogue) chooseVintages(ctx context.Context, r *Revisions, o RevisionOptions) error {
	all, err := selectVintages(ctx, c.store.Read(), r.Dataset)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return unknownDataset(r.Dataset)
	}
	at := func(id int64, or int) (int, error) {
		if id == 0 {
			return or, nil
		}
		i := slices.IndexFunc(all, func(v Vintage) bool { return v.ID == id })
		if i < 0 {
			return 0, fault.New(fault.Missing, "catalogue.vintage", "the dataset has no vintage %d", id)
		}
		return i, nil
	}
	newer, err := at(o.New, 0)
	if err != nil {
		return err
	}
	older, err := at(o.Old, newer+1)
	if err != nil {
		return err
	}
	if older >= len(all) {
		return fault.New(fault.Conflict, "catalogue.single", "no older vintage of %s was imported", r.Dataset).
			Do("Import a file of another day first")
	}
	r.Old, r.New = all[older], all[newer]
	return nil
}

// side is one of the two vintages that are compared.
type side struct {
	vintage   int64
	structure Structure
	regions   *regionList
	slices    []sideSlice // by key
}

// sideSlice is a slice under the key of the newer vintage's dimensions.
type sideSlice struct {
	key    []string
	stored string
}

func (c *Catalogue) openSide(ctx context.Context, v Vintage) (*side, error) {
	s := &side{vintage: v.ID}
	var err error
	if s.structure, err = selectStructure(ctx, c.store.Read(), v.ID); err != nil {
		return nil, err
	}
	if s.regions, err = c.regionsOf(ctx, v.ID); err != nil {
		return nil, err
	}
	stored, err := selectKeys(ctx, c.store.Read(), v.ID)
	for _, codes := range stored {
		s.slices = append(s.slices, sideSlice{splitKey(codes, len(s.structure.Dimensions)), codes})
	}
	return s, err
}

// splitKey is the key that was stored as codes.
func splitKey(codes string, width int) []string {
	if width == 0 {
		return []string{}
	}
	return strings.Split(codes, codeMark)
}

// turnTo brings the keys into the order of another vintage's dimensions.
func (s *side) turnTo(other *Structure) error {
	mine, theirs := s.structure.Dimensions, other.Dimensions
	for _, pair := range [...]struct{ has, lacks []Dimension }{{mine, theirs}, {theirs, mine}} {
		for _, d := range pair.has {
			if indexOf(pair.lacks, d.ID) < 0 && len(d.Codes) != 1 {
				return fault.New(fault.Conflict, "catalogue.dimensions", "the vintages cannot be compared: one of them has no dimension %q", d.ID).
					Do("Compare two vintages of the same dimensions")
			}
		}
	}
	for i := range s.slices {
		old := s.slices[i].key
		key := make([]string, len(theirs))
		for j, d := range theirs {
			if from := indexOf(mine, d.ID); from >= 0 {
				key[j] = old[from]
			} else {
				key[j] = d.Codes[0]
			}
		}
		s.slices[i].key = key
	}
	slices.SortFunc(s.slices, func(a, b sideSlice) int { return slices.Compare(a.key, b.key) })
	return nil
}

func indexOf(all []Dimension, id string) int {
	return slices.IndexFunc(all, func(d Dimension) bool { return d.ID == id })
}

// comparison walks through two vintages side by side.
type comparison struct {
	*Catalogue
	o        RevisionOptions
	to       *Revisions
	old, new *side
	only     nuts.Code // of the only region; empty for all

	key          []string
	before, past stats.Series // memory for unpacking
}

func (c *comparison) run(ctx context.Context) error {
	i, j := 0, 0
	for i < len(c.old.slices) || j < len(c.new.slices) {
		order := compareEnds(i == len(c.old.slices), j == len(c.new.slices), func() int {
			return slices.Compare(c.old.slices[i].key, c.new.slices[j].key)
		})
		var before, past *sliceBodies
		var err error
		if order <= 0 {
			c.key = c.old.slices[i].key
			if before, err = selectSlice(ctx, c.store.Read(), c.old.vintage, c.old.slices[i].stored); err != nil {
				return err
			}
			i++
		}
		if order >= 0 {
			c.key = c.new.slices[j].key
			if past, err = selectSlice(ctx, c.store.Read(), c.new.vintage, c.new.slices[j].stored); err != nil {
				return err
			}
			j++
		}
		if err := c.slice(before, past); err != nil {
			return err
		}
	}
	return nil
}

// compareEnds orders the heads of two sorted lists, of which one may have
// ended: negative where the first list's head comes first.
func compareEnds(firstEnded, secondEnded bool, compare func() int) int {
	switch {
	case firstEnded:
		return 1
	case secondEnded:
		return -1
	}
	return compare()
}

// slice compares the regions of one slice; nil stands for a slice that one
// vintage does not have.
func (c *comparison) slice(before, past *sliceBodies) error {
	a, b := c.old.regions.sorted, c.new.regions.sorted
	for len(a) > 0 || len(b) > 0 {
		order := compareEnds(len(a) == 0, len(b) == 0, func() int {
			return strings.Compare(string(a[0].Code), string(b[0].Code))
		})
		var x, y *regionOf
		if order <= 0 {
			x, a = &a[0], a[1:]
		}
		if order >= 0 {
			y, b = &b[0], b[1:]
		}
		if err := c.region(x, before, y, past); err != nil {
			return err
		}
	}
	return nil
}

// region compares one code's series; nil stands for a code that one vintage
// does not have.
func (c *comparison) region(x *regionOf, before *sliceBodies, y *regionOf, past *sliceBodies) error {
	if err := unpack(&c.before, x, before); err != nil {
		return err
	}
	if err := unpack(&c.past, y, past); err != nil {
		return err
	}
	switch {
	case c.before.Len() == 0 && c.past.Len() == 0:
		return nil
	case x == nil:
		x = y
	case y == nil:
		y = x
	}
	if c.only != "" && c.only != x.Code {
		return nil
	}
	if x.ID == y.ID || c.nomenclature.Unchanged(x.ID, y.ID) {
		return c.series(y, &c.before, &c.past)
	}
	var none stats.Series
	if err := c.series(x, &c.before, &none); err != nil {
		return err
	}
	return c.series(y, &none, &c.past)
}

func unpack(s *stats.Series, r *regionOf, from *sliceBodies) error {
	s.Reset()
	if r == nil || from == nil {
		return nil
	}
	if body := from.of(r.number); body != nil {
		return stats.Unpack(body, s)
	}
	return nil
}

func (c *comparison) series(region *regionOf, before, past *stats.Series) error {
	i, j := 0, 0
	for i < before.Len() || j < past.Len() {
		order := compareEnds(i == before.Len(), j == past.Len(), func() int {
			return int(before.Periods[i]) - int(past.Periods[j])
		})
		r := Revision{Key: c.key, Code: string(region.Code), Region: region.ID}
		if order <= 0 {
			r.Old, r.Period = before.At(i), before.Periods[i]
			i++
		}
		if order >= 0 {
			r.New, r.Period = past.At(j), past.Periods[j]
			j++
		}
		if order < 0 {
			r.New = stats.Observation{Period: r.Period, Value: math.NaN()}
		}
		if order > 0 {
			r.Old = stats.Observation{Period: r.Period, Value: math.NaN()}
		}
		if err := c.figure(r); err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) figure(r Revision) error {
	had, has := !math.IsNaN(r.Old.Value), !math.IsNaN(r.New.Value)
	if had && has {
		c.to.Compared++
	}
	switch {
	case had && !has:
		r.Change = Withdrawn
	case has && !had:
		r.Change = Added
	case had && r.Old.Value != r.New.Value:
		r.Change = Changed
	case r.Old.Flags != r.New.Flags:
		r.Change = Flagged
	default:
		return nil
	}
	c.to.Totals[r.Change]++
	if len(c.to.List) < c.o.Limit {
		c.to.List = append(c.to.List, r)
	}
	if c.o.Visit != nil {
		return c.o.Visit(r)
	}
	return nil
}
