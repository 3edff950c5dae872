package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/machinery/jobs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is moved by tests.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type chance struct{ *rand.ChaCha8 }

type world struct {
	*testing.T
	db *db.DB
	*clock
	seed byte
}

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f(&world{T: t, db: d, clock: &clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}})
	})
}

// open makes an instance of the program's queue.
func (w *world) open(kinds []jobs.Kind, periods ...jobs.Period) *jobs.Queue {
	w.Helper()
	w.seed++
	q, err := jobs.Open(jobs.Config{
		DB: w.db, Now: w.Now, Random: chance{rand.NewChaCha8([32]byte{w.seed})}, Log: slog.New(slog.DiscardHandler), Kinds: kinds, Periods: periods,
	})
	if err != nil {
		w.Fatal(err)
	}
	return q
}

// work runs a queue until the test, or what it returns, ends it.
func (w *world) work(q *jobs.Queue) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		q.Work(ctx)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	w.Cleanup(stop)
	return stop
}

func (w *world) add(q *jobs.Queue, all ...jobs.Job) {
	w.Helper()
	err := w.db.Write(context.Background(), func(tx *db.Tx) error {
		for _, j := range all {
			if err := q.Add(context.Background(), tx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) states(q *jobs.Queue, kind string) []jobs.State {
	w.Helper()
	all, err := q.List(context.Background(), kind, 100)
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// until waits for what runs meanwhile; the test's own limit ends a wait in vain.
func (w *world) until(q *jobs.Queue, kind string, what func([]jobs.State) bool) []jobs.State {
	w.Helper()
	for w.Context().Err() == nil {
		if all := w.states(q, kind); what(all) {
			return all
		}
	}
	w.Fatal("it did not come to that")
	return nil
}

func allDone(all []jobs.State) bool {
	return !slices.ContainsFunc(all, func(s jobs.State) bool { return s.Done.IsZero() })
}

func TestJobsRunInTheirOrderAfterTheTransaction(t *testing.T) {
	each(t, func(w *world) {
		ran := make(chan string, 10)
		q := w.open([]jobs.Kind{{Name: "say", Run: func(_ context.Context, r *jobs.Run) error {
			ran <- string(r.Body)
			return nil
		}}})
		undone := errors.New("undone")
		err := w.db.Write(context.Background(), func(tx *db.Tx) error {
			return errors.Join(q.Add(context.Background(), tx, jobs.Job{Kind: "say", Body: json.RawMessage(`"never"`)}), undone)
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		w.add(q,
			jobs.Job{Kind: "say", Body: json.RawMessage(`"later"`), Due: w.Now().Add(time.Hour)},
			jobs.Job{Kind: "say", Body: json.RawMessage(`"second"`)},
			jobs.Job{Kind: "say", Body: json.RawMessage(`"first"`), Due: w.Now().Add(-time.Hour)},
		)
		w.work(q)
		got := []string{<-ran, <-ran}
		w.move(time.Hour)
		q.Wake()
		if got = append(got, <-ran); !slices.Equal(got, []string{`"first"`, `"second"`, `"later"`}) {
			t.Errorf("ran %v", got)
		}
		if err := w.db.Write(context.Background(), func(tx *db.Tx) error { return q.Add(context.Background(), tx, jobs.Job{Kind: "unknown"}) }); err == nil {
			t.Error("a job that nobody runs was taken")
		}
	})
}

func TestAFailureIsTriedAgainLaterAndGivenUp(t *testing.T) {
	each(t, func(w *world) {
		tries := make(chan int, 10)
		q := w.open([]jobs.Kind{
			{Name: "fail", Tries: 3, Run: func(_ context.Context, r *jobs.Run) error {
				tries <- r.Try
				if r.Try == 2 {
					panic("at the disco")
				}
				return fault.New(fault.Unavailable, "x", "the server says no")
			}},
			{Name: "hopeless", Run: func(context.Context, *jobs.Run) error { return jobs.Final(errors.New("the address is wrong")) }},
		})
		w.add(q, jobs.Job{Kind: "fail"}, jobs.Job{Kind: "hopeless"})
		w.work(q)
		before := w.Now()
		for n, least := range []time.Duration{0, 7 * time.Second, 15 * time.Second} {
			if got := <-tries; got != n+1 {
				t.Fatalf("try %d is number %d", n+1, got)
			}
			s := w.until(q, "fail", func(all []jobs.State) bool { return n < 2 && all[0].Due.After(w.Now()) || !all[0].Done.IsZero() })
			if n < 2 {
				if d := s[0].Due.Sub(w.Now()); d < least || d > 4*least+13*time.Second {
					t.Errorf("after try %d it waits %v", n+1, d)
				}
				w.move(time.Minute)
				q.Wake()
			}
		}
		s := w.states(q, "fail")[0]
		if s.Done.Before(before) || s.Error != "the server says no" {
			t.Errorf("%+v was not given up", s)
		}
		if h := w.until(q, "hopeless", allDone); h[0].Tries != 1 || h[0].Error != "the address is wrong" {
			t.Errorf("%+v", h[0])
		}
	})
}

func TestAKeyStandsForOneOpenJob(t *testing.T) {
	each(t, func(w *world) {
		ran := make(chan struct{}, 10)
		q := w.open([]jobs.Kind{{Name: "one", Run: func(context.Context, *jobs.Run) error { ran <- struct{}{}; return nil }}})
		w.add(q, jobs.Job{Kind: "one", Key: "a"}, jobs.Job{Kind: "one", Key: "a"}, jobs.Job{Kind: "one"}, jobs.Job{Kind: "one"})
		if n := len(w.states(q, "one")); n != 3 {
			t.Errorf("%d jobs, want 3", n)
		}
		w.work(q)
		w.until(q, "one", allDone)
		w.add(q, jobs.Job{Kind: "one", Key: "a"}) // the other is done
		if all := w.until(q, "one", allDone); len(all) != 4 {
			t.Errorf("%d jobs, want 4", len(all))
		}
	})
}

// After a crash another instance takes over when the lease has run out; the one
// that comes back late changes nothing.
func TestACrashedRunIsTakenOver(t *testing.T) {
	each(t, func(w *world) {
		began, goOn := make(chan int, 4), make(chan struct{})
		kinds := func(name string) []jobs.Kind {
			return []jobs.Kind{{Name: "long", Run: func(_ context.Context, r *jobs.Run) error {
				began <- r.Try
				if name == "first" {
					<-goOn
					return errors.New("too late")
				}
				return nil
			}}}
		}
		first, second := w.open(kinds("first")), w.open(kinds("second"))
		w.add(first, jobs.Job{Kind: "long"})
		w.work(first)
		<-began
		w.work(second)
		if all := w.states(second, "long"); all[0].Tries != 1 {
			t.Fatalf("two hold it: %+v", all)
		}
		w.move(2 * time.Minute) // no renewal in between: the first is dead for all that anybody can see
		second.Wake()
		if try := <-began; try != 2 {
			t.Errorf("taken over as try %d", try)
		}
		w.until(second, "long", allDone)
		close(goOn)
		w.add(first, jobs.Job{Kind: "long", Due: w.Now().Add(time.Hour)})
		if s := w.states(second, "long")[1]; s.Done.IsZero() || s.Error != "" {
			t.Errorf("the late one wrote %+v", s)
		}
	})
}

func TestOfAKindOnlySoManyRunAtOnce(t *testing.T) {
	each(t, func(w *world) {
		var mu sync.Mutex
		now, most := 0, 0
		var queues []*jobs.Queue
		kinds := []jobs.Kind{{Name: "few", AtOnce: 3, Run: func(ctx context.Context, r *jobs.Run) error {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			err := r.Progress(ctx, 1, 1)
			mu.Lock()
			now--
			mu.Unlock()
			return err
		}}}
		q := w.open(kinds)
		queues = append(queues, q)
		var all []jobs.Job
		for i := range 40 {
			all = append(all, jobs.Job{Kind: "few", Key: fmt.Sprint(i)})
		}
		w.add(q, all...)
		for _, q := range queues {
			w.work(q)
		}
		done := w.until(q, "few", allDone)
		if most > 3 || len(done) != 40 || done[0].Progress != 1 || done[0].Parts != 1 {
			t.Errorf("%d at once, %d jobs, %+v", most, len(done), done[0])
		}
	})
}

// Two instances never run one job at once, and a period begins once for both.
func TestTwoInstances(t *testing.T) {
	each(t, func(w *world) {
		var mu sync.Mutex
		times := map[string]int{}
		kinds := []jobs.Kind{
			{Name: "once", AtOnce: 4, Run: func(_ context.Context, r *jobs.Run) error {
				mu.Lock()
				defer mu.Unlock()
				times[r.Key]++
				return nil
			}},
			{Name: "hourly", Run: func(context.Context, *jobs.Run) error { return nil }},
		}
		a, b := w.open(kinds, jobs.Period{Kind: "hourly", Every: time.Hour}), w.open(kinds, jobs.Period{Kind: "hourly", Every: time.Hour})
		var all []jobs.Job
		for i := range 60 {
			all = append(all, jobs.Job{Kind: "once", Key: fmt.Sprint(i)})
		}
		w.add(a, all...)
		w.work(a)
		w.work(b)
		w.until(a, "once", allDone)
		mu.Lock()
		for key, n := range times {
			if n != 1 {
				t.Errorf("job %s ran %d times", key, n)
			}
		}
		mu.Unlock()
		one := func(n int) func([]jobs.State) bool {
			return func(s []jobs.State) bool { return len(s) >= n && allDone(s) }
		}
		w.until(a, "hourly", one(1))
		w.move(time.Hour)
		a.Wake()
		b.Wake()
		if got := w.until(a, "hourly", one(2)); len(got) != 2 {
			t.Errorf("%d runs in two hours", len(got))
		}
	})
}

// What runs while the program ends waits for the next start and loses no try.
func TestStopping(t *testing.T) {
	each(t, func(w *world) {
		began := make(chan int, 2)
		q := w.open([]jobs.Kind{{Name: "slow", Run: func(ctx context.Context, r *jobs.Run) error {
			began <- r.Try
			<-ctx.Done()
			return ctx.Err()
		}}})
		w.add(q, jobs.Job{Kind: "slow"})
		stop := w.work(q)
		<-began
		stop()
		s := w.states(q, "slow")[0]
		if !s.Done.IsZero() || s.Tries != 0 {
			t.Errorf("%+v", s)
		}
		w.work(q)
		if try := <-began; try != 1 {
			t.Errorf("after the start it is try %d", try)
		}
	})
}

func TestHistoryIsTidied(t *testing.T) {
	each(t, func(w *world) {
		q := w.open([]jobs.Kind{{Name: "quick", Run: func(context.Context, *jobs.Run) error { return nil }}})
		w.add(q, jobs.Job{Kind: "quick"})
		w.work(q)
		w.until(q, "quick", allDone)
		w.move(31 * 24 * time.Hour)
		q.Wake()
		w.until(q, "quick", func(s []jobs.State) bool { return len(s) == 0 })
	})
}

func BenchmarkJobs(b *testing.B) {
	d := dbtest.Open(b)
	left := make(chan struct{}, 1024)
	q, err := jobs.Open(jobs.Config{
		DB: d, Now: func() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }, Random: chance{rand.NewChaCha8([32]byte{1})}, Log: slog.New(slog.DiscardHandler),
		Kinds: []jobs.Kind{{Name: "trivial", AtOnce: 64, Run: func(context.Context, *jobs.Run) error { left <- struct{}{}; return nil }}},
	})
	if err != nil {
		b.Fatal(err)
	}
	err = d.Write(context.Background(), func(tx *db.Tx) error {
		for range b.N {
			if err := q.Add(context.Background(), tx, jobs.Job{Kind: "trivial"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	b.ResetTimer()
	go func() {
		defer close(ended)
		q.Work(ctx)
	}()
	for range b.N {
		<-left
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	cancel()
	<-ended
}
