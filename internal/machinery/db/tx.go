package db

import (
	"context"
	"database/sql"
)

// Tx is the writer's transaction, as one function sees it. It must not be kept
// after the function returns.
//
// A statement is not broken off in the middle, because SQLite would undo the
// work of the functions that share the commit; a context that has ended is
// seen before the next statement.
type Tx struct {
	ctx  context.Context // of the call of Write
	conn *connection
	then []func()
}

// Then has fn called after the durable commit, and never if what this function
// did is undone. The writer waits for fn: it must not block, and must not write.
func (t *Tx) Then(fn func()) { t.then = append(t.then, fn) }

// SkipLocked is the end of a subquery that passes over rows which another program
// has locked, with a space before it. SQLite has one writer, so there it is empty.
func (t *Tx) SkipLocked() string { return t.conn.dialect.skipLocked() }

// Exec runs a statement and returns how many rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	ctx, st, err := t.ready(ctx, query)
	if err != nil {
		return 0, err
	}
	var res sql.Result
	if st != nil {
		res, err = st.ExecContext(ctx, args...)
	} else {
		res, err = t.conn.sql.ExecContext(ctx, query, args...)
	}
	if err != nil {
		return 0, translate(err)
	}
	n, err := res.RowsAffected()
	return n, translate(err)
}

// Query implements Querier.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	ctx, st, err := t.ready(ctx, query)
	if err != nil {
		return nil, err
	}
	var rows *sql.Rows
	if st != nil {
		rows, err = st.QueryContext(ctx, args...)
	} else {
		rows, err = t.conn.sql.QueryContext(ctx, query, args...)
	}
	if err != nil {
		return nil, translate(err)
	}
	return &Rows{rows}, nil
}

// QueryRow implements Querier.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	ctx, st, err := t.ready(ctx, query)
	switch {
	case err != nil:
		return &Row{err: err}
	case st != nil:
		return &Row{row: st.QueryRowContext(ctx, args...)}
	}
	return &Row{row: t.conn.sql.QueryRowContext(ctx, query, args...)}
}

// Lock makes other programs' transactions that lock the same name wait until
// this one ends. SQLite has one writer, so there it does nothing.
func (t *Tx) Lock(ctx context.Context, name string) error { return t.conn.dialect.lock(ctx, t, name) }

func (t *Tx) ready(ctx context.Context, query string) (context.Context, *sql.Stmt, error) {
	if err := t.ctx.Err(); err != nil {
		return nil, nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	ctx = context.WithoutCancel(ctx)
	st, err := t.conn.get(ctx, query)
	return ctx, st, err
}
