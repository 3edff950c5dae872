// Package sheet reads tables that people made: CSV in any dialect and XLSX,
// long or wide, by a mapping that a person has confirmed; and the figures
// behind the maps of Eurostat's yearbooks.
//
// Propose looks at a table and proposes the mapping; NewReader reads the table
// by it. Nothing is guessed while reading: what the mapping does not say is
// refused with the row and the cell. Start with Mapping, then Propose.
package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// Mapping says how a table is read. It is data: "peerscape import --propose"
// writes it, a person confirms it.
type Mapping struct {
	Dataset string `toml:"dataset"`
	Title   string `toml:"title"`

	Sheet     string `toml:"sheet,omitempty"` // of a workbook
	Encoding  string `toml:"encoding,omitempty"`
	Separator string `toml:"separator,omitempty"`
	Decimal   string `toml:"decimal"`             // "." or ","
	Thousands string `toml:"thousands,omitempty"` // a character between thousands, or nothing
	HeaderRow int    `toml:"header_row"`          // last row of the heading, from 1; 0: none

	Region  int            `toml:"region"`           // column of the region codes, from 1
	Period  int            `toml:"period,omitempty"` // column of the periods; 0: none
	Fixed   string         `toml:"fixed_period,omitempty"`
	Flag    int            `toml:"flag,omitempty"` // column of flags in a long table
	Values  []ValueColumn  `toml:"value"`
	Columns []DimensionCol `toml:"dimension,omitempty"`
	Same    []Constant     `toml:"constant,omitempty"`

	Missing []string          `toml:"missing"`         // cells that mean: no value
	Codes   map[string]string `toml:"codes,omitempty"` // what stands in the table → region code
}

// ValueColumn is a column of values: of one period in a wide table, of one
// measure where a table has several.
type ValueColumn struct {
	Column    int    `toml:"column"`
	Period    string `toml:"period,omitempty"`
	Dimension string `toml:"dimension,omitempty"`
	Code      string `toml:"code,omitempty"`
}

// DimensionCol is a column of codes of a dimension.
type DimensionCol struct {
	ID       string `toml:"id"`
	Column   int    `toml:"column"`
	Optional bool   `toml:"optional,omitempty"` // an empty cell is no mistake
}

// Constant is a dimension with one code for the whole table.
type Constant struct {
	ID   string `toml:"id"`
	Code string `toml:"code"`
}

// dimensions returns the ids in the order of a series' key.
func (m *Mapping) dimensions() []string {
	var ids []string
	for _, c := range m.Same {
		ids = append(ids, c.ID)
	}
	for _, c := range m.Columns {
		ids = append(ids, c.ID)
	}
	for _, v := range m.Values {
		if v.Dimension != "" && !slices.Contains(ids, v.Dimension) {
			ids = append(ids, v.Dimension)
		}
	}
	return ids
}

// Validate checks that the mapping is complete and names no column twice.
func (m *Mapping) Validate() error {
	bad := func(format string, args ...any) error {
		return fault.New(fault.Invalid, "sheet.mapping", "the mapping is not complete: %s", fmt.Sprintf(format, args...)).
			Do("Correct it, or let --propose write a new one")
	}
	if m.Region < 1 {
		return bad("it names no column of regions")
	}
	if len(m.Values) == 0 {
		return bad("it names no column of values")
	}
	if m.Decimal != "." && m.Decimal != "," {
		return bad("the decimal sign is %q, not a point or a comma", m.Decimal)
	}
	if m.Thousands == m.Decimal {
		return bad("the decimal sign and the sign between thousands are the same")
	}
	if m.Fixed != "" {
		if _, err := stats.ParsePeriod(m.Fixed); err != nil {
			return err
		}
	}
	taken := map[int]string{m.Region: "regions"}
	use := func(column int, what string) error {
		if column < 1 {
			return bad("the column of %s is not named", what)
		}
		if other := taken[column]; other != "" {
			return bad("column %d holds both %s and %s", column, other, what)
		}
		taken[column] = what
		return nil
	}
	var errs []error
	if m.Period > 0 {
		errs = append(errs, use(m.Period, "periods"))
	}
	if m.Flag > 0 {
		errs = append(errs, use(m.Flag, "flags"))
	}
	for _, c := range m.Columns {
		errs = append(errs, use(c.Column, c.ID))
	}
	for _, v := range m.Values {
		errs = append(errs, use(v.Column, "values"))
		if v.Period != "" {
			_, err := stats.ParsePeriod(v.Period)
			errs = append(errs, err)
		} else if m.Period == 0 && m.Fixed == "" {
			errs = append(errs, bad("nothing says which year column %d is of", v.Column))
		}
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
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

// separators by name: words keep a tab readable in a mapping.
var separators = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "bar": '|'}

func (m *Mapping) separator() (rune, error) {
	if r, ok := separators[m.Separator]; ok {
		return r, nil
	}
	names := make([]string, 0, len(separators))
	for n := range separators {
		names = append(names, n)
	}
	slices.Sort(names)
	return 0, fault.New(fault.Invalid, "sheet.separator", "%q is not a separator", m.Separator).Do("Write one of %s", strings.Join(names, ", "))
}
