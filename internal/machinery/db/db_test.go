package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestLibcIsTheDriversOwn: another version of libc than the one that the
// driver was translated with breaks it in ways that no compiler sees.
func TestLibcIsTheDriversOwn(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Path}} {{.Version}} {{.GoMod}}", "modernc.org/sqlite", "modernc.org/libc").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	modules := make(map[string][]string)
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		modules[f[0]] = f[1:]
	}
	asks, err := os.ReadFile(modules["modernc.org/sqlite"][1])
	if err != nil {
		t.Fatal(err)
	}
	if have := modules["modernc.org/libc"][0]; !strings.Contains(string(asks), "modernc.org/libc "+have+"\n") {
		t.Errorf("go.mod has modernc.org/libc %s, which is not what modernc.org/sqlite %s asks for: set it to that version",
			have, modules["modernc.org/sqlite"][0])
	}
}

func TestMigrationsHaveEqualNumbers(t *testing.T) {
	names := func(folder string) (all []string) {
		paths, err := filepath.Glob(filepath.Join("migrations", folder, "*.sql"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no migrations in %s: %v", folder, err)
		}
		for _, p := range paths {
			all = append(all, filepath.Base(p))
		}
		return all
	}
	if diff := cmp.Diff(names("sqlite"), names("postgres")); diff != "" {
		t.Errorf("the folders of migrations differ (-sqlite +postgres):\n%s", diff)
	}
}

func TestOpenMigrates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		got, err := d.Schema(t.Context())
		if err != nil || got != db.Schema() || got < 1 {
			t.Errorf("the database has schema %d, %v; want %d", got, err, db.Schema())
		}
	})
}

func TestOpenAgainFindsWhatWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder", "what? 100%#.db")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for want := range 3 {
		d, err := db.Open(t.Context(), path, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := count(t, d, "SELECT count(*) FROM dataset"); got != want {
			t.Errorf("opened the %d. time: %d rows, want %d", want+1, got, want)
		}
		if err := d.Write(t.Context(), insertDataset(fmt.Sprint(want))); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(d.Close(), d.Close()); err != nil {
			t.Fatal(err)
		}
		left, err := filepath.Glob(path + "-*")
		if err != nil || len(left) != 0 {
			t.Errorf("closing left %q, %v", left, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	newer := filepath.Join(dir, "newer.db")
	d, err := db.Open(t.Context(), newer, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)", 9999, true)
		return err
	})
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(dir, "text.csv")
	if err := os.WriteFile(text, []byte(strings.Repeat("geo,value\n", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		dsn  string
		kind fault.Kind
		says string
	}{
		"newer schema":     {newer, fault.Conflict, "newer.db: the database was written by a newer Peerscape (schema 9999; this one knows"},
		"no database":      {text, fault.Invalid, "the file is not an SQLite database"},
		"no folder":        {filepath.Join(dir, "nowhere", "x.db"), fault.Unavailable, "the database file cannot be opened"},
		"a folder":         {dir, fault.Unavailable, "the database file cannot be opened"},
		"no address":       {"postgres://%zz", fault.Invalid, "the PostgreSQL address cannot be read"},
		"nobody answers":   {"postgres://me:secret@127.0.0.1:1/x", fault.Unavailable, "the PostgreSQL server does not answer"},
		"a missing socket": {"postgresql://me:secret@/x?host=" + dir, fault.Unavailable, "the PostgreSQL server does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := db.Open(t.Context(), c.dsn, db.Options{})
			if err == nil {
				d.Close()
				t.Fatalf("Open(%q) succeeded", c.dsn)
			}
			if got := fault.KindOf(err); got != c.kind || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("Open: %v fault %q, want %v that says %q and no password", got, err, c.kind, c.says)
			}
		})
	}
	if again, err := os.ReadFile(text); err != nil || !strings.HasPrefix(string(again), "geo,value\ngeo") {
		t.Errorf("the refused file was changed: %v", err)
	}
}

func TestPragmas(t *testing.T) {
	d := dbtest.Open(t)
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000", "page_size": "8192"}
	got := make(map[string]string)
	ask := func(q db.Querier, prefix string) {
		for name := range want {
			var value string
			if err := q.QueryRow(t.Context(), "PRAGMA "+name).Scan(&value); err != nil {
				t.Fatal(err)
			}
			got[prefix+name] = value
		}
	}
	for prefix, run := range map[string]func(){
		"reader ": func() { ask(d.Read(), "") },
		"writer ": func() {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { ask(tx, ""); return nil }); err != nil {
				t.Fatal(err)
			}
		},
	} {
		clear(got)
		run()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%spragmas (-want +got):\n%s", prefix, diff)
		}
	}
}

func TestReadersCannotWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var code string
		err := d.Read().QueryRow(t.Context(),
			"INSERT INTO dataset (code, title, publisher, licence, link) VALUES ('x', '', '', '', '') RETURNING code").Scan(&code)
		if err == nil || fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a reader wrote: %v", err)
		}
	})
}

func TestDriverCodesBecomeKinds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		mustWrite(t, d, "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT UNIQUE NOT NULL, of BIGINT REFERENCES thing (id), CHECK (id > 0))")
		mustWrite(t, d, "INSERT INTO thing (id, name) VALUES (1, 'one')")
		for name, c := range map[string]struct {
			query string
			want  fault.Kind
		}{
			"primary key":   {"INSERT INTO thing (id, name) VALUES (1, 'two')", fault.Conflict},
			"unique":        {"INSERT INTO thing (id, name) VALUES (2, 'one')", fault.Conflict},
			"foreign key":   {"INSERT INTO thing (id, name, of) VALUES (2, 'two', 9)", fault.Conflict},
			"not null":      {"INSERT INTO thing (id) VALUES (2)", fault.Invalid},
			"check":         {"INSERT INTO thing (id, name) VALUES (-1, 'minus')", fault.Invalid},
			"wrong SQL":     {"INSERT INTO nothing VALUES (1)", fault.Internal},
			"wrong SQL too": {"INSERT AND FORGET", fault.Internal},
		} {
			t.Run(name, func(t *testing.T) {
				err := d.Write(ctx, func(tx *db.Tx) error {
					_, err := tx.Exec(ctx, c.query)
					return err
				})
				if err == nil || fault.KindOf(err) != c.want {
					t.Errorf("%s: %v, want kind %v", c.query, err, c.want)
				}
			})
		}
		var n int
		if err := d.Read().QueryRow(ctx, "SELECT id FROM thing WHERE id = $1", 7).Scan(&n); fault.KindOf(err) != fault.Missing {
			t.Errorf("a row that is not there: %v, want kind missing", err)
		}
		if err := d.Read().QueryRow(ctx, "SELECT nothing FROM thing").Scan(&n); err == nil {
			t.Error("a column that is not there was read")
		}
	})
}

func insertDataset(code string) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := tx.Exec(context.Background(), "INSERT INTO dataset (code, title, publisher, licence, link) VALUES ($1, '', '', '', '')", code)
		return err
	}
}

func mustWrite(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func count(t testing.TB, d *db.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := d.Read().QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}
