// Package dbtest opens empty databases for tests: an SQLite file always, and a
// PostgreSQL database of its own where a server is there. Start with Each.
package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"peerscape/internal/machinery/db"
)

// Server is the environment variable that names a PostgreSQL server on which
// tests may make and drop databases.
const Server = "PEERSCAPE_TEST_POSTGRES"

// Open returns an empty SQLite database in a temporary file, closed with the
// test.
func Open(t testing.TB) *db.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "test.db"))
}

// Each runs f on SQLite and, where Server names one, on PostgreSQL.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, Open(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, open(t, Postgres(t))) })
}

func open(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn, db.Options{})
	if err != nil {
		t.Fatalf("open the test's database: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close the test's database: %v", err)
		}
	})
	return d
}

// Postgres returns the address of an empty, migrated PostgreSQL database, which
// is dropped with the test. It skips the test where there is no server.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Server)
	if server == "" {
		t.Skipf("SKIPPED on PostgreSQL: %s names no server; .ci/postgres start prints an address", Server)
	}
	name, err := template(server)
	if err != nil {
		t.Fatalf("make the template database: %v", err)
	}
	mine := "peerscape_test_" + strings.ToLower(rand.Text())
	if err := command(server, "CREATE DATABASE "+mine+" TEMPLATE "+name); err != nil {
		t.Fatalf("make the test's database: %v", err)
	}
	t.Cleanup(func() {
		if err := command(server, "DROP DATABASE "+mine+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return at(server, mine)
}

var templates sync.Map // server → func() (string, error)

// template returns the name of a migrated database, made once by whichever
// process comes first. Its name tells the schema.
func template(server string) (string, error) {
	once, _ := templates.LoadOrStore(server, sync.OnceValues(func() (string, error) { return makeTemplate(server) }))
	return once.(func() (string, error))()
}

func makeTemplate(server string) (name string, err error) {
	ctx := context.Background()
	print := sha256.Sum256([]byte(db.Migrations()))
	name = "peerscape_template_" + hex.EncodeToString(print[:6])
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	// Test processes of several packages run side by side.
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(823417)"); err != nil {
		return "", err
	}
	defer func() {
		_, e := conn.ExecContext(ctx, "SELECT pg_advisory_unlock(823417)")
		err = errors.Join(err, e)
	}()
	var there bool
	if err := conn.QueryRowContext(ctx, "SELECT count(*) > 0 FROM pg_database WHERE datname = $1", name).Scan(&there); err != nil || there {
		return name, err
	}
	unfinished := name + "_unfinished"
	for _, query := range []string{"DROP DATABASE IF EXISTS " + unfinished + " WITH (FORCE)", "CREATE DATABASE " + unfinished} {
		if _, err := conn.ExecContext(ctx, query); err != nil {
			return "", err
		}
	}
	d, err := db.Open(ctx, at(server, unfinished), db.Options{})
	if err != nil {
		return "", err
	}
	if err := d.Close(); err != nil {
		return "", err
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+unfinished+" RENAME TO "+name)
	return name, err
}

func command(server, query string) (err error) {
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if _, err := pool.Exec(query); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

// at returns the server's address with another database.
func at(server, database string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + database
	return u.String()
}
