// Package db opens the one database of the program, SQLite or PostgreSQL, and
// gives one way to read and one way to write.
//
// Reads go to a pool. Writes go through Write: one writer on SQLite, joined
// into group commits, so that each caller returns after its change is durable.
// One SQL text serves both databases; the few true differences stand in
// dialect.go. It refuses a database made by a newer program. Start with Open.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Options tune Open. The zero value is right for a server.
type Options struct {
	Log     *slog.Logger // nil discards
	Readers int          // connections of the reader pool; 0 means 4
}

// DB is an open database.
type DB struct {
	dialect dialect
	writer  *sql.DB
	reader  *sql.DB
	log     *slog.Logger

	queue  chan *job
	done   chan struct{} // closed when the writing loop has ended
	closed sync.Once
	mu     sync.RWMutex // held for reading while a job is handed to the queue
	ended  bool
}

// Rows, Row and Tx are the standard library's, under names that a package
// without SQL may use.
type (
	Rows = sql.Rows
	Row  = sql.Row
)

// Querier reads.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open opens the database at dsn, a path of an SQLite file or an address that
// starts with postgres://, and brings its schema up to date. The caller closes
// the DB.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	d, address := dialectOf(dsn)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Readers == 0 {
		o.Readers = 4
	}
	db := &DB{dialect: d, log: o.Log, queue: make(chan *job, batchSize), done: make(chan struct{})}
	var err error
	if db.writer, err = sql.Open(d.driver, d.writerDSN(address)); err != nil {
		return nil, fmt.Errorf("open the database: %w", d.fault(err))
	}
	db.writer.SetMaxOpenConns(1)
	if db.reader, err = sql.Open(d.driver, d.readerDSN(address)); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", d.fault(err)), db.writer.Close())
	}
	db.reader.SetMaxOpenConns(o.Readers)
	db.reader.SetMaxIdleConns(o.Readers)
	start, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := migrate(start, db.writer, d); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the database %s: %w", hide(dsn), d.fault(err)), db.writer.Close(), db.reader.Close())
	}
	go db.write()
	return db, nil
}

// hide removes a password from an address.
func hide(dsn string) string {
	scheme, rest, ok := strings.Cut(dsn, "://")
	if !ok {
		return dsn
	}
	if _, host, ok := strings.Cut(rest, "@"); ok {
		return scheme + "://" + host
	}
	return dsn
}

// Read returns the reader pool.
func (db *DB) Read() Querier { return reading{db} }

// Postgres reports whether the database is PostgreSQL; for tests and for the
// messages of the command line.
func (db *DB) Postgres() bool { return db.dialect.driver == "pgx" }

// Close ends the writing loop after the jobs that were handed in, and closes
// both pools.
func (db *DB) Close() error {
	var err error
	db.closed.Do(func() {
		db.mu.Lock()
		db.ended = true
		close(db.queue)
		db.mu.Unlock()
		<-db.done
		err = errors.Join(db.reader.Close(), db.dialect.beforeClose(db.writer), db.writer.Close())
	})
	return err
}

// reading gives driver errors their kinds.
type reading struct{ db *DB }

func (r reading) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := r.db.reader.QueryContext(ctx, query, args...)
	return rows, r.db.dialect.fault(err)
}

func (r reading) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return r.db.reader.QueryRowContext(ctx, query, args...)
}
