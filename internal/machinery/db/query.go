package db

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// Querier asks questions: the readers' pool, or a transaction. Values of args
// are those that database/sql takes. Errors are faults where a caller can
// branch on them; a row that is not there is of kind Missing.
type Querier interface {
	Query(ctx context.Context, query string, args ...any) (*Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *Row
}

// Rows are the answer to a query: sql.Rows with faults for errors.
type Rows struct{ *sql.Rows }

// Scan is sql.Rows.Scan with faults for errors.
func (r *Rows) Scan(dest ...any) error { return translate(r.Rows.Scan(dest...)) }

// Err is sql.Rows.Err with faults for errors.
func (r *Rows) Err() error { return translate(r.Rows.Err()) }

// Row is the answer to a query for one row.
type Row struct {
	row *sql.Row
	err error
}

// Scan is sql.Row.Scan with faults for errors.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	return translate(r.row.Scan(dest...))
}

// mostPrepared bounds the statements that a pool keeps prepared. Query texts
// are constants of the program, so the bound is met only by mistake; later
// texts work, more slowly.
const mostPrepared = 512

// statements keeps what was prepared, by text.
type statements struct {
	prepare func(context.Context, string) (*sql.Stmt, error)
	mu      sync.RWMutex
	by      map[string]*sql.Stmt
}

// get returns the prepared statement, nil where no more may be kept.
func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	st, full := s.by[query], len(s.by) >= mostPrepared
	s.mu.RUnlock()
	if st != nil || full {
		return st, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.by[query]; st != nil {
		return st, nil
	}
	st, err := s.prepare(ctx, query)
	if err != nil {
		return nil, translate(err)
	}
	if s.by == nil {
		s.by = make(map[string]*sql.Stmt)
	}
	s.by[query] = st
	return st, nil
}

// close ends what was prepared. A connection that somebody holds does not do it
// by itself, and SQLite then never gives the file back.
func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, st := range s.by {
		errs = append(errs, st.Close())
	}
	s.by = nil
	return errors.Join(errs...)
}

// pool is the readers.
type pool struct {
	db *sql.DB
	statements
}

func newPool(db *sql.DB) *pool {
	return &pool{db: db, statements: statements{prepare: db.PrepareContext}}
}

// Query implements Querier.
func (p *pool) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	st, err := p.get(ctx, query)
	if err != nil {
		return nil, err
	}
	var rows *sql.Rows
	if st != nil {
		rows, err = st.QueryContext(ctx, args...)
	} else {
		rows, err = p.db.QueryContext(ctx, query, args...)
	}
	if err != nil {
		return nil, translate(err)
	}
	return &Rows{rows}, nil
}

// QueryRow implements Querier.
func (p *pool) QueryRow(ctx context.Context, query string, args ...any) *Row {
	st, err := p.get(ctx, query)
	switch {
	case err != nil:
		return &Row{err: err}
	case st != nil:
		return &Row{row: st.QueryRowContext(ctx, args...)}
	}
	return &Row{row: p.db.QueryRowContext(ctx, query, args...)}
}

func (p *pool) close() error { return errors.Join(p.statements.close(), p.db.Close()) }
