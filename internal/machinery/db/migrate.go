package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"

	"peerscape/internal/fault"
)

//go:embed migrations
var migrations embed.FS

// Schema returns the number of the newest migration that this program knows.
func Schema() int64 {
	var newest int64
	entries, err := fs.ReadDir(migrations, "migrations/sqlite")
	if err != nil {
		return 0
	}
	for _, e := range entries {
		number, _, _ := strings.Cut(e.Name(), "_")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

// migrate brings the schema up to date. Migrations only add.
func migrate(ctx context.Context, writer *sql.DB, d dialect) error {
	folder, err := fs.Sub(migrations, "migrations/"+d.name)
	if err != nil {
		return err
	}
	kind := goose.DialectSQLite3
	if d.name == "postgres" {
		kind = goose.DialectPostgres
	}
	p, err := goose.NewProvider(kind, writer, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	has, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema number: %w", err)
	}
	if has > Schema() {
		return fault.New(fault.Conflict, "db.newer", "the database has schema %d and this program knows up to %d", has, Schema()).
			Do("Run the newer program, or name another database")
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
