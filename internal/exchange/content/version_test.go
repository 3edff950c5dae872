package content_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"peerscape/internal/exchange/content"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
)

var practice = content.Subject{Kind: "practice", ID: "p1"}

func edit(expect int, body string) content.Edit {
	return content.Edit{
		Subject: practice, Expect: expect, Author: "ada", At: noon.Add(time.Duration(expect)*time.Minute + 123456*time.Microsecond),
		Note: "note", Body: json.RawMessage(body),
	}
}

func save(d *db.DB, e content.Edit) (v content.Version, err error) {
	err = d.Write(context.Background(), func(tx *db.Tx) error {
		v, err = content.Save(context.Background(), tx, e)
		return err
	})
	return v, err
}

func saved(t *testing.T, d *db.DB, e content.Edit) content.Version {
	t.Helper()
	v, err := save(d, e)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func restore(d *db.DB, number int, e content.Edit) (v content.Version, err error) {
	err = d.Write(context.Background(), func(tx *db.Tx) error {
		v, err = content.Restore(context.Background(), tx, number, e)
		return err
	})
	return v, err
}

func erase(d *db.DB, number int) error {
	return d.Write(context.Background(), func(tx *db.Tx) error { return content.Erase(context.Background(), tx, practice, number) })
}

func TestVersionsComeBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if _, err := content.Latest(ctx, d.Read(), practice); err == nil || fault.KindOf(err) != fault.Missing {
			t.Errorf("the latest of none: %v", err)
		}
		var want []content.Version
		for i := range 5 {
			want = append(want, saved(t, d, edit(i, fmt.Sprintf(`{"b": %d, "a": "<&> \u0000 ä"}`, i))))
		}
		if v := want[2]; v.Number != 3 || string(v.Body) != `{"a":"<&> \u0000 ä","b":2}` || !v.At.Equal(noon.Add(2*time.Minute+123*time.Millisecond)) {
			t.Errorf("saved as %+v, body %s", v, v.Body)
		}
		other := edit(0, `{}`)
		other.Subject.ID = "p2"
		saved(t, d, other)
		for _, w := range want {
			got, err := content.Get(ctx, d.Read(), practice, w.Number)
			if diff := cmp.Diff(w, got); diff != "" || err != nil {
				t.Errorf("version %d: %v (-saved +read):\n%s", w.Number, err, diff)
			}
		}
		if got, err := content.Latest(ctx, d.Read(), practice); err != nil || !cmp.Equal(got, want[4]) {
			t.Errorf("latest: %+v, %v", got, err)
		}
		list, err := content.List(ctx, d.Read(), practice, 4, 2)
		if diff := cmp.Diff([]content.Version{want[2], want[1]}, list, cmpopts.IgnoreFields(content.Version{}, "Body")); diff != "" || err != nil {
			t.Errorf("list: %v (-want +got):\n%s", err, diff)
		}
		if list, err := content.List(ctx, d.Read(), practice, 0, 100); err != nil || len(list) != 5 || list[0].Number != 5 || list[0].Body != nil {
			t.Errorf("the whole list: %+v, %v", list, err)
		}
	})
}

func TestAStaleEditLosesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		saved(t, d, edit(0, `{"a":1,"b":1,"c":1}`))
		theirs := edit(1, `{"a":2,"b":1,"c":2}`)
		theirs.Author = "grace"
		saved(t, d, theirs)
		mine := edit(1, `{"a":1,"b":3,"c":3}`)
		_, err := save(d, mine)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Stale {
			t.Fatalf("saving over a newer version: %v", err)
		}
		want := map[string]any{"number": 2, "author": "grace", "at": noon.Add(time.Minute + 123*time.Millisecond)}
		if diff := cmp.Diff(want, f.Args); diff != "" {
			t.Errorf("who changed it (-want +got):\n%s", diff)
		}
		merged, newest, err := content.Reconcile(t.Context(), d.Read(), mine)
		if err != nil || newest.Number != 2 || string(merged.Body) != `{"a":2,"b":3,"c":2}` || len(merged.Conflicts) != 1 || string(merged.Conflicts[0].Mine) != "3" {
			t.Fatalf("reconciled: %s, %+v, with %d, %v", merged.Body, merged.Conflicts, newest.Number, err)
		}
		if v := saved(t, d, edit(newest.Number, string(merged.Body))); v.Number != 3 {
			t.Errorf("the merged edit is version %d", v.Number)
		}
	})
}

func TestSavesThatAreRefusedOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		first := saved(t, d, edit(0, `{"a":1}`))
		for name, c := range map[string]struct {
			edit content.Edit
			kind fault.Kind
		}{
			"first again":     {edit(0, `{"a":2}`), fault.Stale},
			"from the future": {edit(2, `{"a":2}`), fault.Stale},
			"no JSON":         {edit(1, `{"a":`), fault.Invalid},
			"two values":      {edit(1, `1 2`), fault.Invalid},
			"no text":         {edit(1, "\"\xff\""), fault.Invalid},
			"too large":       {edit(1, `"`+strings.Repeat("a", content.MostBody)+`"`), fault.TooLarge},
			"too deep":        {edit(1, strings.Repeat("[", 50)+strings.Repeat("]", 50)), fault.TooLarge},
			"too many":        {edit(1, "["+strings.Repeat("1,", 300_000)+"1]"), fault.TooLarge},
		} {
			if _, err := save(d, c.edit); err == nil || fault.KindOf(err) != c.kind {
				t.Errorf("%s: %v; want a fault of kind %s", name, err, c.kind)
			}
		}
		for _, expect := range []int{0, 1} {
			if v := saved(t, d, edit(expect, ` {"a" : 1}`)); !cmp.Equal(v, first) {
				t.Errorf("saved untouched: %+v", v)
			}
		}
	})
}

func TestRestore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		saved(t, d, edit(0, `{"a":1}`))
		saved(t, d, edit(1, `{"a":2}`))
		v, err := restore(d, 1, edit(2, ""))
		if err != nil || v.Number != 3 || v.Restored != 1 || string(v.Body) != `{"a":1}` {
			t.Errorf("restored: %+v, body %s, %v", v, v.Body, err)
		}
		if _, err := restore(d, 2, edit(2, "")); err == nil || fault.KindOf(err) != fault.Stale {
			t.Errorf("restored over a newer version: %v", err)
		}
		if _, err := restore(d, 9, edit(3, "")); err == nil || fault.KindOf(err) != fault.Missing {
			t.Errorf("restored what is not there: %v", err)
		}
		if err := erase(d, 2); err != nil {
			t.Fatal(err)
		}
		if _, err := restore(d, 2, edit(3, "")); err == nil || fault.KindOf(err) != fault.Conflict {
			t.Errorf("restored what was erased: %v", err)
		}
	})
}

func TestErasedBodiesKeepTheChain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i := range 3 {
			saved(t, d, edit(i, fmt.Sprint(i)))
		}
		for _, number := range []int{2, 3} {
			if err := erase(d, number); err != nil {
				t.Fatal(err)
			}
		}
		if err := erase(d, 4); err == nil || fault.KindOf(err) != fault.Missing {
			t.Errorf("erased what is not there: %v", err)
		}
		if v, err := content.Get(t.Context(), d.Read(), practice, 2); err != nil || v.Body != nil || v.Author != "ada" {
			t.Errorf("erased: %+v, %v", v, err)
		}
		if v := saved(t, d, edit(3, "2")); v.Number != 4 {
			t.Errorf("the body that was erased is version %d again", v.Number)
		}
		if _, breaks, err := content.Verify(t.Context(), d.Read(), practice, content.Head{}); err != nil || len(breaks) > 0 {
			t.Errorf("the history breaks: %+v, %v", breaks, err)
		}
		if _, _, err := content.Reconcile(t.Context(), d.Read(), edit(2, "7")); err == nil || fault.KindOf(err) != fault.Conflict {
			t.Errorf("reconciled from what was erased: %v", err)
		}
	})
}

func TestTamperingShows(t *testing.T) {
	for name, c := range map[string]struct {
		do   string // after the database's own guards have been taken away
		want []content.Break
	}{
		"nothing":         {"", nil},
		"body":            {`UPDATE version SET body = '"x"' WHERE number = 60`, []content.Break{{Number: 60, What: "body"}}},
		"body and digest": {`UPDATE version SET body = '"x"', digest = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881' WHERE number = 60`, []content.Break{{Number: 60, What: "body"}, {Number: 60, What: "chain"}}},
		"author":          {"UPDATE version SET author = 'eve' WHERE number = 3", []content.Break{{Number: 3, What: "chain"}}},
		"time":            {"UPDATE version SET at = '2026-11-02T12:00:00.000Z' WHERE number = 3", []content.Break{{Number: 3, What: "chain"}}},
		"a row is gone":   {"DELETE FROM version WHERE number = 3", []content.Break{{Number: 3, What: "gap"}, {Number: 4, What: "chain"}}},
		"the end is gone": {"DELETE FROM version WHERE number > 100", []content.Break{{Number: 101, What: "end"}}},
		"the kept one is another": {
			"UPDATE version SET hash = 'x' WHERE number = 120",
			[]content.Break{{Number: 120, What: "chain"}, {Number: 120, What: "head"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				for i := range 120 { // more than Verify reads at once
					saved(t, d, edit(i, fmt.Sprint(i)))
				}
				head, breaks, err := content.Verify(t.Context(), d.Read(), practice, content.Head{})
				if err != nil || head.Number != 120 || len(breaks) > 0 {
					t.Fatalf("before: %+v, %+v, %v", head, breaks, err)
				}
				if c.do != "" {
					unguard(t, d)
					if err := exec(d, c.do); err != nil {
						t.Fatal(err)
					}
				}
				_, breaks, err = content.Verify(t.Context(), d.Read(), practice, head)
				if diff := cmp.Diff(c.want, breaks); diff != "" || err != nil {
					t.Errorf("%v (-want +got):\n%s", err, diff)
				}
			})
		})
	}
}

func exec(d *db.DB, query string) error {
	return d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(context.Background(), query)
		return err
	})
}

// unguard takes the triggers away, as somebody with the database in his hands can.
func unguard(t *testing.T, d *db.DB) {
	t.Helper()
	for _, trigger := range []string{"version_stays", "version_remains"} {
		if err := exec(d, "DROP TRIGGER "+trigger); err != nil {
			if err := exec(d, "DROP TRIGGER "+trigger+" ON version"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTheDatabaseRefusesToChangeHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		saved(t, d, edit(0, "1"))
		for _, query := range []string{
			"UPDATE version SET body = '2'", "UPDATE version SET body = '', author = 'eve'", "UPDATE version SET hash = ''", "DELETE FROM version",
		} {
			if err := exec(d, query); err == nil {
				t.Errorf("%s is done", query)
			}
		}
	})
}

// TestManyAuthorsAtOnce: of many who begin from one version exactly one is
// first; the others merge until theirs is in, and nothing is lost.
func TestManyAuthorsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const authors = 12
		saved(t, d, edit(0, `{}`))
		var all sync.WaitGroup
		errs := make([]error, authors)
		for i := range authors {
			all.Go(func() {
				e := edit(1, fmt.Sprintf(`{"m%02d":true}`, i))
				for {
					_, err := save(d, e)
					if err == nil || fault.KindOf(err) != fault.Stale {
						errs[i] = err
						return
					}
					merged, newest, err := content.Reconcile(context.Background(), d.Read(), e)
					if err != nil || len(merged.Conflicts) > 0 {
						errs[i] = fmt.Errorf("conflicts %v: %w", merged.Conflicts, err)
						return
					}
					e.Expect, e.Body = newest.Number, merged.Body
				}
			})
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		v, err := content.Latest(t.Context(), d.Read(), practice)
		if err != nil || v.Number != authors+1 || strings.Count(string(v.Body), "true") != authors {
			t.Errorf("at the end version %d, %s, %v", v.Number, v.Body, err)
		}
	})
}

// TestTwoProgramsAtOnce: a second program saves the same number.
func TestTwoProgramsAtOnce(t *testing.T) {
	address := dbtest.Postgres(t)
	var d [2]*db.DB
	for i := range d {
		var err error
		if d[i], err = db.Open(t.Context(), address, db.Options{}); err != nil {
			t.Fatal(err)
		}
		defer d[i].Close()
	}
	saved(t, d[0], edit(0, "0"))
	// The second has read version 1 and must wait for the first, which then has
	// saved version 2.
	read, done := make(chan struct{}), make(chan error)
	err := d[0].Write(t.Context(), func(tx *db.Tx) error {
		if _, err := content.Save(t.Context(), tx, edit(1, "1")); err != nil {
			return err
		}
		go func() {
			done <- d[1].Write(t.Context(), func(tx *db.Tx) error {
				close(read)
				_, err := content.Save(t.Context(), tx, edit(1, "2"))
				return err
			})
		}()
		<-read
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil || fault.KindOf(err) != fault.Stale {
		t.Errorf("the second program: %v; want a fault of kind stale", err)
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
