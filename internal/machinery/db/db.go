// Package db is what every subject stores its state in: one SQLite file, or a
// PostgreSQL database, behind the same few verbs. It migrates on opening, keeps
// a writer of one connection with group commit and a pool of readers, and turns
// the drivers' codes into faults.
//
// It refuses a database that a newer program has written, writing through the
// readers, and two SQL texts for one question: the true differences between
// the two stand in dialect.go. It knows no table of its own; the tables are in
// migrations. Start with Open, then Write and Read.
package db

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"runtime"
	"strings"
)

// Options say how a database is opened. The zero Options are good.
type Options struct {
	Log     *slog.Logger // contained panics are logged here; nil drops them
	Readers int          // connections for reading; 0: four, or one a processor
}

// DB is an open database. Its methods may be called from many goroutines.
type DB struct {
	dialect dialect
	name    string // for messages: the path, or the address without a password
	read    *pool
	write   *sql.DB
	writer  *writer
}

// Open opens the database that dsn names, a file path for SQLite or a
// postgres:// address, and brings its schema up to date. A file that does not
// exist is made. It is a fault of kind Conflict if a newer program has written
// the database, Invalid if the file is no database, Unavailable if it cannot be
// reached. The caller closes the DB.
func Open(ctx context.Context, dsn string, o Options) (_ *DB, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Readers == 0 {
		o.Readers = max(4, runtime.NumCPU())
	}
	open := openSQLite
	if Remote(dsn) {
		open = openPostgres
	}
	d, err := open(ctx, dsn, o)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.closePools())
		}
	}()
	if err = d.migrate(ctx); err != nil {
		return nil, err
	}
	if d.writer, err = startWriter(ctx, d.write, d.dialect, o.Log); err != nil {
		return nil, err
	}
	return d, nil
}

// Remote reports whether a data source is a server and not a file.
func Remote(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// Read returns the pool of readers.
func (d *DB) Read() Querier { return d.read }

// Write runs fn in the writer's transaction and returns after the durable
// commit, or with fn's error after what fn did was undone. Several calls may
// share one commit, each undone on its own; if that commit fails, all fail.
// What fn did is undone too if it panics; the panic comes back as an error.
//
// Where ctx ends while the call waits for its turn, fn is not run; while fn
// runs, the next statement fails. fn must not call Write, and must read its
// rows to the end or close them before the next statement.
func (d *DB) Write(ctx context.Context, fn func(tx *Tx) error) error {
	return d.writer.do(ctx, fn, false)
}

// WriteAlone is Write for a long transaction: it shares its commit with no
// other, so that short ones do not wait for it to become durable.
func (d *DB) WriteAlone(ctx context.Context, fn func(tx *Tx) error) error {
	return d.writer.do(ctx, fn, true)
}

// Close lets the calls of Write that stand in line finish, then closes the
// connections. Later calls of Write are faults of kind Unavailable, a second
// call of Close does nothing.
func (d *DB) Close() error {
	if d.writer.stop() {
		return errors.Join(d.dialect.tidy(d.write), d.closePools())
	}
	return nil
}

func (d *DB) closePools() error {
	return errors.Join(d.read.close(), d.write.Close())
}
