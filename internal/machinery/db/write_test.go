package db_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
)

// hold keeps the writer busy until release is called, so that later writes
// stand in line together.
func hold(t *testing.T, d *db.DB) (release func()) {
	t.Helper()
	running, end := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- d.WriteAlone(context.Background(), func(*db.Tx) error {
			close(running)
			<-end
			return nil
		})
	}()
	<-running
	return func() {
		close(end)
		if err := <-done; err != nil {
			t.Errorf("the write that held the others: %v", err)
		}
	}
}

// together runs the functions in one batch and returns their results in order.
func together(t *testing.T, d *db.DB, functions ...func(*db.Tx) error) []error {
	t.Helper()
	release := hold(t, d)
	results := make([]error, len(functions))
	var line sync.WaitGroup
	for i, f := range functions {
		ready := make(chan struct{})
		line.Go(func() {
			close(ready)
			results[i] = d.Write(context.Background(), f)
		})
		<-ready
	}
	release()
	line.Wait()
	return results
}

func insert(n int) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := tx.Exec(context.Background(), "INSERT INTO thing (id) VALUES ($1)", n)
		return err
	}
}

func things(t *testing.T, d *db.DB) []int {
	t.Helper()
	rows, err := d.Read().Query(t.Context(), "SELECT id FROM thing ORDER BY id LIMIT 1000")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func onThings(t *testing.T, f func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustWrite(t, d, "CREATE TABLE thing (id BIGINT PRIMARY KEY)")
		f(t, d)
	})
}

func TestEachWriteFailsAlone(t *testing.T) {
	onThings(t, func(t *testing.T, d *db.DB) {
		sorry := errors.New("sorry")
		var functions []func(*db.Tx) error
		var want []int
		for i := range 200 {
			switch i % 4 {
			case 0:
				functions = append(functions, insert(i))
				want = append(want, i)
			case 1:
				functions = append(functions, func(tx *db.Tx) error { return errors.Join(insert(i)(tx), sorry) })
			case 2:
				functions = append(functions, func(tx *db.Tx) error { return errors.Join(insert(i)(tx), insert(i)(tx)) })
			case 3:
				functions = append(functions, func(tx *db.Tx) error {
					if err := insert(i)(tx); err != nil {
						return err
					}
					panic("out of order")
				})
			}
		}
		for i, err := range together(t, d, functions...) {
			ok := [...]bool{
				err == nil,
				errors.Is(err, sorry),
				err != nil && fault.KindOf(err) == fault.Internal || hasKind(err, fault.Conflict),
				err != nil && strings.Contains(err.Error(), "out of order"),
			}[i%4]
			if !ok {
				t.Errorf("write %d: %v", i, err)
			}
		}
		if diff := cmp.Diff(want, things(t, d)); diff != "" {
			t.Errorf("kept (-want +got):\n%s", diff)
		}
	})
}

func hasKind(err error, kind fault.Kind) bool { return err != nil && fault.KindOf(err) == kind }

// TestWritesCommitTogether: what stands in line commits at once, so a reader
// sees nothing of a batch before all of it has run.
func TestWritesCommitTogether(t *testing.T) {
	onThings(t, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		var seen []int
		f := func(n int) func(*db.Tx) error {
			return func(tx *db.Tx) error {
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, count(t, d, "SELECT count(*) FROM thing"))
				return insert(n)(tx)
			}
		}
		var functions []func(*db.Tx) error
		for i := range 60 { // fewer than a batch
			functions = append(functions, f(i))
		}
		if err := errors.Join(together(t, d, functions...)...); err != nil {
			t.Fatal(err)
		}
		// The goroutines reach the queue at their own time: they need not make
		// one batch, but far fewer batches than writes.
		slices.Sort(seen)
		if batches := len(slices.Compact(seen)); batches > 20 {
			t.Errorf("60 writes that waited together made %d commits", batches)
		}
		if n := len(things(t, d)); n != 60 {
			t.Errorf("%d rows, want 60", n)
		}
	})
}

// TestWriteAloneSharesNoCommit: each write starts the next one while it runs,
// so that they stand in line in a known order, and then lets it reach the
// queue; should it come too late, the test is weaker, never wrong.
func TestWriteAloneSharesNoCommit(t *testing.T) {
	onThings(t, func(t *testing.T, d *db.DB) {
		alone, last := make(chan error, 1), make(chan error, 1)
		seenAlone, seenLast := 0, 0
		first := d.Write(context.Background(), func(tx *db.Tx) error {
			go func() {
				alone <- d.WriteAlone(context.Background(), func(tx *db.Tx) error {
					seenAlone = len(things(t, d))
					go func() {
						last <- d.Write(context.Background(), func(*db.Tx) error {
							seenLast = len(things(t, d))
							return nil
						})
					}()
					yield()
					return insert(2)(tx)
				})
			}()
			yield()
			return insert(1)(tx)
		})
		if err := errors.Join(first, <-alone, <-last); err != nil {
			t.Fatal(err)
		}
		if seenAlone != 1 || seenLast != 2 {
			t.Errorf("the write that is alone saw %d rows committed, want 1; the one behind it %d, want 2", seenAlone, seenLast)
		}
	})
}

// yield lets other goroutines run.
func yield() {
	for range 1000 {
		runtime.Gosched()
	}
}

func TestContextsThatEnd(t *testing.T) {
	onThings(t, func(t *testing.T, d *db.DB) {
		ended, cancel := context.WithCancel(t.Context())
		release := hold(t, d)
		ran, result := false, make(chan error, 1)
		go func() {
			result <- d.Write(ended, func(*db.Tx) error {
				ran = true
				return nil
			})
		}()
		cancel()
		release()
		if err := <-result; !errors.Is(err, context.Canceled) || ran {
			t.Errorf("a write whose context ended in line: %v, ran %v", err, ran)
		}

		ended, cancel = context.WithCancel(t.Context())
		err := d.Write(ended, func(tx *db.Tx) error {
			if err := insert(1)(tx); err != nil {
				return err
			}
			cancel()
			return insert(2)(tx)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a write whose context ended while it ran: %v", err)
		}
		if got := things(t, d); len(got) != 0 {
			t.Errorf("it left %v", got)
		}
		if err := d.Write(t.Context(), insert(3)); err != nil {
			t.Errorf("the next write: %v", err)
		}
	})
}

// TestALostTransactionFailsItsBatch: where the database undoes everything, as
// SQLite does on a full disk, nobody may be told that his write was kept.
func TestALostTransactionFailsItsBatch(t *testing.T) {
	onThings(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := insert(1)(tx); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), "ROLLBACK")
			return err
		})
		if err == nil {
			t.Error("the write was told that it was kept")
		}
		if err := d.Write(t.Context(), insert(2)); err != nil {
			t.Errorf("the next write: %v", err)
		}
		if diff := cmp.Diff([]int{2}, things(t, d)); diff != "" {
			t.Errorf("kept (-want +got):\n%s", diff)
		}
	})
}

func TestCloseDrains(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustWrite(t, d, "CREATE TABLE thing (id BIGINT PRIMARY KEY)")
		release := hold(t, d)
		var line sync.WaitGroup
		results := make(chan error, 10)
		for i := range 10 {
			line.Go(func() { results <- d.Write(context.Background(), insert(i)) })
		}
		release()
		line.Wait()
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			if err := <-results; err != nil {
				t.Errorf("a write before Close: %v", err)
			}
		}
		if err := d.Write(context.Background(), insert(99)); !hasKind(err, fault.Unavailable) {
			t.Errorf("a write after Close: %v, want kind unavailable", err)
		}
	})
}

func TestBulk(t *testing.T) {
	onThings(t, func(t *testing.T, d *db.DB) {
		total := 0
		for _, n := range []int{0, 1, 31, 32, 33, 200} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				b := tx.Bulk("thing", "id")
				for i := range n {
					if err := b.Add(t.Context(), total+i); err != nil {
						return err
					}
				}
				if err := b.Add(t.Context(), 1, 2); err == nil {
					t.Error("a row of two values was taken for one column")
				}
				return errors.Join(b.Flush(t.Context()), b.Flush(t.Context()))
			})
			if err != nil {
				t.Fatal(err)
			}
			total += n
			if got := len(things(t, d)); got != total {
				t.Errorf("after %d rows more: %d rows, want %d", n, got, total)
			}
		}
	})
}

// TestLockKeepsOthersWaiting: on PostgreSQL two programs write at once.
func TestLockKeepsOthersWaiting(t *testing.T) {
	dsn := dbtest.Postgres(t)
	var both [2]*db.DB
	for i := range both {
		d, err := db.Open(t.Context(), dsn, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		both[i] = d
	}
	mustWrite(t, both[0], "CREATE TABLE thing (id BIGINT PRIMARY KEY)")
	var line sync.WaitGroup
	for _, d := range both {
		line.Go(func() {
			for range 20 {
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					if err := tx.Lock(t.Context(), "thing"); err != nil {
						return err
					}
					var last int
					if err := tx.QueryRow(t.Context(), "SELECT coalesce(max(id), 0) FROM thing").Scan(&last); err != nil {
						return err
					}
					return insert(last + 1)(tx)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	line.Wait()
	if got := things(t, both[0]); len(got) != 40 || got[39] != 40 {
		t.Errorf("40 increments gave %v", got)
	}
}

// TestTheWriterComesBack: a server that was restarted must not end the program.
func TestTheWriterComesBack(t *testing.T) {
	d, err := db.Open(t.Context(), dbtest.Postgres(t), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	mustWrite(t, d, "CREATE TABLE thing (id BIGINT PRIMARY KEY)")
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		if err := insert(1)(tx); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "SELECT pg_terminate_backend(pg_backend_pid())")
		return err
	})
	if !hasKind(err, fault.Unavailable) {
		t.Errorf("the write that lost its connection: %v, want kind unavailable", err)
	}
	if err := d.Write(t.Context(), insert(2)); err != nil {
		t.Errorf("the next write: %v", err)
	}
	if diff := cmp.Diff([]int{2}, things(t, d)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}
