package cli

import (
	"fmt"
	"os"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
	"peerscape/internal/wire/sheet"
)

// knowledge of region codes, for tables that people made.
func knowledge(n *nuts.Nomenclature) sheet.Options {
	return sheet.Options{
		Known:   func(code string) bool { return n.Kind(nuts.Canonical(code)) != nuts.Unknown },
		Suggest: func(code string) []string { return nearCodes(n, code) },
	}
}

// propose shows how a table is understood; nothing is stored.
func (c *importCommand) propose(s *session) error {
	if len(c.Sources) != 1 {
		return fault.New(fault.Invalid, "cli.propose", "--propose looks at one table").Do("Name one file")
	}
	regions, err := openRegions()
	if err != nil {
		return err
	}
	f, err := os.Open(c.Sources[0])
	if err != nil {
		return fault.New(fault.Missing, "cli.no-file", "there is no file %s", c.Sources[0]).Because(err)
	}
	defer f.Close()
	p, err := sheet.Propose(f, c.Sources[0], knowledge(regions))
	if err != nil {
		return err
	}
	p.Mapping.Dataset, p.Mapping.Title = c.Dataset, c.Title
	for _, line := range understood(p) {
		s.say("%s", line)
	}
	if s.global.JSON {
		t := &table{value: p}
		return s.print(t)
	}
	return p.Mapping.Write(s.Out)
}

// understood says in words what was understood and what is open.
func understood(p *sheet.Proposal) []string {
	out := []string{fmt.Sprintf("%d rows name a region.", p.Rows)}
	for _, row := range p.Sample {
		out = append(out, "  "+strings.Join(row, " | "))
	}
	out = append(out, p.Notes...)
	for _, q := range p.Questions {
		text := "To decide: " + q.Text
		if q.Find != "" {
			text += fmt.Sprintf(" If so, write under [codes]: %q = %q", q.Find, q.Replace)
		}
		out = append(out, text)
	}
	for i, u := range p.Unknown {
		if i == 10 {
			out = append(out, fmt.Sprintf("… and %d more unknown codes.", len(p.Unknown)-i))
			break
		}
		text := fmt.Sprintf("Row %d: the region code %s does not exist.", u.Row, u.Code)
		if len(u.Near) > 0 {
			text += " Did you mean " + strings.Join(u.Near, ", ") + "?"
		}
		out = append(out, text)
	}
	return out
}

// openMapped opens a table by a mapping that was confirmed.
func openMapped(mapping, name string, f *os.File) (stats.Source, error) {
	m, err := os.Open(mapping)
	if err != nil {
		return nil, fault.New(fault.Missing, "cli.no-file", "there is no file %s", mapping).Because(err)
	}
	defer m.Close()
	said, err := sheet.ReadMapping(m, mapping)
	if err != nil {
		return nil, err
	}
	regions, err := openRegions()
	if err != nil {
		return nil, err
	}
	return sheet.NewReader(f, name, said, knowledge(regions))
}
