package db

import (
	"context"
	"fmt"
	"strings"
)

// bulkRows is how many rows one statement writes: enough for the cost of a call
// to be lost among the cost of the rows.
const bulkRows = 32

// Bulk inserts many rows into one table with few statements.
type Bulk struct {
	tx        *Tx
	width     int
	one, many string
	args      []any
}

// Bulk begins to insert into the columns of a table. Names are of the program,
// never of a user.
func (t *Tx) Bulk(table string, columns ...string) *Bulk {
	insert := func(rows int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", table, strings.Join(columns, ", "))
		for i := range rows * len(columns) {
			switch {
			case i == 0:
				b.WriteString("(")
			case i%len(columns) == 0:
				b.WriteString("), (")
			default:
				b.WriteString(", ")
			}
			b.WriteString(t.conn.dialect.mark(i + 1))
		}
		b.WriteString(")")
		return b.String()
	}
	return &Bulk{
		tx: t, width: len(columns), one: insert(1), many: insert(bulkRows),
		args: make([]any, 0, bulkRows*len(columns)),
	}
}

// Add takes one row, with a value for each column. It writes the rows that it
// holds when they are enough for a statement; until then the values must stay
// as they are.
func (b *Bulk) Add(ctx context.Context, row ...any) error {
	if len(row) != b.width {
		return fmt.Errorf("insert a row of %d values into %d columns", len(row), b.width)
	}
	b.args = append(b.args, row...)
	if len(b.args) < cap(b.args) {
		return nil
	}
	_, err := b.tx.Exec(ctx, b.many, b.args...)
	b.forget()
	return err
}

// Flush writes the rows that are still held.
func (b *Bulk) Flush(ctx context.Context) error {
	defer b.forget()
	for i := 0; i < len(b.args); i += b.width {
		if _, err := b.tx.Exec(ctx, b.one, b.args[i:i+b.width]...); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bulk) forget() {
	clear(b.args)
	b.args = b.args[:0]
}
