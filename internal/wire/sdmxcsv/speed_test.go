package sdmxcsv

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"testing"

	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

// unemployment is 3,744 rows of 21 columns with labels.
func unemployment(tb testing.TB) []byte {
	tb.Helper()
	f, err := os.Open(sharedtest.Path(tb, "data", "eurostat", "eucohesion_chappuis5", "eurostat_tgs00010_unemployment_rate.csv.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func BenchmarkUnemployment(b *testing.B) {
	in := unemployment(b)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(in), "tgs00010.csv")
		if err != nil {
			b.Fatal(err)
		}
		var s stats.Series
		for err == nil {
			err = r.Next(&s)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}

// BenchmarkLibrary only cuts the same file into cells, with encoding/csv.
func BenchmarkLibrary(b *testing.B) {
	in := unemployment(b)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		r := csv.NewReader(bytes.NewReader(in))
		r.ReuseRecord = true
		var err error
		for err == nil {
			_, err = r.Read()
		}
	}
}

// TestNoAllocationPerRow reads a file and the same file ten times as long: only
// a handful of allocations may separate them.
func TestNoAllocationPerRow(t *testing.T) {
	in := unemployment(t)
	head, body, _ := bytes.Cut(in, []byte("\n"))
	long := append(append(bytes.Clone(head), '\n'), bytes.Repeat(body, 10)...)
	count := func(in []byte) float64 {
		return testing.AllocsPerRun(1, func() {
			r, err := NewReader(bytes.NewReader(in), "a.csv")
			if err != nil {
				t.Fatal(err)
			}
			var s stats.Series
			for err == nil {
				err = r.Next(&s)
			}
		})
	}
	if short, all := count(in), count(long); all > short+10 {
		t.Errorf("%v allocations for one file, %v for ten: something is allocated per row", short, all)
	}
}
