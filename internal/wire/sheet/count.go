package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// counter goes through the whole table once: how many rows, which regions,
// what a person must decide.
type counter struct {
	*proposer
	asked   map[string]int // damaged cell → question
	seen    map[string]int // region code → first row
	unknown map[string]bool
	first   string // region of the first row
	again   bool   // a region stands in two rows
}

func (p *proposer) count() error {
	c := &counter{proposer: p, asked: map[string]int{}, seen: map[string]int{}, unknown: map[string]bool{}}
	if p.turned {
		for _, v := range p.Mapping.Values {
			c.region(v.Region, p.Mapping.HeaderRow)
		}
	}
	g, err := openGrid(bytes.NewReader(p.bytes), p.name, &p.Mapping)
	if err != nil {
		return err
	}
	for err == nil {
		var cells []string
		var number int
		if cells, number, err = g.row(); err == nil && number > p.Mapping.HeaderRow && !blank(cells) {
			c.row(cells, number)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	p.Regions = len(c.seen) - len(c.unknown)
	return errors.Join(err, g.Close())
}

func (c *counter) row(cells []string, number int) {
	m := &c.Mapping
	if c.turned {
		c.Rows++
		return
	}
	if m.Region > len(cells) || m.LastRow > 0 {
		return
	}
	text := trim(cells[m.Region-1])
	code := c.region(text, number)
	if code == "" {
		return
	}
	c.Rows++
	if before := c.seen[code]; m.Period == 0 && len(m.Columns) == 0 && before != number && damaged(text) == "" {
		c.repeated(code, before, number)
	}
}

// repeated asks about a wide table that names a region twice. Where the whole
// list begins again, only its first part is proposed.
func (c *counter) repeated(code string, before, number int) {
	if c.again {
		return
	}
	c.again = true
	if code == c.first && len(c.seen) >= 10 {
		c.Mapping.LastRow = number - 1
		c.Rows--
		c.ask("The list of regions begins again in row %d. The mapping reads the rows up to %d (last_row). Is that the part to read?", number, number-1)
		return
	}
	c.ask("%s stands in the rows %d and %d. Which column tells them apart? Name it as a dimension, or keep one of the two rows.", code, before, number)
}

// region takes the code out of a cell and notes what is odd about it. It
// returns nothing for a cell that names no region.
func (c *counter) region(text string, number int) string {
	code, _ := codeOf(text)
	if was := damaged(text); was != "" {
		i, ok := c.asked[text]
		if !ok {
			i = len(c.Questions)
			c.asked[text] = i
			c.Questions = append(c.Questions, Question{
				Text: fmt.Sprintf("%q is a date that a spreadsheet made of a region code. Is it %s?", text, was), Find: text, Replace: was,
			})
		}
		if q := &c.Questions[i]; len(q.Rows) < mostUnknown {
			q.Rows = append(q.Rows, number)
		}
		code = was
	}
	if code == "" {
		return ""
	}
	for _, n := range countryNotes {
		if strings.HasPrefix(code, n.ours) && strings.Contains(strings.ToUpper(text), n.theirs) && !slices.Contains(c.Notes, n.text) {
			c.note("%s", n.text)
		}
	}
	if _, ok := c.seen[code]; ok {
		return code
	}
	if c.first == "" {
		c.first = code
	}
	c.seen[code] = number
	c.check(code, number)
	return code
}

func (c *counter) check(code string, number int) {
	if c.options.Known == nil || c.options.Known(code) {
		return
	}
	c.unknown[code] = true
	if len(c.Unknown) == mostUnknown {
		return
	}
	u := Unknown{Code: code, Row: number}
	if c.options.Suggest != nil {
		u.Near = c.options.Suggest(code)
	}
	c.Unknown = append(c.Unknown, u)
}
