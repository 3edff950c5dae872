package sdmxml

import (
	"fmt"
	"slices"
	"strings"
)

// share returns a text equal to code that other series use too: a dataset has
// few codes and many series.
func (r *Reader) share(code string) string {
	if have, ok := r.intern[code]; ok {
		return have
	}
	if len(r.intern) >= maxInterned {
		clear(r.intern)
	}
	r.intern[code] = code
	return code
}

// settle makes the key of the observation just read.
func (r *Reader) settle() error {
	if r.obs.period == "" {
		r.obs.period = r.series.period
	}
	if r.ids == nil {
		if err := r.learn(); err != nil {
			return err
		}
	}
	for i := range r.key {
		r.key[i] = ""
	}
	for _, c := range [...]*cell{&r.series, &r.obs} {
		if err := r.place(c); err != nil {
			return err
		}
	}
	for i, code := range r.key {
		if code == "" {
			return r.scan.wrong("wire.sdmx-key", "the observation names no %s", r.ids[i]).
				Do("Download the file again, or take the dataset as TSV")
		}
	}
	return nil
}

// place puts the codes of c into the key.
func (r *Reader) place(c *cell) error {
	for i, id := range c.ids {
		at, ok := r.slot[id]
		if !ok || at < 0 {
			continue
		}
		if r.key[at] != "" {
			return r.scan.wrong("wire.sdmx-key", "the dimension %s is given twice", r.ids[at]).Do("Download the file again")
		}
		if len(c.codes[i]) > maxCode {
			return r.scan.tooMuch("the code of the dimension %s is longer than %d bytes", r.ids[at], maxCode)
		}
		r.key[at] = r.share(c.codes[i])
	}
	return nil
}

// learn takes the dimensions from the first observation. What stands on an
// observation inside a series is an attribute, but for the one dimension there.
func (r *Reader) learn() error {
	r.ids = []string{}
	for i, id := range r.series.ids {
		r.meet(id, r.series.codes[i])
	}
	for i, id := range r.obs.ids {
		if r.flat || strings.EqualFold(id, r.atObs) {
			r.meet(id, r.obs.codes[i])
		}
	}
	if len(r.ids) > maxDimensions {
		return r.scan.tooMuch("the message has more than %d dimensions", maxDimensions)
	}
	r.key = make([]string, len(r.ids))
	for _, want := range regionDimensions {
		if r.region = slices.Index(r.ids, want); r.region >= 0 {
			r.header.RegionDimension = want
			break
		}
	}
	for i, id := range r.ids {
		if i != r.region {
			r.header.Dimensions = append(r.header.Dimensions, id)
		}
	}
	if r.atObs != "TIME_PERIOD" && r.atObs != "ALLDIMENSIONS" {
		r.note(fmt.Sprintf("the observations of a series stand by %s; each was read as a series of its own", strings.ToLower(r.atObs)))
	}
	return nil
}

// meet decides once whether the component id is a dimension.
func (r *Reader) meet(id, code string) {
	if _, ok := r.slot[id]; ok {
		return
	}
	r.slot[id] = -1
	if !r.layout.dimension(r, id, code) {
		return
	}
	lower := strings.ToLower(id)
	if r.slot[id] = slices.Index(r.ids, lower); r.slot[id] < 0 {
		r.slot[id] = len(r.ids)
		r.ids = append(r.ids, lower)
	}
}
