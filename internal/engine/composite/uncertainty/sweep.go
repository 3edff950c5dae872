package uncertainty

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// blocks is how many portions a sweep is cut into at most. It does not depend on
// the number of workers: sums are kept a block, and added in the order of blocks.
const blocks = 256

func blockSize(of int) int { return (of + blocks - 1) / blocks }

// sweep deals the items 0 to of-1 to workers, block by block in ascending order.
type sweep struct {
	of, block int
	next      atomic.Int64 // block to be dealt
	done      atomic.Int64 // items finished
	limit     atomic.Int64 // the lowest item that failed, or of: what follows is not worth computing

	mu       sync.Mutex
	err      error // of the item at limit
	panicked string
}

// run deals the items and waits for all workers. Where items fail, the error of
// the lowest is returned, whoever met it; where ctx ends early, its error.
func run(ctx context.Context, of int, progress func(done, of int), workers []func(i int) error) error {
	s := &sweep{of: of, block: blockSize(of)}
	s.limit.Store(int64(of))
	finished := make(chan struct{}, len(workers))
	var wg sync.WaitGroup
	for _, do := range workers {
		wg.Go(func() { s.work(ctx, do, finished) })
	}
	go func() {
		wg.Wait()
		close(finished)
	}()
	told := 0
	for range finished {
		if done := int(s.done.Load()); progress != nil && done > told && ctx.Err() == nil {
			progress(done, of)
			told = done
		}
	}
	switch done := int(s.done.Load()); {
	case s.panicked != "":
		panic(s.panicked)
	case s.err != nil:
		return s.err
	case done < of:
		return &Stopped{done, of, ctx.Err()}
	}
	return nil
}

// work computes blocks until there are none. A panic of the model is caught here
// and raised again in the goroutine of the caller, where it can be handled.
func (s *sweep) work(ctx context.Context, do func(i int) error, finished chan<- struct{}) {
	defer func() {
		if p := recover(); p != nil {
			s.mu.Lock()
			s.panicked = fmt.Sprintf("%v\n\n%s", p, debug.Stack())
			s.mu.Unlock()
			s.limit.Store(0)
		}
	}()
	for {
		from := int(s.next.Add(1)-1) * s.block
		if from >= s.of || !s.portion(ctx, from, min(from+s.block, s.of), do) {
			return
		}
		finished <- struct{}{}
	}
}

// portion computes the items of a block and reports whether to go on.
func (s *sweep) portion(ctx context.Context, from, to int, do func(i int) error) bool {
	i := from
	defer func() { s.done.Add(int64(i - from)) }()
	stop := ctx.Done()
	for ; i < to; i++ {
		select {
		case <-stop:
			return false
		default:
		}
		if int64(i) >= s.limit.Load() {
			return false
		}
		if err := do(i); err != nil {
			s.fail(i, err)
			return false
		}
	}
	return true
}

func (s *sweep) fail(i int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if int64(i) < s.limit.Load() {
		s.limit.Store(int64(i))
		s.err = err
	}
}

// Stopped is the error of an analysis whose context ended. Nothing of it is left.
type Stopped struct {
	Done, Of int // variants
	Cause    error
}

// Error says how far the analysis came.
func (s *Stopped) Error() string {
	return fmt.Sprintf("analysis stopped at %d of %d: %v", s.Done, s.Of, s.Cause)
}

// Unwrap returns the error of the context.
func (s *Stopped) Unwrap() error { return s.Cause }
