// Package sheet reads tables that people made: CSV in any dialect and XLSX,
// long or wide, by a mapping that a person has confirmed.
//
// Propose looks at a table and proposes the mapping; NewReader reads the table
// by it. Nothing is guessed while reading: what the mapping does not say is
// refused with the row and the cell. Start with Mapping, then Propose.
package sheet

import (
	"errors"
	"fmt"
	"io"

	"github.com/BurntSushi/toml"

	"peerscape/internal/fault"
)

// Mapping says how a table is read. It is data: "peerscape import --propose"
// writes it, a person confirms it. Columns and rows count from 1.
//
// In a long table each row holds region and period. In a wide table the columns
// of values say the period (or the measure), in a turned one the region. What
// no column says is said by Fixed and Same.
type Mapping struct {
	Dataset string `toml:"dataset" json:"dataset"`
	Title   string `toml:"title" json:"title"`

	Sheet     string `toml:"sheet,omitempty" json:"sheet,omitempty"`         // of a workbook; empty: the first
	Encoding  string `toml:"encoding,omitempty" json:"encoding,omitempty"`   // of a text; empty: utf-8
	Separator string `toml:"separator,omitempty" json:"separator,omitempty"` // of a text: comma, semicolon, tab or bar
	Decimal   string `toml:"decimal" json:"decimal"`                         // "." or ","
	Thousands string `toml:"thousands,omitempty" json:"thousands,omitempty"` // "", "." "," "'" or " ", which stands for any space
	HeaderRow int    `toml:"header_row" json:"header_row"`                   // last row of the heading; 0: none
	LastRow   int    `toml:"last_row,omitempty" json:"last_row,omitempty"`   // rows below are not read; 0: read all

	Region  int            `toml:"region" json:"region"`                                 // column of the region codes; 0: each column of values has its own
	Period  int            `toml:"period,omitempty" json:"period,omitempty"`             // column of the periods; 0: none
	Fixed   string         `toml:"fixed_period,omitempty" json:"fixed_period,omitempty"` // period of values that no column and no cell gives one
	Flag    int            `toml:"flag,omitempty" json:"flag,omitempty"`                 // column of flags for all values of the row
	Values  []ValueColumn  `toml:"value" json:"value"`
	Columns []DimensionCol `toml:"dimension,omitempty" json:"dimension,omitempty"`
	Same    []Constant     `toml:"constant,omitempty" json:"constant,omitempty"`

	Missing []string          `toml:"missing" json:"missing"`                 // cells that mean: no value
	Codes   map[string]string `toml:"codes,omitempty" json:"codes,omitempty"` // what stands in the table → region code
}

// ValueColumn is a column of values: of one period or part of a year in a wide
// table, of one measure where a table has several, of one region in a turned
// one.
type ValueColumn struct {
	Column    int    `toml:"column" json:"column"`
	Region    string `toml:"region,omitempty" json:"region,omitempty"` // as the heading writes it
	Period    string `toml:"period,omitempty" json:"period,omitempty"`
	Part      string `toml:"part,omitempty" json:"part,omitempty"` // of the year that the row or Fixed says: "01", "Q1", "S1"
	Dimension string `toml:"dimension,omitempty" json:"dimension,omitempty"`
	Code      string `toml:"code,omitempty" json:"code,omitempty"`
}

// DimensionCol is a column of codes of a dimension.
type DimensionCol struct {
	ID       string `toml:"id" json:"id"`
	Column   int    `toml:"column" json:"column"`
	Optional bool   `toml:"optional,omitempty" json:"optional,omitempty"` // an empty cell is no mistake
}

// Constant is a dimension with one code for the whole table.
type Constant struct {
	ID   string `toml:"id" json:"id"`
	Code string `toml:"code" json:"code"`
}

// dimensions returns the ids in the order of a series' key: constants, columns,
// the measure.
func (m *Mapping) dimensions() []string {
	var ids []string
	for _, c := range m.Same {
		ids = append(ids, c.ID)
	}
	for _, c := range m.Columns {
		ids = append(ids, c.ID)
	}
	if len(m.Values) > 0 && m.Values[0].Dimension != "" {
		ids = append(ids, m.Values[0].Dimension)
	}
	return ids
}

// ReadMapping reads a mapping that Write wrote, and checks it.
func ReadMapping(r io.Reader, name string) (Mapping, error) {
	var m Mapping
	meta, err := toml.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&m)
	if err != nil {
		f := fault.New(fault.Invalid, "sheet.mapping-syntax", "the mapping cannot be read: %v", err).In(name, 0).Do("Correct the line")
		if p, ok := errors.AsType[toml.ParseError](err); ok {
			f.What, f.Place.Line = p.Message, p.Position.Line
		}
		return m, f
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return m, fault.New(fault.Invalid, "sheet.mapping-key", "%s is not a key of a mapping", unknown[0]).In(name, 0).Do("Correct its spelling")
	}
	if err := m.Validate(); err != nil {
		return m, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// Write writes the mapping for a person to confirm.
func (m Mapping) Write(w io.Writer) error {
	const head = `# How the table is read. Check every line, above all dataset, the year of each
# column and the codes; then import with: peerscape import --map THIS_FILE TABLE
`
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	return toml.NewEncoder(w).Encode(m)
}
