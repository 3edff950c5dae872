// Package jobs runs work beside the requests: what a transaction asked for, once
// that transaction is through, and what is due every so often. It knows no
// subject: a kind of job is a name and a function.
//
// A job is run at least once. It is tried again after a failure, later each time,
// and by another instance after a crash, when its lease has run out; so a run must
// do no harm when it is repeated. It refuses kinds that nobody runs. Start with
// Kind, Queue.Add and Queue.Work.
package jobs

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Kind is a sort of job.
type Kind struct {
	Name    string
	Run     func(ctx context.Context, r *Run) error
	AtOnce  int           // on one instance; 0 means 1
	TimeOut time.Duration // of one try; 0 means 10 minutes
	Tries   int           // before it is given up; 0 means 8
}

// Period has a job of a kind made once in each span of time, by whichever
// instance comes first. Spans begin at multiples of Every since the year 1, UTC.
type Period struct {
	Kind  string
	Every time.Duration
}

// Config is what a queue stands on.
type Config struct {
	DB      *db.DB
	Now     func() time.Time
	Random  io.Reader // 10 bytes for the instance, 8 for a delay
	Log     *slog.Logger
	Kinds   []Kind
	Periods []Period
}

// Job is work to be done.
type Job struct {
	Kind string
	Key  string          // no two open jobs of a kind share one; empty: none
	Body json.RawMessage // what the kind needs to know; nil: nothing
	Due  time.Time       // not before; zero: at once
}

// Queue is all jobs of an installation.
type Queue struct {
	Config
	kinds    map[string]*kind
	instance string
	wake     chan struct{}
	running  sync.WaitGroup
}

// kind is a Kind with the number of its jobs that run here.
type kind struct {
	Kind
	mu  sync.Mutex
	now int
}

// Times of the queue.
const (
	lease      = time.Minute      // how long a run is believed to be alive
	longest    = time.Minute      // between two looks at the table
	firstDelay = 10 * time.Second // after the first failure; doubled by each further one
	mostDelay  = 6 * time.Hour
)

// Keep is how long what was done stays in the history.
const Keep = 30 * 24 * time.Hour

// tidy is the queue's own kind: it removes what was done long ago.
const tidy = "jobs-tidy"

var ids = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Open makes a queue over a migrated database. Nothing runs before Work.
func Open(c Config) (*Queue, error) {
	q := &Queue{Config: c, kinds: map[string]*kind{}, wake: make(chan struct{}, 1)}
	var b [10]byte
	if _, err := io.ReadFull(c.Random, b[:]); err != nil {
		return nil, fmt.Errorf("name the instance: %w", err)
	}
	q.instance = ids.EncodeToString(b[:])
	own := Kind{Name: tidy, Run: q.tidy}
	for _, k := range append([]Kind{own}, c.Kinds...) {
		if k.Name == "" || k.Run == nil || q.kinds[k.Name] != nil {
			return nil, fmt.Errorf("the kind of job %q is there twice, or has nothing to run", k.Name)
		}
		k.AtOnce, k.Tries = max(1, k.AtOnce), orDefault(k.Tries, 8)
		k.TimeOut = orDefault(k.TimeOut, 10*time.Minute)
		q.kinds[k.Name] = &kind{Kind: k}
	}
	q.Periods = append([]Period{{tidy, 24 * time.Hour}}, c.Periods...)
	for _, p := range q.Periods {
		if q.kinds[p.Kind] == nil || p.Every < time.Minute {
			return nil, fmt.Errorf("the period of %q has no kind, or is shorter than a minute", p.Kind)
		}
	}
	return q, nil
}

func orDefault[T int | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// Add puts a job into the queue within the transaction that asks for it: it runs
// once that is through, and never if it is undone. An open job with the same key
// stands for both.
func (q *Queue) Add(ctx context.Context, tx *db.Tx, j Job) error {
	if q.kinds[j.Kind] == nil {
		return fmt.Errorf("nobody runs jobs of the kind %q", j.Kind)
	}
	if j.Body == nil {
		j.Body = json.RawMessage("{}")
	}
	now := q.Now()
	if j.Due.IsZero() {
		j.Due = now
	}
	if err := insertJob(ctx, tx, &j, written(now)); err != nil {
		return fmt.Errorf("add a job of the kind %s: %w", j.Kind, err)
	}
	tx.Then(q.Wake)
	return nil
}

// Wake has the queue look for jobs now.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default: // somebody has called already
	}
}

// Work runs what is due until ctx ends, then waits for what runs. What does not
// end by then is told by its own context.
func (q *Queue) Work(ctx context.Context) {
	defer q.running.Wait()
	for ctx.Err() == nil {
		next, err := q.round(ctx)
		if err != nil && ctx.Err() == nil {
			q.Log.ErrorContext(ctx, "jobs could not be looked for", "error", err)
			next = longest
		}
		timer := time.NewTimer(min(max(next, time.Millisecond), longest))
		select {
		case <-ctx.Done():
		case <-q.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// round starts what is due and returns how long nothing will be.
func (q *Queue) round(ctx context.Context) (time.Duration, error) {
	if err := q.startPeriods(ctx); err != nil {
		return 0, err
	}
	next := longest
	for _, k := range q.kinds {
		if err := q.startDue(ctx, k); err != nil {
			return 0, err
		}
		if k.free() == 0 { // the end of one of them wakes the queue
			continue
		}
		due, err := selectNextDue(ctx, q.DB.Read(), k.Name)
		if err != nil {
			return 0, err
		}
		if !due.IsZero() {
			next = min(next, due.Sub(q.Now()))
		}
	}
	return next, nil
}

// startPeriods makes the jobs of the periods that have begun.
func (q *Queue) startPeriods(ctx context.Context) error {
	now := q.Now()
	var begun []Period
	for _, p := range q.Periods {
		last, err := selectPeriod(ctx, q.DB.Read(), p.Kind)
		if err != nil {
			return err
		}
		if last < written(now.Truncate(p.Every)) {
			begun = append(begun, p)
		}
	}
	if len(begun) == 0 {
		return nil
	}
	return q.DB.Write(ctx, func(tx *db.Tx) error {
		for _, p := range begun {
			first, err := beginPeriod(ctx, tx, p.Kind, written(now.Truncate(p.Every)))
			if err != nil {
				return err
			}
			if !first { // another instance came first
				continue
			}
			if err := q.Add(ctx, tx, Job{Kind: p.Kind, Key: "period"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// startDue takes jobs of a kind and runs each on a goroutine of its own.
func (q *Queue) startDue(ctx context.Context, k *kind) error {
	free := k.free()
	if free == 0 {
		return nil
	}
	now := q.Now()
	if some, err := hasDue(ctx, q.DB.Read(), k.Name, written(now)); err != nil || !some {
		return err
	}
	var taken []*Run
	err := q.DB.Write(ctx, func(tx *db.Tx) (err error) {
		taken, err = takeJobs(ctx, tx, k.Name, free, written(now), written(now.Add(lease)), q.instance)
		return err
	})
	if err != nil {
		return err
	}
	k.add(len(taken))
	for _, r := range taken {
		r.queue = q
		q.running.Go(func() {
			defer q.Wake() // for the next of its kind
			defer k.add(-1)
			q.run(ctx, k, r)
		})
	}
	return nil
}

func (k *kind) free() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.AtOnce - k.now
}

func (k *kind) add(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now += n
}

// tidy removes what was done long ago.
func (q *Queue) tidy(ctx context.Context, _ *Run) error {
	return q.DB.Write(ctx, func(tx *db.Tx) error { return deleteDone(ctx, tx, written(q.Now().Add(-Keep))) })
}

// delay is how long a job waits after so many tries: twice as long each time,
// a quarter more or less, so that those that failed together do not come back so.
func (q *Queue) delay(tries int) time.Duration {
	d := mostDelay
	if tries < 16 {
		d = min(mostDelay, firstDelay<<(tries-1))
	}
	var b [8]byte
	if _, err := io.ReadFull(q.Random, b[:]); err != nil {
		return d
	}
	return d - d/4 + time.Duration(binary.BigEndian.Uint64(b[:])%uint64(d/2))
}

// sentence is what is kept of an error: a fault in its own words.
func sentence(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return fault.Clip(f.Error(), 500)
	}
	return fault.Clip(err.Error(), 500)
}
