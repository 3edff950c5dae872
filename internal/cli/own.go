package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
	"peerscape/internal/wire"
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

// openIngredient opens a file of a snapshot's recipe: figures behind a map, a
// table of several datasets, anything else by its first bytes.
func openIngredient(x catalogue.Ingredient, name string, r io.Reader) (stats.Source, error) {
	switch x.Format {
	case "":
		return wire.Open(name, r)
	case "yearbook":
		return sheet.NewYearbook(r, name, sheet.Mapping{Dataset: x.Code, Title: x.Title})
	case "table":
		return openTable(x, name, r)
	}
	return nil, fault.New(fault.Invalid, "snapshot.kind", "%q is not a format of the recipe", x.Format).Do("Write yearbook or table, or leave it out")
}

// openTable opens a comma-separated table whose first row names geo, time,
// values and dimensions.
func openTable(x catalogue.Ingredient, name string, r io.Reader) (stats.Source, error) {
	plain, err := wire.Unzip(r, name)
	if err != nil {
		return nil, err
	}
	head, rest, err := firstLine(plain)
	if err != nil {
		return nil, fault.New(fault.Invalid, "snapshot.table", "the table has no heading").In(name, 1).Because(err)
	}
	m := sheet.Mapping{
		Dataset: x.Code, Title: x.Title, Encoding: "utf-8", Separator: "comma", Decimal: ".", HeaderRow: 1, Missing: []string{"", "NA", ":"},
	}
	for i, column := range strings.Split(head, ",") {
		switch column = strings.Trim(column, "\" \r"); column {
		case "geo":
			m.Region = i + 1
		case "time":
			m.Period = i + 1
		case "values":
			m.Values = []sheet.ValueColumn{{Column: i + 1}}
		default:
			m.Columns = append(m.Columns, sheet.DimensionCol{ID: column, Column: i + 1, Optional: true})
		}
	}
	return sheet.NewReader(rest, name, m, sheet.Options{})
}

// firstLine reads a heading and returns the whole text again.
func firstLine(r io.Reader) (string, io.Reader, error) {
	start := make([]byte, 4096)
	n, err := io.ReadFull(r, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", nil, err
	}
	head, _, ok := bytes.Cut(start[:n], []byte("\n"))
	if !ok {
		return "", nil, errors.New("the first line is longer than " + strconv.Itoa(len(start)) + " bytes")
	}
	return string(head), io.MultiReader(bytes.NewReader(start[:n]), r), nil
}
