package catalogue_test

import (
	"bufio"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/klauspost/compress/gzip"

	"peerscape/data"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/machinery/db"
	"peerscape/internal/nuts"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
	"peerscape/internal/wire"
)

// population is the file of the benchmarks: 136,584 series, 1.1 million values.
var population = []string{"data", "eurostat", "vds_2023w", "estat_demo_r_pjangrp3.tsv.gz"}

// BenchmarkImport imports a large file into an empty database. It reports the
// bytes a value takes on disk, the CPU time as a multiple of what decompressing
// the file costs, and the process's peak memory.
func BenchmarkImport(b *testing.B) {
	path := sharedtest.Path(b, population...)
	n := regions(b)
	var inflate, whole time.Duration
	var bytes int64
	var values int
	for b.Loop() {
		inflate += cpu(b, func() error { return decompress(path) })
		dir := b.TempDir()
		d, err := db.Open(b.Context(), filepath.Join(dir, "test.db"), db.Options{})
		if err != nil {
			b.Fatal(err)
		}
		whole += cpu(b, func() error {
			got, err := importFile(b.Context(), d, n, path, catalogue.ImportOptions{Dataset: "demo_r_pjangrp3"})
			if err != nil {
				return err
			}
			values = got.Vintage.Values
			return d.Close()
		})
		info, err := os.Stat(filepath.Join(dir, "test.db"))
		if err != nil {
			b.Fatal(err)
		}
		bytes = info.Size()
	}
	b.ReportMetric(float64(bytes)/float64(values), "bytes/value")
	b.ReportMetric(float64(whole)/float64(inflate), "x-decompress")
	b.ReportMetric(float64(inflate.Milliseconds())/float64(b.N), "ms-decompress")
	b.ReportMetric(float64(peak(b))/(1<<20), "peak-MB")
}

// BenchmarkSeries reads one series at a time, in no order.
func BenchmarkSeries(b *testing.B) {
	d := openFile(b)
	c, v := imported(b, d)
	keys, codes := everySeries(b, c, v)
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		i := r.IntN(len(keys))
		s, err := c.Series(b.Context(), v.ID, keys[i], codes[i])
		if err != nil || s.Len() == 0 {
			b.Fatal(err)
		}
	}
}

// BenchmarkSlice reads all 2,000 regions of one slice, as a map does.
func BenchmarkSlice(b *testing.B) {
	d := openFile(b)
	c, v := imported(b, d)
	for b.Loop() {
		n := 0
		err := c.Slice(b.Context(), v.ID, []string{"A", "T", "NR", "TOTAL"}, func(nuts.ID, nuts.Kind, string, *stats.Series) error {
			n++
			return nil
		})
		if err != nil || n < 1000 {
			b.Fatal(n, err)
		}
	}
}

func openFile(b *testing.B) *db.DB {
	d, err := db.Open(b.Context(), filepath.Join(b.TempDir(), "test.db"), db.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	return d
}

func imported(b *testing.B, d *db.DB) (*catalogue.Catalogue, catalogue.Vintage) {
	n := regions(b)
	got, err := importFile(b.Context(), d, n, sharedtest.Path(b, population...), catalogue.ImportOptions{Dataset: "demo_r_pjangrp3"})
	if err != nil {
		b.Fatal(err)
	}
	c, err := catalogue.Open(b.Context(), d, n, noIndicators, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	return c, got.Vintage
}

func everySeries(b *testing.B, c *catalogue.Catalogue, v catalogue.Vintage) (keys [][]string, codes []string) {
	d, err := c.Dataset(b.Context(), v.Dataset)
	if err != nil {
		b.Fatal(err)
	}
	key := make([]string, len(d.Structure.Dimensions))
	var walk func(i int)
	walk = func(i int) {
		if i == len(key) {
			k := append([]string(nil), key...)
			err := c.Slice(b.Context(), v.ID, k, func(_ nuts.ID, _ nuts.Kind, code string, _ *stats.Series) error {
				keys, codes = append(keys, k), append(codes, code)
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			return
		}
		for _, code := range d.Structure.Dimensions[i].Codes {
			key[i] = code
			walk(i + 1)
		}
	}
	walk(0)
	if len(keys) != v.Series {
		b.Fatalf("%d series found of %d", len(keys), v.Series)
	}
	return keys, codes
}

func regions(t testing.TB) *nuts.Nomenclature {
	t.Helper()
	n, err := nuts.Open(data.Nuts())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func importFile(ctx context.Context, d *db.DB, n *nuts.Nomenclature, path string, o catalogue.ImportOptions) (*catalogue.Imported, error) {
	c, err := catalogue.Open(ctx, d, n, noIndicators, time.Now)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := wire.Open(filepath.Base(path), f)
	if err != nil {
		return nil, err
	}
	o.File = filepath.Base(path)
	return c.Import(ctx, src, o)
}

func decompress(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, z)
	return err
}

// cpu returns the CPU time that f took, in all threads.
func cpu(b *testing.B, f func() error) time.Duration {
	b.Helper()
	before := usage(b)
	if err := f(); err != nil {
		b.Fatal(err)
	}
	after := usage(b)
	return time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
}

func peak(b *testing.B) int64 { return usage(b).Maxrss << 10 }

func usage(b *testing.B) (r syscall.Rusage) {
	b.Helper()
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return r
}

// noIndicators is a catalogue of datasets alone.
var noIndicators = fstest.MapFS{"indicators.toml": {}}
