package sheet

import (
	"bytes"
	"strings"

	"peerscape/internal/wire/line"
)

// spellings of numbers, the simplest first: a table that fits several is read
// by the first.
var spellings = [...]struct{ decimal, thousands string }{
	{".", ""}, {",", ""}, {".", ","}, {",", "."}, {".", " "}, {",", " "}, {".", "'"}, {",", "'"},
}

// separatorOf picks the separator whose cells make most sense: region codes,
// numbers, periods. cutOff says that the text goes on.
func separatorOf(text []byte, cutOff bool) string {
	if i := bytes.LastIndexByte(text, '\n'); cutOff && i >= 0 {
		text = text[:i]
	}
	best, most := "comma", 0
	for _, name := range []string{"comma", "semicolon", "tab", "bar"} {
		g := &csv{lines: line.NewScanner(bytes.NewReader(text), ""), sep: byte(separators[name])}
		score := 0
		for range 60 {
			cells, _, err := g.row()
			if err != nil {
				break
			}
			if len(cells) < 2 {
				continue
			}
			for _, c := range cells {
				score += sense(trim(c))
			}
		}
		if score > most {
			best, most = name, score
		}
	}
	return best
}

// sense says how far a cell is understood, in halves.
func sense(s string) int {
	if s == "" {
		return 0
	}
	if names(s) {
		return 3
	}
	if _, ok := likelyPeriod(s); ok {
		return 2
	}
	for _, x := range spellings {
		m := Mapping{Decimal: x.decimal, Thousands: x.thousands, Missing: missing}
		if _, ok := m.number(s); ok {
			return 2
		}
	}
	return -1
}

// numbers finds out the decimal sign and the sign between thousands: the
// spelling in which most cells are numbers. "1,234" alone fits two; then the
// separator decides, and a question is asked.
func (p *proposer) numbers() {
	cells := p.figures()
	var fits [len(spellings)]int
	for i, x := range spellings {
		m := Mapping{Decimal: x.decimal, Thousands: x.thousands, Missing: missing}
		for _, c := range cells {
			if v, ok := m.number(c); ok && !v.empty {
				fits[i]++
			}
		}
	}
	best := 0
	for i, n := range fits {
		if n > fits[best] {
			best = i
		}
	}
	if p.Mapping.Separator == "comma" && fits[2] == fits[best] && best == 1 {
		best = 2 // a comma in a quoted cell is rather between thousands
	}
	p.Mapping.Decimal, p.Mapping.Thousands = spellings[best].decimal, spellings[best].thousands
	p.doubtful(cells, fits[:], best)
}

// doubtful asks where another spelling fits as well and gives other numbers.
func (p *proposer) doubtful(cells []string, fits []int, best int) {
	mine := p.Mapping
	for i, n := range fits {
		if i == best || n < fits[best] {
			continue
		}
		m := Mapping{Decimal: spellings[i].decimal, Thousands: spellings[i].thousands, Missing: missing}
		for _, c := range cells {
			a, ok1 := mine.number(c)
			b, ok2 := m.number(c)
			if ok1 && ok2 && !a.empty && a.value != b.value && a.value == a.value {
				p.ask("Is %q the number %v or %v? The mapping reads %v; else write decimal = %q and thousands = %q.",
					c, a.value, b.value, a.value, m.Decimal, m.Thousands)
				return
			}
		}
	}
}

// figures returns the cells of the sample that may be values: not those of
// columns that name regions.
func (p *proposer) figures() []string {
	var out []string
	for _, row := range p.body {
		for _, c := range row {
			if c == "" || names(c) {
				continue
			}
			if _, ok := likelyPeriod(c); ok && len(c) > 4 {
				continue
			}
			if strings.ContainsAny(c, "0123456789") {
				out = append(out, c)
			}
		}
	}
	return out
}
