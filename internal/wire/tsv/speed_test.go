//go:build unix

package tsv

import (
	"bytes"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

// population is the file of the budget: 1.1 million values, gzip.
func population(tb testing.TB) []byte {
	tb.Helper()
	b, err := os.ReadFile(sharedtest.Path(tb, "data", "eurostat", "vds_2023w", "estat_demo_r_pjangrp3.tsv.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func unzip(tb testing.TB, packed []byte) io.Reader {
	tb.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

func decompress(tb testing.TB, packed []byte, buf []byte) (size int64) {
	tb.Helper()
	z := unzip(tb, packed)
	for {
		n, err := z.Read(buf)
		size += int64(n)
		if err == io.EOF {
			return size
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

func decode(tb testing.TB, r io.Reader) (values int) {
	tb.Helper()
	t, err := NewReader(r, "population")
	if err != nil {
		tb.Fatal(err)
	}
	var s stats.Series
	for {
		err := t.Next(&s)
		if err == io.EOF {
			return values
		}
		if err != nil {
			tb.Fatal(err)
		}
		values += s.Len()
	}
}

func BenchmarkDecompress(b *testing.B) {
	packed, buf := population(b), make([]byte, 128<<10)
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(decompress(b, packed, buf))
	}
}

func BenchmarkDecode(b *testing.B) {
	packed := population(b)
	b.ReportAllocs()
	for b.Loop() {
		if n := decode(b, unzip(b, packed)); n != 1125895 {
			b.Fatalf("%d values", n)
		}
	}
}

// BenchmarkDecodeText is decoding alone, from memory.
func BenchmarkDecodeText(b *testing.B) {
	text, err := io.ReadAll(unzip(b, population(b)))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		decode(b, bytes.NewReader(text))
	}
}

// BenchmarkRatio measures decompression alone and decoding with decompression
// in turns and reports the ratio of their processor time; the budget is 2.5.
func BenchmarkRatio(b *testing.B) {
	packed, buf := population(b), make([]byte, 128<<10)
	var alone, both time.Duration
	for b.Loop() {
		start := processor(b)
		decompress(b, packed, buf)
		middle := processor(b)
		decode(b, unzip(b, packed))
		alone, both = alone+middle-start, both+processor(b)-middle
	}
	b.ReportMetric(both.Seconds()/alone.Seconds(), "ratio")
}

// processor returns the processor time that this process has used.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
