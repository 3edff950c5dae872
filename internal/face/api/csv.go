package api

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// table is an answer that can be written as CSV: a head and rows.
type table interface {
	head() []string
	rows(write func(cells ...string))
}

// writeCSV writes v as CSV with CRLF line ends (RFC 4180). Cells that a
// spreadsheet would run as a formula are preceded by an apostrophe.
func writeCSV(w io.Writer, v any) error {
	t, ok := v.(table)
	if !ok {
		_, err := fmt.Fprintf(w, "error\r\n%s\r\n", strconv.Quote(fmt.Sprint(v)))
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(t.head()); err != nil {
		return err
	}
	t.rows(func(cells ...string) {
		for i, c := range cells {
			cells[i] = harmless(c)
		}
		_ = out.Write(cells) // kept by the writer, returned by Error below
	})
	out.Flush()
	return out.Error()
}

// harmless disarms text that spreadsheets take for a formula; numbers pass.
func harmless(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		if _, err := strconv.ParseFloat(s, 64); err != nil {
			return "'" + s
		}
	}
	return s
}

// number writes a value exactly, and an absent one as nothing.
func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
