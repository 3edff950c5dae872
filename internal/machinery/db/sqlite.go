package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"modernc.org/sqlite" // the only file that names the driver

	"peerscape/internal/fault"
)

const (
	// busyTimeout is how long a program waits for another one's transaction.
	busyTimeout = 10 * time.Second

	// pageSize can only be chosen when a file is made. Packed series are small
	// and read in runs: 8 KiB loses less at the ends of pages than 4.
	pageSize = 8192
)

func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	if err := prepareFile(ctx, path); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	write, err := sql.Open("sqlite", address(path))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", address(path, "query_only(1)"))
	if err != nil {
		return nil, err
	}
	read.SetMaxOpenConns(o.Readers)
	read.SetMaxIdleConns(o.Readers)
	return &DB{dialect: sqliteDialect{}, name: path, read: newPool(read), write: write}, nil
}

// address is what the driver opens. It sets busy_timeout before all else,
// whatever the order here. FULL, because NORMAL can lose acknowledged writes
// when the power fails.
func address(path string, more ...string) string {
	q := url.Values{"_pragma": append([]string{
		"busy_timeout(" + strconv.FormatInt(busyTimeout.Milliseconds(), 10) + ")",
		"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
	}, more...)}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// prepareFile makes the file if it is not there, readable by its owner alone,
// and chooses the page size of an empty one.
func prepareFile(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fault.New(fault.Unavailable, "db.file", "the database file cannot be opened").In(path, 0).
			Do("Check that the folder %s exists and that you may write there", filepath.Dir(path)).Because(err)
	}
	info, err := f.Stat()
	if err := errorOf(err, f.Close()); err != nil {
		return err
	}
	if info.Size() > 0 {
		return nil
	}
	pool, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String())
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1)
	_, err = pool.ExecContext(ctx, fmt.Sprintf("PRAGMA page_size = %d; PRAGMA journal_mode = WAL", pageSize))
	return translate(errorOf(err, pool.Close()))
}

func errorOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// sqliteCode returns the driver's result code, extended.
func sqliteCode(err error) (code int, ok bool) {
	e, ok := asType[*sqlite.Error](err)
	if !ok {
		return 0, false
	}
	return e.Code(), true
}
