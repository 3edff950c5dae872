package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"

	"peerscape/internal/fault"
)

// mostInBatch is how many calls of Write share one commit at most.
const mostInBatch = 64

// connection is the writer's only one, held for the DB's life.
type connection struct {
	sql     *sql.Conn
	dialect dialect
	statements
}

// command is one call of Write.
type command struct {
	ctx   context.Context
	fn    func(*Tx) error
	alone bool
	err   error // of fn, before the commit
	then  []func()
	done  chan error
}

// writer runs the commands one after another on one goroutine.
type writer struct {
	pool    *sql.DB
	dialect dialect
	conn    *connection
	log     *slog.Logger
	queue   chan *command
	ended   chan struct{} // closed when the goroutine has ended

	mu      sync.RWMutex // held for reading while a command is put into the queue
	stopped bool
}

func startWriter(ctx context.Context, pool *sql.DB, d dialect, log *slog.Logger) (*writer, error) {
	w := &writer{
		pool: pool, dialect: d, log: log,
		queue: make(chan *command, mostInBatch), ended: make(chan struct{}),
	}
	if err := w.connect(ctx); err != nil {
		return nil, err
	}
	go w.run()
	return w, nil
}

func (w *writer) connect(ctx context.Context) error {
	conn, err := w.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect the writer: %w", translate(err))
	}
	w.conn = &connection{sql: conn, dialect: w.dialect, statements: statements{prepare: conn.PrepareContext}}
	return nil
}

// stop lets what is in the queue finish and gives the connection back. It
// returns false if it was called before.
func (w *writer) stop() bool {
	w.mu.Lock()
	first := !w.stopped
	w.stopped = true
	w.mu.Unlock()
	if !first {
		return false
	}
	close(w.queue)
	<-w.ended
	w.disconnect(w.conn)
	return true
}

func (w *writer) disconnect(c *connection) {
	if err := errors.Join(c.statements.close(), c.sql.Close()); err != nil {
		w.log.Warn("close the writer's connection", "error", err)
	}
}

func (w *writer) do(ctx context.Context, fn func(*Tx) error, alone bool) error {
	c := &command{ctx: ctx, fn: fn, alone: alone, done: make(chan error, 1)}
	if err := w.enqueue(c); err != nil {
		return err
	}
	return <-c.done
}

func (w *writer) enqueue(c *command) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.stopped {
		return fault.New(fault.Unavailable, "db.closed", "the database is closed").Do("Start the program again")
	}
	select {
	case w.queue <- c:
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// run takes commands until the queue is closed and empty.
func (w *writer) run() {
	defer close(w.ended)
	for c := range w.queue {
		for c != nil {
			c = w.batch(c)
		}
	}
}

// batch runs first and what else stands in the queue in one transaction. It
// returns a command that it has taken but not run, because it wants to be alone.
func (w *writer) batch(first *command) (next *command) {
	var run [mostInBatch]*command
	batch := run[:0]
	err := w.begin()
	for c := first; c != nil; {
		batch = append(batch, c)
		if err == nil {
			c.err, err = w.one(c)
		}
		if c.alone || len(batch) == mostInBatch {
			break
		}
		if c = w.waiting(); c != nil && c.alone {
			next = c
			break
		}
	}
	if err == nil {
		err = w.exec("COMMIT")
	}
	if err != nil {
		w.rollBack(err)
	}
	for _, c := range batch {
		switch {
		case c.err != nil:
			c.done <- c.err
		case err != nil:
			c.done <- fmt.Errorf("commit: %w", err)
		default:
			for _, then := range c.then {
				then()
			}
			c.done <- nil
		}
	}
	return next
}

// waiting returns the next command in the queue, nil if there is none now.
func (w *writer) waiting() *command {
	select {
	case c := <-w.queue: // nil when the queue is closed
		return c
	default:
		return nil
	}
}

// begin opens the transaction, on a new connection if the old one was lost.
func (w *writer) begin() error {
	err := w.exec(w.dialect.begin())
	if err == nil || w.conn.sql.PingContext(context.Background()) == nil {
		return err
	}
	lost := w.conn
	if err := w.connect(context.Background()); err != nil {
		return err
	}
	w.disconnect(lost)
	return w.exec(w.dialect.begin())
}

// one runs a command so that its failure undoes its own work alone. broken
// says that the transaction has gone, and with it what the batch did so far.
func (w *writer) one(c *command) (failed, broken error) {
	if err := c.ctx.Err(); err != nil {
		return err, nil
	}
	if err := w.exec("SAVEPOINT command"); err != nil {
		return nil, err
	}
	if failed = w.call(c); failed != nil {
		// A full disk makes SQLite roll back everything: then this fails too.
		if err := w.exec("ROLLBACK TO SAVEPOINT command"); err != nil {
			return failed, errors.Join(errors.New("the transaction was undone"), failed)
		}
	}
	return failed, w.exec("RELEASE SAVEPOINT command")
}

// call runs the function and turns a panic into an error.
func (w *writer) call(c *command) (err error) {
	tx := &Tx{ctx: c.ctx, conn: w.conn}
	defer func() {
		tx.conn = nil // keeping the Tx is a mistake that must show
		if p := recover(); p != nil {
			w.log.Error("a write panicked", "panic", p, "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "db.panic", "writing failed: %v", p).
				Do("Report this; the log has the details")
		}
	}()
	if err = c.fn(tx); err == nil {
		c.then = tx.then
	}
	return err
}

func (w *writer) rollBack(why error) {
	if err := w.exec("ROLLBACK"); err != nil {
		// SQLite has already rolled back where it says so; a lost connection
		// rolls back on the server.
		w.log.Warn("roll back", "error", err, "after", why)
	}
}

func (w *writer) exec(query string) error {
	st, err := w.conn.get(context.Background(), query)
	if err != nil {
		return err
	}
	if st == nil {
		_, err = w.conn.sql.ExecContext(context.Background(), query)
	} else {
		_, err = st.ExecContext(context.Background())
	}
	return translate(err)
}
