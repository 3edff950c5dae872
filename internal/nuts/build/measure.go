package main

// measured says towards which version a region's amounts are summed up. The
// rows from a version to itself leave out lakes (Vaud CH011: 2,827 of its
// 3,212 km²), the rows to another version do not.
var measured = map[string][]string{
	"2013": {"2016", "2021"},
	"2016": {"2021", "2013"},
	"2021": {"2024", "2016"},
	"2024": {"2021", "2016"},
}

// measure sets area and people: the sum of the rows that leave the region for
// its neighbouring version.
func (codes codeList) measure(l *lineage) {
	for k, r := range codes {
		for _, v := range measured[k.version] {
			if rows := l.leaving[k][v]; len(rows) > 0 {
				r.sum(rows)
				break
			}
		}
		if own := l.own[k]; r.area == 0 && own != nil {
			r.sum([]*overlap{own})
		}
		r.doubtPeople()
	}
}

// doubtPeople makes the number of people unknown where the crosswalk repeats
// the area in its place, as it does for the French overseas regions.
func (r *region) doubtPeople() {
	if r.area == r.pop21 && r.area == r.pop11 {
		r.pop21, r.pop11 = 0, 0
	}
}

func (r *region) sum(rows []*overlap) {
	r.area, r.pop21, r.pop11 = 0, 0, 0
	for _, o := range rows {
		r.area, r.pop21, r.pop11 = r.area+o.area, r.pop21+o.pop21, r.pop11+o.pop11
	}
}

// total sets the areas of regions that the crosswalk leaves out from their
// outlines; how many people live there is not known.
func (codes codeList) total(outlines map[string]*outline) {
	for _, r := range codes {
		if o := outlines[r.code]; r.area == 0 && o != nil {
			r.area, r.outlined = o.area(), true
		}
	}
}

// sumUp makes countries the sum of their parts, and any region with a part that
// was measured by its outline: the crosswalk leaves Svalbard out of Norway.
func (codes codeList) sumUp() {
	parts := map[key][]*region{}
	for _, r := range codes.sorted() {
		up := key{r.version, r.parent()}
		parts[up] = append(parts[up], r)
	}
	for level := 2; level >= 0; level-- {
		for k, r := range codes {
			if r.level != level {
				continue
			}
			for _, p := range parts[k] {
				r.outlined = r.outlined || p.outlined
			}
			if level > 0 && !r.outlined || len(parts[k]) == 0 {
				continue
			}
			r.area, r.pop21, r.pop11 = 0, 0, 0
			for _, p := range parts[k] {
				r.area, r.pop21, r.pop11 = r.area+p.area, r.pop21+p.pop21, r.pop11+p.pop11
			}
		}
	}
}
