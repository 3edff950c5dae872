package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Run is one try at a job.
type Run struct {
	ID   int64
	Kind string
	Key  string
	Body json.RawMessage
	Try  int // from 1

	queue *Queue
	told  time.Time
}

// Progress says that so many parts of so many are done; it is written at most
// once a second. An error means that the run is no longer its own and must stop.
func (r *Run) Progress(ctx context.Context, done, of int) error {
	now := r.queue.Now()
	if now.Sub(r.told) < time.Second && done < of {
		return nil
	}
	r.told = now
	return r.queue.DB.Write(ctx, func(tx *db.Tx) error {
		return own(updateProgress(ctx, tx, r.ID, r.Try, r.queue.instance, done, of))
	})
}

// errLost says that another instance has taken the job over.
var errLost = errors.New("another instance has taken the job over")

func own(changed int64, err error) error {
	if err == nil && changed == 0 {
		err = errLost
	}
	return err
}

// Final makes an error that trying again cannot mend: the job is given up.
func Final(err error) error { return &final{err} }

type final struct{ err error }

func (f *final) Error() string { return f.err.Error() }
func (f *final) Unwrap() error { return f.err }

// run does one try and writes how it ended.
func (q *Queue) run(ctx context.Context, k *kind, r *Run) {
	trying, cancel := context.WithTimeout(ctx, k.TimeOut)
	defer cancel()
	stop := q.renew(trying, cancel, r)
	err := call(trying, k, r)
	stop()
	if ctx.Err() != nil && err != nil {
		err = errStopped // the program ends: the job waits for the next start, at once
	}
	// How it ended has to be written even while the program ends.
	end, enough := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer enough()
	if wrote := q.ended(end, k, r, err); wrote != nil && !errors.Is(wrote, errLost) {
		q.Log.ErrorContext(ctx, "the end of a job could not be written", "job", r.ID, "kind", r.Kind, "error", wrote)
	}
}

var errStopped = errors.New("the program was stopped")

// call runs the kind's function and turns a panic into an error.
func call(ctx context.Context, k *kind, r *Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Internal, "jobs.panic", "the job failed: %v", p).Because(fmt.Errorf("%v\n%s", p, debug.Stack()))
		}
	}()
	return k.Run(ctx, r)
}

// renew keeps the lease of a run while it lasts, and ends the run if another
// instance has taken it over. What it returns ends the renewing.
func (q *Queue) renew(ctx context.Context, cancel context.CancelFunc, r *Run) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(lease / 3)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			err := q.DB.Write(ctx, func(tx *db.Tx) error {
				return own(updateLease(ctx, tx, r.ID, r.Try, q.instance, written(q.Now().Add(lease))))
			})
			if errors.Is(err, errLost) {
				cancel()
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// ended writes how a try ended: done, to be tried again, or given up.
func (q *Queue) ended(ctx context.Context, k *kind, r *Run, failed error) error {
	now := q.Now()
	var e ending
	_, hopeless := errors.AsType[*final](failed)
	switch {
	case failed == nil:
		e.done = written(now)
	case errors.Is(failed, errStopped):
		e.due, e.tries = written(now), r.Try-1
	case hopeless || r.Try >= k.Tries:
		e.done, e.err = written(now), sentence(failed)
		q.Log.WarnContext(ctx, "a job was given up", "job", r.ID, "kind", r.Kind, "tries", r.Try, "error", failed)
	default:
		e.due, e.tries, e.err = written(now.Add(q.delay(r.Try))), r.Try, sentence(failed)
		q.Log.InfoContext(ctx, "a job will be tried again", "job", r.ID, "kind", r.Kind, "try", r.Try, "error", failed)
	}
	return q.DB.Write(ctx, func(tx *db.Tx) error {
		return own(endTry(ctx, tx, r.ID, r.Try, q.instance, e))
	})
}
