package db

import (
	"context"
	"database/sql"

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

func (postgresDialect) tidy(*sql.DB) error { return nil }
