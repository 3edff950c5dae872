package db

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// dialect is every true difference between the two databases. A query is the
// same text for both.
type dialect interface {
	// begin is the statement that opens the writer's transaction.
	begin() string
	// lock keeps other programs that take the same name waiting.
	lock(ctx context.Context, tx *Tx, name string) error
	// migrations names the folder, goose's word for the database, and options.
	migrations() (folder string, d goose.Dialect, o []goose.ProviderOption, err error)
	// mark is the n-th parameter, from 1, of a statement that Bulk writes.
	mark(n int) string
	// skipLocked ends a subquery that passes over rows which others have locked.
	skipLocked() string
	// tidy is done before the last connection closes.
	tidy(write *sql.DB) error
}

type sqliteDialect struct{}

// IMMEDIATE takes the write lock now: a transaction that reads first and
// writes later could find that somebody else has written in between.
func (sqliteDialect) begin() string { return "BEGIN IMMEDIATE" }

func (sqliteDialect) lock(context.Context, *Tx, string) error { return nil }

func (sqliteDialect) migrations() (string, goose.Dialect, []goose.ProviderOption, error) {
	return "migrations/sqlite", goose.DialectSQLite3, nil, nil
}

// mark has no number, though SQLite takes $1 too: it looks numbered ones up by
// name, one after another, which for many rows costs more than inserting them.
func (sqliteDialect) mark(int) string { return "?" }

func (sqliteDialect) skipLocked() string { return "" }

// tidy moves the log into the file, so that the file alone is the database.
func (sqliteDialect) tidy(write *sql.DB) error {
	_, err := write.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return translate(err)
}

type postgresDialect struct{}

func (postgresDialect) begin() string { return "BEGIN" }

func (postgresDialect) lock(ctx context.Context, tx *Tx, name string) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)
	return err
}

func (postgresDialect) migrations() (string, goose.Dialect, []goose.ProviderOption, error) {
	l, err := lock.NewPostgresSessionLocker() // several instances may start at once
	return "migrations/postgres", goose.DialectPostgres, []goose.ProviderOption{goose.WithSessionLocker(l)}, err
}

func (postgresDialect) mark(n int) string { return "$" + strconv.Itoa(n) }

func (postgresDialect) skipLocked() string { return " FOR UPDATE SKIP LOCKED" }

func (postgresDialect) tidy(*sql.DB) error { return nil }
