package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver
	"modernc.org/sqlite"               // the SQLite driver
	sqlite3 "modernc.org/sqlite/lib"

	"peerscape/internal/fault"
)

// dialect holds the true differences between the two databases.
type dialect struct {
	name   string // sqlite or postgres: the folder of its migrations
	driver string
}

func dialectOf(dsn string) (d dialect, address string) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return dialect{name: "postgres", driver: "pgx"}, dsn
	}
	return dialect{name: "sqlite", driver: "sqlite"}, strings.TrimPrefix(dsn, "sqlite:")
}

// pragmas, the waiting time first so that the others wait for a lock too. FULL
// because NORMAL can lose acknowledged writes at a power cut.
const pragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
	"&_pragma=temp_store(MEMORY)&_time_format=sqlite"

func (d dialect) writerDSN(address string) string {
	if d.driver != "sqlite" {
		return address
	}
	return fileURL(address) + "?_txlock=immediate&" + pragmas
}

func (d dialect) readerDSN(address string) string {
	if d.driver != "sqlite" {
		return address
	}
	return fileURL(address) + "?" + pragmas + "&_pragma=query_only(1)"
}

// fileURL escapes what would end the path.
func fileURL(path string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// beforeClose folds the write-ahead log into the file, so that a copy of the
// file alone is whole.
func (d dialect) beforeClose(writer *sql.DB) error {
	if d.driver != "sqlite" {
		return nil
	}
	_, err := writer.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// fault gives a driver's error its kind. Driver codes are looked at here and
// nowhere else.
func (d dialect) fault(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.Missing, "db.missing", "there is no such entry").Because(err)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return sqliteFault(e, err)
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return postgresFault(e, err)
	}
	return err
}

func sqliteFault(e *sqlite.Error, err error) error {
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CONSTRAINT:
		return fault.New(fault.Conflict, "db.conflict", "the entry contradicts one that is there").Because(err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fault.New(fault.Unavailable, "db.busy", "another program holds the database").Do("Close it and try again").Because(err)
	case sqlite3.SQLITE_FULL:
		return fault.New(fault.Unavailable, "db.full", "the disk is full").Do("Free space and try again; nothing was changed").Because(err)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY:
		return fault.New(fault.Unavailable, "db.open", "the database file cannot be opened for writing").Do("Check the folder and its permissions").Because(err)
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fault.New(fault.Invalid, "db.foreign", "the file is not a Peerscape database, or it is damaged").Do("Name another file, or restore a copy").Because(err)
	}
	return err
}

func postgresFault(e *pgconn.PgError, err error) error {
	switch {
	case strings.HasPrefix(e.Code, "23"):
		return fault.New(fault.Conflict, "db.conflict", "the entry contradicts one that is there").Because(err)
	case strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "57"), strings.HasPrefix(e.Code, "53"):
		return fault.New(fault.Unavailable, "db.busy", "the database server does not answer").Do("Try again").Because(err)
	}
	return err
}
