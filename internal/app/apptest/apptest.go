// Package apptest starts the whole program for a test, on a database with the
// bundled figures. Start with Open.
package apptest

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"peerscape/internal/app"
)

// Now is the test's clock.
func Now() time.Time { return time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC) }

// loaded makes one database with the bundled figures for the whole test
// process; each test gets a copy of the file.
var loaded = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "peerscape-apptest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "loaded.db")
	a, err := app.Open(context.Background(), config(path))
	if err != nil {
		return nil, err
	}
	if err := a.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func config(path string) app.Config {
	return app.Config{DSN: path, Version: "test", Log: slog.New(slog.DiscardHandler), Now: Now, Snapshot: true}
}

// File returns the path of a fresh copy of a database with the bundled figures.
func File(t testing.TB) string {
	t.Helper()
	b, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Open starts the program on a fresh copy and closes it with the test.
func Open(t testing.TB) *app.App {
	t.Helper()
	a, err := app.Open(context.Background(), config(File(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}
