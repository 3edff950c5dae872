package catalogue_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"peerscape/data"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/nuts"
)

// BenchmarkLoadSnapshot loads the bundled figures into an empty database.
func BenchmarkLoadSnapshot(b *testing.B) {
	n := regions(b)
	for b.Loop() {
		d, err := db.Open(b.Context(), filepath.Join(b.TempDir(), "test.db"), db.Options{})
		if err != nil {
			b.Fatal(err)
		}
		c, err := catalogue.Open(b.Context(), d, n, data.Catalogue(), clock)
		if err != nil {
			b.Fatal(err)
		}
		if err := c.LoadSnapshot(b.Context(), bytes.NewReader(data.Snapshot())); err != nil {
			b.Fatal(err)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoadSnapshotAgain meets the figures that are there already.
func BenchmarkLoadSnapshotAgain(b *testing.B) {
	c := bundled(b, dbtest.Open(b))
	for b.Loop() {
		if err := c.LoadSnapshot(b.Context(), bytes.NewReader(data.Snapshot())); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFigures resolves all figures of a region that was made anew.
func BenchmarkFigures(b *testing.B) {
	c := bundled(b, dbtest.Open(b))
	for b.Loop() {
		if f, err := c.Figures(b.Context(), nuts.ID{Code: "FI1C6", Version: 2024}); err != nil || len(f) < 40 {
			b.Fatal(len(f), err)
		}
	}
}

// BenchmarkMap makes a map of 1,345 regions: the next one of the same
// indicator, and the first after an import.
func BenchmarkMap(b *testing.B) {
	d := dbtest.Open(b)
	c := bundled(b, d)
	show := func(c *catalogue.Catalogue, code string) {
		if m, err := c.Map(b.Context(), code, 3, 0); err != nil || len(m.Values) < 900 {
			b.Fatal(err)
		}
	}
	show(c, "gdp_pps")
	b.Run("next", func(b *testing.B) {
		for b.Loop() {
			show(c, "gdp_pps")
		}
	})
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			fresh, err := catalogue.Open(b.Context(), d, regions(b), data.Catalogue(), clock)
			if err != nil {
				b.Fatal(err)
			}
			show(fresh, "gdp_pps")
		}
	})
}
