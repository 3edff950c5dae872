// Package wide reads a table of units by indicators, as a statistician keeps it:
// a CSV file with one row a unit (and period, in a panel), one column an
// indicator, and columns of text that sort the units into groups.
//
// The separator is a comma, a semicolon or a tab; the decimal mark is a point,
// or a comma throughout. An empty cell, NA, NaN, ":" and "-" are missing. What
// is neither number nor missing in a column of numbers is refused with its line
// and column. Start with Read.
package wide

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// Table is what a file holds, in its order.
type Table struct {
	Units   []string
	Periods []stats.Period // nil where the file has none
	Numbers []Numbers
	Texts   []Text
}

// Numbers is a column of figures; NaN is missing.
type Numbers struct {
	Code   string
	Values []float64
}

// Text is a column of words; empty is missing.
type Text struct {
	Code   string
	Values []string
}

// Limits of a file.
const (
	mostBytes   = 64 << 20
	mostRows    = 100_000
	mostColumns = 2_000
)

// Names by which the columns of units and periods are known, best first.
var (
	unitNames   = []string{"ucode", "unit", "code", "geo", "region", "nuts", "nuts2", "nuts3", "country", "id"}
	periodNames = []string{"time", "time_period", "period", "year"}
)

// missing are the cells that hold nothing.
var missing = []string{"", "na", "n/a", "nan", ":", "-", "–", "."}

// Read reads a table. Errors are of kind Invalid or TooLarge and name file, line
// and column.
func Read(r io.Reader, name string) (*Table, error) {
	text, err := io.ReadAll(io.LimitReader(r, mostBytes+1))
	if err != nil {
		return nil, fault.New(fault.Invalid, "wide.read", "the file cannot be read").In(name, 0).Do("Open it again").Because(err)
	}
	if len(text) > mostBytes {
		return nil, fault.New(fault.TooLarge, "wide.too-large", "the file is larger than %d MiB", mostBytes>>20).In(name, 0).Do("Split it, or keep only the columns that the framework names")
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, fault.New(fault.Invalid, "wide.encoding", "the file is not written in UTF-8").In(name, 0).Do("Save it again as CSV UTF-8")
	}
	g, err := cut(text, name)
	if err != nil {
		return nil, err
	}
	return g.table()
}

// grid is a file cut into cells.
type grid struct {
	name  string
	head  []string
	rows  [][]string
	lines []int // of each row
	comma bool  // decimal mark
}

func cut(text []byte, name string) (*grid, error) {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma = separator(first)
	in.ReuseRecord = false
	g := &grid{name: name}
	for {
		row, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, g.broken(err)
		}
		line, _ := in.FieldPos(0)
		switch {
		case g.head == nil:
			g.head = trim(row)
		case len(g.rows) == mostRows:
			return nil, fault.New(fault.TooLarge, "wide.too-long", "the table has more than %d rows", mostRows).In(name, line).Do("Split it")
		case slices.ContainsFunc(trim(row), func(s string) bool { return s != "" }):
			g.rows, g.lines = append(g.rows, row), append(g.lines, line)
		}
	}
	switch {
	case len(g.head) < 2:
		return nil, fault.New(fault.Invalid, "wide.no-column", "the first line does not name at least two columns").In(name, 1).Do("Write a heading, with a comma, a semicolon or a tab between the names")
	case len(g.head) > mostColumns:
		return nil, fault.New(fault.TooLarge, "wide.too-wide", "the table has %d columns", len(g.head)).In(name, 1).Do("Keep at most %d", mostColumns)
	case len(g.rows) == 0:
		return nil, fault.New(fault.Invalid, "wide.no-row", "there is no row below the heading").In(name, 2).Do("Add one row a unit")
	}
	return g, nil
}

func trim(row []string) []string {
	for i := range row {
		row[i] = strings.TrimSpace(row[i])
	}
	return row
}

func separator(first []byte) rune {
	best, most := ',', 0
	for _, c := range []byte(",;\t") {
		if n := bytes.Count(first, []byte{c}); n > most {
			best, most = rune(c), n
		}
	}
	return best
}

func (g *grid) broken(err error) error {
	line := 0
	what, cure := "the file is no CSV", "Save it again as CSV"
	if p, ok := errors.AsType[*csv.ParseError](err); ok {
		line = p.Line
		if errors.Is(p.Err, csv.ErrFieldCount) {
			what, cure = "the row has not as many cells as the heading", "Give it one cell a column"
		}
	}
	return fault.New(fault.Invalid, "wide.broken", "%s", what).In(g.name, line).Do("%s", cure).Because(err)
}

// table sorts the columns into units, periods, numbers and texts.
func (g *grid) table() (*Table, error) {
	for j, h := range g.head {
		if h == "" || slices.Index(g.head, h) != j {
			return nil, g.wrong(-1, j, "wide.heading", "the heading %q is empty or stands twice", h).Do("Give each column a name of its own")
		}
	}
	g.comma = g.commaDecimals()
	unit, period := g.find(unitNames), g.find(periodNames)
	if unit < 0 {
		unit = 0
	}
	t := &Table{}
	for j, h := range g.head {
		switch {
		case j == unit:
			t.Units = g.texts(j)
		case j == period:
			p, err := g.periods(j)
			if err != nil {
				return nil, err
			}
			t.Periods = p
		case g.numeric(j):
			v, err := g.numbers(j)
			if err != nil {
				return nil, err
			}
			t.Numbers = append(t.Numbers, Numbers{h, v})
		default:
			t.Texts = append(t.Texts, Text{h, g.texts(j)})
		}
	}
	if i := slices.Index(t.Units, ""); i >= 0 {
		return nil, g.wrong(i, unit, "wide.no-unit", "the row names no unit").Do("Fill the column %s", g.head[unit])
	}
	return t, nil
}

// find returns the column of the best of the names, -1 where there is none.
func (g *grid) find(names []string) int {
	best := slices.IndexFunc(names, func(n string) bool {
		return slices.ContainsFunc(g.head, func(h string) bool { return strings.EqualFold(h, n) })
	})
	if best < 0 {
		return -1
	}
	return slices.IndexFunc(g.head, func(h string) bool { return strings.EqualFold(h, names[best]) })
}

func (g *grid) texts(j int) []string {
	out := make([]string, len(g.rows))
	for i, row := range g.rows {
		out[i] = row[j]
	}
	return out
}

func (g *grid) periods(j int) ([]stats.Period, error) {
	out := make([]stats.Period, len(g.rows))
	for i, row := range g.rows {
		p, err := stats.ParsePeriod(row[j])
		if err != nil {
			return nil, g.wrong(i, j, "wide.period", "%q is no period", fault.Clip(row[j], 40)).Do("Write a year such as 2023")
		}
		out[i] = p
	}
	return out, nil
}

// numeric reports whether a column is one of numbers: at least half of what it
// holds is. A column that holds nothing is.
func (g *grid) numeric(j int) bool {
	numbers, all := 0, 0
	for _, row := range g.rows {
		if v, ok := g.number(row[j]); ok && !math.IsNaN(v) {
			numbers++
			all++
		} else if !ok {
			all++
		}
	}
	return 2*numbers >= all
}

func (g *grid) numbers(j int) ([]float64, error) {
	out := make([]float64, len(g.rows))
	for i, row := range g.rows {
		v, ok := g.number(row[j])
		if !ok {
			return nil, g.wrong(i, j, "wide.number", "%q in the column %s is no number", fault.Clip(row[j], 40), g.head[j]).
				Do("Write a number such as 12.5, or leave the cell empty")
		}
		out[i] = v
	}
	return out, nil
}

// number reads a cell; NaN where it is missing.
func (g *grid) number(s string) (v float64, ok bool) {
	if slices.Contains(missing, strings.ToLower(s)) {
		return math.NaN(), true
	}
	if g.comma {
		s = strings.Replace(s, ",", ".", 1)
	}
	if strings.ContainsAny(s, "_xXpPiI") { // Go's own ways of writing numbers, and infinity
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// commaDecimals reports whether the numbers of the file have a decimal comma:
// some have one, and none has a point.
func (g *grid) commaDecimals() bool {
	commas, points := 0, 0
	for _, row := range g.rows {
		for _, s := range row {
			if strings.Trim(s, "0123456789.,-+eE") != "" {
				continue
			}
			commas += cmp.Compare(strings.Count(s, ","), 0)
			points += cmp.Compare(strings.Count(s, "."), 0)
		}
	}
	return commas > 0 && points == 0
}

// wrong makes a fault of a row, -1 for the heading, and a column.
func (g *grid) wrong(i, j int, key, format string, args ...any) *fault.Error {
	line := 1
	if i >= 0 {
		line = g.lines[i]
	}
	f := fault.New(fault.Invalid, key, format, args...).In(g.name, line)
	f.Place.Column = j + 1
	return f
}
