package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"peerscape/internal/fault"
)

// The two folders hold files of equal names: one version line for both.
//
//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to what this program knows.
func (d *DB) migrate(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "migrate %s", d.name)
	folder, dialect, options, err := d.dialect.migrations()
	if err != nil {
		return err
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, d.write, files, options...)
	if err != nil {
		return err
	}
	there, known, err := p.GetVersions(ctx)
	if err != nil {
		return translate(err)
	}
	if there > known {
		return fault.New(fault.Conflict, "db.newer",
			"the database was written by a newer Peerscape (schema %d; this one knows %d)", there, known).
			In(d.name, 0).Do("Start the newer version, or restore a backup made with this one")
	}
	if there < known {
		_, err = p.Up(ctx)
	}
	return translate(err)
}

// Schema returns the number of the newest migration that this program knows.
func Schema() int64 {
	files, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	if err != nil || len(files) == 0 {
		return 0
	}
	n, err := goose.NumericComponent(files[len(files)-1])
	if err != nil {
		return 0
	}
	return n
}

// Schema returns the number of the newest migration that the database has.
func (d *DB) Schema(ctx context.Context) (n int64, err error) {
	err = d.read.QueryRow(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("read the schema's number: %w", err)
	}
	return n, nil
}

// Migrations returns the text of all migrations for PostgreSQL, by which tests
// tell one schema from another.
func Migrations() string {
	names, err := fs.Glob(migrations, "migrations/postgres/*.sql")
	var all []byte
	for _, name := range names {
		b, e := migrations.ReadFile(name)
		all, err = append(all, b...), errors.Join(err, e)
	}
	if err != nil {
		panic("db: the embedded migrations cannot be read: " + err.Error())
	}
	return string(all)
}
