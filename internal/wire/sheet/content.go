package sheet

import (
	"math"
	"strings"

	"peerscape/internal/stats"
)

// each visits the filled cells of a column in the first rows.
func (p *proposer) each(i int, visit func(string)) {
	for _, row := range p.body {
		if i < len(row) && row[i] != "" {
			visit(row[i])
		}
	}
}

func (p *proposer) filled(i int) (n int) {
	p.each(i, func(string) { n++ })
	return n
}

// share returns the share of filled cells that are so.
func (p *proposer) share(i int, so func(string) bool) float64 {
	n, all := 0, 0
	p.each(i, func(c string) {
		if all++; so(c) {
			n++
		}
	})
	return float64(n) / float64(max(all, 1))
}

// numeric reports whether nine in ten filled cells are numbers or stand for
// none, and one at least is a number unless the heading is a time.
func (p *proposer) numeric(i int) bool {
	values := 0
	return p.share(i, func(c string) bool {
		x, ok := p.Mapping.number(c)
		if ok && !math.IsNaN(x.value) {
			values++
		}
		return ok
	}) >= 0.9 && (values > 0 || timed(p.head[i]))
}

func (p *proposer) allFlags(i int) bool {
	return p.share(i, func(c string) bool {
		_, err := stats.ParseFlags(strings.ReplaceAll(c, " ", ""))
		return err == nil
	}) == 1
}

func (p *proposer) constant(i int) bool {
	first := ""
	return p.share(i, func(c string) bool {
		if first == "" {
			first = c
		}
		return c == first
	}) == 1
}

// classes reports whether a numeric column holds a few whole numbers over and
// over, such as the colour class of a map or a typology: no figures.
func (p *proposer) classes(i int) bool {
	seen := map[string]bool{}
	n := 0
	whole := p.share(i, func(c string) bool {
		x, ok := p.Mapping.number(c)
		if ok && !x.empty {
			seen[c] = true
			n++
		}
		return ok && (x.empty || x.value == math.Trunc(x.value))
	})
	return whole == 1 && n >= 50 && len(seen) <= 12
}

// distinguishes reports whether a column of words tells rows apart that region
// and period do not: a dimension. What the region, the period or another
// dimension decides is a label. In a table with periods a word that never
// changes is a dimension too, such as the unit.
func (p *proposer) distinguishes(i int) bool {
	if 10*p.filled(i) < 9*p.dataRows() {
		return false
	}
	if p.constant(i) {
		return p.Mapping.Period > 0 && p.filled(i) > 1
	}
	if p.Mapping.Region > 0 && p.decides(p.Mapping.Region-1, i) || p.Mapping.Period > 0 && p.decides(p.Mapping.Period-1, i) {
		return false
	}
	for _, c := range p.Mapping.Columns {
		if !p.constant(c.Column-1) && p.decides(c.Column-1, i) {
			return false
		}
	}
	return true
}

// dataRows counts the first rows that have a region, or in a turned table any
// cell.
func (p *proposer) dataRows() (n int) {
	if p.Mapping.Region > 0 {
		return p.filled(p.Mapping.Region - 1)
	}
	for _, row := range p.body {
		if !blank(row) {
			n++
		}
	}
	return n
}

// decides reports whether column b is the same wherever column a is.
func (p *proposer) decides(a, b int) bool {
	said := map[string]string{}
	for _, row := range p.body {
		if a >= len(row) || b >= len(row) {
			continue
		}
		if before, ok := said[row[a]]; ok && before != row[b] {
			return false
		}
		said[row[a]] = row[b]
	}
	return true
}
