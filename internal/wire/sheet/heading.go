package sheet

import (
	"slices"
	"strings"

	"peerscape/internal/fault"
)

// names reports whether a cell names a region, whole or damaged.
func names(s string) bool {
	if looksLike(s) || damaged(s) != "" && !serialDay.MatchString(s) {
		return true
	}
	if m := codeFirst.FindStringSubmatch(s); m != nil {
		return len(m[1]) > 2 && looksLike(m[1])
	}
	m := codeLast.FindStringSubmatch(s)
	return m != nil && looksLike(m[2])
}

// heading finds the first row of the body, and whether the regions stand in
// the columns above it.
func (p *proposer) heading() error {
	for i, row := range p.rows {
		regions, filled := 0, 0
		for _, c := range row {
			if c != "" {
				filled++
			}
			if names(c) {
				regions++
			}
		}
		switch {
		case regions >= 2 && 2*regions >= filled && p.figuresBelow(i):
			p.turned = true
			p.head, p.body = row, p.rows[i+1:]
			p.Mapping.HeaderRow = p.places[i]
		case regions >= 1 && filled >= 2:
			p.head, p.body = p.headOver(i), p.rows[i:]
			if i > 0 {
				p.Mapping.HeaderRow = p.places[i-1]
			}
		default:
			continue
		}
		if p.Mapping.HeaderRow > 1 {
			p.note("The heading ends in row %d.", p.Mapping.HeaderRow)
		}
		return nil
	}
	return fault.New(fault.Invalid, "sheet.no-regions", "no row of the table names a NUTS region").In(p.name, 0).
		Do("Add a column with NUTS codes such as FI1C6")
}

// figuresBelow reports whether the row after i has numbers where row i names
// regions.
func (p *proposer) figuresBelow(i int) bool {
	for _, below := range p.rows[i+1:] {
		if blank(below) {
			continue
		}
		regions, figures := 0, 0
		for column, c := range p.rows[i] {
			if !names(c) {
				continue
			}
			regions++
			if column < len(below) && below[column] != "" && !names(below[column]) && sense(below[column]) > 0 {
				figures++
			}
		}
		return 2*figures >= regions
	}
	return false
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return trim(c) != "" })
}

// title reports whether a row is no heading: blank, or one text that is no
// period.
func title(row []string) bool {
	text := ""
	for _, c := range row {
		if c != "" && text != "" && c != text {
			return false
		}
		if c != "" {
			text = c
		}
	}
	_, period := likelyPeriod(text)
	return !period
}

// headOver joins up to three heading rows above row i, column by column: a cell
// that is merged over two columns stands over both, "2022 / men".
func (p *proposer) headOver(i int) []string {
	last := i - 1
	for last >= 0 && title(p.rows[last]) {
		last--
	}
	first := last
	for first > 0 && last-first < 2 && !title(p.rows[first-1]) {
		first--
	}
	width := 0
	for _, row := range p.rows {
		width = max(width, len(row))
	}
	head := make([]string, width)
	for column := range head {
		var parts []string
		for row := max(first, 0); row <= last; row++ {
			if c := over(p.rows[row], column, row < last); c != "" && !slices.Contains(parts, c) {
				parts = append(parts, c)
			}
		}
		head[column] = strings.Join(parts, " / ")
	}
	return head
}

// over returns the heading of a column; in a row that spans, the nearest on the
// left.
func over(row []string, column int, spans bool) string {
	for i := min(column, len(row)-1); i >= 0; i-- {
		if row[i] != "" && (spans || i == column) {
			return row[i]
		}
	}
	return ""
}
