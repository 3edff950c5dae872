package jobs

import (
	"cmp"
	"context"
	"slices"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

func insertJob(ctx context.Context, tx *db.Tx, j *Job, now string) error {
	_, err := tx.Exec(ctx, `INSERT INTO job (kind, key, body, due, tries, lease, holder, error, done, created, progress, parts)
		VALUES ($1, $2, $3, $4, 0, '', '', '', '', $5, 0, 0) ON CONFLICT DO NOTHING`, j.Kind, j.Key, string(j.Body), written(j.Due), now)
	return err
}

// takeJobs takes open jobs of a kind that are due and that nobody holds, the
// earliest first.
func takeJobs(ctx context.Context, tx *db.Tx, kind string, most int, now, until, instance string) ([]*Run, error) {
	runs, err := db.Collect(ctx, tx, func(rows *db.Rows) (*Run, error) {
		r := &Run{}
		var body string
		err := rows.Scan(&r.ID, &r.Kind, &r.Key, &body, &r.Try)
		r.Body = []byte(body)
		return r, err
	}, `UPDATE job SET lease = $1, holder = $2, tries = tries + 1 WHERE id IN (
			SELECT id FROM job WHERE kind = $3 AND done = '' AND due <= $4 AND lease <= $4 ORDER BY due, id LIMIT $5`+tx.SkipLocked()+`)
		RETURNING id, kind, key, body, tries`, until, instance, kind, now, most)
	slices.SortFunc(runs, func(a, b *Run) int { return cmp.Compare(a.ID, b.ID) })
	return runs, err
}

func hasDue(ctx context.Context, q db.Querier, kind, now string) (bool, error) {
	var id int64
	err := q.QueryRow(ctx, `SELECT id FROM job WHERE kind = $1 AND done = '' AND due <= $2 AND lease <= $2 ORDER BY due, id LIMIT 1`, kind, now).Scan(&id)
	if fault.KindOf(err) == fault.Missing {
		return false, nil
	}
	return err == nil, err
}

// selectNextDue returns when the next job of a kind is due or its lease ends, zero
// for none.
func selectNextDue(ctx context.Context, q db.Querier, kind string) (time.Time, error) {
	var due string
	err := q.QueryRow(ctx, `SELECT CASE WHEN lease > due THEN lease ELSE due END AS next FROM job WHERE kind = $1 AND done = '' ORDER BY next LIMIT 1`, kind).Scan(&due)
	if fault.KindOf(err) == fault.Missing {
		return time.Time{}, nil
	}
	return read(due), err
}

// A try is named by job, number and instance: whoever has lost it changes nothing.

func updateProgress(ctx context.Context, tx *db.Tx, id int64, try int, instance string, done, of int) (int64, error) {
	return tx.Exec(ctx, `UPDATE job SET progress = $1, parts = $2 WHERE id = $3 AND tries = $4 AND holder = $5 AND done = ''`, done, of, id, try, instance)
}

func updateLease(ctx context.Context, tx *db.Tx, id int64, try int, instance, until string) (int64, error) {
	return tx.Exec(ctx, `UPDATE job SET lease = $1 WHERE id = $2 AND tries = $3 AND holder = $4 AND done = ''`, until, id, try, instance)
}

// ending is what is written at the end of a try.
type ending struct {
	due, err, done string
	tries          int
}

// endTry writes how a try ended. Of what is done the history keeps no body: it may
// hold what nobody needs to know any more.
func endTry(ctx context.Context, tx *db.Tx, id int64, try int, instance string, e ending) (int64, error) {
	if e.done != "" {
		return tx.Exec(ctx, `UPDATE job SET done = $1, error = $2, body = '{}', lease = '', holder = '' WHERE id = $3 AND tries = $4 AND holder = $5 AND done = ''`,
			e.done, e.err, id, try, instance)
	}
	return tx.Exec(ctx, `UPDATE job SET due = $1, error = $2, tries = $3, lease = '', holder = '' WHERE id = $4 AND tries = $5 AND holder = $6 AND done = ''`,
		e.due, e.err, e.tries, id, try, instance)
}

func deleteDone(ctx context.Context, tx *db.Tx, before string) error {
	_, err := tx.Exec(ctx, `DELETE FROM job WHERE done <> '' AND done < $1`, before)
	return err
}

func selectPeriod(ctx context.Context, q db.Querier, kind string) (start string, err error) {
	err = q.QueryRow(ctx, `SELECT start FROM job_period WHERE kind = $1 ORDER BY kind LIMIT 1`, kind).Scan(&start)
	if fault.KindOf(err) == fault.Missing {
		return "", nil
	}
	return start, err
}

// beginPeriod reports whether this is the first to begin it.
func beginPeriod(ctx context.Context, tx *db.Tx, kind, start string) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO job_period (kind, start) VALUES ($1, $2)
		ON CONFLICT (kind) DO UPDATE SET start = excluded.start WHERE job_period.start < excluded.start`, kind, start)
	return n > 0, err
}

func selectStates(ctx context.Context, q db.Querier, kind string, most int) ([]State, error) {
	return db.Collect(ctx, q, func(rows *db.Rows) (State, error) {
		var s State
		var created, due, done string
		err := rows.Scan(&s.ID, &s.Kind, &s.Key, &created, &due, &s.Tries, &done, &s.Error, &s.Progress, &s.Parts)
		s.Created, s.Due, s.Done = read(created), read(due), read(done)
		return s, err
	}, `SELECT id, kind, key, created, due, tries, done, error, progress, parts FROM job
		WHERE $1 = '' OR kind = $1 ORDER BY id DESC LIMIT $2`, kind, most)
}
