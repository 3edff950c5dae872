package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// table is what a command prints: as aligned text, CSV or JSON.
type table struct {
	title   string
	columns []column
	rows    [][]string
	notes   []string // printed below the table, never in CSV
	value   any      // what JSON prints
}

// column is one column's head and alignment.
type column struct {
	name  string
	right bool
	paint func(cell string) string // escape sequence for a cell, or ""
}

const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	plain = "\x1b[0m"
)

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// print writes t in the form that the user asked for.
func (s *session) print(t *table) error {
	switch {
	case s.global.JSON:
		enc := json.NewEncoder(s.Out)
		enc.SetIndent("", "  ")
		return enc.Encode(t.value)
	case s.global.CSV:
		return t.csv(s.Out)
	}
	return t.text(s.Out, s.Terminal)
}

func (t *table) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	head := make([]string, len(t.columns))
	for i, c := range t.columns {
		head[i] = strings.ToLower(strings.ReplaceAll(c.name, " ", "_"))
	}
	if err := out.Write(head); err != nil {
		return err
	}
	if err := out.WriteAll(t.rows); err != nil {
		return err
	}
	return out.Error()
}

func (t *table) text(w io.Writer, colour bool) error {
	width := make([]int, len(t.columns))
	for i, c := range t.columns {
		width[i] = utf8.RuneCountInString(c.name)
	}
	for _, row := range t.rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	if t.title != "" {
		b.WriteString(painted(t.title, bold, colour) + "\n\n")
	}
	heads := make([]string, len(t.columns))
	for i, c := range t.columns {
		heads[i] = c.name
	}
	t.line(&b, heads, width, func(int, string) string { return dim }, colour)
	for _, row := range t.rows {
		t.line(&b, row, width, func(i int, cell string) string {
			if p := t.columns[i].paint; p != nil {
				return p(cell)
			}
			return ""
		}, colour)
	}
	if len(t.notes) > 0 {
		b.WriteByte('\n')
	}
	for _, n := range t.notes {
		b.WriteString(painted(n, dim, colour) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *table) line(b *strings.Builder, cells []string, width []int, paint func(int, string) string, colour bool) {
	for i, cell := range cells {
		pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
		if t.columns[i].right {
			b.WriteString(pad)
		}
		b.WriteString(painted(cell, paint(i, cell), colour))
		if i == len(cells)-1 {
			break
		}
		if !t.columns[i].right {
			b.WriteString(pad)
		}
		b.WriteString("  ")
	}
	b.WriteByte('\n')
}

func painted(s, escape string, colour bool) string {
	if !colour || escape == "" {
		return s
	}
	return escape + s + plain
}

// say writes a line for people to the error stream, unless JSON was asked for.
func (s *session) say(format string, args ...any) {
	fmt.Fprintf(s.Log, format+"\n", args...)
}
