package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"

	"peerscape/internal/fault"
)

// batchSize is how many writes join one commit at most.
const batchSize = 64

// Tx is a running write. It is valid until its function returns.
type Tx struct {
	*sql.Tx
	dialect dialect
}

// job is one call of Write.
type job struct {
	ctx    context.Context
	do     func(*Tx) error
	result chan error
}

// Write runs do in a transaction and returns after the commit is durable, or
// with the error of do, whose changes are then undone. Writes that wait
// together commit together; each is undone alone. do may run later than other
// callers' functions and must not call Write.
func (db *DB) Write(ctx context.Context, do func(*Tx) error) error {
	j := &job{ctx: ctx, do: do, result: make(chan error, 1)}
	if err := db.hand(ctx, j); err != nil {
		return err
	}
	return <-j.result
}

func (db *DB) hand(ctx context.Context, j *job) error {
	db.mu.RLock()
	defer db.mu.RUnlock()
	if db.ended {
		return fault.New(fault.Unavailable, "db.closed", "the database is closed")
	}
	select {
	case db.queue <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write takes jobs and commits them in batches until the queue is closed.
func (db *DB) write() {
	defer close(db.done)
	for first := range db.queue {
		batch := []*job{first}
	fill:
		for len(batch) < batchSize {
			select {
			case j, ok := <-db.queue:
				if !ok {
					break fill
				}
				batch = append(batch, j)
			default:
				break fill
			}
		}
		db.commit(batch)
	}
}

// commit runs a batch in one transaction. Each job has its savepoint; if the
// commit itself fails, all are told.
func (db *DB) commit(batch []*job) {
	ctx := context.Background()
	results := make([]error, len(batch))
	err := func() error {
		tx, err := db.writer.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		any := false
		for i, j := range batch {
			if results[i] = j.ctx.Err(); results[i] != nil {
				continue
			}
			if results[i] = db.step(ctx, tx, j); errors.Is(results[i], errLost) {
				return errors.Join(results[i], tx.Rollback())
			}
			any = any || results[i] == nil
		}
		if !any {
			return tx.Rollback()
		}
		return tx.Commit()
	}()
	for i, j := range batch {
		if err != nil && results[i] == nil {
			results[i] = fmt.Errorf("commit: %w", db.dialect.fault(err))
		}
		j.result <- results[i]
	}
}

// errLost says that the transaction itself can no longer be used.
var errLost = errors.New("the transaction is lost")

// step runs one job between savepoint and release.
func (db *DB) step(ctx context.Context, tx *sql.Tx, j *job) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return errors.Join(errLost, err)
	}
	err := guard(func() error { return j.do(&Tx{Tx: tx, dialect: db.dialect}) })
	if err == nil {
		err = j.ctx.Err()
	}
	end := "RELEASE SAVEPOINT job"
	if err != nil {
		end = "ROLLBACK TO SAVEPOINT job"
	}
	if _, lost := tx.ExecContext(ctx, end); lost != nil {
		return errors.Join(errLost, err, lost)
	}
	if err != nil {
		return db.dialect.fault(err)
	}
	return nil
}

// guard turns a panic of one caller's function into that caller's error: the
// other callers of the batch must not fall with it.
func guard(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}
