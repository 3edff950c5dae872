package app_test

import (
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peerscape/internal/app"
	"peerscape/internal/app/apptest"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/wire"
)

// keep writes the database of the present schema: go test ./internal/app -keep
// testdata/v0.1.db. A release is kept once and never written again.
var keep = flag.String("keep", "", "write a database of the present schema to this new file")

const keptTable = "freq,unit,geo\\TIME_PERIOD\t2020 \t2021 \t2022 \n" +
	"A,PPS_HAB_EU27_2020,FI1B1\t140 \t142 p\t: c\n" +
	"A,PPS_HAB_EU27_2020,FI1C3\t86 \t87 \t: \n"

func open(t *testing.T, path string) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{DSN: path, Version: "test", Log: slog.New(slog.DiscardHandler), Now: apptest.Now})
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

func TestKeepTheDatabase(t *testing.T) {
	if *keep == "" {
		t.Skip("runs with -keep FILE, once a release")
	}
	if _, err := os.Stat(*keep); err == nil {
		t.Fatalf("%s is there already: a kept database is never written again", *keep)
	}
	a := open(t, *keep)
	src, err := wire.Open("kept.tsv", strings.NewReader(keptTable))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Catalogue.Import(t.Context(), src, catalogue.ImportOptions{
		Dataset: "nama_10r_3gdp", Title: "Kept", Publisher: catalogue.Eurostat, Licence: catalogue.EurostatLicence, File: "kept.tsv", SHA256: "00", Partial: true,
	}); err != nil {
		t.Fatal(err)
	}
}

// TestDatabasesOfOlderReleasesOpen opens a copy of the database that each
// release has kept, migrates it and reads what it holds.
func TestDatabasesOfOlderReleasesOpen(t *testing.T) {
	kept, err := filepath.Glob("testdata/v*.db")
	if err != nil || len(kept) == 0 {
		t.Fatalf("no kept database: %v", err)
	}
	for _, path := range kept {
		t.Run(filepath.Base(path), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			mine := filepath.Join(t.TempDir(), "kept.db")
			if err := os.WriteFile(mine, b, 0o600); err != nil {
				t.Fatal(err)
			}
			a := open(t, mine)
			d, err := a.Catalogue.Dataset(t.Context(), "nama_10r_3gdp")
			if err != nil {
				t.Fatal(err)
			}
			s, err := a.Catalogue.Series(t.Context(), d.Current().ID, []string{"A", "PPS_HAB_EU27_2020"}, "FI1B1")
			if err != nil {
				t.Fatal(err)
			}
			if o := s.At(1); s.Len() != 3 || o.Value != 142 || o.Flags.String() != "p" {
				t.Errorf("read %+v, want 142 p in 2021", s)
			}
		})
	}
}
