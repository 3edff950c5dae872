package content

import (
	"context"
	"encoding/json"
	"time"

	"peerscape/internal/machinery/db"
)

// mostListed bounds every list.
const mostListed = 1000

const (
	versionColumns = "kind, subject, number, author, at, note, restored, digest, hash"
	fullColumns    = versionColumns + ", body"
)

func scanVersion(scan func(...any) error, more ...any) (v Version, err error) {
	var at string
	err = scan(append([]any{
		&v.Subject.Kind, &v.Subject.ID, &v.Number, &v.Author, &at, &v.Note, &v.Restored, &v.Digest, &v.Hash,
	}, more...)...)
	if err != nil {
		return Version{}, err
	}
	v.At, err = time.Parse(stamp, at)
	return v, err
}

func scanFull(scan func(...any) error) (Version, error) {
	var body string
	v, err := scanVersion(scan, &body)
	if body != "" {
		v.Body = json.RawMessage(body)
	}
	return v, err
}

func selectLatest(ctx context.Context, q db.Querier, s Subject) (Version, error) {
	return scanFull(q.QueryRow(ctx, "SELECT "+fullColumns+
		" FROM version WHERE kind = $1 AND subject = $2 ORDER BY number DESC LIMIT 1", s.Kind, s.ID).Scan)
}

func selectVersion(ctx context.Context, q db.Querier, s Subject, number int) (Version, error) {
	return scanFull(q.QueryRow(ctx, "SELECT "+fullColumns+
		" FROM version WHERE kind = $1 AND subject = $2 AND number = $3 ORDER BY number LIMIT 1", s.Kind, s.ID, number).Scan)
}

func selectVersions(ctx context.Context, q db.Querier, s Subject, before, most int) ([]Version, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (Version, error) { return scanVersion(r.Scan) }, "SELECT "+versionColumns+
		" FROM version WHERE kind = $1 AND subject = $2 AND number < $3 ORDER BY number DESC LIMIT $4", s.Kind, s.ID, before, most)
}

func selectBodies(ctx context.Context, q db.Querier, s Subject, after, most int) ([]Version, error) {
	return db.Collect(ctx, q, func(r *db.Rows) (Version, error) { return scanFull(r.Scan) }, "SELECT "+fullColumns+
		" FROM version WHERE kind = $1 AND subject = $2 AND number > $3 ORDER BY number LIMIT $4", s.Kind, s.ID, after, most)
}

// insertVersion returns false if there already is a version of that number.
func insertVersion(ctx context.Context, tx *db.Tx, v *Version) (bool, error) {
	n, err := tx.Exec(ctx, "INSERT INTO version ("+fullColumns+
		") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
		v.Subject.Kind, v.Subject.ID, v.Number, v.Author, v.At.Format(stamp), v.Note, v.Restored, v.Digest, v.Hash, string(v.Body))
	return n == 1, err
}

func clearBody(ctx context.Context, tx *db.Tx, s Subject, number int) (int64, error) {
	return tx.Exec(ctx, "UPDATE version SET body = '' WHERE kind = $1 AND subject = $2 AND number = $3", s.Kind, s.ID, number)
}
